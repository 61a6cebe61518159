//! A process comes in; the processor time that it and its children have spent goes out, in nanoseconds, as Linux counts it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What all threads have spent that still run.
pub(crate) fn spent(pid: u32) -> u64 {
    family(pid).iter().flat_map(|&pid| threads(pid)).map(|thread| on_processor(&thread)).sum()
}

/// Has this process and all that it starts run on one processor alone: what one wakes on another costs more than what is to be measured, and two
/// are not equally quick while the machine does something else.
pub(crate) fn pin_to_one_processor() {
    let id = std::process::id().to_string();
    let status = Command::new("taskset").args(["-c", "-p", "0", &id]).stdout(Stdio::null()).status();
    assert!(status.unwrap().success(), "this process cannot be pinned");
}

/// A process and all that it has started.
fn family(pid: u32) -> Vec<u32> {
    let children = threads(pid).into_iter().flat_map(|thread| children(&thread));
    std::iter::once(pid).chain(children.flat_map(family)).collect()
}

fn threads(pid: u32) -> Vec<PathBuf> {
    let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else { return Vec::new() };
    threads.flatten().map(|thread| thread.path()).collect()
}

/// The first of three figures is the time on a processor.
fn on_processor(thread: &Path) -> u64 {
    let figures = fs::read_to_string(thread.join("schedstat")).unwrap_or_default();
    figures.split(' ').next().and_then(|first| first.parse().ok()).unwrap_or_default()
}

fn children(thread: &Path) -> Vec<u32> {
    let children = fs::read_to_string(thread.join("children")).unwrap_or_default();
    children.split_whitespace().filter_map(|pid| pid.parse().ok()).collect()
}
