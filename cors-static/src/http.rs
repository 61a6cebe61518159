//! The types of the crate `http`: the parts of a request come in, a [`Decision`] that knows how to change a response goes out.
//!
//! For frameworks without a layer of their own, and for handlers that answer by hand:
//!
//! ```
//! use cors_static::http::{Cors, Decision};
//! use http::{Request, Response};
//! # use cors_static::swap::{Options, Shared, Source};
//! # let yaml = "version: 1\npolicies:\n  api:\n    allow_origins: [https://app.example.com]\n";
//! # let policies = Shared::compile(Source::new("cors.yaml", yaml), &Options::default()).unwrap();
//!
//! fn handle(cors: &Cors, request: Request<String>) -> Response<String> {
//!     let (parts, body) = request.into_parts();
//!     match cors.decide(&parts) {
//!         Decision::Preflight(preflight) => preflight.into_response(parts.headers),
//!         decision => {
//!             let mut response = Response::new(format!("you sent {body:?}"));
//!             decision.apply(response.headers_mut());
//!             response
//!         }
//!     }
//! }
//!
//! // A program whose policies are fixed says `Cors::new(cors!("cors.yaml"))`.
//! let cors = Cors::watching(&policies);
//! let request = Request::get("/").header("Origin", "https://app.example.com").body(String::new()).unwrap();
//! assert_eq!(handle(&cors, request).headers()["access-control-allow-origin"], "https://app.example.com");
//! let request = Request::get("/").header("Origin", "https://evil.example").body(String::new()).unwrap();
//! assert!(!handle(&cors, request).headers().contains_key("access-control-allow-origin"));
//! ```
//!
//! Nothing is allocated for a request: values that the policy knows are laid out once, and the origin's is shared with the request.
//! (Two things are left to the map of headers itself: one that is full grows when a header is added, and a second line of `Vary`, beside one
//! that holds neither `Origin` nor just `Accept-Encoding`, is the map's first allocation for several lines of one name. And where
//! `Access-Control-Request-Headers` came on several lines and is to be echoed, they are joined: no browser sends that, but a gateway may.)

mod decision;
mod values;

use ::http::header::{ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, ORIGIN};
use ::http::{HeaderValue, Method, Uri, request::Parts};
use cors_decision::{List, OriginHeader, Request};

use crate::lines;
use crate::policies::{Policies, builders};

pub use decision::{Actual, Decision, Preflight};
pub(crate) use values::Values;

/// The policies of an application. A clone shares them.
#[derive(Clone)]
pub struct Cors {
    policies: Policies,
}

builders!(Cors { policies: Policies });

impl Cors {
    /// What to do with this request.
    #[must_use]
    pub fn decide(&self, parts: &Parts) -> Decision {
        self.decide_on(&parts.method, &parts.uri, &parts.headers)
    }

    /// As [`decide`](Self::decide), for a request that is not taken apart.
    #[must_use]
    #[inline]
    pub fn decide_on(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Decision {
        match Asking::new(method, headers) {
            Some(asking) => self.preflight(&asking, uri, headers).map_or(Decision::NoPolicy, Decision::Preflight),
            None => self.actual(uri, headers).map_or(Decision::NoPolicy, Decision::Actual),
        }
    }

    /// The answer to a preflight, or nothing where the path has no policy.
    #[inline]
    pub(crate) fn preflight(&self, asking: &Asking<'_>, uri: &Uri, headers: &HeaderMap) -> Option<Preflight> {
        self.policies.lend(|set, ready| {
            let (policy, values) = ready.policy_for(set, uri)?;
            let joined;
            let (mut request, mut asked_headers) = (asking.request, None);
            // A policy that does not care does not pay for the look either.
            if let List::Echo { .. } = policy.allow_headers {
                let lines = headers.get_all(ACCESS_CONTROL_REQUEST_HEADERS);
                asked_headers = lines.iter().next();
                joined = lines::joined(lines.iter().map(HeaderValue::as_bytes));
                request.request_headers = joined.as_deref();
            }
            if policy.allow_private_network {
                request.request_private_network = headers.get("access-control-request-private-network").map(HeaderValue::as_bytes);
            }
            let answer = self.policies.ask(policy, &request);
            Some(Preflight::new(&answer, values, [Some(asking.origin), Some(asking.method), asked_headers]))
        })
    }

    /// What to put into the response to a request that is no preflight, or nothing where the path has no policy.
    #[inline]
    pub(crate) fn actual(&self, uri: &Uri, headers: &HeaderMap) -> Option<Actual> {
        self.policies.lend(|set, ready| {
            let (policy, values) = ready.policy_for(set, uri)?;
            let origin = headers.get(ORIGIN);
            // The policy is known, and that this is no preflight: nothing else of the request makes a difference.
            let answer = self.policies.ask(policy, &Request::new(b"GET", b"/", origin_header(headers, origin)));
            Some(Actual::new(&answer, values, origin))
        })
    }
}

/// What a preflight asks. Which it is depends on the request alone: policies that are exchanged meanwhile change nothing of that.
pub(crate) struct Asking<'r> {
    request: Request<'r>,
    origin: &'r HeaderValue,
    method: &'r HeaderValue,
}

impl<'r> Asking<'r> {
    /// Nothing where the request is no preflight.
    #[inline]
    pub(crate) fn new(method: &Method, headers: &'r HeaderMap) -> Option<Self> {
        // Nothing else can be a preflight, so nothing else pays for the look.
        if *method != Method::OPTIONS {
            return None;
        }
        let (origin, method) = (headers.get(ORIGIN)?, headers.get(ACCESS_CONTROL_REQUEST_METHOD)?);
        let mut request = Request::new(b"OPTIONS", b"/", origin_header(headers, Some(origin)));
        request.request_method = Some(method.as_bytes());
        request.is_preflight().then_some(Self { request, origin, method })
    }
}

/// `first` is the first line of `Origin`. A map that holds as many lines as names holds one line of each.
#[inline]
fn origin_header<'r>(headers: &HeaderMap, first: Option<&'r HeaderValue>) -> OriginHeader<'r> {
    match first {
        None => OriginHeader::Absent,
        Some(_) if headers.len() > headers.keys_len() && headers.get_all(ORIGIN).iter().nth(1).is_some() => OriginHeader::Several,
        Some(origin) => OriginHeader::One(origin.as_bytes()),
    }
}
