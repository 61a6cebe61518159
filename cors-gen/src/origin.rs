//! The text of an origin comes in; an [`Origin`] in the only spelling a browser sends goes out, or the mistake in it and the right spelling.

use std::borrow::Cow;

use crate::host;
use crate::punycode;
use crate::wildcard::{HostPattern, OriginPattern, PortPattern};

/// An origin, exact or with wildcards. A value that exists is one that a browser can send, or a pattern that such a value can match.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin<'s> {
    text: Cow<'s, str>,
    /// Where the host stands in the text; empty for `null`.
    host: (u16, u16),
    /// Whether it holds a `*`.
    wild: bool,
}

/// What is wrong with an origin, and its right spelling where there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OriginError {
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) reason: &'static str,
    pub(crate) better: Option<String>,
}

impl<'s> Origin<'s> {
    /// Reads an origin: `null`, `scheme://host[:port]`, or a pattern with wildcards.
    pub(crate) fn parse(text: &Cow<'s, str>) -> Result<Self, OriginError> {
        if let Some(host) = plain(text) {
            return Ok(Self { text: text.clone(), host, wild: false });
        }
        match shape(text) {
            Ok(host) => Ok(Self { text: text.clone(), host, wild: text.contains('*') }),
            Err(fault) => Err(fault.explain(text)),
        }
    }

    /// The origin as written, which is as a browser sends it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The scheme, or nothing for `null`.
    pub fn scheme(&self) -> &str {
        self.text[..self.host.0 as usize].trim_end_matches("://")
    }

    /// The host, or nothing for `null`. It may hold a `*`.
    pub fn host(&self) -> &str {
        &self.text[self.host.0 as usize..self.host.1 as usize]
    }

    /// The port: empty for the default one, `*` for any.
    pub fn port(&self) -> &str {
        self.text[self.host.1 as usize..].strip_prefix(':').unwrap_or_default()
    }

    /// `null`, the origin of sandboxed frames and local files.
    pub fn is_opaque(&self) -> bool {
        self.host.0 == 0
    }

    /// The pattern, where this is no exact origin.
    pub fn pattern(&self) -> Option<OriginPattern<'_>> {
        if !self.wild {
            return None;
        }
        let port = match self.port() {
            "" => PortPattern::Default,
            "*" => PortPattern::Any,
            port => PortPattern::Exact(port),
        };
        let host = match self.host().split_once('*') {
            Some(("", rest)) if rest.starts_with('.') => HostPattern::Subdomains { parent: &rest[1..] },
            Some((prefix, rest)) => {
                let (suffix, parent) = rest.split_once('.')?;
                HostPattern::Label { prefix, suffix, parent }
            }
            None if port == PortPattern::Any => HostPattern::Exact(self.host()),
            None => return None,
        };
        Some(OriginPattern { scheme: self.scheme(), host, port })
    }

    /// Whether this entry allows the value of an `Origin` header.
    pub fn matches(&self, origin: &[u8]) -> bool {
        match self.pattern() {
            Some(pattern) => origin.len() <= cors_decision::MAX_ORIGIN_LEN && pattern.matches(origin),
            None => self.text.as_bytes() == origin,
        }
    }
}

/// What a strict reading stumbles over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Several,
    MissingScheme,
    Scheme,
    WebSocket,
    UserInfo,
    Path,
    Wildcard(&'static str),
    NonAscii,
    UpperCase,
    DefaultPort,
    Port,
    Ip,
    Host,
    Punycode,
}

/// The strict reading of what nearly every entry is, a domain over http or https and no more, in one pass over it. Nothing is said of anything else.
fn plain(text: &str) -> Option<(u16, u16)> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let mut labels = host.as_bytes();
    loop {
        if labels.starts_with(punycode::PREFIX.as_bytes()) {
            return None;
        }
        let length = labels.iter().position(|byte| !matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_')).unwrap_or(labels.len());
        match labels.split_at(length) {
            (_, [b'.', after @ ..]) if matches!(length, 1..=63) => labels = after,
            // A last label that begins with a letter makes no IP address.
            ([b'a'..=b'z', ..], []) if length <= 63 && host.len() <= 253 => break,
            _ => return None,
        }
    }
    Some(((text.len() - host.len()) as u16, text.len() as u16))
}

