//! The model of a browser against a real one: what Chromium does with a policy on a real nginx is what the model says, fetch by fetch.
#![allow(clippy::expect_used, reason = "a fixture that does not work is a failed test")]

#[path = "chromium/drive.rs"]
mod drive;
#[path = "chromium/table.rs"]
mod table;

use std::collections::HashMap;
use std::{fs, thread};

use cors_gen::browser::{Fetch, Outcome, ServerRequest, Verdict};
use cors_gen::{Options, Source, Storage, compile, evaluate, targets};
use cors_testbed::nginx::{Nginx, NginxBinary, RunningNginx};
use cors_testbed::server::DeadAddr;
use cors_testbed::upstream::Upstream;
use serde_json::Value;

use drive::{PROBES, Seen, drive, target};
use table::{Before, POLICY, Row, SERVER, rows};

/// With a log that tells which request came for which fetch.
const HTTP: &str = r#"
include cors.http.conf;
log_format seen escape=json '{"target":"$request_uri","method":"$request_method","origin":"$http_origin",'
    '"asked_method":"$http_access_control_request_method","asked_headers":"$http_access_control_request_headers"}';
"#;

/// One mistake can show in hundreds of fetches.
const MOST_FAULTS: usize = 40;

#[test]
#[ignore = "live: needs nginx and Chromium; ./test runs it"]
fn chromium_does_with_every_fetch_what_the_model_says() {
    let source = Source::new("cors.yaml", POLICY);
    let compilation = compile(&source, &Options::default());
    let set = compilation.sound().unwrap_or_else(|| panic!("{:#?}", compilation.diagnostics));
    let files = targets::find("nginx").expect("nginx is a target").generate(set, &source).unwrap_or_else(|refusals| panic!("{refusals:#?}"));
    let files: Vec<(&str, &str)> = files.iter().map(|file| (file.name, file.text.as_str())).chain([("nobody", "")]).collect();
    let storage = Storage::new(set);
    let policies = storage.policies();
    let decision = storage.set(&policies);

    let rows = rows();
    let outcomes: Vec<Outcome> = rows.iter().map(|row| model(&decision, row)).collect();
    let binaries = Nginx::installed();
    assert!(!binaries.is_empty(), "nginx must be installed: run ./test");
    // Each waits for its browser most of the time.
    thread::scope(|threads| {
        for binary in &binaries {
            threads.spawn(|| run(binary, &files, &rows, &outcomes));
        }
    });
}

fn run(binary: &NginxBinary, files: &[(&str, &str)], rows: &[Row], outcomes: &[Outcome]) {
    let (upstream, dead) = (Upstream::start().expect("the upstream starts"), DeadAddr::new().expect("a port"));
    let nginx = start(binary, files, &upstream, &dead);
    let results = drive(rows, nginx.addr());
    compare(binary, rows, outcomes, &results, &log(&nginx));
}

fn start(binary: &NginxBinary, files: &[(&str, &str)], upstream: &Upstream, dead: &DeadAddr) -> RunningNginx {
    let server = SERVER.replace("{dead}", &dead.addr().to_string());
    binary.start(files, &server, HTTP, upstream.addr()).unwrap_or_else(|error| panic!("{}: {error}", binary.version))
}

fn model(decision: &cors_decision::PolicySet<'_>, row: &Row) -> Outcome {
    // To the model, `content-type` is one that needs permission.
    let headers: Vec<&str> = row.headers.iter().filter(|header| **header != ("Content-Type", "text/plain")).map(|(name, _)| *name).collect();
    evaluate::fetch(decision, &Fetch { origin: row.origin, method: row.method, path: &row.path, headers: &headers, credentials: row.credentials })
}

/// What the server saw, by the target of the request: each as method, origin, and what a preflight asks for.
type Log = HashMap<String, Vec<[String; 4]>>;

