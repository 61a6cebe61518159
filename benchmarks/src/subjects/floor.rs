//! What the quickest author could write by hand who knows which origin will ask: one length and one comparison, and values that stand in the
//! program. No paths, no second policy, no check that nobody else has set these headers.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use pin_project_lite::pin_project;
use tower::Service;

use super::tower::{Application, Tower};
use crate::origins::ALLOWED;
use crate::subject::Stack;

const ORIGIN: HeaderValue = HeaderValue::from_static(ALLOWED);
const TRUE: HeaderValue = HeaderValue::from_static("true");
const VARY: HeaderValue = HeaderValue::from_static("Origin");
const PREFLIGHT_VARY: HeaderValue = HeaderValue::from_static("Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, POST, PUT, DELETE");
const HEADERS: HeaderValue = HeaderValue::from_static("authorization, content-type, x-csrf-token, x-request-id, x-trace");
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");

pub(super) fn layer() -> impl Stack + use<> {
    Tower::new(Floor { inner: Application })
}

struct Floor<S> {
    inner: S,
}

/// The comparison.
#[inline]
pub(super) fn is_allowed(origin: &[u8]) -> bool {
    origin.len() == ALLOWED.len() && origin == ALLOWED.as_bytes()
}

/// The headers of a response to an allowed origin.
#[inline]
pub(super) fn put(headers: &mut HeaderMap) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, ORIGIN);
    headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, TRUE);
    headers.insert(header::VARY, VARY);
}

impl<S> Service<Request<()>> for Floor<S>
where
    S: Service<Request<()>, Response = Response<()>, Error = Infallible>,
{
    type Response = Response<()>;
    type Error = Infallible;
    type Future = FloorFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    #[inline]
    fn call(&mut self, mut request: Request<()>) -> Self::Future {
        let allowed = request.headers().get(header::ORIGIN).map(|origin| is_allowed(origin.as_bytes()));
        if *request.method() == Method::OPTIONS
            && let Some(allowed) = allowed
            && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
        {
            // The map of the request has room for the answer: nothing is allocated.
            let response = preflight(allowed, std::mem::take(request.headers_mut()));
            return FloorFuture { state: State::Answered { response: Some(response) } };
        }
        FloorFuture { state: State::Inner { future: self.inner.call(request), allowed: allowed == Some(true) } }
    }
}

#[inline]
fn preflight(allowed: bool, mut headers: HeaderMap) -> Response<()> {
    let mut response = Response::new(());
    headers.clear();
    headers.insert(header::VARY, PREFLIGHT_VARY);
    if allowed {
        *response.status_mut() = StatusCode::NO_CONTENT;
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, ORIGIN);
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
    struct FloorFuture<F> {
        #[pin]
        state: State<F>,
    }
}

pin_project! {
    #[project = Projected]
    enum State<F> {
        Inner { #[pin] future: F, allowed: bool },
        Answered { response: Option<Response<()>> },
    }
}

impl<F: Future<Output = Result<Response<()>, Infallible>>> Future for FloorFuture<F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().state.project() {
            Projected::Inner { future, allowed } => {
                let mut response = ready!(future.poll(context))?;
                if *allowed {
                    put(response.headers_mut());
                } else {
                    response.headers_mut().insert(header::VARY, VARY);
                }
                Poll::Ready(Ok(response))
            }
            Projected::Answered { response } => response.take().map_or(Poll::Pending, |response| Poll::Ready(Ok(response))),
        }
    }
}
