//! Its policy file is found from its own manifest, wherever the workspace and the source file are.

mod inner {
    pub(crate) static CORS: &cors_static::PolicySet<'static> = cors_static::cors!("policies/cors.yaml");
}

fn main() {
    assert!(inner::CORS.policy("api").expect("the policy").allows_origin(b"https://app.example.com"));
}
