//! A tower layer: requests go to the inner service unless they are preflights of a policy, responses come back with the policy's headers.
//!
//! ```
//! use axum::{Router, routing::get};
//! use cors_static::tower::CorsLayer;
//! # use cors_static::swap::{Options, Shared, Source};
//! # let yaml = "version: 1\npolicies:\n  api:\n    allow_origins: [https://app.example.com]\n";
//! # let policies = Shared::compile(Source::new("cors.yaml", yaml), &Options::default()).unwrap();
//! # fn is_customer(origin: &[u8]) -> bool { origin == b"https://customer.example.net" }
//!
//! // A program whose policies are fixed says `CorsLayer::new(cors!("cors.yaml"))`.
//! let cors = CorsLayer::watching(&policies).allow_origin_if("api", is_customer);
//! let app: Router = Router::new().route("/api/items", get(|| async { "[]" })).layer(cors);
//! ```
//!
//! # Where it stands
//! Outside of all that answers by itself: authentication, limits, timeouts, and above all what turns a panic into a 500. A response that is
//! made further out has no CORS headers, and no script can read it.
//!
//! | framework | how |
//! |---|---|
//! | axum | `Router::layer`, last, on the outermost router: one that is nested sees a path without its prefix, and `route_layer` no preflight. For panics: `.layer(CatchPanicLayer::new()).layer(cors)`, since the layer that is added last is the outermost |
//! | tower | `ServiceBuilder::new().layer(cors).layer(CatchPanicLayer::new())`, where the first is the outermost |
//! | hyper | `TowerToHyperService::new(cors.layer(service))` of hyper-util |
//! | tonic | `Server::builder().layer(cors)`, with `accept_http1(true)` and grpc-web inside of it |
//! | salvo | `Service::new(router).hoop(cors.compat())` with its feature `tower-compat`; a hoop of a router sees no preflight |
//! | poem | its compatibility with tower keeps poem's own type of request: use [`http::Cors`](crate::http::Cors) in `endpoint.around(...)` |
//!
//! Errors of the inner service that are no responses are passed on as they are; turn them into responses inside of this layer.

use core::fmt;
use core::future::Future;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use ::http::{Request, Response};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::http::{Actual, Asking, Cors};
use crate::policies::builders;

/// The layer. A clone shares the policies.
#[derive(Clone)]
pub struct CorsLayer {
    cors: Cors,
}

builders!(CorsLayer { cors: Cors });

impl<S> Layer<S> for CorsLayer {
    type Service = CorsService<S>;

    fn layer(&self, inner: S) -> CorsService<S> {
        CorsService { inner, cors: self.cors.clone() }
    }
}

/// A service behind the layer.
#[derive(Clone)]
pub struct CorsService<S> {
    inner: S,
    cors: Cors,
}

impl<S: fmt::Debug> fmt::Debug for CorsService<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("CorsService").field("inner", &self.inner).finish_non_exhaustive()
    }
}

impl<S, Body, ResponseBody> Service<Request<Body>> for CorsService<S>
where
    S: Service<Request<Body>, Response = Response<ResponseBody>>,
    ResponseBody: Default,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = CorsFuture<S::Future, ResponseBody>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    #[inline]
    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        // Not `decide_on`: a decision would be moved out of one type and into another, and each request would pay for it.
        let Some(asking) = Asking::new(request.method(), request.headers()) else {
            let actual = self.cors.actual(request.uri(), request.headers());
            return CorsFuture { state: State::Inner { future: self.inner.call(request) }, actual };
        };
        let state = match self.cors.preflight(&asking, request.uri(), request.headers()) {
            None => State::Inner { future: self.inner.call(request) },
            Some(preflight) => State::Answered { response: Some(preflight.into_response(mem::take(request.headers_mut()))) },
        };
        CorsFuture { state, actual: None }
    }
}

pin_project! {
    /// The response to come.
    pub struct CorsFuture<F, B> {
        #[pin]
        state: State<F, B>,
        // Beside the state, not in it: what stands in one of two places is moved there, twice.
        actual: Option<Actual>,
    }
}

pin_project! {
    #[project = Projected]
    enum State<F, B> {
        Inner { #[pin] future: F },
        Answered { response: Option<Response<B>> },
    }
}

impl<F, B> fmt::Debug for CorsFuture<F, B> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("CorsFuture").finish_non_exhaustive()
    }
}

impl<F, B, E> Future for CorsFuture<F, B>
where
    F: Future<Output = Result<Response<B>, E>>,
{
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        match this.state.project() {
            Projected::Inner { future } => {
                let mut response = ready!(future.poll(context))?;
                if let Some(actual) = this.actual {
                    actual.put(response.headers_mut());
                }
                Poll::Ready(Ok(response))
            }
            Projected::Answered { response } => match response.take() {
                Some(response) => Poll::Ready(Ok(response)),
                // A future that is done must not be polled; one that is polled nevertheless never ends.
                None => Poll::Pending,
            },
        }
    }
}
