//! An entry comes in; the insecure origin, or the loopback origin, that it allows goes out.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use cors_decision::Dfa;

use crate::host;
use crate::policy::{Entry, Matcher, Policy};
use crate::regex::Regex;
use crate::span::Span;

static HTTP: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"http://(?:(?:[a-z0-9_-]+\.)*[a-z0-9_-]+|\[[0-9a-f:]+\])(?::[1-9][0-9]{0,4})?").ok());
static LOOPBACK: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"https?://(?:(?:[a-z0-9_-]+\.)*localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])(?::[1-9][0-9]{0,4})?").ok());

/// The bytes of well-formed origins, in the order in which an example reads best.
const BYTES: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789/:.-_[]";

/// The `http:` origin, loopback aside, that an entry allows: the entry itself, or an example of what its regex matches.
pub(super) fn insecure<'e>(entry: &'e Entry<'_>) -> Option<Cow<'e, str>> {
    match &entry.matcher {
        Matcher::Origin(origin) => (origin.as_str().starts_with("http://") && !host::is_loopback(origin.host())).then(|| Cow::Borrowed(origin.as_str())),
        Matcher::Regex(regex) => {
            let (http, loopback) = (HTTP.as_ref()?.table(), LOOPBACK.as_ref()?.table());
            shortest([regex.table(), http, loopback], |[pattern, http, loopback]| pattern && http && !loopback).map(Cow::Owned)
        }
    }
}

/// The loopback origin that an entry allows: the entry itself, or an example of what its regex matches.
pub(super) fn loopback<'e>(entry: &'e Entry<'_>) -> Option<Cow<'e, str>> {
    match &entry.matcher {
        Matcher::Origin(origin) => (origin.as_str().starts_with("http") && crate::origin::is_web(origin.scheme()) && host::is_loopback(origin.host()))
            .then(|| Cow::Borrowed(origin.as_str())),
        Matcher::Regex(regex) => {
            let loopback = LOOPBACK.as_ref()?.table();
            shortest([regex.table(), loopback, loopback], |[pattern, loopback, _]| pattern && loopback).map(Cow::Owned)
        }
    }
}

/// The insecure entries of a policy that stand with the https form of the same host and port, by what follows the scheme; each with the place
/// of that form.
pub(super) fn twins<'p>(policy: &'p Policy<'_>) -> HashMap<&'p str, Span> {
    let text = |entry: &'p Entry<'_>| entry.origin().map(|origin| origin.as_str());
    let entries = policy.origins.entries();
    let http: HashSet<&str> =
        entries.iter().filter(|entry| entry.origin().is_some() && insecure(entry).is_some()).filter_map(|entry| text(entry)?.strip_prefix("http://")).collect();
    if http.is_empty() {
        return HashMap::new();
    }
    let https = entries.iter().filter_map(|entry| Some((text(entry)?.strip_prefix("https://")?, entry.span)));
    https.filter(|(rest, _)| http.contains(rest)).collect()
}

/// The shortest text that leaves the automata in an accepted combination. Only what the first two can still match is followed; a search that
/// grows beyond its budget finds nothing.
fn shortest(automata: [Dfa<'_>; 3], accepted: impl Fn([bool; 3]) -> bool) -> Option<String> {
    const MOST: usize = 20_000;
    let start = automata.map(|automaton| automaton.start);
    let mut states = vec![(start, 0, b' ')];
    let mut known = HashSet::from([start]);
    let mut at = 0;
    while at < states.len() && states.len() < MOST {
        let state = states[at].0;
        if accepted(std::array::from_fn(|index| automata[index].accepts(state[index]))) {
            return Some(way_to(&states, at));
        }
        for &byte in BYTES {
            let next: [u16; 3] = std::array::from_fn(|index| automata[index].next(state[index], byte));
            if next[0] != 0 && next[1] != 0 && known.insert(next) {
                states.push((next, at, byte));
            }
        }
        at += 1;
    }
    None
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
