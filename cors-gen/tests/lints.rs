//! The registry of lints and small policy files come in; every lint speaks where it should, and nowhere else.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

#[path = "lints/origins.rs"]
mod origins;
#[path = "lints/paths.rs"]
mod paths;
#[path = "lints/redundant.rs"]
mod redundant;
#[path = "lints/words.rs"]
mod words;

use std::collections::BTreeSet;
use std::fs;

use cors_gen::lints::{DefaultLevel, LINTS};
use cors_gen::{Diagnostic, Level, Options, Source, compile};

/// Policies of well-known services and frameworks, as they would be written here.
const ORDINARY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/lints/ordinary");

fn diagnostics(text: &str, options: &Options) -> Vec<Diagnostic> {
    compile(&Source::new("cors.yaml", text), options).diagnostics
}

fn found(text: &str, pedantic: bool) -> Vec<(&'static str, Level)> {
    let options = Options { pedantic, lint_all_profiles: true, ..Options::default() };
    diagnostics(text, &options).iter().map(|diagnostic| (diagnostic.code, diagnostic.level)).collect()
}

fn codes(text: &str, pedantic: bool) -> BTreeSet<&'static str> {
    found(text, pedantic).into_iter().map(|(code, _)| code).collect()
}

/// A file with one policy that says this.
fn policy(lines: &[&str]) -> String {
    format!("version: 1\npolicies:\n  api:\n    {}\n", lines.join("\n    "))
}

/// A file with one policy that allows these origins.
fn origins(origins: &str) -> String {
    policy(&[&format!("allow_origins: {origins}")])
}

/// The messages of a file's findings, each after its code.
fn messages(text: &str) -> Vec<String> {
    diagnostics(text, &Options { lint_all_profiles: true, ..Options::default() })
        .into_iter()
        .map(|diagnostic| format!("{}: {}", diagnostic.code, diagnostic.message))
        .collect()
}

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    assert_eq!(messages(text), expected, "\n{text}");
}

#[test]
fn the_bad_policy_of_every_lint_raises_it_alone_and_the_good_one_nothing() {
    for lint in LINTS {
        assert_eq!(codes(lint.bad, true), BTreeSet::from([lint.name]), "the bad policy of {}", lint.name);
        let without_pedantic = if lint.default == DefaultLevel::Pedantic { BTreeSet::new() } else { BTreeSet::from([lint.name]) };
        assert_eq!(codes(lint.bad, false), without_pedantic, "the bad policy of {}, not pedantic", lint.name);
        assert_eq!(found(lint.good, true), [], "the good policy of {}", lint.name);
    }
}

#[test]
fn every_finding_says_where_why_and_what_to_do() {
    for lint in LINTS {
        let source = Source::new("cors.yaml", lint.bad);
        for diagnostic in compile(&source, &Options { pedantic: true, ..Options::default() }).diagnostics {
            assert!(!diagnostic.reason.is_empty() && !diagnostic.help.is_empty(), "{}", lint.name);
            assert!(diagnostic.span.end > diagnostic.span.start, "{}", lint.name);
            let sentence_ends = [&diagnostic.message, &diagnostic.label, &diagnostic.reason, &diagnostic.help]
                .iter()
                .any(|text| text.ends_with(['.', '\n']) && !text.ends_with("..."));
            assert!(!sentence_ends && !diagnostic.message.contains('\n'), "{}: {diagnostic:?}", lint.name);
        }
    }
}

#[test]
fn names_and_documentation_are_in_order() {
    let names: BTreeSet<&str> = LINTS.iter().map(|lint| lint.name).collect();
    assert_eq!(names.len(), LINTS.len(), "two lints of one name");
    for lint in LINTS {
        assert!(lint.name.split('-').all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase())), "{} is no kebab-case", lint.name);
        assert!(!lint.summary.ends_with('.') && !lint.summary.contains('\n'), "the summary of {}", lint.name);
        assert!(
            lint.why.ends_with('.') && lint.why.contains("Allowing it is right") && !lint.why.contains('\n') && !lint.why.contains("  "),
            "the paragraph of {}",
            lint.name
        );
    }
}

