//! A path as received comes in; the rule that is the most specific of those that match it goes out.

use crate::bytes::{number, part};
use crate::keys::value;
use crate::{Keys, Tagged};

/// Whether a later hop (a proxy, a framework) could read this path in another way than byte for byte.
///
/// Such a path gets no policy, so that no spelling of a path picks a looser policy than the resource behind it has:
/// a percent-encoded `/`, `\` or unreserved character ([RFC 3986, 6.2.2.2](https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2.2)), a bad escape,
/// a backslash, a `;` (servers that strip path parameters), a `#` (servers that cut there), a control character, a dot segment,
/// an empty segment other than the last.
#[must_use]
pub const fn is_ambiguous(path: &[u8]) -> bool {
    !is_plain(path) && is_ambiguous_by_byte(path)
}

/// Whether eight bytes at a time tell that a path is not ambiguous; most are not. They tell of a segment by the `/` before it, the first included.
const fn is_plain(path: &[u8]) -> bool {
    let ([b'/', ..], Some(last)) = (path, path.last_chunk()) else { return false };
    let mut rest = path;
    while rest.len() > 8
        && let Some(word) = rest.first_chunk()
    {
        if is_suspicious(u64::from_le_bytes(*word)) {
            return false;
        }
        // A byte of overlap, so that every two neighbours are in one word.
        rest = rest.split_at(7).1;
    }
    !is_suspicious(u64::from_le_bytes(*last))
}

/// Eight times the byte 1.
const ONES: u64 = u64::MAX / 255;

/// Whether among eight bytes is a control character, one of `\`, `;`, `#`, `%` (and of `!`, `'`, which do no harm), or a `/` before a `/` or `.`.
const fn is_suspicious(word: u64) -> bool {
    let controls = word.wrapping_sub(ONES * 0x20) & !word & (ONES * 0x80);
    let others = places(word, 0x7f) | places(word, b'\\') | places(word, b';') | places(word & !(ONES * 6), b'!');
    let slash_before = places(word, b'/') << 8;
    controls | others | (slash_before & places(word | ONES, b'/')) != 0
}

/// The highest bit of each byte that is this one, at least up to the first of them; those above it may be wrong.
/// (Mycroft's test for a zero byte.)
const fn places(word: u64, byte: u8) -> u64 {
    let difference = word ^ (ONES * byte as u64);
    difference.wrapping_sub(ONES) & !difference & (ONES * 0x80)
}

