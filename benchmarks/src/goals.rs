//! Figures come in; the goals go out, each with what was measured.

use crate::asks::ASKS;
use crate::cases::COUNTS;
use crate::figures::Figures;

/// One of the others.
pub struct Peer {
    /// The name in tables.
    pub name: &'static str,
    /// Whether it checks each header that a preflight asks for.
    pub checks_headers: bool,
    /// Whether an answer that names the origin says so in `Vary`.
    pub varies: bool,
}

/// All of them.
pub const PEERS: [Peer; 6] = [
    Peer { name: "tower-http, list", checks_headers: false, varies: true },
    Peer { name: "tower-http, HashSet", checks_headers: false, varies: true },
    Peer { name: "actix-cors", checks_headers: true, varies: true },
    Peer { name: "poem", checks_headers: false, varies: false },
    Peer { name: "salvo", checks_headers: false, varies: true },
    Peer { name: "warp", checks_headers: true, varies: false },
];

const OURS: &str = "cors-static";

/// A goal: what is at most how much.
pub struct Goal {
    /// What is measured.
    pub what: String,
    /// What it may be at most.
    pub most: f64,
    /// Instructions, where they were counted.
    pub instructions: Option<f64>,
    /// Time.
    pub time: Option<f64>,
}

/// All goals. Both kinds of figures are of one run.
pub fn goals(instructions: &Figures, time: &Figures, allocations: &Figures) -> Vec<Goal> {
    let mut goals = Vec::new();
    let mut goal = |what: String, most: f64, ratio: &dyn Fn(&Figures) -> f64| {
        goals.push(Goal { what, most, instructions: Some(ratio(instructions)), time: Some(ratio(time)) });
    };
    for ask in ASKS.map(crate::asks::Ask::name).into_iter().take(4) {
        goal(format!("tower layer against the floor, {ask}"), 1.10, &|figures| {
            worst(&COUNTS, |count| ours(figures, count, ask) / layer(figures, count, "floor", ask))
        });
    }
    goal("decision and headers against the floor".into(), 1.5, &|figures| worst(&COUNTS, |count| put(figures, count, OURS) / put(figures, count, "floor")));
    for ask in ["allowed", "refused"] {
        goal(format!("bare decision against a `HashSet` with ahash, {ask}"), 1.0, &|figures| {
            worst(&COUNTS, |count| figures.added("alone", count, OURS, ask) / figures.added("alone", count, "HashSet, ahash", ask))
        });
    }
    let list = |figures: &Figures, count| ours(figures, count, "allowed") / layer(figures, count, "tower-http, list", "allowed");
    goal("allowed `GET` against tower-http's list, 1 to 100 origins".into(), 0.25, &|figures| worst(&COUNTS[..3], |count| list(figures, count)));
    goal("the same, 100,000 origins".into(), 0.01, &|figures| list(figures, 100_000));
    goal("the same against the quickest peer, any number".into(), 0.75, &|figures| {
        worst(&COUNTS, |count| ours(figures, count, "allowed") / quickest(figures, count, "allowed", |_| true))
    });
    goal("the same against the quickest peer that sets `Vary`, any number".into(), 0.75, &|figures| {
        worst(&COUNTS, |count| ours(figures, count, "allowed") / quickest(figures, count, "allowed", |peer| peer.varies))
    });
    for ask in ["preflight-5", "preflight-8k"] {
        goal(format!("{ask} against the quickest peer that checks headers"), 0.5, &|figures| {
            worst(&COUNTS, |count| ours(figures, count, ask) / quickest(figures, count, ask, |peer| peer.checks_headers))
        });
    }
    goal("a hostile preflight against an ordinary one".into(), 1.0, &|figures| {
        worst(&COUNTS, |count| ours(figures, count, "preflight-8k") / ours(figures, count, "preflight"))
    });
    goal("100 wildcards against 1".into(), 1.25, &|figures| figures.added("wildcards", 100, OURS, "allowed") / figures.added("wildcards", 1, OURS, "allowed"));
    goal("bare decision, 10,000 origins against 1".into(), 1.10, &|figures| {
        figures.added("alone", 10_000, OURS, "allowed") / figures.added("alone", 1, OURS, "allowed")
    });
    goal("tower layer, 10,000 origins against 1".into(), 1.10, &|figures| ours(figures, 10_000, "allowed") / ours(figures, 1, "allowed"));
    goals.insert(0, Goal { what: "allocations that the tower layer adds, any request".into(), most: 0.0, instructions: None, time: None });
    goals[0].instructions = Some(ASKS.map(|ask| allocations.added("allocations", 100, OURS, ask.name())).into_iter().fold(f64::MIN, f64::max));
    goals
}

fn layer(figures: &Figures, count: usize, name: &str, ask: &str) -> f64 {
    figures.added("layer", count, name, ask)
}

fn ours(figures: &Figures, count: usize, ask: &str) -> f64 {
    layer(figures, count, OURS, ask)
}

fn put(figures: &Figures, count: usize, name: &str) -> f64 {
    figures.added("put", count, name, "allowed")
}

fn quickest(figures: &Figures, count: usize, ask: &str, counts: impl Fn(&Peer) -> bool) -> f64 {
    PEERS.iter().filter(|peer| counts(peer)).map(|peer| layer(figures, count, peer.name, ask)).fold(f64::MAX, f64::min)
}

fn worst(counts: &[usize], ratio: impl Fn(usize) -> f64) -> f64 {
    counts.iter().map(|&count| ratio(count)).fold(f64::MIN, f64::max)
}