#[test]
fn the_levels_are_those_of_the_reference() {
    let of = |name: &str| LINTS.iter().find(|lint| lint.name == name).unwrap().default.describe();
    assert_eq!(of("insecure-origin-with-credentials"), "deny");
    assert_eq!(of("broad-regex"), "deny");
    assert_eq!(of("null-origin"), "deny with credentials, else warn");
    assert_eq!(of("untested-policy"), "pedantic");
    for (origin, name) in [("\"null\"", "null-origin"), ("https://*.github.io", "public-suffix-wildcard")] {
        let lines = format!("allow_origins: ['{}']", origin.trim_matches('"'));
        assert_eq!(found(&policy(&[&lines]), false), [(name, Level::Warn)]);
        assert_eq!(found(&policy(&[&lines, "allow_credentials: true"]), false), [(name, Level::Deny)]);
    }
}

/// Levels that say nothing of the lint at hand.
const OTHER: &str = "{ max-age-over-cap: warn }";

/// A file whose only policy has a null origin, with levels for the policy and the file.
fn leveled(policy: &str, file: &str) -> String {
    format!("version: 1\npolicies:\n  api:\n    allow_origins: [\"null\"]\n    lints: {policy}\nlints: {file}\n")
}

#[test]
fn a_file_and_a_policy_set_the_level_and_the_policy_has_the_last_word() {
    let raised = |level| vec![("null-origin", level)];
    for (policy, file, expected) in [
        (OTHER, "{ null-origin: allow }", vec![]),
        (OTHER, "{ null-origin: { level: allow, because: the player runs in a sandboxed frame } }", vec![]),
        (OTHER, "{ null-origin: warn }", raised(Level::Warn)),
        (OTHER, "{ null-origin: deny }", raised(Level::Deny)),
        ("{ null-origin: allow }", "{ null-origin: deny }", vec![]),
        ("{ null-origin: deny }", "{ null-origin: allow }", raised(Level::Deny)),
        ("{ null-origin: { level: warn, because: it is being looked into } }", "{ null-origin: deny }", raised(Level::Warn)),
        ("{ insecure-origin: allow }", OTHER, raised(Level::Warn)),
    ] {
        assert_eq!(found(&leveled(policy, file), false), expected, "policy {policy}, file {file}");
    }
}

#[test]
fn a_denied_lint_keeps_a_policy_from_being_compiled_and_a_warning_does_not() {
    let sound = |text: &str| {
        let source = Source::new("cors.yaml", text);
        compile(&source, &Options::default()).sound().is_some()
    };
    assert!(sound(&leveled(OTHER, OTHER)));
    assert!(!sound(&leveled("{ null-origin: deny }", OTHER)));
}

#[test]
fn a_level_wakes_a_pedantic_lint() {
    let listed = |lints: &str| policy(&["allow_origins: [https://app.example.com]", "expose_headers: [Expires]", lints]);
    assert_eq!(found(&listed("max_age: 10m"), false), []);
    assert_eq!(found(&listed("lints: { safelisted-entry: deny }"), false), [("safelisted-entry", Level::Deny)]);
    assert_eq!(found(&listed("lints: { safelisted-entry: allow }"), false), []);
}

#[test]
fn an_entry_of_a_set_is_reported_once_with_the_gravest_level_of_the_policies_that_use_it() {
    let text = "version: 1\norigin_sets:\n  partners: [http://partner.example.net, \"null\"]\npolicies:\n  open: { paths: [/open], allow_origins: [set: partners] }\n  \
                closed: { paths: [/closed], allow_origins: [set: partners], allow_credentials: true }\n";
    let expected = [("insecure-origin", Level::Warn), ("insecure-origin-with-credentials", Level::Deny), ("null-origin", Level::Deny)];
    assert_eq!(found(text, false), expected);
}

#[test]
fn what_people_really_run_compiles_without_a_word() {
    let mut files: Vec<_> = fs::read_dir(ORDINARY).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    assert!(files.len() > 10);
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        assert_eq!(messages(&text), [] as [&str; 0], "{}", file.display());
    }
}
