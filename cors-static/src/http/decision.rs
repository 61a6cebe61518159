//! An answer comes in as values that a response can hold, and changes the headers of a response.

use ::http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS,
    ACCESS_CONTROL_MAX_AGE, HeaderMap, HeaderName, VARY,
};
use ::http::{HeaderValue, Response, StatusCode};
use cors_decision::{Answer, Kind, Refusal};

use super::values::{ANY, ORIGIN, TRUE, Values, value};
use crate::policies::CORS_HEADERS;
use crate::vary;

static ACCESS_CONTROL_ALLOW_PRIVATE_NETWORK: HeaderName = HeaderName::from_static("access-control-allow-private-network");

/// What to do with a request.
#[derive(Debug, Clone)]
pub enum Decision {
    /// The path has no policy: nothing is touched, and a preflight goes through.
    NoPolicy,
    /// The application answers, and its response gets these headers.
    Actual(Actual),
    /// The application is not asked.
    Preflight(Preflight),
}

impl Decision {
    /// Puts the headers of the answer into those of a response: CORS headers that are there already are replaced or removed, `Vary` is
    /// added to. On [`Decision::NoPolicy`] nothing is done.
    #[inline]
    pub fn apply(self, headers: &mut HeaderMap) {
        match self {
            Self::NoPolicy => {}
            Self::Actual(actual) => actual.apply(headers),
            Self::Preflight(preflight) => preflight.apply(headers),
        }
    }

    /// Why the origin is refused, if it is. For logs, never for the client.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        match self {
            Self::NoPolicy => None,
            Self::Actual(actual) => actual.refusal,
            Self::Preflight(preflight) => preflight.refusal,
        }
    }
}

/// The headers of the response to a request that is no preflight.
#[derive(Debug, Clone)]
pub struct Actual {
    allow_origin: Option<HeaderValue>,
    expose_headers: Option<HeaderValue>,
    varies: bool,
    allow_credentials: bool,
    refusal: Option<Refusal>,
}

impl Actual {
    #[inline]
    pub(super) fn new(answer: &Answer<'_>, values: &Values, origin: Option<&HeaderValue>) -> Self {
        let headers = &answer.headers;
        Self {
            allow_origin: headers.allow_origin.and_then(|bytes| value(bytes, [origin, Some(&ANY)])),
            expose_headers: headers.expose_headers.and(values.expose.clone()),
            varies: headers.vary.is_some(),
            allow_credentials: headers.allow_credentials,
            refusal: answer.refusal,
        }
    }

    /// Puts them into a response, as [`Decision::apply`] says.
    #[inline]
    pub fn apply(mut self, headers: &mut HeaderMap) {
        self.put(headers);
    }

    /// As [`apply`](Self::apply). What is put is taken from where it stands: a future does not move what it holds.
    #[inline]
    pub(crate) fn put(&mut self, headers: &mut HeaderMap) {
        let present = Present::look(headers);
        insert(headers, ACCESS_CONTROL_ALLOW_ORIGIN, self.allow_origin.take());
        insert(headers, ACCESS_CONTROL_ALLOW_CREDENTIALS, self.allow_credentials.then_some(TRUE));
        insert(headers, ACCESS_CONTROL_EXPOSE_HEADERS, self.expose_headers.take());
        if self.varies {
            present.add_vary(headers, ORIGIN);
        }
    }
}

/// The answer to a preflight.
#[derive(Debug, Clone)]
pub struct Preflight {
    status: StatusCode,
    allow_origin: Option<HeaderValue>,
    allow_methods: Option<HeaderValue>,
    allow_headers: Option<HeaderValue>,
    max_age: Option<HeaderValue>,
    vary: Option<HeaderValue>,
    allow_credentials: bool,
    allow_private_network: bool,
    refusal: Option<Refusal>,
}

