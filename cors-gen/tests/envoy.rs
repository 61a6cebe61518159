//! Whatever users do to an Envoy, on the real one.
#![allow(clippy::expect_used, reason = "a fixture that does not work is a failed test")]

#[path = "envoy/large.rs"]
mod large;
#[path = "envoy/paths.rs"]
mod paths;

use cors_testbed::envoy::{Envoy, EnvoyBinary, FILTER, Parts, SITE};
use cors_testbed::generated;
use cors_testbed::http::{Request, Response, send, send_bytes};
use cors_testbed::judge::{CORS_HEADERS, vary};
use cors_testbed::requests;
use cors_testbed::scenarios::{self, GOOD, OTHER, WITH_CREDENTIALS, hosts_have_policies_of_their_own, readable};
use cors_testbed::server::{DeadAddr, Server};
use cors_testbed::upstream::Upstream;

fn generate(policy: &str) -> String {
    generated::generate("envoy", policy).unwrap_or_else(|refusals| panic!("{refusals:#?}")).concat()
}

fn binary() -> EnvoyBinary {
    Envoy::installed().into_iter().next().expect("Envoy must be installed: run ./test")
}

struct Site {
    envoy: Server,
    upstream: Upstream,
}

impl Site {
    fn start(files: &[(&str, &str)], parts: &Parts<'_>) -> Self {
        let upstream = Upstream::start().expect("the upstream starts");
        let binary = binary();
        let envoy = binary.start(files, parts, upstream.addr()).unwrap_or_else(|error| panic!("{error}"));
        binary.check(envoy.dir()).unwrap_or_else(|error| panic!("{error}"));
        Self { envoy, upstream }
    }

    fn of(policy: &str, parts: &Parts<'_>) -> Self {
        Self::start(&[("cors.lua", &generate(policy))], parts)
    }

    fn send(&self, request: &Request) -> Response {
        let response = send(self.envoy.addr(), request).unwrap_or_else(|error| panic!("{request:?}: {error}\n{}", self.envoy.error_log()));
        let log = self.envoy.error_log();
        assert!(!log.contains("script log"), "{request:?}: {log}");
        response
    }

    fn get(&self, target: &str) -> Response {
        self.send(&scenarios::get(target))
    }

    fn preflight(&self, target: &str) -> Response {
        self.send(&scenarios::preflight(target, GOOD))
    }

    fn grants(&self, target: &str, origin: &str) -> bool {
        let response = self.send(&Request::new("GET", target).header("Origin", origin));
        let allowed = response.header_values("access-control-allow-origin");
        assert!(allowed.is_empty() || allowed == [origin], "{response:#?}");
        !allowed.is_empty()
    }
}

fn hosts(routes: &str) -> String {
    format!("[{{ name: all, domains: ['*'], routes: [{routes}] }}]")
}

fn filter(name: &str, kind: &str, fields: &str) -> String {
    format!("{{ name: {name}, typed_config: {{ '@type': type.googleapis.com/envoy.extensions.filters.http.{kind}, {fields} }} }},")
}

/// A filter that answers 403 below this path.
fn forbidding(prefix: &str) -> String {
    let any = "principals: [{ any: true }]";
    let policy = format!("{{ permissions: [{{ url_path: {{ path: {{ prefix: {prefix} }} }} }}], {any} }}");
    filter("rbac", "rbac.v3.RBAC", &format!("rules: {{ action: DENY, policies: {{ no: {policy} }} }}"))
}

