//! Automata come in; the shortest text that leaves them as wanted goes out.

use std::collections::HashSet;
use std::sync::LazyLock;

use cors_decision::Dfa;

use super::Regex;

/// A search that grew beyond its budget: there may be such a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooFar;

/// The bytes of well-formed origins, in the order in which an example reads best.
const BYTES: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789/:.-_[]";

/// So many combinations of states are looked at.
const MOST_STATES: usize = 20_000;

/// The origins of a scheme, roughly: a host of numbers may be none.
macro_rules! origins_of {
    ($scheme:literal) => {
        concat!($scheme, r"://(?:(?:[a-z0-9_-]+\.)*[a-z0-9_-]+|\[[0-9a-f:]+\])(?::[1-9][0-9]{0,4})?")
    };
}
pub(crate) use origins_of;

static WEB: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(origins_of!("https?")).ok());
static ANY: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(origins_of!("[a-z][a-z0-9+.-]*")).ok());
/// What no browser writes: it leaves the default port out.
static DEFAULT_PORT: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new("https://[!-~]*:443|http://[!-~]*:80").ok());
/// Every domain directly below a top-level domain, as far as a few characters go.
static SITES: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"https://[a-z0-9]{1,4}\.[a-z]{2,3}").ok());

impl Regex {
    /// A well-formed origin that matches, if there is one: a pattern without any is of no use.
    ///
    /// # Errors
    /// The pattern is too large to tell.
    pub fn example(&self) -> Result<Option<String>, TooFar> {
        if self.matches(b"null") {
            return Ok(Some("null".to_owned()));
        }
        let Some(default_port) = DEFAULT_PORT.as_ref() else { return Ok(None) };
        for shape in [&WEB, &ANY].into_iter().filter_map(|shape| shape.as_ref()) {
            let example = shortest([self.table(), shape.table(), default_port.table()], |[pattern, shape, default]| pattern && shape && !default)?;
            if example.is_some() {
                return Ok(example);
            }
        }
        Ok(None)
    }

    /// Whether every site matches, so that the pattern means any origin, whoever it belongs to.
    #[must_use]
    pub fn matches_every_site(&self) -> bool {
        let Some(sites) = SITES.as_ref().map(Regex::table) else { return false };
        let pattern = self.table();
        let mut known = HashSet::from([(pattern.start, sites.start)]);
        let mut next = vec![(pattern.start, sites.start)];
        while let Some((of_pattern, of_sites)) = next.pop() {
            // No way leads back from the dead state 0, but some site is at the end of each way through the sites.
            if of_pattern == 0 || (sites.accepts(of_sites) && !pattern.accepts(of_pattern)) {
                return false;
            }
            let after = BYTES.iter().map(|&byte| (pattern.next(of_pattern, byte), sites.next(of_sites, byte)));
            next.extend(after.filter(|&states| states.1 != 0 && known.insert(states)));
        }
        true
    }
}

/// The shortest text that leaves the automata in a wanted combination. Only what the first two can still match is followed.
pub(crate) fn shortest(automata: [Dfa<'_>; 3], is_wanted: impl Fn([bool; 3]) -> bool) -> Result<Option<String>, TooFar> {
    let start = automata.map(|automaton| automaton.start);
    let mut states = vec![(start, 0, b' ')];
    let mut known = HashSet::from([start]);
    let mut at = 0;
    while at < states.len() {
        let state = states[at].0;
        if is_wanted(std::array::from_fn(|index| automata[index].accepts(state[index]))) {
            return Ok(Some(way_to(&states, at)));
        }
        if states.len() > MOST_STATES {
            return Err(TooFar);
        }
        for &byte in BYTES {
            let next: [u16; 3] = std::array::from_fn(|index| automata[index].next(state[index], byte));
            if next[0] != 0 && next[1] != 0 && known.insert(next) {
                states.push((next, at, byte));
            }
        }
        at += 1;
    }
    Ok(None)
}

fn way_to(states: &[([u16; 3], usize, u8)], mut at: usize) -> String {
    let mut text = Vec::new();
    while at != 0 {
        let (_, before, byte) = states[at];
        text.push(char::from(byte));
        at = before;
    }
    text.into_iter().rev().collect()
}
