//! The registry of lints and small policy files come in; every lint speaks where it should, and nowhere else.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use cors_gen::lints::{DefaultLevel, LINTS};
use cors_gen::{Diagnostic, Level, Options, Source, compile};

fn diagnostics(text: &str, options: &Options) -> Vec<Diagnostic> {
    compile(&Source::new("cors.yaml", text), options).diagnostics
}

fn found(text: &str, pedantic: bool) -> Vec<(&'static str, Level)> {
    let options = Options { pedantic, lint_all_profiles: true, ..Options::default() };
    diagnostics(text, &options).iter().map(|diagnostic| (diagnostic.code, diagnostic.level)).collect()
}

fn codes(text: &str, pedantic: bool) -> BTreeSet<&'static str> {
    found(text, pedantic).into_iter().map(|(code, _)| code).collect()
}

/// A file with one policy that says this.
fn policy(lines: &[&str]) -> String {
    format!("version: 1\npolicies:\n  api:\n    {}\n", lines.join("\n    "))
}

/// A file with one policy that allows these origins.
fn origins(origins: &str) -> String {
    policy(&[&format!("allow_origins: {origins}")])
}

/// The messages of a file's findings, each after its code.
fn messages(text: &str) -> Vec<String> {
    diagnostics(text, &Options { lint_all_profiles: true, ..Options::default() })
        .into_iter()
        .map(|diagnostic| format!("{}: {}", diagnostic.code, diagnostic.message))
        .collect()
}

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    assert_eq!(messages(text), expected, "\n{text}");
}

#[test]
fn the_bad_policy_of_every_lint_raises_it_alone_and_the_good_one_nothing() {
    for lint in LINTS {
        assert_eq!(codes(lint.bad, true), BTreeSet::from([lint.name]), "the bad policy of {}", lint.name);
        let without_pedantic = if lint.default == DefaultLevel::Pedantic { BTreeSet::new() } else { BTreeSet::from([lint.name]) };
        assert_eq!(codes(lint.bad, false), without_pedantic, "the bad policy of {}, not pedantic", lint.name);
        assert_eq!(found(lint.good, true), [], "the good policy of {}", lint.name);
    }
}

#[test]
fn every_finding_says_where_why_and_what_to_do() {
    for lint in LINTS {
        let source = Source::new("cors.yaml", lint.bad);
        for diagnostic in compile(&source, &Options { pedantic: true, ..Options::default() }).diagnostics {
            assert!(!diagnostic.reason.is_empty() && !diagnostic.help.is_empty(), "{}", lint.name);
            assert!(diagnostic.span.end > diagnostic.span.start, "{}", lint.name);
            let sentence_ends = [&diagnostic.message, &diagnostic.label, &diagnostic.reason, &diagnostic.help]
                .iter()
                .any(|text| text.ends_with(['.', '\n']) && !text.ends_with("..."));
            assert!(!sentence_ends && !diagnostic.message.contains('\n'), "{}: {diagnostic:?}", lint.name);
        }
    }
}

#[test]
fn names_and_documentation_are_in_order() {
    let names: BTreeSet<&str> = LINTS.iter().map(|lint| lint.name).collect();
    assert_eq!(names.len(), LINTS.len(), "two lints of one name");
    for lint in LINTS {
        assert!(lint.name.split('-').all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase())), "{} is no kebab-case", lint.name);
        assert!(!lint.summary.ends_with('.') && !lint.summary.contains('\n'), "the summary of {}", lint.name);
        assert!(
            lint.why.ends_with('.') && lint.why.contains("Allowing it is right") && !lint.why.contains('\n') && !lint.why.contains("  "),
            "the paragraph of {}",
            lint.name
        );
    }
}

