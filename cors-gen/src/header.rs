//! Header names: a word comes in, and what the Fetch standard thinks of a header of that name goes out.

/// Request headers that a script may set without asking, as long as their value is safelisted
/// ([Fetch, CORS-safelisted request-header](https://fetch.spec.whatwg.org/#cors-safelisted-request-header)).
/// `Content-Type` and `Range` are not among them here: of those only few values are safelisted, so a policy that lists them means something.
pub(crate) const SAFELISTED_REQUEST: [&str; 3] = ["accept", "accept-language", "content-language"];

/// Response headers that a script may read anyway ([Fetch, CORS-safelisted response-header name](https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name)).
pub(crate) const SAFELISTED_RESPONSE: [&str; 7] = ["cache-control", "content-language", "content-length", "content-type", "expires", "last-modified", "pragma"];

/// Response headers that no script can read ([Fetch, forbidden response-header name](https://fetch.spec.whatwg.org/#forbidden-response-header-name)).
pub(crate) const FORBIDDEN_RESPONSE: [&str; 2] = ["set-cookie", "set-cookie2"];

/// The response headers of the CORS protocol ([Fetch, HTTP responses](https://fetch.spec.whatwg.org/#http-responses)), and the one of Private Network Access.
pub(crate) const CORS_RESPONSE: [&str; 7] = [
    "Access-Control-Allow-Origin",
    "Access-Control-Allow-Credentials",
    "Access-Control-Allow-Methods",
    "Access-Control-Allow-Headers",
    "Access-Control-Max-Age",
    "Access-Control-Allow-Private-Network",
    "Access-Control-Expose-Headers",
];

/// Request headers that no script can set ([Fetch, forbidden request-header](https://fetch.spec.whatwg.org/#forbidden-request-header)).
pub(crate) const FORBIDDEN_REQUEST: [&str; 22] = [
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

/// What the names of all other forbidden request headers begin with.
pub(crate) const FORBIDDEN_PREFIXES: [&str; 2] = ["proxy-", "sec-"];

/// A token of [RFC 9110, 5.6.2](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2).
pub(crate) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

pub(crate) fn is_forbidden_request(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    FORBIDDEN_PREFIXES.iter().any(|prefix| name.starts_with(prefix)) || FORBIDDEN_REQUEST.contains(&name.as_str())
}

pub(crate) fn is_forbidden_response(name: &str) -> bool {
    FORBIDDEN_RESPONSE.iter().any(|known| known.eq_ignore_ascii_case(name))
}
