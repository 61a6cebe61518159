//! Policies come in that differ from a plain one in one line; the targets that cannot say it refuse it at its place, and the others do not.

use cors_gen::targets::TARGETS;
use cors_gen::{Options, Source, compile};

use crate::{FLEETS, object};

/// A policy that every target can say, but for one line.
fn with(line: &str) -> String {
    let key = line.split(':').next().unwrap();
    let lines = [
        "allow_origins: [https://a.example.com, 'http://b.example.com:8080']",
        "allow_methods: [GET, PUT]",
        "allow_headers: [X-A]",
        "allow_credentials: true",
        "max_age: 600",
    ];
    let lines: Vec<&str> = lines.into_iter().filter(|other| !other.starts_with(&format!("{key}:"))).chain([line]).collect();
    format!("version: 1\npolicies:\n  api:\n    {}\n", lines.join("\n    "))
}

#[test]
fn what_a_target_cannot_say_is_refused_at_its_place() {
    let all = FLEETS.as_slice();
    let not = |able: &[&str]| FLEETS.into_iter().filter(|target| !able.contains(target)).collect::<Vec<_>>();
    let cases: [(&str, &str, &[&str]); 28] = [
        ("allow_methods: [GET, PUT]", "", &[]),
        ("paths: [/api/**]", "/api/**", &not(&["istio"])),
        ("allow_private_network: true", "true", all),
        ("preflight_status: 299", "299", all),
        ("preflight_status: 200", "200", &[]),
        ("max_age: 0", "0", &not(&["envoy-gateway"])),
        ("max_age: 86401", "86401", &["aws-http-api"]),
        ("max_age: 1999999999", "1999999999", &["envoy-gateway", "aws-http-api"]),
        ("allow_origins: [\"null\"]", "\"null\"", &not(&["istio"])),
        ("allow_origins: ['http://[::1]:3000']", "'http://[::1]:3000'", &["gateway-api", "envoy-gateway"]),
        ("allow_origins: ['https://a_b.example.com']", "'https://a_b.example.com'", &["gateway-api"]),
        ("allow_origins: ['capacitor://localhost']", "'capacitor://localhost'", &["gateway-api", "envoy-gateway", "aws-http-api"]),
        ("allow_origins: ['https://*.example.com']", "'https://*.example.com'", &["envoy-gateway", "s3", "aws-http-api"]),
        ("allow_origins: ['https://*.example.com:*']", "'https://*.example.com:*'", &not(&["istio"])),
        ("allow_origins: ['https://pr-*.example.com']", "'https://pr-*.example.com'", &not(&["istio"])),
        ("allow_origins: ['http://localhost:*']", "'http://localhost:*'", &not(&["istio"])),
        ("allow_origins: [{ regex: 'https://pr-[0-9]+\\.example\\.com' }]", "'https://pr-[0-9]+\\.example\\.com'", &not(&["istio"])),
        ("allow_origins: [{ regex: 'https://a\\.example|.' }]", "'https://a\\.example|.'", all),
        ("allow_origins: [{ regex: 'https://na{1001}' }]", "'https://na{1001}'", all),
        ("allow_methods: [PURGE]", "PURGE", &not(&["envoy-gateway"])),
        ("allow_methods: [PATCH]", "PATCH", &["s3"]),
        ("allow_methods: \"*\"", "\"*\"", &["s3", "aws-http-api"]),
        ("allow_headers: \"*\"", "\"*\"", all),
        ("allow_headers: [\"*\", Authorization]", "\"*\"", &["aws-http-api"]),
        ("allow_headers: [x-*]", "x-*", &["s3"]),
        ("expose_headers: [x-*]", "x-*", &["s3"]),
        ("allow_credentials: false", "false", &["s3"]),
        ("allow_origins: [{ origin: https://c.example.com, profiles: [dev] }]", "api", all),
    ];
    for (line, place, unable) in cases {
        let text = with(line);
        let text = if line.contains("profiles") { text.replacen("version: 1\n", "version: 1\nprofiles: [dev]\n", 1) } else { text };
        for target in FLEETS {
            match object(target, &text) {
                Ok(object) => assert!(!unable.contains(&target), "{target} says `{line}`: {object:#}"),
                Err(refusals) => {
                    assert!(unable.contains(&target), "{target} cannot say `{line}`: {refusals:?}");
                    assert!(refusals.iter().any(|(at, _)| at == place), "{target}: `{line}` is refused elsewhere: {refusals:?}");
                }
            }
        }
    }
}

