//! `cors-gen check`: policy files come in, every error and lint goes out.

use super::format::{self, Findings, Format};
use super::{Check, Exit, Outcome, complain, input};
use crate::diagnostic::printable;
use crate::input::Input;
use crate::{Compilation, Diagnostic, Level, Options};

pub(super) fn run(arguments: &Check) -> Outcome {
    let options = Options { profile: arguments.profile.clone(), pedantic: arguments.pedantic, lint_all_profiles: arguments.profile.is_none() };
    let (inputs, failure) = input::read_all(&arguments.files);
    let compilations: Vec<Compilation<'_>> = inputs.iter().map(|input| input.compile(&options)).collect();
    let mut summaries = String::new();
    let mut findings = Vec::new();
    for (input, compilation) in inputs.iter().zip(compilations) {
        summaries.push_str(&format!("{}: {}\n", printable(&input.source.name), summary(&compilation)));
        findings.push(Findings { source: &input.source, diagnostics: compilation.diagnostics });
    }
    report(arguments.format, &findings, &summaries)?;
    let mut all = findings.iter().flat_map(|file| &file.diagnostics);
    match failure {
        Some(failure) => Err(failure),
        None if all.any(|diagnostic| arguments.deny_warnings || diagnostic.is_fatal()) => Ok(Exit::No),
        None => Ok(Exit::Fine),
    }
}

fn report(format: Format, findings: &[Findings<'_>], summaries: &str) -> Outcome {
    let text = format::print(format, findings);
    if format == Format::Text {
        complain(&text);
        return super::print(summaries);
    }
    super::print(&text)
}

fn summary(compilation: &Compilation<'_>) -> String {
    let count = |fatal: bool| compilation.diagnostics.iter().filter(|diagnostic| diagnostic.is_fatal() == fatal).count();
    match (count(true), count(false), &compilation.all_profiles) {
        (0, 0, Some(set)) => {
            let tests = set.tests.len();
            let tested = if tests == 0 { "no tests".to_owned() } else { format!("{} passed", plural(tests, "test")) };
            format!("fine ({}, {tested})", plural(set.policies.len(), "policy"))
        }
        (errors, warnings, _) => format!("{}, {}", plural(errors, "error"), plural(warnings, "warning")),
    }
}

pub(super) fn plural(count: usize, noun: &str) -> String {
    match (count, noun.strip_suffix('y')) {
        (1, _) => format!("1 {noun}"),
        (_, Some(stem)) => format!("{count} {stem}ies"),
        _ => format!("{count} {noun}s"),
    }
}

/// Prints what keeps a policy from being used, and the warnings, to standard error.
pub(super) fn show(input: &Input, diagnostics: &[Diagnostic], least: Level) {
    for diagnostic in diagnostics.iter().filter(|diagnostic| diagnostic.level >= least) {
        complain(&(diagnostic.render(&input.source, true) + "\n"));
    }
}
