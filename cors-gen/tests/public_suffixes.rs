//! The crate `psl` of `Cargo.lock` comes in. The list that is compiled into the compiler is the one that came with that crate.
//!
//! To renew it: `cargo update psl`, then `UPDATE=1 cargo test -p cors-gen --test public_suffixes`.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::Command;
use std::{env, fs};

const LIST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/domain/public_suffixes.txt");

const TERMS: &str = "\
// The rules of the Public Suffix List, https://publicsuffix.org, in another order and without their comments.
// This file is subject to the terms of the Mozilla Public License, v. 2.0. If a copy of the MPL was not distributed with this file,
// you can obtain one at https://mozilla.org/MPL/2.0/.
";

/// The rules as the crate carries them.
fn rules() -> String {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let metadata = Command::new(env!("CARGO")).args(["metadata", "--format-version=1", "--offline", "--manifest-path", manifest]).output().unwrap();
    assert!(metadata.status.success(), "{}", String::from_utf8_lossy(&metadata.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let psl = metadata["packages"].as_array().unwrap().iter().find(|package| package["name"] == "psl").unwrap();
    let manifest = Path::new(psl["manifest_path"].as_str().unwrap());
    fs::read_to_string(manifest.with_file_name("data/rules.txt")).unwrap()
}

/// As browsers send it; `*` and `!` stay.
fn ascii(rule: &str) -> String {
    let label = |label: &str| if label.is_ascii() { label.to_owned() } else { idna::domain_to_ascii(label).unwrap() };
    rule.split('.').map(label).collect::<Vec<_>>().join(".")
}

#[test]
fn the_list_is_the_one_of_the_crate() {
    let mut rules: Vec<String> = rules().lines().filter(|line| !line.is_empty() && !line.starts_with("//")).map(ascii).collect();
    rules.sort_unstable();
    rules.dedup();
    let expected = format!("{TERMS}\n{}\n", rules.join("\n"));
    if env::var_os("UPDATE").is_some() {
        fs::write(LIST, &expected).unwrap();
    }
    let list = fs::read_to_string(LIST).unwrap_or_default();
    assert!(list == expected, "{LIST} is not the list of the crate `psl`; run the test with UPDATE=1");
}
