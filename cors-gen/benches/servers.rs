//! Policies of few and of many origins come in; the processor time that each server spends on a request, and whether it stays flat, go out.
//!
//! `cargo bench -p cors-gen --bench servers`, on Linux, once `./test` has installed the servers. Numbers behind `--` are the sizes of the lists, words the
//! servers: `-- nginx 10 100000`. Every answer is checked. What a server spends is steadier than how long it takes, for the machine may do other work;
//! and the sizes take turns, so that whatever else it does hits all of them alike.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, reason = "a program of its own, which stops at the first surprise and prints its result")]

#[path = "servers/client.rs"]
mod client;
#[path = "servers/lists.rs"]
mod lists;
#[path = "servers/spent.rs"]
mod spent;
#[path = "servers/subjects.rs"]
mod subjects;

use std::thread::sleep;
use std::time::Duration;

use client::Client;
use cors_testbed::server::Server;
use lists::{Ask, LISTS, List, QUESTIONS, Question};
use spent::{pin_to_one_processor, spent};
use subjects::{Subject, subjects};

/// All others are compared with this size.
const FEW: usize = 10;
/// The goal is for lists up to this size.
const MANY: usize = 10_000;
/// How many times what it costs for few origins a request may cost for many.
const GOAL: f64 = 1.2;
/// A connection's worth, at the usual settings of nginx.
const REQUESTS: usize = 1_000;
const TURNS: usize = 25;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let (mut sizes, mut names) = (Vec::new(), Vec::new());
    for argument in &arguments {
        argument.parse().map_or_else(|_| names.push(argument.to_lowercase()), |size: usize| sizes.push(size));
    }
    if sizes.is_empty() {
        sizes.extend([FEW, MANY]);
    }
    if !sizes.contains(&FEW) {
        sizes.push(FEW);
    }
    sizes.sort_unstable();
    let subjects: Vec<Subject> =
        subjects().into_iter().filter(|subject| names.is_empty() || names.iter().any(|name| subject.name.to_lowercase().contains(name))).collect();
    assert!(!subjects.is_empty(), "no server is installed: run ./test");
    pin_to_one_processor();
    let mut worst = 0.0_f64;
    for list in LISTS {
        println!("\nMicroseconds of processor time for a request; {}, {} requests in {TURNS} turns:\n", list.title, REQUESTS * TURNS);
        let head: String = sizes.iter().map(|size| format!(" {size} |")).collect();
        println!("| server | what is asked | no policy |{head}\n|---|---|---|{}", "---|".repeat(sizes.len()));
        for subject in &subjects {
            worst = worst.max(report(subject, list, &sizes));
        }
    }
    println!("\nUp to {MANY} origins cost at most {worst:.2} times what {FEW} cost; the goal is {GOAL}.");
    std::process::exit(i32::from(worst > GOAL));
}

/// A server that runs, with a policy of so many origins, or without one.
struct Running {
    size: Option<usize>,
    server: Server,
}

/// Prints the rows of a server; the largest ratio goes out.
fn report(subject: &Subject, list: List, sizes: &[usize]) -> f64 {
    let mut running = vec![Running { size: None, server: subject.bare() }];
    running.extend(sizes.iter().map(|&size| Running { size: Some(size), server: subject.with(list.policy(size)) }));
    let few = running.iter().position(|running| running.size == Some(FEW)).unwrap();
    let mut worst = 0.0_f64;
    for question in &QUESTIONS {
        let turns: Vec<Vec<f64>> = (0..=TURNS).map(|turn| running.iter().map(|running| running.turn(question, list, turn)).collect()).collect();
        // In the first turn, everything is still cold.
        let turns = &turns[1..];
        let cells = (0..running.len()).map(|index| {
            let time = median(turns.iter().map(|turn| turn[index]));
            let ratio = median(turns.iter().map(|turn| turn[index] / turn[few]));
            match running[index].size {
                Some(size) if size != FEW => {
                    let counts = if size <= MANY { ratio } else { 0.0 };
                    worst = worst.max(counts);
                    format!("{time:.1}, x{ratio:.2}{}", if counts > GOAL { " OVER THE GOAL" } else { "" })
                }
                _ => format!("{time:.1}"),
            }
        });
        println!("| {} | {} | {} |", subject.name, question.name, cells.collect::<Vec<_>>().join(" | "));
    }
    worst
}

impl Running {
    /// What the server spends on one request, in microseconds, over one connection.
    fn turn(&self, question: &Question, list: List, turn: usize) -> f64 {
        let asks: Vec<Ask> = (0..REQUESTS).map(|index| question.ask(list, self.size.unwrap_or(FEW), turn * REQUESTS + index)).collect();
        let mut client = Client::of(self.server.addr());
        let pid = self.server.pid().unwrap();
        let before = spent(pid);
        for ask in &asks {
            let response = client.send(&ask.request);
            let allowed: Vec<&str> = self.size.and(ask.allowed.as_deref()).into_iter().collect();
            assert_eq!(response.header_values("access-control-allow-origin"), allowed, "{:?}: {response:?}", ask.request);
            assert!(self.size.is_none() || response.status == ask.status, "{:?}: {response:?}", ask.request);
        }
        // A server may have something left to do once it has answered.
        sleep(Duration::from_millis(2));
        let after = spent(pid);
        assert!(after > before, "this system does not say what a process spends");
        (after - before) as f64 / 1_000.0 / REQUESTS as f64
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}
