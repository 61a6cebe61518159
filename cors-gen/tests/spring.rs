//! What users do with the generated class, in a real Spring Boot.
#![allow(clippy::expect_used, reason = "a fixture that does not work is a failed test")]

use std::net::{Ipv4Addr, SocketAddr};

use cors_testbed::generated::generate_or_say;
use cors_testbed::http::{Request, Response, send, send_bytes};
use cors_testbed::judge::{CORS_HEADERS, vary};
use cors_testbed::program::Program;
use cors_testbed::requests;
use cors_testbed::scenarios::{self, GOOD, OTHER, WITH_CREDENTIALS, many_policies, many_policies_are_told_apart, readable};
use cors_testbed::server::Server;
use cors_testbed::spring::Spring;

const APPLICATION: (&str, &str) = ("Application.java", include_str!("spring/Application.java"));

/// What is generated for a policy, or why nothing is, each error with the text that it points at.
fn generate(policy: &str) -> Result<String, Vec<String>> {
    generate_or_say("spring", policy)
}

fn spring() -> Spring {
    Spring::installed().pop().expect("Spring must be installed: run ./test")
}

/// An application with the class of a policy and these files.
fn start(spring: &Spring, policy: &str, files: &[(&str, &str)]) -> Server {
    let class = generate(policy).unwrap_or_else(|refusals| panic!("{refusals:#?}"));
    let files: Vec<_> = [("CorsPolicy.java", &*class)].into_iter().chain(files.iter().copied()).collect();
    spring.start(&files, SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap_or_else(|error| panic!("{error}"))
}

fn ask(server: &Server, request: &Request) -> Response {
    send(server.addr(), request).unwrap_or_else(|error| panic!("{request:?}: {error}"))
}

fn granted(server: &Server, target: &str, origin: &str) -> bool {
    let response = ask(server, &Request::new("GET", target).header("Origin", origin));
    let allowed = response.header_values("access-control-allow-origin");
    assert!(allowed.is_empty() || allowed == [origin], "{response:#?}");
    !allowed.is_empty()
}

/// Errors of controllers, of Spring, of Spring Boot's page for them, and of a filter that stands where Spring Security does.
fn errors_are_readable(site: &Server) {
    let cases = [
        ("GET", "/api/thrown/401", 401),
        ("GET", "/api/thrown/413", 413),
        ("GET", "/api/thrown/letters", 400),
        ("GET", "/api/unhandled", 500),
        ("GET", "/api/nothing", 404),
        ("DELETE", "/api/items", 405),
        ("GET", "/api/redirect", 302),
        ("GET", "/api/later", 200),
        ("GET", "/api/reset", 200),
        ("GET", "/api/filter/401", 401),
        ("GET", "/api/filter/403", 403),
        ("GET", "/api/filter/500", 500),
    ];
    for ((method, path, status), accept) in cases.into_iter().flat_map(|case| [(case, "text/html"), (case, "*/*")]) {
        let request = |origin: &str| Request::new(method, path).header("Origin", origin).header("Accept", accept);
        let response = ask(site, &request(GOOD));
        assert_eq!(response.status, status, "{path}: {response:#?}");
        readable(&response, path);
        let refused = ask(site, &request("https://evil.test"));
        assert_eq!(refused.status, status, "{path}: {refused:#?}");
        CORS_HEADERS.iter().for_each(|name| assert_eq!(refused.header_values(name), Vec::<&str>::new(), "{path}: {refused:#?}"));
        // A preflight carries no credentials, so it is answered before anything could ask for some.
        let preflight = ask(site, &scenarios::preflight(path, GOOD));
        assert_eq!(preflight.status, 204, "{path}: {preflight:#?}");
        readable(&preflight, path);
    }
    for (content, status) in [("text/plain", 415), ("application/json", 400)] {
        let request = Request::new("POST", "/api/json").header("Origin", GOOD).header("Content-Type", content).header("Content-Length", "1");
        let response = send_bytes(site.addr(), &[&request.to_bytes(site.addr()), &b"{"[..]].concat(), false).expect("a response");
        assert_eq!(response.status, status, "{response:#?}");
        readable(&response, content);
    }
}

/// What people write by hand counts where no policy applies, and nowhere else.
fn other_settings_count_where_no_policy_applies(site: &Server) {
    for path in ["/api/annotated", "/api/mapped", "/api/reset"] {
        let response = ask(site, &scenarios::get(path));
        readable(&response, path);
        assert!(response.header_values("access-control-max-age").is_empty(), "{response:#?}");
        assert!(!granted(site, path, "https://evil.test"), "{path}");
        let preflight = ask(site, &scenarios::preflight(path, "https://evil.test"));
        assert_eq!((preflight.status, preflight.header_values("access-control-allow-origin")), (403, vec![]), "{preflight:#?}");
        assert_eq!(ask(site, &scenarios::preflight(path, GOOD)).header_values("access-control-max-age"), ["600"], "{path}");
    }
    let reset = ask(site, &scenarios::get("/api/reset"));
    assert_eq!((reset.header_values("x-own"), vary(reset.header_values("vary").into_iter())), (vec!["yes"], vec!["cookie".to_owned(), "origin".to_owned()]));
    assert!(granted(site, "/none/annotated", "https://evil.test"), "no policy, so what the controller says");
    assert_eq!(ask(site, &scenarios::preflight("/none/items", GOOD)).status, 403);
}

/// What the container refuses before any filter: nothing more is let through.
fn what_tomcat_refuses_carries_no_headers(site: &Server) {
    let long = format!("/api/items?{}", "x".repeat(9_000));
    for target in ["/api/a%2Fb", "/api/%zz", "/api/a\"b", &long] {
        let response = ask(site, &scenarios::get(target));
        assert_eq!(response.status, 400, "{response:#?}");
        CORS_HEADERS.iter().for_each(|name| assert_eq!(response.header_values(name), Vec::<&str>::new(), "{response:#?}"));
    }
}

#[test]
#[ignore = "live: needs Spring and Java; ./test runs it"]
fn an_application_stays_readable_whatever_it_does() {
    let spring = spring();
    let site = start(&spring, requests::POLICY, &[APPLICATION]);
    errors_are_readable(&site);
    other_settings_count_where_no_policy_applies(&site);
    what_tomcat_refuses_carries_no_headers(&site);
}

/// The path is the one that was received, whatever the application makes of it.
#[test]
#[ignore = "live: needs Spring and Java; ./test runs it"]
fn the_path_is_the_one_that_was_received() {
    let spring = spring();
    let policy = format!(
        "{}  internal:\n    paths: [/app/api/**]\n    allow_origins: ['{OTHER}']\n",
        WITH_CREDENTIALS.replace("    allow_credentials", "    paths: [/app/**]\n    allow_credentials")
    );
    let properties = ("application.properties", "server.servlet.context-path=/app\nserver.forward-headers-strategy=framework\n");
    // Behind the filter that gives the request another path.
    let application = APPLICATION.1.replacen("cors.setOrder(Ordered.HIGHEST_PRECEDENCE)", "cors.setOrder(Ordered.LOWEST_PRECEDENCE)", 1);
    let site = start(&spring, &policy, &[("Application.java", &application), properties]);
    for forwarded in [false, true] {
        let get = |path: &str, origin: &str| {
            let request = Request::new("GET", path).header("Origin", origin);
            ask(
                &site,
                &if forwarded {
                    request.header("X-Forwarded-Prefix", "/app/x").header("X-Forwarded-Host", "other.example.net").header("X-Forwarded-Proto", "https")
                } else {
                    request
                },
            )
        };
        for (path, origin, allowed) in
            [("/app/items", GOOD, true), ("/app/items", OTHER, false), ("/app/api/items", OTHER, true), ("/app/api/items", GOOD, false)]
        {
            let response = get(path, origin);
            assert_eq!(
                (response.status, response.header_values("access-control-allow-origin").len()),
                (200, usize::from(allowed)),
                "{path} {origin}: {response:#?}"
            );
        }
    }
}

/// The classes of two policy files, in packages of their own.
#[test]
#[ignore = "live: needs Spring and Java; ./test runs it"]
fn two_policy_files_share_an_application() {
    let spring = spring();
    let policy =
        |path: &str, origin: &str| WITH_CREDENTIALS.replace("    allow_origins", &format!("    paths: [{path}]\n    allow_origins")).replace(GOOD, origin);
    let two = generate(&policy("/two/**", OTHER)).expect("the policy can be said").replacen("package cors;", "package partners;", 1);
    let bean = "@Bean\n    FilterRegistrationBean<partners.CorsPolicy> partners() {\n        return new FilterRegistrationBean<>(new partners.CorsPolicy());\n    }\n\n    @Override";
    let application = APPLICATION.1.replacen("@Override", bean, 1);
    let site = start(&spring, &policy("/one/**", GOOD), &[("Application.java", &application), ("partners/CorsPolicy.java", &two)]);
    for (target, origin, allowed) in
        [("/one/x", GOOD, true), ("/one/x", OTHER, false), ("/two/x", OTHER, true), ("/two/x", GOOD, false), ("/three", GOOD, false)]
    {
        assert_eq!(granted(&site, target, origin), allowed, "{target} {origin}");
        let status = ask(&site, &scenarios::preflight(target, origin)).status;
        assert_eq!(status, if allowed { 204 } else { 403 }, "{target} {origin}");
    }
}

/// More than a constant or a method of Java holds: all of it is compiled, and found.
#[test]
#[ignore = "live: needs Spring and Java; ./test runs it"]
fn long_lists_are_found() {
    let spring = spring().with_a_servlet();
    let listed = |count: usize, line: &dyn Fn(usize) -> String| {
        let lines: String = (0..count).map(line).collect();
        format!("version: 1\npolicies:\n{lines}")
    };
    let origins = listed(100_000, &|index| {
        if index == 0 {
            "  default:\n    allow_origins:\n      - https://customer-0.example.org\n".to_owned()
        } else {
            format!("      - https://customer-{index}.example.org\n")
        }
    });
    let site = start(&spring, &origins, &[]);
    for (origin, allowed) in
        [("https://customer-0.example.org", true), ("https://customer-99999.example.org", true), ("https://customer-100000.example.org", false)]
    {
        assert_eq!(granted(&site, "/", origin), allowed, "{origin}");
    }
    let policies = listed(2_000, &|index| {
        format!(
            "  p{index}:\n    paths: [/p{index}/**, '/*/q{index}']\n    allow_origins: [https://only-{index}.example.net]\n    allow_headers: [X-{index}]\n"
        )
    });
    let site = start(&spring, &policies, &[]);
    for (path, index, allowed) in [
        ("/p1999/x", 1_999, true),
        ("/p1999", 1, false),
        ("/x/q1500", 1_500, true),
        ("/p40/q1500", 1_500, false),
        ("/p40/q1500", 40, true),
        ("/p2000", 0, false),
    ] {
        assert_eq!(granted(&site, path, &format!("https://only-{index}.example.net")), allowed, "{path} {index}");
    }
    let site = start(&spring, &many_policies(), &[]);
    many_policies_are_told_apart(|request| ask(&site, request));
}

/// The longest lists that are not refused, all at once.
#[test]
#[ignore = "live: needs Spring and Java; ./test runs it"]
fn the_longest_headers_are_sent() {
    let names = |first: char| (0..250).map(|index| format!("{first}-{index:08}")).collect::<Vec<_>>().join(", ");
    let lists = format!("allow_methods: [{}]\n    allow_headers: [{}]\n    expose_headers: [{}]", names('M'), names('H'), names('E'));
    let policy = format!("version: 1\npolicies:\n  default:\n    allow_origins: [https://a.example]\n    {lists}\n");
    let spring = spring().with_a_servlet();
    let site = start(&spring, &policy, &[]);
    assert!(granted(&site, "/", "https://a.example"));
    let preflight = Request::new("OPTIONS", "/").header("Origin", "https://a.example").header("Access-Control-Request-Method", "M-00000001");
    assert_eq!(ask(&site, &preflight).status, 204);
}

/// Each at its place.
#[test]
fn what_java_cannot_hold_is_refused() {
    let policy = |lines: &str| format!("version: 1\npolicies:\n  default:\n    allow_origins: [https://a.example]\n    {lines}\n");
    let names: Vec<String> = (0..6_000).map(|index| format!("X-{index:08}")).collect();
    let many: String = (0..2_001).map(|index| format!("  p{index}:\n    paths: [/p{index}]\n    allow_origins: '*'\n")).collect();
    let cases = [
        (policy("").replace("https://a.example", r"{ regex: 'https://([a-z]+)+\.example\.com' }"), "Java cannot match this regex in bounded time"),
        (policy(&format!("allow_headers: [{}]", names.join(", "))), "Spring cannot hold this list of headers: it takes 71998 bytes"),
        (policy(&format!("paths: [/{}]", "a".repeat(70_000))), "Java cannot hold this path"),
        (format!("version: 1\npolicies:\n{many}"), "p2000: Java cannot hold more than 2000 policies"),
    ];
    for (policy, wanted) in cases {
        let refusals = generate(&policy).expect_err(wanted);
        assert!(refusals.len() == 1 && refusals[0].contains(wanted), "{wanted}: {:.2000}", format!("{refusals:?}"));
    }
}
