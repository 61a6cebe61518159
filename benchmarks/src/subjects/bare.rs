//! The decision on one origin without a framework around it: alone, and with the headers that follow from it.

use std::cell::Cell;
use std::collections::HashSet;
use std::hash::BuildHasher;

use cors_static::PolicySet;
use http::{HeaderMap, HeaderValue, header};

use super::{Pair, floor, pair};
use crate::asks::Ask;
use crate::origins::ALLOWED;
use crate::subject::{Seen, Stack};

/// Something that says whether an origin is allowed.
trait Decider: Clone {
    fn allows(&self, origin: &[u8]) -> bool;

    /// What goes into a response to an origin that is allowed.
    #[inline]
    fn put(&self, origin: &HeaderValue, headers: &mut HeaderMap) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        headers.insert(header::VARY, HeaderValue::from_static("Origin"));
    }
}

#[derive(Clone)]
struct Floor;

impl Decider for Floor {
    #[inline]
    fn allows(&self, origin: &[u8]) -> bool {
        floor::is_allowed(origin)
    }

    #[inline]
    fn put(&self, _: &HeaderValue, headers: &mut HeaderMap) {
        floor::put(headers, floor::ORIGIN);
    }
}

#[derive(Clone)]
struct Ours(&'static PolicySet<'static>);

impl Decider for Ours {
    #[inline]
    fn allows(&self, origin: &[u8]) -> bool {
        self.0.policies[0].allows_origin(origin)
    }
}

#[derive(Clone)]
struct Set<S>(HashSet<Box<[u8]>, S>);

impl<S: BuildHasher + Clone> Decider for Set<S> {
    #[inline]
    fn allows(&self, origin: &[u8]) -> bool {
        self.0.contains(origin)
    }
}

/// The decision alone.
struct Alone<D> {
    decider: Option<D>,
    /// Where there are some, these are asked for in turn.
    origins: Vec<&'static [u8]>,
    next: Cell<usize>,
}

impl<D: Decider> Stack for Alone<D> {
    type Request = &'static [u8];
    type Response = bool;

    fn request(&self, ask: Ask) -> &'static [u8] {
        let next = self.next.replace(self.next.get() + 1);
        match self.origins.len() {
            0 => ask.origin().unwrap_or_default().as_bytes(),
            count => self.origins[next % count],
        }
    }

    #[inline]
    fn call(&mut self, origin: &'static [u8]) -> bool {
        match &self.decider {
            Some(decider) => decider.allows(origin),
            None => origin.is_empty(),
        }
    }

    fn seen(allowed: &bool) -> Seen {
        Seen { status: 200, allow_origin: allowed.then(|| ALLOWED.to_owned()), allow_methods: false, varies: false }
    }
}

/// The decision, and the headers put into a response that has one.
struct Put<D>(Option<D>);

impl<D: Decider> Stack for Put<D> {
    type Request = (HeaderValue, HeaderMap);
    type Response = HeaderMap;

    fn request(&self, ask: Ask) -> Self::Request {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        (ask.request::<()>().headers()[header::ORIGIN].clone(), headers)
    }

    #[inline]
    fn call(&mut self, (origin, mut headers): Self::Request) -> HeaderMap {
        match &self.0 {
            Some(decider) if decider.allows(origin.as_bytes()) => decider.put(&origin, &mut headers),
            Some(_) => {
                headers.insert(header::VARY, HeaderValue::from_static("Origin"));
            }
            None => {}
        }
        headers
    }

    fn seen(headers: &HeaderMap) -> Seen {
        super::tower::seen(200, headers)
    }
}

/// A set with seeds that never change, so that the same run counts the same instructions.
pub(super) fn quick_set(origins: &[String]) -> HashSet<Box<[u8]>, ahash::RandomState> {
    let mut quick = HashSet::with_hasher(ahash::RandomState::with_seeds(1, 2, 3, 4));
    quick.extend(origins.iter().map(|origin| Box::from(origin.as_bytes())));
    quick
}

fn sets(origins: &[String]) -> (Set<ahash::RandomState>, Set<std::hash::RandomState>) {
    (Set(quick_set(origins)), Set(origins.iter().map(|origin| Box::from(origin.as_bytes())).collect()))
}

/// The decision alone, on [`ALLOWED`] or, with `in_turn`, on all origins of the list in an order that no cache foresees.
pub fn alone(origins: &[String], policies: &'static PolicySet<'static>, in_turn: bool) -> Vec<Pair> {
    let asked: Vec<&'static [u8]> = if in_turn { shuffled(origins) } else { Vec::new() };
    let (quick, usual) = sets(origins);
    let ours = Ours(policies);
    vec![named("floor", Floor, &asked), named("cors-static", ours, &asked), named("HashSet, ahash", quick, &asked), named("HashSet", usual, &asked)]
}

fn named<D: Decider + 'static>(name: &'static str, decider: D, asked: &[&'static [u8]]) -> Pair {
    let alone = |decider| Alone { decider, origins: asked.to_vec(), next: Cell::new(0) };
    pair(name, alone(Some(decider)), alone(None))
}

/// The decision and its headers.
pub fn put(origins: &[String], policies: &'static PolicySet<'static>) -> Vec<Pair> {
    let (quick, usual) = sets(origins);
    vec![
        pair("floor", Put(Some(Floor)), Put::<Floor>(None)),
        pair("cors-static", Put(Some(Ours(policies))), Put::<Floor>(None)),
        pair("HashSet, ahash", Put(Some(quick)), Put::<Floor>(None)),
        pair("HashSet", Put(Some(usual)), Put::<Floor>(None)),
    ]
}

/// A step that shares no divisor with the length visits each once.
fn shuffled(origins: &[String]) -> Vec<&'static [u8]> {
    let step = 61_803;
    (0..origins.len()).map(|at| &*origins[at * step % origins.len()].clone().leak()).map(str::as_bytes).collect()
}
