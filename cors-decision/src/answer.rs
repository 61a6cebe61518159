//! The answer: what a server does with a request, and the headers it sets.

use crate::{Origins, Policy};

/// What a policy answers to a request.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// The policy that answers.
    pub policy: &'a Policy<'a>,
    /// What kind of request this is, and so who answers it.
    pub kind: Kind,
    /// Why the origin is refused; `None` where it is allowed. For logs and explanations, never for the client.
    pub refusal: Option<Refusal>,
    /// The headers to set. The CORS headers that an inner service set are replaced by these, its `Vary` stays beside ours.
    pub headers: Headers<'a>,
}

/// Who answers a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The inner service; the headers are added to its response, whatever its status.
    Actual,
    /// Nobody else: this status, these headers, no body.
    Preflight {
        /// The policy's `preflight_status`, or 403 where the origin is refused.
        status: u16,
    },
}

/// Why an origin is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// There is no `Origin` header: no script of another origin asks.
    NoOrigin,
    /// More than one `Origin` header.
    SeveralOrigins,
    /// The policy does not list it.
    OriginNotAllowed,
}

/// The headers of an answer. A field that is `None` or `false` is a header that is absent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Headers<'a> {
    /// `Access-Control-Allow-Origin`: the origin that asked, or `*`.
    pub allow_origin: Option<&'a [u8]>,
    /// `Access-Control-Allow-Credentials: true`.
    pub allow_credentials: bool,
    /// `Access-Control-Allow-Methods`, on preflights.
    pub allow_methods: Option<&'a [u8]>,
    /// `Access-Control-Allow-Headers`, on preflights.
    pub allow_headers: Option<&'a [u8]>,
    /// `Access-Control-Max-Age`, on preflights.
    pub max_age: Option<&'a [u8]>,
    /// `Access-Control-Allow-Private-Network: true`, on preflights that ask for it.
    pub allow_private_network: bool,
    /// `Access-Control-Expose-Headers`, on actual requests.
    pub expose_headers: Option<&'a [u8]>,
    /// `Vary`, to be added to what the response varies on already.
    pub vary: Option<&'static str>,
}

impl<'a> Headers<'a> {
    /// The headers, as name and value.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &'a [u8])> {
        let flag = |set: bool| set.then_some(&b"true"[..]);
        [
            ("Access-Control-Allow-Origin", self.allow_origin),
            ("Access-Control-Allow-Credentials", flag(self.allow_credentials)),
            ("Access-Control-Allow-Methods", self.allow_methods),
            ("Access-Control-Allow-Headers", self.allow_headers),
            ("Access-Control-Max-Age", self.max_age),
            ("Access-Control-Allow-Private-Network", flag(self.allow_private_network)),
            ("Access-Control-Expose-Headers", self.expose_headers),
            ("Vary", self.vary.map(str::as_bytes)),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
    }
}

/// On what the responses of a policy vary. `*` is the same for every origin, so it varies on none.
#[inline]
pub(crate) fn vary(policy: &Policy<'_>, preflight: bool) -> Option<&'static str> {
    match (preflight, &policy.origins, policy.allow_private_network) {
        (false, Origins::Any, _) => None,
        (false, Origins::Listed { .. }, _) => Some("Origin"),
        (true, Origins::Any, false) => Some("Access-Control-Request-Method, Access-Control-Request-Headers"),
        (true, Origins::Any, true) => Some("Access-Control-Request-Method, Access-Control-Request-Headers, Access-Control-Request-Private-Network"),
        (true, Origins::Listed { .. }, false) => Some("Origin, Access-Control-Request-Method, Access-Control-Request-Headers"),
        (true, Origins::Listed { .. }, true) => {
            Some("Origin, Access-Control-Request-Method, Access-Control-Request-Headers, Access-Control-Request-Private-Network")
        }
    }
}

/// The longest value of `Access-Control-Request-*` that is echoed: some fifty header names. A longer one is no browser's.
const MAX_ECHO_LEN: usize = 1024;

/// Whether a value of `Access-Control-Request-Method` or `-Headers` is echoed by [`List::Echo`](crate::List::Echo):
/// a list of tokens ([RFC 9110, 5.6.2](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2)) of at most 1,024 bytes, which does not hold
/// `Authorization` unless the policy names it. Where it is not echoed the header is absent, and the browser refuses.
pub fn echoes(asked: &[u8], authorization: bool) -> bool {
    !asked.is_empty()
        && asked.len() <= MAX_ECHO_LEN
        && asked.iter().all(|&byte| is_token_byte(byte) || matches!(byte, b',' | b' ' | b'\t'))
        && (authorization || !asked.split(|byte| b", \t".contains(byte)).any(|name| name.eq_ignore_ascii_case(b"authorization")))
}

/// Whether a value is a method: one token, which is all that a browser ever asks for.
pub(crate) fn is_method(asked: &[u8]) -> bool {
    asked.iter().all(|&byte| is_token_byte(byte))
}

fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}