/// The strict reading: where the host of a well-written origin stands.
fn shape(text: &str) -> Result<(u16, u16), Fault> {
    if text == "null" {
        return Ok((0, 0));
    }
    if text.matches("://").take(2).count() == 2 || text.contains([',', ' ', '|']) && text.contains("://") {
        return Err(Fault::Several);
    }
    let (scheme, rest) = text.split_once("://").ok_or(Fault::MissingScheme)?;
    check_scheme(scheme)?;
    let authority_end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let authority = &rest[..authority_end];
    if authority.contains('@') {
        return Err(Fault::UserInfo);
    }
    if authority_end < rest.len() {
        return Err(Fault::Path);
    }
    let (host, port) = split_port(authority);
    check_host(scheme, host)?;
    if let Some(port) = port {
        check_port(scheme, port)?;
    }
    let start = scheme.len() + 3;
    Ok((start as u16, (start + host.len()) as u16))
}

/// The colon of a port is the last one, and not one inside the brackets of an IPv6 address.
pub(crate) fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rfind(':') {
        Some(colon) if !authority[colon..].contains(']') => (&authority[..colon], Some(&authority[colon + 1..])),
        _ => (authority, None),
    }
}

/// Pages of these have the opaque origin, or none of their own.
const OPAQUE_SCHEMES: [&str; 6] = ["file", "data", "blob", "about", "javascript", "view-source"];

fn check_scheme(scheme: &str) -> Result<(), Fault> {
    let mut bytes = scheme.bytes();
    match bytes.next() {
        Some(b'*') => return Err(Fault::Wildcard("the scheme cannot be a wildcard")),
        Some(first) if first.is_ascii_alphabetic() && scheme.len() <= 64 => {}
        _ => return Err(Fault::Scheme),
    }
    if !bytes.all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte)) {
        return Err(Fault::Scheme);
    }
    match scheme {
        scheme if OPAQUE_SCHEMES.contains(&scheme) => Err(Fault::Scheme),
        "ws" | "wss" => Err(Fault::WebSocket),
        scheme if scheme.bytes().any(|byte| byte.is_ascii_uppercase()) => Err(Fault::UpperCase),
        _ => Ok(()),
    }
}

fn check_host(scheme: &str, host: &str) -> Result<(), Fault> {
    let web = is_web(scheme);
    if !host.is_ascii() {
        return Err(Fault::NonAscii);
    }
    if host.contains('*') {
        return check_wildcard(web, host);
    }
    if host.starts_with('[') {
        return match host::ipv6(host) {
            _ if host.bytes().any(|byte| byte.is_ascii_uppercase()) => Err(Fault::UpperCase),
            Some(canonical) if canonical == host => Ok(()),
            _ => Err(Fault::Ip),
        };
    }
    check_domain(host.strip_suffix('.').filter(|_| web).unwrap_or(host))?;
    if web && host::ends_in_number(host) && host::ipv4(host).as_deref() != Some(host) {
        return Err(Fault::Ip);
    }
    if web { check_punycode(host) } else { Ok(()) }
}

/// A browser has no host with a label that only looks like an encoded one ([UTS #46, 4.1](https://www.unicode.org/reports/tr46/#Validity_Criteria)).
fn check_punycode(host: &str) -> Result<(), Fault> {
    let broken = |label: &str| label.starts_with(punycode::PREFIX) && punycode::decode_label(label).is_none();
    if host.split('.').any(broken) { Err(Fault::Punycode) } else { Ok(()) }
}

pub(crate) fn is_web(scheme: &str) -> bool {
    matches!(scheme, "http" | "https")
}

fn check_domain(domain: &str) -> Result<(), Fault> {
    let mut upper = false;
    for label in domain.split('.') {
        if label.is_empty() || label.len() > 63 || !label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)) {
            return Err(Fault::Host);
        }
        upper |= label.bytes().any(|byte| byte.is_ascii_uppercase());
    }
    match () {
        () if upper => Err(Fault::UpperCase),
        () if domain.len() > 253 => Err(Fault::Host),
        () => Ok(()),
    }
}