#[test]
fn without_credentials_any_header_is_said_where_it_means_one_thing() {
    for target in FLEETS {
        let text = with("allow_headers: [\"*\", Authorization]").replace("allow_credentials: true", "allow_credentials: false");
        assert_eq!(object(target, &text).is_ok(), ["istio", "envoy-gateway", "aws-http-api"].contains(&target), "{target}");
        let text = text
            .replace("allow_origins: [https://a.example.com, 'http://b.example.com:8080']", "allow_origins: \"*\"")
            .replace("allow_headers", "expose_headers");
        assert_eq!(object(target, &text).is_ok(), target != "s3", "{target}");
    }
}

#[test]
fn lists_longer_than_a_target_takes_are_refused_at_the_first_that_is_too_many() {
    let list = |key: &str, count: usize, word: &dyn Fn(usize) -> String| with(&format!("{key}: [{}]", (0..count).map(word).collect::<Vec<_>>().join(", ")));
    let origin = |index: usize| format!("https://site-{index}.example.com");
    let header = |index: usize| format!("X-{index}");
    for (key, word, place) in
        [("allow_origins", &origin as &dyn Fn(usize) -> String, origin(64)), ("allow_headers", &header, header(64)), ("expose_headers", &header, header(64))]
    {
        assert!(object("gateway-api", &list(key, 64, word)).is_ok());
        let refusals = object("gateway-api", &list(key, 65, word)).unwrap_err();
        assert_eq!(refusals.len(), 1, "{refusals:?}");
        assert_eq!(refusals[0].0, place);
    }
    for target in ["istio", "envoy-gateway", "aws-http-api"] {
        assert!(object(target, &list("allow_origins", 1_000, &origin)).is_ok(), "{target}");
    }
    assert!(object("s3", &list("allow_origins", 500, &origin)).is_ok());
    assert_eq!(object("s3", &list("allow_origins", 1_000, &origin)).unwrap_err()[0].0, "api");
}

#[test]
fn refusals_come_in_the_order_of_the_file_and_each_once() {
    let text = "version: 1\norigin_sets:\n  s: [{ regex: 'https://([a-z]+)+\\.example\\.com' }]\npolicies:\n  a:\n    max_age: 0\n    allow_origins: [https://a.example, { set: s }, 'http://[::1]:1']\n    \
                allow_private_network: true\n  b: { paths: [/b], allow_origins: [{ set: s }], preflight_status: 201 }\n";
    for target in TARGETS {
        let source = Source::new("cors.yaml", text);
        let compilation = compile(&source, &Options::default());
        let set = compilation.policies.as_ref().unwrap_or_else(|| panic!("{:#?}", compilation.diagnostics));
        let refusals = target.generate(set, &source).err().unwrap_or_default();
        let places: Vec<_> = refusals.iter().map(|refusal| (refusal.span.start, &refusal.message)).collect();
        assert!(places.is_sorted_by_key(|(start, _)| *start), "{}: {places:#?}", target.name);
        assert_eq!(places.iter().collect::<std::collections::BTreeSet<_>>().len(), places.len(), "{}: {places:#?}", target.name);
    }
}

#[test]
fn several_policies_are_refused_at_each_path() {
    let text =
        "version: 1\npolicies:\n  a:\n    paths: [/a/**]\n    allow_origins: [https://a.example.com]\n  b:\n    allow_origins: \"*\"\n    paths: [/**, /b/*]\n";
    for target in FLEETS.into_iter().filter(|target| *target != "istio") {
        let refusals = object(target, text).unwrap_err();
        let places: Vec<&str> = refusals.iter().map(|(place, _)| place.as_str()).filter(|place| place.starts_with('/')).collect();
        assert_eq!(places, ["/a/**", "/b/*"], "{target}");
    }
    let long = format!("/{}", "segment/".repeat(130));
    let refusals = object("istio", &text.replace("/b/*", &long)).unwrap_err();
    assert_eq!(refusals.iter().map(|(place, _)| place.as_str()).collect::<Vec<_>>(), [long]);
}
