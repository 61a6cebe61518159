//! A checked pattern comes in; whether an engine with backtracking can be led astray by it goes out.
//!
//! An engine that backtracks walks, before it gives up, every path that the value can take through the pattern's positions (Glushkov's
//! automaton, with counted repetitions written out, as the engine itself does). Two different paths for the same characters that
//! part at one position and meet again at another make a *fork*. Forks that can follow one another multiply: a fork that can follow itself
//! gives exponentially many paths (Weber and Seidl, "On the degree of ambiguity of finite automata", 1991), and a row of `n` gives the
//! `n`-th power of the value's length. So patterns whose rows of forks are short are harmless, and nothing else is.

use std::collections::{BTreeMap, BTreeSet};

use regex_syntax::hir::{Hir, HirKind, Repetition};

use crate::regex::{Regex, bytes_of};

/// What an engine with backtracking makes of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backtracking {
    /// The work is bounded by a small power of the value's length.
    Harmless,
    /// Some value, not even a long one, takes longer than anyone waits.
    Explosive,
    /// The pattern is too large to be judged; take it for explosive.
    Unknown,
}

/// Longer rows of forks are refused. Two are the square of the length, for values of at most some 330 bytes.
const MAX_ROW: u8 = 2;
/// Beyond these the pattern is judged in a simpler form, and if that is too large as well, not at all.
const MAX_POSITIONS: usize = 250;
const MAX_STEPS: usize = 1_000_000;

/// Judges a pattern by its meaning, not by its looks: `(?:[a-z0-9-]+\.)+example\.com` is harmless, `(a|ab|b)*c` is not.
#[must_use]
pub fn backtracking(regex: &Regex) -> Backtracking {
    [Counting::Exact, Counting::Loops]
        .into_iter()
        .find_map(|counting| {
            let positions = Positions::new(regex.hir(), counting)?;
            let forks = positions.forks()?;
            Some(if positions.longest_row(&forks) > MAX_ROW { Backtracking::Explosive } else { Backtracking::Harmless })
        })
        .unwrap_or(Backtracking::Unknown)
}

/// How `x{2,5}` is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Counting {
    /// As `xx(?:x(?:x(?:x)?)?)?`.
    Exact,
    /// As `x+` where the count is high: fewer positions, and no path less.
    Loops,
}

/// The places of a pattern where a byte is read; place 0 is the start.
struct Positions {
    counting: Counting,
    /// The bytes that each place reads, as a set of bits.
    bytes: Vec<u128>,
    /// In how many ways (0, 1, or 2 for more) one place follows another.
    follow: Vec<BTreeMap<usize, u8>>,
}

/// A part of the pattern: its first and last places, each with the number of ways to get there, and the number of ways through it without
/// reading anything. All numbers stop at 2.
#[derive(Clone)]
struct Part {
    first: BTreeMap<usize, u8>,
    last: BTreeMap<usize, u8>,
    empty: u8,
}

impl Part {
    fn empty() -> Self {
        Self { first: BTreeMap::new(), last: BTreeMap::new(), empty: 1 }
    }
}

fn times(one: u8, other: u8) -> u8 {
    (one * other).min(2)
}

fn add(places: &mut BTreeMap<usize, u8>, more: &BTreeMap<usize, u8>, ways: u8) {
    if ways == 0 {
        return;
    }
    for (&place, &count) in more {
        let known = places.entry(place).or_default();
        *known = (*known + times(count, ways)).min(2);
    }
}

impl Positions {
    /// Nothing if there are too many.
    fn new(hir: &Hir, counting: Counting) -> Option<Self> {
        let mut positions = Self { counting, bytes: vec![0], follow: vec![BTreeMap::new()] };
        let whole = positions.part(hir)?;
        positions.follow[0] = whole.first;
        Some(positions)
    }

