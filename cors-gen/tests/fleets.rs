//! The objects of gateways and clouds, which no test can run here: each is held against the published schema or the documented limits, and small
//! models of what reads them answer browsers as the policy does.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

#[path = "fleets/sample.rs"]
mod sample;
#[path = "fleets/server.rs"]
mod server;
#[path = "fleets/validate.rs"]
mod validate;
#[path = "schema/read.rs"]
mod yaml;

use std::cell::RefCell;
use std::collections::BTreeMap;

use cors_gen::browser::{self, Fetch, ServerRequest, Verdict};
use cors_gen::targets::{self, TARGETS, Tested};
use cors_gen::{Options, Source, Storage, compile, evaluate};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use serde_json::Value;

use sample::{Sample, sample};
use server::{CHOICES, Choice, server};

const FLEETS: [&str; 5] = ["gateway-api", "envoy-gateway", "istio", "s3", "aws-http-api"];

/// The object that a target makes of a policy, or every refusal: the text at its place, and what is said.
fn object(target: &str, text: &str) -> Result<Value, Vec<(String, String)>> {
    let source = Source::new("cors.yaml", text);
    let compilation = compile(&source, &Options::default());
    let set = compilation.policies.as_ref().unwrap_or_else(|| panic!("{text}\n{:#?}", compilation.diagnostics));
    match targets::find(target).unwrap().generate(set, &source) {
        Ok(files) => Ok(read(&files[0].text)),
        Err(refusals) => Err(refusals
            .iter()
            .map(|refusal| {
                assert!(!format!("{refusal:?}").contains("template failed"), "{refusal:?}");
                (text[refusal.span.start as usize..refusal.span.end as usize].to_owned(), refusal.message.clone())
            })
            .collect()),
    }
}

/// What an independent reader makes of a file: JSON is YAML.
fn read(text: &str) -> Value {
    yaml::read(text).unwrap_or_else(|| panic!("not one document: {text}"))
}

#[test]
fn what_no_test_runs_is_marked() {
    let marked: Vec<&str> = TARGETS.iter().filter(|target| target.tested != Tested::Live).map(|target| target.name).collect();
    assert_eq!(marked, FLEETS);
    for target in TARGETS.iter().filter(|target| target.tested == Tested::Live) {
        assert!(target.name == "rust" || !target.results.is_empty(), "{} says that it was run", target.name);
    }
}

/// The fetches of scripts that are put to a policy and to the object made of it.
fn fetches(sample: &Sample, ask: &mut dyn FnMut(&Fetch<'_>)) {
    let origins: Vec<&str> = sample.origins.iter().map(String::as_str).chain(["null", "https://evil.test", "chrome-extension://abc"]).collect();
    let own: Vec<&str> = sample.headers.iter().map(String::as_str).filter(|name| *name != "*").collect();
    let lists: [&[&str]; 6] = [&["content-type"], &["authorization"], &["x-other"], &["X-REQUEST-ID", "authorization"], &own, &["x-abc"]];
    for credentials in [false, true] {
        for &origin in &origins {
            ask(&Fetch { origin, method: "GET", path: "/x", headers: &[], credentials });
        }
        for &origin in origins.iter().take(2).chain(origins.last()) {
            for method in ["GET", "HEAD", "POST", "PUT", "put", "PATCH", "patch", "DELETE", "OPTIONS", "PURGE"] {
                ask(&Fetch { origin, method, path: "/x", headers: &[], credentials });
            }
            for headers in lists {
                ask(&Fetch { origin, method: "PUT", path: "/x", headers, credentials });
                ask(&Fetch { origin, method: "GET", path: "/x", headers, credentials });
            }
        }
    }
}

/// Asks both, and says how they differ, or whether the script got through.
fn compare(target: &str, object: &Value, choice: Choice, decision: &cors_decision::PolicySet<'_>, fetch: &Fetch<'_>) -> Result<bool, String> {
    let decided = evaluate::fetch(decision, fetch);
    let served = browser::fetch(fetch, &mut |request: &ServerRequest| server(target, object, choice, request));
    let allowed = decided.verdict == Verdict::Allow;
    if allowed != (served.verdict == Verdict::Allow) {
        return Err(format!("{fetch:?} with {choice:?}: {:?}, and the policy says {:?}", served.verdict, decided.verdict));
    }
    if !allowed {
        return Ok(false);
    }
    let names = |value: Option<String>| value.map(|value| value.split(',').map(|name| name.trim().to_owned()).collect::<Vec<_>>()).unwrap_or_default();
    let exchanges =
        |outcome: &browser::Outcome| (outcome.response.clone().map(|(_, response)| response), outcome.preflight.clone().map(|(_, response)| response));
    let ((decided, asked), (served, answered)) = (exchanges(&decided), exchanges(&served));
    let exposed = [decided, served].map(|response| names(response.and_then(|response| response.get("Access-Control-Expose-Headers"))));
    // `*` beside names is `*`, as long as there are no credentials, and beside credentials there is none.
    if exposed[0] != exposed[1] && !(exposed[0].contains(&"*".to_owned()) && exposed[1] == ["*"]) {
        return Err(format!("{fetch:?}: exposes {exposed:?}"));
    }
    // Without the header a browser assumes five seconds.
    let [least, most] = [asked, answered].map(|response| response.map(|response| response.get("Access-Control-Max-Age").unwrap_or("5".to_owned())));
    if least == most { Ok(true) } else { Err(format!("{fetch:?}: cached for {most:?} and not {least:?}")) }
}

/// Envoy and S3 leave nothing open.
fn choices(target: &str) -> &'static [Choice] {
    if matches!(target, "gateway-api" | "aws-http-api") { &CHOICES } else { &CHOICES[..1] }
}

