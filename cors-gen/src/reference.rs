//! The registries of keys, lints, errors, targets and commands come in, the pages of the reference in `docs/` go out, as Markdown.
//!
//! A block of YAML says behind its language what it is: nothing for a file that compiles without a word, `lint=NAME` or `error=NAME` for one
//! that is told so, `fragment` for what is no whole file.

use std::fmt::Write;

use crate::commands;
use crate::errors::{ERRORS, ErrorCode, Topic, sentence};
use crate::fields::{Field, MAPPINGS, Mapping};
use crate::lints::{LINTS, Lint};
use crate::targets::{Limit, TARGETS, Target};

/// A page of the reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The name of its file.
    pub name: &'static str,
    /// Its text.
    pub text: String,
}

/// Every page. The same version gives the same bytes.
#[must_use]
pub fn pages() -> Vec<Page> {
    vec![
        Page { name: "fields.md", text: page("The keys of a policy file", FIELDS, MAPPINGS.iter().map(|mapping| mapping_section(mapping))) },
        Page { name: "lints.md", text: page("Lints", LINTS_INTRODUCTION, [lint_table()].into_iter().chain(LINTS.iter().map(|lint| lint_section(lint)))) },
        Page { name: "errors.md", text: page("Errors", ERRORS_INTRODUCTION, error_sections()) },
        Page { name: "targets.md", text: page("Targets", TARGETS_INTRODUCTION, TARGETS.iter().map(|target| target_section(target))) },
        Page { name: "cli.md", text: page("The command line", COMMANDS, commands::help().iter().map(|(name, help)| command_section(name, help))) },
    ]
}

const FIELDS: &str = "Every key of the language, in the words that editors show as well. How a policy is read as a whole stands in \
                      [language.md](language.md).";

const LINTS_INTRODUCTION: &str = "What is legal, and risky or pointless. A lint that denies keeps a policy from being compiled, one that warns does not; a \
                                  pedantic one is silent unless `cors-gen check --pedantic` or the file itself asks for it.\n\n\
                                  A file, or one policy in it, sets the level of a lint to `allow`, `warn` or `deny` under `lints:`, with a reason where it \
                                  deserves one:\n\n\
                                  ```yaml fragment\nlints:\n  insecure-origin: { level: allow, because: the intranet has no TLS }\n```";

const ERRORS_INTRODUCTION: &str = "What can mean nothing, or what a browser always refuses. An error cannot be allowed. All errors of a file are reported in one \
                                   run, each at its place.";

const TARGETS_INTRODUCTION: &str = "What the compiler generates. A target that cannot say a policy refuses it, and names the place in the file; it never says \
                                    something weaker.";

const COMMANDS: &str = "The help of the program and of its commands, as `--help` prints it.";

const GENERATED: &str = "<!-- Made from the code. Do not edit: UPDATE=1 cargo test -p cors-gen --test docs -->";

fn page(title: &str, introduction: &str, sections: impl IntoIterator<Item = String>) -> String {
    let sections: String = sections.into_iter().map(|section| format!("\n{section}")).collect();
    format!("{GENERATED}\n\n# {title}\n\n{introduction}\n{sections}")
}

fn block(language: &str, text: &str) -> String {
    format!("```{language}\n{}\n```\n", text.trim_end_matches('\n'))
}

fn mapping_section(mapping: &Mapping) -> String {
    let fields: String = mapping.fields.iter().map(field_section).collect();
    format!("## {}\n\n{}\n{fields}", sentence(mapping.name).trim_end_matches('.'), mapping.doc)
}

fn field_section(field: &Field) -> String {
    let presence = match (field.required, field.default) {
        (true, _) => " Required.".to_owned(),
        (false, Some(default)) => format!(" Default: `{default}`."),
        (false, None) => String::new(),
    };
    let example = block("yaml fragment", &format!("{}: {}", field.key, field.example));
    format!("\n### `{}`\n\n{}{presence}\n\n{}\n\n{example}", field.key, sentence(field.value), field.doc)
}

fn lint_table() -> String {
    let mut table = String::from("| lint | default | finds |\n|---|---|---|\n");
    for lint in LINTS {
        let _ = writeln!(table, "| [`{0}`](#{0}) | {1} | {2} |", lint.name, lint.default.describe(), lint.summary.replace('|', "\\|"));
    }
    table
}

fn lint_section(lint: &Lint) -> String {
    let bad = block(&format!("yaml lint={}", lint.name), lint.bad);
    let good = block("yaml", lint.good);
    format!("## {}\n\n{} Default: {}.\n\n{}\n\nInstead of\n\n{bad}\nwrite\n\n{good}", lint.name, sentence(lint.summary), lint.default.describe(), lint.why)
}

fn error_sections() -> Vec<String> {
    let topics = |index: usize| ERRORS.get(index).map(|error| error.topic);
    let heading = |topic: Topic| format!("## {}\n\n", topic.title());
    ERRORS
        .iter()
        .enumerate()
        .map(|(index, error)| {
            let first = index == 0 || topics(index - 1) != Some(error.topic);
            let heading = if first { heading(error.topic) } else { String::new() };
            format!("{heading}{}", error_section(error))
        })
        .collect()
}

fn error_section(error: &ErrorCode) -> String {
    let good = block("yaml", error.good);
    // Some mistakes cannot be shown as a short text.
    let example = if error.bad.is_empty() {
        format!("Write\n\n{good}")
    } else {
        format!("Instead of\n\n{}\nwrite\n\n{good}", block(&format!("yaml error={}", error.name), error.bad))
    };
    format!("### {}\n\n{}\n\n{}\n\n{example}", error.name, sentence(error.summary), error.why)
}

fn target_section(target: &Target) -> String {
    let mut text = format!("## {}\n\nFor {}. {}\n\n{}\n\n| file | place |\n|---|---|\n", target.name, target.server, target.summary, target.tested.sentence());
    for file in target.files {
        let _ = writeln!(text, "| `{}` | {} |", file.file, file.place);
    }
    for (title, refused) in [("What it refuses", true), ("What it does in another way", false)] {
        let limits: String = target.limits.iter().filter(|limit| limit.refused == refused).map(limit_item).collect();
        if !limits.is_empty() {
            let _ = write!(text, "\n### {title}\n\n{limits}");
        }
    }
    if !target.results.is_empty() {
        let _ = write!(text, "\n### How it answered the request table\n\n{}", target.results);
    }
    text
}

fn limit_item(limit: &Limit) -> String {
    format!("- **{}** {}\n", sentence(limit.topic), limit.text)
}

fn command_section(name: &str, help: &str) -> String {
    let help: String = help.lines().map(|line| format!("{}\n", line.trim_end())).collect();
    format!("## {name}\n\n{}", block("text", &help))
}
