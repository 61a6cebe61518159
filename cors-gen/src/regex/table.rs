//! A confined pattern comes in; its smallest automaton goes out, owned, in the form that `cors_decision::Dfa` walks.

use std::collections::BTreeMap;

use cors_decision::Dfa;
use regex_syntax::hir::Hir;

use super::{RegexError, RegexErrorKind::TooLarge, nfa::Nfa, subsets::Rows};

/// See [`Dfa`] for the fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    classes: Box<[u8; 256]>,
    transitions: Vec<u8>,
    class_count: u16,
    start: u16,
    first_accepting: u16,
}

impl Table {
    pub(super) fn new(hir: &Hir) -> Result<Self, RegexError> {
        Ok(number(&minimize(&Rows::new(&Nfa::new(hir)?)?)))
    }

    pub(super) fn as_dfa(&self) -> Dfa<'_> {
        Dfa::new(&self.classes, &self.transitions, self.class_count, self.start, self.first_accepting)
    }

    /// Whether any value but the empty one matches. In a minimal automaton every state but the dead one leads to a match.
    pub(super) fn matches_some_byte(&self) -> bool {
        let dfa = self.as_dfa();
        (0x21..=0x7E).any(|byte| dfa.next(dfa.start, byte) != 0)
    }
}

pub(super) fn too_large() -> RegexError {
    RegexError::new(TooLarge, "the pattern's automaton is too large").help("use fewer counted repetitions and alternatives, or list the origins")
}

/// Moore's partition refinement, split by split backwards (Hopcroft): states stay together until a byte tells them apart.
fn minimize(rows: &Rows) -> Rows {
    let block = Partition::refine(rows).block;
    // The dead state's block becomes 0 and the start's 1, as before.
    let mut names = BTreeMap::new();
    let mut order = Vec::new();
    for (state, &block) in block.iter().enumerate() {
        names.entry(block).or_insert_with(|| {
            order.push(state);
            order.len() - 1
        });
    }
    let renamed = |state: &usize| names[&block[*state]];
    let row = |state: &usize| rows.rows[*state].iter().map(renamed).collect();
    Rows {
        classes: rows.classes.clone(),
        class_count: rows.class_count,
        rows: order.iter().map(row).collect(),
        accepts: order.iter().map(|&state| rows.accepts[state]).collect(),
    }
}

struct Partition {
    block: Vec<usize>,
    members: Vec<Vec<usize>>,
}

impl Partition {
    fn refine(rows: &Rows) -> Self {
        let sources = sources(rows);
        let mut partition = Self::of(&rows.accepts);
        let mut work: Vec<(usize, usize)> = (0..partition.members.len()).flat_map(|block| (0..rows.class_count).map(move |class| (block, class))).collect();
        while let Some((block, class)) = work.pop() {
            let into: Vec<usize> = partition.members[block].iter().flat_map(|&state| &sources[class][state]).copied().collect();
            for new in partition.split(&into) {
                work.extend((0..rows.class_count).map(|class| (new, class)));
            }
        }
        partition
    }

    fn of(accepts: &[bool]) -> Self {
        let (yes, no): (Vec<_>, Vec<_>) = (0..accepts.len()).partition(|&state| accepts[state]);
        let members: Vec<_> = [no, yes].into_iter().filter(|m| !m.is_empty()).collect();
        Self { block: accepts.iter().map(|&accepts| usize::from(accepts)).collect(), members }
    }

    /// Separates `states` from the rest of their blocks. The new blocks are never the larger halves, which is what keeps the
    /// whole refinement near-linear: an old block that still waits for its turn is looked at as it then is.
    fn split(&mut self, states: &[usize]) -> Vec<usize> {
        let mut hit: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for &state in states {
            hit.entry(self.block[state]).or_default().push(state);
        }
        let mut new_blocks = Vec::new();
        for (block, inside) in hit {
            if inside.len() == self.members[block].len() {
                continue;
            }
            let new = self.members.len();
            for &state in &inside {
                self.block[state] = new;
            }
            let outside: Vec<_> = self.members[block].iter().copied().filter(|&state| self.block[state] == block).collect();
            let (small, large) = if inside.len() <= outside.len() { (inside, outside) } else { (outside, inside) };
            for &state in &large {
                self.block[state] = block;
            }
            for &state in &small {
                self.block[state] = new;
            }
            self.members[block] = large;
            self.members.push(small);
            new_blocks.push(new);
        }
        new_blocks
    }
}

/// For each class, for each state, the states that lead to it.
fn sources(rows: &Rows) -> Vec<Vec<Vec<usize>>> {
    let mut sources = vec![vec![Vec::new(); rows.rows.len()]; rows.class_count];
    for (state, row) in rows.rows.iter().enumerate() {
        for (class, &next) in row.iter().enumerate() {
            sources[class][next].push(state);
        }
    }
    sources
}

/// Puts the accepting states last, merges classes with equal columns, and writes the bytes.
fn number(rows: &Rows) -> Table {
    let (classes, columns) = merge_columns(rows);
    let mut order: Vec<usize> = (0..rows.rows.len()).collect();
    order.sort_by_key(|&state| rows.accepts[state]);
    let mut names = vec![0_u16; order.len()];
    for (name, &state) in order.iter().enumerate() {
        names[state] = name as u16;
    }
    let entry = |(&state, &column): (&usize, &usize)| names[rows.rows[state][column]].to_le_bytes();
    let transitions = order.iter().flat_map(|state| columns.iter().map(move |column| (state, column))).flat_map(entry).collect();
    let rejecting = rows.accepts.iter().filter(|&&accepts| !accepts).count();
    Table { classes, transitions, class_count: columns.len() as u16, start: names[1.min(names.len() - 1)], first_accepting: rejecting as u16 }
}

fn merge_columns(rows: &Rows) -> (Box<[u8; 256]>, Vec<usize>) {
    let column = |class: usize| rows.rows.iter().map(move |row| row[class]);
    let mut columns: Vec<usize> = Vec::new();
    let mut merged = Vec::new();
    for class in 0..rows.class_count {
        let same = |&other: &usize| column(other).eq(column(class));
        let index = columns.iter().position(same).unwrap_or_else(|| {
            columns.push(class);
            columns.len() - 1
        });
        merged.push(index as u8);
    }
    let classes = rows.classes.map(|class| merged[usize::from(class)]);
    (Box::new(classes), columns)
}