    fn part(&mut self, hir: &Hir) -> Option<Part> {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => Some(Part::empty()),
            HirKind::Capture(capture) => self.part(&capture.sub),
            HirKind::Literal(literal) => {
                let mut whole = Part::empty();
                for &byte in &literal.0 {
                    let place = self.place(bit(byte))?;
                    whole = self.concat(&whole, &place);
                }
                Some(whole)
            }
            HirKind::Class(class) => {
                let class = bytes_of(class);
                let bytes = class.iter().flat_map(|range| range.start()..=range.end());
                self.place(bytes.fold(0, |set, byte| set | bit(byte)))
            }
            HirKind::Repetition(repetition) => self.repetition(repetition),
            HirKind::Concat(subs) => {
                let mut whole = Part::empty();
                for sub in subs {
                    let part = self.part(sub)?;
                    whole = self.concat(&whole, &part);
                }
                Some(whole)
            }
            HirKind::Alternation(subs) => {
                let mut whole = Part { empty: 0, ..Part::empty() };
                for sub in subs {
                    let part = self.part(sub)?;
                    add(&mut whole.first, &part.first, 1);
                    add(&mut whole.last, &part.last, 1);
                    whole.empty = (whole.empty + part.empty).min(2);
                }
                Some(whole)
            }
        }
    }

    fn place(&mut self, bytes: u128) -> Option<Part> {
        let place = self.bytes.len();
        if place > MAX_POSITIONS {
            return None;
        }
        self.bytes.push(bytes);
        self.follow.push(BTreeMap::new());
        Some(Part { first: BTreeMap::from([(place, 1)]), last: BTreeMap::from([(place, 1)]), empty: 0 })
    }

    fn link(&mut self, last: &BTreeMap<usize, u8>, first: &BTreeMap<usize, u8>) {
        for (&place, &ways) in last {
            add(&mut self.follow[place], first, ways);
        }
    }

    fn concat(&mut self, one: &Part, other: &Part) -> Part {
        self.link(&one.last, &other.first);
        let mut whole = Part { first: one.first.clone(), last: other.last.clone(), empty: times(one.empty, other.empty) };
        add(&mut whole.first, &other.first, one.empty);
        add(&mut whole.last, &one.last, other.empty);
        whole
    }

    fn repetition(&mut self, repetition: &Repetition) -> Option<Part> {
        let (min, max) = match (repetition.min, repetition.max, self.counting) {
            (min, Some(max), Counting::Loops) if max > 3 => (min.min(1), None),
            (min, None, Counting::Loops) => (min.min(1), None),
            (min, max, _) => (min, max),
        };
        let sub = &repetition.sub;
        if max != Some(1) && sub.properties().minimum_len() == Some(0) {
            // Engines treat a loop around nothing each in its own way.
            return None;
        }
        let mut tail = match max {
            None => self.endless(sub, min == 0)?,
            Some(max) => self.at_most(sub, max - min)?,
        };
        let before = if max.is_none() { min.saturating_sub(1) } else { min };
        for _ in 0..before {
            let part = self.part(sub)?;
            tail = self.concat(&part, &tail);
        }
        Some(tail)
    }

    fn endless(&mut self, sub: &Hir, optional: bool) -> Option<Part> {
        let part = self.part(sub)?;
        self.link(&part.last, &part.first);
        Some(Part { empty: u8::from(optional), ..part })
    }

    fn at_most(&mut self, sub: &Hir, count: u32) -> Option<Part> {
        let mut tail = Part::empty();
        for _ in 0..count {
            let part = self.part(sub)?;
            tail = self.concat(&part, &tail);
            tail.empty = (tail.empty + 1).min(2);
        }
        Some(tail)
    }

    /// All forks: from which place to which. Nothing if the search grows too large.
    fn forks(&self) -> Option<BTreeSet<(usize, usize)>> {
        let mut forks = BTreeSet::new();
        let mut budget = MAX_STEPS;
        for from in 0..self.bytes.len() {
            let mut seen = BTreeSet::new();
            let mut pairs = vec![(from, from)];
            while let Some((one, other)) = pairs.pop() {
                budget = budget.checked_sub(1 + self.follow[one].len() * self.follow[other].len())?;
                for (&next, &ways) in &self.follow[one] {
                    for (&next_other, &ways_other) in &self.follow[other] {
                        if self.bytes[next] & self.bytes[next_other] == 0 {
                            continue;
                        }
                        let pair = (next.min(next_other), next.max(next_other));
                        if next != next_other {
                            if seen.insert(pair) {
                                pairs.push(pair);
                            }
                        } else if one != other || ways.max(ways_other) > 1 {
                            forks.insert((from, next));
                        }
                    }
                }
            }
        }
        Some(forks)
    }

    /// How many forks can follow one another, up to one more than the limit. A fork that can follow itself exceeds any limit.
    fn longest_row(&self, forks: &BTreeSet<(usize, usize)>) -> u8 {
        let mut rows = vec![0_u8; self.bytes.len()];
        loop {
            let before = rows.clone();
            for place in (0..rows.len()).rev() {
                let longest = self.follow[place].keys().map(|&next| rows[next]).max();
                rows[place] = rows[place].max(longest.unwrap_or(0));
            }
            for &(from, to) in forks.iter().rev() {
                rows[from] = rows[from].max((rows[to] + 1).min(MAX_ROW + 1));
            }
            if rows == before {
                return rows[0];
            }
        }
    }
}

/// Precondition: an ASCII byte, as all of a `Regex` are.
fn bit(byte: u8) -> u128 {
    1 << (byte & 0x7F)
}
