//! Every case by the clock: the median of many short runs, everyone in turn, so that what disturbs the machine disturbs all of them.

use std::time::Instant;

use cors_benchmarks::asks::Ask;
use cors_benchmarks::cases::{COUNTS, Group, check, of_exact, of_wildcards};
use cors_benchmarks::measured::measured;
use cors_benchmarks::subject::Subject;

/// How often everyone is asked.
const ROUNDS: usize = 41;
/// A run is so long that the clock does not matter, where a request takes less.
const NANOSECONDS: f64 = 100_000.0;

fn main() {
    let most: usize = std::env::args().nth(1).map_or(usize::MAX, |most| most.parse().expect("a number of origins"));
    for mut groups in COUNTS.into_iter().filter(|&count| count <= most).map(of_exact).chain([of_wildcards()]) {
        check(&mut groups);
        for group in &mut groups {
            for ask in group.asks.clone() {
                run(group, ask);
            }
        }
    }
}

fn run(group: &mut Group, ask: Ask) {
    let names: Vec<_> = group.pairs.iter().flat_map(|pair| [(pair.name, "with"), (pair.name, "without")]).collect();
    let mut subjects: Vec<_> = group.pairs.iter_mut().flat_map(|pair| [&mut pair.with, &mut pair.without]).collect();
    let requests: Vec<usize> = subjects.iter_mut().map(|subject| (NANOSECONDS / once(subject.as_mut(), ask, 16)).ceil().clamp(1.0, 1024.0) as usize).collect();
    let mut times = vec![Vec::with_capacity(ROUNDS); subjects.len()];
    for round in 0..ROUNDS {
        for at in 0..subjects.len() {
            let at = (at + round) % subjects.len();
            times[at].push(once(subjects[at].as_mut(), ask, requests[at]));
        }
    }
    for ((name, side), mut times) in names.into_iter().zip(times) {
        times.sort_by(f64::total_cmp);
        println!("{}\t{}\t{name}\t{}\t{side}\t{:.2}", group.what, group.count, ask.name(), times[times.len() / 2]);
    }
}

/// Nanoseconds for each of so many requests.
fn once(subject: &mut dyn Subject, ask: Ask, requests: usize) -> f64 {
    subject.load(ask, requests);
    let start = Instant::now();
    measured(subject);
    start.elapsed().as_nanos() as f64 / requests as f64
}
