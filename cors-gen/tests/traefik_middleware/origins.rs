//! Lists of origins, long ones and odd ones.

use cors_testbed::http::Request;

use super::{Site, generate, routers};

fn grants(site: &Site, origin: &str) -> bool {
    let response = site.send(&Request::new("GET", "/").header("Origin", origin));
    match response.header_values("access-control-allow-origin")[..] {
        [] => false,
        [granted] => granted == origin || panic!("{granted} for {origin}"),
        _ => panic!("{response:#?}"),
    }
}

fn policy(origins: &str) -> String {
    format!("version: 1\npolicies:\n  default:\n    allow_origins: [{origins}]\n")
}

/// A list that no sensible file exceeds: it is read in time, and the first, the last and no other are found.
#[test]
#[ignore = "live: needs Traefik; ./test runs it"]
fn long_lists_are_read() {
    let origins = |start: &str| (0..10_000).map(|number| format!("'{start}t{:x}.example.com'", number * 7_919 % 10_007)).collect::<Vec<_>>();
    let (exact, wild) = (origins("https://"), origins("https://*."));
    let wild = &wild[..2_500];
    let site = Site::of(&policy(&[exact.join(", "), wild.join(", ")].join(", ")), &routers(&[("", "", "upstream")]));
    let bare = |origin: &String| origin.trim_matches('\'').to_owned();
    assert!(exact.iter().step_by(997).chain(exact.last()).map(bare).all(|origin| grants(&site, &origin)));
    assert!(wild.iter().step_by(97).chain(wild.last()).map(bare).all(|origin| grants(&site, &origin.replace('*', "a.b"))));
    for origin in ["https://t.example.com", "https://t1x.example.com", "https://a.t.example.com", "https://example.com", "https://t0xexample.com"] {
        assert!(!grants(&site, origin), "{origin}");
    }
}

/// What keeps long lists cheap: one regex, in which neighbours that begin alike share that, in whatever order they are written.
#[test]
fn beginnings_are_shared() {
    let wildcards = generate(&policy("'https://*.z.example', https://a.example, 'https://*.y.example:*'")).expect("a file");
    assert_eq!(wildcards.matches("- \"^").count(), 1, "{wildcards}");
    assert!(wildcards.contains(r"(?:y\\.example(?::") && wildcards.contains(r"|z\\.example)$"), "{wildcards}");
    assert_eq!(wildcards, generate(&policy("'https://*.y.example:*', 'https://*.z.example', https://a.example")).expect("a file"));
    let exact = |count: u32| generate(&policy(&(0..count).map(|number| format!("https://a{number}.example")).collect::<Vec<_>>().join(", "))).expect("a file");
    assert!(exact(100).contains("          - \"https://a99.example\"\n") && !exact(100).contains("Regex"));
    assert!(exact(101).contains(r"https://a100\\.example|") && !exact(101).contains("AllowOriginList:"));
}

/// Nothing that is longer than an origin is let in, and of what is no longer, all that DNS could name with labels of ordinary length.
#[test]
#[ignore = "live: needs Traefik; ./test runs it"]
fn a_wildcard_has_an_end() {
    let site = Site::of(&policy("'https://*.example.com', 'https://pr-*.example.org', 'http://localhost:*'"), &routers(&[("", "", "upstream")]));
    let below = |label: usize, count: usize| format!("https://{}example.com", format!("{}.", "a".repeat(label)).repeat(count));
    for (label, count, allowed) in [
        (1, 16, true),
        (15, 16, true),
        (31, 8, true),
        (63, 4, true),
        (64, 1, false),
        (63, 5, false),
        (32, 5, false),
        (16, 9, false),
        (1, 17, false),
        (1, 4_000, false),
    ] {
        let origin = below(label, count);
        assert!(origin.len() <= 326 || !allowed);
        assert_eq!(grants(&site, &origin), allowed, "{count} of {label}");
    }
    assert!(grants(&site, &format!("https://pr-{}.example.org", "a".repeat(60))));
    assert!(!grants(&site, &format!("https://pr-{}.example.org", "a".repeat(8_000))));
    assert!(grants(&site, "http://localhost:3000") && grants(&site, "http://localhost") && !grants(&site, "http://localhost:65536"));
}

/// A list of which the profile leaves nothing allows nobody, and what is no `Origin` is allowed by nothing.
#[test]
#[ignore = "live: needs Traefik; ./test runs it"]
fn nothing_is_no_origin() {
    let nobody = "version: 1
profiles: [dev]
policies:
  default:
    allow_origins: [{ origin: https://app.example.org, profiles: [dev] }]
";
    for text in [nobody.to_owned(), policy("{ regex: 'https://a{1,9}\\.example\\.org' }")] {
        let site = Site::of(&text, &routers(&[("", "", "upstream")]));
        for request in
            [Request::new("GET", "/"), Request::new("GET", "/").header("Origin", ""), Request::new("GET", "/").header("Origin", "https://app.example.org")]
        {
            let response = site.send(&request);
            assert!(response.header_values("access-control-allow-origin").is_empty(), "{response:#?}");
            assert_eq!(response.header_values("vary"), ["Origin"]);
        }
    }
}
