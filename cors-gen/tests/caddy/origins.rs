//! Lists of origins, long ones and odd ones.

use cors_testbed::http::Request;

use super::{Site, binaries, generate};

/// A list that no sensible file exceeds: it is read in time, and the first, the last and no other are found.
#[test]
#[ignore = "live: needs Caddy; ./test runs it"]
fn long_lists_are_read() {
    let origins = |start: &str| (0..10_000).map(|number| format!("{start}t{:x}.example.com", number * 7_919 % 10_007)).collect::<Vec<_>>();
    let (exact, wild) = (origins("https://"), origins("https://*."));
    let policy = format!(
        "version: 1\npolicies:\n  exact:\n    paths: [/exact]\n    allow_origins: [{}]\n  wild:\n    paths: [/wild]\n    allow_origins: [\"{}\"]\n",
        exact.join(", "),
        wild[..1_000].join("\", \"")
    );
    for binary in binaries() {
        let site = Site::of(&binary, &policy, "route {\nimport cors\nreverse_proxy {upstream}\n}");
        let granted = |path: &str, origin: &str| {
            let response = site.send(&Request::new("GET", path).header("Origin", origin));
            response.header_values("access-control-allow-origin") == [origin]
        };
        assert!(exact.iter().step_by(997).chain(exact.last()).all(|origin| granted("/exact", origin)));
        assert!(wild[..1_000].iter().step_by(97).all(|origin| granted("/wild", &origin.replace('*', "a.b"))));
        assert!(!granted("/exact", "https://t.example.com") && !granted("/exact", "https://t1x.example.com"));
        assert!(!granted("/wild", "https://a.t.example.com") && !granted("/wild", &wild[0].replace("*.", "")));
    }
}

/// What keeps long lists cheap: neighbours that begin alike, in whatever order they are written.
#[test]
fn origins_are_one_regex_in_which_beginnings_are_shared() {
    let policy = |origins: &str| format!("version: 1\npolicies:\n  default:\n    allow_origins: [{origins}]\n");
    let one = generate(&policy(r#"https://b.example, "https://*.z.example", https://a.example, "https://*.y.example:*""#)).expect("a snippet");
    let regex = one.lines().find(|line| line.contains("_listed_1 header_regexp")).expect("a list");
    assert!(regex.contains(r#""^(?:https://a\.example|https://b\.example|https://(?:[a-z0-9_-]{1,63}\.)+(?:y\.example(?::"#), "{regex}");
    assert!(regex.ends_with(r#"|z\.example))$""#), "{regex}");
    let other = generate(&policy(r#""https://*.y.example:*", https://a.example, "https://*.z.example", https://b.example"#)).expect("a snippet");
    assert_eq!(one, other);
}

/// Go counts repetitions up to 1,000, nested ones multiplied; what is beyond is refused at its place, and nothing else is.
#[test]
#[ignore = "live: needs Caddy; ./test runs it"]
fn regexes_that_repeat_too_often_are_refused() {
    let policy =
        |regex: &str| format!("version: 1\npolicies:\n  default:\n    allow_origins: [{{ regex: 'https://{regex}' }}]\nlints: {{ broad-regex: allow }}\n");
    for regex in ["a{1001}", "a{0,1001}b", "n(?:a{2}){1,501}"] {
        let refusal = generate(&policy(regex)).expect_err(regex);
        assert!(refusal.contains("Caddy cannot compile this regex"), "{refusal}");
    }
    for binary in binaries() {
        for regex in ["aa{1000}", "n(?:a{2}){1,500}", "(?:aa){400,501}", "(?:(?:aa){40}a){1,25}", "ba{1000}{0,1}"] {
            let site = Site::of(&binary, &policy(regex), "route {\nimport cors\nrespond ok\n}");
            assert_eq!(site.get("/").status, 200);
        }
    }
}

/// An empty `Origin` is none, whatever a regex says, and a list of which the profile leaves nothing allows nobody.
#[test]
#[ignore = "live: needs Caddy; ./test runs it"]
fn nothing_is_no_origin() {
    let policy = "version: 1
profiles: [dev]
policies:
  regex:
    paths: [/regex]
    allow_origins: [{ regex: '(https://a)*' }]
  none:
    paths: [/none]
    allow_origins: [{ origin: https://app.example.org, profiles: [dev] }]
";
    for binary in binaries() {
        let site = Site::of(&binary, policy, "route {\nimport cors\nreverse_proxy {upstream}\n}");
        for (path, origin, granted) in [("/regex", "", false), ("/regex", "https://a", true), ("/none", "", false), ("/none", "https://app.example.org", false)]
        {
            let response = site.send(&Request::new("GET", path).header("Origin", origin));
            assert_eq!(!response.header_values("access-control-allow-origin").is_empty(), granted, "{path} {origin}: {response:#?}");
            assert_eq!(response.header_values("vary"), ["Origin"]);
        }
    }
}
