//! Policies with odd names and odd characters come in; JSON, SARIF and the annotations of GitHub Actions name the same places and say the same words.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use cors_gen::errors::ERRORS;
use cors_gen::lints::LINTS;
use serde_json::{Value, json};

const TOOLS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/test-tools");

const ERROR: &str = "version: 1\npolicies:\n  api:\n    allow_origins: [https://app.example.com/]\n";
const WARNING: &str = "version: 1\npolicies:\n  api:\n    allow_origins: [http://app.example.com]\n";
const DENIED: &str = "version: 1\npolicies:\n  api:\n    allow_origins: [\"null\"]\n    allow_credentials: true\n";
const TWINS: &str = "version: 1\npolicies:\n  api:\n    allow_origins: [https://app.example.com]\n    max_age: 10m\n    max_age: 1h\n";
/// The error stands after characters of two, three and four bytes.
const WIDE: &str = "version: 1\npolicies: { api: { x-ä: 1, \"日本\": 2, \"🦀\": 3, allow_origins: [https://App.example.com] } } # é\n";
/// The error covers several lines, and ends in a block scalar.
const LONG: &str = "version: 1\npolicies:\n  api:\n    allow_origins: >\n      https://a.example.com\n      https://b.example.com\n\n    max_age: 10m\n";
const PERCENT: &str = "version: 1\npolicies:\n  api:\n    allow_origins: [\"https://100%,a\\nb: c\"]\n";
const BROKEN: &str = "version: 1\npolicies: [\n";

/// Names that the formats have to escape, and what they hold.
const FILES: [(&str, &str); 10] = [
    ("sound.yaml", "version: 1\npolicies: { api: { allow_origins: [https://app.example.com] } }\n"),
    ("a policy.yaml", ERROR),
    ("sub/a:b,c.yaml", WARNING),
    ("100%.yaml", DENIED),
    ("日本語.yaml", WIDE),
    ("line\nbreak.yaml", TWINS),
    ("long.yaml", LONG),
    ("[x]?&#.yaml", PERCENT),
    ("broken.yaml", BROKEN),
    ("empty.yaml", ""),
];

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("sub")).unwrap();
        FILES.iter().for_each(|(name, text)| fs::write(folder.path().join(name), text).unwrap());
        Self(folder)
    }

    /// What `check` says of all files in a format.
    fn check(&self, format: &str) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cors-gen"));
        let output = command.current_dir(self.0.path()).args(["check", "--format", format]).args(FILES.map(|(name, _)| name)).output().unwrap();
        assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(1), ""));
        String::from_utf8(output.stdout).unwrap()
    }

    fn json(&self, format: &str) -> Value {
        serde_json::from_str(&self.check(format)).unwrap()
    }
}

/// A finding as every format tells it: file, code, whether it is an error, line and column of both ends.
type Told = (String, String, bool, [u64; 4]);

fn of_json(report: &Value) -> Vec<Told> {
    let entry = |entry: &Value| {
        let text = |key: &str| entry[key].as_str().unwrap().to_owned();
        let number = |key: &str| entry[key].as_u64().unwrap();
        (text("file"), text("code"), text("level") != "warn", ["line", "column", "end_line", "end_column"].map(number))
    };
    report["diagnostics"].as_array().unwrap().iter().map(entry).collect()
}

fn of_sarif(report: &Value) -> Vec<Told> {
    let result = |result: &Value| {
        let place = &result["locations"][0]["physicalLocation"];
        let file = decode(place["artifactLocation"]["uri"].as_str().unwrap());
        let region = ["startLine", "startColumn", "endLine", "endColumn"].map(|key| place["region"][key].as_u64().unwrap());
        (file, result["ruleId"].as_str().unwrap().to_owned(), result["level"] == "error", region)
    };
    report["runs"][0]["results"].as_array().unwrap().iter().map(result).collect()
}

