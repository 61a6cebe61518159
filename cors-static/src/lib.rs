//! What an application depends on to enforce a compiled CORS policy: the decision itself, and adapters that put it into a web framework.
//!
//! | feature | module | for |
//! |---|---|---|
//! | `http` | `http` | the types of the crate `http`, whatever the framework |
//! | `tower` | `tower` | axum, hyper, tonic, and what else takes a tower layer |
//! | `actix` | `actix` | actix-web 4 |
//! | `rocket` | `rocket` | Rocket 0.5 |
//! | `swap` | `swap` | policies that are compiled while the program runs |
//! | `tracing` | - | each refusal is logged, once, at level `debug` |
//!
//! No feature is on by default, and without one this crate is `no_std` and allocates nothing.
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

#[cfg(feature = "actix")]
pub mod actix;
#[cfg(any(feature = "actix", feature = "rocket"))]
mod copied;
#[cfg(feature = "http")]
pub mod http;
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
