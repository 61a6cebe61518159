//! Random words of policies, and random, mutated and hostile origins and paths.
#![allow(dead_code, reason = "each test uses a part of it")]

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::file::REGEX;

/// Regexes, each with an origin that it allows.
const REGEXES: [(&str, &str); 7] = [
    (r"https://a[0-9]+\.ex", "https://a10.ex"),
    (r"https?://(a|b)\.ab\.ex(:[0-9]+)?", "http://b.ab.ex:01"),
    (r"https://[ab]{1,3}\.ex|https://x_y\.ex", "https://aba.ex"),
    (r"[a-z]+://(?:[^.]+\.)*com\.ex", "app://a.b.com.ex"),
    (r"https://pr-[0-9]{1,3}\.[^a]b\.ex:[1-9][0-9]*", "https://pr-100.-b.ex:80"),
    (r"https://.*\.aa\.ex", "https://.aa.ex"),
    (r"https://(?:a|ab)(?:c|bcd)?", "https://abbcd"),
];

/// Few labels, so that hosts are within one another, and entries share what they begin and end with.
fn label() -> impl Strategy<Value = String> {
    prop_oneof![8 => select(vec!["a", "b", "ab", "aa", "a-b", "x_y", "pr-1", "com"]).prop_map(str::to_owned), 1 => "[a-z0-9]{1,20}", 1 => Just("l".repeat(63))]
}

fn host() -> impl Strategy<Value = String> {
    vec(label(), 1..4).prop_map(|labels| labels.join(".") + ".ex")
}

/// An entry of a list of origins.
pub(crate) fn origin() -> impl Strategy<Value = String> {
    let wild = select(vec!["", "", "*.", "*.", "a*.", "*a.", "a*b.", "pr-*-x.", "ab*."]);
    let port = select(vec!["", "", "", ":*", ":1", ":8443", ":65535"]);
    let others =
        ["null", "http://[::1]:*", "http://localhost:*", "http://127.0.0.1:3000", "app://a.ex", "capacitor://localhost", "https://*.ex.", "https://*a.ex:*"];
    prop_oneof![
        12 => (select(vec!["http", "https", "https"]), wild, host(), port).prop_map(|(scheme, wild, host, port)| format!("{scheme}://{wild}{host}{port}")),
        1 => select(others.to_vec()).prop_map(str::to_owned),
        1 => select(REGEXES.to_vec()).prop_map(|(regex, _)| format!("{REGEX}{regex}")),
    ]
}

/// What takes the places of an entry's wildcards.
#[derive(Debug, Clone)]
pub(crate) struct Filling {
    star: &'static str,
    port: &'static str,
}

impl Filling {
    /// An origin that the entry might allow.
    pub(crate) fn of(&self, entry: &str) -> String {
        let known = REGEXES.iter().find(|(regex, _)| entry.strip_prefix(REGEX) == Some(regex));
        known.map_or_else(|| entry.replace(":*", self.port).replace('*', self.star), |(_, origin)| (*origin).to_owned())
    }
}

pub(crate) fn filling() -> impl Strategy<Value = Filling> {
    let star = select(vec!["", "a", "b", "ab", "x_y", "1", "a.b", "-", ".", "a.", "A"]);
    let port = select(vec!["", ":", ":0", ":1", ":01", ":8443", ":65535", ":65536", ":99999", ":100000"]);
    (star, port).prop_map(|(star, port)| Filling { star, port })
}

/// What some entry, of this list or of another, might allow.
pub(crate) fn filled() -> impl Strategy<Value = String> {
    (origin(), filling()).prop_map(|(entry, filling)| filling.of(&entry))
}

/// One change of one place.
#[derive(Debug, Clone)]
pub(crate) enum Change {
    Nothing,
    Replace(Index, u8),
    Insert(Index, u8),
    Remove(Index),
    Cut(Index),
    Twice,
}

impl Change {
    pub(crate) fn of(&self, text: &str) -> Vec<u8> {
        let mut bytes = text.as_bytes().to_vec();
        match self {
            _ if bytes.is_empty() => {}
            Self::Nothing => {}
            Self::Replace(at, byte) => *at.get_mut(&mut bytes) = *byte,
            Self::Insert(at, byte) => bytes.insert(at.index(bytes.len() + 1), *byte),
            Self::Remove(at) => drop(bytes.remove(at.index(bytes.len()))),
            Self::Cut(at) => bytes.truncate(at.index(bytes.len())),
            Self::Twice => bytes.extend_from_within(..),
        }
        bytes
    }
}

pub(crate) fn change() -> impl Strategy<Value = Change> {
    let byte = || prop_oneof![select(b"./:*@[]-_aA0\0\n\xff%;".to_vec()), any::<u8>()];
    prop_oneof![
        6 => Just(Change::Nothing),
        2 => (any::<Index>(), byte()).prop_map(|(at, byte)| Change::Replace(at, byte)),
        2 => (any::<Index>(), byte()).prop_map(|(at, byte)| Change::Insert(at, byte)),
        1 => any::<Index>().prop_map(Change::Remove),
        1 => any::<Index>().prop_map(Change::Cut),
        1 => Just(Change::Twice),
    ]
}

/// A pattern of every form. Few names, so that many match one path.
pub(crate) fn path() -> impl Strategy<Value = String> {
    let segment = select(vec!["a", "b", "c", "*", "*", "ab", "%C3%A9", "a-segment-of-more-than-16-bytes"]);
    let end = select(vec!["", "", "/**", "/**", "/"]);
    (vec(segment, 0..5), end).prop_map(|(segments, end)| format!("/{}{end}", segments.join("/")).replacen("//", "/", 1))
}

/// A path that the pattern matches.
pub(crate) fn path_of(pattern: &str) -> String {
    pattern.replace("**", "c/d").replace('*', "c")
}
