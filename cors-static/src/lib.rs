//! What an application will depend on to enforce a compiled CORS policy. Today it only re-exports [`cors_decision`], the decision itself.
//!
//! The macro `cors!` and the adapters for web frameworks do not exist yet. Until then, the command line of `cors-gen` checks and tests policies, and
//! generates the configuration of servers.
#![no_std]

pub use cors_decision;
