//! The objects of gateways and clouds, which no test can run here: each is held against the published schema or the documented limits, and small
//! models of what reads them answer browsers as the policy does.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

#[path = "fleets/refusals.rs"]
mod refusals;
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

/// Paths under every rule and beside them, as a browser sends them, and spellings that a server may read in another way.
const PATHS: [&str; 16] = [
    "/",
    "/api",
    "/api/",
    "/api/x",
    "/apix",
    "/api/items",
    "/api/items/7",
    "/v1/items",
    "/a.b/c",
    "/axb/c",
    "/public/x",
    "/api//x",
    "/public/../api/x",
    "/public/%2e%2e/api",
    "/api/a;b",
    "/api/%zz",
];

/// The fetches of scripts that are put to a policy and to the object made of it.
fn fetches(sample: &Sample, ask: &mut dyn FnMut(&Fetch<'_>)) {
    let origins: Vec<&str> = sample.origins.iter().map(String::as_str).chain(["null", "https://evil.test", "chrome-extension://abc"]).collect();
    let own: Vec<&str> = sample.headers.iter().map(String::as_str).filter(|name| *name != "*").collect();
    let lists: [&[&str]; 6] = [&["content-type"], &["authorization"], &["x-other"], &["X-REQUEST-ID", "authorization"], &own, &["x-abc"]];
    for credentials in [false, true] {
        for (&origin, path) in origins.iter().zip(PATHS.iter().cycle()) {
            ask(&Fetch { origin, method: "GET", path: "/x", headers: &[], credentials });
            ask(&Fetch { origin, method: "GET", path, headers: &[], credentials });
        }
        for path in PATHS {
            ask(&Fetch { origin: origins[0], method: "PUT", path, headers: &[], credentials });
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
        assert!(made >= 5 && refused >= 5 && allowed >= 100 && denied >= 300, "{target}: {made} made, {refused} refused, {allowed} allowed, {denied} denied");
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
        let rich = if target == "istio" { rich.replace("  api:\n", "  api:\n    paths: [/api/**]\n") } else { rich.to_owned() };
        let spoiled = validate::spoiled(&object(target, &rich).unwrap());
        assert!(spoiled.len() >= 7, "{target}: {}", spoiled.len());
        for (spoiled, finding) in spoiled.iter().zip(validate::published(target, &spoiled)) {
            assert!(finding.is_some(), "{target}: a field is unknown to the schema, or of any type: {spoiled:#}");
        }
    }
}
