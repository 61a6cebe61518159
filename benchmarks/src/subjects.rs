//! Every library in front of the same small application: `GET` is answered with one header, `OPTIONS` with nothing at all, so that a preflight
//! that a library answers by itself is held against an answer as empty.

use cors_static::PolicySet;

use crate::subject::{Loaded, Subject};

mod actix;
mod bare;
mod floor;
mod poem;
mod salvo;
mod tower;
mod warp;

pub use bare::{alone, put};

/// A library with and without its CORS.
pub struct Pair {
    /// The name in tables.
    pub name: &'static str,
    /// With CORS.
    pub with: Box<dyn Subject>,
    /// The same without.
    pub without: Box<dyn Subject>,
}

fn pair<W, O>(name: &'static str, with: W, without: O) -> Pair
where
    W: crate::subject::Stack + 'static,
    O: crate::subject::Stack + 'static,
{
    Pair { name, with: Box::new(Loaded::new(with)), without: Box::new(Loaded::new(without)) }
}

/// The floors, ours, and the others, over these origins. `policies` are the same as tables.
pub fn pairs(origins: &[String], policies: &'static PolicySet<'static>) -> Vec<Pair> {
    vec![
        pair("floor", floor::layer(), tower::bare()),
        pair("floor, HashSet", floor::layer_with_set(origins), tower::bare()),
        pair("cors-static", tower::ours(policies), tower::bare()),
        pair("tower-http, list", tower::tower_http(tower::list(origins)), tower::bare()),
        pair("tower-http, HashSet", tower::tower_http(tower::set(origins)), tower::bare()),
        pair("actix-cors", actix::with(origins), actix::without()),
        pair("poem", poem::with(origins), poem::without()),
        pair("salvo", salvo::with(origins), salvo::without()),
        pair("warp", warp::with(origins), warp::without()),
    ]
}
