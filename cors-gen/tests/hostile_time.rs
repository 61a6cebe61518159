//! Files that somebody wrote to do harm come in; that none takes more time than its size is held.
//!
//! Time is counted in instructions, under valgrind: they are the same on every run, whatever else a machine does.
#![cfg(feature = "cli")]
#![allow(missing_docs, clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod hostile;

use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use hostile::{FAMILIES, Family};

/// How many times larger the smaller of two files is than a family's first size, and the larger than the smaller.
const START: usize = 2;
const GROWTH: usize = 4;
/// How many times dearer a file of so many times the size may be, beyond that: sorting takes a little more than linear time.
const SLACK: f64 = 1.6;
/// So much may be spent on anything.
const FREE: f64 = 2_000_000.0;
/// What is asked of each file: every diagnostic, and every target's files.
const COMMANDS: [&[&str]; 2] = [&["check", "--pedantic", "cors.yaml"], &["cors.yaml", "--target", "all", "-o", "all"]];

#[test]
#[ignore = "live: needs valgrind, and counts an optimised build: cargo test --release -p cors-gen --test hostile_time -- --ignored; ./test runs it"]
fn hostile_files_take_no_more_time_than_their_size() {
    let next = AtomicUsize::new(0);
    let work = || std::iter::from_fn(|| FAMILIES.get(next.fetch_add(1, Ordering::Relaxed))).flat_map(too_dear).collect::<Vec<String>>();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let dearer: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert!(dearer.is_empty(), "more than linear time:\n{}", dearer.join("\n"));
}

/// What is to be said of a family whose cost grows faster than its files. Where the policies do not compile, nothing is generated.
fn too_dear(&(name, size, file): &Family) -> Vec<String> {
    let texts = [size * START, size * START * GROWTH].map(file);
    let growth = texts[1].len() as f64 / texts[0].len() as f64;
    let mut dearer = Vec::new();
    for command in COMMANDS {
        let [(small, _), (large, sound)] = [&texts[0], &texts[1]].map(|text| instructions(command, text));
        let idle = IDLE.get_or_init(|| instructions(COMMANDS[0], "").0);
        let [small, large] = [small - idle, large - idle];
        if large > FREE + small * growth * SLACK {
            dearer.push(format!("{name}, {}: {small} instructions, {large} for {growth:.1} times the size", command.join(" ")));
        }
        if !sound {
            break;
        }
    }
    dearer
}

/// What the command costs on an empty file.
static IDLE: OnceLock<f64> = OnceLock::new();

/// What a command costs, and whether it had anything to object to.
fn instructions(command: &[&str], text: &str) -> (f64, bool) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("cors.yaml"), text).unwrap();
    let output = Command::new("valgrind")
        .args(["--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null", "--log-fd=2", env!("CARGO_BIN_EXE_cors-gen")])
        .args(command)
        .current_dir(folder.path())
        .output()
        .unwrap();
    let log = String::from_utf8_lossy(&output.stderr).into_owned();
    let count = instructions_of(&log).unwrap_or_else(|| panic!("valgrind counted nothing: {log}"));
    (count, output.status.success())
}

/// `==123== I refs:  1,234,567`
fn instructions_of(log: &str) -> Option<f64> {
    let line = log.lines().rev().find(|line| line.starts_with("==") && line.contains("I refs:") || line.contains("I   refs:"))?;
    line.rsplit(':').next()?.trim().replace(',', "").parse().ok()
}
