//! A host in any spelling comes in, the one that a browser sends goes out ([URL standard, host parsing](https://url.spec.whatwg.org/#host-parsing)).

use std::fmt::Write;
use std::net::Ipv6Addr;

use crate::punycode;

/// The dots of several scripts, which a browser takes for one ([UTS #46, 2.3](https://www.unicode.org/reports/tr46/#Notation)).
const DOTS: [char; 4] = ['.', '。', '．', '｡'];

/// The host in a browser's spelling, if it is one.
pub(crate) fn canonical(host: &str) -> Option<String> {
    if host.starts_with('[') {
        return ipv6(host);
    }
    let labels: Option<Vec<String>> =
        host.split(DOTS).map(|label| if label.is_ascii() { Some(label.to_ascii_lowercase()) } else { punycode::to_ascii_label(label) }).collect();
    let host = labels?.join(".");
    if ends_in_number(&host) { ipv4(&host) } else { Some(host) }
}

/// Whether a browser takes this host for an IPv4 address ([URL standard, ends in a number](https://url.spec.whatwg.org/#ends-in-a-number-checker)).
pub(crate) fn ends_in_number(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    let last = &host[host.bytes().rposition(|byte| byte == b'.').map_or(0, |dot| dot + 1)..];
    last.starts_with(|first: char| first.is_ascii_digit()) && (last.bytes().all(|byte| byte.is_ascii_digit()) || ipv4_number(last).is_some())
}

/// An IPv4 address in any of its spellings, as four decimal numbers ([URL standard, IPv4 parser](https://url.spec.whatwg.org/#concept-ipv4-parser)).
pub(crate) fn ipv4(host: &str) -> Option<String> {
    let numbers: Option<Vec<u64>> = host.strip_suffix('.').unwrap_or(host).split('.').map(ipv4_number).collect();
    let numbers = numbers?;
    let (last, first) = numbers.split_last()?;
    let free_bytes = 4_usize.checked_sub(first.len())? as u32;
    if first.iter().any(|&number| number > 255) || *last >= 256_u64.pow(free_bytes) {
        return None;
    }
    let address = first.iter().enumerate().fold(*last, |address, (at, number)| address + (number << (8 * (3 - at))));
    Some(std::net::Ipv4Addr::from(u32::try_from(address).ok()?).to_string())
}

fn ipv4_number(part: &str) -> Option<u64> {
    let (digits, radix) = match part.strip_prefix("0x").or_else(|| part.strip_prefix("0X")) {
        Some(hex) => (hex, 16),
        None if part.len() > 1 && part.starts_with('0') => (&part[1..], 8),
        None => (part, 10),
    };
    if digits.is_empty() {
        return (radix != 10).then_some(0);
    }
    let number = digits.chars().all(|digit| digit.is_digit(radix));
    // One that is too large is a number all the same, and larger than any address.
    number.then(|| u64::from_str_radix(digits, radix).unwrap_or(u64::MAX))
}

/// An IPv6 address in brackets, in its shortest form ([URL standard, IPv6 serializer](https://url.spec.whatwg.org/#concept-ipv6-serializer)).
/// Unlike the standard library's, that form never ends in an IPv4 address.
pub(crate) fn ipv6(host: &str) -> Option<String> {
    let address: Ipv6Addr = host.strip_prefix('[')?.strip_suffix(']')?.parse().ok()?;
    let pieces = address.segments();
    let zeros = longest_zeros(&pieces);
    let mut text = String::from("[");
    let mut at = 0;
    while at < pieces.len() {
        if zeros.start == at && zeros.len() > 1 {
            text.push_str(if at == 0 { "::" } else { ":" });
            at = zeros.end;
            continue;
        }
        let _ = write!(text, "{:x}", pieces[at]);
        at += 1;
        if at < pieces.len() {
            text.push(':');
        }
    }
    text.push(']');
    Some(text)
}

/// The first of the longest runs of zeros.
fn longest_zeros(pieces: &[u16; 8]) -> std::ops::Range<usize> {
    let mut longest = 0..0;
    let mut start = 0;
    for (at, &piece) in pieces.iter().enumerate() {
        if piece != 0 {
            start = at + 1;
        } else if at + 1 - start > longest.len() {
            longest = start..at + 1;
        }
    }
    longest
}

/// `localhost`, its subdomains, and the loopback addresses: what a browser trusts like https
/// ([Secure Contexts, 3.1](https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy)).
pub(crate) fn is_loopback(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    host == "localhost" || host.ends_with(".localhost") || host == "[::1]" || (host.starts_with("127.") && ends_in_number(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_that_ends_in_a_number_is_an_address_or_nothing() {
        for (host, address) in [
            ("127.0.0.1", Some("127.0.0.1")),
            ("0x7f.1", Some("127.0.0.1")),
            ("017700000001", Some("127.0.0.1")),
            ("1.2.3", Some("1.2.0.3")),
            ("a.1", None),
            ("256.1.1.1", None),
            ("1.2.3.4.5", None),
            ("0x7f000001ffffffffff1", None),
            ("99999999999999999999999", None),
        ] {
            assert!(ends_in_number(host), "{host}");
            assert_eq!(ipv4(host).as_deref(), address, "{host}");
        }
        for host in ["example.com", "0xg.com", "1.example", "a0x1", "0x1.b", "a.66666666666666666666666http"] {
            assert!(!ends_in_number(host), "{host}");
        }
    }
}
