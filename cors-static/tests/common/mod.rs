//! What the tests of all adapters share: the probe policies as a static, and the request table put through a running server.
#![allow(dead_code, reason = "each test uses a part of it")]

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::thread;

use axum::Router;
use cors_gen::{Storage, compile};
use cors_static::PolicySet;
use cors_static::swap::{Options, Shared, Source};
use cors_testbed::http::{Request, Response, send};
use cors_testbed::judge::{self, QUERIES, judge};
use cors_testbed::requests::{self, Case, Expect};

pub(crate) use cors_testbed::scenarios::GOOD;

/// The policies of the request table. What a program has from the macro, a test has from the compiler, for as long as it runs.
pub(crate) fn policies() -> &'static PolicySet<'static> {
    let source = Box::leak(Box::new(Source::new("probe.yaml", requests::POLICY)));
    let compilation = Box::leak(Box::new(compile(source, &Options::default())));
    let storage = Box::leak(Box::new(Storage::new(compilation.sound().expect("the probe policy is sound"))));
    let policies = storage.policies().leak();
    Box::leak(Box::new(storage.set(policies)))
}

/// The same, as policies that can be exchanged.
pub(crate) fn shared() -> Shared {
    Shared::compile(Source::new("probe.yaml", requests::POLICY), &Options::default()).expect("the probe policy is sound")
}

/// Serves an axum router until the test ends.
pub(crate) fn serve_axum(app: Router) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    listener.set_nonblocking(true).expect("a socket");
    let addr = listener.local_addr().expect("an address");
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async { axum::serve(tokio::net::TcpListener::from_std(listener).expect("a listener"), app).await })
    });
    addr
}

/// Every case of the table with every query.
pub(crate) fn put_through(server: &str, addr: SocketAddr, read: impl Fn(Case) -> Option<Case>) {
    for case in requests::table().into_iter().filter_map(read) {
        // Nothing that follows a fragment in the path is a query.
        let queries = if path(&case).contains('#') { &QUERIES[..1] } else { &QUERIES[..] };
        for query in queries {
            let response = send(addr, &judge::request(&case, query)).unwrap_or_else(|error| panic!("{server}: {case:?}: {error}"));
            judge(server, &case, query, &response, response.header_values("x-upstream").len());
        }
    }
}

/// hyper and actix-web cut a target at its `#` before anything sees it, the router included. So nobody reads such a path in two ways,
/// and it has the policy of what is left.
pub(crate) fn cut_at_fragment(mut case: Case) -> Option<Case> {
    if path(&case).contains('#') {
        assert_eq!(case.expect, Expect::NoPolicy, "{case:?}");
        case.expect = if case.headers.is_empty() { Expect::Granted("api") } else { Expect::Preflight("api") };
    }
    Some(case)
}

fn path(case: &Case) -> &str {
    case.target.split('?').next().unwrap_or_default()
}

pub(crate) fn get(addr: SocketAddr, target: &str) -> Response {
    get_from(addr, target, GOOD)
}

pub(crate) fn get_from(addr: SocketAddr, target: &str, origin: &str) -> Response {
    send(addr, &Request::new("GET", target).header("Origin", origin)).unwrap_or_else(|error| panic!("{target}: {error}"))
}

pub(crate) fn preflight(addr: SocketAddr, target: &str, origin: &str) -> Response {
    let request = Request::new("OPTIONS", target).header("Origin", origin).header("Access-Control-Request-Method", "PUT");
    send(addr, &request).unwrap_or_else(|error| panic!("{target}: {error}"))
}

/// What a preflight asks for on two lines is asked for by one value, in which `authorization` counts wherever it stands.
pub(crate) fn assert_lines_are_one_value(addr: SocketAddr) {
    let check = |target: &str, lines: [&str; 2], expected: &[&str]| {
        let request = Request::new("OPTIONS", target).header("Origin", GOOD).header("Access-Control-Request-Method", "PUT");
        let request = lines.iter().fold(request, |request, line| request.header("Access-Control-Request-Headers", line));
        let response = send(addr, &request).unwrap_or_else(|error| panic!("{target}: {error}"));
        assert_eq!((response.status, &response.header_values("access-control-allow-headers")[..]), (204, expected), "{target} {lines:?}");
    };
    check("/echo", ["x-a", "x-b,x-c"], &["x-a, x-b,x-c"]);
    check("/echo", ["x-a", "x-b,authorization"], &[]);
    check("/echo-all", ["x-a", "x-b,authorization"], &["x-a, x-b,authorization"]);
}

/// What a script of an allowed origin finds on a response that it may read under the policy `api`.
pub(crate) fn assert_readable(response: &Response, status: u16) {
    assert_eq!(response.status, status, "{response:#?}");
    assert_eq!(response.header_values("access-control-allow-origin"), [GOOD], "{response:#?}");
    assert_eq!(response.header_values("access-control-allow-credentials"), ["true"], "{response:#?}");
    assert_eq!(judge::vary(response.header_values("vary").into_iter()).iter().filter(|name| *name == "origin").count(), 1, "{response:#?}");
}