fn check_wildcard(web: bool, host: &str) -> Result<(), Fault> {
    if !web {
        return Err(Fault::Wildcard("only http and https origins can have wildcards"));
    }
    let Some((label, parent)) = host.split_once('.') else {
        return Err(Fault::Wildcard(if host == "*" { "it would match every host" } else { "a domain must follow the label with the `*`" }));
    };
    if parent.contains('*') || label.matches('*').count() > 1 {
        return Err(Fault::Wildcard("only the leftmost label can hold a `*`, and only one"));
    }
    if !label.contains('*') || parent.is_empty() {
        return Err(Fault::Wildcard("a `*` stands for whole labels on the left, or for a part of the leftmost label"));
    }
    if label.len() > 1 && label.contains('_') {
        return Err(Fault::Wildcard("beside a `*`, a label holds only `a-z`, `0-9` and `-`"));
    }
    let shortest = host.replace('*', "a");
    check_domain(shortest.strip_suffix('.').unwrap_or(&shortest))?;
    if host::ends_in_number(parent) {
        return Err(Fault::Wildcard("an IP address has no subdomains"));
    }
    check_punycode(parent)
}

fn check_port(scheme: &str, port: &str) -> Result<(), Fault> {
    if port == "*" {
        return if is_web(scheme) { Ok(()) } else { Err(Fault::Wildcard("only http and https origins can have wildcards")) };
    }
    let digits = matches!(port.len(), 1..=5) && port.bytes().all(|byte| byte.is_ascii_digit()) && !port.starts_with('0');
    if !digits || port.parse::<u16>().is_err() {
        return Err(Fault::Port);
    }
    if default_port(scheme) == Some(port) { Err(Fault::DefaultPort) } else { Ok(()) }
}

fn default_port(scheme: &str) -> Option<&'static str> {
    match scheme {
        "http" => Some("80"),
        "https" => Some("443"),
        "ftp" => Some("21"),
        _ => None,
    }
}

impl Fault {
    fn explain(self, text: &str) -> OriginError {
        let better = match self {
            Self::Several | Self::Wildcard(_) => None,
            // As a string of YAML, which without quotes would be no string.
            Self::MissingScheme if text.eq_ignore_ascii_case("null") => Some("\"null\"".to_owned()),
            _ => repair(text).filter(|better| shape(better).is_ok()),
        };
        let shown = shorten(text);
        let (code, message, reason) = match self {
            Self::Several => {
                ("origin-several", format!("`{shown}` is more than one origin, or holds a blank"), "an `Origin` header names one origin, so this matches none")
            }
            Self::MissingScheme => (
                "origin-missing-scheme",
                format!("`{shown}` has no scheme"),
                "an origin is scheme, host and port; http and https of one host are different origins",
            ),
            Self::Scheme => (
                "origin-invalid-scheme",
                format!("the scheme of `{shown}` is none that an origin can have"),
                "pages of `file:`, `data:` and the like send the opaque origin \"null\"",
            ),
            Self::WebSocket => (
                "origin-invalid-scheme",
                format!("the scheme of `{shown}` is none that an origin can have"),
                "an origin is that of a page, which came over http or https, even where its script opens a WebSocket",
            ),
            Self::UserInfo => ("origin-user-info", format!("`{shown}` holds user information (`@`)"), "a browser never sends it in `Origin`"),
            Self::Path => (
                "origin-path",
                format!("`{shown}` goes on after the host and port"),
                "an origin has no path, query or fragment, not even a slash at the end: a browser never sends one, so this would match nothing",
            ),
            Self::Wildcard(what) => (
                "origin-invalid-wildcard",
                format!("`{shown}` is no wildcard of this language: {what}"),
                "a `*` must stay inside one domain: https://*.example.com, https://pr-*.example.com, http://localhost:*",
            ),
            Self::NonAscii => {
                ("origin-non-ascii-host", format!("the host of `{shown}` is not in ASCII"), "a browser sends international names in their ASCII form (`xn--`)")
            }
            Self::UpperCase => (
                "origin-upper-case",
                format!("`{shown}` holds upper-case letters"),
                "a browser sends scheme and host in lower case, and origins are compared byte for byte",
            ),
            Self::DefaultPort => (
                "origin-default-port",
                format!("`{shown}` spells out the default port"),
                "a browser leaves the default port of a scheme away, so this would match nothing",
            ),
            Self::Port => {
                ("origin-invalid-port", format!("the port of `{shown}` is none"), "a port is a number from 1 to 65535 without a leading zero, or `*`")
            }
            Self::Ip => (
                "origin-invalid-ip",
                format!("the address in `{shown}` is not as a browser writes it"),
                "a browser sends IPv4 addresses as four decimal numbers, and IPv6 addresses in their shortest form, in brackets",
            ),
            Self::Host => (
                "origin-invalid-host",
                format!("the host of `{shown}` is none that a browser can send"),
                "a host is labels of 1 to 63 of `a-z`, `0-9`, `-` and `_`, joined by dots, 253 characters at most",
            ),
            Self::Punycode => (
                "origin-invalid-host",
                format!("the host of `{shown}` is none that a browser can send"),
                "a label that begins with `xn--` is an international name in its ASCII form, and this one cannot be decoded",
            ),
        };
        OriginError { code, message, reason, better }
    }
}

