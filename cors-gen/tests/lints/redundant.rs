//! Entries that another one covers, and those that none does.

use cors_gen::{Options, Source, compile};

use super::{check, codes, diagnostics, origins, policy};

#[test]
fn entries_that_another_one_covers_are_redundant() {
    for (list, covered, covering) in [
        ("'https://*.example.com', https://a.example.com", "https://a.example.com", "https://*.example.com"),
        ("https://a.b.example.com, 'https://*.example.com'", "https://a.b.example.com", "https://*.example.com"),
        ("'https://*.example.com', 'https://*.b.example.com'", "https://*.b.example.com", "https://*.example.com"),
        ("'https://*.example.com', 'https://pr-*.example.com'", "https://pr-*.example.com", "https://*.example.com"),
        ("'https://*.example.com:*', 'https://*.example.com:8443'", "https://*.example.com:8443", "https://*.example.com:*"),
        ("'https://*.example.com:*', 'https://a.example.com:8443'", "https://a.example.com:8443", "https://*.example.com:*"),
        ("'https://*.example.com:*', 'https://a.example.com:*'", "https://a.example.com:*", "https://*.example.com:*"),
        ("'https://a.example.com:*', 'https://a.example.com'", "https://a.example.com", "https://a.example.com:*"),
        ("'https://pr-*.example.com', 'https://pr-1.example.com'", "https://pr-1.example.com", "https://pr-*.example.com"),
        ("'https://pr-*.example.com', 'https://pr-x-*-y.example.com'", "https://pr-x-*-y.example.com", "https://pr-*.example.com"),
    ] {
        check(&origins(&format!("[{list}]")), &[&format!("redundant-entry: `{covered}` is covered by `{covering}`")]);
    }
    check(
        &origins("[{ regex: 'https://pr-[0-9]\\.example\\.com' }, https://pr-1.example.com]"),
        &["redundant-entry: `https://pr-1.example.com` is covered by a regex"],
    );
    check(&origins("[https://a.example.com, https://b.example.com, https://a.example.com]"), &["redundant-entry: `https://a.example.com` is listed twice"]);
    check(&origins("[{ regex: 'https://a\\.example\\.com' }, { regex: 'https://a\\.example\\.com' }]"), &["redundant-entry: this regex is listed twice"]);
}

#[test]
fn entries_that_no_other_one_covers_are_not_redundant() {
    for list in [
        "'https://*.example.com', https://example.com",
        "'https://*.example.com', 'https://a.example.com:8443'",
        "'https://*.example.com:8443', 'https://a.example.com'",
        "'https://*.b.example.com', https://a.example.com",
        "'https://*.example.com', https://evilexample.com",
        "'https://pr-*.example.com', https://pr-.example.com",
        "'https://pr-*.example.com', https://pr-a_b.example.com",
        "'https://pr-*.example.com', https://pr-a.b.example.com",
        "'https://pr-*-x.example.com', 'https://pr-*.example.com:8443'",
        "'https://a-*.example.com', 'https://*-b.example.com'",
        "{ regex: 'https://pr-[0-9]\\.example\\.com' }, https://pr-12.example.com",
    ] {
        check(&origins(&format!("[{list}]")), &[]);
    }
}

#[test]
fn an_entry_is_covered_only_where_the_other_one_exists_too() {
    let listed =
        |entries: &[&str]| format!("version: 1\nprofiles: [dev, staging]\npolicies:\n  api:\n    allow_origins:\n      - {}\n", entries.join("\n      - "));
    let (wide, dev) = ("https://*.example.com", "{ origin: 'https://*.example.com', profiles: [dev] }");
    let covered = ["redundant-entry: `https://a.example.com` is covered by `https://*.example.com`"];
    let other = "{ origin: https://x.example.org, profiles: [staging] }";
    check(&listed(&[dev, "https://a.example.com", other]), &[]);
    check(&listed(&[dev, "{ origin: https://a.example.com, profiles: [dev, staging] }"]), &[]);
    check(&listed(&[dev, "{ origin: https://a.example.com, profiles: [dev] }", other]), &covered);
    check(&listed(&[wide, "{ origin: https://a.example.com, profiles: [dev] }", other]), &covered);
    check(&listed(&["{ origin: https://a.example.com, profiles: [dev] }", "{ origin: https://a.example.com, profiles: [staging] }"]), &[]);
    check(
        &listed(&["{ origin: https://a.example.com, profiles: [dev] }", "https://a.example.com", other]),
        &["redundant-entry: `https://a.example.com` is listed twice"],
    );
}

#[test]
fn an_entry_of_a_set_is_not_blamed_for_what_a_policy_adds() {
    let file = |set: &str, list: &str| {
        format!(
            "version: 1\norigin_sets:\n  apps: [{set}]\n  more: [https://a.example.com]\npolicies:\n  one: {{ paths: [/1], allow_origins: [{list}] }}\n  two: {{ paths: [/2], allow_origins: [set: apps, set: more] }}\n"
        )
    };
    check(&file("https://a.example.com", "set: apps, 'https://*.example.com'"), &[]);
    let text = file("'https://*.example.com'", "set: apps, https://b.example.com");
    check(&text, &["redundant-entry: `https://b.example.com` is covered by `https://*.example.com`"]);
    let text = file("https://b.example.com", "https://b.example.com, set: apps");
    check(&text, &["redundant-entry: `https://b.example.com` is listed twice"]);
    assert_eq!(
        diagnostics(&text, &Options::default())[0].span.start as usize,
        text.rfind("https://b.example.com").unwrap(),
        "the policy's own entry is at fault"
    );
    let text = file("https://b.example.com, 'https://*.example.com'", "set: apps");
    check(&text, &["redundant-entry: `https://b.example.com` is covered by `https://*.example.com`"]);
}

