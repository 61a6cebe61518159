//! Policy files of many origins come in; what it costs to check them and to generate from them, beside merely scanning their YAML, goes out.
//!
//! `cargo bench -p cors-gen --bench scale`. The three take turns, so that whatever else the machine does hits all of them alike.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, reason = "a program of its own, which stops at the first surprise and prints its result")]

use std::fmt::Write;
use std::hint::black_box;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use cors_gen::{Options, Source, compile, targets};

/// How many times dearer than the scan the others may be, at the largest size.
const GOAL: f64 = 3.0;
const SIZES: [usize; 3] = [1_000, 10_000, 100_000];
/// What is measured, by name.
type Task = (&'static str, fn(&Path));
const TASKS: [Task; 3] = [("scan", scan), ("check", check), ("generate", generate)];

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, flag, task, file] = &arguments[..]
        && flag == "--peak"
    {
        return println!("{}", peak(task, Path::new(file)));
    }
    let folder = tempfile::tempdir().unwrap();
    for (variant, policy) in [("origins in the policy", direct as fn(usize) -> String), ("origins in a set", through_set)] {
        for size in SIZES {
            let file = folder.path().join("cors.yaml");
            std::fs::write(&file, policy(size)).unwrap();
            report(&format!("{size} {variant}"), &file, (2_000_000 / size).clamp(20, 200));
        }
    }
}

/// Runs each task so many times, in turn, and prints what came of it.
fn report(title: &str, file: &Path, rounds: usize) {
    let mut times = TASKS.map(|_| Vec::with_capacity(rounds));
    let mut commands = [Vec::new(), Vec::new()];
    for round in 0..rounds {
        for (times, (_, task)) in times.iter_mut().zip(TASKS) {
            times.push(measure(|| task(file)));
        }
        if round % 4 == 0 {
            commands[0].push(measure(|| command(&["check"], file)));
            commands[1].push(measure(|| command(&["--target", "nginx"], file)));
        }
    }
    let bytes = std::fs::metadata(file).unwrap().len();
    println!("\n{title}: {bytes} bytes, {rounds} rounds");
    let scan = summary(&mut times[0]);
    for (times, (name, _)) in times.iter_mut().zip(TASKS) {
        let (median, least) = summary(times);
        let (by_median, by_least) = (ratio(median, scan.0), ratio(least, scan.1));
        let memory = memory(name, file).map_or_else(String::new, |peak| format!("  {:5.1} bytes of memory a byte", peak as f64 / bytes as f64));
        let verdict = if by_median > GOAL && bytes > 1_000_000 { "  OVER THE GOAL" } else { "" };
        println!("  {name:<22} median {median:>10.2?}  least {least:>10.2?}  x{by_median:.2} (least x{by_least:.2}){memory}{verdict}");
    }
    for (times, name) in commands.iter_mut().zip(["command: check", "command: nginx"]) {
        let (median, least) = summary(times);
        println!("  {name:<22} median {median:>10.2?}  least {least:>10.2?}");
    }
}

fn measure(task: impl FnOnce()) -> Duration {
    let start = Instant::now();
    task();
    start.elapsed()
}

/// The median and the least.
fn summary(times: &mut [Duration]) -> (Duration, Duration) {
    times.sort_unstable();
    (times[times.len() / 2], times[0])
}

fn ratio(time: Duration, scan: Duration) -> f64 {
    time.as_secs_f64() / scan.as_secs_f64()
}

/// What every YAML reader must do: find the events.
fn scan(file: &Path) {
    let text = std::fs::read_to_string(file).unwrap();
    let mut parser = granit_parser::Parser::new_from_str(&text);
    while let Some(event) = parser.next_event() {
        black_box(event.unwrap());
    }
}

/// `cors-gen check`: all lints, over every profile, and the tests of the file.
fn check(file: &Path) {
    let source = Source::new("cors.yaml", std::fs::read_to_string(file).unwrap());
    let compilation = compile(&source, &Options { lint_all_profiles: true, ..Options::default() });
    assert!(compilation.sound().is_some(), "{:?}", compilation.diagnostics.first());
    black_box(compilation);
}

/// `cors-gen --target nginx`, but for writing the files.
fn generate(file: &Path) {
    let source = Source::new("cors.yaml", std::fs::read_to_string(file).unwrap());
    let compilation = compile(&source, &Options::default());
    let files = targets::find("nginx").unwrap().generate(compilation.sound().unwrap(), &source).unwrap();
    black_box(files);
}

/// The command as its user waits for it.
fn command(arguments: &[&str], file: &Path) {
    let status = Command::new(env!("CARGO_BIN_EXE_cors-gen")).args(arguments).arg(file).stdout(Stdio::null()).status();
    assert!(status.unwrap().success());
}

/// How much memory a task takes at its height, more than an idle process; asked of a process of its own. Known on Linux only.
fn memory(task: &str, file: &Path) -> Option<u64> {
    let ask = |task: &str| {
        let output = Command::new(std::env::current_exe().ok()?).args(["--peak", task]).arg(file).output().ok()?;
        String::from_utf8(output.stdout).ok()?.trim().parse::<u64>().ok().filter(|&peak| peak > 0)
    };
    Some(ask(task)?.saturating_sub(ask("idle")?))
}

fn peak(task: &str, file: &Path) -> u64 {
    if let Some((_, task)) = TASKS.iter().find(|(name, _)| *name == task) {
        task(file);
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kibibytes = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kibibytes.unwrap_or_default() * 1024
}

fn direct(size: usize) -> String {
    let mut policy = String::from("version: 1\npolicies:\n  api:\n    paths: [/api/**]\n    allow_credentials: true\n    max_age: 10m\n    allow_origins:\n");
    hosts(size).for_each(|host| writeln!(policy, "      - https://{host}").unwrap());
    policy + &tests(size)
}

fn through_set(size: usize) -> String {
    let mut policy = String::from("version: 1\norigin_sets:\n  tenants:\n");
    hosts(size).for_each(|host| writeln!(policy, "    - https://{host}").unwrap());
    policy + "policies:\n  api:\n    paths: [/api/**]\n    allow_credentials: true\n    max_age: 10m\n    allow_origins: [set: tenants]\n" + &tests(size)
}

fn tests(size: usize) -> String {
    let last = hosts(size).last().unwrap();
    format!("tests:\n  - {{ name: a tenant can read, path: /api/items, allow: [https://{last}], deny: [https://{last}.evil.test] }}\n")
}

/// Hosts as a service with tenants has them: most on domains of their own, some below the domain of the service.
fn hosts(size: usize) -> impl Iterator<Item = String> {
    const WORDS: [&str; 12] = ["harbour", "meadow", "copper", "linden", "granite", "willow", "ember", "quartz", "saffron", "cobalt", "juniper", "falcon"];
    const ENDS: [&str; 8] = ["com", "de", "co.uk", "org", "io", "fr", "com.au", "net"];
    (0..size).map(|index| {
        let (first, second) = (WORDS[index % WORDS.len()], WORDS[index / WORDS.len() % WORDS.len()]);
        match index % 4 {
            0 => format!("{first}-{second}-{index}.tenants.example.com"),
            1 => format!("www.{first}{second}{index}.{}", ENDS[index / 4 % ENDS.len()]),
            2 => format!("{first}{second}-{index}.{}", ENDS[index / 4 % ENDS.len()]),
            _ => format!("app.{first}-{index}.{}", ENDS[index / 4 % ENDS.len()]),
        }
    })
}
