//! A path pattern comes in; its right to exist goes out, its place in the order of specificity, and which paths it matches. A path that a script
//! asks for comes in, too; the one that a browser sends goes out.

/// What is wrong with a path or a path pattern, and what to write instead where that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PathError {
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) reason: &'static str,
    better: Option<String>,
}

impl PathError {
    pub(crate) fn help(&self) -> String {
        match &self.better {
            Some(better) => format!("write `{better}`"),
            None => "write the path as a browser sends it, without dot segments, empty segments, `;` and escapes of letters".to_owned(),
        }
    }
}

/// Whether a pattern has a right to exist.
pub(crate) fn check(pattern: &str) -> Result<(), PathError> {
    let Some((code, message, reason)) = fault(pattern) else { return Ok(()) };
    // What begins with a `^` is a regex, and may match anything.
    let better = Some(repair(pattern)).filter(|better| !pattern.starts_with('^') && fault(better).is_none());
    Err(PathError { code, message: format!("`{pattern}` {message}"), reason, better })
}

/// The code, the message and the reason.
fn fault(pattern: &str) -> Option<(&'static str, &'static str, &'static str)> {
    let invalid = |message, reason| Some(("invalid-path", message, reason));
    let mut segments = pattern.split('/');
    if !pattern.starts_with('/') {
        return invalid("does not begin with a `/`", "a pattern is matched against the path of a request, without scheme and host");
    }
    if pattern.contains(['?', '#']) {
        return invalid("holds a query or a fragment", "only the path of a request is matched");
    }
    if segments.clone().rev().skip(1).any(|segment| segment == "**") {
        return invalid("goes on after `**`", "`**` stands for all the rest of a path, so it comes last");
    }
    if segments.any(is_mixed) {
        return invalid("holds a `*` inside a segment", "`*` stands for exactly one whole segment, `**` at the end for all that follow");
    }
    if percent_encode(pattern) != pattern {
        return invalid("holds characters that a browser sends percent-encoded", "paths are compared as they are received");
    }
    cors_decision::is_ambiguous(pattern.replace('*', "x").as_bytes()).then_some((
        "unreachable-path",
        "can match no path",
        "a path that a server behind could read in another way (encoded slashes or letters, `;`, `//`, dot segments) gets no policy",
    ))
}

fn is_mixed(segment: &str) -> bool {
    segment.contains('*') && segment != "*" && segment != "**"
}

/// The pattern that was probably meant. It may be none either.
fn repair(pattern: &str) -> String {
    let path = without_origin(pattern).split(['?', '#']).next().unwrap_or_default();
    let path = path.trim_start_matches("./").trim_start_matches('/');
    let last = path.split('/').count() - 1;
    let mut better = String::new();
    for (at, segment) in path.split('/').enumerate() {
        match segment.strip_suffix('*') {
            _ if is_placeholder(segment) => better.push_str("/*"),
            // `/api*` is mostly meant as `/api/**`; of a `*` elsewhere in a segment, the whole segment.
            Some(literal) if is_mixed(segment) && at == last && !literal.contains('*') => better.push_str(&format!("/{literal}/**")),
            _ if is_mixed(segment) => better.push_str("/*"),
            _ => better.push_str(&format!("/{segment}")),
        }
        if segment == "**" {
            break;
        }
    }
    as_sent(&better)
}

/// What follows `scheme://host`, where a path begins with one.
fn without_origin(path: &str) -> &str {
    match path.split_once("://") {
        Some((scheme, rest)) if scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()) => rest.find('/').map_or("", |slash| &rest[slash..]),
        _ => path,
    }
}

/// `{id}`, `:id` and `<int:id>`: what routers of many kinds have for a segment that varies.
fn is_placeholder(segment: &str) -> bool {
    let within = |open, close| segment.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
    let is_name = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b':');
    within("{", "}").or_else(|| within("<", ">")).or_else(|| segment.strip_prefix(':')).is_some_and(is_name)
}

/// The path that a browser sends where a script asks for this one, its query left as it is.
pub(crate) fn requested(written: &str) -> Result<String, PathError> {
    let (path, query) = written.split_at(written.find(['?', '#']).unwrap_or(written.len()));
    let sent = as_sent(path);
    let (message, reason) = if !path.starts_with('/') {
        ("does not begin with a `/`", "a browser asks a server for a path, without scheme and host")
    } else if query.contains('#') {
        ("holds a fragment", "a browser keeps the fragment to itself")
    } else if sent != percent_encode(path) {
        ("holds a backslash or a dot segment", "a browser resolves both before it asks, so no request is for this path")
    } else if path.split('/').any(is_wildcard) {
        ("is a pattern", "a browser asks for one path, so a `*` stands for nothing but itself here")
    } else {
        return Ok(sent + query);
    };
    let better = plain_request(without_origin(written));
    let better = requested(&better).is_ok_and(|sent| sent == better).then_some(better);
    Err(PathError { code: "invalid-path", message: format!("`{written}` {message}"), reason, better })
}

