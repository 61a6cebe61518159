//! What users do with the generated files, in each web framework under a real server.
#![allow(clippy::expect_used, reason = "a fixture that does not work is a failed test")]

#[path = "frameworks/by_path.rs"]
mod by_path;

use cors_gen::targets;
use cors_testbed::generated::generate_or_say;
use cors_testbed::http::{Request, Response};
use cors_testbed::judge::vary;
use cors_testbed::program::Site;
use cors_testbed::python::Framework;
use cors_testbed::scenarios::{GOOD, preflight, readable};

const FRAMEWORKS: [(Framework, &str); 3] = [(Framework::Django, "django"), (Framework::FastApi, "fastapi"), (Framework::Flask, "flask")];

fn file_of(target: &str) -> &'static str {
    targets::find(target).expect("a target").files[0].file
}

fn start(framework: Framework, files: &[(&str, &str)]) -> Site {
    let [program] = &framework.installed()[..] else { panic!("{framework:?} must be installed: run ./test") };
    let site = Site::start(program, files).unwrap_or_else(|error| panic!("{framework:?}: {error}"));
    cors_testbed::program::Program::check(program, site.server.dir()).unwrap_or_else(|error| panic!("{framework:?}: {error}"));
    site
}

fn send(site: &Site, request: &Request) -> Response {
    site.ask(request).unwrap_or_else(|error| panic!("{request:?}: {error}\n{}", site.server.error_log())).0
}

