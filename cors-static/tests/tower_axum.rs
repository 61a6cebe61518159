//! The tower layer around an axum router: the request table, panics, and what other layers answer.
#![allow(clippy::expect_used, reason = "a fixture that does not work is a failed test")]

mod common;

use axum::Router;
use axum::body::Body;
use axum::http::{Response, Uri};
use axum::routing::get;
use cors_static::tower::CorsLayer;
use cors_testbed::upstream::Asked;
use tower_http::catch_panic::CatchPanicLayer;

use common::{assert_lines_are_one_value, assert_readable, cut_at_fragment, policies, preflight, put_through, serve_axum, shared};

async fn answer(uri: Uri) -> Response<Body> {
    let asked = Asked::by(uri.query().unwrap_or_default());
    let builder = Response::builder().status(asked.status);
    let builder = asked.headers.into_iter().fold(builder, |builder, (name, value)| builder.header(name, value));
    builder.body(Body::from(asked.body)).expect("the upstream's answers are valid")
}

#[test]
fn axum_answers_every_request_of_the_table() {
    let addr = serve_axum(Router::new().fallback(answer).layer(CorsLayer::new(policies())));
    put_through("axum", addr, cut_at_fragment);
    assert_lines_are_one_value(addr);
}

#[test]
fn policies_that_can_be_exchanged_answer_the_same() {
    let addr = serve_axum(Router::new().fallback(answer).layer(CorsLayer::watching(&shared())));
    put_through("axum, shared policies", addr, cut_at_fragment);
}

#[test]
fn what_axum_answers_itself_and_panics_are_readable() {
    let panics = get(|| async {
        assert!(policies().policies.is_empty(), "the panic that this test is about");
    });
    let app = Router::new().route("/api/panic", panics).route("/api/get", get(|| async { "got" }));
    let addr = serve_axum(app.layer(CatchPanicLayer::new()).layer(CorsLayer::new(policies())));
    assert_readable(&common::get(addr, "/api/panic"), 500);
    assert_readable(&common::get(addr, "/api/get"), 200);
    assert_readable(&common::get(addr, "/api/absent"), 404);
    // axum itself knows no OPTIONS for these routes.
    for target in ["/api/panic", "/api/get", "/api/absent"] {
        assert_readable(&preflight(addr, target, common::GOOD), 204);
        assert_eq!(preflight(addr, target, "https://evil.io").status, 403);
    }
}
