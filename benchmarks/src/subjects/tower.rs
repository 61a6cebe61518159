//! The tower layers: ours, and that of tower-http.

use std::collections::HashSet;
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::marker::PhantomData;
use std::task::{Context, Poll};
use std::time::Duration;

use cors_static::PolicySet;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, header};
use tower::{Layer, Service};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::asks::Ask;
use crate::origins::{HEADERS, MAX_AGE, METHODS};
use crate::subject::{Seen, Stack, now};

/// The application.
#[derive(Clone)]
pub(super) struct Application;

impl Service<Request<()>> for Application {
    type Response = Response<()>;
    type Error = Infallible;
    type Future = Ready<Result<Response<()>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<()>) -> Self::Future {
        let mut response = Response::new(());
        if *request.method() != Method::OPTIONS {
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        ready(Ok(response))
    }
}

/// Any tower service.
pub(super) struct Tower<S>(S, PhantomData<S>);

impl<S> Tower<S> {
    pub(super) fn new(service: S) -> Self {
        Self(service, PhantomData)
    }
}

impl<S: Service<Request<()>, Response = Response<()>, Error = Infallible>> Stack for Tower<S> {
    type Request = Request<()>;
    type Response = Response<()>;

    fn request(&self, ask: Ask) -> Request<()> {
        ask.request()
    }

    #[inline]
    fn call(&mut self, request: Request<()>) -> Response<()> {
        let Ok(response) = now(self.0.call(request));
        response
    }

    fn seen(response: &Response<()>) -> Seen {
        seen(response.status().as_u16(), response.headers())
    }
}

pub(super) fn seen(status: u16, headers: &HeaderMap) -> Seen {
    let value = |name| headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    Seen {
        status,
        allow_origin: value(header::ACCESS_CONTROL_ALLOW_ORIGIN),
        allow_methods: value(header::ACCESS_CONTROL_ALLOW_METHODS).is_some(),
        varies: value(header::VARY).is_some(),
    }
}

pub(super) fn bare() -> impl Stack + use<> {
    Tower::new(Application)
}

pub(super) fn ours(policies: &'static PolicySet<'static>) -> impl Stack + use<> {
    Tower::new(cors_static::tower::CorsLayer::new(policies).layer(Application))
}

pub(super) fn values(origins: &[String]) -> impl Iterator<Item = HeaderValue> {
    origins.iter().map(|origin| HeaderValue::from_str(origin).expect("a value"))
}

pub(super) fn list(origins: &[String]) -> AllowOrigin {
    AllowOrigin::list(values(origins))
}

pub(super) fn set(origins: &[String]) -> AllowOrigin {
    let set: HashSet<HeaderValue> = values(origins).collect();
    AllowOrigin::predicate(move |origin, _| set.contains(origin))
}

pub(super) fn tower_http(origins: AllowOrigin) -> impl Stack + use<> {
    let layer = CorsLayer::new()
        .allow_origin(origins)
        .allow_methods(METHODS.map(|method| method.parse::<Method>().expect("a method")))
        .allow_headers(HEADERS.map(HeaderName::from_static))
        .allow_credentials(true)
        .max_age(Duration::from_secs(MAX_AGE.into()));
    Tower::new(layer.layer(Application))
}
