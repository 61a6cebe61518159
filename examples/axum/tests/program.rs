//! The program, as it runs: every answer is the one that its `cors.yaml` says.

use cors_testbed::application::Application;
use cors_testbed::http::{Request, send};
use cors_testbed::sweep::sweep_application;

const PROGRAM: &str = env!("CARGO_BIN_EXE_cors-example-axum");
const ROUTES: [&str; 5] = ["/", "/api/carts", "/api/carts/2", "/api/carts/9", "/api/carts/1/split/0"];

#[test]
fn the_program_answers_as_its_policy_says() {
    sweep_application("axum", PROGRAM, &[], (include_str!("../cors.yaml"), None), &ROUTES).assert_all_kinds();
}

#[test]
fn the_shop_reads_errors_and_panics_and_asks_for_methods() {
    let application = Application::start(PROGRAM, &[]).expect("the program starts");
    for (method, path, status) in [
        ("GET", "/api/carts/2", 200),
        ("GET", "/api/carts/9", 404),
        ("GET", "/api/carts/two", 400),
        ("PATCH", "/api/carts/2", 405),
        ("PUT", "/api/carts/9", 422),
        ("GET", "/api/carts/1/split/0", 500),
        ("GET", "/api/nothing", 404),
        ("OPTIONS", "/api/carts/2", 200),
    ] {
        let response = send(application.addr(), &Request::new(method, path).header("Origin", "https://shop.example.com")).expect("an answer");
        assert_eq!(response.status, status, "{method} {path}");
        assert_eq!(response.header_values("access-control-allow-origin"), ["https://shop.example.com"], "{method} {path}");
    }
}
