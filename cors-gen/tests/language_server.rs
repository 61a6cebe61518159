//! The corpus of small documents comes in; what an editor with the YAML language server shows of it, and what an independent validator says of it,
//! is held against what the compiler reports.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

#[path = "language_server/client.rs"]
mod client;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use client::{Finding, Server};
use cors_gen::errors::{self, Topic};
use serde_json::Value;

const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus");
const SCHEMA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../schema/cors.schema.json");
const TOOLS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/test-tools");

/// Errors that the editor shows at another line than the compiler, and why.
const ELSEWHERE: &[(&str, &str)] = &[];
/// Errors that the editor passes over, and why.
const SILENT: &[(&str, &str)] = &[("empty-file.yaml", "there is no document to look at"), ("empty-document.yaml", "there is no document to look at")];

/// An error that a document begins by naming.
struct Expected {
    code: String,
    line: Option<u64>,
    unseen: bool,
}

impl Expected {
    /// Whether the schema is what refuses it.
    fn is_structural(&self) -> bool {
        !self.unseen && errors::find(&self.code).unwrap().structural
    }

    /// Whether it keeps the document from being read at all.
    fn is_of_yaml(&self) -> bool {
        let code = errors::find(&self.code).unwrap();
        code.topic == Topic::File && !code.structural
    }
}

fn expectations(text: &str) -> Vec<Expected> {
    let errors = text.lines().map_while(|line| line.strip_prefix("# error: "));
    errors
        .map(|line| {
            let seen = line.strip_suffix(", unseen by the schema");
            let (code, place) = seen.unwrap_or(line).split_once(" at ").map_or((seen.unwrap_or(line), None), |(code, place)| (code, Some(place)));
            Expected { code: code.to_owned(), line: place.map(|place| place.split_once(':').unwrap().0.parse().unwrap()), unseen: seen.is_some() }
        })
        .collect()
}

fn paths(folder: &str) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(Path::new(CORPUS).join(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

fn documents(folder: &str) -> Vec<(String, String)> {
    paths(folder).iter().map(|path| (name(path), fs::read_to_string(path).unwrap())).collect()
}

fn shown(folder: &str) -> BTreeMap<String, Vec<Finding>> {
    Server::start(Path::new(TOOLS), Path::new(SCHEMA)).findings(&documents(folder))
}

#[test]
#[ignore = "live: needs the tools of ./test"]
fn an_editor_finds_nothing_in_the_good_documents() {
    let wrong: Vec<_> = shown("good").into_iter().filter(|(_, findings)| !findings.is_empty()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
#[ignore = "live: needs the tools of ./test"]
fn an_editor_shows_the_bad_documents_errors_at_their_lines_in_our_words() {
    let mut shown = shown("bad");
    let mut wrong = Vec::new();
    for (name, text) in documents("bad") {
        let findings = shown.remove(&name).unwrap();
        wrong.extend(disagreements(&name, &expectations(&text), &findings).into_iter().map(|what| format!("{name}: {what}; shown is {findings:?}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// How what is shown of a document differs from what is expected.
fn disagreements(name: &str, expected: &[Expected], findings: &[Finding]) -> Vec<String> {
    let listed = |list: &[(&str, &str)]| list.iter().any(|(document, _)| *document == name);
    if expected.iter().any(Expected::is_of_yaml) {
        return Vec::new();
    }
    let structural: Vec<&Expected> = expected.iter().filter(|expected| expected.is_structural()).collect();
    let mut wrong = Vec::new();
    if structural.is_empty() != findings.is_empty() && !listed(SILENT) {
        wrong.push(format!("{} errors are expected, {} shown", structural.len(), findings.len()));
    }
    for expected in structural.iter().filter(|_| !listed(SILENT) && !listed(ELSEWHERE)) {
        let here = |finding: &&Finding| expected.line.is_none_or(|line| line == finding.line);
        let Some(_) = findings.iter().find(here) else {
            wrong.push(format!("nothing is shown of {} at line {:?}", expected.code, expected.line));
            continue;
        };
        let ours = findings.iter().filter(here).any(|finding| finding.message.contains(&format!("({})", expected.code)));
        if !ours && !speaks_for_itself(findings) {
            wrong.push(format!("the words for {} are not ours", expected.code));
        }
    }
    wrong
}

/// Keywords whose message the server lets nobody change; it is readable.
fn speaks_for_itself(findings: &[Finding]) -> bool {
    const BUILT_IN: [&str; 0] = [];
    findings.iter().any(|finding| BUILT_IN.iter().any(|words| finding.message.contains(words)))
}

#[test]
#[ignore = "live: needs the tools of ./test"]
fn an_independent_validator_agrees_on_every_document() {
    let good = validated("good");
    let wrong: Vec<_> = good.iter().filter(|(_, words)| !words.is_empty()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let bad = validated("bad");
    for (name, text) in documents("bad") {
        let expected = expectations(&text);
        let refused = !bad[&name].is_empty();
        if !expected.iter().any(Expected::is_of_yaml) {
            assert_eq!(refused, expected.iter().any(Expected::is_structural), "{name}: {:?}", bad[&name]);
        }
    }
}

/// What check-jsonschema says against each document of a folder; nothing where it agrees.
fn validated(folder: &str) -> BTreeMap<String, Vec<String>> {
    let mut command = Command::new(Path::new(TOOLS).join("venv/bin/check-jsonschema"));
    command.args(["--output-format", "json", "--verbose", "--schemafile", SCHEMA]).args(paths(folder));
    let output = command.output().expect("run ./test first");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    let mut all: BTreeMap<String, Vec<String>> = paths(folder).iter().map(|path| (name(path), Vec::new())).collect();
    for key in ["errors", "parse_errors"] {
        for error in report[key].as_array().into_iter().flatten() {
            let document = name(Path::new(error["filename"].as_str().unwrap()));
            all.get_mut(&document).unwrap().push(error["message"].to_string());
        }
    }
    all
}
