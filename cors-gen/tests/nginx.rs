//! Whatever users do to an nginx, on every real nginx at hand.
#![allow(clippy::expect_used, reason = "a fixture that does not work is a failed test")]

#[path = "nginx/large.rs"]
mod large;

use cors_testbed::generated;
use cors_testbed::http::{Request, Response, send};
use cors_testbed::nginx::{Nginx, NginxBinary, RunningNginx};
use cors_testbed::requests;
use cors_testbed::scenarios::{self, GOOD, readable};
use cors_testbed::upstream::Upstream;

const LIVE: &str = "nginx must be installed: run ./test";

/// The two generated files of a policy.
fn generate(policy: &str) -> [String; 2] {
    let texts = generated::generate("nginx", policy).unwrap_or_else(|refusals| panic!("{refusals:#?}"));
    texts.try_into().expect("two files")
}

struct Site {
    nginx: RunningNginx,
    _upstream: Upstream,
}

const PROXIED: &str = "location / { proxy_pass http://{upstream}; }";

fn start(binary: &NginxBinary, policy: &str, server: &str) -> Site {
    let [http, shared] = generate(policy);
    let upstream = Upstream::start().expect("the upstream starts");
    let files = [("cors.http.conf", http.as_str()), ("cors.server.conf", shared.as_str())];
    let server = format!("include cors.server.conf;\n{server}");
    let nginx = binary.start(&files, &server, "include cors.http.conf;", upstream.addr()).unwrap_or_else(|error| panic!("{}: {error}", binary.version));
    Site { nginx, _upstream: upstream }
}

fn binaries() -> Vec<NginxBinary> {
    let binaries = Nginx::installed();
    assert!(binaries.len() >= 2, "{LIVE}; found {binaries:?}");
    binaries
}

fn get(site: &Site, target: &str) -> Response {
    send(site.nginx.addr(), &scenarios::get(target)).unwrap_or_else(|error| panic!("{target}: {error}"))
}

fn preflight(site: &Site, target: &str) -> Response {
    send(site.nginx.addr(), &scenarios::preflight(target, GOOD)).unwrap_or_else(|error| panic!("{target}: {error}"))
}

