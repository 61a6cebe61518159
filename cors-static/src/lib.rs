//! What an application depends on to enforce a compiled CORS policy: the decision itself, and adapters that put it into a web framework.
//!
//! | feature | brings | for |
//! |---|---|---|
//! | `macros` | [`cors!`](macro.cors.html) | a policy file, checked and compiled into static tables when the program is built |
//! | `http` | `http` | the types of the crate `http`, whatever the framework |
//! | `tower` | `tower` | axum, hyper, tonic, and what else takes a tower layer |
//! | `actix` | `actix` | actix-web 4 |
//! | `rocket` | `rocket` | Rocket 0.5 |
//! | `swap` | `swap` | policies that are compiled while the program runs |
//! | `tracing` | - | each refusal is logged, once, at level `debug` |
//!
//! Only `macros` is on by default. Without the adapters this crate is `no_std` and allocates nothing.
//!
//! An adapter translates requests and responses, and decides nothing. Where a policy covers a path,
//! - a preflight is answered at once, and the application does not see it. `OPTIONS` that is no preflight is the application's, as is
//!   everything on a path without a policy;
//! - every other request goes to the application, whoever asks: CORS keeps scripts of other origins from reading, it is no access control;
//! - the CORS headers that the application set itself are replaced, on errors too, and `Vary` is added to.
//!
//! So that a script can read errors, the adapter stands outside of everything that makes them; and since policies go by the path that the
//! client asked for, outside of everything that rewrites it. Each module says how.
#![no_std]

#[cfg(any(feature = "http", feature = "actix", feature = "rocket", feature = "swap"))]
extern crate std;

pub use cors_decision::*;

/// Compiles a policy file into static tables: a constant expression of type `&'static PolicySet<'static>`.
///
/// ```
/// use cors_static::{PolicySet, cors};
///
/// static CORS: &PolicySet<'static> = cors!("../examples/quickstart/cors.yaml");
/// const _: () = assert!(CORS.policy("api").unwrap().allows_origin(b"https://app.example.com"));
/// ```
///
/// - The path is relative to the folder of the package's `Cargo.toml`. When the file changes, the crate is built again.
/// - `cors!("cors.yaml", profile = "dev")` compiles for a profile. Without it, entries with profiles do not exist.
/// - `cors!("cors.yaml", crate = path::to::cors_static)` names another place where what this crate exports is found. It is hardly ever needed: a
///   renamed dependency, and a crate that passes this one on, are found without it.
///
/// Every error of the policy, every lint that is denied and every failing test in the file is an error of the build, at the path's literal and with
/// the lines of the file; a warning is one of the build.
#[cfg(feature = "macros")]
#[macro_export]
macro_rules! cors {
    ($($arguments:tt)*) => {
        $crate::__cors!(crate = $crate, $($arguments)*)
    };
}

/// What [`cors!`](cors) calls: it knows no other crate, so it is told where this one is.
#[cfg(feature = "macros")]
#[doc(hidden)]
pub use cors_macros::cors as __cors;

#[cfg(feature = "actix")]
pub mod actix;
#[cfg(any(feature = "actix", feature = "rocket"))]
mod copied;
#[cfg(feature = "http")]
pub mod http;
#[cfg(any(feature = "http", feature = "actix", feature = "rocket"))]
mod lines;
#[cfg(all(feature = "tracing", any(feature = "http", feature = "actix", feature = "rocket")))]
mod log;
#[cfg(any(feature = "http", feature = "actix", feature = "rocket"))]
mod policies;
#[cfg(feature = "rocket")]
pub mod rocket;
#[cfg(feature = "swap")]
pub mod swap;
#[cfg(feature = "tower")]
pub mod tower;
#[cfg(any(feature = "http", feature = "actix", feature = "rocket"))]
mod vary;