/// As the runner of GitHub Actions reads a workflow command: `::KIND KEY=VALUE,...::MESSAGE`.
fn of_github(text: &str) -> Vec<(Told, String)> {
    let line = |line: &str| {
        let (head, message) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
        let (kind, properties) = head.split_once(' ').unwrap();
        let property = |key: &str| {
            let found = properties.split(',').filter_map(|property| property.split_once('=')).find(|(name, _)| *name == key);
            decode(found.unwrap_or_else(|| panic!("no {key} in {line}")).1)
        };
        let number = |key: &str| property(key).parse().unwrap();
        assert!(kind == "error" || kind == "warning", "{line}");
        let told = (property("file"), property("title"), kind == "error", ["line", "col", "endLine", "endColumn"].map(number));
        (told, decode(message))
    };
    text.lines().map(line).collect()
}

/// Undoes percent-encoding.
fn decode(text: &str) -> String {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap().as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).unwrap());
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
fn every_format_tells_of_the_same_findings() {
    let folder = Folder::new();
    let told = of_json(&folder.json("json"));
    assert_eq!(of_sarif(&folder.json("sarif")), told);
    assert_eq!(of_github(&folder.check("github")).into_iter().map(|(told, _)| told).collect::<Vec<_>>(), told);
}

#[test]
fn places_count_characters_and_end_where_the_eye_does() {
    let folder = Folder::new();
    let told = of_json(&folder.json("json"));
    let places = |file: &str, code: &str| -> Vec<[u64; 4]> { told.iter().filter(|told| told.0 == file && told.1 == code).map(|told| told.3).collect() };
    assert_eq!(places("a policy.yaml", "origin-path"), [[4, 21, 4, 45]]);
    assert_eq!(places("sub/a:b,c.yaml", "insecure-origin"), [[4, 21, 4, 43]]);
    assert_eq!(places("100%.yaml", "null-origin"), [[4, 21, 4, 27]]);
    assert_eq!(places("日本語.yaml", "unknown-key"), [[2, 20, 2, 23], [2, 28, 2, 32], [2, 37, 2, 40]]);
    assert_eq!(places("日本語.yaml", "origin-upper-case"), [[2, 61, 2, 84]]);
    assert_eq!(places("line\nbreak.yaml", "duplicate-key"), [[6, 5, 6, 12]]);
    assert_eq!(places("long.yaml", "wrong-type"), [[5, 7, 6, 28]]);
    assert_eq!(places("empty.yaml", "empty-file"), [[1, 1, 1, 1]]);
    assert!(!told.iter().any(|told| told.0 == "sound.yaml"));
    for (file, _, _, [line, column, end_line, end_column]) in &told {
        let text = FILES.iter().find(|(name, _)| name == file).unwrap().1;
        let width = |line: u64| text.lines().nth(line as usize - 1).unwrap_or_default().chars().count() as u64;
        assert!((line, column) <= (end_line, end_column), "{file}");
        assert!(*column >= 1 && *column <= width(*line) + 1 && *end_column >= 1 && *end_column <= width(*end_line) + 1, "{file}: {told:?}");
    }
}

#[test]
fn a_log_of_sarif_says_who_speaks_by_which_rules() {
    let log = Folder::new().json("sarif");
    assert_eq!((&log["version"], log["runs"].as_array().unwrap().len()), (&json!("2.1.0"), 1));
    let run = &log["runs"][0];
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let driver = &run["tool"]["driver"];
    assert_eq!((&driver["name"], &driver["version"]), (&json!("cors-gen"), &json!(env!("CARGO_PKG_VERSION"))));
    let rules: Vec<&str> = driver["rules"].as_array().unwrap().iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    let known: Vec<&str> = ERRORS.iter().map(|error| error.name).chain(LINTS.iter().map(|lint| lint.name)).collect();
    assert_eq!(rules, known);
    assert_eq!(rules.iter().collect::<BTreeSet<_>>().len(), rules.len());
    for rule in driver["rules"].as_array().unwrap() {
        assert!(["shortDescription", "fullDescription"].iter().all(|key| !rule[key]["text"].as_str().unwrap().is_empty()), "{rule}");
    }
    for result in run["results"].as_array().unwrap() {
        assert!(rules.contains(&result["ruleId"].as_str().unwrap()) && ["error", "warning"].contains(&result["level"].as_str().unwrap()), "{result}");
        assert!(result["message"]["text"].as_str().unwrap().contains("help: "), "{result}");
    }
}

