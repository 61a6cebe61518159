//! Whatever users do with the routers for Traefik, on the real one.
#![allow(clippy::expect_used, reason = "a fixture that does not work is a failed test")]

#[path = "traefik/service.rs"]
mod service;

use cors_testbed::generated::generate_or_place;
use cors_testbed::http::{Request, Response, send, send_bytes};
use cors_testbed::judge::{CORS_HEADERS, vary};
use cors_testbed::program::Program as _;
use cors_testbed::scenarios::{self, GOOD, OTHER, WITH_CREDENTIALS, hosts_have_policies_of_their_own, many_policies, many_policies_are_told_apart, readable};
use cors_testbed::server::{DeadAddr, Server};
use cors_testbed::traefik::{BETWEEN_ROUTERS, SERVICE, Traefik, TraefikBinary};
use cors_testbed::upstream::Upstream;

/// What is generated for a policy, or what is said at which text.
fn generate(policy: &str) -> Result<String, Vec<(String, String)>> {
    generate_or_place("traefik", policy)
}

fn binary() -> TraefikBinary {
    Traefik::installed().pop().expect("Traefik must be installed: run ./test")
}

/// The policy of [`GOOD`] below `/api`, and one for everybody.
const POLICIES: &str = "version: 1
policies:
  api:
    paths: [/api/**]
    allow_origins: [https://app.example.org]
    allow_methods: [PUT]
    expose_headers: [X-Request-Id]
    allow_credentials: true
  public:
    paths: [/public/**]
    allow_origins: '*'
";

/// What every user writes: where requests come in, and where they go.
fn site() -> String {
    [BETWEEN_ROUTERS, SERVICE].concat()
}

struct Site {
    traefik: Server,
    upstream: Upstream,
}

impl Site {
    fn start(files: &[(&str, &str)]) -> Self {
        let upstream = Upstream::start().expect("the upstream starts");
        let traefik = binary().start(files, "", upstream.addr()).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(binary().check(traefik.dir()).as_deref(), Ok(""));
        Self { traefik, upstream }
    }

    /// `own` is what a user writes beside [`site`].
    fn of(policy: &str, own: &str) -> Self {
        Self::start(&[("cors.traefik.yml", &generate(policy).expect("the policy can be said")), ("site.yml", &site()), ("own.yml", own)])
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
        assert_eq!((answer.status, self.upstream.hits() - before), (204, 0), "{target}: {answer:#?}");
        readable(&answer, target);
    }
}

#[test]
#[ignore = "live: needs Traefik; ./test runs it"]
fn errors_that_traefik_makes_itself_are_readable() {
    let dead = DeadAddr::new().expect("an address where nothing listens");
    let router = |(path, middleware, service): (&str, &str, &str)| {
        let rule = format!("rule: PathPrefix(`/api/{path}`)");
        let middlewares = if middleware.is_empty() { String::new() } else { format!("      middlewares: [{middleware}]\n") };
        format!("    at-{path}:\n      parentRefs: [cors]\n      {rule}\n{middlewares}      service: {service}\n")
    };
    let routers: String = [
        ("401", "user", "upstream"),
        ("403", "nobody", "upstream"),
        ("302", "moved", "upstream"),
        ("413", "small", "upstream"),
        ("502", "", "dead"),
        ("503", "", "none"),
        ("page", "page", "upstream"),
        ("cut", "cut", "upstream"),
    ]
    .map(router)
    .concat();
    let own = format!(
        "http:\n  routers:\n{routers}  middlewares:
    user: {{ basicAuth: {{ users: ['someone:$2a$04$W/hRBfoRLzcPSTfxUrxSOqMVtWFfVLb4hQwZ8Xah0KcihFNsC3tq'] }} }}
    nobody: {{ ipAllowList: {{ sourceRange: [192.0.2.1/32] }} }}
    moved: {{ redirectRegex: {{ regex: '/302', replacement: '/elsewhere' }} }}
    small: {{ buffering: {{ maxRequestBodyBytes: 4 }} }}
    page: {{ errors: {{ status: ['400-599'], service: upstream, query: '/page?cors=own&status=404' }} }}
    cut: {{ stripPrefix: {{ prefixes: [/api/cut] }} }}
  services:
    dead: {{ loadBalancer: {{ servers: [{{ url: 'http://{}' }}] }} }}
    none: {{ loadBalancer: {{ servers: [] }} }}
",
        dead.addr()
    );
    let site = Site::of(POLICIES, &own);
    for (target, status) in [
        ("/api/401", 401),
        ("/api/403", 403),
        ("/api/302", 302),
        ("/api/502", 502),
        ("/api/503", 503),
        ("/api/page?status=500&cors=own", 500),
        ("/api/cut/x?status=404&cors=own", 404),
        ("/api/x?status=500&cors=own", 500),
        // The service's own 418 is its own.
        ("/api/x?status=418", 418),
    ] {
        let response = site.get(target);
        assert_eq!(response.status, status, "{target}: {response:#?}");
        readable(&response, target);
        assert!(response.header_values("access-control-allow-methods").is_empty(), "{target}: {response:#?}");
        // A preflight carries no credentials, so it is answered before anything could ask for some.
        site.preflight(target);
    }
    let post = Request::new("POST", "/api/413").header("Origin", GOOD).header("Content-Length", "5").to_bytes(site.traefik.addr());
    let large = send_bytes(site.traefik.addr(), &[&post[..], b"12345"].concat(), false).expect("a response");
    assert_eq!(large.status, 413, "{large:#?}");
    readable(&large, "413");
}

/// What no router of the user's is for is a 404, and a script can read that.
#[test]
#[ignore = "live: needs Traefik; ./test runs it"]
fn what_has_no_router_is_readable_too() {
    let narrow = site().replace("rule: PathPrefix(`/`)\n      service", "rule: PathPrefix(`/api/items`)\n      service");
    let site = Site::start(&[("cors.traefik.yml", &generate(POLICIES).expect("a file")), ("site.yml", &narrow)]);
    let response = site.get("/api/nothing");
    assert_eq!(response.status, 404);
    readable(&response, "404");
    site.preflight("/api/nothing");
    assert!(site.get("/nothing").header_values("access-control-allow-origin").is_empty());
}

#[test]
#[ignore = "live: needs Traefik; ./test runs it"]
fn headers_of_users_stay_beside_ours_and_those_for_cors_do_not() {
    let own = "http:
  routers:
    own:
      parentRefs: [cors]
      rule: PathPrefix(`/api/own`) || PathPrefix(`/none`)
      middlewares: [own, compress]
      service: upstream
  middlewares:
    compress: { compress: {} }
    own:
      headers:
        customResponseHeaders: { X-Own: 'yes', Access-Control-Allow-Origin: '*', Access-Control-Allow-Headers: '*', Vary: Accept-Language }
";
    let site = Site::of(POLICIES, own);
    let response = site.get("/api/own?cors=own");
    readable(&response, "own");
    assert_eq!((response.header_values("x-own"), response.header_values("access-control-allow-headers")), (vec!["yes"], vec![]));
    assert_eq!(vary(response.header_values("vary").into_iter()), ["accept-language", "origin"]);
    let refused = site.send(&Request::new("GET", "/api/own?cors=own").header("Origin", "https://evil.io"));
    assert!(CORS_HEADERS.iter().all(|name| refused.header_values(name).is_empty()), "{refused:#?}");
    site.preflight("/api/own");
    // Where no policy applies, users decide.
    assert_eq!(site.get("/none").header_values("access-control-allow-origin"), ["*"]);
}

/// Two policy files in one folder, for two hosts: the names that users know are the only ones that meet.
#[test]
#[ignore = "live: needs Traefik; ./test runs it"]
fn two_policies_share_one_traefik() {
    let renamed = |policy: &str, name: &str| {
        let text = generate(policy).expect("the policy can be said");
        text.replace("\n    cors:\n", &format!("\n    {name}:\n")).replace("[cors-entry]", &format!("[{name}-entry]"))
    };
    let (one, two) = (renamed(WITH_CREDENTIALS, "one"), renamed(&WITH_CREDENTIALS.replace(GOOD, OTHER), "two"));
    let of_host = |name: &str| site().replace("PathPrefix(`/`)\n    site", &format!("Host(`{name}.example`)\n    {name}-site")).replace("cors", name);
    let (one_site, two_site) = (of_host("one"), of_host("two"));
    let two_site = two_site.split("  services:").next().expect("routers");
    let site = Site::start(&[("one.yml", &one), ("two.yml", &two), ("one-site.yml", &one_site), ("two-site.yml", two_site)]);
    hosts_have_policies_of_their_own(|request| site.send(request));
}

/// Where every path has the same policy there is no looser one to reach, so no spelling of a path is refused.
#[test]
#[ignore = "live: needs Traefik; ./test runs it"]
fn a_policy_without_paths_covers_everything() {
    let site = Site::of(WITH_CREDENTIALS, "");
    for target in ["/", "/a;b", "/%61", "//x", "/a/../b", "/a%2Fb", "/a\\b", "/x?y"] {
        readable(&site.get(target), target);
        site.preflight(target);
    }
}

/// However a path is spelled, the policy is that of what the service gets, or none.
#[test]
#[ignore = "live: needs Traefik; ./test runs it"]
fn no_spelling_of_a_path_leads_to_a_looser_policy() {
    let policy = "version: 1
policies:
  odd:
    paths: ['/a(b)!/**', '/caf%C3%A9/*']
    allow_origins: [https://app.example.org]
  all:
    allow_origins: '*'
lints:
  looser-outer-path: allow
";
    let site = Site::of(policy, "");
    for target in ["/a(b)!/x", "/a(b)!", "/a%28b%29%21/x", "/a(b)!/x|y", "/caf%C3%A9/x", "/caf%c3%a9/x", "/caf\u{e9}/x", "/x/../a(b)!/y"] {
        let response = site.send(&Request::new("GET", target).header("Origin", "https://evil.io"));
        assert_eq!((response.status, response.header_values("access-control-allow-origin")), (200, vec![]), "{target}");
    }
    assert_eq!(site.get("/a(b)/x").header_values("access-control-allow-origin"), ["*"]);
}

/// More policies than anyone has, and lists that no sensible file exceeds.
#[test]
#[ignore = "live: needs Traefik; ./test runs it"]
fn many_policies_and_long_lists_are_read() {
    let site = Site::of(&many_policies(), "");
    many_policies_are_told_apart(|request| site.send(request));
    let origins: Vec<String> = (0..10_000).map(|number| format!("https://t{:x}.example.com", number * 7_919 % 10_007)).collect();
    let site = Site::of(&format!("version: 1\npolicies:\n  default:\n    allow_origins: [{}]\n", origins.join(", ")), "");
    let granted = |origin: &str| site.send(&Request::new("GET", "/").header("Origin", origin)).header_values("access-control-allow-origin") == [origin];
    assert!(origins.iter().step_by(997).chain(origins.last()).all(|origin| granted(origin)));
    assert!(!granted("https://t.example.com") && !granted("https://t1x.example.com") && !granted("https://t1xexample.com"));
}

#[test]
fn paths_of_two_policies_that_differ_in_spelling_alone_are_refused() {
    let refused = |one: &str, other: &str| {
        let policy = |name: &str, paths: &str| format!("  {name}: {{ paths: [{paths}], allow_origins: [https://{name}.example.org] }}\n");
        generate(&format!("version: 1\npolicies:\n{}{}", policy("one", one), policy("other", other))).err().unwrap_or_default().len()
    };
    assert_eq!(refused("'/k/%26', '/e/%c3%a9'", "'/k/&', '/e/%C3%A9'"), 2);
    assert_eq!(refused("'/%26/x'", "'/&/*'"), 1);
    assert_eq!(refused("'/k/%26', '/k/&/x'", "/k/b"), 0);
}

#[test]
fn what_cannot_be_said_is_refused_at_its_place() {
    let refused = |lines: &str| -> Vec<String> {
        let lints = "lints:\n  wildcard-headers-without-authorization: allow\n  broad-regex: allow\n  obsolete-private-network: allow\n";
        let policy = format!("version: 1\npolicies:\n  default:\n    {}\n{lints}", lines.replace('\n', "\n    "));
        generate(&policy).err().unwrap_or_default().into_iter().map(|(place, _)| place).collect()
    };
    let origins = "allow_origins: [https://app.example.org]\n";
    assert_eq!(refused(&format!("{origins}allow_credentials: true\nallow_methods: '*'\nallow_headers: ['*']")), ["'*'", "'*'"]);
    assert_eq!(refused(&format!("{origins}paths: [/a%FF, /b, /%EF%BF%BD]")), ["/a%FF", "/%EF%BF%BD"]);
    assert_eq!(refused("allow_origins: [{ regex: 'https://a+' }]"), ["'https://a+'"]);
    assert!(refused(&format!("{origins}paths: [/a, '/b/*']\nallow_methods: '*'\npreflight_status: 299\nallow_private_network: true")).is_empty());
}
