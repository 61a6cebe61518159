//! The lists of policies come in, the maps of their origins go out.

use std::collections::HashSet;

use minijinja::{Value, context};

use super::long::{LongOrigins, pieces};
use super::quoting::{check_length, regex_key};
use crate::diagnostic::Diagnostic;
use crate::policy::{Entry, Origins};
use crate::targets::lists::OriginList;
use crate::targets::pattern::{self, Text};
use crate::targets::{Block, DIGEST, place_of_block, safe};

/// The longest exact key of a map with nginx's default bucket of 64 bytes.
pub(super) const LONGEST_KEY: usize = 46;

/// The maps of all policies.
pub(super) struct OriginMaps<'p> {
    maps: Vec<OriginMap<'p>>,
}

/// What the map of a list holds.
struct OriginMap<'p> {
    /// The policy that has the list first.
    policy: &'p str,
    hash: u64,
    keys: Vec<Key<'p>>,
    long: LongOrigins<'p>,
}

enum Key<'p> {
    Exact(&'p str),
    /// An origin that is too long for a key of this map.
    Long(&'p str),
    Regex(String),
}

/// The variable that holds the origin, if the list of this index has it.
pub(super) fn variable(index: usize) -> Value {
    safe(format!("$cors_{DIGEST}_origin_{}", index + 1))
}

impl<'p> OriginMaps<'p> {
    pub(super) fn new(lists: &[OriginList<'p>], refusals: &mut Vec<Diagnostic>) -> Self {
        Self { maps: lists.iter().map(|list| OriginMap::new(list, refusals)).collect() }
    }

    /// The maps in the words of the template, which leaves room for what they hold.
    pub(super) fn views(&self) -> Vec<Value> {
        let mut place = 0;
        let view = |(index, map): (usize, &OriginMap<'_>)| {
            let (number, first) = (index + 1, place);
            place += 1 + map.long.depth();
            context! {
                index => safe(number.to_string()),
                policy => safe(map.policy),
                lines => place_of_block(first),
                long => map.long.views(number, first + 1),
                default => map.long.found(number).unwrap_or_else(|| safe("\"\"")),
            }
        };
        self.maps.iter().enumerate().map(view).collect()
    }

    /// The maps that take a long origin apart, in the words of the template.
    pub(super) fn pieces(&self) -> Vec<Value> {
        pieces(self.maps.iter().map(|map| map.long.depth()).max().unwrap_or_default())
    }

    /// What the maps hold.
    pub(super) fn blocks(self) -> Vec<Box<dyn Block + 'p>> {
        let mut blocks = Vec::new();
        for mut map in self.maps {
            let long = std::mem::take(&mut map.long);
            blocks.push(Box::new(map) as Box<dyn Block + 'p>);
            blocks.extend(long.blocks());
        }
        blocks
    }
}

impl<'p> OriginMap<'p> {
    fn new(list: &OriginList<'p>, refusals: &mut Vec<Diagnostic>) -> Self {
        let entries = list.origins.entries();
        let mut again = written_again(list.origins).into_iter().peekable();
        let mut keys = Vec::with_capacity(entries.len());
        for (index, entry) in entries.iter().enumerate() {
            if again.next_if_eq(&index).is_none() {
                keys.push(key(entry, refusals));
            }
        }
        let long = LongOrigins::new(keys.iter().filter_map(|key| if let Key::Long(origin) = key { Some(*origin) } else { None }));
        Self { policy: list.policies[0], hash: list.hash, keys, long }
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
fn key<'p>(entry: &'p Entry<'_>, refusals: &mut Vec<Diagnostic>) -> Key<'p> {
    match pattern::entry(entry) {
        Text::Exact(origin) if origin.len() <= LONGEST_KEY => Key::Exact(origin),
        Text::Exact(origin) => Key::Long(origin),
        Text::Regex(regex) => {
            let key = regex_key(&(regex + "$"));
            check_length(entry.span, &key, "regex", refusals);
            Key::Regex(key)
        }
    }
}

impl Block for OriginMap<'_> {
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
