//! Wildcards and paths come in, regular expressions in the dialect that PCRE, RE2 and Rust share go out. Anchors are the target's to add.

use super::pcre;
use crate::policy::{Entry, Matcher};
use crate::wildcard::{HostPattern, OriginPattern, PortPattern};

/// One whole label of a host.
const LABEL: &str = "[a-z0-9_-]{1,63}";

/// The longest label of a host.
const MAX_LABEL_LEN: usize = 63;

/// A port from 1 to 65535 without a leading zero, or none.
const ANY_PORT: &str = "(?::(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?";

/// What matches exactly the origins of an entry.
pub(crate) enum Text<'e> {
    /// The one origin.
    Exact(&'e str),
    /// A regular expression for the whole of many.
    Regex(String),
}

/// An entry as a text.
pub(crate) fn entry<'e>(entry: &'e Entry<'_>) -> Text<'e> {
    match &entry.matcher {
        Matcher::Origin(exact) => match exact.pattern() {
            None => Text::Exact(exact.as_str()),
            Some(wildcard) => Text::Regex(origin(&wildcard)),
        },
        Matcher::Regex(regex) => Text::Regex(pcre::to_pcre(regex)),
    }
}

/// What matches exactly the origins of a wildcard.
pub(crate) fn origin(pattern: &OriginPattern<'_>) -> String {
    let (head, tail) = halves(pattern);
    head + &tail
}

/// The same in two: up to the end of what `*` in the host stands for, and what follows. The first is the same for many wildcards, and empty
/// where the host has no `*`.
pub(crate) fn halves(pattern: &OriginPattern<'_>) -> (String, String) {
    halves_around(pattern, &format!(r"(?:{LABEL}\.)+"), "[a-z0-9-]+")
}

/// As [`halves`], where nothing else limits the length: no origin that is longer than the decision reads is matched, nor one with a label
/// that is longer than DNS has. Of `*.`, so many labels are matched as could never be too long: 4 of any length, 8 of up to 31 characters, or 16 of up
/// to 15, and fewer before a long parent.
pub(crate) fn bounded_halves(pattern: &OriginPattern<'_>) -> (String, String) {
    let host = match pattern.host {
        HostPattern::Exact(host) => host.len(),
        HostPattern::Subdomains { parent } => parent.len(),
        HostPattern::Label { prefix, suffix, parent } => prefix.len() + suffix.len() + ".".len() + parent.len(),
    };
    let port = match pattern.port {
        PortPattern::Default => 0,
        PortPattern::Exact(port) => ":".len() + port.len(),
        PortPattern::Any => ":65535".len(),
    };
    let room = cors_decision::MAX_ORIGIN_LEN.saturating_sub(pattern.scheme.len() + "://".len() + host + port);
    halves_around(pattern, &labels(room), &format!("[a-z0-9-]{{1,{}}}", room.clamp(1, MAX_LABEL_LEN)))
}

/// What matches labels with their dots, in no more than so many bytes.
fn labels(room: usize) -> String {
    // The same for all wildcards but those before very long parents, so that they share it.
    let room = room.min(4 * (MAX_LABEL_LEN + 1));
    if room <= MAX_LABEL_LEN {
        return format!(r"[a-z0-9_-]{{1,{}}}\.", room.saturating_sub(1).max(1));
    }
    let mut fewest = 1;
    let shapes = [MAX_LABEL_LEN, 31, 15].map(|longest| {
        let most = room / (longest + 1);
        let shape = format!(r"(?:[a-z0-9_-]{{1,{longest}}}\.){{{fewest},{most}}}");
        fewest = most + 1;
        shape
    });
    format!("(?:{})", shapes.join("|"))
}

fn halves_around(pattern: &OriginPattern<'_>, labels: &str, label: &str) -> (String, String) {
    let scheme = literal(pattern.scheme);
    let (head, host) = match pattern.host {
        HostPattern::Exact(host) => (String::new(), format!("{scheme}://{}", literal(host))),
        HostPattern::Subdomains { parent } => (format!("{scheme}://{labels}"), literal(parent)),
        HostPattern::Label { prefix, suffix, parent } => {
            (format!("{scheme}://{}{label}", literal(prefix)), format!(r"{}\.{}", literal(suffix), literal(parent)))
        }
    };
    let port = match pattern.port {
        PortPattern::Default => String::new(),
        PortPattern::Exact(port) => format!(":{port}"),
        PortPattern::Any => ANY_PORT.to_owned(),
    };
    (head, host + &port)
}

