//! An answer comes in; the same as data of its own, in a framework's type for values, goes out.

use std::vec::Vec;

use cors_decision::{Answer, Kind};

/// What an adapter keeps until there is a response.
#[derive(Debug)]
pub(crate) struct Copied<V> {
    /// The status of the answer to a preflight; `None` for all other requests.
    pub(crate) preflight: Option<u16>,
    /// The names and values. `Vary` is to be merged.
    pub(crate) headers: Vec<(&'static str, V)>,
}

impl<V> Copied<V> {
    /// A value that the framework cannot hold is left out, and the browser refuses.
    pub(crate) fn new(answer: &Answer<'_>, value: impl Fn(&[u8]) -> Option<V>) -> Self {
        let preflight = match answer.kind {
            Kind::Actual => None,
            Kind::Preflight { status } => Some(status),
        };
        Self { preflight, headers: answer.headers.iter().filter_map(|(name, bytes)| Some((name, value(bytes)?))).collect() }
    }
}
