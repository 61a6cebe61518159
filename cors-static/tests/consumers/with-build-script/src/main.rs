//! Says whether an origin is allowed.

include!(concat!(env!("OUT_DIR"), "/cors.rs"));

fn main() {
    let origin = std::env::args().nth(1).unwrap_or_default();
    println!("{}", CORS.policies[0].allows_origin(origin.as_bytes()));
}