fn log(nginx: &RunningNginx) -> Log {
    let text = fs::read_to_string(nginx.dir().join("seen.log")).expect("nginx has logged");
    let mut log = Log::new();
    for line in text.lines() {
        let line: Value = serde_json::from_str(line).expect("nginx logs JSON");
        let field = |name| line[name].as_str().expect("a field").to_owned();
        log.entry(field("target")).or_default().push(["method", "origin", "asked_method", "asked_headers"].map(field));
    }
    log
}

fn compare(binary: &NginxBinary, rows: &[Row], outcomes: &[Outcome], results: &[Seen], log: &Log) {
    let mut faults = Vec::new();
    for (index, ((row, outcome), seen)) in rows.iter().zip(outcomes).zip(results).enumerate() {
        let requests = log.get(&target(index, row)).map_or(&[][..], Vec::as_slice);
        if let Err(fault) = judge(row, outcome, seen, requests) {
            faults.push(format!("{fault}\n    {}\n    {seen:?}", words(row)));
        }
    }
    let count = faults.len();
    faults.truncate(MOST_FAULTS);
    assert!(count == 0, "nginx {}: {count} of {} fetches went otherwise, among them\n{}", binary.version, rows.len(), faults.join("\n"));
}

fn judge(row: &Row, outcome: &Outcome, seen: &Seen, requests: &[[String; 4]]) -> Result<(), String> {
    let model = match &outcome.verdict {
        Verdict::Allow => "allow",
        Verdict::Deny(reason) => reason.chromium,
    };
    if let Some(known) = row.difference {
        equal("the model's verdict", known.model, model)?;
        return equal(known.because, known.chromium, &seen.verdict);
    }
    equal("verdict", model, &seen.verdict)?;
    if seen.verdict == "allow" {
        equal("status", Some(u64::from(row.status)), seen.status)?;
        equal("visible headers", visible(row, outcome), seen.visible.clone())?;
    }
    if let Some(methods) = row.methods {
        return equal("methods", methods.to_vec(), requests.iter().map(|[method, ..]| method.as_str()).collect());
    }
    if row.before == Before::Nothing && row.cache.is_none() { equal("requests", sent(outcome), requests.to_vec()) } else { Ok(()) }
}

fn equal<T: PartialEq + std::fmt::Debug>(what: &str, wanted: T, got: T) -> Result<(), String> {
    if wanted == got { Ok(()) } else { Err(format!("{what}: expected {wanted:?}, got {got:?}")) }
}

/// The requests that the model sends, as the server logs them.
fn sent(outcome: &Outcome) -> Vec<[String; 4]> {
    let requests = [&outcome.preflight, &outcome.response].into_iter().flatten();
    let log = |request: &ServerRequest| {
        let value = |name| request.header(name).unwrap_or_default().to_owned();
        [request.method.clone(), value("origin"), value("access-control-request-method"), value("access-control-request-headers")]
    };
    requests.map(|(request, _)| log(request)).collect()
}

/// Those of the probes that are on the response, and that a script may see: <https://fetch.spec.whatwg.org/#cors-exposed-header-name>.
fn visible(row: &Row, outcome: &Outcome) -> Vec<String> {
    let by_nginx = row.path.contains("/nginx/");
    let exposed = outcome.response.as_ref().and_then(|(_, response)| response.get("Access-Control-Expose-Headers")).unwrap_or_default();
    let exposed: Vec<String> = exposed.split(',').map(|name| name.trim().to_ascii_lowercase()).collect();
    let all = !row.credentials && exposed.iter().any(|name| name == "*");
    let is_visible = |name: &&str| !(by_nginx && *name == "x-upstream") && (all || exposed.iter().any(|other| other == name));
    PROBES.into_iter().filter(is_visible).map(str::to_owned).collect()
}

fn words(row: &Row) -> String {
    let credentials = if row.credentials { " with credentials" } else { "" };
    let cache = row.cache.map(|cache| format!(", sharing the URL {cache}")).unwrap_or_default();
    format!("{} {} from {}{credentials}, headers {:?}, after {:?}{cache}", row.method, row.path, row.origin, row.headers, row.before)
}
