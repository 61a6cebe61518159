//! Policies for a whole site, most of which some object can say, with every legal character in their words.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

/// Every byte of a token, each of which may mean something to somebody.
const TOKEN: &str = "[a-zA-Z0-9!#$%&'*+.^_`|~-]{1,12}";

/// A policy file, and origins to ask about.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    pub(crate) text: String,
    pub(crate) origins: Vec<String>,
    pub(crate) headers: Vec<String>,
}

pub(crate) fn sample() -> impl Strategy<Value = Sample> {
    let known = || subsequence(vec!["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"], 0..5);
    let methods = prop_oneof![6 => known().prop_map(owned), 1 => Just(owned(vec!["*"])), 1 => vec(TOKEN, 1..3)];
    let names = || prop_oneof![3 => subsequence(vec!["Content-Type", "X-Request-Id", "Authorization", "X-A"], 0..4).prop_map(owned), 1 => vec(TOKEN, 0..4)];
    let headers = (names(), prop_oneof![5 => Just(""), 1 => Just("*"), 2 => Just("* Authorization")])
        .prop_map(|(names, any)| any.split_whitespace().map(str::to_owned).chain(names).collect::<Vec<String>>());
    let expose = prop_oneof![4 => names(), 1 => Just(owned(vec!["*"]))];
    let origins = option::weighted(0.85, prop_oneof![5 => vec(exact(), 1..6), 3 => vec(entry(), 1..4)]);
    let seconds = option::of(prop_oneof![1 => Just(0u32), 6 => 1u32..100_000, 1 => 300_000_000u32..2_000_000_000]);
    let path = prop_oneof![5 => Just(vec!["/**"]), 1 => subsequence(vec!["/api/**", "/*/items", "/", "/a.b/*", "/**"], 1..4)];
    (
        origins,
        option::of(methods),
        headers,
        expose,
        proptest::bool::weighted(0.7),
        seconds,
        path,
        vec(exact(), 3),
        prop_oneof![9 => Just(204u16), 1 => 200u16..300],
    )
        .prop_map(|(origins, methods, headers, expose, credentials, seconds, path, strangers, status)| {
            let mut lines = vec!["version: 1\npolicies:\n  api:".to_owned(), format!("    paths: {}", list(&owned(path.clone())))];
            lines.push(match &origins {
                Some(origins) => format!("    allow_origins: {}", list(origins)),
                None => "    allow_origins: \"*\"".to_owned(),
            });
            lines.extend(methods.as_deref().map(|methods| format!("    allow_methods: {}", list(methods))));
            lines.push(format!("    allow_headers: {}\n    expose_headers: {}", list(&headers), list(&expose)));
            lines.push(format!("    allow_credentials: {}\n    preflight_status: {status}", credentials && origins.is_some()));
            lines.extend(seconds.map(|seconds| format!("    max_age: {seconds}")));
            // A looser policy beside it, of which nothing may reach over.
            if !path.contains(&"/**") || path.len() > 1 {
                lines.push("  public:\n    paths: [/public/**, /api/items/**]\n    allow_origins: \"*\"".to_owned());
            }
            let origins = origins.iter().flatten().flat_map(|origin| filled(origin)).chain(strangers).collect();
            Sample { text: lines.join("\n") + "\n", origins, headers }
        })
}

fn owned(words: Vec<&str>) -> Vec<String> {
    words.into_iter().map(str::to_owned).collect()
}

/// A list whose words mean nothing to YAML. What begins with `regex: ` is an entry of that kind.
fn list(words: &[String]) -> String {
    let quoted = words.iter().map(|word| match word.strip_prefix("regex: ") {
        Some(regex) => format!("{{ regex: '{regex}' }}"),
        None => format!("'{}'", word.replace('\'', "''")),
    });
    format!("[{}]", quoted.collect::<Vec<_>>().join(", "))
}

fn exact() -> impl Strategy<Value = String> {
    let label = "[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?";
    let host = vec(label, 1..4).prop_map(|labels| labels.join(".") + ".example");
    (select(vec!["http", "https"]), host, prop_oneof![3 => Just(String::new()), 1 => (1024u16..).prop_map(|port| format!(":{port}"))])
        .prop_map(|(scheme, host, port)| format!("{scheme}://{host}{port}"))
}

fn entry() -> impl Strategy<Value = String> {
    let odd = ["null", "http://[::1]:3000", "http://localhost:*", "capacitor://localhost", "https://a_b.example", "https://*.a_b.example", "https://example."];
    let regexes = [
        r"https://(?:a|b)+\.example",
        r"https://pr-[0-9]{1,5}\.example",
        r"(?:https://.*\.example|\*)",
        r"https?://[a-z]+\.example(?::8443)?",
        "https://na{1001}",
    ];
    let wild = (select(vec!["*.", "*.", "*.x.", "pr-*.", "*-app.", "a-*-b."]), exact())
        .prop_map(|(wildcard, origin)| origin.replace("://", &format!("://{wildcard}")));
    prop_oneof![
        3 => exact(),
        3 => wild,
        1 => exact().prop_map(|origin| origin.rsplit_once(":1").map_or(origin.clone(), |(origin, _)| format!("{origin}:*"))),
        2 => select(regexes.to_vec()).prop_map(|regex| format!("regex: {regex}")),
        1 => select(odd.to_vec()).prop_map(str::to_owned),
    ]
}

/// Origins that an entry allows, and some that it only seems to.
fn filled(entry: &str) -> Vec<String> {
    if entry.starts_with("regex: ") {
        return owned(vec!["https://a.example", "https://abba.example", "https://pr-7.example", "https://pr-7.evil.example", "http://b.example:8443", "null"]);
    }
    let ported = entry.replace(":*", ":8443");
    let one = ported.replace('*', "x");
    vec![
        one.clone(),
        entry.replace(":*", "").replace('*', "a.b"),
        ported.replace('*', "pr-7-a.evil"),
        ported.replace("*.", ""),
        ported.replace("*.", "evil"),
        format!("{one}.evil.test"),
        format!("{}:4443", one.trim_end_matches(":8443")),
        one.replace("https://", "http://"),
        one.replacen('.', "x", 1),
    ]
}
