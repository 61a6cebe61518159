//! The program, as it runs: every answer is the one that its `cors.yaml` says.

use cors_testbed::application::Application;
use cors_testbed::http::{Request, send};
use cors_testbed::sweep::sweep_application;

const PROGRAM: &str = env!("CARGO_BIN_EXE_cors-example-rocket");

#[test]
fn the_program_answers_as_its_policy_says() {
    sweep_application("Rocket", PROGRAM, &[], (include_str!("../cors.yaml"), None), &["/notes/9", "/shared/9", "/"]).assert_all_kinds();
}

#[test]
fn pages_read_errors_and_panics_and_ask_for_methods() {
    let application = Application::start(PROGRAM, &[]).expect("the program starts");
    for (method, path, status, allowed) in [
        ("GET", "/notes/1", 200, "https://notes.example"),
        ("GET", "/notes/9", 404, "https://notes.example"),
        ("PUT", "/notes/9", 409, "https://notes.example"),
        ("PATCH", "/notes/1", 404, "https://notes.example"),
        ("OPTIONS", "/notes/1", 200, "https://notes.example"),
        ("GET", "/notes/feed", 200, "https://notes.example"),
        ("GET", "/shared/9", 500, "*"),
    ] {
        let response = send(application.addr(), &Request::new(method, path).header("Origin", "https://notes.example")).expect("an answer");
        assert_eq!(response.status, status, "{method} {path}");
        assert_eq!(response.header_values("access-control-allow-origin"), [allowed], "{method} {path}");
    }
    assert!(application.errors().contains("panicked"), "a panic is told on standard error");
}
