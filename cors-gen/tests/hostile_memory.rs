//! Files that somebody wrote to do harm come in; that nothing panics, and that none takes more memory than its size, is held.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod hostile;

use std::fmt::Write;

use cors_gen::{Compilation, Options, Source, compile, targets};
use hostile::FAMILIES;
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// How many times larger the larger of two files is.
const GROWTH: usize = 4;
/// How many times more memory a file of so many times the size may take, beyond that.
const SLACK: f64 = 1.6;
/// So much may be spent on anything.
const FREE: f64 = 1_048_576.0;

/// One test for all: other threads would be counted as well.
#[test]
fn hostile_files_neither_panic_nor_take_more_memory_than_their_size() {
    let mut dearer = String::new();
    for &(name, size, file) in FAMILIES {
        let peaks = [size, size * GROWTH].map(|size| {
            let text = file(size);
            MEMORY.reset_peak_usage();
            let before = MEMORY.current_usage();
            let source = Source::new("cors.yaml", text.as_str());
            let compilation = compile_all(&source);
            assert!(render_all(&source, &compilation) + generate_all(&source, &compilation) > 0 || name.starts_with("a long comment"), "{name}");
            (text.len(), MEMORY.peak_usage() - before)
        });
        let [(small, peak_of_small), (large, peak_of_large)] = peaks;
        if peak_of_large as f64 > FREE + peak_of_small as f64 * large as f64 / small as f64 * SLACK {
            writeln!(dearer, "{name}: {small} bytes took {peak_of_small}, {large} bytes took {peak_of_large}").unwrap();
        }
    }
    assert!(dearer.is_empty(), "more than linear memory:\n{dearer}");
}

/// All that is asked of a compilation.
fn compile_all(source: &Source) -> Compilation<'_> {
    compile(source, &Options { profile: None, pedantic: true, lint_all_profiles: true })
}

/// How many bytes the diagnostics take.
fn render_all(source: &Source, compilation: &Compilation<'_>) -> usize {
    compilation.diagnostics.iter().map(|diagnostic| diagnostic.render(source, true).len()).sum()
}

/// How many files or refusals come of the policies.
fn generate_all(source: &Source, compilation: &Compilation<'_>) -> usize {
    let generated = compilation.policies.iter().flat_map(|set| targets::TARGETS.iter().map(|target| target.generate(set, source)));
    generated.map(|files| files.map_or_else(|refusals| refusals.len(), |files| files.len())).sum()
}
