//! Whatever users do with the middleware for Traefik, on the real one.
#![allow(clippy::expect_used, reason = "a fixture that does not work is a failed test")]

#[path = "traefik_middleware/origins.rs"]
mod origins;
#[path = "traefik_middleware/refusals.rs"]
mod refusals;

use cors_testbed::generated::generate_or_place;
use cors_testbed::http::{Request, Response, send, send_bytes};
use cors_testbed::judge::{CORS_HEADERS, vary};
use cors_testbed::program::Program;
use cors_testbed::scenarios::{self, GOOD, OTHER, WITH_CREDENTIALS, readable};
use cors_testbed::server::{DeadAddr, Server};
use cors_testbed::traefik::{SERVICE, Traefik, TraefikBinary};
use cors_testbed::upstream::Upstream;

/// What is generated for a policy, or what is said at which text.
fn generate(policy: &str) -> Result<String, Vec<(String, String)>> {
    generate_or_place("traefik-middleware", policy)
}

fn binary() -> TraefikBinary {
    Traefik::installed().pop().expect("Traefik must be installed: run ./test")
}

/// The policy of [`GOOD`], with an exposed header.
const POLICY: &str = "version: 1
policies:
  default:
    allow_origins: [https://app.example.org]
    allow_methods: [PUT]
    expose_headers: [X-Request-Id]
    allow_credentials: true
";

struct Site {
    traefik: Server,
    upstream: Upstream,
}

impl Site {
    /// `own` is what a user writes beside the generated files, `entry_point` what stands below the entry point.
    fn start(files: &[(&str, &str)], own: &str, entry_point: &str) -> Self {
        let upstream = Upstream::start().expect("the upstream starts");
        let own = format!("http:\n{own}{SERVICE}");
        let traefik = binary().start(&[files, &[("site.yml", &own)]].concat(), entry_point, upstream.addr()).unwrap_or_else(|error| panic!("{error}"));
        Self { traefik, upstream }
    }

    fn of(policy: &str, own: &str) -> Self {
        Self::start(&[("cors.middleware.yml", &generate(policy).expect("the policy can be said"))], own, "")
    }

    fn send(&self, request: &Request) -> Response {
        send(self.traefik.addr(), request).unwrap_or_else(|error| panic!("{request:?}: {error}\n{}", self.traefik.error_log()))
    }

    fn get(&self, target: &str) -> Response {
        self.send(&scenarios::get(target))
    }

    /// A preflight never reaches the upstream, and is readable.
    fn preflight(&self, target: &str) {
        let before = self.upstream.hits();
        let answer = self.send(&scenarios::preflight(target, GOOD));
        assert_eq!((answer.status, self.upstream.hits() - before), (200, 0), "{target}: {answer:#?}");
        assert_eq!(answer.header_values("access-control-allow-origin"), [GOOD], "{target}: {answer:#?}");
        assert_eq!(answer.header_values("access-control-allow-methods"), ["PUT"], "{target}: {answer:#?}");
    }
}

/// A router for each of these paths, with what stands behind our middleware.
fn routers(paths: &[(&str, &str, &str)]) -> String {
    let router = |(path, behind, service): &(&str, &str, &str)| {
        format!("    at-{path}:\n      rule: PathPrefix(`/{path}`)\n      middlewares: [cors-default@file{behind}]\n      service: {service}\n")
    };
    "  routers:\n".to_owned() + &paths.iter().map(router).collect::<String>()
}

#[test]
#[ignore = "live: needs Traefik; ./test runs it"]
fn errors_that_traefik_makes_itself_are_readable() {
    let dead = DeadAddr::new().expect("an address where nothing listens");
    let own = routers(&[
        ("401", ", user", "upstream"),
        ("403", ", nobody", "upstream"),
        ("302", ", moved", "upstream"),
        ("413", ", small", "upstream"),
        ("502", "", "dead@file"),
        ("503", "", "none@file"),
        ("page", ", page", "upstream"),
        ("cut", ", cut", "upstream"),
        ("x", "", "upstream"),
    ]) + "  middlewares:
    user: { basicAuth: { users: ['someone:$2a$04$W/hRBfoRLzcPSTfxUrxSOqMVtWFfVLb4hQwZ8Xah0KcihFNsC3tq'] } }
    nobody: { ipAllowList: { sourceRange: [192.0.2.1/32] } }
    moved: { redirectRegex: { regex: '/302', replacement: '/elsewhere' } }
    small: { buffering: { maxRequestBodyBytes: 4 } }
    page: { errors: { status: ['400-599'], service: upstream, query: '/page?cors=own&status=404' } }
    cut: { stripPrefix: { prefixes: [/cut] } }
";
    let dead = format!(
        "http:\n  services:\n    dead: {{ loadBalancer: {{ servers: [{{ url: 'http://{}' }}] }} }}\n    none: {{ loadBalancer: {{ servers: [] }} }}\n",
        dead.addr()
    );
    let site = Site::start(&[("cors.middleware.yml", &generate(POLICY).expect("a file")), ("dead.yml", &dead)], &own, "");
    for (target, status) in [
        ("/401", 401),
        ("/403", 403),
        ("/302", 302),
        ("/502", 502),
        ("/503", 503),
        ("/page?status=500&cors=own", 500),
        ("/cut?status=404&cors=own", 404),
        ("/x?status=500&cors=own", 500),
    ] {
        let response = site.get(target);
        assert_eq!(response.status, status, "{target}: {response:#?}");
        readable(&response, target);
        assert!(response.header_values("access-control-allow-methods").is_empty(), "{target}: {response:#?}");
        // A preflight carries no credentials, so it is answered before anything could ask for some.
        site.preflight(target);
    }
    let post = Request::new("POST", "/413").header("Origin", GOOD).header("Content-Length", "5").to_bytes(site.traefik.addr());
    let large = send_bytes(site.traefik.addr(), &[&post[..], b"12345"].concat(), false).expect("a response");
    assert_eq!(large.status, 413, "{large:#?}");
    readable(&large, "413");
    // Nothing of ours is on what has no router, and nothing else either.
    assert!(site.get("/nowhere").header_values("access-control-allow-origin").is_empty());
}

#[test]
#[ignore = "live: needs Traefik; ./test runs it"]
fn headers_of_users_stay_beside_ours_and_those_for_cors_do_not() {
    let own = routers(&[("x", ", own, compress", "upstream")])
        + "  middlewares:
    compress: { compress: {} }
    own:
      headers:
        customResponseHeaders: { X-Own: 'yes', Access-Control-Allow-Origin: '*', Access-Control-Allow-Headers: '*', Vary: Accept-Language }
";
    let site = Site::of(POLICY, &own);
    let response = site.get("/x?cors=own");
    readable(&response, "own");
    assert_eq!((response.header_values("x-own"), response.header_values("access-control-allow-headers")), (vec!["yes"], vec![]));
    assert_eq!(vary(response.header_values("vary").into_iter()), ["accept-language", "origin"]);
    let refused = site.send(&Request::new("GET", "/x?cors=own").header("Origin", "https://evil.io"));
    let left: Vec<&str> = CORS_HEADERS.into_iter().filter(|name| !refused.header_values(name).is_empty()).collect();
    assert_eq!(left, ["access-control-allow-credentials", "access-control-expose-headers"], "{refused:#?}");
    site.preflight("/x");
}

/// One line for all routers, whoever wrote them: the entry point names the middleware.
#[test]
#[ignore = "live: needs Traefik; ./test runs it"]
fn an_entry_point_can_name_the_middleware() {
    let own = "  routers:\n    all:\n      rule: PathPrefix(`/`)\n      middlewares: [user]\n      service: upstream\n  middlewares:\n    user: { basicAuth: { users: ['a:b'] } }\n";
    let entry_point = "    http:\n      middlewares: [cors-default@file]\n";
    let site = Site::start(&[("cors.middleware.yml", &generate(POLICY).expect("a file"))], own, entry_point);
    let response = site.get("/");
    assert_eq!(response.status, 401);
    readable(&response, "/");
    site.preflight("/");
}

/// No spelling of a path is refused, and `OPTIONS` that is no preflight is the service's.
#[test]
#[ignore = "live: needs Traefik; ./test runs it"]
fn a_policy_covers_everything_that_its_router_does() {
    let site = Site::of(POLICY, &routers(&[("", "", "upstream")]));
    for target in ["/", "/a;b", "/%61", "//x", "/a/../b", "/a%2Fb", "/a\\b", "/x?y"] {
        readable(&site.get(target), target);
        site.preflight(target);
    }
    for request in [scenarios::get("/x"), Request::new("OPTIONS", "/x").header("Access-Control-Request-Method", "PUT")] {
        let response = site.send(&Request { method: "OPTIONS".to_owned(), ..request });
        assert_eq!(response.header_values("x-upstream"), ["seen"], "{response:#?}");
    }
}

/// Two policy files in one folder, for two hosts.
#[test]
#[ignore = "live: needs Traefik; ./test runs it"]
fn policies_stand_side_by_side_under_names_of_their_own() {
    let other = |name: &str| WITH_CREDENTIALS.replace("default:", &format!("{name}:")).replace(GOOD, OTHER);
    let (one, two) = (generate(WITH_CREDENTIALS).expect("one"), generate(&other("other")).expect("two"));
    let router =
        |host: &str, middleware: &str| format!("    {middleware}:\n      rule: Host(`{host}`)\n      middlewares: [{middleware}]\n      service: upstream\n");
    let own = format!("  routers:\n{}{}", router("one.example", "cors-default"), router("two.example", "cors-other"));
    let site = Site::start(&[("one.yml", &one), ("two.yml", &two)], &own, "");
    assert_eq!(binary().check(site.traefik.dir()).as_deref(), Ok(""));
    for (host, origin) in [("one.example", GOOD), ("two.example", OTHER), ("one.example", OTHER), ("two.example", GOOD)] {
        let allowed = (host == "one.example") == (origin == GOOD);
        let wanted = if allowed { vec![origin] } else { Vec::new() };
        for request in [Request::new("GET", "/?cors=own").header("Origin", origin), scenarios::preflight("/", origin)] {
            assert_eq!(site.send(&request.clone().header("Host", host)).header_values("access-control-allow-origin"), wanted, "{host} {request:?}");
        }
    }
    // Both on one way: the first alone counts.
    let both = Site::start(&[("one.yml", &one), ("two.yml", &two)], &routers(&[("", ", cors-other", "upstream")]), "");
    let asks: [fn(&str) -> Request; 2] = [|origin| Request::new("GET", "/").header("Origin", origin), |origin| scenarios::preflight("/", origin)];
    for ask in asks {
        let granted = [GOOD, OTHER].map(|origin| both.send(&ask(origin)).header_values("access-control-allow-origin").len());
        assert_eq!(granted, [1, 0], "{:?}", ask(GOOD));
    }
    // One name for both: that is a warning only, as the reference says.
    let twice = generate(&other("default")).expect("another");
    let site = Site::start(&[("one.yml", &one), ("two.yml", &twice)], &routers(&[("", "", "upstream")]), "");
    let said = binary().check(site.traefik.dir()).expect("no error");
    assert!(said.contains("already configured") && said.contains("cors-default"), "{said}");
}
