//! The entries of a policy come in; for any origin or wildcard, which of the wildcards and regexes among them allows all of it goes out.

use std::collections::HashMap;

use crate::origin::Origin;
use crate::policy::{Entry, Matcher};
use crate::wildcard::{HostPattern, OriginPattern};

/// How many regexes are asked: a policy can hold thousands of both regexes and origins.
pub(super) const MOST_REGEXES: usize = 32;
/// How many entries that differ only in their profiles are kept.
const MOST_ALIKE: usize = 8;

/// Wildcards by the domain they are under, so that a look-up takes no longer with many of them.
#[derive(Default)]
pub(super) struct Cover<'p> {
    below: HashMap<&'p str, Below<'p>>,
    /// Hosts with any port, by scheme and host.
    any_port: HashMap<&'p str, Vec<&'p Entry<'p>>>,
    regexes: Vec<&'p Entry<'p>>,
    /// Whether there are regexes beyond those.
    partial: bool,
}

/// The wildcards directly under one domain.
#[derive(Default)]
struct Below<'p> {
    /// `*.parent`, by scheme and port.
    subdomains: HashMap<(&'p str, &'p str), Vec<&'p Entry<'p>>>,
    /// `prefix*suffix.parent`, by scheme, port, prefix and suffix.
    labels: HashMap<[&'p str; 4], Vec<&'p Entry<'p>>>,
    /// The lengths of the prefixes and suffixes among them.
    lengths: Vec<(usize, usize)>,
}

impl<'p> Cover<'p> {
    pub(super) fn new(entries: &'p [Entry<'p>]) -> Self {
        let mut cover = Self::default();
        for entry in entries {
            match &entry.matcher {
                Matcher::Regex(_) if cover.regexes.len() < MOST_REGEXES => cover.regexes.push(entry),
                Matcher::Regex(_) => cover.partial = true,
                Matcher::Origin(origin) => {
                    if let Some(pattern) = origin.pattern() {
                        cover.insert(entry, origin, pattern);
                    }
                }
            }
        }
        cover
    }

    /// Whether nothing but exact origins is listed.
    pub(super) fn is_empty(&self) -> bool {
        self.below.is_empty() && self.any_port.is_empty() && self.regexes.is_empty()
    }

    /// Whether an entry that is not asked might allow more than those that are.
    pub(super) fn is_partial(&self) -> bool {
        self.partial
    }

    fn insert(&mut self, entry: &'p Entry<'p>, origin: &'p Origin<'p>, pattern: OriginPattern<'p>) {
        let port = origin.port();
        let alike = match pattern.host {
            HostPattern::Exact(_) => self.any_port.entry(without_port(origin)).or_default(),
            HostPattern::Subdomains { parent } => self.below.entry(parent).or_default().subdomains.entry((pattern.scheme, port)).or_default(),
            HostPattern::Label { prefix, suffix, parent } => {
                let below = self.below.entry(parent).or_default();
                let lengths = (prefix.len(), suffix.len());
                if !below.lengths.contains(&lengths) {
                    below.lengths.push(lengths);
                }
                below.labels.entry([pattern.scheme, port, prefix, suffix]).or_default()
            }
        };
        if alike.len() < MOST_ALIKE {
            alike.push(entry);
        }
    }

    /// An entry that allows all that `origin` allows and that `accepted` agrees to.
    pub(super) fn covering(&self, origin: &Origin<'_>, accepted: impl Fn(&Entry<'_>) -> bool) -> Option<&'p Entry<'p>> {
        let find = |entries: &[&'p Entry<'p>]| entries.iter().copied().find(|entry| accepted(entry));
        if origin.is_opaque() {
            return None;
        }
        if let Some(entry) = self.any_port.get(without_port(origin)).and_then(|entries| find(entries)) {
            return Some(entry);
        }
        self.wildcard(origin, &find).or_else(|| self.regex(origin, &find))
    }

    fn wildcard(&self, origin: &Origin<'_>, find: &dyn Fn(&[&'p Entry<'p>]) -> Option<&'p Entry<'p>>) -> Option<&'p Entry<'p>> {
        if self.below.is_empty() {
            return None;
        }
        let (label, parent) = origin.host().split_once('.')?;
        let ports = [origin.port(), "*"];
        let in_label = self.below.get(parent).and_then(|below| ports.iter().find_map(|port| below.label(origin.scheme(), port, label, find)));
        in_label.or_else(|| {
            ancestors(parent)
                .filter_map(|parent| self.below.get(parent))
                .find_map(|below| ports.iter().find_map(|port| find(below.subdomains.get(&(origin.scheme(), *port))?)))
        })
    }

    fn regex(&self, origin: &Origin<'_>, find: &dyn Fn(&[&'p Entry<'p>]) -> Option<&'p Entry<'p>>) -> Option<&'p Entry<'p>> {
        if self.regexes.is_empty() || origin.pattern().is_some() {
            return None;
        }
        self.regexes.iter().filter(|regex| regex.matches(origin.as_str().as_bytes())).find_map(|regex| find(&[*regex]))
    }
}

impl<'p> Below<'p> {
    /// Of the labels of one parent those that allow all that `label`, exact or with a `*`, allows.
    fn label(&self, scheme: &str, port: &str, label: &str, find: &dyn Fn(&[&'p Entry<'p>]) -> Option<&'p Entry<'p>>) -> Option<&'p Entry<'p>> {
        let (prefix, suffix) = match label.split_once('*') {
            Some(("", "")) => return None,
            Some(parts) => parts,
            None if label.contains('_') => return None,
            None => (label, label),
        };
        let wild = label.contains('*');
        self.lengths.iter().find_map(|&(first, last)| {
            let fits = wild || first + last < label.len();
            let key = [scheme, port, prefix.get(..first).filter(|_| fits)?, suffix.get(suffix.len().checked_sub(last)?..)?];
            find(self.labels.get(&key)?)
        })
    }
}

/// A domain and all domains above it.
fn ancestors(domain: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(domain), |domain| Some(domain.split_once('.')?.1))
}

/// The scheme and host of an origin.
fn without_port<'o>(origin: &'o Origin<'_>) -> &'o str {
    let text = origin.as_str();
    match origin.port() {
        "" => text,
        port => &text[..text.len() - port.len() - 1],
    }
}
