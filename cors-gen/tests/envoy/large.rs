//! Lists, patterns and policies in numbers that a table of Lua could stumble over.

use std::fmt::Write;

use cors_testbed::envoy::SITE;
use cors_testbed::http::Request;

use super::Site;

/// The text of a policy file with this many lines, each made from its number, after others.
fn lines(before: &str, count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).fold(before.to_owned(), |mut text, index| {
        let _ = writeln!(text, "{}", line(index));
        text
    })
}

const HEAD: &str = "version: 1\npolicies:\n";
const ORIGINS: &str = "version: 1\npolicies:\n  default:\n    allow_origins:\n";

#[test]
#[ignore = "live: needs Envoy; ./test runs it"]
fn a_hundred_thousand_origins_are_one_list() {
    let site = Site::of(&lines(ORIGINS, 100_000, |index| format!("      - https://customer-{index}.example.org")), &SITE);
    for (origin, allowed) in
        [("https://customer-0.example.org", true), ("https://customer-99999.example.org", true), ("https://customer-100000.example.org", false)]
    {
        assert_eq!(site.grants("/", origin), allowed, "{origin}");
    }
}

#[test]
#[ignore = "live: needs Envoy; ./test runs it"]
fn many_wildcards_and_regexes_are_all_found() {
    let wildcards = lines(ORIGINS, 3_000, |index| {
        format!("      - https://*.w{index}.example.org\n      - https://p{index}-*.example.net:*\n      - http://h{index}.example.dev:*")
    });
    let site = Site::of(
        &lines(&wildcards, 100, |index| format!("      - regex: https://r{index}-[0-9]+\\.example\\.edu"))
            .replace("policies:\n  default:", "lints: { insecure-origin: allow }\npolicies:\n  default:"),
        &SITE,
    );
    for (origin, allowed) in [
        ("https://a.b.w0.example.org", true),
        ("https://a.w2999.example.org", true),
        ("https://a.w3000.example.org", false),
        ("https://w1.example.org", false),
        ("https://p2999-x.example.net", true),
        ("https://p2999-x.example.net:8443", true),
        ("https://p2999-.example.net", false),
        ("https://p3000-x.example.net", false),
        ("https://p1-x.y.example.net", false),
        ("http://h2999.example.dev:3000", true),
        ("http://h2999.example.dev:65536", false),
        ("https://h2999.example.dev:3000", false),
        ("https://r99-42.example.edu", true),
        ("https://r100-42.example.edu", false),
    ] {
        assert_eq!(site.grants("/", origin), allowed, "{origin}");
    }
}

#[test]
#[ignore = "live: needs Envoy; ./test runs it"]
fn thousands_of_policies_and_paths_are_all_found() {
    let policy = |index: usize| {
        let paths = format!("paths: [/p{index}/**, /p{index}/*/exact, '/*/q{index}']");
        format!("  p{index}:\n    {paths}\n    allow_origins: [https://only-{index}.example.net, https://app.example.org]")
    };
    let site = Site::of(&lines(HEAD, 3_000, policy), &SITE);
    for (path, index, allowed) in [
        ("/p2999/x", 2999, true),
        ("/p2999/x", 1, false),
        ("/p40", 40, true),
        ("/p40/x/exact", 40, true),
        ("/x/q1500", 1500, true),
        ("/p40/q1500", 1500, false),
        ("/p40/q1500", 40, true),
        ("/x/q1500/y", 1500, false),
        ("/p3000", 0, false),
    ] {
        assert_eq!(site.grants(path, &format!("https://only-{index}.example.net")), allowed, "{path} {index}");
    }
}

/// Patterns and paths deeper than a script could call itself.
#[test]
#[ignore = "live: needs Envoy; ./test runs it"]
fn deep_patterns_and_deep_paths_are_no_trouble() {
    let deep = |segment: &str, times: usize| format!("/{segment}").repeat(times);
    let paths = format!("['{}/x', '{}/**', '/{}/a/*/c', /a/b/**]", deep("*", 30), deep("a", 25_000), "*");
    let site = Site::of(&format!("{HEAD}  deep:\n    paths: {paths}\n    allow_origins: [https://app.example.org]\n"), &SITE);
    for (path, allowed) in [
        (deep("b", 30) + "/x", true),
        (deep("a", 30) + "/x", true),
        (deep("b", 30) + "/y", false),
        (deep("a", 25_000) + &deep("b", 2_000), true),
        (deep("a", 24_999), false),
        (deep("b", 8_000), false),
        ("/a/b/c".to_owned(), true),
        ("/a/a/b/c".to_owned(), true),
        ("/a/a/b/d".to_owned(), false),
    ] {
        assert_eq!(site.grants(&path, "https://app.example.org"), allowed, "{}", path.len());
    }
}

#[test]
#[ignore = "live: needs Envoy; ./test runs it"]
fn lists_of_eight_kilobytes_arrive_whole() {
    let names: Vec<String> = (0..745).map(|index| format!("x-{index:07}")).collect();
    let list = names.join(", ");
    assert!(list.len() > 8_000);
    let site = Site::of(
        &format!("{ORIGINS}      - https://app.example.org\n    allow_methods: [{list}]\n    allow_headers: [{list}]\n    expose_headers: [{list}]\n"),
        &SITE,
    );
    let asked = Request::new("GET", "/").header("Origin", "https://app.example.org");
    assert_eq!(site.send(&asked).header_values("access-control-expose-headers"), [&*list]);
    let answer = site.send(&Request { method: "OPTIONS".to_owned(), ..asked }.header("Access-Control-Request-Method", "PUT"));
    assert_eq!(answer.header_values("access-control-allow-methods"), [&*list]);
    assert_eq!(answer.header_values("access-control-allow-headers"), [&*list]);
}
