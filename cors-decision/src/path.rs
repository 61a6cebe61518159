//! Paths: as received, compared byte for byte and segment by segment.

/// One path pattern and the policy it leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PathRule<'a> {
    /// The pattern: segments that are literal, `*` (exactly one segment) or, last, `**` (zero or more segments).
    pub pattern: &'a str,
    /// The index of the policy in [`PolicySet::policies`](crate::PolicySet::policies).
    pub policy: usize,
}

/// Whether `pattern` matches `path`. Precondition: the pattern is one that the compiler accepts.
pub fn path_matches(pattern: &str, path: &[u8]) -> bool {
    let Some(mut rest) = path.strip_prefix(b"/").map(Some) else {
        return false;
    };
    for segment in pattern.as_bytes()[1..].split(|&byte| byte == b'/') {
        if segment == b"**" {
            return true;
        }
        let Some(here) = rest else { return false };
        let end = here.iter().position(|&byte| byte == b'/');
        let (name, after) = match end {
            Some(end) => (&here[..end], Some(&here[end + 1..])),
            None => (here, None),
        };
        if segment != b"*" && segment != name {
            return false;
        }
        rest = after;
    }
    rest.is_none()
}

/// Whether a later hop (a proxy, a framework) could read this path in another way than byte for byte.
///
/// Such a path gets no policy, so that no spelling of a path picks a looser policy than the resource behind it has:
/// a percent-encoded `/`, `\` or unreserved character ([RFC 3986, 6.2.2.2](https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2.2)), a bad escape,
/// a backslash, a `;` (servers that strip path parameters), a `#` (servers that cut there), a control character, a dot segment,
/// an empty segment other than the last.
pub fn is_ambiguous(path: &[u8]) -> bool {
    has_ambiguous_byte(path) || has_ambiguous_segment(path)
}

fn has_ambiguous_byte(path: &[u8]) -> bool {
    path.iter().enumerate().any(|(at, &byte)| match byte {
        b'\\' | b';' | b'#' | 0x00..=0x1f | 0x7f => true,
        b'%' => match path.get(at + 1..at + 3) {
            Some(&[high, low]) => escaped(high, low).is_none_or(is_readable_twice),
            _ => true,
        },
        _ => false,
    })
}

/// A byte that some hop decodes, or takes for a separator, before it looks at the path.
fn is_readable_twice(decoded: u8) -> bool {
    decoded.is_ascii_alphanumeric() || b"-._~/\\".contains(&decoded)
}

fn escaped(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| (byte as char).to_digit(16);
    Some((digit(high)? * 16 + digit(low)?) as u8)
}

fn has_ambiguous_segment(path: &[u8]) -> bool {
    let mut segments = path.strip_prefix(b"/").unwrap_or(path).split(|&byte| byte == b'/').peekable();
    while let Some(segment) = segments.next() {
        let last = segments.peek().is_none();
        if segment == b"." || segment == b".." || (segment.is_empty() && !last) {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_matches_whole_segments() {
        for (pattern, path, expected) in [
            ("/**", "/", true),
            ("/**", "/a/b", true),
            ("/api/**", "/api", true),
            ("/api/**", "/api/", true),
            ("/api/**", "/api/a/b", true),
            ("/api/**", "/apix", false),
            ("/api/**", "/API/a", false),
            ("/api/*", "/api/a", true),
            ("/api/*", "/api/", true),
            ("/api/*", "/api", false),
            ("/api/*", "/api/a/b", false),
            ("/api/*/x", "/api/a/x", true),
            ("/api/*/x", "/api/a/y", false),
            ("/api", "/api", true),
            ("/api", "/api/", false),
            ("/api/", "/api/", true),
            ("/", "/", true),
            ("/", "/a", false),
            ("/a", "a", false),
        ] {
            assert_eq!(path_matches(pattern, path.as_bytes()), expected, "{pattern} on {path}");
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