#[test]
fn the_levels_are_those_of_the_reference() {
    let of = |name: &str| LINTS.iter().find(|lint| lint.name == name).unwrap().default.describe();
    assert_eq!(of("insecure-origin-with-credentials"), "deny");
    assert_eq!(of("broad-regex"), "deny");
    assert_eq!(of("null-origin"), "deny with credentials, else warn");
    assert_eq!(of("untested-policy"), "pedantic");
    for (origin, name) in [("\"null\"", "null-origin"), ("https://*.github.io", "public-suffix-wildcard")] {
        let lines = format!("allow_origins: ['{}']", origin.trim_matches('"'));
        assert_eq!(found(&policy(&[&lines]), false), [(name, Level::Warn)]);
        assert_eq!(found(&policy(&[&lines, "allow_credentials: true"]), false), [(name, Level::Deny)]);
    }
}

/// Levels that say nothing of the lint at hand.
const OTHER: &str = "{ max-age-over-cap: warn }";

/// A file whose only policy has a null origin, with levels for the policy and the file.
fn leveled(policy: &str, file: &str) -> String {
    format!("version: 1\npolicies:\n  api:\n    allow_origins: [\"null\"]\n    lints: {policy}\nlints: {file}\n")
}

#[test]
fn a_file_and_a_policy_set_the_level_and_the_policy_has_the_last_word() {
    let raised = |level| vec![("null-origin", level)];
    for (policy, file, expected) in [
        (OTHER, "{ null-origin: allow }", vec![]),
        (OTHER, "{ null-origin: { level: allow, because: the player runs in a sandboxed frame } }", vec![]),
        (OTHER, "{ null-origin: warn }", raised(Level::Warn)),
        (OTHER, "{ null-origin: deny }", raised(Level::Deny)),
        ("{ null-origin: allow }", "{ null-origin: deny }", vec![]),
        ("{ null-origin: deny }", "{ null-origin: allow }", raised(Level::Deny)),
        ("{ null-origin: { level: warn, because: it is being looked into } }", "{ null-origin: deny }", raised(Level::Warn)),
        ("{ insecure-origin: allow }", OTHER, raised(Level::Warn)),
    ] {
        assert_eq!(found(&leveled(policy, file), false), expected, "policy {policy}, file {file}");
    }
}

#[test]
fn a_denied_lint_keeps_a_policy_from_being_compiled_and_a_warning_does_not() {
    let sound = |text: &str| {
        let source = Source::new("cors.yaml", text);
        compile(&source, &Options::default()).sound().is_some()
    };
    assert!(sound(&leveled(OTHER, OTHER)));
    assert!(!sound(&leveled("{ null-origin: deny }", OTHER)));
}

#[test]
fn a_level_wakes_a_pedantic_lint() {
    let listed = |lints: &str| policy(&["allow_origins: [https://app.example.com]", "expose_headers: [Expires]", lints]);
    assert_eq!(found(&listed("max_age: 10m"), false), []);
    assert_eq!(found(&listed("lints: { safelisted-entry: deny }"), false), [("safelisted-entry", Level::Deny)]);
    assert_eq!(found(&listed("lints: { safelisted-entry: allow }"), false), []);
}

#[test]
fn an_entry_of_a_set_is_reported_once_with_the_gravest_level_of_the_policies_that_use_it() {
    let text = "version: 1\norigin_sets:\n  partners: [http://partner.example.net, \"null\"]\npolicies:\n  open: { paths: [/open], allow_origins: [set: partners] }\n  \
                closed: { paths: [/closed], allow_origins: [set: partners], allow_credentials: true }\n";
    let expected = [("insecure-origin", Level::Warn), ("insecure-origin-with-credentials", Level::Deny), ("null-origin", Level::Deny)];
    assert_eq!(found(text, false), expected);
}

