//! What the quickest author could write by hand who knows which origin will ask: one length and one comparison, and values that stand in the
//! program. No paths, no second policy, no check that nobody else has set these headers.

use std::collections::HashSet;
use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use ahash::RandomState;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use pin_project_lite::pin_project;
use tower::Service;

use super::bare::quick_set;
use super::tower::{Application, Tower};
use crate::origins::ALLOWED;
use crate::subject::Stack;

pub(super) const ORIGIN: HeaderValue = HeaderValue::from_static(ALLOWED);
const TRUE: HeaderValue = HeaderValue::from_static("true");
const VARY: HeaderValue = HeaderValue::from_static("Origin");
const PREFLIGHT_VARY: HeaderValue = HeaderValue::from_static("Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, POST, PUT, DELETE");
const HEADERS: HeaderValue = HeaderValue::from_static("authorization, content-type, x-csrf-token, x-request-id, x-trace");
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");

/// For the one origin that will ask.
pub(super) fn layer() -> impl Stack + use<> {
    Tower::new(Floor { inner: Application, known: One })
}

/// What could be written by hand as quickly for any number of origins: a set is asked, and the answer is the value that has asked.
pub(super) fn layer_with_set(origins: &[String]) -> impl Stack + use<> {
    Tower::new(Floor { inner: Application, known: Arc::new(quick_set(origins)) })
}

/// Who may ask.
pub(super) trait Known {
    /// What is kept of an origin that is allowed until the response is there.
    type Allowed;

    fn allow(&self, origin: &HeaderValue) -> Option<Self::Allowed>;

    /// What the response says of it.
    fn value(allowed: Self::Allowed) -> HeaderValue;
}

pub(super) struct One;

impl Known for One {
    type Allowed = ();

    #[inline]
    fn allow(&self, origin: &HeaderValue) -> Option<()> {
        is_allowed(origin.as_bytes()).then_some(())
    }

    #[inline]
    fn value((): ()) -> HeaderValue {
        ORIGIN
    }
}

impl Known for Arc<HashSet<Box<[u8]>, RandomState>> {
    type Allowed = HeaderValue;

    #[inline]
    fn allow(&self, origin: &HeaderValue) -> Option<HeaderValue> {
        self.contains(origin.as_bytes()).then(|| origin.clone())
    }

    #[inline]
    fn value(allowed: HeaderValue) -> HeaderValue {
        allowed
    }
}

struct Floor<S, K> {
    inner: S,
    known: K,
}

/// The comparison.
#[inline]
pub(super) fn is_allowed(origin: &[u8]) -> bool {
    origin.len() == ALLOWED.len() && origin == ALLOWED.as_bytes()
}

/// The headers of a response to an allowed origin.
#[inline]
pub(super) fn put(headers: &mut HeaderMap, origin: HeaderValue) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, TRUE);
    headers.insert(header::VARY, VARY);
}

impl<S, K: Known> Service<Request<()>> for Floor<S, K>
where
    S: Service<Request<()>, Response = Response<()>, Error = Infallible>,
{
    type Response = Response<()>;
    type Error = Infallible;
    type Future = FloorFuture<S::Future, K>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    #[inline]
    fn call(&mut self, mut request: Request<()>) -> Self::Future {
        let allowed = request.headers().get(header::ORIGIN).map(|origin| self.known.allow(origin));
        if *request.method() == Method::OPTIONS && allowed.is_some() && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD) {
            // The map of the request has room for the answer: nothing is allocated.
            let response = preflight::<K>(allowed.flatten(), std::mem::take(request.headers_mut()));
            return FloorFuture { state: State::Answered { response: Some(response) } };
        }
        FloorFuture { state: State::Inner { future: self.inner.call(request), allowed: allowed.flatten() } }
    }
}

#[inline]
fn preflight<K: Known>(allowed: Option<K::Allowed>, mut headers: HeaderMap) -> Response<()> {
    let mut response = Response::new(());
    headers.clear();
    headers.insert(header::VARY, PREFLIGHT_VARY);
    if let Some(allowed) = allowed {
        *response.status_mut() = StatusCode::NO_CONTENT;
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, K::value(allowed));
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, TRUE);
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS);
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    } else {
        *response.status_mut() = StatusCode::FORBIDDEN;
    }
    *response.headers_mut() = headers;
    response
}

pin_project! {
    struct FloorFuture<F, K: Known> {
        #[pin]
        state: State<F, K::Allowed>,
    }
}

pin_project! {
    #[project = Projected]
    enum State<F, A> {
        Inner { #[pin] future: F, allowed: Option<A> },
        Answered { response: Option<Response<()>> },
    }
}

impl<F: Future<Output = Result<Response<()>, Infallible>>, K: Known> Future for FloorFuture<F, K> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().state.project() {
            Projected::Inner { future, allowed } => {
                let mut response = ready!(future.poll(context))?;
                if let Some(allowed) = allowed.take() {
                    put(response.headers_mut(), K::value(allowed));
                } else {
                    response.headers_mut().insert(header::VARY, VARY);
                }
                Poll::Ready(Ok(response))
            }
            Projected::Answered { response } => response.take().map_or(Poll::Pending, |response| Poll::Ready(Ok(response))),
        }
    }
}
