//! Bad policies come in; what a person sees of each diagnostic is held against the text on disk, and its advice is taken at its word.
//!
//! `UPDATE=1 cargo test -p cors-gen --test diagnostics` rewrites the texts in `tests/diagnostics/`; read the difference as a user would.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use cors_gen::errors::ERRORS;
use cors_gen::lints::LINTS;
use cors_gen::{Diagnostic, Level, Options, Source, compile};

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/diagnostics");
const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus/bad");
const LIMIT_OF_A_LINE: usize = 540;

fn diagnostics(source: &Source) -> Vec<Diagnostic> {
    compile(source, &Options { pedantic: true, lint_all_profiles: true, ..Options::default() }).diagnostics
}

/// What is shown of a file.
fn shown(text: &str) -> String {
    let source = Source::new("cors.yaml", text);
    diagnostics(&source).iter().map(|diagnostic| diagnostic.render(&source, false) + "\n").collect()
}

/// Holds a text against the one on disk; says what is wrong.
fn compare(name: &str, text: &str) -> Result<(), String> {
    let path = Path::new(GOLDEN).join(format!("{name}.txt"));
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, text).unwrap();
    }
    match fs::read_to_string(&path) {
        Ok(golden) if golden == text => Ok(()),
        Ok(golden) => Err(format!("{name} is shown otherwise now.\n--- on disk\n{golden}\n--- now\n{text}")),
        Err(error) => Err(format!("{}: {error}", path.display())),
    }
}

#[track_caller]
fn check(texts: impl IntoIterator<Item = (String, String)>) {
    let wrong: Vec<String> = texts.into_iter().filter_map(|(name, text)| compare(&name, &text).err()).collect();
    assert!(wrong.is_empty(), "{}\nUPDATE=1 cargo test -p cors-gen --test diagnostics rewrites the texts", wrong.join("\n"));
}

/// Errors and lints with a bad file, under their names.
fn registered() -> impl Iterator<Item = (&'static str, &'static str)> {
    let errors = ERRORS.iter().map(|error| (error.name, error.bad));
    errors.chain(LINTS.iter().map(|lint| (lint.name, lint.bad))).filter(|(_, bad)| !bad.is_empty())
}

#[test]
fn every_error_and_lint_is_shown_as_on_disk() {
    check(registered().map(|(name, bad)| (name.to_owned(), shown(bad))));
}

/// What a policy can hold to trouble a terminal, and the reader at it.
fn odd_values() -> Vec<(&'static str, String)> {
    let policy = |lines: &str| format!("version: 1\npolicies:\n  api:\n    {}\n", lines.replace('\n', "\n    "));
    let many: String = (0..400).map(|index| format!("https://h{index}.example.com, ")).collect();
    let long = "A".repeat(10_000);
    vec![
        ("odd-minified", format!("version: 1\npolicies: {{ api: {{ allow_origins: [{many}https://X.example.com, {many}https://a.example.com] }} }}\n")),
        (
            "odd-long-values",
            policy(&format!(
                "allow_origins: [\"https://{long}.com\", {long}]\nmax_age: \"{long}\"\nallow_credentials: {long}\nallow_methods: {long}\npreflight_status: 2{}",
                "0".repeat(9_000)
            )),
        ),
        (
            "odd-control-characters",
            policy(
                "allow_origins: [\"https://a\\e[31mb.com\", \"https://\u{202e}moc.evil\", \"https://a\\nb.com\", \"https://a\u{200b}b.com\"]\nallow_methods: [\"G\\rET\"]",
            ),
        ),
        (
            "odd-wide-characters",
            policy("allow_headers: [日本語, \"Ｘ\", é, \"👩‍💻\"] # 日本語\nallow_origins: [https://日本語.example.com/, https://App.example.com]"),
        ),
        ("odd-tabs", "version: 1\npolicies:\t# a tab\n  api: {\tallow_origins: [\thttps://App.example.com\t] }\n".to_owned()),
        (
            "odd-block-scalars",
            policy(
                "allow_origins: >\n  https://a.example.com\n  https://b.example.com\n  https://c.example.com\n\npaths: [\n  /a,\n  b]\nallow_methods: \"GET\n\n  PUT,\n  POST\"",
            ),
        ),
        ("odd-whole-file", "[\n  version,\n  policies,\n]\n".to_owned()),
        ("odd-twins-far-apart", format!("version: 1\npolicies: {{ api: {{ max_age: 1m, allow_origins: [{many}https://a.example.com], max_age: 2m }} }}\n")),
        ("odd-byte-order-mark", "\u{feff}verison: 1\r\npolicies: { api: { allow_origins: [https://a.example.com/] } }\r\n".to_owned()),
    ]
}

