//! Whoever links std has its panic handler, so that there is no place for this one: that the crate can be built says that nothing links std.
#![no_std]

use core::panic::PanicInfo;

use cors_static::{PolicySet, cors};

static CORS: &PolicySet<'static> = cors!("cors.yaml");
const _: () = assert!(cors!("cors.yaml").policy("api").unwrap().allows_origin(b"https://app.example.com"));

/// Looked up when the program runs, so that the tables are in it.
pub extern "C" fn allows_an_origin_of_this_byte(byte: u8) -> bool {
    CORS.policies.iter().any(|policy| policy.allows_origin(&[byte]))
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {}
}
