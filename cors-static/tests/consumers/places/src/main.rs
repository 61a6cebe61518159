//! Everywhere a constant expression may stand.

use cors_static::{PolicySet, cors};

static CORS: &PolicySet<'static> = cors!("cors.yaml");
const AGAIN: &PolicySet<'static> = cors!("cors.yaml");
static CORS_OF_DEVELOPERS: &PolicySet<'static> = cors!("cors.yaml", profile = "dev");
static BOTH: [&PolicySet<'static>; 2] = [cors!("cors.yaml"), cors!("cors.yaml", profile = "dev")];

// Lookups are `const fn`: what must hold of the policies can be asked while the program is built.
const _: () = assert!(cors!("cors.yaml").policy("api").unwrap().allows_origin(b"https://app.example.com"));
const _: () = assert!(!AGAIN.policy("api").unwrap().allows_origin(b"https://app.example.com.evil.test"));

trait Service {
    const CORS: &'static PolicySet<'static>;
}

struct Items;

impl Service for Items {
    const CORS: &'static PolicySet<'static> = cors!("cors.yaml");
}

fn generic<T: Service>() -> [&'static PolicySet<'static>; 2] {
    static HERE: &PolicySet<'static> = cors!("cors.yaml");
    [HERE, if T::CORS.policies.is_empty() { cors!("cors.yaml", profile = "dev") } else { cors!("cors.yaml") }]
}

const fn allows(set: &PolicySet<'_>, origin: &[u8]) -> bool {
    match set.policy("api") {
        Some(policy) => policy.allows_origin(origin),
        None => false,
    }
}

fn main() {
    let strict = [CORS, AGAIN, BOTH[0], Items::CORS, cors!("cors.yaml",), (|| cors!(r"cors.yaml"))()];
    for set in strict.into_iter().chain(generic::<Items>()) {
        assert!(allows(set, b"https://app.example.com") && !allows(set, b"http://localhost:3000"));
    }
    for set in [CORS_OF_DEVELOPERS, BOTH[1]] {
        assert!(allows(set, b"https://app.example.com") && allows(set, b"http://localhost:3000"));
    }
}