#[test]
fn every_insecure_entry_is_spoken_of_once() {
    let with_credentials = |list: &str| policy(&[&format!("allow_origins: {list}"), "allow_credentials: true"]);
    check(&origins("[http://a.example.com]"), &["insecure-origin: `http://a.example.com` is an origin without TLS"]);
    check(&origins("[http://10.0.0.1:8080]"), &["insecure-origin: `http://10.0.0.1:8080` is an origin without TLS"]);
    check(&origins("[http://*.example.com:*]"), &["insecure-origin: `http://*.example.com:*` is an origin without TLS"]);
    check(
        &with_credentials("[http://a.example.com]"),
        &["insecure-origin-with-credentials: `http://a.example.com` is trusted with credentials over plain http"],
    );
    check(&origins("[http://a.example.com, https://a.example.com]"), &["http-twin: `http://a.example.com` is listed with https as well"]);
    check(
        &with_credentials("[http://a.example.com, https://a.example.com]"),
        &["insecure-origin-with-credentials: `http://a.example.com` is trusted with credentials over plain http"],
    );
    check(&origins("[http://a.example.com:8080, https://a.example.com]"), &["insecure-origin: `http://a.example.com:8080` is an origin without TLS"]);
    check(&origins("[{ regex: 'https?://a[0-9]\\.example\\.com' }]"), &["insecure-origin: this regex matches `http://a0.example.com`, an origin without TLS"]);
    check(
        &with_credentials("[{ regex: 'https?://a\\.example\\.com(:[0-9]+)?' }]"),
        &["insecure-origin-with-credentials: this regex matches `http://a.example.com`, which is trusted with credentials over plain http"],
    );
}

#[test]
fn an_insecure_entry_that_may_be_allowed_hides_no_other() {
    let text = policy(&["allow_origins: [http://a.example.com, https://a.example.com, http://b.example.com]", "lints: { http-twin: allow }"]);
    check(&text, &["insecure-origin: `http://b.example.com` is an origin without TLS"]);
}

#[test]
fn loopback_belongs_into_a_profile_and_is_never_insecure() {
    for origin in [
        "http://localhost",
        "https://localhost:3000",
        "http://localhost:*",
        "http://app.localhost",
        "http://*.localhost:*",
        "http://127.0.0.1:8080",
        "http://127.8.8.8",
        "http://[::1]:*",
    ] {
        check(
            &policy(&[&format!("allow_origins: ['{origin}']"), "allow_credentials: true"]),
            &[&format!("loopback-outside-profile: `{origin}` is allowed in every profile, production included")],
        );
        let text = format!(
            "version: 1\nprofiles: [dev]\npolicies:\n  api:\n    allow_origins: [{{ origin: '{origin}', profiles: [dev] }}]\n    allow_credentials: true\n"
        );
        check(&text, &[]);
    }
    check(
        &origins("[{ regex: 'https?://localhost(:[0-9]+)?' }]"),
        &["loopback-outside-profile: this regex matches `http://localhost` in every profile, production included"],
    );
    check(
        &origins("[{ regex: '(http://localhost:[0-9]+|https://app\\.example\\.com)' }]"),
        &["loopback-outside-profile: this regex matches `http://localhost:1` in every profile, production included"],
    );
    for origin in ["capacitor://localhost", "tauri://localhost", "https://localhost.example.com", "https://mylocalhost.com", "https://127.example.com"] {
        check(&origins(&format!("[{origin}]")), &[]);
    }
}

#[test]
fn a_wildcard_under_a_public_suffix_allows_strangers() {
    for wildcard in ["https://*.com", "https://*.co.uk", "https://*.github.io", "https://app-*.vercel.app", "https://*-acme.netlify.app", "https://*.com."] {
        check(&origins(&format!("['{wildcard}']")), &[&format!("public-suffix-wildcard: `{wildcard}` allows names that anyone can register")]);
    }
    // Below this domain of a well-known wiki anyone can have a tool: it is on the list.
    assert_eq!(found(&policy(&["allow_origins: ['https://*.wmflabs.org']", "allow_credentials: true"]), false), [("public-suffix-wildcard", Level::Deny)]);
    for wildcard in [
        "https://*.example.com",
        "https://*.acme.github.io",
        "https://pr-*.acme.vercel.app",
        "https://*.internal",
        "https://*.corp",
        "https://*.lan:8443",
        "https://acme.github.io",
    ] {
        check(&origins(&format!("['{wildcard}']")), &[]);
    }
}

