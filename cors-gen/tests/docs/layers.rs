//! The sources of the compiler come in. A module names only those of its own layer or of layers before it, no target names another, and only the
//! outermost modules touch the world.

use std::fs;
use std::path::{Path, PathBuf};

use cors_gen::targets::TARGETS;

const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src");

/// The modules, from the ground up. Those of one layer may know each other only where they share a line.
const LAYERS: &[&[&str]] = &[
    &["span"],
    &["repeated"],
    &["suggest"],
    &["punycode"],
    &["header"],
    &["method"],
    &["path"],
    &["fields"],
    &["errors"],
    &["host"],
    &["domain"],
    &["regex"],
    &["wildcard"],
    &["origin"],
    &["diagnostic"],
    &["yaml"],
    &["decode", "document"],
    &["policy"],
    &["tables"],
    &["lower"],
    &["rust"],
    &["browser"],
    &["evaluate"],
    &["explain"],
    &["verdict"],
    &["lints"],
    &["resolve"],
    &["targets"],
    &["schema"],
    &["compile"],
    &["input"],
    &["embed"],
    &["build"],
    &["commands"],
    &["reference"],
    &["main"],
];

/// Names that `lib.rs` passes on, and the modules they are from.
const PASSED_ON: &[(&str, &str)] = &[
    ("Compilation", "compile"),
    ("Options", "compile"),
    ("Diagnostic", "diagnostic"),
    ("Level", "diagnostic"),
    ("Storage", "lower"),
    ("Origin", "origin"),
    ("HostPattern", "wildcard"),
    ("OriginPattern", "wildcard"),
    ("PortPattern", "wildcard"),
    ("Place", "span"),
    ("Source", "span"),
    ("Span", "span"),
    ("Spanned", "span"),
];

/// Every source file but `lib.rs`, each with the name of its module at the top.
fn sources() -> Vec<(String, PathBuf, String)> {
    let mut folders = vec![PathBuf::from(SOURCES)];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("lib.rs") {
                let text = fs::read_to_string(&path).unwrap();
                sources.push((top(&path), path, text));
            }
        }
    }
    assert!(sources.len() > 60, "sources are missing");
    sources
}

fn top(path: &Path) -> String {
    let first = path.strip_prefix(SOURCES).unwrap().components().next().unwrap();
    Path::new(first.as_os_str()).file_stem().unwrap().to_string_lossy().into_owned()
}

/// The code without comments and without the tests at its end.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).map(|line| format!("{line}\n")).collect()
}

/// The modules that a code names by way of the crate's root.
fn named(code: &str) -> Vec<String> {
    let mut names = Vec::new();
    for root in ["crate::", "cors_gen::"] {
        for (_, rest) in code.match_indices(root).map(|(at, _)| code.split_at(at + root.len())) {
            let list =
                rest.strip_prefix('{').and_then(|list| list.split('}').next()).unwrap_or(rest.split(|char: char| !is_word(char)).next().unwrap_or_default());
            names.extend(list.split(',').map(|name| name.trim_start().chars().take_while(|&char| is_word(char)).collect::<String>()));
        }
    }
    let module = |name: String| PASSED_ON.iter().find(|(passed, _)| *passed == name).map_or(name, |(_, module)| (*module).to_owned());
    names.into_iter().map(module).filter(|name| !name.is_empty()).collect()
}

fn is_word(char: char) -> bool {
    char.is_ascii_alphanumeric() || char == '_'
}

fn layer(module: &str, context: &Path) -> usize {
    LAYERS.iter().position(|layer| layer.contains(&module)).unwrap_or_else(|| panic!("{}: the module `{module}` has no layer in this test", context.display()))
}

#[test]
fn the_names_in_a_source_are_found() {
    let text = "//! [`crate::commands`]\nuse crate::span::Span;\nuse crate::{Compilation, lower, lints::Lint};\nfn x() { crate::yaml::parse() }\n#[cfg(test)]\nmod tests {\n use crate::main; }";
    assert_eq!(named(&code(text)), ["span", "compile", "lower", "lints", "yaml"]);
}

#[test]
fn a_module_names_only_what_comes_before_it() {
    for (module, path, text) in sources() {
        let own = layer(&module, &path);
        for name in named(&code(&text)) {
            assert!(layer(&name, &path) <= own, "{}: `{module}` comes before `{name}`, so it cannot name it", path.display());
        }
        let is_top = path.parent() == Some(Path::new(SOURCES));
        assert!(!(is_top && text.lines().any(|line| line.starts_with("use super::"))), "{}: names the crate's root as `super`", path.display());
        assert!(!text.contains("use super::super::"), "{}: say `crate::` instead", path.display());
    }
}

#[test]
fn targets_do_not_name_each_other() {
    for (_, path, text) in sources() {
        let file = path.strip_prefix(SOURCES).unwrap().strip_prefix("targets").ok().map(top_of_target);
        let others = TARGETS.iter().filter(|target| file.as_deref().is_some_and(|file| file != target.name));
        for other in others {
            assert!(!code(&text).contains(&format!("{}::", other.name)), "{}: names the target {}", path.display(), other.name);
        }
    }
}

fn top_of_target(path: &Path) -> String {
    Path::new(path.components().next().unwrap().as_os_str()).file_stem().unwrap().to_string_lossy().into_owned()
}

#[test]
fn only_the_outermost_modules_touch_the_world() {
    const WORLD: [&str; 7] = ["println!", "eprintln!", "print!(", "std::process", "std::fs", "std::env", "std::io"];
    for (module, path, text) in sources() {
        let allowed = ["build", "commands", "input", "main"].contains(&module.as_str());
        for word in WORLD {
            assert!(allowed || !code(&text).contains(word), "{}: {word}", path.display());
        }
    }
    let commands = sources().into_iter().filter(|(module, ..)| module == "commands").map(|(.., text)| text).collect::<String>();
    assert!(WORLD.iter().any(|word| commands.contains(word)), "the words to look for are wrong");
}

/// What a running server needs is below everything: it depends on nothing.
#[test]
fn the_decision_depends_on_nothing() {
    let manifest = fs::read_to_string(Path::new(SOURCES).join("../../cors-decision/Cargo.toml")).unwrap();
    assert!(!manifest.contains("[dependencies]"), "{manifest}");
    let root = fs::read_to_string(Path::new(SOURCES).join("../../cors-decision/src/lib.rs")).unwrap();
    assert!(root.contains("#![no_std]") || root.contains("no_std"), "{root}");
}
