//! The home of the macro `cors!("cors.yaml")`, which does not exist yet: this crate exports nothing.
//!
//! The macro will compile a policy file into static tables when the application is built. Until then, the command line of `cors-gen` checks and tests
//! policies, and generates the configuration of servers.
