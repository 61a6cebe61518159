//! The macro `cors!`, as an application writes it.

use cors_static::{PolicySet, cors};

static CORS: &PolicySet<'static> = cors!("../examples/quickstart/cors.yaml");
const SECOND: &PolicySet = cors!("../examples/quickstart/cors.yaml");
const _: () = assert!(CORS.policy("api").unwrap().allows_origin(b"https://app.example.com"));
const _: () = assert!(cors_static::cors!("../examples/quickstart/cors.yaml").policy("api").is_some());

macro_rules! passed_on {
    ($file:literal) => {
        cors!($file)
    };
}

#[test]
fn the_macro_works_wherever_an_expression_does() {
    let in_an_expression = cors!(r"../examples/quickstart/cors.yaml",);
    let passed_on = passed_on!("../examples/quickstart/cors.yaml");
    for set in [CORS, SECOND, in_an_expression, passed_on] {
        assert!(set.policy("api").is_some_and(|policy| !policy.allows_origin(b"https://evil.example")));
    }
}
