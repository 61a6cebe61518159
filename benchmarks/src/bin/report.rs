//! The files of figures come in (instructions, time, allocations); tables in Markdown go out.

use cors_benchmarks::asks::ASKS;
use cors_benchmarks::cases::COUNTS;
use cors_benchmarks::figures::Figures;
use cors_benchmarks::goals::{Goal, PEERS, goals};

fn main() {
    let files: Vec<String> = std::env::args().skip(1).collect();
    let [instructions, time, allocations] = &files[..] else { panic!("the files of instructions, time and allocations") };
    let read = |file: &String| Figures::read(&std::fs::read_to_string(file).expect("a file of figures"));
    let (instructions, time, allocations) = (read(instructions), read(time), read(allocations));

    println!("| goal | at most | instructions | time | |\n|---|---|---|---|---|");
    for goal in goals(&instructions, &time, &allocations) {
        println!("| {} | {} | {} | {} | {} |", goal.what, goal.most, cell(goal.instructions), cell(goal.time), verdict(&goal));
    }

    let names: Vec<&str> = ["floor", "floor, HashSet", "cors-static"].into_iter().chain(PEERS.iter().map(|peer| peer.name)).collect();
    println!("\nWhat a library adds to an allowed `GET`, in instructions / nanoseconds:\n");
    head("", &COUNTS.map(|count| count.to_string()));
    for name in &names {
        let cells = COUNTS.map(|count| both(&instructions, &time, "layer", count, name, "allowed"));
        println!("| {name} | {} |", cells.join(" | "));
    }
    println!("\nWhat it adds to each kind of request, 100 origins, and what it allocates for it:\n");
    head("", &ASKS.map(|ask| ask.name().to_owned()));
    for name in &names {
        let cells = ASKS.map(|ask| {
            let allocations = allocations.added("allocations", 100, name, ask.name());
            format!("{}, {allocations:+}", both(&instructions, &time, "layer", 100, name, ask.name()))
        });
        println!("| {name} | {} |", cells.join(" | "));
    }
    for (what, ask, title) in [
        ("alone", "allowed", "The bare decision, an allowed origin"),
        ("alone", "refused", "The bare decision, a refused origin"),
        ("put", "allowed", "The decision on an allowed origin, and three headers put into a response"),
    ] {
        println!("\n{title}:\n");
        head("", &COUNTS.map(|count| count.to_string()));
        for name in ["floor", "cors-static", "HashSet, ahash", "HashSet"] {
            println!("| {name} | {} |", COUNTS.map(|count| both(&instructions, &time, what, count, name, ask)).join(" | "));
        }
    }
    println!("\nThe bare decision, every origin of the list in turn, so that caches do not help:\n");
    head("", &COUNTS[1..].iter().map(|count| count.to_string()).collect::<Vec<_>>());
    for name in ["cors-static", "HashSet, ahash", "HashSet"] {
        println!(
            "| {name} | {} |",
            COUNTS[1..].iter().map(|&count| both(&instructions, &time, "in-turn", count, name, "allowed")).collect::<Vec<_>>().join(" | ")
        );
    }
    println!("\nWildcards:\n");
    head("", &["1", "100"].map(|count| format!("{count} wildcards")));
    println!("| cors-static | {} |", [1, 100].map(|count| both(&instructions, &time, "wildcards", count, "cors-static", "allowed")).join(" | "));
}

fn head(first: &str, columns: &[String]) {
    println!("| {first} | {} |\n|---|{}", columns.join(" | "), "---|".repeat(columns.len()));
}

fn both(instructions: &Figures, time: &Figures, what: &str, count: usize, name: &str, ask: &str) -> String {
    let time = time.added(what, count, name, ask);
    let digits = usize::from(time.abs() < 20.0);
    format!("{} / {time:.digits$}", instructions.added(what, count, name, ask))
}

fn cell(ratio: Option<f64>) -> String {
    ratio.map_or_else(String::new, |ratio| if ratio.abs() < 0.1 { format!("{ratio:.4}") } else { format!("{ratio:.2}") })
}

/// Instructions decide: they are the same in every run. What a hundredth does not show is no difference.
fn verdict(goal: &Goal) -> &'static str {
    match goal.instructions.or(goal.time) {
        Some(ratio) if (ratio * 100.0).round() / 100.0 <= goal.most => "met",
        Some(_) => "missed",
        None => "",
    }
}