const fn is_ambiguous_by_byte(path: &[u8]) -> bool {
    let (mut at, mut segment) = (0, if let [b'/', ..] = path { 1 } else { 0 });
    while at < path.len() {
        match path[at] {
            b'\\' | b';' | b'#' | 0x00..=0x1f | 0x7f => return true,
            b'%' if is_ambiguous_escape(part(path, at + 1, at + 3)) => return true,
            b'/' if at >= segment => {
                if at == segment || is_dot_segment(part(path, segment, at)) {
                    return true;
                }
                segment = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    is_dot_segment(part(path, segment, path.len()))
}

const fn is_dot_segment(segment: &[u8]) -> bool {
    matches!(segment, b"." | b"..")
}

/// Whether what follows a `%` is no escape, or one of a byte that some hop decodes, or takes for a separator, before it looks at the path.
const fn is_ambiguous_escape(digits: &[u8]) -> bool {
    let &[high, low] = digits else { return true };
    match ((high as char).to_digit(16), (low as char).to_digit(16)) {
        (Some(high), Some(low)) => matches!((high * 16 + low) as u8, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' | b'\\'),
        _ => true,
    }
}

/// What stands before the first `/`, and what follows, the `/` first.
const fn first_segment(segments: &[u8]) -> (&[u8], Option<&[u8]>) {
    let mut rest = segments;
    while let [byte, after @ ..] = rest {
        if *byte == b'/' {
            return (part(segments, 0, segments.len() - rest.len()), Some(rest));
        }
        rest = after;
    }
    (segments, None)
}

/// The path rules as a deterministic automaton: one step for each segment, however many rules there are. The states are numbered; 0 is the
/// first. A state from `first_sink` on is left by nothing: whatever follows, the answer is the same.
///
/// Permitted: any table that the compiler wrote. A damaged one never panics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paths<'a> {
    /// The ways that need a certain segment: as the tag the state times 256, as the second piece the segment.
    pub literals: Keys<'a>,
    /// For each slot of `literals` the next state: numbers of four bytes, the low one first.
    pub targets: &'a [u8],
    /// For each state two such numbers: the next state for every other segment, and the rule that answers a path that ends here
    /// ([`NO_RULE`](Self::NO_RULE) for none).
    pub states: &'a [u8],
    /// The first of the states that nothing leaves.
    pub first_sink: u32,
    /// For each rule, the most specific first, the index of its policy: such numbers again.
    pub policies: &'a [u8],
}

impl Paths<'_> {
    /// No rule.
    pub const EMPTY: Paths<'static> = Paths { literals: Keys::EMPTY, targets: b"", states: b"\0\0\0\0\xff\xff\xff\xff", first_sink: 0, policies: b"" };

    /// Stands for no rule.
    pub const NO_RULE: u32 = u32::MAX;

    /// The index of the rule for a path. A path that can be read in two ways has none, unless one rule is for every path anyway.
    #[must_use]
    #[inline]
    pub const fn rule_for(&self, path: &[u8]) -> Option<usize> {
        if self.first_sink == 0 { self.rule_at(0) } else { self.rule_by_segments(path) }
    }

    /// The index of the rule that is for every path, if one is.
    #[must_use]
    #[inline]
    pub const fn rule_for_every_path(&self) -> Option<usize> {
        if self.first_sink == 0 { self.rule_at(0) } else { None }
    }

    const fn rule_by_segments(&self, path: &[u8]) -> Option<usize> {
        if is_ambiguous(path) {
            return None;
        }
        let [b'/', ..] = path else { return None };
        let (mut state, mut rest) = (0, Some(path));
        while state < self.first_sink
            && let Some([_, segments @ ..]) = rest
        {
            let (segment, after) = first_segment(segments);
            let Some(next) = self.next(state, segment) else { return None };
            (state, rest) = (next, after);
        }
        self.rule_at(state)
    }

    /// The index of the policy of a rule.
    #[must_use]
    #[inline]
    pub const fn policy_of(&self, rule: usize) -> Option<usize> {
        match number(self.policies, rule) {
            Some(policy) => Some(policy as usize),
            None => None,
        }
    }

    const fn next(&self, state: u32, segment: &[u8]) -> Option<u32> {
        let literal = self.literals.find_tagged(&Tagged { tag: state << 8, head: b"", tail: segment });
        match literal {
            Some(_) => value(self.targets, literal),
            None => number(self.states, state as usize * 2),
        }
    }

    #[inline]
    const fn rule_at(&self, state: u32) -> Option<usize> {
        match number(self.states, state as usize * 2 + 1) {
            None | Some(Self::NO_RULE) => None,
            Some(rule) => Some(rule as usize),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `/**`, `/api/*` and `/api/x`, in the order of the rules `/api/x`, `/api/*`, `/**`; the state 4 answers `/**` to all that follows.
    const TABLE: Paths<'_> = Paths {
        literals: Keys::new(b"\0\0\0\0api\0\x01\0\0x", b"\0\0\0\0\0\0\0\0\x07\0\0\0\0\0\0\0\x0c\0\0\0\0\0\0\0", b"", 0),
        targets: b"\x01\0\0\0\x02\0\0\0",
        states: b"\x04\0\0\0\x02\0\0\0\x03\0\0\0\x02\0\0\0\x04\0\0\0\0\0\0\0\x04\0\0\0\x01\0\0\0\0\0\0\0\x02\0\0\0",
        first_sink: 4,
        policies: b"\0\0\0\0\x01\0\0\0\0\0\0\0",
    };

    #[test]
    fn the_most_specific_rule_is_found() {
        for (path, rule) in [
            ("/", Some(2)),
            ("/api", Some(2)),
            ("/api/x", Some(0)),
            ("/api/y", Some(1)),
            ("/api/", Some(1)),
            ("/api/x/", Some(2)),
            ("/API/x", Some(2)),
            ("/apix", Some(2)),
            ("/a/b/c", Some(2)),
            ("/a//c", None),
            ("api/x", None),
            ("", None),
        ] {
            assert_eq!(TABLE.rule_for(path.as_bytes()), rule, "{path}");
        }
        assert_eq!((TABLE.policy_of(0), TABLE.policy_of(1), TABLE.policy_of(3)), (Some(0), Some(1), None));
    }

    #[test]
    fn a_first_state_that_nothing_leaves_answers_whatever_is_asked() {
        let everything = Paths { literals: Keys::EMPTY, targets: b"", states: b"\0\0\0\0\0\0\0\0", first_sink: 0, policies: b"\0\0\0\0" };
        for path in ["", "*", "/a//b", "/%2e"] {
            assert_eq!(everything.rule_for(path.as_bytes()), Some(0), "{path}");
            assert_eq!(Paths::EMPTY.rule_for(path.as_bytes()), None, "{path}");
        }
    }

    #[test]
    fn a_damaged_table_does_not_panic() {
        for damaged in [
            Paths { states: b"", ..TABLE },
            Paths { targets: b"\xff\xff\xff\xff", ..TABLE },
            Paths { first_sink: u32::MAX, states: &TABLE.states[..9], ..TABLE },
        ] {
            assert_eq!(damaged.rule_for(b"/api/x"), None);
        }
    }

    /// The rule as it is said, segment by segment.
    fn is_ambiguous_as_said(path: &[u8]) -> bool {
        let hex = |byte: &u8| (*byte as char).to_digit(16);
        let escapes =
            || path.iter().enumerate().filter(|(_, byte)| **byte == b'%').map(|(at, _)| Some((hex(path.get(at + 1)?)? * 16 + hex(path.get(at + 2)?)?) as u8));
        let mut segments = path.strip_prefix(b"/").unwrap_or(path).split(|&byte| byte == b'/').rev();
        let last = segments.next().unwrap_or_default();
        path.iter().any(|byte| byte.is_ascii_control() || b"\\;#".contains(byte))
            || escapes().any(|byte| byte.is_none_or(|byte| byte.is_ascii_alphanumeric() || b"-._~/\\".contains(&byte)))
            || segments.any(|segment| [&b""[..], b".", b".."].contains(&segment))
            || [&b"."[..], b".."].contains(&last)
    }

    #[test]
    fn every_short_path_is_read_as_the_rule_is_said() {
        const BYTES: &[u8] = b"/.a%2f;";
        let mut path = [0; 7];
        for len in 0..=path.len() {
            for number in 0..BYTES.len().pow(len as u32) {
                let mut rest = number;
                for byte in &mut path[..len] {
                    *byte = BYTES[rest % BYTES.len()];
                    rest /= BYTES.len();
                }
                let path = &path[..len];
                assert_eq!(is_ambiguous(path), is_ambiguous_as_said(path), "{}", path.escape_ascii());
            }
        }
        // Longer ones are read eight bytes at a time: the same bytes at every place of several words.
        for number in 0..BYTES.len().pow(3) {
            let few = [number, number / BYTES.len(), number / BYTES.len().pow(2)].map(|rest| BYTES[rest % BYTES.len()]);
            for len in 8..24 {
                for at in 1..len - 3 {
                    let mut path = [b'a'; 24];
                    path[0] = b'/';
                    path[at..at + 3].copy_from_slice(&few);
                    // And the same without the first `/`.
                    for path in [&path[..len], &path[1..len]] {
                        assert_eq!(is_ambiguous(path), is_ambiguous_as_said(path), "{}", path.escape_ascii());
                    }
                }
            }
        }
        for byte in 0..=255 {
            let long = [b'/', b'a', b'a', b'a', b'a', byte, b'a', b'a', b'a'];
            assert_eq!(is_ambiguous(&long), is_ambiguous_as_said(&long), "{}", long.escape_ascii());
            for path in [[b'/', byte, b'a', b'a'], [b'/', b'%', b'4', byte], [b'/', b'%', byte, b'f'], [b'/', b'a', b'a', byte]] {
                assert_eq!(is_ambiguous(&path), is_ambiguous_as_said(&path), "{}", path.escape_ascii());
            }
        }
    }

    #[test]
    fn a_path_that_can_be_read_in_two_ways_is_ambiguous() {
        for path in [
            "/a%2fb", "/a%2Fb", "/a%5cb", "/%61", "/%7E", "/%2e", "/a%", "/a%2", "/a%zz", "/a\\b", "/a;b", "/a#b", "/a\tb", "/a\x7fb", "/./a", "/a/..", "/a/.",
            "//a", "/a//b", "/a//", "/a%4a", "/a%+1",
        ] {
            assert!(is_ambiguous(path.as_bytes()), "{path}");
        }
        for path in ["/", "/a", "/a/", "/a%20b", "/caf%C3%A9", "/a.b", "/...", "/.well-known/x", "/a%40b", "/a%3Bb", "/@me", "/a:b", "/a+b"] {
            assert!(!is_ambiguous(path.as_bytes()), "{path}");
        }
    }
}
