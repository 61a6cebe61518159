//! One case over and over, for a profiler: `one layer 100 cors-static allowed 1000`.

use cors_benchmarks::cases::{of_exact, of_wildcards};
use cors_benchmarks::measured::measured;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [what, count, name, ask, times] = &arguments[..] else { panic!("what, how many origins, who, what is asked, how often") };
    let (count, times): (usize, usize) = (count.parse().expect("a number"), times.parse().expect("a number"));
    let groups = if what == "wildcards" { of_wildcards() } else { of_exact(count) };
    for group in groups.into_iter().filter(|group| group.what == what && group.count == count) {
        for mut pair in group.pairs.into_iter().filter(|pair| pair.name == name) {
            for &ask in group.asks.iter().filter(|known| known.name() == ask) {
                for _ in 0..times {
                    pair.with.load(ask, 1);
                    measured(pair.with.as_mut());
                }
            }
        }
    }
}
