//! Runs every case once under callgrind, which writes one file after each call of `measured`; which case each file belongs to goes to standard
//! output, in the order of the calls. See `benchmarks/run`.

use cors_benchmarks::cases::{COUNTS, check, of_exact, of_wildcards};
use cors_benchmarks::measured::measured;

/// One request in a call, as a server sees them: many at once would leave the allocator in another state each time.
const REQUESTS: usize = 1;
/// What happens once happens before.
const WARMING: usize = 4;

fn main() {
    let most: usize = std::env::args().nth(1).map_or(usize::MAX, |most| most.parse().expect("a number of origins"));
    for mut groups in COUNTS.into_iter().filter(|&count| count <= most).map(of_exact).chain([of_wildcards()]) {
        check(&mut groups);
        for group in &mut groups {
            for pair in &mut group.pairs {
                for &ask in &group.asks {
                    for (side, subject) in [("with", &mut pair.with), ("without", &mut pair.without)] {
                        for _ in 0..WARMING {
                            subject.load(ask, REQUESTS);
                            subject.answer();
                        }
                        subject.load(ask, REQUESTS);
                        measured(subject.as_mut());
                        println!("{}\t{}\t{}\t{}\t{side}\t{REQUESTS}", group.what, group.count, pair.name, ask.name());
                    }
                }
            }
        }
    }
}
