//! Whatever users do to a Caddy, on every real Caddy at hand.
#![allow(clippy::expect_used, reason = "a fixture that does not work is a failed test")]

#[path = "caddy/origins.rs"]
mod origins;

use cors_testbed::caddy::{Caddy, CaddyBinary};
use cors_testbed::generated;
use cors_testbed::http::{Request, Response, send, send_bytes};
use cors_testbed::judge::{CORS_HEADERS, vary};
use cors_testbed::requests;
use cors_testbed::scenarios::{self, GOOD, readable};
use cors_testbed::server::{DeadAddr, Server};
use cors_testbed::upstream::Upstream;

/// What is generated for a policy, or why nothing is.
fn generate(policy: &str) -> Result<String, String> {
    generated::generate("caddy", policy).map(|texts| texts.concat()).map_err(|refusals| format!("{refusals:?}"))
}

fn binaries() -> Vec<CaddyBinary> {
    let binaries = Caddy::installed();
    assert!(binaries.len() >= 2, "Caddy must be installed: run ./test; found {binaries:?}");
    binaries
}

struct Site {
    caddy: Server,
    upstream: Upstream,
}

impl Site {
    fn start(binary: &CaddyBinary, files: &[(&str, &str)], site: &str) -> Self {
        let upstream = Upstream::start().expect("the upstream starts");
        let caddy = binary.start(files, site, upstream.addr()).unwrap_or_else(|error| panic!("{}: {error}", binary.version));
        binary.check(caddy.dir()).unwrap_or_else(|error| panic!("{}: {error}", binary.version));
        Self { caddy, upstream }
    }

    fn of(binary: &CaddyBinary, policy: &str, site: &str) -> Self {
        Self::start(binary, &[("cors.caddy", &generate(policy).expect("the policy can be said"))], site)
    }

    fn send(&self, request: &Request) -> Response {
        send(self.caddy.addr(), request).unwrap_or_else(|error| panic!("{request:?}: {error}\n{}", self.caddy.error_log()))
    }

    fn get(&self, target: &str) -> Response {
        self.send(&scenarios::get(target))
    }

    /// A preflight never reaches the upstream, and is readable.
    fn preflight(&self, target: &str) {
        let before = self.upstream.hits();
        let answer = self.send(&scenarios::preflight(target, GOOD));
        assert_eq!((answer.status, self.upstream.hits() - before), (204, 0), "{target}: {answer:#?}");
        readable(&answer, target);
    }
}

/// A user whom nobody tries to be.
const USERS: &str = "someone JDJhJDA0JFdpL2hSQmZvUkx6Y1BTVGZ4VXJ4U09xTVZ0V0ZmVkxiNGhRd1o4WGFoMEtjaWhGTnNDM3Rx";

#[test]
#[ignore = "live: needs Caddy; ./test runs it"]
fn errors_that_caddy_makes_itself_are_readable() {
    let dead = DeadAddr::new().expect("an address where nothing listens");
    let body = "
        route {
            import cors
            basicauth /api/401* {
                {users}
            }
            respond /api/403* 403
            error /api/404* 404
            redir /api/301* /elsewhere 301
            handle /api/413* {
                request_body {
                    max_size 4
                }
                reverse_proxy {upstream}
            }
            handle /api/502* {
                reverse_proxy {dead}
            }
            handle /api/file* {
                file_server
            }
            handle /api/rewritten* {
                rewrite * /elsewhere?status=404
                reverse_proxy {upstream}
            }
            handle_path /api/cut* {
                reverse_proxy {upstream}
            }
            encode gzip
            reverse_proxy {upstream}
        }";
    let body = body.replace("{users}", USERS).replace("{dead}", &dead.addr().to_string());
    for binary in binaries() {
        let site = Site::of(&binary, requests::POLICY, &body);
        for (target, status) in [
            ("/api/401", 401),
            ("/api/403", 403),
            ("/api/404", 404),
            ("/api/301", 301),
            ("/api/502", 502),
            ("/api/file", 404),
            ("/api/rewritten", 404),
            ("/api/cut/x?status=500&cors=own", 500),
            ("/api/x?status=500&cors=own", 500),
        ] {
            let response = site.get(target);
            assert_eq!(response.status, status, "{target}: {response:#?}");
            readable(&response, target);
            // A preflight carries no credentials, so it is answered before anything could ask for some.
            site.preflight(target);
        }
        let post = Request::new("POST", "/api/413").header("Origin", GOOD).header("Content-Length", "5").to_bytes(site.caddy.addr());
        let large = send_bytes(site.caddy.addr(), &[&post[..], b"12345"].concat(), false).expect("a response");
        assert!((400..=599).contains(&large.status), "{large:#?}");
        readable(&large, "413");
    }
}

