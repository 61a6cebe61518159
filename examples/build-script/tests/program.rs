//! The program, as it runs: every answer is the one that its `cors.yaml` says.

use cors_testbed::application::Application;
use cors_testbed::http::{Request, send};
use cors_testbed::sweep::sweep_application;

const PROGRAM: &str = env!("CARGO_BIN_EXE_cors-example-build-script");

#[test]
fn the_program_answers_as_its_policy_says() {
    sweep_application("the build script's program", PROGRAM, &[], (include_str!("../cors.yaml"), None), &["/maps/asia", "/"]).assert_all_kinds();
}

#[test]
fn partners_read_errors_and_ask_for_methods() {
    let application = Application::start(PROGRAM, &[]).expect("the program starts");
    for (method, key, status) in [("GET", true, 200), ("GET", false, 401), ("POST", true, 405), ("OPTIONS", false, 200)] {
        let request = Request::new(method, "/forecast/lisbon").header("Origin", "https://sail.example.com");
        let request = if key { request.header("X-Api-Key", "k") } else { request };
        let response = send(application.addr(), &request).expect("an answer");
        assert_eq!(response.status, status, "{method}");
        assert_eq!(response.header_values("access-control-allow-origin"), ["https://sail.example.com"], "{method}");
    }
}
