//! Real servers on loopback for the tests: configuration text in, running fixtures and raw responses out.
//!
//! [`generated`] is what a target makes of a policy. [`program`] is what a target is for, such as [`nginx`], and [`upstream`] the service that a proxy stands in front of; [`server`] is what every
//! started program has in common. An [`application`] enforces a policy by itself. [`http`] speaks to all of them without ever mending a request,
//! [`http2`] to those that understand it, and [`browser`] as a browser would.
//!
//! [`judge`] holds their responses against the table of [`requests`], which is written by hand for one policy. [`sweep`] holds them against the
//! decision, for any policy, over the requests that [`suggest`] derives from it. [`scenarios`] are what the users of every server do besides.

pub mod apache;
pub mod application;
pub mod browser;
pub mod caddy;
pub mod envoy;
pub mod express;
pub mod generated;
pub mod haproxy;
pub mod http;
pub mod http2;
pub mod judge;
mod message;
pub mod nginx;
pub mod program;
pub mod python;
pub mod requests;
pub mod scenarios;
pub mod server;
pub mod spring;
pub mod suggest;
pub mod sweep;
pub mod tower_http;
pub mod traefik;
pub mod upstream;
