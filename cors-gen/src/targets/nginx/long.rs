//! Origins over the longest key come in; maps that find them piece by piece go out.
//!
//! A piece and the number of all that stands before it are one key of a map, which holds the number for the next. So a long origin costs a few
//! look-ups, however many there are.

use std::collections::HashMap;

use cors_decision::hash;
use minijinja::{Value, context};

use super::origins::LONGEST_KEY;
use crate::targets::{Block, DIGEST, place_of_block, safe};

/// So long is every piece but the last. A number of seven digits and a sign stand before it in a key.
const PIECE: usize = LONGEST_KEY - 8;
/// What stands for an origin that has been found.
const FOUND: &str = "=";

/// The maps of one list, the first pieces first.
#[derive(Default)]
pub(super) struct LongOrigins<'p> {
    levels: Vec<Vec<Piece<'p>>>,
}

/// A key: what stands before the piece by its number, the piece, and whether others follow, under which number.
struct Piece<'p> {
    before: Option<usize>,
    text: &'p str,
    number: Option<usize>,
}

impl<'p> LongOrigins<'p> {
    /// Each of the origins is there once.
    pub(super) fn new(origins: impl Iterator<Item = &'p str>) -> Self {
        let mut long = Self::default();
        let mut numbers = HashMap::new();
        for origin in origins {
            let mut before = None;
            let mut rest = origin;
            for level in 0.. {
                let (text, behind) = rest.split_at(rest.len().min(PIECE));
                let next = numbers.len() + 1;
                let number = if behind.is_empty() { None } else { Some(*numbers.entry((before, level, text)).or_insert(next)) };
                if number.is_none_or(|number| number == next) {
                    long.add(level, Piece { before, text, number });
                }
                if behind.is_empty() {
                    break;
                }
                (before, rest) = (number, behind);
            }
        }
        long
    }

    fn add(&mut self, level: usize, piece: Piece<'p>) {
        if level == self.levels.len() {
            self.levels.push(Vec::new());
        }
        self.levels[level].push(piece);
    }

    /// How many maps there are: as many as the longest origin has pieces.
    pub(super) fn depth(&self) -> usize {
        self.levels.len()
    }

    /// The maps of the list of this number in the words of the template, which leaves room for what they hold; the first place for that is `place`.
    pub(super) fn views(&self, list: usize, place: usize) -> Vec<Value> {
        let view = |level: usize| {
            let before = if level == 0 { String::new() } else { variable(list, level) };
            context! {
                source => safe(format!("{before}$cors_{DIGEST}_piece_{}", level + 1)),
                name => safe(variable(list, level + 1)),
                lines => place_of_block(place + level),
            }
        };
        (0..self.depth()).map(view).collect()
    }

    /// The variable that holds the origin that asks if it is one of these.
    pub(super) fn found(&self, list: usize) -> Option<Value> {
        (self.depth() > 0).then(|| safe(variable(list, self.depth())))
    }

    /// What the maps hold.
    pub(super) fn blocks(self) -> Vec<Box<dyn Block + 'p>> {
        let depth = self.depth();
        let level = |(index, pieces)| Box::new(Level { pieces, is_first: index == 0, is_last: index + 1 == depth }) as Box<dyn Block + 'p>;
        self.levels.into_iter().enumerate().map(level).collect()
    }
}

fn variable(list: usize, level: usize) -> String {
    format!("$cors_{DIGEST}_long_{list}_{level}")
}

/// The maps that take the origin that asks apart, in the words of the template, as far as the longest list goes.
pub(super) fn pieces(depth: usize) -> Vec<Value> {
    let view = |level: usize| {
        let before = if level == 0 { String::new() } else { format!(".{{{}}}", level * PIECE) };
        context! {
            name => safe(format!("$cors_{DIGEST}_piece_{}", level + 1)),
            more => safe(format!("\"~^{before}(.{{{PIECE}}}).\"")),
            last => safe(format!("\"~^{before}(.{{1,{PIECE}}})$\"")),
        }
    };
    (0..depth).map(view).collect()
}

/// What a map holds.
struct Level<'p> {
    pieces: Vec<Piece<'p>>,
    is_first: bool,
    is_last: bool,
}

impl Level<'_> {
    /// Hands on every part of every line. A number, a sign, and a piece are told apart by the sign, which no number holds: where no number was found,
    /// the key begins with it.
    fn parts(&self, digest: &str, mut hand_on: impl FnMut(&str)) {
        let found = if self.is_last { format!("$cors_{digest}_asking") } else { format!("\"{FOUND}\"") };
        for piece in &self.pieces {
            let before = piece.before.map(|number| number.to_string()).unwrap_or_default();
            let value = piece.number.map_or_else(|| found.clone(), |number| number.to_string());
            let sign = if piece.number.is_some() { "+" } else { "=" };
            ["    \"", &before, sign, piece.text, "\" ", &value, ";\n"].into_iter().for_each(&mut hand_on);
        }
        if !self.is_first {
            ["    \"", FOUND, "\" ", &found, ";\n"].into_iter().for_each(&mut hand_on);
        }
    }
}

impl Block for Level<'_> {
    fn hash(&self) -> u64 {
        let mut number = 0;
        self.parts(DIGEST, |part| number = hash(number, part.as_bytes()));
        number
    }

    fn size(&self) -> usize {
        let mut size = 0;
        self.parts(DIGEST, |part| size += part.len());
        size
    }

    fn write(&self, digest: &str, text: &mut String) {
        self.parts(digest, |part| text.push_str(part));
    }
}
