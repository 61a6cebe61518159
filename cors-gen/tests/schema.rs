//! In: the table of keys, the registry of errors, the corpus of small documents. Out: the schema on disk is the one the code makes, it is sound,
//! and an independent reader and validator judge every document as the compiler does.
//!
//! Every bad document of the corpus begins with a line for each of its errors: `# error: CODE at LINE:COLUMN`. The place is left out where only
//! the YAML parser knows it. `, unseen by the schema` follows where JSON schema cannot tell the mistake from a sound value (`600.0` is an integer).
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

#[path = "schema/read.rs"]
mod read;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use boon::{Compiler, Draft, ErrorKind, SchemaIndex, Schemas, ValidationError};
use cors_gen::errors::{self, ERRORS, Topic};
use cors_gen::fields::{self, Field, MAPPINGS, Mapping};
use cors_gen::lints::LINTS;
use cors_gen::schema::schema;
use cors_gen::{Level, Options, Source, compile};
use read::read;
use serde_json::{Map, Value};

const ON_DISK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../schema/cors.schema.json");
const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus");
const META: &str = "http://json-schema.org/draft-07/schema#";

fn lints() -> Vec<(&'static str, &'static str)> {
    LINTS.iter().map(|lint| (lint.name, lint.summary)).collect()
}

/// What the compiler reports, as code, line and column in order of place.
fn compiled_errors(text: &str) -> Vec<(String, Option<(usize, usize)>)> {
    let source = Source::new("cors.yaml", text);
    let errors = compile(&source, &Options::default()).diagnostics.into_iter().filter(|diagnostic| diagnostic.level == Level::Error);
    errors
        .map(|error| {
            let place = source.place(error.span.start);
            (error.code.to_owned(), Some((place.line, place.column)))
        })
        .collect()
}

/// A line `# error: ...` of a document.
struct Expected {
    code: String,
    place: Option<(usize, usize)>,
    unseen: bool,
}

fn expectations(text: &str) -> Vec<Expected> {
    text.lines().map_while(|line| line.strip_prefix("# error: ")).map(expectation).collect()
}

fn expectation(line: &str) -> Expected {
    let (line, unseen) = line.strip_suffix(", unseen by the schema").map_or((line, false), |line| (line, true));
    let Some((code, place)) = line.split_once(" at ") else { return Expected { code: line.into(), place: None, unseen } };
    let (line, column) = place.split_once(':').expect("a place is LINE:COLUMN");
    Expected { code: code.into(), place: Some((line.parse().unwrap(), column.parse().unwrap())), unseen }
}

/// The documents of a folder of the corpus, by name.
fn documents(folder: &str) -> Vec<(String, String)> {
    let mut documents: Vec<_> = fs::read_dir(Path::new(CORPUS).join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (format!("{folder}/{}", path.file_name().unwrap().to_string_lossy()), fs::read_to_string(&path).unwrap()))
        .collect();
    documents.sort();
    documents
}

fn code(name: &str) -> &'static errors::ErrorCode {
    errors::find(name).unwrap_or_else(|| panic!("no error is named `{name}`"))
}

/// The schema, ready to judge documents and values.
struct Judge {
    compiler: Compiler,
    schemas: Schemas,
}

impl Judge {
    fn new() -> Self {
        let mut compiler = Compiler::new();
        compiler.set_default_draft(Draft::V7);
        compiler.add_resource("https://schema.test/cors.json", schema(&lints())).unwrap();
        Self { compiler, schemas: Schemas::new() }
    }

    fn part(&mut self, pointer: &str) -> SchemaIndex {
        let location = format!("https://schema.test/cors.json#{pointer}");
        self.compiler.compile(&location, &mut self.schemas).unwrap_or_else(|error| panic!("{location}: {error:#}"))
    }

    /// The names of errors, in brackets, that an editor would show for the document; "" for a keyword that speaks for itself.
    fn names(&mut self, document: &Value) -> Vec<String> {
        let root = self.part("");
        self.schemas.validate(document, root).err().map(|error| leaves(&error).flat_map(names_of).collect()).unwrap_or_default()
    }

    /// What the part of the schema at `pointer` says against the value.
    fn finding(&mut self, pointer: &str, value: &Value) -> Option<String> {
        let part = self.part(pointer);
        self.schemas.validate(value, part).err().map(|error| format!("{error:#}"))
    }
}

/// The findings at the end of every branch.
fn leaves<'e>(error: &'e ValidationError<'e, 'e>) -> Box<dyn Iterator<Item = &'e ValidationError<'e, 'e>> + 'e> {
    if error.causes.is_empty() { Box::new(std::iter::once(error)) } else { Box::new(error.causes.iter().flat_map(leaves)) }
}

