//! Every target on every real program that is installed: the request table, and a browser's verdicts.
//!
//! What came of it stands beside each target, and in the reference. If it is as it should be: UPDATE=1 ./test
#![cfg(feature = "cli")]
#![allow(clippy::expect_used, reason = "a fixture that does not work is a failed test")]

#[path = "conformance/driver.rs"]
mod driver;
#[path = "conformance/frameworks.rs"]
mod frameworks;
#[path = "conformance/part.rs"]
mod part;
#[path = "conformance/reduced.rs"]
mod reduced;
#[path = "conformance/traefik.rs"]
mod traefik;

use cors_testbed::apache::Apache;
use cors_testbed::caddy::Caddy;
use cors_testbed::envoy::Envoy;
use cors_testbed::express::Express;
use cors_testbed::haproxy::Haproxy;
use cors_testbed::nginx::Nginx;
use cors_testbed::program::boxed;
use cors_testbed::python::{Framework, PythonSite};
use cors_testbed::spring::Spring;
use cors_testbed::tower_http::TowerHttp;
use cors_testbed::traefik::Traefik;

use driver::{Subject, conform};

#[test]
#[ignore = "live: needs Apache httpd; ./test runs it"]
fn apache() {
    conform(&Subject::new("apache", boxed(Apache::installed()), 1).differing(|case, response| match response.status {
        400 | 404 if case.target.contains(['#', '%']) => Some("requests that Apache answers before it looks at the configuration"),
        _ => None,
    }));
}

#[test]
#[ignore = "live: needs Caddy; ./test runs it"]
fn caddy() {
    conform(&Subject::new("caddy", boxed(Caddy::installed()), 2));
}

#[test]
#[ignore = "live: needs Envoy; ./test runs it"]
fn envoy() {
    conform(&Subject::new("envoy", boxed(Envoy::installed()), 1).differing(|case, response| match response.status {
        400 if case.target.contains('#') => Some("requests that Envoy refuses to read"),
        _ => None,
    }));
}

#[test]
#[ignore = "live: needs Django; ./test runs it"]
fn django() {
    framework(Framework::Django, "django", frameworks::DJANGO, None);
}

#[test]
#[ignore = "live: needs Express; ./test runs it"]
fn express() {
    conform(&Subject::new("express", boxed(Express::installed()), 2));
}

#[test]
#[ignore = "live: needs FastAPI; ./test runs it"]
fn fastapi() {
    framework(Framework::FastApi, "fastapi", frameworks::FASTAPI, Some("options: several `Origin` lines"));
}

#[test]
#[ignore = "live: needs Flask; ./test runs it"]
fn flask() {
    framework(Framework::Flask, "flask", frameworks::FLASK, None);
}

#[test]
#[ignore = "live: needs HAProxy; ./test runs it"]
fn haproxy() {
    conform(&Subject::new("haproxy", boxed(Haproxy::installed()), 2).differing(|case, response| match response.status {
        400 if case.target.contains('#') => Some("requests that HAProxy refuses to read"),
        _ => None,
    }));
}

#[test]
#[ignore = "live: needs nginx; ./test runs it"]
fn nginx() {
    conform(&Subject::new("nginx", boxed(Nginx::installed()), 2).differing(|case, _| match case.row {
        "several `Origin` lines, and long ones" if case.origins.len() > 1 => Some("several `Origin` lines"),
        _ => None,
    }));
}

#[test]
#[ignore = "live: needs Spring and Java; ./test runs it"]
fn spring() {
    let springs = Spring::installed().into_iter().chain(Spring::installed().into_iter().map(Spring::with_a_servlet)).collect();
    conform(&Subject::new("spring", boxed(springs), 2).differing(|case, response| match response.status {
        400 if case.target.contains(['#', '%', '\\']) => Some("requests that Tomcat refuses to read"),
        _ if case.method == "OPTIONS" && response.header_values("x-upstream").is_empty() => Some("preflights that are passed on"),
        _ => None,
    }));
}

#[test]
#[ignore = "live: builds a program with tower-http; ./test runs it"]
fn tower_http() {
    let first_origin_counts = Some("several `Origin` lines");
    let programs = boxed(vec![TowerHttp]);
    let subject = reduced::Subject { target: "tower-http", programs, differences: frameworks::TOWER_HTTP, first_origin_counts, decides_all_else: false };
    driver::record("tower-http", &reduced::results(&subject));
}

#[test]
#[ignore = "live: needs Traefik; ./test runs it"]
fn traefik() {
    let subject = Subject::new("traefik", boxed(Traefik::installed()), 1).without(&["echo", "echo-all"]).rewriting(traefik::rewritten, "spellings of a path");
    conform(&subject.differing(|case, _| match case.row {
        "several `Origin` lines, and long ones" if case.origins.len() > 1 => Some("several `Origin` lines"),
        _ => None,
    }));
}

#[test]
#[ignore = "live: needs Traefik; ./test runs it"]
fn traefik_middleware() {
    let programs = boxed(Traefik::installed());
    let first_origin_counts = Some("several `Origin` lines");
    let subject = reduced::Subject { target: "traefik-middleware", programs, differences: traefik::DIFFERENCES, first_origin_counts, decides_all_else: false };
    driver::record("traefik-middleware", &reduced::results(&subject));
}

/// The request table, which the options of no library can hold, and policies for whole applications.
fn framework(framework: Framework, target: &'static str, differences: &'static [reduced::Difference], first_origin_counts: Option<&'static str>) {
    let servers = if framework == Framework::Django { vec![framework, Framework::DjangoUvicorn] } else { vec![framework] };
    let programs: Vec<PythonSite> = servers.iter().flat_map(|server| server.installed()).collect();
    let by_path = driver::results(&Subject::new(target, boxed(programs), servers.len()));
    let programs = boxed(framework.installed());
    let everywhere = reduced::results(&reduced::Subject { target, programs, differences, first_origin_counts, decides_all_else: true });
    driver::record(target, &format!("{by_path}\n{everywhere}"));
}
