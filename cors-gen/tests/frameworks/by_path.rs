//! Policies by path in each web framework: which path counts, whoever serves the application.

use cors_testbed::http::Request;
use cors_testbed::python::Framework;
use cors_testbed::scenarios::{GOOD, OTHER, get, preflight, readable};

use crate::{FRAMEWORKS, POLICY, file_of, generate_or_say, send, start};

/// [`POLICY`], beside a policy for other paths: a middleware decides, and no options.
pub(crate) fn policies() -> String {
    format!("{POLICY}  partners:\n    paths: [/partners/**]\n    allow_origins: [{OTHER}]\n")
}

/// A policy is for the whole path: the prefix of a mounted application is a part of it.
#[test]
#[ignore = "live: needs FastAPI; ./test runs it"]
fn a_mounted_application_has_its_whole_path() {
    let text = generate_or_say("fastapi", &policies().replace("/partners/", "/one/partners/")).expect("the policies can be said");
    let main = "from asked import asked\nfrom cors_policy import cors\nfrom fastapi import FastAPI\n\n\nasync def answer():\n    return {}\n\n
first, application = FastAPI(), FastAPI()\nfirst.get('/partners/x')(answer)\nfirst.get('/x')(answer)\napplication.mount('/one', cors(first))\n";
    let site = start(Framework::FastApi, &[("cors_policy.py", &text), ("main.py", main)]);
    for (path, allowed) in [("/one/x", GOOD), ("/one/partners/x", OTHER), ("/one/nothing", GOOD)] {
        for origin in [GOOD, OTHER] {
            let response = send(&site, &Request::new("GET", path).header("Origin", origin));
            let wanted: Vec<&str> = [allowed].into_iter().filter(|allowed| *allowed == origin).collect();
            assert_eq!(response.header_values("access-control-allow-origin"), wanted, "{path} {origin}");
        }
    }
}

/// Two files in one application: the outer one answers where it has a policy, and leaves all else to the inner one.
#[test]
#[ignore = "live: needs Flask; ./test runs it"]
fn two_files_share_one_application() {
    let one = generate_or_say("flask", &POLICY.replace("allow_origins", "paths: [/one/**]\n    allow_origins")).expect("the policy can be said");
    let two = generate_or_say("flask", &policies().replace(GOOD, OTHER)).expect("the policy can be said");
    let main = "import one\nimport two\nfrom flask import Flask\n\napplication = Flask(__name__)\ntwo.cors(application)\none.cors(application)\n";
    let site = start(Framework::Flask, &[("one.py", &one), ("two.py", &two), ("main.py", main)]);
    for (path, allowed) in [("/one/x", GOOD), ("/two", OTHER), ("/partners/x", OTHER)] {
        for origin in [GOOD, OTHER] {
            let response = send(&site, &Request::new("GET", path).header("Origin", origin));
            let wanted: Vec<&str> = [allowed].into_iter().filter(|allowed| *allowed == origin).collect();
            assert_eq!((response.status, response.header_values("access-control-allow-origin")), (404, wanted), "{path} {origin}");
            assert_eq!(send(&site, &preflight(path, origin)).status, if allowed == origin { 204 } else { 403 }, "{path} {origin}");
        }
    }
}

/// `flask run` hands on the path as received; `manage.py runserver` does not, which is said once, and nobody is let in.
#[test]
#[ignore = "live: needs Django and Flask; ./test runs it"]
fn servers_for_development() {
    let text = generate_or_say("flask", &policies()).expect("the policies can be said");
    let site = start(Framework::FlaskRun, &[("cors_policy.py", &text)]);
    readable(&send(&site, &get("/x?next=/y")), "flask run");
    assert_eq!(send(&site, &preflight("/x", GOOD)).status, 204);
    for path in ["/partners/x", "/%70artners/x"] {
        assert!(send(&site, &get(path)).header_values("access-control-allow-origin").is_empty(), "{path}");
    }

    let text = generate_or_say("django", &policies()).expect("the policies can be said");
    let site = start(Framework::DjangoRunserver, &[("cors_settings.py", &text)]);
    for request in [get("/x"), preflight("/x", GOOD), get("/partners/x")] {
        let response = send(&site, &request);
        assert_eq!((response.status, response.header_values("access-control-allow-origin")), (200, vec![]), "{request:?}");
    }
    let log = site.server.error_log();
    assert_eq!(log.matches("does not hand on the path as received").count(), 1, "{log}");
}

/// What clients send to forward proxies only.
#[test]
#[ignore = "live: needs Django, FastAPI and Flask; ./test runs it"]
fn a_whole_url_lets_nobody_in() {
    for (framework, target) in FRAMEWORKS {
        let text = generate_or_say(target, &policies()).expect("the policies can be said");
        let site = start(framework, &[(file_of(target), &text)]);
        for request in [get("http://one.example/x"), preflight("http://one.example/x", GOOD), get("http://one.example/partners/x")] {
            let response = send(&site, &request);
            assert!(response.header_values("access-control-allow-origin").is_empty(), "{target}: {request:?}\n{response:#?}");
        }
        readable(&send(&site, &get("/x")), target);
    }
}

/// Servers join several lines by commas, and a regex might take all of them for one origin.
#[test]
#[ignore = "live: needs Django, FastAPI and Flask; ./test runs it"]
fn several_origin_lines_name_no_origin() {
    let policies = policies().replace(GOOD, r"{ regex: 'https://.*\.example\.org' }") + "lints: { broad-regex: allow }\n";
    for (framework, target) in FRAMEWORKS.into_iter().chain([(Framework::DjangoUvicorn, "django")]) {
        let text = generate_or_say(target, &policies).expect("the policies can be said");
        let site = start(framework, &[(file_of(target), &text)]);
        readable(&send(&site, &get("/x")), target);
        for request in [Request::new("GET", "/x").header("Origin", "https://evil.test"), preflight("/x", "https://evil.test")] {
            let response = send(&site, &request.header("Origin", GOOD));
            assert!(response.header_values("access-control-allow-origin").is_empty(), "{framework:?}: {response:#?}");
        }
    }
}
