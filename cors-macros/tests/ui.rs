//! Mistakes in a policy, or in a call of the macro, as the Rust compiler shows them: one mistake a file, in `ui/`.
//!
//! The texts depend on the version of Rust a little. If they are as they should be: TRYBUILD=overwrite cargo test -p cors-macros --test ui
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use cors_gen::{Options, Source, compile};

const UI: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/ui");

fn files(extension: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(UI).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.extension().unwrap() == extension).collect();
    files.sort();
    assert!(files.len() > 10, "files are missing");
    files
}

/// trybuild makes a package of its own, to whose manifest the paths in the calls are relative.
fn lay_out_policies() {
    let package = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../tests/trybuild/cors-macros/ui");
    fs::create_dir_all(&package).unwrap();
    for file in files("yaml") {
        fs::copy(&file, package.join(file.file_name().unwrap())).unwrap();
    }
}

#[test]
fn every_mistake_is_shown_where_it_is_made() {
    lay_out_policies();
    let cases = trybuild::TestCases::new();
    cases.pass(format!("{UI}/sound.rs"));
    for file in files("rs").iter().filter(|file| !file.ends_with("sound.rs")) {
        cases.compile_fail(file);
    }
}

/// The Rust compiler indents what follows the first line of a message.
#[test]
fn a_message_is_the_one_that_the_command_line_prints() {
    for file in files("yaml").into_iter().filter(|file| !file.ends_with("sound.yaml")) {
        let shown = fs::read_to_string(file.with_extension("stderr")).unwrap();
        let shown: Vec<&str> = shown.lines().map(str::trim).collect();
        let source = Source::new(format!("ui/{}", file.file_name().unwrap().to_str().unwrap()), fs::read_to_string(&file).unwrap());
        let found = compile(&source, &Options::default()).diagnostics;
        assert!(!found.is_empty(), "{}", file.display());
        for diagnostic in found {
            let printed = diagnostic.render(&source, false);
            let (first, rest) = printed.split_once('\n').unwrap();
            let rest: Vec<&str> = rest.trim_end().lines().map(str::trim).collect();
            let at = shown.iter().position(|line| line.contains(&source.locate(diagnostic.span)) && line.ends_with(first));
            let at = at.unwrap_or_else(|| panic!("{}: {first}", file.display()));
            assert_eq!(shown.get(at + 1..at + 1 + rest.len()), Some(&rest[..]), "{}", file.display());
        }
    }
}