/// What a browser would ask for, with an example in the place of each wildcard, and without a fragment.
fn plain_request(written: &str) -> String {
    let written = written.split('#').next().unwrap_or_default();
    let (path, query) = written.split_at(written.find('?').unwrap_or(written.len()));
    let segments = as_sent(path).split('/').map(|segment| if is_wildcard(segment) { "x" } else { segment }).collect::<Vec<_>>().join("/");
    segments + query
}

fn is_wildcard(segment: &str) -> bool {
    matches!(segment, "*" | "**")
}

/// A path as a browser sends it: dot segments resolved, backslashes turned, characters percent-encoded
/// ([URL standard, path state](https://url.spec.whatwg.org/#path-state)).
fn as_sent(path: &str) -> String {
    let path = path.replace('\\', "/");
    let mut sent = Vec::new();
    let mut segments = path.strip_prefix('/').unwrap_or(&path).split('/').peekable();
    while let Some(segment) = segments.next() {
        let dots = segment.to_ascii_lowercase().replace("%2e", ".");
        if dots == ".." {
            sent.pop();
        }
        if dots != "." && dots != ".." {
            sent.push(segment);
        } else if segments.peek().is_none() {
            sent.push("");
        }
    }
    percent_encode(&format!("/{}", sent.join("/")))
}

/// The characters that a browser never sends as they are in a path ([URL standard, path percent-encode set](https://url.spec.whatwg.org/#path-percent-encode-set)).
fn percent_encode(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            0x00..=0x20 | 0x7f.. | b'"' | b'<' | b'>' | b'`' | b'{' | b'}' | b'^' => encoded.push_str(&format!("%{byte:02X}")),
            _ => encoded.push(byte as char),
        }
    }
    encoded
}

/// The place of a pattern in the order from the most specific to the least: segment by segment from the left, a literal before `*`
/// before the end before `**`. Of two patterns that match one path, the first in this order is the more specific.
pub(crate) fn specificity(pattern: &str) -> Vec<(u8, String)> {
    let rank = |segment: &str| match segment {
        "*" => 1,
        "**" => 3,
        _ => 0,
    };
    pattern.split('/').skip(1).map(|segment| (rank(segment), segment.to_owned())).chain([(2, String::new())]).collect()
}

/// Whether `pattern` matches `path`. Precondition: the pattern is one that the compiler accepts.
pub(crate) fn matches(pattern: &str, path: &[u8]) -> bool {
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

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
            assert_eq!(matches(pattern, path.as_bytes()), expected, "{pattern} on {path}");
        }
    }

    #[test]
    fn a_better_pattern_is_a_pattern() {
        for (pattern, better) in [
            ("api", Some("/api")),
            ("./api/**", Some("/api/**")),
            ("", Some("/")),
            ("/api*", Some("/api/**")),
            ("/*.js", Some("/*")),
            ("/api/**/x", Some("/api/**")),
            ("/api?x=/y", Some("/api")),
            ("api/{id}", Some("/api/*")),
            ("/api/{id}/<int:part>/*.js", Some("/api/*/*/*")),
            ("api/:id#top", Some("/api/*")),
            ("/{a}-{b}", Some("/%7Ba%7D-%7Bb%7D")),
            ("https://api.example.com/v1/**", Some("/v1/**")),
            ("https://api.example.com", Some("/")),
            ("/café menu", Some("/caf%C3%A9%20menu")),
            ("/api/../admin", Some("/admin")),
            ("^/api/", None),
            ("/a//b", None),
            ("/proxy/https://a.example.com", None),
            ("/a;b/*.js", None),
        ] {
            assert_eq!(check(pattern).unwrap_err().better.as_deref(), better, "{pattern}");
        }
    }

    #[test]
    fn a_path_is_asked_for_as_a_browser_does() {
        for (written, sent) in
            [("/café/x y?q=é", "/caf%C3%A9/x%20y?q=é"), ("/a%2Fb/{id}", "/a%2Fb/%7Bid%7D"), ("/", "/"), ("/a*/..b", "/a*/..b"), ("/a//b;c", "/a//b;c")]
        {
            assert_eq!(requested(written).unwrap(), sent, "{written}");
        }
        for (written, better) in [
            ("/api/**", "/api/x"),
            ("/api/*/items?a=*", "/api/x/items?a=*"),
            ("/api#top", "/api"),
            ("/api?q#top", "/api?q"),
            ("/api\\x", "/api/x"),
            ("/api/../admin", "/admin"),
            ("/api/%2E%2e/admin", "/admin"),
            ("/api/.", "/api/"),
            ("/api/x/..", "/api/"),
            ("api/é", "/api/%C3%A9"),
            ("https://api.example.com/v1/*#x", "/v1/x"),
            ("", "/"),
        ] {
            assert_eq!(requested(written).unwrap_err().better.as_deref(), Some(better), "{written}");
        }
    }
}
