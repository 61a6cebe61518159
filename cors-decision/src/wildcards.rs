//! Wildcards: `https://*.example.com`, `https://pr-*.example.com`, `http://localhost:*`, all of a policy in one walk.
//!
//! The host is read label by label from the right. Each suffix of it that is as long as a parent in the table costs one probe, and each shape
//! of label under a parent that is found (how long the text before and after the `*` is) one more. How many wildcards there are plays no part.

use crate::bytes::{number, part};
use crate::{Keys, Tagged};

/// The wildcards of a policy. Only origins of `http` and `https` match.
///
/// Permitted: any table that the compiler wrote. A damaged one never panics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wildcards<'a> {
    /// The hosts that stand in wildcards: what follows the `*` and its label, or the whole host where only the port is wild.
    pub hosts: Keys<'a>,
    /// For each slot of `hosts` two numbers of four bytes, the low one first.
    /// The first: in its lowest byte the [`Grants`] to hosts below, in the next one those to the host itself, in the upper half the number of shapes.
    /// The second: the index in `shapes` of the first.
    pub rules: &'a [u8],
    /// The shapes of labels: how long the text before the `*` is, and how long the text after it, one byte each.
    pub shapes: &'a [u8],
    /// The labels with a `*`: as the tag the length of the text before it, as the pieces that text and all that follows the `*`.
    pub labels: Keys<'a>,
    /// For each slot of `labels` a byte, its [`Grants`].
    pub label_grants: &'a [u8],
    /// The wildcards with a port of their own, see [`Wildcards::port_key`].
    pub ports: Keys<'a>,
    /// The fewest labels that one of `hosts` has.
    pub shallowest: u8,
    /// The most labels that one of `hosts` has; 0 where there is none.
    pub deepest: u8,
}

/// What a wildcard grants, as bits: for `http` at the place 0, for `https` at the place 3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grants;

impl Grants {
    /// To the default port.
    pub const DEFAULT_PORT: u8 = 1;
    /// To any port.
    pub const ANY_PORT: u8 = 2;
    /// To some ports, which stand in [`Wildcards::ports`].
    pub const SOME_PORTS: u8 = 4;

    /// The bits at their place.
    #[must_use]
    pub const fn of(https: bool, bits: u8) -> u8 {
        if https { bits << 3 } else { bits }
    }
}

/// An origin of the web, taken apart.
#[derive(Clone, Copy)]
struct Web<'o> {
    https: bool,
    host: &'o [u8],
    /// 0 for the default one, which an origin never spells.
    port: u16,
}

impl<'a> Wildcards<'a> {
    /// No wildcard.
    pub const EMPTY: Wildcards<'static> =
        Wildcards { hosts: Keys::EMPTY, rules: b"", shapes: b"", labels: Keys::EMPTY, label_grants: b"", ports: Keys::EMPTY, shallowest: 0, deepest: 0 };

    /// The key of a wildcard with a port of its own. `label` is what the leftmost label begins with, where it holds a `*` beside other text.
    #[must_use]
    pub const fn port_key<'k>(https: bool, port: u16, label: Option<&'k [u8]>, rest: &'k [u8]) -> Tagged<'k> {
        let (kind, head) = match label {
            Some(head) => (1 << 25, head),
            None => (0, b"" as &[u8]),
        };
        Tagged { tag: kind | (https as u32) << 24 | (port as u32) << 8 | (head.len() as u32 & 0xff), head, tail: rest }
    }

    /// Whether the value of an `Origin` header matches one of them.
    #[must_use]
    pub const fn allow(&self, origin: &[u8]) -> bool {
        if self.deepest == 0 {
            return false;
        }
        let Some(web) = Web::read(origin) else { return false };
        let (mut left, mut labels) = (web.host, 0);
        while let Some((last, rest)) = left.split_last() {
            if *last == b'.' {
                labels += 1;
                if labels >= self.shallowest && self.allow_under(&web, left.len()) {
                    return true;
                }
                if labels == self.deepest {
                    return false;
                }
            }
            left = rest;
        }
        labels + 1 >= self.shallowest && self.allow_under(&web, 0)
    }

    /// Whether a wildcard matches whose host is what begins at `from`.
    const fn allow_under(&self, web: &Web<'_>, from: usize) -> bool {
        let host = part(web.host, from, web.host.len());
        let Some(slot) = self.hosts.find(host) else { return false };
        let (Some(rule), Some(first_shape)) = (number(self.rules, slot * 2), number(self.rules, slot * 2 + 1)) else { return false };
        if from == 0 {
            return self.grants(web, (rule >> 8) as u8, None, host);
        }
        let below = part(web.host, 0, from - 1);
        let (grants, shapes) = (rule as u8, (rule >> 16) as usize);
        (grants != 0 && self.grants(web, grants, None, host) && are_labels(below)) || self.allow_label(web, below, first_shape as usize, shapes)
    }

    /// Whether a wildcard with a `*` in its label matches. `below` is what stands before the parent, a dot in between.
    const fn allow_label(&self, web: &Web<'_>, below: &[u8], first_shape: usize, shapes: usize) -> bool {
        let (all, _) = self.shapes.as_chunks();
        let mut at = first_shape;
        while at < all.len() && at - first_shape < shapes {
            let [before, after] = all[at];
            let (before, after) = (before as usize, after as usize);
            at += 1;
            if below.len() <= before + after {
                continue;
            }
            let (head, rest) = (part(below, 0, before), part(web.host, below.len() - after, web.host.len()));
            let Some(slot) = self.labels.find_tagged(&Tagged { tag: before as u32, head, tail: rest }) else { continue };
            let grants = if slot < self.label_grants.len() { self.label_grants[slot] } else { 0 };
            if self.grants(web, grants, Some(head), rest) && is_filling(part(below, before, below.len() - after)) {
                return true;
            }
        }
        false
    }

