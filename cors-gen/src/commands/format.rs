//! Diagnostics come in, text for people or for machines goes out.

use serde_json::{Value, json};

use crate::diagnostic::{Diagnostic, Level, printable_lines};
use crate::errors::ERRORS;
use crate::lints::LINTS;
use crate::span::{Source, Span};

/// The version of every JSON output of the command line.
pub(crate) const FORMAT_VERSION: u32 = 1;

/// How to print diagnostics.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// As a compiler does, with the lines of the file
    Text,
    /// One JSON document
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of GitHub Actions
    Github,
}

/// What was found in one file.
pub(crate) struct Findings<'a> {
    pub(crate) source: &'a Source,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Every finding of every file.
pub(crate) fn print(format: Format, files: &[Findings<'_>]) -> String {
    let all = || files.iter().flat_map(|file| file.diagnostics.iter().map(|diagnostic| (file.source, diagnostic)));
    match format {
        Format::Text => all().map(|(source, diagnostic)| diagnostic.render(source, true) + "\n").collect(),
        Format::Json => {
            pretty(&json!({ "format_version": FORMAT_VERSION, "diagnostics": all().map(|(source, diagnostic)| entry(source, diagnostic)).collect::<Vec<_>>() }))
        }
        Format::Sarif => pretty(&sarif(all())),
        Format::Github => all().map(|(source, diagnostic)| annotation(source, diagnostic)).collect(),
    }
}

pub(crate) fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

pub(crate) fn entry(source: &Source, diagnostic: &Diagnostic) -> Value {
    let [start, end] = source.places(diagnostic.span);
    json!({
        "code": diagnostic.code,
        "level": diagnostic.level.name(),
        "message": diagnostic.message,
        "reason": diagnostic.reason,
        "help": diagnostic.help,
        "file": source.name,
        "line": start.line,
        "column": start.column,
        "end_line": end.line,
        "end_column": end.column,
    })
}

/// [SARIF 2.1.0](https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html).
fn sarif<'a>(all: impl Iterator<Item = (&'a Source, &'a Diagnostic)>) -> Value {
    let lints = LINTS.iter().map(|lint| (lint.name, lint.summary, lint.why));
    let rules = ERRORS.iter().map(|error| (error.name, error.summary, error.why)).chain(lints);
    let rules: Vec<Value> =
        rules.map(|(name, summary, why)| json!({ "id": name, "shortDescription": { "text": summary }, "fullDescription": { "text": why } })).collect();
    json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "cors-gen",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "columnKind": "unicodeCodePoints",
            "results": all.map(|(source, diagnostic)| result(source, diagnostic)).collect::<Vec<_>>(),
        }],
    })
}

fn result(source: &Source, diagnostic: &Diagnostic) -> Value {
    let related: Vec<Value> = diagnostic.related.iter().map(|(span, label)| location(source, *span, Some(label))).collect();
    json!({
        "ruleId": diagnostic.code,
        "level": if diagnostic.level == Level::Warn { "warning" } else { "error" },
        "message": { "text": whole_message(diagnostic) },
        "locations": [location(source, diagnostic.span, None)],
        "relatedLocations": related,
    })
}

fn location(source: &Source, span: Span, label: Option<&str>) -> Value {
    let [start, end] = source.places(span);
    let mut location = json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(&source.name) },
            "region": { "startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column },
        },
    });
    if let Some(label) = label.filter(|label| !label.is_empty()) {
        location["message"] = json!({ "text": label });
    }
    location
}

/// The path of a file as a relative URI reference.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.replace('\\', "/").bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => uri.push(byte as char),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

/// A workflow command of GitHub Actions.
fn annotation(source: &Source, diagnostic: &Diagnostic) -> String {
    let data = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    let [start, end] = source.places(diagnostic.span);
    let kind = if diagnostic.level == Level::Warn { "warning" } else { "error" };
    format!(
        "::{kind} file={},line={},col={},endLine={},endColumn={},title={}::{}\n",
        property(&source.name),
        start.line,
        start.column,
        end.line,
        end.column,
        property(diagnostic.code),
        data(&whole_message(diagnostic)),
    )
}

fn whole_message(diagnostic: &Diagnostic) -> String {
    let parts = [("", &diagnostic.message), ("why: ", &diagnostic.reason), ("help: ", &diagnostic.help)];
    let lines: Vec<String> = parts.iter().filter(|(_, text)| !text.is_empty()).map(|(head, text)| format!("{head}{}", printable_lines(text))).collect();
    lines.join("\n")
}
