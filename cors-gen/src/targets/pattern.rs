//! Wildcards and paths come in, regular expressions in the dialect that PCRE, RE2 and Rust share go out. Anchors are the target's to add.

use crate::wildcard::{HostPattern, OriginPattern, PortPattern};

/// One whole label of a host.
const LABEL: &str = "[a-z0-9_-]{1,63}";

/// A port from 1 to 65535 without a leading zero, or none.
const ANY_PORT: &str = "(?::(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?";

/// What matches exactly the origins of a wildcard.
pub(crate) fn origin(pattern: &OriginPattern<'_>) -> String {
    let (head, tail) = halves(pattern);
    head + &tail
}

/// The same in two: up to the end of what `*` in the host stands for, and what follows. The first is the same for many wildcards, and empty
/// where the host has no `*`.
pub(crate) fn halves(pattern: &OriginPattern<'_>) -> (String, String) {
    let scheme = literal(pattern.scheme);
    let (head, host) = match pattern.host {
        HostPattern::Exact(host) => (String::new(), format!("{scheme}://{}", literal(host))),
        HostPattern::Subdomains { parent } => (format!(r"{scheme}://(?:{LABEL}\.)+"), literal(parent)),
        HostPattern::Label { prefix, suffix, parent } => {
            (format!("{scheme}://{}[a-z0-9-]+", literal(prefix)), format!(r"{}\.{}", literal(suffix), literal(parent)))
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
    let mut regex = String::new();
    for segment in pattern.split('/').skip(1) {
        match segment {
            "**" if regex.is_empty() => return "/".to_owned(),
            "**" => return format!(r"{regex}(?:[/?]|$)"),
            "*" => regex.push_str("/[^/?]*"),
            segment => {
                regex.push('/');
                regex.push_str(&literal(segment));
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
}
