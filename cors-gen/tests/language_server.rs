//! The corpus of small documents comes in; what an editor with the YAML language server shows of it, and what an independent validator says of it,
//! is held against what the compiler reports.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

#[path = "language_server/client.rs"]
mod client;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use client::{Finding, Server};
use cors_gen::errors::{self, Topic};
use serde_json::Value;

const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus");
const SCHEMA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../schema/cors.schema.json");
const TOOLS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/test-tools");

/// Errors that the editor shows at another line than the compiler: the document, the line, and why.
const ELSEWHERE: &[(&str, u64, &str)] =
    &[("missing-allow-origins.yaml", 4, "the server marks the key of the mapping that lacks another, the compiler its first line")];
/// Errors that the editor passes over: the document, and why.
const SILENT: &[(&str, &str)] = &[("empty-file.yaml", "there is no node to mark")];
/// Messages that the server lets no schema replace, each readable as it is.
const BUILT_IN: &[&str] = &[
    "Array has too few items. Expected 1 or more.",
    "Object has fewer properties than the required number of 1",
    "String is longer than the maximum length of 40.",
    "Value is above the maximum of ",
    "Value is below the minimum of ",
    "Value is not accepted. Valid values: \"allow\", \"deny\".",
    "Incorrect type. Expected \"string\".",
];
/// Documents that check-jsonschema judges otherwise, because its reader knows another YAML: the document, and why.
const READ_OTHERWISE: &[(&str, &str)] = &[("strings-that-look-like-other-types.yaml", "it takes `1_000` for a number, as YAML 1.1 did")];

/// Documents that other readers of YAML take, and the compiler does not.
const KEPT_BY_OTHERS: &[&str] = &["brackets-in-brackets.yaml", "merge-key.yaml", "second-document.yaml", "tag-of-yaml.yaml"];

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

/// The documents of a folder of the corpus, by name.
fn documents(folder: &str) -> Vec<(String, String)> {
    let paths = fs::read_dir(Path::new(CORPUS).join(folder)).unwrap().map(|entry| entry.unwrap().path());
    let mut documents: Vec<_> = paths.map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(&path).unwrap())).collect();
    documents.sort();
    documents
}

fn shown(folder: &str) -> BTreeMap<String, Vec<Finding>> {
    Server::start(Path::new(TOOLS), Path::new(SCHEMA)).findings(&Path::new(CORPUS).join(folder), &documents(folder))
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
        if expectations(&text).iter().any(Expected::is_of_yaml) {
            if findings.is_empty() && !KEPT_BY_OTHERS.contains(&name.as_str()) {
                wrong.push(format!("{name}: the editor takes it for YAML of this language"));
            }
            continue;
        }
        wrong.extend(disagreements(&name, &expectations(&text), &findings).into_iter().map(|what| format!("{name}: {what}; shown is {findings:?}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// How what is shown of a document differs from what is expected.
fn disagreements(name: &str, expected: &[Expected], findings: &[Finding]) -> Vec<String> {
    let structural: Vec<&Expected> = expected.iter().filter(|expected| expected.is_structural()).collect();
    if SILENT.iter().any(|(document, _)| *document == name) {
        return if findings.is_empty() { Vec::new() } else { vec!["it is listed as silent".to_owned()] };
    }
    if structural.is_empty() != findings.is_empty() {
        return vec![format!("{} errors are expected", structural.len())];
    }
    let elsewhere = ELSEWHERE.iter().find(|(document, ..)| *document == name).map(|(_, line, _)| *line);
    let lines = structural.iter().filter_map(|expected| elsewhere.or(expected.line));
    let unseen = lines.filter(|line| findings.iter().all(|finding| finding.line != *line)).map(|line| format!("nothing is shown at line {line}"));
    let words = findings.iter().filter(|finding| !is_readable(&finding.message, expected)).map(|finding| format!("not our words: {}", finding.message));
    unseen.chain(words).collect()
}

/// Whether a message is one of the schema's, and of the right error if it names one.
fn is_readable(message: &str, expected: &[Expected]) -> bool {
    match message.rsplit_once(" (").and_then(|(_, code)| code.strip_suffix(')')) {
        Some(code) if errors::find(code).is_some() => expected.iter().any(|expected| expected.code == code),
        _ => our_words().contains(message) || BUILT_IN.iter().any(|words| message.starts_with(words)),
    }
}

/// Every message that the schema gives to an editor.
fn our_words() -> BTreeSet<String> {
    fn gather(value: &Value, words: &mut BTreeSet<String>) {
        match value {
            Value::Object(object) => object.iter().for_each(|(key, value)| match value.as_str() {
                Some(text) if key == "errorMessage" || key == "patternErrorMessage" => drop(words.insert(text.to_owned())),
                _ => gather(value, words),
            }),
            Value::Array(items) => items.iter().for_each(|item| gather(item, words)),
            _ => {}
        }
    }
    let mut words = BTreeSet::new();
    gather(&serde_json::from_str(&fs::read_to_string(SCHEMA).unwrap()).unwrap(), &mut words);
    words
}

#[test]
#[ignore = "live: needs the tools of ./test"]
fn an_independent_validator_agrees_on_every_document() {
    for folder in ["good", "bad"] {
        // What is no YAML of this language is left out: to expand the bomb of aliases alone takes minutes.
        let mut documents = documents(folder);
        documents.retain(|(_, text)| !expectations(text).iter().any(Expected::is_of_yaml));
        let refused = refused(folder, &documents);
        for (name, text) in documents {
            let otherwise = READ_OTHERWISE.iter().any(|(document, _)| *document == name);
            let wrong = expectations(&text).iter().any(Expected::is_structural);
            assert_eq!(refused.contains_key(&name), wrong != otherwise, "{name}: {:?}", refused.get(&name));
        }
    }
}

/// What check-jsonschema says against documents of a folder.
fn refused(folder: &str, documents: &[(String, String)]) -> BTreeMap<String, Vec<String>> {
    let mut command = Command::new(Path::new(TOOLS).join("venv/bin/check-jsonschema"));
    command.current_dir(Path::new(CORPUS).join(folder)).args(["--output-format", "json", "--verbose", "--schemafile", SCHEMA]);
    let output = command.args(documents.iter().map(|(name, _)| name)).output().expect("run ./test first");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    let mut refused: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for error in ["errors", "parse_errors"].iter().flat_map(|key| report[key].as_array().into_iter().flatten()) {
        refused.entry(error["filename"].as_str().unwrap().to_owned()).or_default().push(error["message"].to_string());
    }
    refused
}
