//! `cors-gen rule` and `cors-gen targets`: the registries come in, pages for people go out.

use serde_json::{Value, json};

use super::format::{FORMAT_VERSION, pretty};
use super::{DataFormat, Failure, Outcome};
use crate::errors::{self, ERRORS};
use crate::lints::LINTS;
use crate::suggest;
use crate::targets::TARGETS;

pub(super) fn rule(name: Option<&str>) -> Outcome {
    let Some(name) = name else { return super::print(&list()) };
    if let Some(error) = errors::find(name) {
        return super::print(&page(name, "error; cannot be allowed", error.summary, error.why, error.bad, error.good));
    }
    if let Some(lint) = LINTS.iter().find(|lint| lint.name == name) {
        let level = format!("lint; {} by default", lint.default.describe());
        return super::print(&page(name, &level, lint.summary, lint.why, lint.bad, lint.good));
    }
    let known = ERRORS.iter().map(|error| error.name).chain(LINTS.iter().map(|lint| lint.name));
    let help = suggest::nearest(name, known).map_or_else(|| "`cors-gen rule` lists them all".to_owned(), |nearest| format!("did you mean `{nearest}`?"));
    Err(Failure::new(format!("there is no lint or error `{name}`"), help))
}

fn list() -> String {
    let mut text = String::from("Lints\n");
    for lint in LINTS {
        text.push_str(&format!("  {:38} {} ({})\n", lint.name, lint.summary, lint.default.describe()));
    }
    let mut topic = None;
    for error in ERRORS {
        if topic.replace(error.topic) != Some(error.topic) {
            text.push_str(&format!("\nErrors: {}\n", error.topic.title()));
        }
        text.push_str(&format!("  {:38} {}\n", error.name, error.summary));
    }
    text
}

fn page(name: &str, level: &str, summary: &str, why: &str, bad: &str, good: &str) -> String {
    let indent = |text: &str| text.lines().map(|line| format!("    {line}\n")).collect::<String>();
    let mut text = format!("{name} ({level})\n\n{summary}\n\n{}\n", wrap(why));
    if !bad.is_empty() {
        text.push_str(&format!("\nInstead of\n\n{}", indent(bad)));
    }
    text.push_str(&format!("\nwrite\n\n{}", indent(good)));
    text
}

/// Breaks a paragraph into lines that fit a terminal.
fn wrap(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last().map_or(0, |line| line.chars().count());
        if line > 0 && line + word.chars().count() >= 100 {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines.join("\n")
}

pub(super) fn targets(format: DataFormat) -> Outcome {
    if format == DataFormat::Json {
        let targets: Vec<Value> = TARGETS
            .iter()
            .map(|target| {
                let files: Vec<Value> = target.files.iter().map(|file| json!({ "name": file.file, "place": file.place })).collect();
                let limits: Vec<Value> =
                    target.limits.iter().map(|limit| json!({ "topic": limit.topic, "refused": limit.refused, "text": limit.text })).collect();
                json!({ "name": target.name, "server": target.server, "summary": target.summary, "tested": target.tested.word(), "files": files, "limits": limits })
            })
            .collect();
        return super::print(&pretty(&json!({ "format_version": FORMAT_VERSION, "targets": targets })));
    }
    let mut text = String::new();
    for target in TARGETS {
        text.push_str(&format!("{} ({})\n\n{}\n\n{}\n\n", target.name, target.server, wrap(target.summary), wrap(target.tested.sentence())));
        for limit in target.limits {
            let effect = if limit.refused { "refused" } else { "differs" };
            text.push_str(&format!("  {effect}: {}\n{}\n", limit.topic, wrap(limit.text).lines().map(|line| format!("    {line}\n")).collect::<String>()));
        }
    }
    super::print(&text)
}
