//! An automaton that can be in several states at once comes in; one that is in one state at a time goes out, by the subset construction.

use std::collections::BTreeMap;

use super::{
    RegexError,
    nfa::{ACCEPT, Nfa, State},
    table::too_large,
};

/// Enough for hundreds of host names; an automaton that doubles with every character ends here, within milliseconds.
const MAX_ENTRIES: usize = 32 << 10;
const MAX_MEMBERS: usize = 128 << 10;

/// An automaton as rows over byte classes. State 0 is dead, state 1 the start. Bytes that no pattern can hold share class 0, which leads nowhere.
pub(super) struct Rows {
    pub(super) classes: Box<[u8; 256]>,
    pub(super) class_count: usize,
    pub(super) rows: Vec<Vec<usize>>,
    pub(super) accepts: Vec<bool>,
}

impl Rows {
    pub(super) fn new(nfa: &Nfa) -> Result<Self, RegexError> {
        let (classes, representatives) = byte_classes(nfa);
        let class_count = representatives.len() + 1;
        let mut subsets = Subsets { nfa, seen: vec![0; nfa.states.len()], round: 0, known: BTreeMap::new(), members: Vec::new(), all_members: 0 };
        subsets.number(Vec::new())?;
        let start = subsets.closure(vec![nfa.start]);
        subsets.number(start)?;
        let mut rows = vec![vec![0; class_count]];
        while rows.len() < subsets.members.len() {
            if subsets.members.len() * class_count > MAX_ENTRIES {
                return Err(too_large());
            }
            let mut row = vec![0];
            for &byte in &representatives {
                row.push(subsets.after(rows.len(), byte)?);
            }
            rows.push(row);
        }
        let accepts = subsets.members.iter().map(|members| members.first() == Some(&ACCEPT)).collect();
        Ok(Self { classes, class_count, rows, accepts })
    }
}

/// The sets of states that can be possible at once, numbered as they are found.
struct Subsets<'n> {
    nfa: &'n Nfa,
    known: BTreeMap<Vec<usize>, usize>,
    members: Vec<Vec<usize>>,
    all_members: usize,
    /// For each state the last round in which it was reached.
    seen: Vec<usize>,
    round: usize,
}

impl Subsets<'_> {
    fn number(&mut self, members: Vec<usize>) -> Result<usize, RegexError> {
        if let Some(&number) = self.known.get(&members) {
            return Ok(number);
        }
        self.all_members += members.len();
        if self.all_members > MAX_MEMBERS {
            return Err(too_large());
        }
        let number = self.members.len();
        self.known.insert(members.clone(), number);
        self.members.push(members);
        Ok(number)
    }

    /// The set that follows when a byte is read.
    fn after(&mut self, number: usize, byte: u8) -> Result<usize, RegexError> {
        let mut targets = Vec::new();
        for &state in &self.members[number] {
            if let State::Read(ranges, next) = &self.nfa.states[state]
                && ranges.iter().any(|&(first, last)| first <= byte && byte <= last)
            {
                targets.push(*next);
            }
        }
        let members = self.closure(targets);
        self.number(members)
    }

    /// The states that are reached without reading, in order, less those that do nothing but go on.
    fn closure(&mut self, mut waiting: Vec<usize>) -> Vec<usize> {
        self.round += 1;
        let mut members = Vec::new();
        while let Some(state) = waiting.pop() {
            if self.seen[state] == self.round {
                continue;
            }
            self.seen[state] = self.round;
            match &self.nfa.states[state] {
                State::Split(targets) => waiting.extend(targets),
                State::Accept | State::Read(..) => members.push(state),
            }
        }
        members.sort_unstable();
        members
    }
}

/// The class of each byte, and for each class but 0 its first byte. Bytes are of one class if no state tells them apart and they are neighbours.
fn byte_classes(nfa: &Nfa) -> (Box<[u8; 256]>, Vec<u8>) {
    let mut is_first = [false; 257];
    is_first[0x21] = true;
    for state in &nfa.states {
        if let State::Read(ranges, _) = state {
            for &(first, last) in ranges {
                is_first[usize::from(first)] = true;
                is_first[usize::from(last) + 1] = true;
            }
        }
    }
    let mut classes = Box::new([0; 256]);
    let mut representatives = Vec::new();
    for byte in 0x21..=0x7E {
        if is_first[usize::from(byte)] {
            representatives.push(byte);
        }
        // At most 94 classes.
        classes[usize::from(byte)] = representatives.len() as u8;
    }
    (classes, representatives)
}
