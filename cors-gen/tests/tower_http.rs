//! What users do with the generated module, in an application that is built as theirs are.
#![allow(clippy::expect_used, reason = "a fixture that does not work is a failed test")]

use std::fmt::Write;

use cors_testbed::generated::generate_or_say;
use cors_testbed::http::{Request, Response};
use cors_testbed::program::Site;
use cors_testbed::scenarios::{GOOD, OTHER, WITH_CREDENTIALS, get, preflight, readable};
use cors_testbed::tower_http::TowerHttp;

/// What is generated for a policy, or why nothing is.
fn generate(policy: &str) -> Result<String, Vec<String>> {
    generate_or_say("tower-http", policy)
}

fn start(files: &[(&str, &str)]) -> Site {
    Site::start(&TowerHttp, files).unwrap_or_else(|error| panic!("{error}"))
}

fn send(site: &Site, request: &Request) -> Response {
    site.ask(request).unwrap_or_else(|error| panic!("{request:?}: {error}\n{}", site.server.error_log())).0
}

/// Errors of the framework, panics, and a nested router with a layer of its own.
#[test]
#[ignore = "live: builds a program with tower-http; ./test runs it"]
fn errors_are_readable_and_a_nested_router_has_a_policy_of_its_own() {
    let policy = generate(WITH_CREDENTIALS).expect("the policy can be said");
    let pictures = generate(&format!("version: 1\npolicies:\n  pictures:\n    allow_origins: [{OTHER}]\n")).expect("the policy can be said");
    let site = start(&[("main.rs", include_str!("tower_http/application.rs")), ("cors_policy.rs", &policy), ("pictures_policy.rs", &pictures)]);
    for (method, path, status) in
        [("GET", "/items", 200), ("PUT", "/items", 200), ("POST", "/items", 405), ("GET", "/nothing", 404), ("GET", "/unfinished", 500)]
    {
        let response = send(&site, &Request { method: method.to_owned(), ..get(path) });
        assert_eq!(response.status, status, "{method} {path}: {response:#?}");
        readable(&response, path);
        let answer = send(&site, &preflight(path, GOOD));
        assert_eq!(answer.status, 200, "{path}: {answer:#?}");
        readable(&answer, path);
        let refused = send(&site, &preflight(path, OTHER));
        assert_eq!(refused.header_values("access-control-allow-origin"), Vec::<&str>::new(), "{path}: {refused:#?}");
    }
    for (origin, wanted) in [(GOOD, Vec::new()), (OTHER, vec![OTHER])] {
        let response = send(&site, &Request::new("GET", "/pictures/logo").header("Origin", origin));
        assert_eq!((response.status, response.header_values("access-control-allow-origin")), (200, wanted), "{response:#?}");
    }
}

#[test]
#[ignore = "live: builds a program with tower-http; ./test runs it"]
fn each_of_many_origins_is_found() {
    // In no order, with neighbours that begin alike, and written twice.
    let origin = |index: usize| format!("https://{}.customers.example.com", index * 7_919 % 30_011);
    let mut policy = String::from("version: 1\npolicies:\n  default:\n    allow_origins:\n");
    (0..20_000).chain([5]).for_each(|index| writeln!(policy, "      - {}", origin(index)).expect("text"));
    policy.push_str("lints:\n  redundant-entry: allow\n");
    let site = start(&[("cors_policy.rs", &generate(&policy).expect("the policy can be said"))]);
    for index in (0..20_000).step_by(97).chain(19_990..20_020) {
        let response = send(&site, &Request::new("GET", "/").header("Origin", origin(index)));
        assert_eq!(response.header_values("access-control-allow-origin").len(), usize::from(index < 20_000), "{}", origin(index));
    }
}

#[test]
fn what_a_layer_cannot_say_is_refused_at_its_place() {
    for (policy, refusal) in [
        ("    paths: [/api/**]\n    allow_origins: [https://a.example]\n", "/api/**: tower-http cannot hold a policy for some paths alone"),
        (
            "    allow_origins: [https://a.example]\n    allow_credentials: true\n    allow_headers: \"*\"\nlints:\n  wildcard-headers-without-authorization: allow\n",
            "\"*\": tower-http cannot allow any header but `Authorization`",
        ),
    ] {
        assert_eq!(generate(&format!("version: 1\npolicies:\n  default:\n{policy}")), Err(vec![refusal.to_owned()]));
    }
}