const POLICY: &str = "version: 1
policies:
  default:
    allow_origins: [https://app.example.org]
    allow_methods: [PUT, DELETE]
    allow_headers: [Accept, Accept-Language, Content-Language, Content-Type]
    expose_headers: [X-Upstream]
    allow_credentials: true
";

/// Errors of the framework, of its libraries, and those that nobody handles.
#[test]
#[ignore = "live: needs Django, FastAPI and Flask; ./test runs it"]
fn errors_are_readable() {
    let of = |framework| -> &[(&str, &str, u16)] {
        match framework {
            Framework::Django | Framework::DjangoUvicorn | Framework::DjangoRunserver => &[
                ("GET", "/errors/400", 400),
                ("GET", "/errors/403", 403),
                ("GET", "/errors/404", 404),
                ("GET", "/errors", 404),
                ("GET", "/slash", 301),
                ("GET", "/rest", 200),
                ("PUT", "/rest", 401),
                ("DELETE", "/rest", 405),
                ("GET", "/?raise=1", 500),
            ],
            Framework::FastApi => &[("GET", "/errors/401", 401), ("GET", "/errors/503", 503), ("GET", "/errors/letters", 422), ("GET", "/?raise=1", 500)],
            Framework::Flask | Framework::FlaskRun => &[
                ("GET", "/errors/401", 401),
                ("GET", "/errors/404", 404),
                ("GET", "/errors/503", 503),
                ("GET", "/slash", 308),
                ("PATCH", "/upload", 200),
                ("POST", "/upload", 413),
                ("GET", "/?raise=1", 500),
            ],
        }
    };
    let policies = [POLICY.to_owned(), by_path::policies()];
    let programs = FRAMEWORKS.into_iter().chain([(Framework::DjangoUvicorn, "django")]);
    for ((framework, target), policy) in programs.flat_map(|program| policies.iter().map(move |policy| (program, policy))) {
        let text = generate_or_say(target, policy).expect("the policy can be said");
        let site = start(framework, &[(file_of(target), &text)]);
        for (method, path, status) in of(framework) {
            let context = format!("{target}: {method} {path}");
            let request = Request::new(method, path).header("Origin", GOOD);
            let request = if *status == 413 { request.header("Content-Length", "5") } else { request };
            let response = send(&site, &request);
            assert_eq!(response.status, *status, "{context}: {response:#?}");
            readable(&response, &context);
            let refused = send(&site, &Request::new(method, path).header("Origin", "https://evil.test"));
            assert!(refused.header_values("access-control-allow-origin").is_empty(), "{context}: {refused:#?}");
            // Where Flask answers a preflight it has a route, and a redirect is none.
            if *status != 308 || policy != POLICY {
                readable(&send(&site, &preflight(path, GOOD)), &context);
            }
        }
    }
}

/// As the reference says: with `add_middleware` an unhandled error is not readable, wrapped it is.
#[test]
#[ignore = "live: needs FastAPI; ./test runs it"]
fn the_options_can_be_given_to_add_middleware_too() {
    let text = generate_or_say("fastapi", POLICY).expect("the policy can be said");
    let main = "from cors_policy import CORS, CORSMiddleware\nfrom fastapi import FastAPI\n\napplication = FastAPI()
application.add_middleware(CORSMiddleware, **CORS)\n\n\n@application.get('/{path:path}')\nasync def answer(path: str):\n    return {'length': len(path) / len(path)}\n";
    let site = start(Framework::FastApi, &[("cors_policy.py", &text), ("main.py", main)]);
    readable(&send(&site, &Request::new("GET", "/x").header("Origin", GOOD)), "add_middleware");
    let unhandled = send(&site, &Request::new("GET", "/").header("Origin", GOOD));
    assert_eq!((unhandled.status, unhandled.header_values("access-control-allow-origin")), (500, vec![]));
}

/// Two mounted applications, each with the file of its own policy.
#[test]
#[ignore = "live: needs FastAPI; ./test runs it"]
fn each_mounted_application_has_a_policy_of_its_own() {
    let other = "https://other.example.net";
    let one = generate_or_say("fastapi", POLICY).expect("the policy can be said");
    let two = generate_or_say("fastapi", &POLICY.replace(GOOD, other)).expect("the policy can be said");
    let main = "import one\nimport two\nfrom asked import asked\nfrom fastapi import FastAPI\n\n\nasync def answer():\n    return {}\n\n
first, second, application = FastAPI(), FastAPI(), FastAPI()\nfirst.get('/x')(answer)\nsecond.get('/x')(answer)\napplication.get('/x')(answer)
application.mount('/one', one.cors(first))\napplication.mount('/two', two.cors(second))\n";
    let site = start(Framework::FastApi, &[("one.py", &one), ("two.py", &two), ("main.py", main)]);
    for (path, allowed) in [("/one/x", Some(GOOD)), ("/one/nothing", Some(GOOD)), ("/two/x", Some(other)), ("/x", None)] {
        for origin in [GOOD, other] {
            let response = send(&site, &Request::new("GET", path).header("Origin", origin));
            let wanted: Vec<&str> = allowed.into_iter().filter(|allowed| *allowed == origin).collect();
            assert_eq!(response.header_values("access-control-allow-origin"), wanted, "{path} {origin}");
        }
    }
}

/// What Flask code may have said before, in its configuration or in a view, does not count.
#[test]
#[ignore = "live: needs Flask; ./test runs it"]
fn other_settings_of_flask_cors_do_not_count() {
    let text = generate_or_say("flask", POLICY).expect("the policy can be said");
    let main = "from cors_policy import cors\nfrom flask import Flask\n\napplication = Flask(__name__)
application.config.update(CORS_ORIGINS='*', CORS_ALWAYS_SEND=True, CORS_SEND_WILDCARD=True, CORS_METHODS=['PURGE'], CORS_MAX_AGE=5, CORS_RESOURCES='/none')\n
@application.route('/')\ndef answer():\n    return '', {'Access-Control-Allow-Origin': '*', 'Access-Control-Max-Age': '7', 'Vary': 'Cookie'}\n\n
cors(application)\n";
    let site = start(Framework::Flask, &[("cors_policy.py", &text), ("main.py", main)]);
    let response = send(&site, &Request::new("GET", "/").header("Origin", GOOD));
    readable(&response, "the view's own headers are replaced");
    assert_eq!(vary(response.header_values("vary").into_iter()), ["cookie", "origin"]);
    let preflight = send(&site, &Request::new("OPTIONS", "/").header("Origin", GOOD).header("Access-Control-Request-Method", "PUT"));
    assert_eq!(preflight.header_values("access-control-allow-methods"), ["PUT, DELETE, GET, HEAD, POST"]);
    for response in [response, preflight, send(&site, &Request::new("GET", "/")), send(&site, &Request::new("GET", "/").header("Origin", "https://evil.test"))]
    {
        assert!(response.header_values("access-control-max-age").is_empty(), "{response:#?}");
        assert!(!response.header_values("access-control-allow-origin").contains(&"*"), "{response:#?}");
    }
}

/// A list that no sensible file exceeds: it is loaded in time, and the first, the last and no other are found.
#[test]
#[ignore = "live: needs Django, FastAPI and Flask; ./test runs it"]
fn long_lists_are_read() {
    let origins: Vec<String> = (0..10_000).map(|number| format!("https://t{:x}.example.com", number * 7_919 % 10_007)).collect();
    let policies = [POLICY, &by_path::policies()].map(|policy| policy.replace(GOOD, &origins.join(", ")));
    for ((framework, target), policy) in FRAMEWORKS.iter().flat_map(|framework| policies.iter().map(move |policy| (*framework, policy))) {
        let text = generate_or_say(target, policy).expect("the policy can be said");
        let site = start(framework, &[(file_of(target), &text)]);
        let granted = |origin: &str| send(&site, &Request::new("GET", "/").header("Origin", origin)).header_values("access-control-allow-origin") == [origin];
        assert!(origins.iter().step_by(997).chain(origins.last()).all(|origin| granted(origin)), "{target}");
        assert!(["https://t.example.com", "https://t1x.example.com", "https://t1.example.com.evil.test"].iter().all(|origin| !granted(origin)), "{target}");
    }
}

/// Only what is for every path anyway, and what the library says as the policy does, is options; all else is policies for a middleware.
#[test]
fn what_a_library_cannot_say_is_said_by_a_middleware() {
    let policy = |lines: &str| format!("version: 1\npolicies:\n  default:\n    allow_origins: [https://a.example]\n    {}\n", lines.replace('\n', "\n    "));
    let safelisted = "Accept, Accept-Language, Content-Language, Content-Type";
    let any_header = "allow_headers: ['*']\nallow_credentials: true\nlints: { wildcard-headers-without-authorization: allow }";
    let all = ["django", "fastapi", "flask"];
    let cases: [(String, &[&str]); 9] = [
        (policy(&format!("allow_headers: [{safelisted}]")), &all),
        (policy(&format!("allow_headers: [{safelisted}]\npaths: [/api/**]")), &[]),
        (policy(&format!("allow_headers: [{safelisted}]")) + "  other:\n    paths: [/other]\n    allow_origins: '*'\n", &[]),
        (policy("allow_headers: [content-type, accept]"), &["django", "flask"]),
        (policy("max_age: 0"), &["flask"]),
        (policy(any_header), &["flask"]),
        (policy("allow_methods: [GET, '*']\nallow_credentials: true"), &[]),
        (policy(&format!("allow_headers: [{safelisted}]\nallow_methods: '*'")), &["django"]),
        (policy("allow_methods: [GET, Purge]"), &["django"]),
    ];
    for (target, (policy, with_options)) in all.iter().flat_map(|target| cases.iter().map(move |case| (target, case))) {
        let text = generate_or_say(target, policy).expect("the policy can be said");
        assert_eq!(!text.contains("def decide("), with_options.contains(target), "{target}: {policy}\n{text}");
        assert_eq!(text.contains("AMBIGUOUS"), policy.contains("paths:"), "{target}: {policy}\n{text}");
    }
}

#[test]
fn a_regex_that_could_occupy_python_is_refused_at_its_place() {
    let hostile = POLICY.replace(GOOD, r"{ regex: 'https://([a-z]+)+\.example\.com' }");
    for (_, target) in FRAMEWORKS {
        for policy in [hostile.clone(), hostile.replace("allow_methods", "paths: [/api/**]\n    allow_methods")] {
            let refusals = generate_or_say(target, &policy).expect_err(&policy);
            assert!(refusals.len() == 1 && refusals[0].contains("Python cannot match this regex in bounded time"), "{refusals:?}");
        }
    }
}
