//! What Traefik cannot say is refused where it stands, and nothing else is.

use super::generate;

/// A policy with these lines.
fn with(lines: &str) -> String {
    let lints = "lints:\n  obsolete-private-network: allow\n  wildcard-headers-without-authorization: allow\n  broad-regex: allow\n";
    format!("version: 1\npolicies:\n  default:\n    {}\n{lints}", lines.replace('\n', "\n    "))
}

/// The places that are refused in a policy.
fn refused(lines: &str) -> Vec<String> {
    generate(&with(lines)).err().unwrap_or_default().into_iter().map(|(place, _)| place).collect()
}

const ORIGINS: &str = "allow_origins: [https://app.example.org]\n";

#[test]
fn what_cannot_be_said_is_refused_at_its_place() {
    let refused = |lines: &str| refused(&format!("{ORIGINS}{lines}"));
    assert_eq!(refused("paths: [/api/**, /files/*]"), ["/api/**", "/files/*"]);
    assert_eq!(refused("allow_private_network: true"), ["true"]);
    assert_eq!(refused("preflight_status: 206"), ["206"]);
    assert_eq!(refused("allow_credentials: true\nallow_methods: '*'\nallow_headers: [Authorization, '*']"), ["'*'", "'*'"]);
    assert!(refused("allow_methods: '*'\nallow_headers: '*'\nexpose_headers: '*'\nmax_age: 0\npreflight_status: 200").is_empty());
    assert!(refused("allow_credentials: true\nallow_methods: [PUT]\nallow_headers: [Authorization]").is_empty());
}

#[test]
fn regexes_need_a_bound() {
    for (regex, fits) in [
        (r"https://pr-[0-9]{1,5}\.example\.org", true),
        ("https://a{318}", true),
        ("https://(?:a{2}|b){159}", true),
        ("https://a{319}", false),
        ("https://a+", false),
        ("https://a*b", false),
        ("https://a{1,}", false),
        ("(?:https://a)?", false),
        ("https://(?:aa){1,160}", false),
    ] {
        let refused = refused(&format!("allow_origins: [{{ regex: '{regex}' }}]"));
        assert_eq!(refused.is_empty(), fits, "{regex}: {refused:?}");
    }
}

#[test]
fn several_policies_need_several_files() {
    let text = "version: 1\npolicies:\n  a:\n    paths: [/a/**]\n    allow_origins: [https://a.example]\n  b:\n    allow_origins: [https://b.example]\n";
    let refusals = generate(text).expect_err("two policies");
    assert_eq!(refusals.len(), 1);
    assert_eq!((refusals[0].0.as_str(), refusals[0].1.as_str()), ("/a/**", "a middleware of Traefik has no word for the path `/a/**`"));
}