#[test]
fn an_object_means_what_its_policy_means_or_there_is_none() {
    let counts: RefCell<BTreeMap<&str, [usize; 4]>> = RefCell::default();
    let config = Config { cases: 120, failure_persistence: None, max_shrink_iters: 200, ..Config::default() };
    let result = TestRunner::new(config).run(&sample(), |sample| {
        let source = Source::new("cors.yaml", sample.text.as_str());
        // Lints are no matter here: what is denied for being risky must still be said right once it is allowed.
        let Some(set) = compile(&source, &Options::default()).policies else { return Ok(()) };
        let storage = Storage::new(&set);
        let policies = storage.policies();
        let decision = storage.set(&policies);
        for target in FLEETS {
            let mut counts = counts.borrow_mut();
            let count = counts.entry(target).or_default();
            let Ok(object) = object(target, &sample.text) else {
                count[1] += 1;
                continue;
            };
            count[0] += 1;
            validate::documented(target, &object).map_err(|fault| TestCaseError::fail(format!("{target}: {fault}\n{}\n{object:#}", sample.text)))?;
            let mut fault = None;
            for choice in choices(target) {
                fetches(&sample, &mut |fetch| match compare(target, &object, *choice, &decision, fetch) {
                    Ok(allowed) => count[if allowed { 2 } else { 3 }] += 1,
                    Err(difference) => fault = Some(difference),
                });
            }
            if let Some(fault) = fault {
                return Err(TestCaseError::fail(format!("{target}: {fault}\n{}\n{object:#}", sample.text)));
            }
        }
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
    for (target, [made, refused, allowed, denied]) in counts.into_inner() {
        assert!(made >= 10 && refused >= 10 && allowed >= 200 && denied >= 500, "{target}: {made} made, {refused} refused, {allowed} allowed, {denied} denied");
    }
}

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
        ("paths: [/api/**]", "/api/**", all),
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
        ("allow_origins: [{ regex: '.*' }]", "'.*'", all),
        ("allow_origins: [{ regex: 'na{1001}' }]", "'na{1001}'", all),
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
fn several_policies_are_refused_at_each_path() {
    let text =
        "version: 1\npolicies:\n  a:\n    paths: [/a/**]\n    allow_origins: [https://a.example.com]\n  b:\n    allow_origins: \"*\"\n    paths: [/**, /b/*]\n";
    for target in FLEETS {
        let refusals = object(target, text).unwrap_err();
        let places: Vec<&str> = refusals.iter().map(|(place, _)| place.as_str()).filter(|place| place.starts_with('/')).collect();
        assert_eq!(places, ["/a/**", "/b/*"], "{target}");
    }
}

/// What the live tests put to the published schemas.
fn objects(target: &str, count: usize) -> Vec<Value> {
    let mut runner = TestRunner::deterministic();
    let mut objects = Vec::new();
    for _ in 0..50 * count {
        let sample = sample().new_tree(&mut runner).unwrap().current();
        let sound = compile(&Source::new("cors.yaml", sample.text.as_str()), &Options::default()).policies.is_some();
        objects.extend(sound.then(|| object(target, &sample.text).ok()).flatten());
        if objects.len() == count {
            break;
        }
    }
    assert_eq!(objects.len(), count, "{target}");
    objects
}

#[test]
#[ignore = "live: needs the tools of test-tools/install; ./test runs it"]
fn the_published_schemas_accept_every_object_and_know_every_field_of_it() {
    let rich = "version: 1\npolicies:\n  api:\n    allow_origins: [https://a.example.com]\n    allow_methods: [PUT]\n    allow_headers: [X-A]\n    \
                expose_headers: [X-B]\n    allow_credentials: true\n    max_age: 600\n";
    for target in FLEETS {
        let findings = validate::published(target, &objects(target, 100));
        assert_eq!(findings, vec![None::<String>; 100], "{target}");
        let spoiled = validate::spoiled(&object(target, rich).unwrap());
        assert!(spoiled.len() >= 7, "{target}: {}", spoiled.len());
        for (spoiled, finding) in spoiled.iter().zip(validate::published(target, &spoiled)) {
            assert!(finding.is_some(), "{target}: a field is unknown to the schema, or of any type: {spoiled:#}");
        }
    }
}
