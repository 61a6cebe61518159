//! Paths: policies inside others, policies that no test reaches.

use cors_gen::policy::Rule;
use cors_gen::{Span, Spanned};

use super::{check, codes};

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
fn a_test_reaches_the_policy_that_its_path_leads_to() {
    let text = "version: 1\npolicies:\n  a: { paths: [/a/**], allow_origins: '*' }\n  b: { paths: [/a/b], allow_origins: '*' }\n  c: { paths: [/c/*/d], allow_origins: '*' }\nlints: { untested-policy: warn }\ntests:\n  \
                - { name: anyone reads, path: '/a/b?q', allow: [https://app.example.com] }\n";
    check(text, &["untested-policy: no test reaches the policy `a`", "untested-policy: no test reaches the policy `c`"]);
}

fn rule(pattern: &str) -> Rule<'_> {
    Rule { pattern: Spanned { value: pattern.into(), span: Span::default() }, policy: 0 }
}

#[test]
fn a_pattern_contains_another_exactly_if_it_matches_all_its_paths() {
    const PATTERNS: &[&str] = &[
        "/**", "/", "/*", "/*/**", "/*/*", "/a", "/a/", "/a/*", "/a/**", "/a/b", "/a/b/**", "/*/b", "/*/b/**", "/a/*/**", "/a/*/c", "/a/b/c", "/*/*/c", "/b/**",
    ];
    let segments = ["", "a", "b", "c", "x"];
    let mut paths: Vec<String> = vec![String::new()];
    for depth in 0..3 {
        let deepest: Vec<String> = paths.iter().filter(|path| path.matches('/').count() == depth && !path.ends_with('/')).cloned().collect();
        paths.extend(deepest.iter().flat_map(|path| segments.map(|segment| format!("{path}/{segment}"))));
    }
    for outer in PATTERNS {
        for inner in PATTERNS {
            let [within, around] = [inner, outer].map(|pattern| paths.iter().map(|path| rule(pattern).matches(path.as_bytes())).collect::<Vec<_>>());
            if within == around {
                continue;
            }
            let expected = within.iter().zip(&around).all(|(within, around)| *around || !within);
            let text = nested(outer, "allow_origins: '*'", inner, "allow_origins: [https://app.example.com]");
            assert_eq!(codes(&text, false).contains("looser-outer-path"), expected, "{outer} outside {inner}");
        }
    }
}