#[test]
fn a_location_of_sarif_is_a_relative_reference() {
    let log = Folder::new().json("sarif");
    let results = log["runs"][0]["results"].as_array().unwrap();
    let uris: BTreeSet<&str> = results.iter().map(|result| result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap()).collect();
    let expected = [
        "%5Bx%5D%3F%26%23.yaml",
        "%E6%97%A5%E6%9C%AC%E8%AA%9E.yaml",
        "100%25.yaml",
        "a%20policy.yaml",
        "broken.yaml",
        "empty.yaml",
        "line%0Abreak.yaml",
        "long.yaml",
        "sub/a%3Ab%2Cc.yaml",
    ];
    assert_eq!(uris, BTreeSet::from(expected));
    let twins = results.iter().find(|result| result["ruleId"] == "duplicate-key").unwrap();
    let first = &twins["relatedLocations"][0];
    assert_eq!((&first["message"]["text"], &first["physicalLocation"]["region"]["startLine"]), (&json!("first here"), &json!(5)));
}

#[test]
fn an_annotation_of_github_is_one_line_whatever_it_says() {
    let folder = Folder::new();
    let text = folder.check("github");
    assert!(text.lines().all(|line| line.starts_with("::error file=") || line.starts_with("::warning file=")), "{text}");
    assert!(text.lines().any(|line| line.starts_with("::error file=line%0Abreak.yaml,line=6,col=5,endLine=6,endColumn=12,title=duplicate-key::")), "{text}");
    assert!(text.lines().any(|line| line.starts_with("::warning file=sub/a%3Ab%2Cc.yaml,line=4,")), "{text}");
    assert!(text.contains("::error file=100%25.yaml,"), "{text}");
    let report = folder.json("json");
    for ((_, message), entry) in of_github(&text).iter().zip(report["diagnostics"].as_array().unwrap()) {
        for part in ["message", "reason", "help"] {
            let words = entry[part].as_str().unwrap().replace('\n', "\\n");
            assert!(message.replace('\n', "\\n").contains(&words), "{part} of {message}");
        }
    }
}

/// What a machine would take for a colour, a line or a command of its own does not reach the log of a build.
#[test]
fn nothing_from_a_policy_is_a_command_in_a_log() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("cors.yaml"), "version: 1\npolicies:\n  api:\n    allow_origins: [\"https://a\\n::set-output name=x::y\\e[31m\"]\n").unwrap();
    for format in ["github", "json", "sarif"] {
        let output = Command::new(env!("CARGO_BIN_EXE_cors-gen")).current_dir(folder.path()).args(["check", "--format", format]).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains("set-output") && !text.lines().any(|line| line.trim_start().starts_with("::set-output")) && !text.contains('\u{1b}'), "{text}");
    }
}

#[test]
#[ignore = "live: needs the tools of ./test"]
fn the_log_of_sarif_satisfies_the_schema_of_the_standard() {
    let folder = Folder::new();
    let schema = Path::new(TOOLS).join("node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json");
    let validate = |name: &str, text: String| {
        let log: PathBuf = folder.0.path().join(name);
        fs::write(&log, text).unwrap();
        let mut command = Command::new(Path::new(TOOLS).join("venv/bin/check-jsonschema"));
        let output = command.args(["--regex-variant", "nonunicode", "--schemafile"]).arg(&schema).arg(&log).output().expect("run ./test first");
        (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr))
    };
    let log = folder.check("sarif");
    let (sound, words) = validate("log.json", log.clone());
    assert!(sound, "{words}");
    let (sound, words) = validate("spoilt.json", log.replace("\"startLine\": 4", "\"startLine\": 0"));
    assert!(!sound && words.contains("startLine"), "the validator does not look: {words}");
    let nothing =
        Command::new(env!("CARGO_BIN_EXE_cors-gen")).current_dir(folder.0.path()).args(["check", "--format", "sarif", "sound.yaml"]).output().unwrap();
    let (sound, words) = validate("empty.json", String::from_utf8(nothing.stdout).unwrap());
    assert!(sound, "{words}");
}
