//! Says whether an origin is allowed.

use cors_static::{PolicySet, cors};

static CORS: &PolicySet<'static> = cors!("cors.yaml");

fn main() {
    let origin = std::env::args().nth(1).unwrap_or_default();
    println!("{}", CORS.policies[0].allows_origin(origin.as_bytes()));
}
