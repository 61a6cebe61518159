//! A strict crate, of any edition, with what `--target rust` prints; the test writes it.
#![no_implicit_prelude]
#![deny(warnings, unreachable_pub, clippy::pedantic)]

// In the edition 2015 a path finds no crate that is not declared.
extern crate core;
extern crate cors_static;

mod cors;

/// The policies.
#[must_use]
pub fn policies() -> &'static ::cors_static::PolicySet<'static> {
    cors::CORS
}