/// The name that the message beside the broken keyword ends with; once for each key, where the finding is about keys.
fn names_of(leaf: &ValidationError<'_, '_>) -> Vec<String> {
    let (_, pointer) = leaf.schema_url.split_once('#').unwrap_or_default();
    let schema = schema(&lints());
    let node = schema.pointer(pointer).unwrap_or_else(|| panic!("no schema at {pointer}"));
    let (key, count) = match &leaf.kind {
        ErrorKind::Pattern { .. } => ("patternErrorMessage", 1),
        ErrorKind::Required { want } => ("errorMessage", want.len()),
        ErrorKind::AdditionalProperties { got } => ("errorMessage", got.len()),
        _ => ("errorMessage", 1),
    };
    let message = node.get(key).and_then(Value::as_str).unwrap_or_default();
    let name = message.rsplit_once(" (").and_then(|(_, name)| name.strip_suffix(')')).unwrap_or_default();
    vec![name.to_owned(); count]
}

/// Every object in the schema that is itself a schema or holds one, with the key it stands behind.
fn visit(value: &Value, key: &str, look: &mut dyn FnMut(&str, &Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            look(key, object);
            object
                .iter()
                .filter(|(key, _)| !matches!(key.as_str(), "default" | "examples" | "defaultSnippets"))
                .for_each(|(key, value)| visit(value, key, look));
        }
        Value::Array(items) => items.iter().for_each(|item| visit(item, key, look)),
        _ => {}
    }
}

/// Where the schema keeps a mapping.
fn pointer(mapping: &Mapping) -> &'static str {
    match mapping.name {
        name if name == fields::FILE.name => "",
        name if name == fields::ORIGIN_ENTRY.name => "/definitions/origin_entry",
        name if name == fields::POLICY.name => "/definitions/policy",
        name if name == fields::LINT_LEVEL.name => "/definitions/lint_level",
        name if name == fields::TEST.name => "/definitions/test",
        name if name == fields::REQUEST.name => "/definitions/request",
        name => panic!("the schema has no place for {name}"),
    }
}

#[test]
fn the_schema_on_disk_is_the_one_the_code_makes() {
    let made = format!("{:#}\n", schema(&lints()));
    if std::env::var_os("UPDATE").is_some() {
        fs::write(ON_DISK, &made).unwrap();
    }
    let on_disk = fs::read_to_string(ON_DISK).unwrap_or_default();
    assert!(on_disk == made, "schema/cors.schema.json is out of date: run UPDATE=1 cargo test -p cors-gen --test schema");
}

#[test]
fn the_schema_is_a_schema() {
    let mut compiler = Compiler::new();
    let mut schemas = Schemas::new();
    let meta = compiler.compile(META, &mut schemas).unwrap();
    schemas.validate(&schema(&lints()), meta).unwrap_or_else(|error| panic!("{error:#}"));
    Judge::new().part("");
}

#[test]
fn every_pattern_speaks_and_nothing_is_refused_without_words() {
    visit(&schema(&lints()), "", &mut |key, object| {
        let is_condition = key == "if";
        assert!(is_condition || !object.contains_key("pattern") || object.contains_key("patternErrorMessage"), "a pattern without a message: {object:?}");
        assert!(is_condition || !object.contains_key("anyOf"), "anyOf guesses a branch: {object:?}");
        ["not", "oneOf"].iter().for_each(|keyword| assert!(!object.contains_key(*keyword), "an editor has no good words for {keyword}: {object:?}"));
        object.get("pattern").and_then(Value::as_str).into_iter().for_each(|pattern| assert!(!pattern.contains("(?!") && !pattern.contains("(?=")));
    });
}

