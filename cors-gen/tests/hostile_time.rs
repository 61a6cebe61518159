//! Files that somebody wrote to do harm come in; that none takes more time than its size is held.
//!
//! Time is that of the thread on the processor, so that neighbours hardly count; what seems too dear is measured again.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod hostile;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cpu_time::ThreadTime;
use hostile::{FAMILIES, Family, all_stages};

/// How many times larger the larger of two files is: what grows with the square of the size is as many times too dear.
const GROWTH: usize = 16;
/// How many times dearer a file of so many times the size may be, beyond that. Sorting takes a little more than linear time, and caches end.
const SLACK: f64 = 2.0;
/// So much may be spent on anything.
const FREE: Duration = Duration::from_millis(10);
/// How often something is measured before it is too dear.
const TRIES: usize = 5;

#[test]
fn hostile_files_take_no_more_time_than_their_size() {
    let next = AtomicUsize::new(0);
    let work = || std::iter::from_fn(|| FAMILIES.get(next.fetch_add(1, Ordering::Relaxed))).filter_map(too_dear).collect::<Vec<String>>();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let dearer: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert!(dearer.is_empty(), "more than linear time:\n{}", dearer.join("\n"));
}

/// What is to be said of a family whose cost grows faster than its files.
fn too_dear(&(name, size, file): &Family) -> Option<String> {
    let [small, large] = [size, size * GROWTH].map(file);
    let growth = large.len() as f64 / small.len() as f64;
    let (mut least_of_small, mut least_of_large) = (Duration::MAX, Duration::MAX);
    for _ in 0..TRIES {
        least_of_small = (0..3).map(|_| time(&small)).fold(least_of_small, Duration::min);
        least_of_large = least_of_large.min(time(&large));
        if least_of_large <= FREE + least_of_small.mul_f64(growth * SLACK) {
            return None;
        }
    }
    Some(format!("{name}: {} bytes took {least_of_small:?}, {} bytes took {least_of_large:?}", small.len(), large.len()))
}

fn time(text: &str) -> Duration {
    let start = ThreadTime::now();
    std::hint::black_box(all_stages(text));
    start.elapsed()
}