#[test]
#[ignore = "live: needs nginx; ./test runs it"]
fn errors_that_nginx_makes_itself_are_readable() {
    let server = "
        client_max_body_size 1;
        location /api/401 { auth_basic closed; auth_basic_user_file none; proxy_pass http://{upstream}; }
        location /api/403 { deny all; }
        location /api/404 { return 404; }
        location /api/413 { proxy_pass http://{upstream}; }
        location /api/502 { proxy_pass http://127.0.0.1:1; }
        location /api/301 { return 301 /elsewhere; }
        location /api/page { error_page 404 /api/error.html; return 404; }
        location = /api/error.html { return 200 sorry; }
        location /api/named { error_page 404 @named; return 404; }
        location @named { return 418 teapot; }
        location /api/static { root .; }
        location / { proxy_pass http://{upstream}; }";
    for binary in binaries() {
        let site = start(&binary, requests::POLICY, server);
        for (target, status) in [
            ("/api/401", 401),
            ("/api/403", 403),
            ("/api/404", 404),
            ("/api/502", 502),
            ("/api/301", 301),
            ("/api/page", 404),
            ("/api/named", 404),
            ("/api/static", 404),
        ] {
            let response = get(&site, target);
            assert_eq!(response.status, status, "{target}: {response:#?}");
            readable(&response, target);
            // A preflight carries no credentials, so it is answered before anything could ask for some.
            let answer = preflight(&site, target);
            assert_eq!(answer.status, 204, "{target}: {answer:#?}");
            readable(&answer, target);
        }
        let large = Request::new("POST", "/api/413").header("Origin", GOOD).header("Content-Length", "5");
        let response = send(site.nginx.addr(), &large).expect("an answer");
        assert_eq!(response.status, 413);
        readable(&response, "413");
    }
}

/// A location with headers of its own inherits none: it includes the file again, and so does one nested in it that has its own.
#[test]
#[ignore = "live: needs nginx; ./test runs it"]
fn locations_with_headers_of_their_own_include_the_file_again() {
    let server = "
        location /api/own { add_header X-Own yes always; include cors.server.conf; proxy_pass http://{upstream}; }
        location /api/hide { proxy_hide_header X-Upstream; include cors.server.conf; proxy_pass http://{upstream}; }
        location /api/outer {
            add_header X-Own outer always; include cors.server.conf; proxy_pass http://{upstream};
            location /api/outer/plain { proxy_pass http://{upstream}; }
            location /api/outer/own { add_header X-Own inner always; include cors.server.conf; proxy_pass http://{upstream}; }
        }
        location /api/plain { location /api/plain/nested { proxy_pass http://{upstream}; } proxy_pass http://{upstream}; }
        location /api/if { if ($arg_x) { set $y 1; } proxy_pass http://{upstream}; }
        location / { proxy_pass http://{upstream}; }";
    let own = [
        ("/api/own", Some("yes")),
        ("/api/hide", None),
        ("/api/outer", Some("outer")),
        ("/api/outer/plain", Some("outer")),
        ("/api/outer/own", Some("inner")),
        ("/api/plain", None),
        ("/api/plain/nested", None),
        ("/api/if", None),
    ];
    for binary in binaries() {
        let site = start(&binary, requests::POLICY, server);
        for (target, header) in own {
            for query in ["?cors=own&status=200&x=1", "?cors=own&status=500"] {
                let response = get(&site, &format!("{target}{query}"));
                readable(&response, target);
                assert_eq!(response.header_values("x-own"), header.into_iter().collect::<Vec<_>>(), "{target}");
            }
            let answer = preflight(&site, target);
            assert_eq!((answer.status, site_hit(&answer)), (204, false), "{target}: {answer:#?}");
            readable(&answer, target);
        }
    }
}

fn site_hit(response: &Response) -> bool {
    !response.header_values("x-upstream").is_empty()
}

/// Two policy files on one nginx, each for a server of its own: their names do not meet.
#[test]
#[ignore = "live: needs nginx; ./test runs it"]
fn two_policies_share_one_nginx() {
    let policy = |origin: &str| format!("version: 1\npolicies:\n  default:\n    allow_origins: [{origin}]\n");
    let [http, server] = generate(&policy(GOOD));
    let [other_http, other_server] = generate(&policy("https://other.example.net"));
    for binary in binaries() {
        let upstream = Upstream::start().expect("the upstream starts");
        let files = [("one.http.conf", &*http), ("one.server.conf", &*server), ("two.http.conf", &*other_http), ("two.server.conf", &*other_server)];
        let second = "include one.http.conf; include two.http.conf; server { listen unix:two.sock; include two.server.conf; location / { return 200 two; } }";
        let nginx = binary.start(&files, &format!("include one.server.conf;\n{PROXIED}"), second, upstream.addr()).unwrap_or_else(|error| panic!("{error}"));
        let site = Site { nginx, _upstream: upstream };
        assert_eq!(get(&site, "/").header_values("access-control-allow-origin"), [GOOD], "nginx {}", binary.version);
    }
}

/// Where every path has the same policy there is no looser one to reach, so no spelling of a path is refused.
#[test]
#[ignore = "live: needs nginx; ./test runs it"]
fn a_policy_without_paths_covers_everything() {
    for binary in binaries() {
        let site = start(&binary, "version: 1\npolicies:\n  default:\n    allow_origins: [https://app.example.org]\n    allow_credentials: true\n", PROXIED);
        for target in ["/", "/a;b", "/%61", "//x", "/a/../b", "/x?y"] {
            readable(&get(&site, target), target);
            assert_eq!(preflight(&site, target).status, 204, "{target}");
        }
    }
}

/// The maps use regexes too, and nginx keeps what the last one captured in one place; what has a name keeps it.
#[test]
#[ignore = "live: needs nginx; ./test runs it"]
fn named_captures_hold_what_they_held() {
    let server = r#"
        server_name "~^(?<shop>[a-z]+)\.shops\.test$";
        location ~ ^/api/(?<item>[a-z]+)$ { add_header X-Own "$shop $item $1" always; include cors.server.conf; return 200 ok; }
        location / { return 200 ok; }"#;
    for binary in binaries() {
        let site = start(&binary, requests::POLICY, server);
        let response = send(site.nginx.addr(), &scenarios::get("/api/tea").header("Host", "green.shops.test")).expect("an answer");
        readable(&response, "/api/tea");
        assert_eq!(response.header_values("x-own"), ["green tea tea"], "{response:#?}");
    }
}