#[test]
fn a_regex_stays_inside_one_domain() {
    for regex in [
        "https://app.example\\.com",
        "https://app\\.example.com",
        "https://.*example\\.com",
        "https://.*",
        "https://[a-z]+\\.com",
        "https://app\\.example\\.(com|de)",
        "chrome-extension://[a-p]{32}",
    ] {
        assert_eq!(codes(&origins(&format!("[{{ regex: '{regex}' }}]")), false), BTreeSet::from(["broad-regex"]), "{regex}");
    }
    for regex in ["https://pr-[0-9]{1,5}\\.preview\\.example\\.dev", "https://([a-z0-9-]+\\.)*example\\.com", "https://(app|shop)\\.example\\.co\\.uk(:8443)?"]
    {
        check(&origins(&format!("[{{ regex: '{regex}' }}]")), &[]);
    }
}

#[test]
fn any_header_names_authorization_or_is_asked_about() {
    let headers = |list: &str| codes(&policy(&["allow_origins: [https://app.example.com]", &format!("allow_headers: {list}")]), false);
    for list in ["'*'", "['*']"] {
        assert_eq!(headers(list), BTreeSet::from(["wildcard-headers-without-authorization"]), "{list}");
    }
    for list in ["['*', Authorization]", "[authorization, '*']", "[Content-Type]", "[]"] {
        assert_eq!(headers(list), BTreeSet::new(), "{list}");
    }
}

#[test]
fn a_day_is_the_longest_time_that_any_browser_keeps_a_preflight() {
    let max_age = |value: &str| policy(&["allow_origins: [https://app.example.com]", &format!("max_age: {value}")]);
    check(&max_age("2d"), &["max-age-over-cap: no browser keeps a preflight for `172800` seconds (2 days)"]);
    check(&max_age("25h"), &["max-age-over-cap: no browser keeps a preflight for `90000` seconds (25 hours)"]);
    check(&max_age("86401"), &["max-age-over-cap: no browser keeps a preflight for `86401` seconds"]);
    for value in ["0", "10m", "24h", "1d", "86400"] {
        check(&max_age(value), &[]);
    }
}

#[test]
fn domains_that_look_alike_are_shown_to_the_reader() {
    for (one, other, imitation, original) in [
        ("example.com", "examp1e.com", "examp1e.com", "example.com"),
        ("examp1e.com", "example.com", "examp1e.com", "example.com"),
        ("example.com", "exarnple.com", "exarnple.com", "example.com"),
        ("github.com", "g1thub.com", "g1thub.com", "github.com"),
        ("google.com", "g00gle.com", "g00gle.com", "google.com"),
        ("wikipedia.org", "vvikipedia.org", "vvikipedia.org", "wikipedia.org"),
        ("a.example.co.uk", "b.examp1e.co.uk", "examp1e.co.uk", "example.co.uk"),
        ("*.example.com", "examp1e.com:8443", "examp1e.com", "example.com"),
    ] {
        check(&origins(&format!("['https://{one}', 'https://{other}']")), &[&format!("lookalike-origin: `{imitation}` looks like `{original}`")]);
    }
    let (cyrillic, shown) = ("xn--paypl-7ve.com", "payp\u{430}l.com");
    check(
        &origins(&format!("[https://paypal.com, https://{cyrillic}]")),
        &[&format!("lookalike-origin: `{cyrillic}`, shown as `{shown}`, looks like `paypal.com`")],
    );
}

#[test]
fn names_of_one_family_do_not_look_alike() {
    for list in [
        "shop1.com, https://shop2.com, https://shop10.com, https://shop11.com",
        "app1.example.com, https://appl.example.com, https://appi.example.com",
        "example.com, https://example.org, https://example.co.uk, https://examples.com",
        "mail.com, https://mall.com",
        "xn--mller-kva.de, https://muller.de, https://mueller.de",
        "10.0.0.1, https://1o.example.com",
        "wikipedia.org, https://wikimedia.org, https://wikinews.org, https://wiktionary.org",
    ] {
        check(&origins(&format!("[https://{list}]")), &[]);
    }
}

#[test]
fn a_look_alike_is_found_in_another_policy_and_allowed_by_its_own() {
    let text = |lints: &str| {
        format!(
            "version: 1\npolicies:\n  a: {{ paths: [/a], allow_origins: [https://example.com] }}\n  b: {{ paths: [/b], allow_origins: [https://examp1e.com], lints: {lints} }}\n"
        )
    };
    check(&text(OTHER), &["lookalike-origin: `examp1e.com` looks like `example.com`"]);
    check(&text("{ lookalike-origin: allow }"), &[]);
}