#[test]
fn odd_values_are_shown_as_on_disk() {
    check(odd_values().into_iter().map(|(name, text)| (name.to_owned(), shown(&text))));
}

/// Slips of the hand that are no plain instance of an error's example, each under what went wrong.
fn slips() -> Vec<(&'static str, String)> {
    let policy = |lines: &str| format!("version: 1\npolicies:\n  api:\n    {}\n", lines.replace('\n', "\n    "));
    let sound = "allow_origins: [https://app.example.com]";
    let beside = |lines: &str| policy(&format!("{sound}\n{lines}"));
    vec![
        (
            "slip-nothing-written",
            policy("allow_origins:\n  - https://app.example.com\n  - { set: }\n  -\nallow_credentials:\nmax_age:")
                + "lints:\n  null-origin:\ntests:\n  - name:\n    profile:\n    allow: [https://app.example.com]\n",
        ),
        ("slip-boolean-in-quotes", beside("allow_credentials: \"true\"\nallow_private_network: 'maybe'")),
        ("slip-empty-and-required", "version: 1\npolicies: { api: { allow_origins: [] } }\n".to_owned()),
        ("slip-no-policies", "version: 1\npolicies: {}\n".to_owned()),
        (
            "slip-no-list",
            "origin_sets: { apps: [https://app.example.com] }\n".to_owned()
                + &policy("paths: [/a]\nallow_origins: '*, https://app.example.com, apps, null'\nallow_methods: '*, PUT'\nexpose_headers: '*,'")
                + "  b: { paths: [/b], allow_origins: apps }\n  c:\n    paths: [/c]\n    allow_origins:\n      -https://a.example.com\n      -https://b.example.com\n",
        ),
        ("slip-null", policy("allow_origins: [~, Null, { origin: NULL }]")),
        (
            "slip-level",
            beside("lints: { http-twin: 0, null-origin: { level: false } }") + "tests: [{ name: a, request: { origin: https://a.example }, expect: true }]\n",
        ),
        (
            "slip-anchors",
            "version: 1\nx-a: &frontends [https://app.example.com]\npolicies:\n  api: { paths: [/a], allow_origins: *frontend }\n".to_owned()
                + "  b: { paths: [/b], allow_origins: *late }\n  c: { paths: [/c], allow_origins: [*.example.com, *frontends-of-others] }\nx-b: &late [https://app.example.com]\n",
        ),
        ("slip-indentation", policy("paths: [/api/**]\n").replace("    \n", "") + "  allow_origins: [https://app.example.com/]\n  max_age: 10m\n"),
        ("slip-no-name-of-a-policy", "version: 1\npolicies:\n  allow_origins: [https://app.example.com]\n".to_owned()),
        ("slip-tags", policy("allow_origins: !include origins.yaml\nallow_methods: &m !y [ !z GET ]\nmax_age: !!str\npaths:\n  !x\n  - /a")),
        ("slip-profile-twice", format!("profiles: [dev, dev]\n{}", policy("allow_origins: [{ origin: http://localhost:3000, profiles: [dev] }]"))),
        ("slip-blank-in-the-first-line", "version:1 # the first\n\n# of all\npolicies: { api: { allow_origins: [https://app.example.com] } }\n".to_owned()),
        ("slip-blank-in-the-last-line", beside("max_age:10m")),
        ("slip-blank-in-the-middle", policy(&format!("max_age:10m\n{sound}"))),
        ("slip-blank-in-the-only-line", policy("allow_origins:[https://app.example.com]")),
        ("slip-blank-in-entries", policy("allow_origins:\n  - origin:https://app.example.com\n  - set:apps")),
        ("slip-blank-in-brackets", "{version:1, policies: {api: {allow_origins: [https://app.example.com], max_age:10m}}}\n".to_owned()),
        ("slip-open-bracket", policy(&format!("paths: [/a\n{sound}"))),
        ("slip-open-bracket-after-lines", policy("allow_origins: [\n  https://a.example.com,\nmax_age: 10m\npaths: [/a]")),
        ("slip-open-brace", policy("allow_origins:\n  - { regex: 'https://[a-z]\\.example\\.com'\nmax_age: 10m")),
        ("slip-json-without-a-comma", "{\nversion: 1\npolicies: { api: { allow_origins: [https://app.example.com] } }\n}\n".to_owned()),
        ("slip-backslash", policy("allow_origins: [{ regex: \"https://pr-\\d\\.example\\.com\" }]")),
        ("slip-backslashes", policy("allow_origins: [{ regex: \"https://pr-[0-9]\\\\.example\\.com\" }]")),
        ("slip-tab", "version: 1\npolicies:\n\tapi: { allow_origins: \"*\" }\n".to_owned()),
        ("slip-tab-in-the-next-line", beside("max_age: 10m").trim_end().to_owned() + "\n\tpaths: [/a]\n"),
        (
            "slip-keys",
            policy(
                "origins: [https://app.example.com]\nmethods: [PUT]\nAccess-Control-Max-Age: 600\nallow-headers: [X-A]\nexpose: [X-B]\nAccess-Control-Allow-Credentials: true\ncolour: red",
            ),
        ),
        ("slip-schema", format!("$schema: [5]\n{}", policy(sound))),
        (
            "slip-behind-an-alias",
            "version: 1\nx-a: &a [https://app.example.com/]\npolicies:\n  a: { paths: [/a], allow_origins: *a }\n  b: { paths: [/b], allow_origins: *a }\n"
                .to_owned(),
        ),
    ]
}

