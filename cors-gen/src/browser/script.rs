//! The method and the header names of a script come in; what the browser will ask for goes out, with its remarks.

use std::collections::BTreeSet;

use super::reason::Reason;

/// <https://fetch.spec.whatwg.org/#concept-method-normalize>. `PATCH` is not among them: `patch` stays another method.
const NORMALIZED: [&str; 6] = ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"];
/// <https://fetch.spec.whatwg.org/#forbidden-method>
const FORBIDDEN_METHODS: [&str; 3] = ["CONNECT", "TRACE", "TRACK"];
/// <https://fetch.spec.whatwg.org/#cors-safelisted-method>
const SAFELISTED_METHODS: [&str; 3] = ["GET", "HEAD", "POST"];
/// <https://fetch.spec.whatwg.org/#cors-safelisted-request-header>; for `content-type` see `Fetch::headers`.
const SAFELISTED_HEADERS: [&str; 4] = ["accept", "accept-language", "content-language", "range"];
/// <https://fetch.spec.whatwg.org/#forbidden-request-header>
const FORBIDDEN_HEADERS: [&str; 22] = [
    "accept-charset",
    "accept-encoding",
    "access-control-request-headers",
    "access-control-request-method",
    "access-control-request-private-network",
    "connection",
    "content-length",
    "cookie",
    "cookie2",
    "date",
    "dnt",
    "expect",
    "host",
    "keep-alive",
    "origin",
    "referer",
    "set-cookie",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
];
/// Client hints that Chromium sends without a preflight, though the standard has them on no list.
const CHROMIUM_HINTS: [&str; 8] = ["device-memory", "downlink", "dpr", "ect", "rtt", "save-data", "viewport-width", "width"];

/// What the browser will ask for.
pub(super) struct Asked {
    /// Normalised.
    pub(super) method: String,
    /// The names that need permission, in lower case, sorted.
    pub(super) unsafe_headers: BTreeSet<String>,
}

impl Asked {
    pub(super) fn new(method: &str, headers: &[&str], remarks: &mut Vec<String>) -> Result<Self, Reason> {
        let method = normalize(method, remarks)?;
        let mut unsafe_headers = BTreeSet::new();
        for name in headers {
            if !is_token(name) {
                return Err(Reason::type_error(format!("'{name}' is not a valid HTTP header field name.")));
            }
            let name = name.to_ascii_lowercase();
            if is_forbidden(&name) {
                remarks.push(format!("The browser drops the header `{name}`: scripts cannot set it."));
                continue;
            }
            if SAFELISTED_HEADERS.contains(&name.as_str()) {
                continue;
            }
            remarks.extend(chromium_differs(&name));
            unsafe_headers.insert(name);
        }
        Ok(Self { method, unsafe_headers })
    }

    pub(super) fn method_is_safelisted(&self) -> bool {
        SAFELISTED_METHODS.contains(&self.method.as_str())
    }
}

fn normalize(method: &str, remarks: &mut Vec<String>) -> Result<String, Reason> {
    if !is_token(method) {
        return Err(Reason::type_error(format!("'{method}' is not a valid HTTP method.")));
    }
    let upper = method.to_ascii_uppercase();
    if FORBIDDEN_METHODS.contains(&upper.as_str()) {
        return Err(Reason::type_error(format!("'{method}' HTTP method is unsupported.")));
    }
    if !NORMALIZED.contains(&upper.as_str()) {
        if upper == "PATCH" && method != upper {
            remarks.push(format!("The browser sends `{method}` as it is: it is not the method `PATCH`."));
        }
        return Ok(method.to_owned());
    }
    if upper != method {
        remarks.push(format!("The browser sends `{method}` as `{upper}`."));
    }
    Ok(upper)
}

/// `name` is in lower case.
fn is_forbidden(name: &str) -> bool {
    FORBIDDEN_HEADERS.contains(&name) || name.starts_with("proxy-") || name.starts_with("sec-")
}

fn chromium_differs(name: &str) -> Option<String> {
    if name == "user-agent" {
        return Some("Chromium drops the header `user-agent`; the standard sends it.".to_owned());
    }
    CHROMIUM_HINTS.contains(&name).then(|| format!("Chromium sends the client hint `{name}` without asking; the standard asks."))
}

/// <https://httpwg.org/specs/rfc9110.html#tokens>
pub(super) fn is_token(text: &str) -> bool {
    let is_token_byte = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_token_byte)
}