/// A file with an outer and an inner policy, each with its path and what it says besides.
fn nested(outer: &str, outer_says: &str, inner: &str, inner_says: &str) -> String {
    format!("version: 1\npolicies:\n  outer: {{ paths: ['{outer}'], {outer_says} }}\n  inner: {{ paths: ['{inner}'], {inner_says} }}\n")
}

#[test]
fn an_outer_path_that_is_open_to_more_origins_is_found() {
    let (any, app, both) =
        ("allow_origins: '*'", "allow_origins: [https://app.example.com]", "allow_origins: [https://app.example.com, https://shop.example.com]");
    for (outer, inner) in [
        ("/**", "/admin/**"),
        ("/**", "/"),
        ("/api/**", "/api"),
        ("/api/**", "/api/admin"),
        ("/*/users", "/admin/users"),
        ("/*/**", "/admin/**"),
        ("/api/*/**", "/api/*/x/*"),
    ] {
        check(
            &nested(outer, any, inner, app),
            &[&format!("looser-outer-path: `{outer}` contains `{inner}` and allows any origin, which the policy `inner` refuses")],
        );
        check(
            &nested(outer, both, inner, app),
            &[&format!("looser-outer-path: `{outer}` contains `{inner}` and allows `https://shop.example.com`, which the policy `inner` refuses")],
        );
    }
    for (outer, inner) in
        [("/public/**", "/admin/**"), ("/api/*", "/api/a/b"), ("/admin/users", "/*/users"), ("/admin/**", "/*/**"), ("/api/", "/api"), ("/a/*", "/a")]
    {
        check(&nested(outer, any, inner, app), &[]);
    }
}

#[test]
fn an_outer_path_that_is_open_to_no_more_origins_is_sound() {
    for (outer, inner) in [
        ("[https://app.example.com]", "'*'"),
        ("[https://app.example.com]", "[https://app.example.com, https://admin.example.com]"),
        ("[https://app.example.com, https://pr-*.example.com]", "['https://*.example.com']"),
        ("[http://localhost:3000]", "['http://localhost:*']"),
        ("[https://a1.example.com]", "[{ regex: 'https://a[0-9]\\.example\\.com' }]"),
        ("[{ regex: 'https://a[0-9]\\.example\\.com' }]", "['https://*.example.com']"),
    ] {
        let file = nested("/**", &format!("allow_origins: {outer}"), "/in/**", &format!("allow_origins: {inner}"));
        assert!(!codes(&file, false).contains("looser-outer-path"), "{file}");
    }
    let file =
        nested("/**", "allow_origins: [{ regex: 'https://b[0-9]\\.example\\.com' }]", "/in/**", "allow_origins: [{ regex: 'https://a[0-9]\\.example\\.com' }]");
    assert!(codes(&file, false).contains("looser-outer-path"), "{file}");
}

#[test]
fn an_outer_path_is_spoken_of_once() {
    let text = "version: 1\npolicies:\n  site: { allow_origins: '*' }\n  a: { paths: [/a/**, /b/**], allow_origins: [https://app.example.com] }\n  c: { paths: [/c/**], allow_origins: [https://app.example.com] }\n";
    check(text, &["looser-outer-path: `/**` contains `/a/**` and allows any origin, which the policy `a` refuses"]);
}