/// What matches exactly this text.
pub(crate) fn literal(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    let mut rest = text;
    while let Some(at) = rest.bytes().position(is_special) {
        let (before, special) = rest.split_at(at);
        escaped.push_str(before);
        escaped.push('\\');
        escaped.push_str(&special[..1]);
        rest = &special[1..];
    }
    escaped + rest
}

/// Whether a character means something else in a regex, or might in another dialect.
fn is_special(byte: u8) -> bool {
    !matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | 0x80.. | b'/' | b':' | b'-' | b'_' | b'%' | b'@' | b'!' | b'~' | b',' | b'\'' | b'"' | b'=' | b'&')
}

/// What a path pattern matches at the beginning of a request target: the path, and then the query or the end. (`$` is the very end here:
/// no request target holds a line feed.)
pub(crate) fn request_target(pattern: &str) -> String {
    request_target_with(pattern, literal)
}

/// The same, where literal segments are written in another way.
pub(crate) fn request_target_with(pattern: &str, mut segment_regex: impl FnMut(&str) -> String) -> String {
    let mut regex = String::new();
    for segment in pattern.split('/').skip(1) {
        match segment {
            "**" if regex.is_empty() => return "/".to_owned(),
            "**" => return format!(r"{regex}(?:[/?]|$)"),
            "*" => regex.push_str("/[^/?]*"),
            segment => {
                regex.push('/');
                regex.push_str(&segment_regex(segment));
            }
        }
    }
    format!(r"{regex}(?:\?|$)")
}

/// What matches a request target whose path a later hop could read in another way; the same rule as [`cors_decision::is_ambiguous`].
pub(crate) const AMBIGUOUS: [(&str, &str); 4] = [
    ("an encoded slash, backslash, letter, digit or one of -._~", r"[^?]*%(?:2[DdEeFf]|3[0-9]|4[1-9A-Fa-f]|5[0-9AaCcFf]|6[1-9A-Fa-f]|7[0-9AaEe])"),
    ("an escape that is none", r"[^?]*%(?:[0-9A-Fa-f]?(?:[^0-9A-Fa-f]|$))"),
    ("a backslash, semicolon, number sign or control character", r"[^?]*[\x00-\x1f\x5c\x7f;#]"),
    ("an empty segment before the last, or a dot segment", r"[^?]*/(?:/|\.{1,2}(?:[/?]|$))"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_target_matches_its_path_alone() {
        assert_eq!(request_target("/**"), "/");
        assert_eq!(request_target("/api/**"), r"/api(?:[/?]|$)");
        assert_eq!(request_target("/a.b/*/c"), r"/a\.b/[^/?]*/c(?:\?|$)");
        assert_eq!(request_target("/"), r"/(?:\?|$)");
    }

    #[test]
    fn labels_leave_no_room_for_an_origin_that_is_too_long() {
        let all = r"(?:(?:[a-z0-9_-]{1,63}\.){1,4}|(?:[a-z0-9_-]{1,31}\.){5,8}|(?:[a-z0-9_-]{1,15}\.){9,16})";
        assert_eq!((labels(256).as_str(), labels(1_000).as_str()), (all, all));
        for room in 2..260 {
            let longest = regex_syntax::parse(&labels(room)).expect("a regex").properties().maximum_len().expect("a bound");
            assert!(longest <= room && (room < 64 || longest > room / 2), "{room}: {}", labels(room));
        }
    }

    #[test]
    fn a_bounded_wildcard_is_never_longer_than_an_origin() {
        let parent = ["a"; 125].join(".");
        let prefix = "p".repeat(60);
        let hosts = [
            HostPattern::Subdomains { parent: "example.com" },
            HostPattern::Subdomains { parent: &parent },
            HostPattern::Label { prefix: "pr-", suffix: "--shop", parent: "example.com" },
            HostPattern::Label { prefix: &prefix, suffix: "", parent: &parent[..180] },
            HostPattern::Exact("localhost"),
        ];
        for (host, port) in
            hosts.into_iter().flat_map(|host| [PortPattern::Default, PortPattern::Exact("8443"), PortPattern::Any].map(move |port| (host, port)))
        {
            let (head, tail) = bounded_halves(&OriginPattern { scheme: "https", host, port });
            let longest = regex_syntax::parse(&format!("{head}{tail}")).expect("a regex").properties().maximum_len();
            assert!(longest.is_some_and(|longest| longest <= cors_decision::MAX_ORIGIN_LEN), "{longest:?}: {head}{tail}");
        }
    }
}