#[test]
fn slips_are_shown_as_on_disk() {
    check(slips().into_iter().map(|(name, text)| (name.to_owned(), shown(&text))));
}

#[test]
fn odd_values_neither_move_the_cursor_nor_flood_the_terminal() {
    for (name, text) in odd_values() {
        let shown = shown(&text);
        assert!(!shown.is_empty(), "{name} is meant to be bad");
        let hostile =
            |char: char| (char.is_control() && char != '\n') || matches!(char, '\u{200b}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
        assert_eq!(shown.find(hostile), None, "{name}: {shown:?}");
        for line in shown.lines() {
            let most = if line.trim_start().starts_with(|char: char| char.is_ascii_digit() || char == '|') { 200 } else { LIMIT_OF_A_LINE };
            assert!(line.chars().count() <= most, "{name}: {line}");
        }
        assert!(shown.lines().count() < 120, "{name}: {shown}");
    }
}

/// Time is bounded by the size of the file, not by its square: each place is found, and each excerpt cut, without reading the line.
#[test]
fn a_minified_file_with_many_errors_is_shown_in_proportion() {
    let many: String = (0..4_000).map(|index| format!("https://H{index}.example.com,")).collect();
    let text = format!("{{version: 1, policies: {{ api: {{ allow_origins: [{many}] }} }} }}");
    let source = Source::new("cors.yaml", text.as_str());
    let diagnostics = diagnostics(&source);
    let bytes: usize = diagnostics.iter().map(|diagnostic| diagnostic.render(&source, false).len()).sum();
    assert_eq!(diagnostics.len(), 4_000);
    assert!(bytes < 4_000 * 1_000, "{bytes}");
    let last = source.place(diagnostics[3_999].span.start);
    assert_eq!((last.line, last.column), (1, text.find("https://H3999.").unwrap() + 1));
}

#[test]
fn what_cannot_be_read_is_shown_as_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("a-folder")).unwrap();
    fs::write(folder.path().join("empty.yaml"), "").unwrap();
    fs::write(folder.path().join("latin-1.yaml"), b"version: 1\npolicies:\n  api: # caf\xe9\n    allow_origins: \"*\"\n").unwrap();
    let utf_16 = b"\xff\xfev\0e\0r\0s\0i\0o\0n\0:\0 \x001\0\n\0";
    fs::write(folder.path().join("utf-16.yaml"), utf_16).unwrap();
    fs::write(folder.path().join("utf-16-unmarked.yaml"), &utf_16[2..]).unwrap();
    check(["a-folder", "missing.yaml", "empty.yaml", "latin-1.yaml", "utf-16.yaml", "utf-16-unmarked.yaml"].map(|file| {
        let output = Command::new(env!("CARGO_BIN_EXE_cors-gen")).current_dir(folder.path()).args(["check", file]).output().unwrap();
        (format!("file-{}", file.trim_end_matches(".yaml")), String::from_utf8(output.stderr).unwrap())
    }));
}