#[test]
fn methods_in_the_wrong_case_are_found() {
    let methods = |list: &str| policy(&["allow_origins: [https://app.example.com]", &format!("allow_methods: {list}")]);
    check(&methods("[patch]"), &["miscased-method: `patch` is another method than `PATCH`"]);
    check(
        &methods("[Patch, propFind]"),
        &["miscased-method: `Patch` is another method than `PATCH`", "miscased-method: `propFind` is another method than `PROPFIND`"],
    );
    check(&methods("[PATCH, PROPFIND, QUERY, chicken, CHICKEN]"), &[]);
}

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
fn names_that_repeat_or_stand_beside_any_are_redundant() {
    let says = |line: &str| policy(&["allow_origins: [https://app.example.com]", line]);
    check(&says("allow_methods: [GET, PUT, GET]"), &["redundant-entry: `GET` is listed twice"]);
    check(&says("allow_methods: ['*', PUT]"), &["redundant-entry: `PUT` is covered by `\"*\"`"]);
    check(&says("allow_headers: [X-A, x-a]"), &["redundant-entry: `x-a` is listed twice"]);
    check(&says("allow_headers: [X-A, '*', Authorization]"), &["redundant-entry: `X-A` is covered by `\"*\"`"]);
    check(&says("expose_headers: ['*', X-A]"), &["redundant-entry: `X-A` is covered by `\"*\"`"]);
    check(&says("allow_methods: [FOO, foo]"), &[]);
}

#[test]
fn a_test_is_no_use_of_a_profile_nor_of_a_set() {
    let text = "version: 1\nprofiles: [dev, staging]\norigin_sets:\n  partners: [{ origin: https://partner.example.net, profiles: [staging] }]\npolicies:\n  api: { allow_origins: [https://app.example.com] }\ntests:\n  \
                - { name: the app can read, profile: dev, allow: [https://app.example.com] }\n";
    check(text, &["unused-profile: no entry names the profile `dev`", "unused-origin-set: no policy uses the origin set `partners`"]);
}

#[test]
fn only_headers_that_are_free_are_safelisted() {
    let says = |line: &str| {
        found(&policy(&["allow_origins: [https://app.example.com]", line]), true).into_iter().filter(|(code, _)| *code == "safelisted-entry").count()
    };
    assert_eq!(says("allow_headers: [accept, Accept-Language, CONTENT-LANGUAGE]"), 3);
    assert_eq!(says("allow_headers: [Content-Type, Range, X-A]"), 0);
    assert_eq!(says("expose_headers: [Cache-Control, Content-Language, content-length, Content-Type, Expires, Last-Modified, Pragma]"), 7);
    assert_eq!(says("expose_headers: [ETag, Date, Content-Range]"), 0);
}

#[test]
fn a_list_of_methods_cannot_forbid_the_safelisted_ones() {
    let missing = |list: &str| {
        let text = policy(&["allow_origins: [https://app.example.com]", &format!("allow_methods: {list}"), "lints: { unlisted-safelisted-method: warn }"]);
        messages(&text)
    };
    assert_eq!(
        missing("[PUT]"),
        ["unlisted-safelisted-method: `allow_methods` of the policy `api` leaves out `GET`, `HEAD`, `POST`, which does not forbid them"]
    );
    assert_eq!(missing("[GET, POST]"), ["unlisted-safelisted-method: `allow_methods` of the policy `api` leaves out `HEAD`, which does not forbid it"]);
    assert_eq!(missing("[GET, HEAD, POST]"), [] as [&str; 0]);
    assert_eq!(missing("'*'"), [] as [&str; 0]);
}

#[test]
fn a_test_reaches_the_policy_that_its_path_leads_to() {
    let text = "version: 1\npolicies:\n  a: { paths: [/a/**], allow_origins: '*' }\n  b: { paths: [/a/b], allow_origins: '*' }\n  c: { paths: [/c/*/d], allow_origins: '*' }\nlints: { untested-policy: warn }\ntests:\n  \
                - { name: anyone reads, path: '/a/b?q', allow: [https://app.example.com] }\n";
    check(text, &["untested-policy: no test reaches the policy `a`", "untested-policy: no test reaches the policy `c`"]);
}