/// Whatever else stands in a `route`: the headers of users stay, and theirs for CORS do not.
#[test]
#[ignore = "live: needs Caddy; ./test runs it"]
fn headers_of_users_stay_beside_ours() {
    let body = "
        header X-Outer yes
        header Access-Control-Allow-Origin *
        route {
            import cors
            header X-Inner yes
            header Access-Control-Allow-Methods *
            header +Vary Accept-Language
            handle /api/a/* {
                header X-Own yes
                reverse_proxy {upstream}
            }
            handle {
                reverse_proxy {upstream} {
                    header_down Access-Control-Expose-Headers *
                }
            }
        }";
    for binary in binaries() {
        let site = Site::of(&binary, requests::POLICY, body);
        for (target, own) in [("/api/a/x?vary=1", &["yes"][..]), ("/api/b?cors=own&vary=1", &[])] {
            let response = site.get(target);
            readable(&response, target);
            assert_eq!(response.header_values("access-control-expose-headers"), ["X-Request-Id, X-Total-Count"]);
            assert!(response.header_values("access-control-allow-methods").is_empty());
            assert_eq!(vary(response.header_values("vary").into_iter()), ["accept-encoding", "accept-language", "origin"]);
            assert_eq!((response.header_values("x-outer"), response.header_values("x-inner")), (vec!["yes"], vec!["yes"]));
            assert_eq!(response.header_values("x-own"), own);
            let refused = site.send(&Request::new("GET", target).header("Origin", "https://evil.io"));
            assert!(CORS_HEADERS.iter().all(|name| refused.header_values(name).is_empty()), "{refused:#?}");
            site.preflight(target);
        }
        // Where no policy applies, users decide.
        assert_eq!(site.get("/none").header_values("access-control-allow-origin"), ["*"]);
    }
}

/// Outside a `route`, Caddy sorts directives; the snippet still comes before what answers.
#[test]
#[ignore = "live: needs Caddy; ./test runs it"]
fn a_site_without_a_route_of_its_own_works_while_nothing_is_sorted_before() {
    for binary in binaries() {
        let site = Site::of(&binary, requests::POLICY, "import cors\nreverse_proxy {upstream}");
        readable(&site.get("/api/x?cors=own"), "no route");
        site.preflight("/api/x");
    }
}

/// The snippet in every place where users might put it, twice in one among them.
#[test]
#[ignore = "live: needs Caddy; ./test runs it"]
fn the_snippet_can_be_imported_again() {
    let body = "
        route {
            import cors
            handle /api/twice/* {
                route {
                    import cors
                    reverse_proxy {upstream}
                }
            }
            handle /api/error/* {
                error 418
            }
            import cors
            reverse_proxy {upstream}
        }
        handle_errors {
            route {
                import cors
                rewrite * ?cors=own
                reverse_proxy {upstream}
            }
        }";
    for binary in binaries() {
        let site = Site::of(&binary, requests::POLICY, body);
        for target in ["/api/twice/x?cors=own", "/api/error/x", "/api/other?cors=own"] {
            let response = site.get(target);
            assert_eq!(response.header_values("x-upstream"), ["seen"], "{target}: {response:#?}");
            readable(&response, target);
            site.preflight(target);
        }
    }
}

/// Two policy files in one Caddyfile need two names for their snippets, and nothing else of them collides, even in one `route`.
#[test]
#[ignore = "live: needs Caddy; ./test runs it"]
fn two_policies_share_one_caddy() {
    let policy = |path: &str, origin: &str| format!("version: 1\npolicies:\n  default:\n    paths: [{path}]\n    allow_origins: [{origin}]\n");
    let (one, two) = (generate(&policy("/one/**", GOOD)).expect("one"), generate(&policy("/two/**", "https://other.example.net")).expect("two"));
    let renamed = two.replace("(cors) {", "(other) {");
    let body = "route {\nimport cors\nimport other\nreverse_proxy {upstream}\n}";
    for binary in binaries() {
        let site = Site::start(&binary, &[("one.caddy", &one), ("two.caddy", &renamed)], body);
        for (path, origin, allowed) in
            [("/one/x", GOOD, true), ("/one/x", "https://other.example.net", false), ("/two/x", GOOD, false), ("/two/x", "https://other.example.net", true)]
        {
            let response = site.send(&Request::new("GET", path).header("Origin", origin));
            let granted: &[&str] = if allowed { &[origin] } else { &[] };
            assert_eq!(response.header_values("access-control-allow-origin"), granted, "{path} {origin}: {response:#?}");
        }
        let upstream = Upstream::start().expect("the upstream starts");
        let refusal = binary.start(&[("one.caddy", &one), ("two.caddy", &two)], body, upstream.addr()).expect_err("two snippets of one name");
        assert!(refusal.contains("redeclaration of previously declared snippet cors"), "{refusal}");
    }
}

/// Where every path has the same policy there is no looser one to reach, so no spelling of a path is refused.
#[test]
#[ignore = "live: needs Caddy; ./test runs it"]
fn a_policy_without_paths_covers_everything() {
    let policy = "version: 1\npolicies:\n  default:\n    allow_origins: [https://app.example.org]\n    allow_credentials: true\n";
    for binary in binaries() {
        let site = Site::of(&binary, policy, "route {\nimport cors\nreverse_proxy {upstream}\n}");
        for target in ["/", "/a;b", "/%61", "//x", "/a/../b", "/x?y"] {
            readable(&site.get(target), target);
            site.preflight(target);
        }
    }
}

/// No part of a request is ever read as a placeholder.
#[test]
#[ignore = "live: needs Caddy; ./test runs it"]
fn placeholders_in_a_request_stay_what_they_are() {
    let policy = "version: 1
policies:
  api:
    paths: [/api/**]
    allow_origins: [{ regex: 'https://[a-z{}.]+\\.example\\.org' }]
    allow_headers: [\"*\"]
    allow_credentials: true
";
    for binary in binaries() {
        let site = Site::of(&binary, policy, "route {\nimport cors\nreverse_proxy {upstream}\n}");
        let origin = "https://{http.request.method}.example.org";
        let request = Request::new("GET", "/api/{http.request.method}").header("Origin", origin);
        assert_eq!(site.send(&request).header_values("access-control-allow-origin"), [origin]);
        let request = Request::new("GET", "/{http.request.header.X}").header("Origin", origin).header("X", "api/x");
        assert!(site.send(&request).header_values("access-control-allow-origin").is_empty());
        let request = Request::new("OPTIONS", "/api/x").header("Origin", origin).header("Access-Control-Request-Method", "PUT");
        let request = request.header("Access-Control-Request-Headers", "x-{http.request.method}");
        assert!(site.send(&request).header_values("access-control-allow-headers").is_empty(), "braces are no token");
    }
}