#[test]
fn every_reference_and_every_definition_is_used() {
    let schema = schema(&lints());
    let mut used = BTreeSet::new();
    visit(&schema, "", &mut |_, object| {
        used.extend(object.get("$ref").and_then(Value::as_str).map(|reference| reference.trim_start_matches("#/definitions/").to_owned()));
    });
    let defined: BTreeSet<String> = schema["definitions"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(used, defined);
}

#[test]
fn the_schema_explains_every_key_in_the_words_of_the_table() {
    let schema = schema(&lints());
    for mapping in MAPPINGS {
        let object = schema.pointer(pointer(mapping)).unwrap();
        let keys: Vec<&str> = object["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys, mapping.keys().collect::<Vec<_>>(), "{}", mapping.name);
        assert!(mapping.fields.iter().all(|field| object["properties"][field.key]["description"] == field.doc));
    }
}

#[test]
fn every_example_and_default_is_a_value_of_its_key() {
    let mut judge = Judge::new();
    for mapping in MAPPINGS {
        for field in mapping.fields {
            let property = format!("{}/properties/{}", pointer(mapping), field.key);
            for value in values_of(field) {
                assert_eq!(judge.finding(&property, &value), None, "{}: {}: {value}", mapping.name, field.key);
            }
        }
    }
}

/// The example and the default of a field. The default is JSON, so that the schema can name it.
fn values_of(field: &Field) -> Vec<Value> {
    let example = read(field.example).unwrap_or_else(|| panic!("{}: the example is not YAML", field.key));
    let default = field.default.map(|default| serde_json::from_str(default).unwrap_or_else(|error| panic!("{}: {error}", field.key)));
    [example].into_iter().chain(default).collect()
}

#[test]
fn every_example_that_an_editor_offers_is_sound() {
    fn check(judge: &mut Judge, pointer: &str, value: &Value) {
        for (key, inner) in value.as_object().into_iter().flatten() {
            check(judge, &format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1")), inner);
        }
        for example in value.get("examples").and_then(Value::as_array).into_iter().flatten() {
            assert_eq!(judge.finding(pointer, example), None, "{pointer}: {example}");
        }
    }
    check(&mut Judge::new(), "", &schema(&lints()));
}

#[test]
fn the_corpus_is_named_and_sorted_into_good_and_bad() {
    assert!(documents("good").iter().all(|(_, text)| expectations(text).is_empty()));
    for (name, text) in documents("bad") {
        let expected = expectations(&text);
        assert!(!expected.is_empty(), "{name} expects no error");
        for expected in expected {
            let code = code(&expected.code);
            assert!(expected.place.is_some() || code.topic == Topic::File, "{name}: where is {}?", code.name);
            assert!(!expected.unseen || code.structural, "{name}: the schema never sees {}", code.name);
        }
    }
}

#[test]
fn the_corpus_has_every_error_that_a_small_text_can_raise() {
    let found: BTreeSet<String> = documents("bad").iter().flat_map(|(_, text)| expectations(text)).map(|expected| expected.code).collect();
    let missing: Vec<&str> = ERRORS.iter().map(|code| code.name).filter(|name| !found.contains(*name)).collect();
    assert_eq!(missing, ["not-utf8", "file-too-large", "too-many-origins", "too-many-paths", "not-expressible"]);
}

#[test]
fn the_compiler_reports_what_the_corpus_expects() {
    for (name, text) in documents("good").into_iter().chain(documents("bad")) {
        let reported = compiled_errors(&text);
        let expected = expectations(&text);
        assert_eq!(reported.len(), expected.len(), "{name}: {reported:?}");
        for ((code, place), expected) in reported.iter().zip(&expected) {
            assert_eq!(code, &expected.code, "{name}: {reported:?}");
            assert!(expected.place.is_none() || *place == expected.place, "{name}: {reported:?}");
        }
    }
}

#[test]
fn an_independent_validator_comes_to_the_compilers_structural_verdict() {
    let mut judge = Judge::new();
    for (name, text) in documents("good").into_iter().chain(documents("bad")) {
        let expected = expectations(&text);
        let unreadable = expected.iter().any(|expected| code(&expected.code).topic == Topic::File && !code(&expected.code).structural);
        match read(&text) {
            None => assert!(unreadable, "{name} cannot be read"),
            Some(_) if unreadable => {}
            Some(document) => {
                let structural = expected.iter().any(|expected| code(&expected.code).structural && !expected.unseen);
                let finding = judge.finding("", &document);
                assert_eq!(finding.is_some(), structural, "{name}: {}", finding.unwrap_or("the schema finds nothing".into()));
            }
        }
    }
}

#[test]
fn the_schema_has_one_finding_for_each_structural_error_and_names_it_alike() {
    let mut judge = Judge::new();
    for (name, text) in documents("bad") {
        let expected = expectations(&text).into_iter().filter(|expected| code(&expected.code).structural && !expected.unseen);
        let expected: Vec<String> = expected.map(|expected| expected.code).collect();
        let Some(document) = read(&text).filter(|_| !expected.is_empty()) else { continue };
        let found = judge.names(&document);
        assert_eq!(found.len(), expected.len(), "{name}: {found:?}");
        assert!(found.iter().all(|found| found.is_empty() || expected.contains(found)), "{name}: {found:?}");
    }
}

#[test]
fn the_registry_of_errors_is_in_order() {
    let names: BTreeSet<&str> = ERRORS.iter().map(|code| code.name).collect();
    assert_eq!(names.len(), ERRORS.len(), "two errors have one name");
    assert!(ERRORS.is_sorted_by_key(|code| code.topic), "the errors are not sorted by topic");
    for code in ERRORS {
        let words = code.name.split('-').all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()));
        assert!(words, "{} is not kebab-case", code.name);
        assert!(!code.summary.ends_with('.'), "{}: a phrase", code.name);
        assert!(code.why.ends_with(['.', ')']), "{}: whole sentences", code.name);
        assert!(!code.good.is_empty() && (!code.bad.is_empty() || !code.structural), "{}: an example is missing", code.name);
        assert_eq!(errors::find(code.name).map(|found| found.name), Some(code.name));
    }
}

#[test]
fn the_schema_refuses_the_bad_example_of_a_structural_error_and_takes_its_mend() {
    let mut judge = Judge::new();
    for code in ERRORS {
        let good = read(code.good).unwrap_or_else(|| panic!("{}: the good file cannot be read", code.name));
        assert_eq!(judge.finding("", &good), None, "{}", code.name);
        if code.topic != Topic::File || code.structural {
            let bad = if code.bad.is_empty() { continue } else { read(code.bad).unwrap_or_else(|| panic!("{}: the bad file cannot be read", code.name)) };
            assert_eq!(judge.finding("", &bad).is_some(), code.structural, "{}: {}", code.name, code.bad);
        }
    }
}
