//! The middleware in a server of actix-web: the request table, and the errors of other middleware.
#![allow(clippy::expect_used, reason = "a fixture that does not work is a failed test")]

mod common;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::thread;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::ErrorUnauthorized;
use actix_web::middleware::{Next, from_fn};
use actix_web::{App, Error, HttpRequest, HttpResponse, HttpServer, http::StatusCode, web};
use cors_static::actix::Cors;
use cors_testbed::upstream::Asked;

use common::{assert_lines_are_one_value, assert_readable, cut_at_fragment, get, get_from, policies, preflight, put_through, shared};

async fn answer(request: HttpRequest) -> HttpResponse {
    let asked = Asked::by(request.query_string());
    let mut response = HttpResponse::build(StatusCode::from_u16(asked.status).expect("a status"));
    for header in asked.headers {
        response.append_header(header);
    }
    response.body(asked.body)
}

/// Fails where the query says so, before the service is asked.
async fn gate(request: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse<BoxBody>, Error> {
    if request.query_string() == "gate" { Err(ErrorUnauthorized("no")) } else { next.call(request).await }
}

/// Looks at the response of an error, as middleware does that logs, and passes the error on.
async fn look(request: ServiceRequest, next: Next<impl MessageBody>) -> Result<ServiceResponse<impl MessageBody>, Error> {
    next.call(request).await.inspect_err(|error| assert_eq!(error.error_response().status(), error.as_response_error().status_code()))
}

/// Serves until the test ends.
fn serve(cors: Cors) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let addr = listener.local_addr().expect("an address");
    thread::spawn(move || {
        let app = move || App::new().wrap(from_fn(gate)).wrap(cors.clone()).wrap(from_fn(look)).default_service(web::to(answer));
        let server = HttpServer::new(app).workers(1).disable_signals().listen(listener).expect("a listener");
        actix_web::rt::System::new().block_on(server.run())
    });
    addr
}

#[test]
fn actix_answers_every_request_of_the_table() {
    let addr = serve(Cors::new(policies()));
    put_through("actix-web", addr, cut_at_fragment);
    assert_lines_are_one_value(addr);
}

#[test]
fn errors_of_inner_middleware_are_readable() {
    let addr = serve(Cors::watching(&shared()));
    assert_readable(&get(addr, "/api/items?gate"), 401);
    assert_eq!(get(addr, "/nothing?gate").header_values("access-control-allow-origin"), [""; 0]);
    assert_readable(&preflight(addr, "/api/items?gate", common::GOOD), 204);
}

#[test]
fn a_predicate_is_asked_for_its_policy_only() {
    let addr = serve(Cors::new(policies()).allow_origin_if("api", |origin| origin == b"https://customer.example"));
    assert_eq!(get_from(addr, "/api/x", "https://customer.example").header_values("access-control-allow-origin"), ["https://customer.example"]);
    assert_eq!(preflight(addr, "/api/x", "https://customer.example").status, 204);
    assert_eq!(preflight(addr, "/echo", "https://customer.example").status, 403);
    assert_eq!(preflight(addr, "/api/x", "https://customer.example.evil.io").status, 403);
}
