//! Whatever users do to a HAProxy, on every real HAProxy at hand.
#![allow(clippy::expect_used, reason = "a fixture that does not work is a failed test")]

#[path = "haproxy/large.rs"]
mod large;

use cors_testbed::generated;
use cors_testbed::haproxy::{Haproxy, HaproxyBinary, SITE};
use cors_testbed::http::{Request, Response, send};
use cors_testbed::judge::{CORS_HEADERS, vary};
use cors_testbed::requests;
use cors_testbed::scenarios::{self, GOOD, OTHER, WITH_CREDENTIALS, hosts_have_policies_of_their_own, readable};
use cors_testbed::server::{DeadAddr, Server};
use cors_testbed::upstream::Upstream;

/// What is generated for a policy, or why nothing is.
fn generate(policy: &str) -> Result<[String; 2], String> {
    let texts = generated::generate("haproxy", policy).map_err(|refusals| format!("{refusals:?}"))?;
    Ok(texts.try_into().expect("two files"))
}

fn binaries() -> Vec<HaproxyBinary> {
    let binaries = Haproxy::installed();
    assert!(binaries.len() >= 2, "HAProxy must be installed: run ./test; found {binaries:?}");
    binaries
}

struct Site {
    haproxy: Server,
    upstream: Upstream,
}

impl Site {
    fn start(binary: &HaproxyBinary, files: &[(&str, &str)], sections: &str) -> Self {
        let upstream = Upstream::start().expect("the upstream starts");
        let haproxy = binary.start(files, sections, upstream.addr()).unwrap_or_else(|error| panic!("{}: {error}", binary.version));
        binary.check(haproxy.dir()).unwrap_or_else(|error| panic!("{}: {error}", binary.version));
        Self { haproxy, upstream }
    }

    fn of(binary: &HaproxyBinary, policy: &str, sections: &str) -> Self {
        let [rules, origins] = generate(policy).expect("the policy can be said");
        Self::start(binary, &[("cors.cfg", &rules), ("cors.origins", &origins)], sections)
    }

    fn send(&self, request: &Request) -> Response {
        send(self.haproxy.addr(), request).unwrap_or_else(|error| panic!("{request:?}: {error}\n{}", self.haproxy.error_log()))
    }

    fn get(&self, target: &str) -> Response {
        self.send(&scenarios::get(target))
    }

    fn preflight(&self, target: &str) -> Response {
        self.send(&scenarios::preflight(target, GOOD))
    }
}

#[test]
#[ignore = "live: needs HAProxy; ./test runs it"]
fn errors_that_haproxy_makes_itself_are_readable() {
    let dead = DeadAddr::new().expect("an address where nothing listens");
    let sections = format!(
        "userlist users
    user someone insecure-password secret
frontend site from cors
    bind {{addr}}
    http-request auth if {{ path_beg /api/401 }} !{{ http_auth(users) }}
    http-request deny if {{ path_beg /api/403 }}
    http-request return status 404 if {{ path_beg /api/404 }}
    http-request deny status 413 if {{ path_beg /api/413 }} {{ req.hdr_val(content-length) gt 4 }}
    http-request redirect location /elsewhere code 301 if {{ path_beg /api/301 }}
    use_backend dead if {{ path_beg /api/503 }}
    use_backend none if {{ path_beg /api/none }}
    default_backend service
backend dead from base
    server dead {}
backend none from base
backend service from base
    http-request deny status 429 if {{ path_beg /api/429 }}
    http-response deny status 502 if {{ status 418 }}
    server service {{upstream}}\n",
        dead.addr()
    );
    for binary in binaries() {
        let site = Site::of(&binary, requests::POLICY, &sections);
        for (target, status) in [
            ("/api/401", 401),
            ("/api/403", 403),
            ("/api/404", 404),
            ("/api/301", 301),
            ("/api/503", 503),
            ("/api/none", 503),
            ("/api/429", 429),
            ("/api/x?status=418", 502),
        ] {
            let response = site.get(target);
            assert_eq!(response.status, status, "{target}: {response:#?}");
            readable(&response, target);
            // A preflight carries no credentials, so it is answered before anything could ask for some.
            let answer = site.preflight(target);
            assert_eq!(answer.status, 204, "{target}: {answer:#?}");
            readable(&answer, target);
        }
        let large = site.send(&Request::new("POST", "/api/413").header("Origin", GOOD).header("Content-Length", "5"));
        assert_eq!(large.status, 413);
        readable(&large, "413");
    }
}

