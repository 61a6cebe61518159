//! The program, as it runs: every answer is the one that its `cors.yaml` says, in either profile.

use cors_testbed::application::Application;
use cors_testbed::http::{Request, send};
use cors_testbed::sweep::sweep_application;

const PROGRAM: &str = env!("CARGO_BIN_EXE_cors-example-hyper");
const POLICY: &str = include_str!("../cors.yaml");
const ROUTES: [&str; 2] = ["/numbers/yesterday", "/numbers/tomorrow"];

#[test]
fn the_program_answers_as_its_policy_says() {
    sweep_application("hyper", PROGRAM, &[], (POLICY, None), &ROUTES).assert_all_kinds();
}

#[test]
fn for_developers_it_answers_as_their_profile_says() {
    sweep_application("hyper", PROGRAM, &["dev"], (POLICY, Some("dev")), &ROUTES).assert_all_kinds();
}

#[test]
fn editors_read_errors_and_panics_and_ask_for_methods() {
    let application = Application::start(PROGRAM, &[]).expect("the program starts");
    for (method, path, status) in [
        ("GET", "/numbers/today", 200),
        ("GET", "/numbers/yesterday", 404),
        ("GET", "/numbers/tomorrow", 500),
        ("DELETE", "/numbers/today", 404),
        ("OPTIONS", "/numbers/today", 200),
    ] {
        let response = send(application.addr(), &Request::new(method, path).header("Origin", "https://desk.example:8443")).expect("an answer");
        assert_eq!(response.status, status, "{method} {path}");
        assert_eq!(response.header_values("access-control-allow-origin"), ["https://desk.example:8443"], "{method} {path}");
    }
}