/// The origin that was probably meant, as a browser would write it.
fn repair(text: &str) -> Option<String> {
    let text = text.trim();
    let (scheme, rest) = text.split_once("://").or_else(|| text.split_once(':').filter(|(scheme, _)| is_web(scheme))).unwrap_or(("", text));
    let (scheme, rest) = (scheme.to_ascii_lowercase(), rest.trim_start_matches('/'));
    let authority = &rest[..rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len())];
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (written, port) = split_port(authority);
    let host = host::canonical(written)?;
    let scheme = match &*scheme {
        // `data:` and `12` are hardly hosts.
        "" if port == Some("") || (host != written && host::ends_in_number(&host)) => return None,
        "" | "ws" if host::is_loopback(&host) => "http",
        "" | "ws" | "wss" => "https",
        scheme => scheme,
    };
    let port = port.map(|port| port.trim_start_matches('0')).filter(|port| !port.is_empty() && default_port(scheme) != Some(port));
    Some(match port {
        Some(port) => format!("{scheme}://{host}:{port}"),
        None => format!("{scheme}://{host}"),
    })
}

/// A value short enough for a message.
pub(crate) fn shorten(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(100) {
        Some((cut, _)) => Cow::Owned(format!("{}...", &text[..cut])),
        None => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn better(text: &str) -> Option<String> {
        Origin::parse(&text.into()).unwrap_err().better
    }

    #[test]
    fn a_better_spelling_is_what_was_probably_meant() {
        for (text, expected) in [
            ("app.example.com", Some("https://app.example.com")),
            ("localhost:3000", Some("http://localhost:3000")),
            ("127.0.0.1", Some("http://127.0.0.1")),
            ("[0::1]:3000", Some("http://[::1]:3000")),
            ("127.0.0.1:443", Some("http://127.0.0.1:443")),
            ("https:localhost:3000", Some("https://localhost:3000")),
            ("http:app.example.com", Some("http://app.example.com")),
            ("192.168.1.1", Some("https://192.168.1.1")),
            ("Null", Some("\"null\"")),
            ("https://ｅｘａｍｐｌｅ．com", Some("https://example.com")),
            ("https://例え。jp", Some("https://xn--r8jz45g.jp")),
            ("data:", None),
            ("12", None),
            ("wss://app.example.com", Some("https://app.example.com")),
            ("WS://localhost:3000/socket", Some("http://localhost:3000")),
            ("wss://*.example.com:443", Some("https://*.example.com")),
            ("view-source://app.example.com", None),
            ("https://XN--A.example.com", None),
        ] {
            assert_eq!(better(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_label_that_only_looks_encoded_is_no_host_of_a_browser() {
        for text in ["https://xn--a.com", "http://www.xn--99999999.com:*", "https://*.xn--a.com", "https://pr-*.xn--.com"] {
            assert_eq!(Origin::parse(&text.into()).unwrap_err().code, "origin-invalid-host", "{text}");
        }
        for text in [
            "https://xn--bcher-kva.example",
            "https://xn--*.example.com",
            "https://a.xn--p1ai:*",
            "https://xn--m_nchen-3ya.example",
            "https://axn--a.com",
            "app://xn--a",
        ] {
            assert!(Origin::parse(&text.into()).is_ok(), "{text}");
        }
    }

    #[test]
    fn a_wildcard_leaves_room_for_a_host() {
        let wildcard = |before: usize| format!("https://{}*.{}", "a".repeat(before), [".a"; 120].concat().trim_start_matches('.'));
        assert!(Origin::parse(&wildcard(12).into()).is_ok());
        assert_eq!(Origin::parse(&wildcard(13).into()).unwrap_err().code, "origin-invalid-host");
    }
}