    const fn grants(&self, web: &Web<'_>, grants: u8, label: Option<&[u8]>, rest: &[u8]) -> bool {
        let bits = if web.https { grants >> 3 } else { grants };
        bits & Grants::ANY_PORT != 0
            || (web.port == 0 && bits & Grants::DEFAULT_PORT != 0)
            || (web.port != 0 && bits & Grants::SOME_PORTS != 0 && self.ports.find_tagged(&Self::port_key(web.https, web.port, label, rest)).is_some())
    }
}

impl<'o> Web<'o> {
    const fn read(origin: &'o [u8]) -> Option<Self> {
        let (https, authority) = match origin {
            [b'h', b't', b't', b'p', b's', b':', b'/', b'/', authority @ ..] => (true, authority),
            [b'h', b't', b't', b'p', b':', b'/', b'/', authority @ ..] => (false, authority),
            _ => return None,
        };
        let mut digits = authority.len();
        while digits > 0 && authority[digits - 1].is_ascii_digit() {
            digits -= 1;
        }
        // A host of digits alone has no colon before them. The colons inside the brackets of an IPv6 address have a bracket after them.
        if digits == 0 || authority[digits - 1] != b':' {
            return Some(Self { https, host: authority, port: 0 });
        }
        match read_port(part(authority, digits, authority.len())) {
            Some(port) => Some(Self { https, host: part(authority, 0, digits - 1), port }),
            None => None,
        }
    }
}

/// The value of digits that are a port: 1 to 65535, without a leading zero.
const fn read_port(digits: &[u8]) -> Option<u16> {
    if digits.is_empty() || digits.len() > 5 || digits[0] == b'0' {
        return None;
    }
    let (mut port, mut at) = (0, 0);
    while at < digits.len() {
        port = port * 10 + (digits[at] - b'0') as u32;
        at += 1;
    }
    if port <= 65535 { Some(port as u16) } else { None }
}

/// Whether this is labels joined by dots, each 1 to 63 of `[a-z0-9_-]`.
const fn are_labels(text: &[u8]) -> bool {
    let (mut length, mut at) = (0, 0);
    while at < text.len() {
        match text[at] {
            b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' if length < 63 => length += 1,
            b'.' if length > 0 => length = 0,
            _ => return false,
        }
        at += 1;
    }
    length > 0
}

/// Whether a `*` inside a label can stand for this: one or more of `[a-z0-9-]`.
const fn is_filling(text: &[u8]) -> bool {
    let mut at = 0;
    while at < text.len() {
        if !matches!(text[at], b'a'..=b'z' | b'0'..=b'9' | b'-') {
            return false;
        }
        at += 1;
    }
    !text.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `https://*.ex`, `https://*.ex:8443`, `https://p*s.ex:*`, `http://[::1]:*`.
    const TABLE: Wildcards<'_> = Wildcards {
        hosts: Keys::new(b"ex[::1]", b"\0\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0\x07\0\0\0\0\0\0\0", b"", 0),
        rules: b"\x28\0\x01\0\0\0\0\0\0\x02\0\0\0\0\0\0",
        shapes: b"\x01\x01",
        labels: Keys::new(b"\x01\0\0\0ps.ex", b"\0\0\0\0\0\0\0\0\x09\0\0\0\0\0\0\0", b"", 0),
        label_grants: b"\x10",
        ports: Keys::new(b"\0\xfb\x20\x01ex", b"\0\0\0\0\0\0\0\0\x06\0\0\0\0\0\0\0", b"", 0),
        shallowest: 1,
        deepest: 1,
    };

    #[test]
    fn every_kind_of_wildcard_matches_what_it_should() {
        for (origin, expected) in [
            ("https://a.ex", true),
            ("https://a_b.c-d.ex", true),
            ("https://a.ex:8443", true),
            ("https://a.ex:8444", false),
            ("https://ex", false),
            ("https://.ex", false),
            ("https://a..ex", false),
            ("https://aex", false),
            ("https://A.ex", false),
            ("http://a.ex", false),
            ("https://a.ex.evil.io", false),
            ("https://u@a.ex", false),
            ("https://a.ex.", false),
            ("https://p1s.ex:3000", true),
            ("https://p_s.ex:3000", false),
            ("https://ps.ex:3000", false),
            ("https://p1s.ex:0", false),
            ("https://p1.2s.ex:3000", false),
            ("http://[::1]", true),
            ("http://[::1]:1", true),
            ("http://[::1]:65535", true),
            ("http://[::1]:", false),
            ("http://[::1]:0", false),
            ("http://[::1]:03000", false),
            ("http://[::1]:65536", false),
            ("http://[::1]:999999", false),
            ("http://[::1]:3a", false),
            ("http://[::1]3000", false),
            ("http://[::1]:1]:2", false),
            ("http://[::1]:1:2", false),
            ("https://[::1]", false),
            ("https://", false),
            ("https://:8443", false),
            ("", false),
            ("null", false),
        ] {
            assert_eq!(TABLE.allow(origin.as_bytes()), expected, "{origin}");
        }
    }

    #[test]
    fn a_damaged_table_does_not_panic() {
        let no_rules = Wildcards { rules: b"", ..TABLE };
        let far_shapes = Wildcards { rules: b"\0\0\xff\xff\xff\xff\xff\xff", ..TABLE };
        let long_shapes = Wildcards { shapes: b"\xff\xff", deepest: 255, ..TABLE };
        let no_grants = Wildcards { label_grants: b"", ..TABLE };
        for table in [no_rules, far_shapes, long_shapes, no_grants] {
            assert!(!table.allow(b"https://p1s.ex:3000"));
        }
    }
}