#[test]
#[ignore = "live: needs HAProxy; ./test runs it"]
fn rules_of_the_frontend_and_the_backend_stay_beside_those_of_the_policy() {
    let sections = "frontend site from cors
    bind {addr}
    acl is_own path_beg /api/own
    http-request set-header X-Seen yes
    http-request set-path /other if { path /api/rewritten }
    http-response set-header X-Response yes
    http-after-response set-header Strict-Transport-Security max-age=60
    http-after-response add-header Vary Cookie if { var(txn.own) -m found }
    http-request set-var(txn.own) str(yes) if is_own
    compression algo gzip
    compression type text/plain
    default_backend service
backend service from base
    http-response set-header Access-Control-Allow-Origin https://elsewhere.example
    server service {upstream}\n";
    for binary in binaries() {
        let site = Site::of(&binary, requests::POLICY, sections);
        for target in ["/api/own?cors=own", "/api/own?status=500&cors=own", "/api/rewritten?cors=own&vary=1"] {
            let response = site.get(target);
            readable(&response, target);
            for (header, value) in [("x-response", "yes"), ("strict-transport-security", "max-age=60"), ("x-upstream", "seen")] {
                assert_eq!(response.header_values(header), [value], "{target}: {response:#?}");
            }
            let cookie = vary(response.header_values("vary").into_iter()).contains(&"cookie".to_owned());
            assert_eq!(cookie, target.starts_with("/api/own"), "{target}: {response:#?}");
            readable(&site.preflight(target), target);
        }
    }
}

/// Two policy files on one HAProxy: one for each frontend, or one for each host of a frontend. Their names and lists do not meet.
#[test]
#[ignore = "live: needs HAProxy; ./test runs it"]
fn two_policies_share_one_haproxy() {
    let [rules, origins] = generate(WITH_CREDENTIALS).expect("the policy can be said");
    let [other_rules, other_origins] = generate(&WITH_CREDENTIALS.replace(GOOD, OTHER)).expect("the policy can be said");
    let files = [
        ("one-0.cfg", "global\n    setenv CORS_SECTION one\n    setenv CORS_FOLDER one\n"),
        ("one-1.cfg", &*rules),
        ("one/cors.origins", &*origins),
        ("two-0.cfg", "global\n    setenv CORS_SECTION two\n    setenv CORS_FOLDER two\n"),
        ("two-1.cfg", &*other_rules),
        ("two/cors.origins", &*other_origins),
    ];
    let by_frontend = "frontend first from one\n    bind {addr}\n    use_backend second if { hdr(host) two.example }\n    default_backend service
backend second from base\n    http-request set-header Host one.example\n    server self unix@two.sock
frontend second from two\n    bind unix@two.sock\n    default_backend service\nbackend service from base\n    server service {upstream}\n";
    let by_host = "frontend site from base\n    bind {addr}\n    use_backend second if { hdr(host) two.example }\n    default_backend first
backend first from one\n    server service {upstream}\nbackend second from two\n    server service {upstream}\n";
    for binary in binaries() {
        let site = Site::start(&binary, &files, by_host);
        hosts_have_policies_of_their_own(|request| site.send(request));
        // A request that passes two of them is answered by both, and the outer one has the last word.
        let site = Site::start(&binary, &files, by_frontend);
        readable(&site.get("/?cors=own"), "one");
        let through_both = Request::new("GET", "/?cors=own").header("Host", "two.example").header("Origin", GOOD);
        readable(&site.send(&through_both), "one before two");
        let other = Request::new("GET", "/?cors=own").header("Host", "two.example").header("Origin", OTHER);
        assert_eq!(site.send(&other).header_values("access-control-allow-origin"), Vec::<&str>::new());
    }
}

/// Rules and origins that do not belong together let nobody in.
#[test]
#[ignore = "live: needs HAProxy; ./test runs it"]
fn a_list_from_another_policy_file_allows_none_of_its_origins() {
    let [rules, _] = generate(WITH_CREDENTIALS).expect("the policy can be said");
    let [_, origins] = generate(&WITH_CREDENTIALS.replace("allow_credentials: true", "max_age: 5")).expect("the policy can be said");
    assert!(origins.contains(GOOD));
    for binary in binaries() {
        let site = Site::start(&binary, &[("cors.cfg", &rules), ("cors.origins", &origins)], SITE);
        let response = site.get("/?cors=own");
        CORS_HEADERS.iter().for_each(|name| assert_eq!(response.header_values(name), Vec::<&str>::new(), "{response:#?}"));
        assert_eq!(response.header_values("vary"), ["Origin"]);
        assert_eq!(site.preflight("/").status, 403);
    }
}