#[test]
#[ignore = "live: needs Envoy; ./test runs it"]
fn errors_that_envoy_makes_itself_are_readable() {
    // The password of `someone` is `secret`.
    let users = "users: { inline_string: 'someone:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=' }";
    let filters = [
        FILTER.to_owned(),
        forbidding("/api/403"),
        filter("auth", "basic_auth.v3.BasicAuth", users),
        filter("size", "buffer.v3.Buffer", "max_request_bytes: 4"),
    ]
    .concat();
    let open = "typed_per_filter_config: { auth: { '@type': type.googleapis.com/envoy.config.route.v3.FilterConfig, disabled: true, config: {} } }";
    let route = |path: &str, action: &str, open: &str| format!("{{ match: {{ prefix: {path} }}, {action}, {open} }},");
    let routes = [
        route("/api/401", "route: { cluster: service }", ""),
        route("/api/503", "route: { cluster: dead }", open),
        route("/api/404", "direct_response: { status: 404 }", open),
        route("/api/301", "redirect: { path_redirect: /elsewhere }", open),
        route("/api/413", "route: { cluster: service }", open),
        route("/api/403", "route: { cluster: service }", open),
    ]
    .concat();
    let dead = DeadAddr::new().expect("an address where nothing listens");
    let site = Site::of(requests::POLICY, &Parts { filters: &filters, virtual_hosts: &hosts(&routes), clusters: &[("dead", dead.addr())], ..SITE });
    for (target, status) in [("/api/401", 401), ("/api/403", 403), ("/api/404", 404), ("/api/301", 301), ("/api/503", 503)] {
        let response = site.get(target);
        assert_eq!(response.status, status, "{target}: {response:#?}");
        readable(&response, target);
        // A preflight carries no credentials, so it is answered before anything could ask for some.
        let answer = site.preflight(target);
        assert_eq!(answer.status, 204, "{target}: {answer:#?}");
        readable(&answer, target);
    }
    let bytes = Request::new("POST", "/api/413").header("Origin", GOOD).header("Content-Length", "5").to_bytes(site.envoy.addr());
    let large = send_bytes(site.envoy.addr(), &[&bytes, &b"12345"[..]].concat(), false).expect("a response");
    assert_eq!(large.status, 413, "{large:#?}");
    readable(&large, "413");
    let site = Site::of(requests::POLICY, &Parts { virtual_hosts: "[]", ..SITE });
    let unknown = site.get("/api/items");
    assert_eq!(unknown.status, 404, "{unknown:#?}");
    readable(&unknown, "no route");
}

#[test]
#[ignore = "live: needs Envoy; ./test runs it"]
fn filters_and_routes_stay_beside_the_policy() {
    let mutations = "mutations: { response_mutations: [{ append: { header: { key: x-filter, value: seen } } }] }";
    let gzip = "compressor_library: { name: gzip, typed_config: { '@type': type.googleapis.com/envoy.extensions.compression.gzip.compressor.v3.Gzip } }";
    let filters = [FILTER.to_owned(), filter("mutation", "header_mutation.v3.HeaderMutation", mutations), filter("zip", "compressor.v3.Compressor", gzip)];
    let added = "response_headers_to_add: [{ header: { key: x-route, value: seen } }, { header: { key: access-control-allow-origin, value: '*' } }]";
    let routes = format!(
        "{{ match: {{ prefix: /api/rewritten }}, route: {{ cluster: service, prefix_rewrite: /none/x }}, {added} }},
         {{ match: {{ prefix: /none }}, route: {{ cluster: service, prefix_rewrite: /api }}, {added} }},
         {{ match: {{ prefix: / }}, route: {{ cluster: service }}, {added} }}"
    );
    let site = Site::of(requests::POLICY, &Parts { filters: &filters.concat(), virtual_hosts: &hosts(&routes), ..SITE });
    for target in ["/api/items?cors=own&vary=1", "/api/x?status=500&cors=own", "/api/rewritten?cors=own&vary=1"] {
        let response = site.get(target);
        readable(&response, target);
        for (header, value) in [("x-filter", "seen"), ("x-route", "seen"), ("x-upstream", "seen")] {
            assert_eq!(response.header_values(header), [value], "{target}: {response:#?}");
        }
        let varies = vary(response.header_values("vary").into_iter()).contains(&"accept-encoding".to_owned());
        assert_eq!(varies, target.contains("vary=1"), "{target}: {response:#?}");
        readable(&site.preflight(target), target);
    }
    // Where no policy applies, nothing is taken away, whatever the path becomes.
    let untouched = site.get("/none?cors=own");
    assert_eq!(untouched.header_values("access-control-allow-origin"), ["https://upstream.invalid,*"]);
    assert_eq!(site.preflight("/none").header_values("x-upstream"), ["seen"]);
}

