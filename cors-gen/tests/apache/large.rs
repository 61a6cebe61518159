//! Lists, values and policies of sizes that nobody writes by hand.

use cors_testbed::http::Request;
use cors_testbed::scenarios::{many_policies, many_policies_are_told_apart};

use super::{GOOD, PASS, Site, generate};

/// The tree of exact origins holds each of them, and nothing beside them.
#[test]
#[ignore = "live: needs Apache httpd; ./test runs it"]
fn each_of_many_origins_is_found() {
    // In no order, and with neighbours that begin alike.
    let origin = |index: usize| format!("https://{}.customers.example.com", index * 7_919 % 30_011);
    let entries: String = (0..25_000).map(|index| format!("      - {}\n", origin(index))).collect();
    let site = Site::of(&format!("version: 1\npolicies:\n  default:\n    allow_origins:\n{entries}"), PASS);
    for index in (0..25_000).step_by(23).chain(24_990..25_020) {
        let origin = origin(index);
        let response = site.send(&Request::new("GET", "/").header("Origin", &origin));
        let wanted = if index < 25_000 { vec![&*origin] } else { Vec::new() };
        assert_eq!(response.header_values("access-control-allow-origin"), wanted, "{origin}");
    }
    for origin in ["https://", "https://a.customers.example.com", "https://1.customers.example.co", "https://1.customers.example.com.evil.test", "zzz", "!"] {
        let response = site.send(&Request::new("GET", "/").header("Origin", origin));
        assert_eq!(response.header_values("access-control-allow-origin"), Vec::<&str>::new(), "{origin}");
    }
}

/// More policies, wildcards and paths than fit on a screen, and policies that share a list.
#[test]
#[ignore = "live: needs Apache httpd; ./test runs it"]
fn many_policies_and_wildcards_are_told_apart() {
    let site = Site::of(&many_policies(), PASS);
    many_policies_are_told_apart(|request| site.send(request));
}

#[test]
#[ignore = "live: needs Apache httpd; ./test runs it"]
fn long_values_arrive_whole() {
    let names = (0..1_000).map(|index| format!("x-long-name-{index}")).collect::<Vec<_>>().join(", ");
    assert!(names.len() > 15_000);
    let lists = format!("allow_methods: [{names}]\n    allow_headers: [{names}]\n    expose_headers: [{names}]");
    let site = Site::of(&format!("version: 1\npolicies:\n  default:\n    allow_origins: [{GOOD}]\n    {lists}\n"), PASS);
    assert_eq!(site.get("/").header_values("access-control-expose-headers"), [&*names]);
    let answer = site.preflight("/");
    for name in ["access-control-allow-methods", "access-control-allow-headers"] {
        assert_eq!(answer.header_values(name), [&*names], "{name}");
    }
}

/// The longest path that is not refused is one that Apache takes.
#[test]
#[ignore = "live: needs Apache httpd; ./test runs it"]
fn the_longest_path_is_matched() {
    let policy = |length: usize| format!("version: 1\npolicies:\n  default:\n    paths: [/{}]\n    allow_origins: [{GOOD}]\n", "a".repeat(length));
    // What stands around the path in its regex: a slash, and that nothing follows.
    let longest = 8_000 - r"/(?:\?|$)".len();
    let refusal = generate(&policy(longest + 1)).expect_err("a path that is too long");
    assert!(refusal.contains("8001 bytes"), "{refusal}");
    // A line of a request is as long as Apache lets it be.
    let site = Site::of(&policy(longest), PASS);
    assert_eq!(site.get(&format!("/{}", "a".repeat(longest))).header_values("access-control-allow-origin"), [GOOD]);
}
