//! Files that somebody wrote to do harm come in; that none takes more time than its size is held.
//!
//! Time is that of the thread on the processor, so that neighbours hardly count; what seems too dear is measured again.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod hostile;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cpu_time::ThreadTime;
use hostile::{FAMILIES, Family, compile_all, generate_all, render_all, source};

/// How many times larger the larger of two files is: what grows with the square of the size is as many times too dear.
const GROWTH: usize = 16;
/// How many times dearer a file of so many times the size may be, beyond that. Sorting takes a little more than linear time, and caches end.
const SLACK: f64 = 2.0;
/// So much may be spent on anything.
const FREE: Duration = Duration::from_millis(10);
/// How often something is measured before it is too dear; what is so many times too dear is no accident, and not measured again.
const TRIES: usize = 5;
const NO_ACCIDENT: f64 = 2.0;

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

/// The stages, each judged by itself, because to render a thousand diagnostics takes longer than to find them.
const STAGES: [&str; 3] = ["compile", "generate", "render"];
type Times = [Duration; STAGES.len()];

/// What is to be said of a family whose cost grows faster than its files.
fn too_dear(&(name, size, file): &Family) -> Option<String> {
    let [small, large] = [size, size * GROWTH].map(file);
    let growth = large.len() as f64 / small.len() as f64;
    let (mut least_of_small, mut least_of_large) = ([Duration::MAX; STAGES.len()], [Duration::MAX; STAGES.len()]);
    let mut worst = None;
    for _ in 0..TRIES {
        least_of_small = (0..3).map(|_| times(&small)).fold(least_of_small, least);
        least_of_large = least(least_of_large, times(&large));
        let excess = |stage: usize| least_of_large[stage].as_secs_f64() / (FREE + least_of_small[stage].mul_f64(growth * SLACK)).as_secs_f64();
        let stage = (0..STAGES.len()).max_by(|&one, &other| excess(one).total_cmp(&excess(other)))?;
        if excess(stage) <= 1.0 {
            return None;
        }
        worst = Some(stage);
        if excess(stage) > NO_ACCIDENT {
            break;
        }
    }
    let took = |text: &str, times: Times, stage: usize| format!("{} bytes took {:?}", text.len(), times[stage]);
    worst.map(|stage| format!("{name}: to {}, {}, {}", STAGES[stage], took(&small, least_of_small, stage), took(&large, least_of_large, stage)))
}

fn least(one: Times, other: Times) -> Times {
    std::array::from_fn(|stage| one[stage].min(other[stage]))
}

fn times(text: &str) -> Times {
    let source = source(text);
    let (compilation, compile) = timed(|| compile_all(&source));
    let (_, generate) = timed(|| generate_all(&source, &compilation));
    let (_, render) = timed(|| render_all(&source, &compilation));
    [compile, generate, render]
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = ThreadTime::now();
    let result = std::hint::black_box(work());
    (result, start.elapsed())
}
