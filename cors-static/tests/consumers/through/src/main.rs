//! Has no dependency but the framework of its house.

use passes_on::cors_static::PolicySet;
use passes_on::house_policies;

static CORS: &PolicySet<'static> = house_policies!("cors.yaml");

fn main() {
    let api = |set: &'static PolicySet<'static>| set.policy("api").expect("the policy");
    assert!(api(CORS).allows_origin(b"https://app.example.com"));
    assert!(!api(CORS).allows_origin(b"http://localhost:3000"));
    assert!(api(house_policies!("cors.yaml" for "dev")).allows_origin(b"http://localhost:3000"));
    assert!(api(passes_on::cors_static::cors!("cors.yaml", crate = passes_on::cors_static)).allows_origin(b"https://app.example.com"));
}
