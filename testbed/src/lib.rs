//! Real servers on loopback for the tests: configuration text in, running fixtures and raw responses out.
//!
//! [`upstream`] is the service that a proxy stands in front of, [`nginx`] starts the proxies that are
//! installed, [`judge`] holds their responses against the table of [`requests`], [`server`] is what every started proxy has in common, and [`http`] speaks to them without
//! ever mending a request.

pub mod http;
pub mod judge;
mod message;
pub mod nginx;
pub mod requests;
pub mod server;
pub mod upstream;
