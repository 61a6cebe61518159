//! A confined pattern comes in; an automaton that can be in several states at once goes out, by Thompson's construction.

use regex_syntax::hir::{Hir, HirKind, Repetition};

use super::{RegexError, bytes_of, table::too_large};

/// More than the longest pattern has characters, with room for counted repetitions.
const MAX_STATES: usize = 10_000;

/// The state in which a value may end.
pub(super) const ACCEPT: usize = 0;

#[derive(Debug)]
pub(super) enum State {
    Accept,
    /// Reads a byte of one of the ranges, first and last, and goes on.
    Read(Vec<(u8, u8)>, usize),
    /// Goes on to each of these without reading.
    Split(Vec<usize>),
}

#[derive(Debug)]
pub(super) struct Nfa {
    pub(super) states: Vec<State>,
    pub(super) start: usize,
}

impl Nfa {
    pub(super) fn new(hir: &Hir) -> Result<Self, RegexError> {
        let mut nfa = Self { states: vec![State::Accept], start: ACCEPT };
        nfa.start = nfa.before(hir, ACCEPT)?;
        Ok(nfa)
    }

    fn add(&mut self, state: State) -> Result<usize, RegexError> {
        self.states.push(state);
        if self.states.len() > MAX_STATES { Err(too_large()) } else { Ok(self.states.len() - 1) }
    }

    /// The state in which `hir` is read before what is read in the state `next`.
    fn before(&mut self, hir: &Hir, next: usize) -> Result<usize, RegexError> {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => Ok(next),
            HirKind::Literal(literal) => literal.0.iter().rev().try_fold(next, |next, &byte| self.add(State::Read(vec![(byte, byte)], next))),
            HirKind::Class(class) => {
                let ranges = bytes_of(class).iter().map(|range| (range.start(), range.end())).collect();
                self.add(State::Read(ranges, next))
            }
            HirKind::Capture(capture) => self.before(&capture.sub, next),
            HirKind::Concat(subs) => subs.iter().rev().try_fold(next, |next, sub| self.before(sub, next)),
            HirKind::Alternation(subs) => {
                let starts = subs.iter().map(|sub| self.before(sub, next)).collect::<Result<_, _>>()?;
                self.add(State::Split(starts))
            }
            HirKind::Repetition(repetition) => self.before_repetition(repetition, next),
        }
    }

    /// What need not be there comes last, and each of it can be left for the end: then few states are possible at once.
    fn before_repetition(&mut self, repetition: &Repetition, end: usize) -> Result<usize, RegexError> {
        let mut start = end;
        match repetition.max {
            Some(max) => {
                for _ in repetition.min..max {
                    let once = self.before(&repetition.sub, start)?;
                    start = self.add(State::Split(vec![once, end]))?;
                }
            }
            None => {
                start = self.add(State::Split(Vec::new()))?;
                let again = self.before(&repetition.sub, start)?;
                self.states[start] = State::Split(vec![again, end]);
            }
        }
        (0..repetition.min).try_fold(start, |next, _| self.before(&repetition.sub, next))
    }
}
