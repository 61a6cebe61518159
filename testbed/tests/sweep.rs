//! The sweep is held to its word: a server that makes one of the well-known mistakes is found out.
#![allow(clippy::unwrap_used, reason = "a failed step is a failed test")]

use cors_gen::{Options, Source, Storage, compile};
use cors_testbed::http::Request;
use cors_testbed::suggest;
use cors_testbed::sweep::{Subject, due, sweep};
use cors_testbed::upstream::Upstream;

const POLICY: &str = "version: 1
policies:
  api:
    paths: [/api/**]
    allow_origins: [https://app.example.com, https://*.example.org, 'http://localhost:*']
  staff:
    paths: [/staff/**]
    allow_origins: [https://staff.example.com:8443]
";

/// Every request that is suggested, with whether the decision lets its origin in.
fn suggested() -> Vec<(Request, Option<bool>)> {
    let source = Source::new("cors.yaml", POLICY);
    let compilation = compile(&source, &Options::default());
    let set = compilation.sound().unwrap();
    let storage = Storage::new(set);
    let policies = storage.policies();
    let decision = storage.set(&policies);
    let allowed = |request: &Request| due(&decision, request).map(|due| due.is_allowed);
    suggest::requests(set, &[]).into_iter().map(|request| (request.clone(), allowed(&request))).collect()
}

/// Which origins a careless server lets in.
type LetsIn<'a> = &'a dyn Fn(&str) -> bool;

fn only_origin(request: &Request) -> Option<&str> {
    let mut lines = request.headers.iter().filter(|(name, _)| name == "Origin");
    lines.next().filter(|_| request.headers.iter().filter(|(name, _)| name == "Origin").count() == 1).and_then(|(_, value)| std::str::from_utf8(value).ok())
}

#[test]
fn each_mistake_of_a_careless_comparison_has_a_request_that_shows_it() {
    let host = |origin: &str| origin.split_once("://").map(|(_, host)| host.to_owned()).unwrap_or_default();
    let without_port = |origin: &str| origin.rsplit_once(':').filter(|(head, _)| head.contains("://")).map_or(origin.to_owned(), |(head, _)| head.to_owned());
    let mistakes: [(&str, LetsIn<'_>); 12] = [
        ("begins with it", &|origin| origin.starts_with("https://app.example.com")),
        ("ends with it", &|origin| origin.ends_with("app.example.com")),
        ("contains it", &|origin| origin.contains("app.example.com")),
        ("in any case", &|origin| origin.eq_ignore_ascii_case("https://app.example.com")),
        ("a dot is any character", &|origin| origin.len() == 23 && origin.starts_with("https://app") && origin.ends_with("example.com")),
        ("by any scheme", &|origin| host(origin) == "app.example.com"),
        ("at any port", &|origin| without_port(origin) == "https://app.example.com"),
        ("with a dot at the end", &|origin| origin.strip_suffix('.') == Some("https://app.example.com")),
        ("with a slash at the end", &|origin| origin.strip_suffix('/') == Some("https://app.example.com")),
        ("whatever is before the domain", &|origin| origin.starts_with("https://") && origin.ends_with(".example.org")),
        ("the domain without its dot", &|origin| origin.starts_with("https://") && origin.ends_with("example.org")),
        ("null", &|origin| origin == "null"),
    ];
    let suggested = suggested();
    // What the other policy refuses, this one may allow: that would show nothing.
    let refused = || suggested.iter().filter(|(request, allowed)| request.target.starts_with("/api/") && *allowed == Some(false));
    for (name, lets_in) in mistakes {
        let found = refused().any(|(request, _)| only_origin(request).is_some_and(lets_in));
        assert!(found, "no request shows the mistake `{name}`");
    }
}

#[test]
fn each_mistake_of_a_careless_reading_of_paths_has_a_request_that_shows_it() {
    let suggested = suggested();
    for part in ["//", "/./", "/../", "%2e%2e", "%61", "%2F", ";v=1", "/API/"] {
        let shown = suggested.iter().any(|(request, allowed)| request.target.contains(part) && allowed.is_none());
        assert!(shown, "no path with `{part}` that is under no policy");
    }
    assert!(suggested.iter().any(|(request, allowed)| request.target == "/api/x/y/" && allowed.is_some()));
}

#[test]
#[should_panic(expected = "and should be")]
fn a_server_without_policies_is_found_out() {
    let upstream = Upstream::start().unwrap();
    let source = Source::new("cors.yaml", POLICY);
    let compilation = compile(&source, &Options::default());
    sweep(&Subject { name: "the upstream", addr: upstream.addr(), first_origin_may_count: true }, compilation.sound().unwrap(), &[]);
}
