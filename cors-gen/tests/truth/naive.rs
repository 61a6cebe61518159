//! The words of a policy and the bytes of a request come in; what the reference says of them goes out, word for word and without regard to speed.
//!
//! Nothing here calls the compiler, or knows how it reads a policy: that is what it is for.
#![allow(dead_code, reason = "each test uses a part of it")]

/// The longest origin: a scheme of 64, `://`, a host of 253, and a port.
pub(crate) const LONGEST_ORIGIN: usize = 64 + 3 + 253 + 1 + 5;

/// A regex as another engine reads it, where that engine knows its syntax. It matches whole origins, which are printable ASCII without upper-case letters.
pub(crate) fn regex(pattern: &str) -> Option<regex_lite::Regex> {
    regex_lite::Regex::new(&format!("^(?:{pattern})$")).ok()
}

/// Whether a regex allows an origin.
pub(crate) fn regex_allows(regex: &regex_lite::Regex, origin: &[u8]) -> bool {
    let is_of_origins = |byte: &u8| byte.is_ascii_graphic() && !byte.is_ascii_uppercase();
    let text = str::from_utf8(origin).ok().filter(|_| origin.len() <= LONGEST_ORIGIN && origin.iter().all(is_of_origins));
    text.is_some_and(|text| regex.is_match(text))
}

/// Whether an entry, exact or with wildcards, allows an origin.
pub(crate) fn entry_allows(entry: &str, origin: &[u8]) -> bool {
    if origin.len() > LONGEST_ORIGIN {
        return false;
    }
    let Some((scheme, authority)) = entry.split_once("://").filter(|_| entry.contains('*')) else { return entry.as_bytes() == origin };
    let Some(rest) = origin.strip_prefix(scheme.as_bytes()).and_then(|rest| rest.strip_prefix(b"://")) else { return false };
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port),
        _ => (authority, ""),
    };
    // Wherever the host may end.
    (0..=rest.len()).map(|at| rest.split_at(at)).any(|(this_host, this_port)| host_allows(host, this_host) && port_allows(port, this_port))
}

/// What follows the host, its colon included.
fn port_allows(port: &str, this: &[u8]) -> bool {
    let number = str::from_utf8(this).ok().and_then(|this| this.strip_prefix(':')).and_then(|digits| digits.parse::<u16>().ok());
    match port {
        "" => this.is_empty(),
        // The port as a number and back again: no sign, no leading zero.
        "*" => this.is_empty() || number.is_some_and(|number| number > 0 && format!(":{number}").as_bytes() == this),
        port => format!(":{port}").as_bytes() == this,
    }
}

fn host_allows(host: &str, this: &[u8]) -> bool {
    let Some((before, after)) = host.split_once('*') else { return host.as_bytes() == this };
    let Some(wild) = this.strip_prefix(before.as_bytes()).and_then(|rest| rest.strip_suffix(after.as_bytes())) else { return false };
    let only = |text: &[u8], others: &[u8]| text.iter().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || others.contains(byte));
    if before.is_empty() && after.starts_with('.') {
        return wild.split(|&byte| byte == b'.').all(|label| (1..=63).contains(&label.len()) && only(label, b"-_"));
    }
    !wild.is_empty() && only(wild, b"-")
}

/// The place of the pattern that answers a path, among all of a file.
pub(crate) fn pattern_for(patterns: &[&str], path: &[u8]) -> Option<usize> {
    if patterns == ["/**"] {
        return Some(0);
    }
    if is_ambiguous(path) {
        return None;
    }
    let matching = (0..patterns.len()).filter(|&at| path_matches(patterns[at], path));
    matching.min_by_key(|&at| patterns[at].split('/').map(rank).chain([rank_of_end()]).collect::<Vec<u8>>())
}

/// A literal beats `*`, and `*` beats `**`; all patterns asked match the same path, so their literals at one place are the same.
fn rank(segment: &str) -> u8 {
    match segment {
        "*" => 1,
        "**" => 3,
        _ => 0,
    }
}

/// The end beats `**`, which can go on.
fn rank_of_end() -> u8 {
    2
}

fn path_matches(pattern: &str, path: &[u8]) -> bool {
    let names: Vec<&[u8]> = path.split(|&byte| byte == b'/').collect();
    let segments: Vec<&str> = pattern.split('/').collect();
    let fits = |(segment, name): (&&str, &&[u8])| *segment == "*" || segment.as_bytes() == *name;
    // Before the first `/` stands nothing, in the pattern and in the path.
    names.len() > 1
        && names[0].is_empty()
        && match segments.split_last() {
            Some((&"**", first)) => names.len() >= first.len() && first.iter().zip(&names).all(fits),
            _ => names.len() == segments.len() && segments.iter().zip(&names).all(fits),
        }
}

/// Whether a later hop could read the path in another way: by an escape, a backslash, a parameter, a fragment, a control character, a dot segment
/// or an empty one.
pub(crate) fn is_ambiguous(path: &[u8]) -> bool {
    let text: String = path.iter().map(|&byte| byte as char).collect();
    let segments: Vec<&str> = text.strip_prefix('/').unwrap_or(&text).split('/').collect();
    let bad_escape = |after: &str| {
        let digits = after.get(..2).filter(|digits| digits.chars().all(|char| char.is_ascii_hexdigit()));
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        byte.is_none_or(|byte| byte.is_ascii_alphanumeric() || b"-._~/\\".contains(&byte))
    };
    text.split('%').skip(1).any(bad_escape)
        || text.contains(|char: char| matches!(char, '\\' | ';' | '#' | '\0'..='\x1f' | '\x7f'))
        || segments.iter().any(|segment| [".", ".."].contains(segment))
        || segments[..segments.len() - 1].contains(&"")
}
