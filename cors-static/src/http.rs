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
//! that holds neither `Origin` nor just `Accept-Encoding`, is the map's first allocation for several lines of one name.)

mod decision;
mod values;

use ::http::header::{ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, ORIGIN};
use ::http::{HeaderValue, Method, Uri, request::Parts};
use cors_decision::{Kind, OriginHeader, Request};

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
        let mut lines = headers.get_all(ORIGIN).iter();
        let origin = lines.next();
        let mut request = Request::new(method.as_str().as_bytes(), uri.path().as_bytes(), origin_header(origin, lines.next()));
        let (mut asked_method, mut asked_headers) = (None, None);
        // Nothing else can be a preflight, so nothing else pays for the look.
        if *method == Method::OPTIONS {
            asked_method = headers.get(ACCESS_CONTROL_REQUEST_METHOD);
            asked_headers = headers.get(ACCESS_CONTROL_REQUEST_HEADERS);
            request.request_method = asked_method.map(HeaderValue::as_bytes);
            request.request_headers = asked_headers.map(HeaderValue::as_bytes);
            request.request_private_network = headers.get("access-control-request-private-network").map(HeaderValue::as_bytes);
        }
        let decision = self.policies.decide(&request, |answer, ready| {
            let values = ready.values(answer.policy);
            match answer.kind {
                Kind::Actual => Decision::Actual(Actual::new(answer, values, origin)),
                Kind::Preflight { status } => Decision::Preflight(Preflight::new(answer, status, values, [origin, asked_method, asked_headers])),
            }
        });
        decision.unwrap_or(Decision::NoPolicy)
    }
}

fn origin_header<'r>(first: Option<&'r HeaderValue>, second: Option<&HeaderValue>) -> OriginHeader<'r> {
    match (first, second) {
        (None, _) => OriginHeader::Absent,
        (Some(origin), None) => OriginHeader::One(origin.as_bytes()),
        (Some(_), Some(_)) => OriginHeader::Several,
    }
}
