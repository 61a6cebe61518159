//! The requests that every subject is asked.

use bytes::Bytes;
use http::{HeaderValue, Method, Request, header};

use crate::origins::{ALLOWED, HEADERS, REFUSED};

/// A kind of request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// `GET` from an origin that the policy lists.
    Allowed,
    /// `GET` from one that it does not list.
    Refused,
    /// `GET` without an `Origin`.
    NoOrigin,
    /// A preflight that asks for one header.
    Preflight,
    /// A preflight that asks for five headers, all of them listed.
    FiveHeaders,
    /// A preflight that asks for 8 KB of listed headers: whoever checks them has to check them all.
    Hostile,
}

/// All of them.
pub const ASKS: [Ask; 6] = [Ask::Allowed, Ask::Refused, Ask::NoOrigin, Ask::Preflight, Ask::FiveHeaders, Ask::Hostile];

impl Ask {
    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Refused => "refused",
            Self::NoOrigin => "no-origin",
            Self::Preflight => "preflight",
            Self::FiveHeaders => "preflight-5",
            Self::Hostile => "preflight-8k",
        }
    }

    /// Whether this is a preflight.
    pub fn is_preflight(self) -> bool {
        matches!(self, Self::Preflight | Self::FiveHeaders | Self::Hostile)
    }

    /// The value of its `Origin`.
    pub fn origin(self) -> Option<&'static str> {
        match self {
            Self::NoOrigin => None,
            Self::Refused => Some(REFUSED),
            _ => Some(ALLOWED),
        }
    }

    /// The method.
    pub fn method(self) -> Method {
        if self.is_preflight() { Method::OPTIONS } else { Method::GET }
    }

    /// The headers, as names and values: what a browser sends, and what CORS adds.
    pub fn headers(self) -> Vec<(&'static str, Bytes)> {
        let mut headers = vec![
            ("host", "api.example.com".to_owned()),
            ("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".to_owned()),
            ("accept", "*/*".to_owned()),
            ("accept-language", "en-US,en;q=0.5".to_owned()),
            ("accept-encoding", "gzip, deflate, br, zstd".to_owned()),
        ];
        headers.extend(self.origin().map(|origin| ("origin", origin.to_owned())));
        if self.is_preflight() {
            headers.push(("access-control-request-method", "PUT".to_owned()));
        }
        let asked = match self {
            Self::Preflight => Some(HEADERS[1].to_owned()),
            Self::FiveHeaders => Some(HEADERS.join(",")),
            Self::Hostile => Some(HEADERS.join(",").repeat(150).replace("traceauth", "trace,auth")),
            _ => None,
        };
        headers.extend(asked.map(|asked| ("access-control-request-headers", asked)));
        shared(headers)
    }

    /// The request.
    pub fn request<B: Default>(self) -> Request<B> {
        let mut request = Request::builder().method(self.method()).uri("/api/items").body(B::default()).expect("a request");
        for (name, value) in self.headers() {
            let value = HeaderValue::from_maybe_shared(value).expect("a value");
            request.headers_mut().insert(header::HeaderName::from_static(name), value);
        }
        request
    }
}

/// The values as parts of one buffer, which is how a server has read them. A value of its own would allocate when it is first shared.
fn shared(headers: Vec<(&'static str, String)>) -> Vec<(&'static str, Bytes)> {
    let all: String = headers.iter().map(|(_, value)| value.as_str()).collect();
    let mut rest = Bytes::from(all);
    headers.into_iter().map(|(name, value)| (name, rest.split_to(value.len()))).collect()
}
