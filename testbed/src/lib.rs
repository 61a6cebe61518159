//! Real servers on loopback for the tests: configuration text in, running fixtures and raw responses out.
//!
//! [`program`] is what a target is for, such as [`nginx`], and [`upstream`] the service that a proxy stands in front of. [`judge`] holds their responses
//! against the table of [`requests`], [`server`] is what every started program has in common, and [`http`] speaks to them without ever mending a request.

pub mod haproxy;
pub mod http;
pub mod judge;
mod message;
pub mod nginx;
pub mod program;
pub mod requests;
pub mod server;
pub mod upstream;
