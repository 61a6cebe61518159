//! Policies come in; the JSON of `check`, `test` and `eval`, and the text of the latter two, keep the shape that scripts read.

use serde_json::{Value, json};

use super::{Folder, SOUND, TESTED, WARNED, WRONG};

fn read(run: &super::Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:#?}"))
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn check_reports_every_finding_of_every_file() {
    let folder = Folder::new();
    [("a.yaml", SOUND), ("b.yaml", WRONG), ("c.yaml", WARNED), ("d.yaml", super::DENIED)].iter().for_each(|(name, text)| folder.write(name, text));
    let run = folder.run(&["check", "--format", "json", "a.yaml", "b.yaml", "c.yaml", "d.yaml"]).ends(1).complains_of_nothing();
    let report = read(&run);
    assert_eq!(keys(&report), ["format_version", "diagnostics"]);
    assert_eq!(report["format_version"], 1);
    let found: Vec<_> = report["diagnostics"].as_array().unwrap().iter().map(|entry| (&entry["file"], &entry["code"], &entry["level"])).collect();
    let [b, c, d] = ["b.yaml", "c.yaml", "d.yaml"].map(Value::from);
    let [error, warn, deny] = ["error", "warn", "deny"].map(Value::from);
    assert_eq!(found, [(&b, &json!("origin-path"), &error), (&c, &json!("insecure-origin"), &warn), (&d, &json!("null-origin"), &deny)]);
    let entry = &report["diagnostics"][0];
    assert_eq!(keys(entry), ["code", "level", "message", "reason", "help", "file", "line", "column", "end_line", "end_column"]);
    ["code", "level", "message", "reason", "help", "file"].iter().for_each(|key| assert!(entry[key].is_string(), "{key}"));
    assert_eq!([&entry["line"], &entry["column"], &entry["end_line"], &entry["end_column"]], [4, 21, 4, 45]);
}

#[test]
fn check_reports_an_empty_list_where_there_is_nothing_and_the_rest_where_a_file_is_lost() {
    let folder = Folder::with(SOUND);
    assert_eq!(read(&folder.run(&["check", "--format", "json"]).ends(0)), json!({ "format_version": 1, "diagnostics": [] }));
    folder.write("b.yaml", WRONG);
    let run = folder.run(&["check", "--format", "json", "lost.yaml", "b.yaml"]).ends(2).complains(&["`lost.yaml` cannot be read"]);
    assert_eq!(read(&run)["diagnostics"].as_array().unwrap().len(), 1);
}

#[test]
fn test_lists_what_passed_what_failed_and_what_nobody_asked_about() {
    let run = Folder::with(TESTED).run(&["test"]).ends(1);
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(
        lines,
        [
            "ok     the app reads (2 requests)",
            "FAILED the app writes (1 request)",
            "cors.yaml: 1 passed, 1 failed",
            "  no test reaches the policy `media`",
            "  no test reaches the entry https://partner.example.net (cors.yaml:5:46)",
        ]
    );
    run.complains(&[
        "error[failing-test]",
        "the test `the app writes` fails: PUT /api/x from https://app.example.com",
        "cors.yaml:12:24",
        "expected allow, got deny",
    ])
    .complains(&["MethodDisallowedByPreflightResponse", "CORSMethodNotFound", "cors-gen eval"]);
}

#[test]
fn test_of_a_file_without_tests_passes_and_says_so() {
    Folder::with(SOUND).run(&["test"]).ends(0).complains_of_nothing().says(&["cors.yaml: 0 passed, 0 failed", "the file has no tests"]);
}

#[test]
fn a_file_with_an_error_has_no_tests_to_run() {
    let folder = Folder::with(WRONG);
    folder.run(&["test"]).ends(1).says_nothing().complains(&["error[origin-path]"]);
    let report = read(&folder.run(&["test", "--format", "json"]).ends(1));
    assert_eq!(report["files"][0]["diagnostics"][0]["code"], "origin-path");
    assert_eq!(report["files"][0]["tests"], json!([]));
}

#[test]
fn test_reports_the_same_as_json() {
    let run = Folder::with(TESTED).run(&["test", "--format", "json"]).ends(1);
    let report = read(&run);
    assert_eq!((keys(&report), &report["format_version"]), (vec!["format_version", "files"], &json!(1)));
    let file = &report["files"][0];
    assert_eq!(keys(file), ["file", "diagnostics", "tests", "failures", "unreached_policies", "unreached_entries"]);
    assert_eq!(file["tests"], json!([{ "name": "the app reads", "requests": 2, "failed": 0 }, { "name": "the app writes", "requests": 1, "failed": 1 }]));
    assert_eq!((&file["unreached_policies"], &file["unreached_entries"]), (&json!(["media"]), &json!(["cors.yaml:5:46"])));
    let failure = &file["failures"][0];
    assert_eq!((keys(failure), &failure["place"]), (vec!["message", "got", "reason", "place"], &json!("cors.yaml:12:24")));
}

#[test]
fn a_name_of_a_test_cannot_write_lines_of_its_own() {
    let text = TESTED.replace("the app reads", "\"x\\nok     forged (1 request)\\e[2J\"");
    let run = Folder::with(&text).run(&["test"]).ends(1);
    assert!(!run.stdout.lines().any(|line| line.starts_with("ok     forged")) && !run.stdout.contains('\u{1b}'), "{run:?}");
}

#[test]
fn eval_answers_with_the_headers_the_verdict_and_every_step() {
    let folder = Folder::with(SOUND);
    let run = folder.run(&["eval", "--format", "json", "--origin", "https://app.example.com", "--method", "PUT"]).ends(0).complains_of_nothing();
    let report = read(&run);
    assert_eq!(keys(&report), ["format_version", "verdict", "policy", "preflight", "response", "reason", "steps"]);
    assert_eq!(
        (&report["format_version"], &report["verdict"], &report["policy"], &report["reason"]),
        (&json!(1), &json!("allow"), &json!("api"), &Value::Null)
    );
    let expected = json!({ "status": 204, "headers": [
        ["Access-Control-Allow-Origin", "https://app.example.com"],
        ["Access-Control-Allow-Methods", "GET, HEAD, POST, PUT"],
        ["Access-Control-Max-Age", "600"],
        ["Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"],
    ] });
    assert_eq!(report["preflight"], expected);
    assert_eq!(report["response"], json!({ "headers": [["Access-Control-Allow-Origin", "https://app.example.com"], ["Vary", "Origin"]] }));
    let steps = report["steps"].as_array().unwrap();
    assert!(steps.iter().all(|step| keys(step) == ["text", "place"] && step["text"].is_string() && (step["place"].is_string() || step["place"].is_null())));
    let places: Vec<&str> = steps.iter().filter_map(|step| step["place"].as_str()).collect();
    assert_eq!(places, ["cors.yaml:3:3", "cors.yaml:4:21"]);
}

#[test]
fn eval_gives_the_reason_under_the_names_that_browsers_use() {
    let folder = Folder::with("version: 1\npolicies:\n  api:\n    paths: [/api/**]\n    allow_origins: [https://app.example.com]\n");
    let app = "https://app.example.com";
    for (arguments, policy, preflight, chromium, mdn) in [
        (&["--origin", "https://evil.test", "--path", "/api/x"][..], json!("api"), false, "MissingAllowOriginHeader", "CORSMissingAllowOrigin"),
        (&["--origin", app, "--path", "/other"], Value::Null, false, "MissingAllowOriginHeader", "CORSMissingAllowOrigin"),
        (&["--origin", app, "--path", "/api/x", "--method", "PUT"], json!("api"), true, "MethodDisallowedByPreflightResponse", "CORSMethodNotFound"),
        (
            &["--origin", app, "--path", "/api/x", "--header", "X-A"],
            json!("api"),
            true,
            "HeaderDisallowedByPreflightResponse",
            "CORSMissingAllowHeaderFromPreflight",
        ),
        (&["--origin", app, "--path", "/api/x", "--credentials"], json!("api"), false, "InvalidAllowCredentials", "CORSMIssingAllowCredentials"),
        (
            &["--origin", "https://evil.test", "--path", "/api/x", "--method", "PUT"],
            json!("api"),
            true,
            "PreflightMissingAllowOriginHeader",
            "CORSMissingAllowOrigin",
        ),
    ] {
        let report = read(&folder.run(&[&["eval", "--format", "json"], arguments].concat()).ends(0));
        assert_eq!((&report["verdict"], &report["policy"]), (&json!("deny"), &policy), "{arguments:?}");
        assert_eq!((&report["reason"]["chromium"], &report["reason"]["mdn"]), (&json!(chromium), &json!(mdn)), "{arguments:?}");
        assert_eq!(report["preflight"].is_object(), preflight, "{arguments:?}");
        let text = folder.run(&[&["eval"], arguments].concat()).ends(0).stdout;
        assert!(text.contains("DENY") && text.contains(chromium) && text.contains(mdn), "{text}");
    }
}

#[test]
fn eval_of_an_unsound_policy_says_what_keeps_it_from_being_one() {
    Folder::with(WRONG).run(&["eval", "--origin", "https://app.example.com"]).ends(1).says_nothing().complains(&["error[origin-path]"]);
}
