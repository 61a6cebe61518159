//! Any policy that compiles, with every legal character in its words, on the real programs: it is accepted, and says what the decision says.
#![allow(clippy::expect_used, reason = "a fixture that does not work is a failed test")]

#[path = "property/driver.rs"]
mod driver;
#[path = "property/frameworks.rs"]
mod frameworks;
#[path = "property/tower_http.rs"]
mod tower_http;
#[path = "property/traefik.rs"]
mod traefik;

use cors_testbed::apache::Apache;
use cors_testbed::caddy::Caddy;
use cors_testbed::envoy::Envoy;
use cors_testbed::express::Express;
use cors_testbed::haproxy::Haproxy;
use cors_testbed::nginx::Nginx;
use cors_testbed::program::boxed;
use cors_testbed::spring::Spring;

use driver::agree;

#[test]
#[ignore = "live: needs Apache httpd; ./test runs it"]
fn any_policy_says_on_apache_what_the_decision_says() {
    agree("apache", &boxed(Apache::installed()), 1);
}

#[test]
#[ignore = "live: needs Caddy; ./test runs it"]
fn any_policy_says_on_caddy_what_the_decision_says() {
    agree("caddy", &boxed(Caddy::installed()), 2);
}

#[test]
#[ignore = "live: needs Envoy; ./test runs it"]
fn any_policy_says_on_envoy_what_the_decision_says() {
    agree("envoy", &boxed(Envoy::installed()), 1);
}

/// The newest alone: each policy is a process that takes its time to start.
#[test]
#[ignore = "live: needs Express; ./test runs it"]
fn any_policy_says_on_express_what_the_decision_says() {
    agree("express", &boxed(Express::installed().into_iter().take(1).collect()), 1);
}

#[test]
#[ignore = "live: needs HAProxy; ./test runs it"]
fn any_policy_says_on_haproxy_what_the_decision_says() {
    agree("haproxy", &boxed(Haproxy::installed()), 2);
}

#[test]
#[ignore = "live: needs nginx; ./test runs it"]
fn any_policy_says_on_nginx_what_the_decision_says() {
    agree("nginx", &boxed(Nginx::installed()), 2);
}

#[test]
#[ignore = "live: needs Django, FastAPI and Flask; ./test runs it"]
fn any_policy_means_in_python_what_the_decision_says() {
    frameworks::agree();
}

#[test]
#[ignore = "live: needs Django, FastAPI and Flask; ./test runs it"]
fn any_policies_by_path_say_in_python_what_the_decision_says() {
    frameworks::agree_by_path();
}

#[test]
#[ignore = "live: needs Spring and Java; ./test runs it"]
fn any_policy_says_on_spring_what_the_decision_says() {
    agree("spring", &boxed(Spring::installed().into_iter().map(Spring::with_a_servlet).collect()), 1);
}

#[test]
#[ignore = "live: builds a program with tower-http; ./test runs it"]
fn any_policy_means_with_tower_http_what_the_decision_says() {
    tower_http::agree();
}

#[test]
#[ignore = "live: needs Traefik; ./test runs it"]
fn any_policy_means_to_a_middleware_of_traefik_what_the_decision_says() {
    traefik::middlewares();
}

#[test]
#[ignore = "live: needs Traefik; ./test runs it"]
fn any_policy_says_on_traefik_what_the_decision_says() {
    traefik::routers();
}