impl Preflight {
    /// `asked` is what the request holds: its origin, the method and the headers that it asks for.
    #[inline]
    pub(super) fn new(answer: &Answer<'_>, values: &Values, [origin, method, asked]: [Option<&HeaderValue>; 3]) -> Self {
        let headers = &answer.headers;
        let status = match answer.kind {
            Kind::Preflight { status } => status,
            Kind::Actual => answer.policy.preflight_status,
        };
        Self {
            // The compiler lets no other status through; a table written by hand gets what its author meant least badly.
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::NO_CONTENT),
            allow_origin: headers.allow_origin.and_then(|bytes| value(bytes, [origin, Some(&ANY)])),
            allow_methods: headers.allow_methods.and_then(|bytes| value(bytes, [values.methods.as_ref(), method])),
            allow_headers: headers.allow_headers.and_then(|bytes| value(bytes, [values.headers.as_ref(), asked])),
            max_age: headers.max_age.and_then(|bytes| value(bytes, [values.max_age.as_ref()])),
            // It depends on the policy alone.
            vary: values.preflight_vary.clone(),
            allow_credentials: headers.allow_credentials,
            allow_private_network: headers.allow_private_network,
            refusal: answer.refusal,
        }
    }

    /// The status of the answer: the policy's, or 403 where the origin is refused.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Puts the headers into a response, as [`Decision::apply`] says.
    #[inline]
    pub fn apply(self, headers: &mut HeaderMap) {
        let present = Present::look(headers);
        self.put(headers, present);
    }

    #[inline]
    fn put(self, headers: &mut HeaderMap, present: Present) {
        insert(headers, ACCESS_CONTROL_ALLOW_ORIGIN, self.allow_origin);
        insert(headers, ACCESS_CONTROL_ALLOW_CREDENTIALS, self.allow_credentials.then_some(TRUE));
        insert(headers, ACCESS_CONTROL_ALLOW_METHODS, self.allow_methods);
        insert(headers, ACCESS_CONTROL_ALLOW_HEADERS, self.allow_headers);
        insert(headers, ACCESS_CONTROL_MAX_AGE, self.max_age);
        if self.allow_private_network {
            headers.insert(&ACCESS_CONTROL_ALLOW_PRIVATE_NETWORK, TRUE);
        }
        if let Some(vary) = self.vary {
            present.add_vary(headers, vary);
        }
    }

    /// The whole answer, without a body. The headers of the request, which is done with, lend their memory.
    #[must_use]
    pub fn into_response<B: Default>(self, request_headers: HeaderMap) -> Response<B> {
        let mut response = Response::new(B::default());
        *response.status_mut() = self.status;
        let mut headers = request_headers;
        headers.clear();
        self.put(&mut headers, Present::NOTHING);
        *response.headers_mut() = headers;
        response
    }
}

#[inline]
fn insert(headers: &mut HeaderMap, name: HeaderName, value: Option<HeaderValue>) {
    if let Some(value) = value {
        headers.insert(name, value);
    }
}

/// What of ours a response holds already.
#[derive(Clone, Copy)]
struct Present {
    vary: bool,
}

impl Present {
    const NOTHING: Self = Self { vary: false };

    /// Removes the CORS headers that somebody else has set. Responses hold few headers, and hardly ever these: to look through all names is
    /// cheaper than to look for each of the seven.
    #[inline]
    fn look(headers: &mut HeaderMap) -> Self {
        let (mut foreign, mut vary) = (false, false);
        for name in headers.keys() {
            vary |= *name == VARY;
            foreign |= is_of_cors(name);
        }
        if foreign {
            remove_foreign(headers);
        }
        Self { vary }
    }

    #[inline]
    fn add_vary(self, headers: &mut HeaderMap, ours: HeaderValue) {
        if self.vary {
            merge_vary(headers, &ours);
        } else {
            headers.insert(VARY, ours);
        }
    }
}

/// The names that `http` knows are numbers to it, so that this is one look at a number; only what it does not know is a text.
#[inline]
fn is_of_cors(name: &HeaderName) -> bool {
    *name == ACCESS_CONTROL_ALLOW_CREDENTIALS
        || *name == ACCESS_CONTROL_ALLOW_HEADERS
        || *name == ACCESS_CONTROL_ALLOW_METHODS
        || *name == ACCESS_CONTROL_ALLOW_ORIGIN
        || *name == ACCESS_CONTROL_EXPOSE_HEADERS
        || *name == ACCESS_CONTROL_MAX_AGE
        || *name == ACCESS_CONTROL_ALLOW_PRIVATE_NETWORK
}

#[inline(never)]
fn remove_foreign(headers: &mut HeaderMap) {
    for name in CORS_HEADERS {
        headers.remove(name);
    }
}

/// What compression says, and the same with our part: the commonest merge of all is to allocate nothing.
static COMPRESSED: [(&[u8], HeaderValue); 2] =
    [(b"accept-encoding", HeaderValue::from_static("accept-encoding, Origin")), (b"Accept-Encoding", HeaderValue::from_static("Accept-Encoding, Origin"))];

/// What is there stays as it is; what is missing is added, as lines of its own where the whole is not at hand.
fn merge_vary(headers: &mut HeaderMap, ours: &HeaderValue) {
    if let Some(merged) = with_compression(headers, ours) {
        headers.insert(VARY, merged.clone());
        return;
    }
    let Ok(text) = ours.to_str() else { return };
    for name in text.split(", ") {
        let is_missing = vary::missing(|| headers.get_all(VARY).iter().map(HeaderValue::as_bytes), name).next().is_some();
        if let Some(line) = value(name.as_bytes(), [Some(ours)]).filter(|_| is_missing) {
            headers.append(VARY, line);
        }
    }
}

fn with_compression(headers: &HeaderMap, ours: &HeaderValue) -> Option<&'static HeaderValue> {
    let mut lines = headers.get_all(VARY).iter();
    let (Some(only), None) = (lines.next(), lines.next()) else { return None };
    let (_, merged) = COMPRESSED.iter().find(|(theirs, _)| *theirs == only.as_bytes())?;
    (ours == "Origin").then_some(merged)
}
