//! The commands that print what the program knows: targets, rules, schema, first policy, completions, help.

use cors_gen::errors::ERRORS;
use cors_gen::lints::LINTS;
use cors_gen::targets::TARGETS;
use serde_json::Value;

use super::Folder;

#[test]
fn every_target_is_listed_with_what_it_cannot_do() {
    let run = Folder::new().run(&["targets"]).ends(0).complains_of_nothing();
    let json = Folder::new().run(&["targets", "--format", "json"]).ends(0).complains_of_nothing();
    let json: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(json["format_version"], 1);
    for (target, entry) in TARGETS.iter().zip(json["targets"].as_array().unwrap()) {
        assert!(run.stdout.contains(&format!("{} (", target.name)));
        assert_eq!((&entry["name"], &entry["tested"]), (&Value::from(target.name), &Value::from(target.tested.word())));
        for (limit, told) in target.limits.iter().zip(entry["limits"].as_array().unwrap()) {
            assert!(run.stdout.contains(limit.topic), "{}", limit.topic);
            assert_eq!((&told["topic"], &told["refused"]), (&Value::from(limit.topic), &Value::from(limit.refused)));
        }
    }
    for (tested, word) in [("Tested on the real program.", "live"), ("Not run by any test", "schema"), ("Not run by any test", "documented")] {
        assert!(run.stdout.contains(tested) && json["targets"].as_array().unwrap().iter().any(|target| target["tested"] == word), "{word}");
    }
    assert!(run.stdout.lines().all(|line| line.chars().count() <= 110), "it fits a terminal");
}

#[test]
fn every_error_and_lint_has_a_page_and_a_line_in_the_list() {
    let folder = Folder::new();
    let list = folder.run(&["rule"]).ends(0).complains_of_nothing().stdout;
    let pages = ERRORS.iter().map(|error| (error.name, error.bad, error.good)).chain(LINTS.iter().map(|lint| (lint.name, lint.bad, lint.good)));
    for (name, bad, good) in pages {
        assert_eq!(list.lines().filter(|line| line.split_whitespace().next() == Some(name)).count(), 1, "{name}");
        let page = folder.run(&["rule", name]).ends(0).complains_of_nothing().stdout;
        assert!(page.starts_with(&format!("{name} (")), "{page}");
        for line in [bad, good].iter().flat_map(|text| text.lines()) {
            assert!(page.contains(&format!("    {line}\n")), "{line} in {page}");
        }
    }
}

#[test]
fn an_unknown_rule_is_answered_with_the_nearest_one() {
    Folder::new().run(&["rule", "null-orign"]).ends(2).says_nothing().complains(&["`null-orign`", "did you mean `null-origin`?"]);
    Folder::new().run(&["rule", "E0308"]).ends(2).says_nothing().complains(&["`cors-gen rule` lists them all"]);
}

#[test]
fn the_schema_is_the_published_one() {
    let published = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../schema/cors.schema.json")).unwrap();
    assert_eq!(Folder::new().run(&["schema"]).ends(0).complains_of_nothing().stdout, published);
}

#[test]
fn what_init_writes_is_sound_tested_and_in_agreement_with_its_schema() {
    let folder = Folder::new();
    folder.run(&["init"]).ends(0).complains_of_nothing().says(&["wrote cors.yaml and cors.schema.json", "cors-gen check cors.yaml"]);
    assert_eq!(folder.listing(), ["cors.schema.json", "cors.yaml"]);
    folder.run(&["check", "--pedantic", "--deny-warnings"]).ends(0).complains_of_nothing().says(&["cors.yaml: fine"]);
    folder.run(&["test"]).ends(0).complains_of_nothing();
    folder.run(&["--target", "nginx"]).ends(0).complains_of_nothing();
    assert_eq!(folder.read("cors.schema.json"), folder.run(&["schema"]).stdout);
    assert!(folder.read("cors.yaml").starts_with("# yaml-language-server: $schema=./cors.schema.json\n"));
}

#[test]
fn init_takes_another_name_and_overwrites_nothing() {
    let folder = Folder::with("mine");
    folder.run(&["init"]).ends(2).says_nothing().complains(&["`cors.yaml` exists already"]);
    assert_eq!((folder.read("cors.yaml"), folder.listing()), ("mine".to_owned(), vec!["cors.yaml".to_owned()]));
    folder.run(&["init", "api.cors.yaml"]).ends(0).says(&["wrote api.cors.yaml"]);
    folder.run(&["check", "api.cors.yaml"]).ends(0);
    folder.run(&["init", "api.cors.yaml/cors.yaml"]).ends(2).says_nothing().complains(&["`api.cors.yaml/cors.yaml` cannot be written: not a directory"]);
    folder.run(&["init", "-"]).ends(2).says_nothing().complains(&["not standard output"]);
    assert_eq!(folder.listing(), ["api.cors.yaml", "cors.schema.json", "cors.yaml"]);
}

#[test]
fn init_writes_into_a_folder_that_need_not_exist() {
    let folder = Folder::new();
    folder.run(&["init", "new/folder/cors.yaml"]).ends(0).says(&["wrote new/folder/cors.yaml and new/folder/cors.schema.json"]);
    assert_eq!(folder.listing(), ["new", "new/folder", "new/folder/cors.schema.json", "new/folder/cors.yaml"]);
}

#[test]
fn each_shell_gets_a_completion_script_of_every_command() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = Folder::new().run(&["completions", shell]).ends(0).complains_of_nothing();
        for word in ["check", "test", "eval", "targets", "rule", "schema", "init", "completions", "pedantic", "deny-warnings", "target"] {
            assert!(run.stdout.contains(word), "{shell}: {word}");
        }
    }
    Folder::new().run(&["completions", "cmd"]).ends(2).says_nothing();
}

#[test]
fn help_and_version_are_results() {
    let folder = Folder::new();
    folder.run(&["--version"]).ends(0).complains_of_nothing().says(&["cors-gen ", env!("CARGO_PKG_VERSION")]);
    folder.run(&["--help"]).ends(0).complains_of_nothing().says(&["--target", "check", "Exit status: 0", "NO_COLOR"]);
    for command in ["check", "test", "eval", "targets", "rule", "schema", "init", "completions"] {
        folder.run(&[command, "--help"]).ends(0).complains_of_nothing().says(&["Usage: cors-gen"]);
    }
}
