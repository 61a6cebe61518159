//! The lists of policies come in, the maps of their origins go out: policies with the same list share one.

use std::collections::{HashMap, HashSet};

use cors_decision::hash;
use minijinja::{Value, context};

use super::long::{LongOrigins, pieces};
use super::quoting::{check_length, regex_key};
use crate::diagnostic::Diagnostic;
use crate::policy::{Entry, Matcher, Origins, Policy};
use crate::targets::{Block, DIGEST, pattern, pcre, place_of_block, safe};

/// The longest exact key of a map with nginx's default bucket of 64 bytes.
pub(super) const LONGEST_KEY: usize = 46;

/// The maps of all policies.
#[derive(Default)]
pub(super) struct OriginLists<'p> {
    lists: Vec<OriginList<'p>>,
    /// The index of each list, by its hash.
    known: HashMap<u64, usize>,
}

/// What the map of a list holds.
struct OriginList<'p> {
    /// The policy that it was made for first.
    policy: &'p str,
    hash: u64,
    keys: Vec<Key<'p>>,
    long: LongOrigins<'p>,
}

#[derive(PartialEq, Eq)]
enum Key<'p> {
    Exact(&'p str),
    /// An origin that is too long for a key of this map.
    Long(&'p str),
    Regex(String),
}

impl<'p> OriginLists<'p> {
    /// The variable that holds the origin, if this policy allows it.
    pub(super) fn add(&mut self, policy: &'p Policy<'p>, refusals: &mut Vec<Diagnostic>) -> Value {
        let list = OriginList::new(policy, refusals);
        let known = self.known.get(&list.hash).filter(|&&index| self.lists[index].keys == list.keys);
        let index = known.copied().unwrap_or(self.lists.len());
        if index == self.lists.len() {
            self.known.insert(list.hash, index);
            self.lists.push(list);
        }
        safe(format!("$cors_{DIGEST}_origin_{}", index + 1))
    }

    /// The maps in the words of the template, which leaves room for what they hold.
    pub(super) fn views(&self) -> Vec<Value> {
        let mut place = 0;
        let view = |(index, list): (usize, &OriginList<'_>)| {
            let (number, first) = (index + 1, place);
            place += 1 + list.long.depth();
            context! {
                index => safe(number.to_string()),
                policy => safe(list.policy),
                lines => place_of_block(first),
                long => list.long.views(number, first + 1),
                default => list.long.found(number).unwrap_or_else(|| safe("\"\"")),
            }
        };
        self.lists.iter().enumerate().map(view).collect()
    }

    /// The maps that take a long origin apart, in the words of the template.
    pub(super) fn pieces(&self) -> Vec<Value> {
        pieces(self.lists.iter().map(|list| list.long.depth()).max().unwrap_or_default())
    }

    /// What the maps hold.
    pub(super) fn blocks(self) -> Vec<Box<dyn Block + 'p>> {
        let mut blocks = Vec::new();
        for mut list in self.lists {
            let long = std::mem::take(&mut list.long);
            blocks.push(Box::new(list) as Box<dyn Block + 'p>);
            blocks.extend(long.blocks());
        }
        blocks
    }
}

impl<'p> OriginList<'p> {
    fn new(policy: &'p Policy<'p>, refusals: &mut Vec<Diagnostic>) -> Self {
        let entries = policy.origins.entries();
        let mut again = written_again(&policy.origins).into_iter().peekable();
        let mut keys = Vec::with_capacity(entries.len());
        for (index, entry) in entries.iter().enumerate() {
            if again.next_if_eq(&index).is_none() {
                keys.extend(key(entry, refusals));
            }
        }
        let hash = keys.iter().fold(0, |seed, key| match key {
            Key::Exact(origin) | Key::Long(origin) => hash(seed, origin.as_bytes()),
            Key::Regex(regex) => hash(!seed, regex.as_bytes()),
        });
        let long = LongOrigins::new(keys.iter().filter_map(|key| if let Key::Long(origin) = key { Some(*origin) } else { None }));
        Self { policy: &policy.name.value, hash, keys, long }
    }
}

/// The indices of the entries that repeat an earlier one, in order: nginx refuses a key that stands twice.
fn written_again(origins: &Origins<'_>) -> Vec<usize> {
    let mut seen = HashSet::new();
    let mut maybe = origins.maybe_repeated();
    maybe.retain(|&index| origins.entries()[index].origin().is_some_and(|origin| !seen.insert(origin.as_str())));
    maybe
}

/// Anchors are `^` and `$`, which the linters of nginx know. `$` would let a final line feed pass, but no header nginx reads holds one.
fn key<'p>(entry: &'p Entry<'_>, refusals: &mut Vec<Diagnostic>) -> Option<Key<'p>> {
    let regex = match &entry.matcher {
        Matcher::Origin(origin) => match origin.pattern() {
            None if origin.as_str().len() <= LONGEST_KEY => return Some(Key::Exact(origin.as_str())),
            None => return Some(Key::Long(origin.as_str())),
            Some(wildcard) => pattern::origin(&wildcard),
        },
        Matcher::Regex(regex) => pcre::in_bounded_time(regex, "nginx", entry.span, refusals)?,
    };
    let key = regex_key(&(regex + "$"));
    check_length(entry.span, &key, "regex", refusals);
    Some(Key::Regex(key))
}

impl Block for OriginList<'_> {
    fn hash(&self) -> u64 {
        self.hash
    }

    fn size(&self) -> usize {
        let asking = asking(DIGEST);
        self.keys.iter().flat_map(|key| line(key, &asking)).map(str::len).sum()
    }

    fn write(&self, digest: &str, text: &mut String) {
        let asking = asking(digest);
        for key in &self.keys {
            line(key, &asking).into_iter().for_each(|part| text.push_str(part));
        }
    }
}

/// The line of a key in its map, in parts: from the origin to itself, or to the variable that holds it. A long origin has none.
fn line<'k>(key: &'k Key<'_>, asking: &'k str) -> [&'k str; 5] {
    match key {
        Key::Exact(origin) => ["    \"", origin, "\" \"", origin, "\";\n"],
        Key::Long(_) => [""; 5],
        Key::Regex(regex) => ["    ", regex, " ", asking, ";\n"],
    }
}

/// The variable that holds the origin that asks.
fn asking(digest: &str) -> String {
    format!("$cors_{digest}_asking")
}
