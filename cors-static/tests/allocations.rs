//! What the tower layer allocates beside the service that it stands around: nothing, for every kind of request, with two exceptions at the end.
//!
//! One test only: the allocator is the whole process's.
#![allow(clippy::expect_used, reason = "a fixture that does not work is a failed test")]

mod common;

use std::alloc::System;
use std::convert::Infallible;
use std::future::{Future, Ready, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use axum::http::{HeaderValue, Request, Response};
use cors_static::tower::CorsLayer;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use tower::{Layer, Service};

use common::{GOOD, policies, shared};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Answers with a response that was made beforehand.
struct Prepared(Option<Response<()>>);

impl Service<Request<()>> for Prepared {
    type Response = Response<()>;
    type Error = Infallible;
    type Future = Ready<Result<Response<()>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<()>) -> Self::Future {
        ready(Ok(self.0.take().expect("one request for each response")))
    }
}

fn response(vary: Option<&'static str>) -> Response<()> {
    let mut response = Response::builder().header("Content-Type", "text/plain").body(()).expect("a response");
    response.headers_mut().extend(vary.map(|vary| (axum::http::header::VARY, HeaderValue::from_static(vary))));
    response
}

fn request(method: &str, path: &str, headers: &[(&str, &str)]) -> Request<()> {
    headers.iter().fold(Request::builder().method(method).uri(path), |builder, (name, value)| builder.header(*name, *value)).body(()).expect("a request")
}

fn kinds() -> Vec<(&'static str, Request<()>)> {
    let asks = ("Access-Control-Request-Method", "PUT");
    let long = ",".repeat(8_000);
    let names = ("Access-Control-Request-Headers", "content-type,authorization,x-a,x-b,x-c");
    vec![
        ("allowed", request("GET", "/api/items", &[("Origin", GOOD)])),
        ("allowed by a pattern", request("GET", "/api/items", &[("Origin", "https://a.example.com")])),
        ("allowed by a regex", request("GET", "/api/items", &[("Origin", "https://build-1.preview.example.dev")])),
        ("refused", request("GET", "/api/items", &[("Origin", "https://evil.io")])),
        ("several origins", request("GET", "/api/items", &[("Origin", GOOD), ("Origin", GOOD)])),
        ("no origin", request("GET", "/api/items", &[])),
        ("every origin", request("GET", "/public/x", &[("Origin", GOOD)])),
        ("no policy", request("GET", "/nothing", &[("Origin", GOOD)])),
        ("preflight", request("OPTIONS", "/api/items", &[("Origin", GOOD), asks])),
        ("preflight with headers", request("OPTIONS", "/api/items", &[("Origin", GOOD), asks, names])),
        ("hostile preflight", request("OPTIONS", "/api/items", &[("Origin", GOOD), asks, ("Access-Control-Request-Headers", &long)])),
        ("refused preflight", request("OPTIONS", "/api/items", &[("Origin", "https://evil.io"), asks])),
        ("echoing preflight", request("OPTIONS", "/echo", &[("Origin", GOOD), asks, names])),
        ("private network", request("OPTIONS", "/public/x", &[("Origin", GOOD), asks, ("Access-Control-Request-Private-Network", "true")])),
        ("OPTIONS", request("OPTIONS", "/api/items", &[("Origin", GOOD)])),
    ]
}

/// The allocations of one call, from the request to the response.
fn count<S: Service<Request<()>, Response = Response<()>, Error = Infallible>>(mut service: S, request: Request<()>) -> usize {
    let mut context = Context::from_waker(Waker::noop());
    let region = Region::new(ALLOCATOR);
    let outcome = pin!(service.call(request)).poll(&mut context);
    let change = region.change();
    assert!(matches!(outcome, Poll::Ready(Ok(_))));
    change.allocations + change.reallocations
}

#[test]
fn the_layer_allocates_nothing() {
    let region = Region::new(ALLOCATOR);
    drop(std::hint::black_box(Box::new([0_u8; 64])));
    assert_eq!(region.change().allocations, 1, "the counter counts");
    let layers = [
        ("fixed", CorsLayer::new(policies())),
        ("fixed, with a predicate", CorsLayer::new(policies()).allow_origin_if("api", |origin| origin == b"https://customer.example")),
        ("shared", CorsLayer::watching(&shared())),
    ];
    for (name, layer) in layers {
        // The first look at shared policies sets its thread up.
        count(layer.layer(Prepared(Some(response(None)))), request("GET", "/", &[]));
        for vary in [None, Some("accept-encoding"), Some("Accept-Encoding"), Some("Accept, Origin"), Some("*")] {
            for (kind, request) in kinds() {
                // The values of a request that hyper has read are parts of one buffer that counts its owners. Those that are made one by one
                // begin to count with their first copy, which is the one made here.
                let bare = count(Prepared(Some(response(vary))), request.clone());
                let layered = count(layer.layer(Prepared(Some(response(vary)))), request);
                assert_eq!(layered, bare, "{kind}, {name}, Vary: {vary:?}");
            }
        }
        // Where `Origin` must be added to what else a response varies on, the map of headers makes room for lines of one name.
        let (_, allowed) = &kinds()[0];
        assert_eq!(count(layer.layer(Prepared(Some(response(Some("Cookie"))))), allowed.clone()), 1, "{name}");
        // Names that came on several lines are joined to be echoed: the lines, the text, and the value for the response.
        let names = ["x-a", "x-b"].map(|name| ("Access-Control-Request-Headers", name));
        let asks = request("OPTIONS", "/echo", &[("Origin", GOOD), ("Access-Control-Request-Method", "PUT"), names[0], names[1]]);
        let _begins_to_count = asks.clone();
        assert_eq!(count(layer.layer(Prepared(None)), asks), 3, "{name}");
    }
}
