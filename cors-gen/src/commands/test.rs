//! `cors-gen test`: policy files come in, the results of their tests and what no test reaches go out.

use serde_json::{Value, json};

use super::check::{plural, show};
use super::format::{FORMAT_VERSION, entry, pretty};
use super::input;
use super::{DataFormat, Exit, Outcome, Test};
use crate::diagnostic::printable;
use crate::input::Input;
use crate::verdict::{self, Results};
use crate::{Diagnostic, Level, Options};

pub(super) fn run(arguments: &Test) -> Outcome {
    let (inputs, failure) = input::read_all(&arguments.files);
    let mut sound = true;
    let mut reports = Vec::new();
    for input in &inputs {
        let compilation = input.compile(&Options { lint_all_profiles: true, ..Options::default() });
        let Some(set) = &compilation.all_profiles else {
            show(input, &compilation.diagnostics, Level::Error);
            sound = false;
            reports.push(unreadable(input, &compilation.diagnostics));
            continue;
        };
        let results = verdict::run(set, &input.source.name);
        sound &= results.failures.is_empty();
        match arguments.format {
            DataFormat::Text => super::print(&text(input, &results)).map(|_| ())?,
            DataFormat::Json => reports.push(report(input, &results)),
        }
    }
    if arguments.format == DataFormat::Json {
        super::print(&pretty(&json!({ "format_version": FORMAT_VERSION, "files": reports })))?;
    }
    match failure {
        Some(failure) => Err(failure),
        None => Ok(if sound { Exit::Fine } else { Exit::No }),
    }
}

/// What the tests said, for people; the failures themselves go to standard error.
fn text(input: &Input, results: &Results) -> String {
    show(input, &results.failures, Level::Error);
    let mut text = String::new();
    for test in &results.tests {
        let verdict = if test.failed == 0 { "ok    " } else { "FAILED" };
        text.push_str(&format!("{verdict} {} ({})\n", printable(&test.name), plural(test.cases, "request")));
    }
    let failed = results.tests.iter().filter(|test| test.failed > 0).count();
    text.push_str(&format!("{}: {} passed, {failed} failed\n", printable(&input.source.name), results.tests.len() - failed));
    if results.tests.is_empty() {
        text.push_str("  the file has no tests: add `tests:` to say what the policies are for\n");
    } else {
        for policy in &results.unreached_policies {
            text.push_str(&format!("  no test reaches the policy `{policy}`\n"));
        }
        for span in &results.unreached_entries {
            let entry = input.source.text.get(span.range()).unwrap_or_default();
            text.push_str(&format!("  no test reaches the entry {} ({})\n", printable(entry), printable(&input.source.locate(*span))));
        }
    }
    text
}

/// A file whose tests cannot be run.
fn unreadable(input: &Input, diagnostics: &[Diagnostic]) -> Value {
    let diagnostics: Vec<Value> = diagnostics.iter().map(|diagnostic| entry(&input.source, diagnostic)).collect();
    json!({ "file": input.source.name, "diagnostics": diagnostics, "tests": [], "failures": [], "unreached_policies": [], "unreached_entries": [] })
}

fn report(input: &Input, results: &Results) -> Value {
    let tests: Vec<Value> = results.tests.iter().map(|test| json!({ "name": test.name, "requests": test.cases, "failed": test.failed })).collect();
    let failures: Vec<Value> = results
        .failures
        .iter()
        .map(|failure| json!({ "message": failure.message, "got": failure.label, "reason": failure.reason, "place": input.source.locate(failure.span) }))
        .collect();
    let entries: Vec<String> = results.unreached_entries.iter().map(|span| input.source.locate(*span)).collect();
    json!({ "file": input.source.name, "diagnostics": [], "tests": tests, "failures": failures, "unreached_policies": results.unreached_policies, "unreached_entries": entries })
}