#[test]
fn every_text_on_disk_belongs_to_a_test() {
    let made = odd_values().into_iter().chain(slips()).map(|(name, _)| name.to_owned());
    let mut known: BTreeSet<String> = registered().map(|(name, _)| name.to_owned()).chain(made).collect();
    known.extend(["a-folder", "missing", "empty", "latin-1", "utf-16", "utf-16-unmarked"].map(|file| format!("file-{file}")));
    let found: BTreeSet<String> =
        fs::read_dir(GOLDEN).unwrap().map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned()).collect();
    assert_eq!(found, known);
}

/// The bad documents of the corpus and of the registries, by name.
fn bad_documents() -> Vec<(String, String)> {
    let corpus = fs::read_dir(CORPUS).unwrap().map(|entry| entry.unwrap().path());
    let corpus = corpus.map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(&path).unwrap()));
    let odd = odd_values().into_iter().chain(slips()).map(|(name, text)| (name.to_owned(), text));
    corpus.chain(registered().map(|(name, bad)| (name.to_owned(), bad.to_owned()))).chain(odd).collect()
}

#[test]
fn every_diagnostic_says_where_why_and_what_to_do() {
    for (name, text) in bad_documents() {
        let source = Source::new("cors.yaml", text.as_str());
        for found in diagnostics(&source) {
            assert!(found.span.start <= found.span.end && found.span.end as usize <= text.len(), "{name}: {found:?}");
            assert!(text.get(found.span.start as usize..found.span.end as usize).is_some(), "{name}: between characters: {found:?}");
            assert!(!found.message.is_empty() && !found.reason.is_empty() && !found.help.is_empty(), "{name}: {found:?}");
            let is_whole =
                found.span.end > found.span.start || matches!(found.code, "empty-file" | "yaml-syntax" | "wrong-type" | "missing-key" | "empty-value");
            assert!(is_whole, "{name}: nothing is marked: {found:?}");
            assert!(!found.message.ends_with('.') && !found.help.ends_with('.'), "{name}: {found:?}");
        }
    }
}

/// The value that the help says to write, where it says so of the place that is marked.
fn advice(help: &str) -> Option<String> {
    if let Some(quoted) = help.strip_prefix("write it in quotes: ") {
        return Some(quoted.to_owned());
    }
    let (value, _) = help.strip_prefix("write `")?.split_once('`')?;
    (!value.contains(": ")).then(|| value.to_owned())
}

/// The file with the advice in place of what it is about, in the quotes that stood there.
fn mended(text: &str, found: &Diagnostic, better: &str) -> String {
    let (start, end) = (found.span.start as usize, found.span.end as usize);
    let quote =
        text[start..].chars().next().filter(|first| matches!(first, '"' | '\'') && text[start + 1..end].ends_with(*first) && found.code != "wrong-type");
    let quote = quote.map(String::from).unwrap_or_default();
    format!("{}{quote}{better}{quote}{}", &text[..start], &text[end..])
}

#[test]
fn advice_that_is_taken_at_its_word_mends_the_mistake() {
    let mut taken = BTreeSet::new();
    for (name, text) in bad_documents() {
        let source = Source::new("cors.yaml", text.as_str());
        for found in diagnostics(&source) {
            let Some(better) = advice(&found.help) else { continue };
            let mended = mended(&text, &found, &better);
            let errors =
                |text: &str| diagnostics(&Source::new("cors.yaml", text)).into_iter().filter(|other| other.code == found.code || other.level == Level::Error);
            let left: Vec<Diagnostic> = errors(&mended).collect();
            let same = left.iter().find(|other| other.code == found.code && other.span.start == found.span.start);
            assert!(same.is_none(), "{name}: {}: the advice `{}` gives\n{mended}\n{same:#?}", found.message, found.help);
            let before = errors(&text).count();
            assert!(left.len() <= before, "{name}: the advice `{}` makes {before} findings {}\n{mended}\n{left:#?}", found.help, left.len());
            taken.insert(found.code);
        }
    }
    assert!(taken.len() >= 15, "the advice of few errors can be taken at its word: {taken:?}");
}