/// A policy file for the listener, another one for a virtual host, and none for a third.
#[test]
#[ignore = "live: needs Envoy; ./test runs it"]
fn virtual_hosts_have_policies_of_their_own() {
    let host = |name: &str, script: &str| {
        let script =
            format!("typed_per_filter_config: {{ cors: {{ '@type': type.googleapis.com/envoy.extensions.filters.http.lua.v3.LuaPerRoute, {script} }} }}");
        format!("{{ name: {name}, domains: [{name}.example], routes: [{{ match: {{ prefix: / }}, route: {{ cluster: service }} }}], {script} }}, ")
    };
    let all = hosts("{ match: { prefix: / }, route: { cluster: service } }");
    let hosts = format!("[{}{}{}", host("two", "source_code: { filename: two.lua }"), host("none", "disabled: true"), &all[1..]);
    let files = [("cors.lua", &*generate(WITH_CREDENTIALS)), ("two.lua", &*generate(&WITH_CREDENTIALS.replace(GOOD, OTHER)))];
    let site = Site::start(&files, &Parts { virtual_hosts: &hosts, ..SITE });
    hosts_have_policies_of_their_own(|request| site.send(request));
    let none = site.send(&Request::new("GET", "/?cors=own").header("Host", "none.example").header("Origin", GOOD));
    assert_eq!(none.header_values("access-control-allow-origin"), ["https://upstream.invalid"]);
}

/// Two policy files in a row, for paths of their own. Their names do not meet.
#[test]
#[ignore = "live: needs Envoy; ./test runs it"]
fn two_policy_files_share_a_listener() {
    let policy = |path: &str, origin: &str| {
        generate(&WITH_CREDENTIALS.replace("    allow_origins", &format!("    paths: [{path}]\n    allow_origins")).replace(GOOD, origin))
    };
    let files = [("cors.lua", &*policy("/one/**", GOOD))];
    // A string of Rust is one of YAML as well, as long as it holds nothing but ASCII.
    let inline = format!("{{ inline_string: {:?} }}", policy("/two/**", OTHER));
    let filters = FILTER.to_owned() + &FILTER.replace("name: cors,", "name: two,").replace("{ filename: cors.lua }", &inline);
    let site = Site::start(&files, &Parts { filters: &filters, ..SITE });
    for (target, origin, allowed) in [("/one/x", GOOD, true), ("/one/x", OTHER, false), ("/two/x", OTHER, true), ("/two/x", GOOD, false)] {
        assert_eq!(site.grants(&format!("{target}?cors=own"), origin), allowed, "{target} {origin}");
        let preflight = Request::new("OPTIONS", target).header("Origin", origin).header("Access-Control-Request-Method", "PUT");
        assert_eq!(site.send(&preflight).status, if allowed { 204 } else { 403 }, "{target} {origin}");
    }
    assert_eq!(site.get("/three?cors=own").header_values("access-control-allow-origin"), ["https://upstream.invalid"]);
}

/// What the reference says of filters before the script: nothing more is let through.
#[test]
#[ignore = "live: needs Envoy; ./test runs it"]
fn what_a_filter_before_the_script_answers_carries_no_headers() {
    let site = Site::of(requests::POLICY, &Parts { filters: &(forbidding("/api/403") + FILTER), ..SITE });
    for response in [site.get("/api/403"), site.preflight("/api/403")] {
        assert_eq!(response.status, 403, "{response:#?}");
        CORS_HEADERS.iter().for_each(|name| assert_eq!(response.header_values(name), Vec::<&str>::new(), "{response:#?}"));
    }
    readable(&site.get("/api/items"), "another path");
}

/// What the reference says of commas: they stand between lines as well.
#[test]
#[ignore = "live: needs Envoy; ./test runs it"]
fn an_origin_with_a_comma_is_refused() {
    let site = Site::of("version: 1\npolicies:\n  default:\n    allow_origins: [{ regex: 'https://[a-z,]{1,20}\\.example\\.org' }]\n", &SITE);
    assert!(site.grants("/", "https://ab.example.org"));
    assert!(!site.grants("/", "https://a,b.example.org"));
    let lines = Request::new("GET", "/").header("Origin", "https://a").header("Origin", "b.example.org");
    assert_eq!(site.send(&lines).header_values("access-control-allow-origin"), Vec::<&str>::new());
}

/// Envoy stops, and does not go on without the policy.
#[test]
#[ignore = "live: needs Envoy; ./test runs it"]
fn a_missing_or_broken_script_is_an_error() {
    let upstream = Upstream::start().expect("the upstream starts");
    let script = generate(WITH_CREDENTIALS);
    for files in [&[][..], &[("cors.lua", &script[..script.len() - 5])]] {
        let error = binary().start(files, &SITE, upstream.addr()).map(|_| ()).expect_err("a script that is whole is needed");
        assert!(error.contains("cors.lua") || error.contains("script load error"), "{error}");
    }
}
