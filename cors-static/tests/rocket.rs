//! The fairing in a server of Rocket: the request table, catchers, panics, and the application's own OPTIONS.
#![allow(clippy::expect_used, reason = "a fixture that does not work is a failed test")]

mod common;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::mpsc;
use std::thread;

use cors_static::rocket::Cors;
use cors_testbed::http::{Request as Raw, send};
use cors_testbed::requests::Case;
use cors_testbed::upstream::Asked;
use rocket::config::{Config, LogLevel, Shutdown};
use rocket::fairing::AdHoc;
use rocket::http::{Method, Status};
use rocket::route::{Handler, Outcome, Route};
use rocket::{Data, Request, Response};

use common::{assert_lines_are_one_value, assert_readable, cut_at_fragment, get, get_from, policies, preflight, put_through, shared};

const METHODS: [Method; 7] = [Method::Get, Method::Head, Method::Post, Method::Put, Method::Patch, Method::Delete, Method::Options];

#[derive(Clone)]
struct Answer;

#[rocket::async_trait]
impl Handler for Answer {
    async fn handle<'r>(&self, request: &'r Request<'_>, _: Data<'r>) -> Outcome<'r> {
        let asked = Asked::by(request.uri().query().map_or("", |query| query.as_str()));
        let mut response = Response::build();
        response.status(Status::new(asked.status)).sized_body(asked.body.len(), std::io::Cursor::new(asked.body));
        for (name, value) in asked.headers {
            response.raw_header(name, value);
        }
        Outcome::Success(response.finalize())
    }
}

#[derive(Clone)]
struct Panic;

#[rocket::async_trait]
impl Handler for Panic {
    async fn handle<'r>(&self, _: &'r Request<'_>, _: Data<'r>) -> Outcome<'r> {
        panic!("the panic that this test is about")
    }
}

/// Serves until the test ends.
fn serve(cors: Cors, routes: Vec<Route>) -> SocketAddr {
    let shutdown = Shutdown { ctrlc: false, ..Shutdown::default() };
    let config = Config { address: Ipv4Addr::LOCALHOST.into(), port: 0, log_level: LogLevel::Off, shutdown, ..Config::debug_default() };
    let (tell, told) = mpsc::channel();
    let lift_off = AdHoc::on_liftoff("port", move |rocket| {
        Box::pin(async move {
            tell.send(SocketAddr::from((rocket.config().address, rocket.config().port))).expect("the test waits");
        })
    });
    let rocket = rocket::custom(config).attach(cors).attach(lift_off).mount("/", routes);
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(rocket.launch()).map(drop).expect("Rocket runs");
    });
    told.recv().expect("Rocket starts")
}

fn everywhere() -> Vec<Route> {
    METHODS.map(|method| Route::new(method, "/<path..>", Answer)).into()
}

/// Rocket 0.5 refuses a method that it does not know before any fairing is asked.
fn without_unknown_methods(case: Case) -> Option<Case> {
    cut_at_fragment(case).filter(|case| case.method != "PURGE")
}

#[test]
fn rocket_answers_every_request_of_the_table() {
    let addr = serve(Cors::new(policies()), everywhere());
    put_through("Rocket", addr, without_unknown_methods);
    assert_lines_are_one_value(addr);
    let unknown = send(addr, &Raw::new("PURGE", "/api/items").header("Origin", common::GOOD)).expect("an answer");
    assert_eq!((unknown.status, unknown.header_values("access-control-allow-origin").len()), (400, 0), "{unknown:#?}");
}

#[test]
fn catchers_and_panics_are_readable_and_options_is_the_applications() {
    let routes = vec![
        Route::new(Method::Get, "/api/panic", Panic),
        Route::ranked(isize::MIN + 1, Method::Options, "/api/options", Answer),
        Route::new(Method::Get, "/api/get", Answer),
    ];
    let addr = serve(Cors::watching(&shared()), routes);
    assert_readable(&get(addr, "/api/panic"), 500);
    assert_readable(&get(addr, "/api/absent"), 404);
    let options = |target| send(addr, &Raw::new("OPTIONS", target).header("Origin", common::GOOD)).expect("an answer");
    assert_readable(&options("/api/options"), 200);
    assert_eq!(options("/api/options").header_values("x-upstream"), ["seen"]);
    assert_readable(&options("/api/get"), 404);
    for target in ["/api/panic", "/api/options", "/api/get", "/api/absent"] {
        assert_readable(&preflight(addr, target, common::GOOD), 204);
        assert_eq!(preflight(addr, target, "https://evil.io").status, 403);
    }
}

#[test]
fn a_predicate_is_asked_for_its_policy_only() {
    let cors = Cors::new(policies()).allow_origin_if("api", |origin| origin == b"https://customer.example");
    let addr = serve(cors, everywhere());
    assert_eq!(get_from(addr, "/api/x", "https://customer.example").header_values("access-control-allow-origin"), ["https://customer.example"]);
    assert_eq!(preflight(addr, "/echo", "https://customer.example").status, 403);
}