/// Where every path has the same policy there is no looser one to reach, so no spelling of a path is refused.
#[test]
#[ignore = "live: needs HAProxy; ./test runs it"]
fn a_policy_without_paths_covers_everything() {
    for binary in binaries() {
        let site = Site::of(&binary, WITH_CREDENTIALS, SITE);
        for target in ["/", "/a;b", "/%61", "//x", "/a/../b", "/x?y"] {
            readable(&site.get(target), target);
            assert_eq!(site.preflight(target).status, 204, "{target}");
        }
        assert_eq!(site.upstream.hits(), 6);
    }
}

/// More policies with the same answer than HAProxy takes words on a line.
#[test]
#[ignore = "live: needs HAProxy; ./test runs it"]
fn many_policies_that_echo_are_told_apart() {
    let lines = |index: usize| {
        format!("  p{index}:\n    paths: [/p{index}]\n    allow_origins: [https://a.example]\n    allow_credentials: true\n    allow_headers: ['*']\n")
    };
    let policy = format!("version: 1\npolicies:\n{}", (0..100).map(lines).collect::<String>());
    for binary in binaries() {
        let site = Site::of(&binary, &policy, SITE);
        for index in [0, 35, 36, 99] {
            let preflight = Request::new("OPTIONS", &format!("/p{index}")).header("Origin", "https://a.example").header("Access-Control-Request-Method", "GET");
            let response = site.send(&preflight.header("Access-Control-Request-Headers", "x-a"));
            assert_eq!(response.header_values("access-control-allow-headers"), ["x-a"], "{index}");
        }
    }
}

/// A target with scheme and host, as proxies are sent, has the policy of its path.
#[test]
#[ignore = "live: needs HAProxy; ./test runs it"]
fn the_path_of_an_absolute_target_counts() {
    for binary in binaries() {
        let site = Site::of(&binary, requests::POLICY, SITE);
        for (path, allowed) in [("/api/items?x=//", true), ("/api/../api/items", false), ("//api/items", false), ("", false)] {
            let request = Request::new("GET", &format!("http://api.example{path}")).header("Host", "api.example").header("Origin", GOOD);
            assert_eq!(site.send(&request).header_values("access-control-allow-origin").len(), usize::from(allowed), "{path}");
        }
    }
}

/// What the reference says of sections that cannot take the rules: HAProxy stops, and does not go on without them.
#[test]
#[ignore = "live: needs HAProxy; ./test runs it"]
fn sections_that_cannot_take_the_rules_are_errors() {
    let [rules, origins] = generate(WITH_CREDENTIALS).expect("the policy can be said");
    let files = [("cors.cfg", &*rules), ("cors.origins", &*origins)];
    let upstream = Upstream::start().expect("the upstream starts");
    for sections in [
        "listen site from cors\n    bind {addr}\n    server service {upstream}\n",
        "defaults own from cors\nfrontend site from own\n    bind {addr}\n",
        "frontend site from cors\n    bind {addr}\n    default_backend service\nbackend service from cors\n    server service {upstream}\n",
    ] {
        for binary in binaries() {
            let error = binary.start(&files, sections, upstream.addr()).map(|_| ()).expect_err(sections);
            assert!(error.contains("defaults section"), "{error}");
        }
    }
    for (files, missing) in [(&files[..1], "cors.origins"), (&files[1..], "cors")] {
        for binary in binaries() {
            let error = binary.start(files, SITE, upstream.addr()).map(|_| ()).expect_err("a file is missing");
            assert!(error.contains(missing), "{error}");
        }
    }
}

/// After a 204 of its own, HAProxy 3.0 closes the connection; after a 200, none does.
#[test]
#[ignore = "live: needs HAProxy; ./test runs it"]
fn a_preflight_of_200_leaves_the_connection_open() {
    for binary in binaries() {
        let site = Site::of(&binary, &format!("{WITH_CREDENTIALS}    preflight_status: 200\n"), SITE);
        for (origin, status) in [(GOOD, 200), (OTHER, 403)] {
            let answer = site.send(&scenarios::preflight("/", origin).header("Connection", "keep-alive"));
            assert_eq!((answer.status, answer.header_values("connection")), (status, Vec::new()), "{answer:#?}");
        }
    }
}
