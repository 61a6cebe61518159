//! A wildcard, taken apart, and the value of an `Origin` header come in; whether they match goes out.
//!
//! This is the plain reading of the language, one wildcard at a time: it says which entry of a policy matches, and the tables of the decision
//! are held against it.

/// A wildcard: `https://*.example.com`, `https://pr-*.example.com`, `http://localhost:*`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OriginPattern<'a> {
    /// The scheme, without `://`.
    pub scheme: &'a str,
    /// The host.
    pub host: HostPattern<'a>,
    /// The port.
    pub port: PortPattern<'a>,
}

/// The host of an [`OriginPattern`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostPattern<'a> {
    /// Exactly this host.
    Exact(&'a str),
    /// `*.parent`: one or more whole labels, each 1 to 63 of `[a-z0-9_-]`, before `.parent`; never `parent` itself.
    Subdomains {
        /// The host below which all match.
        parent: &'a str,
    },
    /// `prefix*suffix.parent`: one or more of `[a-z0-9-]`, never a dot, between `prefix` and `suffix`.
    Label {
        /// What the leftmost label begins with.
        prefix: &'a str,
        /// What the leftmost label ends with.
        suffix: &'a str,
        /// The labels after the leftmost one.
        parent: &'a str,
    },
}

/// The port of an [`OriginPattern`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortPattern<'a> {
    /// The scheme's default port, which an origin never spells.
    Default,
    /// Exactly this port.
    Exact(&'a str),
    /// `:*`: any port (1 to 65535, no leading zero), or none.
    Any,
}

impl OriginPattern<'_> {
    /// Whether the value of an `Origin` header matches.
    pub fn matches(&self, origin: &[u8]) -> bool {
        let Some(authority) = origin.strip_prefix(self.scheme.as_bytes()).and_then(|rest| rest.strip_prefix(b"://")) else {
            return false;
        };
        let host_end = match authority.iter().rposition(|&byte| byte == b']') {
            Some(bracket) => bracket + 1,
            None => authority.iter().position(|&byte| byte == b':').unwrap_or(authority.len()),
        };
        let (host, port) = authority.split_at(host_end);
        self.port.matches(port) && self.host.matches(host)
    }
}

impl HostPattern<'_> {
    fn matches(&self, host: &[u8]) -> bool {
        match self {
            Self::Exact(exact) => host == exact.as_bytes(),
            Self::Subdomains { parent } => below(host, parent).is_some_and(|labels| labels.split(|&byte| byte == b'.').all(is_label)),
            Self::Label { prefix, suffix, parent } => below(host, parent)
                .and_then(|label| label.strip_prefix(prefix.as_bytes()))
                .and_then(|label| label.strip_suffix(suffix.as_bytes()))
                .is_some_and(|rest| !rest.is_empty() && rest.iter().all(|&byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))),
        }
    }
}

/// What stands before `.parent`.
fn below<'h>(host: &'h [u8], parent: &str) -> Option<&'h [u8]> {
    host.strip_suffix(parent.as_bytes())?.strip_suffix(b".")
}

fn is_label(label: &[u8]) -> bool {
    matches!(label.len(), 1..=63) && label.iter().all(|&byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-'))
}

impl PortPattern<'_> {
    /// Precondition: `port` is empty or begins with the colon.
    fn matches(&self, port: &[u8]) -> bool {
        match self {
            Self::Default => port.is_empty(),
            Self::Exact(exact) => port.strip_prefix(b":") == Some(exact.as_bytes()),
            Self::Any => port.is_empty() || port.strip_prefix(b":").is_some_and(is_port),
        }
    }
}

fn is_port(digits: &[u8]) -> bool {
    matches!(digits.len(), 1..=5)
        && digits[0] != b'0'
        && digits.iter().all(u8::is_ascii_digit)
        && digits.iter().fold(0, |port, digit| port * 10 + u32::from(digit - b'0')) <= 65535
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern<'a>(host: HostPattern<'a>, port: PortPattern<'a>) -> OriginPattern<'a> {
        OriginPattern { scheme: "https", host, port }
    }

    #[test]
    fn subdomains_are_whole_labels_at_any_depth_and_never_the_apex() {
        let pattern = pattern(HostPattern::Subdomains { parent: "example.com" }, PortPattern::Default);
        let long = [b'a'; 64];
        assert!(pattern.matches(&[b"https://", &long[..63], b".example.com"].concat()));
        assert!(!pattern.matches(&[b"https://", &long[..], b".example.com"].concat()));
        for origin in ["https://a.example.com", "https://a_b.c-d.example.com"] {
            assert!(pattern.matches(origin.as_bytes()), "{origin}");
        }
        for origin in [
            "https://example.com",
            "https://.example.com",
            "https://a..example.com",
            "https://evilexample.com",
            "https://A.example.com",
            "http://a.example.com",
            "https://a.example.com:8443",
            "https://a.example.com.evil.io",
            "https://evil.io/.example.com",
            "https://u@a.example.com",
            "https://a.example.com.",
            "null",
        ] {
            assert!(!pattern.matches(origin.as_bytes()), "{origin}");
        }
    }

    #[test]
    fn a_star_in_a_label_never_matches_a_dot_or_nothing() {
        let pattern = pattern(HostPattern::Label { prefix: "pr-", suffix: "-x", parent: "example.com" }, PortPattern::Any);
        for origin in ["https://pr-1-x.example.com", "https://pr---x.example.com:65535"] {
            assert!(pattern.matches(origin.as_bytes()), "{origin}");
        }
        for origin in [
            "https://pr--x.example.com",
            "https://pr-x.example.com",
            "https://pr-a.b-x.example.com",
            "https://pr-a_b-x.example.com",
            "https://pr-1-x.example.com:0",
        ] {
            assert!(!pattern.matches(origin.as_bytes()), "{origin}");
        }
    }

    #[test]
    fn any_port_is_a_port_or_none() {
        let pattern = OriginPattern { scheme: "http", host: HostPattern::Exact("[::1]"), port: PortPattern::Any };
        for origin in ["http://[::1]", "http://[::1]:1", "http://[::1]:65535", "http://[::1]:3000"] {
            assert!(pattern.matches(origin.as_bytes()), "{origin}");
        }
        for origin in [
            "http://[::1]:",
            "http://[::1]:0",
            "http://[::1]:03000",
            "http://[::1]:65536",
            "http://[::1]:999999",
            "http://[::1]:3a",
            "http://[::1]3000",
            "http://[::1]:1]:2",
        ] {
            assert!(!pattern.matches(origin.as_bytes()), "{origin}");
        }
    }
}