/// What people really run, as it would be written here.
const ORDINARY: &[(&str, &str)] = &[
    ("the smallest useful file", "policies:\n  default:\n    allow_origins: [https://app.example.com]\n"),
    ("a public resource", "policies:\n  default:\n    allow_origins: \"*\"\n    max_age: 24h\n"),
    (
        "FastAPI in production",
        "policies:\n  api:\n    allow_origins: [https://frontend.com, https://staging.frontend.com]\n    allow_methods: [GET, POST, PUT, DELETE]\n    allow_headers: [Authorization, Content-Type]\n    allow_credentials: true\n    max_age: 3600\n",
    ),
    (
        "Django REST",
        "policies:\n  api:\n    allow_origins: [https://app.example.com]\n    allow_methods: [DELETE, GET, OPTIONS, PATCH, POST, PUT]\n    allow_headers: [accept, authorization, content-type, user-agent, x-csrftoken, x-requested-with]\n    allow_credentials: true\n",
    ),
    (
        "Flask",
        "policies:\n  api:\n    paths: [/api/*]\n    allow_origins: [https://trusted-website.com]\n    allow_methods: [GET]\n    allow_headers: [Content-Type]\n",
    ),
    (
        "Wikimedia",
        "policies:\n  wikis:\n    allow_origins: ['https://*.wikipedia.org', 'https://*.wikimedia.org', 'https://*.wikinews.org', 'https://*.wiktionary.org', 'https://*.wikibooks.org', 'https://*.wikiversity.org', 'https://*.wikisource.org', \
         https://wikisource.org, 'https://*.wikiquote.org', 'https://*.wikidata.org', 'https://*.wikivoyage.org', https://www.mediawiki.org, https://m.mediawiki.org]\n    allow_credentials: true\n",
    ),
    (
        "Mastodon",
        "policies:\n  profiles:\n    paths: ['/.well-known/*', '/users/*']\n    allow_origins: \"*\"\n    allow_methods: [GET]\n  api:\n    paths: ['/api/**']\n    allow_origins: \"*\"\n    allow_methods: [GET, POST, PUT, DELETE, PATCH]\n    \
         allow_headers: ['*', Authorization]\n    expose_headers: [Link, X-RateLimit-Reset, X-RateLimit-Limit, X-RateLimit-Remaining, X-Request-Id]\n  token:\n    paths: [/oauth/token]\n    allow_origins: \"*\"\n    allow_headers: ['*', Authorization]\n",
    ),
    (
        "Matrix",
        "policies:\n  client:\n    allow_origins: \"*\"\n    allow_methods: [GET, POST, PUT, DELETE, OPTIONS]\n    allow_headers: [X-Requested-With, Content-Type, Authorization]\n",
    ),
    (
        "previews under a domain of one's own",
        "profiles: [dev]\npolicies:\n  api:\n    allow_origins:\n      - https://app.acme.com\n      - https://*.preview.acme.dev\n      - https://acme-git-*.team.acme.dev\n      - { origin: 'http://localhost:*', profiles: [dev] }\n      \
         - regex: https://pr-[0-9]{1,5}\\.preview\\.example\\.dev\n    allow_credentials: true\n    max_age: 10m\n",
    ),
    (
        "a browser extension",
        "policies:\n  api:\n    allow_origins: ['chrome-extension://aapbdbdomjkkjkaonfhkkikfgjllcleb', 'moz-extension://0b3c2f4e-8d52-4f3a-9d4e-2f1c8a7b6d5e']\n    allow_headers: [Authorization]\n",
    ),
    (
        "an app of its own scheme",
        "policies:\n  api:\n    allow_origins: ['capacitor://localhost', 'tauri://localhost', https://app.example.com]\n    allow_credentials: true\n",
    ),
    (
        "a public part inside",
        "policies:\n  api:\n    paths: [/api/**]\n    allow_origins: [https://app.example.com]\n    allow_credentials: true\n  public:\n    paths: [/api/public/**]\n    allow_origins: \"*\"\n",
    ),
    (
        "customers' own domains",
        "policies:\n  api:\n    allow_origins: [https://shop1.com, https://shop2.com, https://www.bakery-miller.de, https://xn--bckerei-mller-gfb7i.de, https://www.modern-art.co.uk, https://shop.modem.example, https://10.0.0.7:8443]\n    allow_credentials: true\n",
    ),
];

#[test]
fn ordinary_policies_compile_without_a_word() {
    for (name, text) in ORDINARY {
        assert_eq!(messages(&format!("version: 1\n{text}")), [] as [&str; 0], "{name}");
    }
}
