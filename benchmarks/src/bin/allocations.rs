//! What each library allocates for one request, beyond the same service without CORS: tab-separated, as from the other two.

use std::alloc::System;

use cors_benchmarks::asks::ASKS;
use cors_benchmarks::cases::of_exact;
use cors_benchmarks::subject::Subject;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() {
    let layers = of_exact(100).into_iter().filter(|group| group.what == "layer");
    for mut pair in layers.flat_map(|group| group.pairs) {
        for ask in ASKS {
            for (side, subject) in [("with", &mut pair.with), ("without", &mut pair.without)] {
                println!("allocations\t100\t{}\t{}\t{side}\t{}", pair.name, ask.name(), count(subject.as_mut(), ask));
            }
        }
    }
}

/// What is set up once is set up by the first call.
fn count(subject: &mut dyn Subject, ask: cors_benchmarks::asks::Ask) -> usize {
    subject.load(ask, 1);
    subject.answer();
    subject.load(ask, 1);
    let region = Region::new(ALLOCATOR);
    subject.answer();
    let change = region.change();
    change.allocations + change.reallocations
}