#[test]
fn a_set_is_taken_in_once() {
    let file = |set: &str, list: &str| {
        format!(
            "version: 1\nprofiles: [dev, staging, test]\norigin_sets:\n  apps: [{set}]\npolicies:\n  api: {{ allow_origins: [{list}, {{ origin: https://x.example.org, profiles: [dev, staging, test] }}] }}\n"
        )
    };
    let two = "https://a.example.com, { origin: https://b.example.com, profiles: [dev] }";
    let twice = ["redundant-entry: the policy `api` takes in the origin set `apps` twice"];
    check(&file(two, "set: apps, set: apps"), &twice);
    check(&file(two, "set: apps, https://c.example.com, { set: apps, profiles: [staging] }"), &twice);
    check(&file(two, "{ set: apps, profiles: [staging] }, set: apps"), &twice);
    check(&file(two, "set: apps"), &[]);
    check(&file(two, "{ set: apps, profiles: [dev] }, { set: apps, profiles: [staging] }"), &[]);
    check(&file(two, "{ set: apps, profiles: [dev, staging] }, { set: apps, profiles: [dev, test] }"), &[]);
}

#[test]
fn names_that_repeat_or_stand_beside_any_are_redundant() {
    let says = |line: &str| policy(&["allow_origins: [https://app.example.com]", line]);
    check(&says("allow_methods: [GET, PUT, GET]"), &["redundant-entry: `GET` is listed twice"]);
    check(&says("allow_methods: ['*', PUT]"), &["redundant-entry: `PUT` is covered by `\"*\"`"]);
    check(&says("allow_headers: [X-A, x-a]"), &["redundant-entry: `x-a` is listed twice"]);
    check(&says("allow_headers: [X-A, '*', Authorization]"), &["redundant-entry: `X-A` is covered by `\"*\"`"]);
    check(&says("expose_headers: ['*', X-A]"), &["redundant-entry: `X-A` is covered by `\"*\"`"]);
    check(&says("allow_methods: [FOO, foo]"), &[]);
}

const PATTERNS: &[&str] = &[
    "https://example.com",
    "https://example.com:8443",
    "https://example.com:*",
    "https://a.example.com",
    "https://a.example.com:8443",
    "https://a.example.com:*",
    "https://pr-a.example.com",
    "https://pr-a.b.example.com:*",
    "https://pr-a-x.example.com",
    "https://pr_a.example.com",
    "https://*.example.com",
    "https://*.example.com:8443",
    "https://*.example.com:*",
    "https://*.b.example.com",
    "https://*.b.example.com:8443",
    "https://pr-*.example.com",
    "https://pr-*.example.com:*",
    "https://p*.example.com",
    "https://*-x.example.com",
    "https://pr-*-x.example.com",
    "https://pr-a*.example.com",
    "https://*a.example.com:8443",
    "https://pr-*.b.example.com",
    "http://*.example.com:*",
    "http://a.example.com",
];

/// Origins enough to tell any two of the patterns apart.
fn samples() -> Vec<String> {
    let hosts = [
        "", "a.", "b.", "x.", "pr-a.", "pr-b.", "pr-a-x.", "pr-b-x.", "pr-a1.", "pr_a.", "p0.", "0-x.", "0a.", "a.b.", "pr-a.b.", "pr-b.b.", "q.b.", "pr--x.",
        "pr-x.",
    ];
    let ports = ["", ":8443", ":1"];
    let origins = hosts.iter().flat_map(|host| ports.map(|port| format!("//{host}example.com{port}")));
    origins.flat_map(|rest| [format!("https:{rest}"), format!("http:{rest}")]).collect()
}

fn matched(pattern: &str, samples: &[String]) -> Vec<bool> {
    let source = Source::new("cors.yaml", origins(&format!("['{pattern}']")));
    let policies = compile(&source, &Options::default()).policies.unwrap();
    samples.iter().map(|origin| policies.policies[0].origins.entries()[0].matches(origin.as_bytes())).collect()
}

#[test]
fn an_entry_is_redundant_exactly_if_the_other_one_allows_all_that_it_allows() {
    let samples = samples();
    let matched: Vec<Vec<bool>> = PATTERNS.iter().map(|pattern| matched(pattern, &samples)).collect();
    for (one, allows_one) in PATTERNS.iter().zip(&matched) {
        for (other, allows_other) in PATTERNS.iter().zip(&matched).filter(|(other, _)| *other != one) {
            let within = |narrow: &[bool], wide: &[bool]| narrow.iter().zip(wide).all(|(narrow, wide)| wide | !narrow);
            let expected = within(allows_one, allows_other) || within(allows_other, allows_one);
            let text = policy(&[&format!("allow_origins: ['{one}', '{other}']"), "lints: { insecure-origin: allow }"]);
            assert_eq!(codes(&text, false).contains("redundant-entry"), expected, "{one} and {other}");
        }
    }
}
