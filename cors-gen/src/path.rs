//! A path pattern comes in; its right to exist goes out, and its place in the order of specificity.

/// What is wrong with a path pattern, and what to write instead where that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PathError {
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) reason: &'static str,
    pub(crate) better: Option<String>,
}

pub(crate) fn check(pattern: &str) -> Result<(), PathError> {
    let fault =
        |message: &str, reason, better: Option<String>| Err(PathError { code: "invalid-path", message: format!("`{pattern}` {message}"), reason, better });
    let Some(rest) = pattern.strip_prefix('/') else {
        return fault(
            "does not begin with a `/`",
            "a pattern is matched against the path of a request, without scheme and host",
            Some(format!("/{}", pattern.trim_start_matches("./"))),
        );
    };
    if let Some(cut) = pattern.find(['?', '#']) {
        return fault("holds a query or a fragment", "only the path of a request is matched", Some(pattern[..cut].to_owned()));
    }
    let segments: Vec<&str> = rest.split('/').collect();
    if let Some(at) = segments.iter().position(|&segment| segment == "**").filter(|at| at + 1 < segments.len()) {
        return fault("goes on after `**`", "`**` stands for all the rest of a path, so it comes last", Some(format!("/{}", segments[..=at].join("/"))));
    }
    if segments.iter().any(|segment| is_mixed(segment)) {
        return fault(
            "holds a `*` inside a segment",
            "`*` stands for exactly one whole segment, `**` at the end for all that follow",
            Some(whole_segments(&segments)).filter(|better| check(better).is_ok()),
        );
    }
    let encoded = percent_encode(pattern);
    if encoded != pattern {
        return fault("holds characters that a browser sends percent-encoded", "paths are compared as they are received", Some(encoded));
    }
    if cors_decision::is_ambiguous(pattern.replace('*', "x").as_bytes()) {
        return Err(PathError {
            code: "unreachable-path",
            message: format!("`{pattern}` can match no path"),
            reason: "a path that a server behind could read in another way (encoded slashes or letters, `;`, `//`, dot segments) gets no policy",
            better: None,
        });
    }
    Ok(())
}

fn is_mixed(segment: &str) -> bool {
    segment.contains('*') && segment != "*" && segment != "**"
}

/// `/api*` is mostly meant as `/api/**`; of a `*` elsewhere in a segment, the whole segment.
fn whole_segments(segments: &[&str]) -> String {
    let mut better = String::new();
    for (at, segment) in segments.iter().enumerate() {
        better.push('/');
        match segment.strip_suffix('*') {
            Some(literal) if is_mixed(segment) && at + 1 == segments.len() && !literal.contains('*') => better.push_str(&format!("{literal}/**")),
            _ if is_mixed(segment) => better.push('*'),
            _ => better.push_str(segment),
        }
    }
    better
}

/// The characters that a browser never sends as they are in a path ([URL standard, path percent-encode set](https://url.spec.whatwg.org/#path-percent-encode-set)).
fn percent_encode(pattern: &str) -> String {
    let mut encoded = String::with_capacity(pattern.len());
    for byte in pattern.bytes() {
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
