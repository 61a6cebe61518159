//! Knows `cors-static` by another name, and has other things under the names that the macro uses.

use cors::cors;

#[allow(dead_code)]
mod cors_static {}
#[allow(dead_code)]
mod core {}
#[allow(dead_code)]
struct PolicySet;
#[allow(dead_code, non_camel_case_types)]
struct u8;

static CORS: &::cors::PolicySet<'static> = cors!("cors.yaml");

fn main() {
    assert!(CORS.policy("api").expect("the policy").allows_origin(b"https://app.example.com"));
    let named: &::cors::PolicySet<'_> = cors!("cors.yaml", crate = ::cors);
    assert!(named.policy("api").is_some());
}
