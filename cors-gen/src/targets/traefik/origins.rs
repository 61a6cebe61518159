//! The origins of a policy come in; exact ones as they are, or regexes for all others, go out.
//!
//! Traefik compares a list value by value, while a regex of Go walks an origin once, however many alternatives it holds: a long list is one regex.

use std::collections::{BTreeMap, BTreeSet};

use crate::policy::{Entry, Matcher};
use crate::regex::Regex;
use crate::targets::object::Reader;
use crate::targets::{pattern, pcre};

/// So many exact origins are compared as fast as a regex is asked.
const LONGEST_LIST: usize = 100;
/// So many wildcards share a regex: Go refuses one that it takes for too large, and counts what is repeated.
const MOST_TAILS: usize = 1_000;

/// The origins of a policy.
#[derive(Default)]
pub(super) struct Listed {
    pub(super) exact: Vec<String>,
    /// Each for a whole value. Go's `$` is the very end.
    pub(super) regexes: Vec<String>,
}

/// Puts entries into the words of Traefik; what has no bound is refused.
pub(super) fn listed(reader: &mut Reader, entries: &[Entry<'_>]) -> Listed {
    let mut exact = BTreeSet::new();
    let mut tails: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut own = Vec::new();
    for entry in entries {
        match &entry.matcher {
            Matcher::Origin(origin) => match origin.pattern() {
                None => {
                    exact.insert(origin.as_str().to_owned());
                }
                Some(wildcard) => {
                    let (head, tail) = pattern::bounded_halves(&wildcard);
                    tails.entry(head).or_default().insert(tail);
                }
            },
            // One that is bounded so is also one that Go takes: it repeats a part at most 1,000 times.
            Matcher::Regex(regex) if is_bounded(regex) => own.push(format!("^(?:{})$", pcre::to_pcre(regex))),
            Matcher::Regex(_) => reader.refuse(
                entry.span,
                "needs a bound for this regex",
                "it tries regexes on an `Origin` of any length, an empty one among them, and this one may match more than the 326 bytes of an origin, or none",
                "say how long each part may be: `{1,63}` in place of `+`, as no label of a host is longer",
            ),
        }
    }
    let mut regexes = Vec::new();
    if exact.len() > LONGEST_LIST {
        regexes.push(alternatives("", exact.iter().map(|origin| pattern::literal(origin))));
        exact.clear();
    }
    for (head, tails) in &tails {
        let tails: Vec<&String> = tails.iter().collect();
        regexes.extend(tails.chunks(MOST_TAILS).map(|tails| alternatives(head, tails.iter().map(ToString::to_string))));
    }
    regexes.extend(own);
    Listed { exact: exact.into_iter().collect(), regexes }
}

/// Whether it matches nothing empty, and nothing longer than an origin.
fn is_bounded(regex: &Regex) -> bool {
    let properties = regex.hir().properties();
    let longest = properties.maximum_len();
    properties.minimum_len() >= Some(1) && longest.is_some_and(|longest| longest <= cors_decision::MAX_ORIGIN_LEN)
}

fn alternatives(head: &str, tails: impl Iterator<Item = String>) -> String {
    let tails: Vec<String> = tails.collect();
    match &tails[..] {
        [only] => format!("^{head}{only}$"),
        _ => format!("^{head}(?:{})$", tails.join("|")),
    }
}
