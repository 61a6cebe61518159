//! The program, as it runs: every answer is the one that its `cors.yaml` says.

use cors_testbed::application::Application;
use cors_testbed::http::{Request, send};
use cors_testbed::sweep::sweep_application;

const PROGRAM: &str = env!("CARGO_BIN_EXE_cors-example-actix-web");

#[test]
fn the_program_answers_as_its_policy_says() {
    sweep_application("actix-web", PROGRAM, &[], (include_str!("../cors.yaml"), None), &["/forms/8", "/forms/x"]).assert_all_kinds();
}

#[test]
fn the_dashboard_reads_errors_and_asks_for_methods() {
    let application = Application::start(PROGRAM, &[]).expect("the program starts");
    for (method, path, token, status) in [
        ("GET", "/forms/7", true, 200),
        ("GET", "/forms/7", false, 401),
        ("GET", "/forms/8", true, 404),
        ("GET", "/forms/x", true, 404),
        ("PUT", "/forms/7", true, 405),
        ("DELETE", "/forms/7", true, 204),
        ("OPTIONS", "/forms/7", false, 204),
    ] {
        let request = Request::new(method, path).header("Origin", "https://dashboard.example.org");
        let request = if token { request.header("Authorization", "Bearer x") } else { request };
        let response = send(application.addr(), &request).expect("an answer");
        assert_eq!(response.status, status, "{method} {path}");
        assert_eq!(response.header_values("access-control-allow-origin"), ["https://dashboard.example.org"], "{method} {path}");
        assert_eq!(response.header_values("allow").is_empty(), method != "OPTIONS" && status != 405, "{method} {path}");
    }
}
