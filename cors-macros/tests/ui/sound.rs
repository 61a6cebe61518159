//! What is sound compiles, with and without a profile.

use cors_static::cors;

fn main() {
    assert!(!cors!("ui/sound.yaml").policy("api").unwrap().allows_origin(b"http://localhost:3000"));
    assert!(cors!("ui/sound.yaml", profile = "dev").policy("api").unwrap().allows_origin(b"http://localhost:3000"));
}
