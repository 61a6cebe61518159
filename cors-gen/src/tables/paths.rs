//! The path rules come in; the automaton that finds the most specific one goes out.
//!
//! The patterns are a tree of segments. A state is the set of places in that tree where a path can stand, and the best rule with a `**` that
//! covers it already; places that only less specific rules follow are forgotten, which keeps the sets small.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use cors_decision::{Paths, Tagged};

use super::keys::{KeyTable, beside};
use crate::policy::Rule;

/// What the path rules borrow from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PathTable {
    literals: KeyTable,
    targets: Vec<u8>,
    states: Vec<u8>,
    first_sink: u32,
    policies: Vec<u8>,
}

/// The automaton would be larger than [`MOST_STEPS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooManyPaths;

/// The most states and ways between them. Patterns add one for each segment, as long as few of them overlap by `*`.
const MOST_STEPS: usize = 100_000;

impl PathTable {
    /// The automaton of these rules. Precondition: the most specific comes first, no pattern comes twice.
    pub(crate) fn new(rules: &[Rule<'_>]) -> Result<Self, TooManyPaths> {
        let automaton = Automaton::new(rules)?;
        let first_sink = automaton.states.iter().filter(|state| !state.set.places.is_empty()).count();
        // Those that nothing leaves come last, and otherwise all stay in the order in which they were found.
        let mut order: Vec<usize> = (0..automaton.states.len()).collect();
        order.sort_by_key(|&state| automaton.states[state].set.places.is_empty());
        let mut number = vec![0u32; order.len()];
        for (new, &old) in order.iter().enumerate() {
            number[old] = new as u32;
        }
        let mut states = Vec::with_capacity(order.len());
        let mut literals = Vec::new();
        let mut targets = Vec::new();
        for &old in &order {
            let state = &automaton.states[old];
            states.push([number[state.other], state.rule.unwrap_or(Paths::NO_RULE)].map(u32::to_le_bytes).concat());
            for &(segment, target) in &state.literals {
                literals.push(Tagged { tag: number[old] << 8, head: b"", tail: segment.as_bytes() });
                targets.push(number[target]);
            }
        }
        let (literals, slots) = KeyTable::new(&literals);
        Ok(Self {
            literals,
            targets: beside(&slots, |literal| targets[literal].to_le_bytes()).concat(),
            states: states.concat(),
            first_sink: first_sink as u32,
            policies: rules.iter().flat_map(|rule| (rule.policy as u32).to_le_bytes()).collect(),
        })
    }

    pub(crate) fn view(&self) -> Paths<'_> {
        Paths { literals: self.literals.view(), targets: &self.targets, states: &self.states, first_sink: self.first_sink, policies: &self.policies }
    }
}

/// A place in the tree of patterns, after some of their segments.
#[derive(Default)]
struct Place<'p> {
    literals: BTreeMap<&'p str, usize>,
    star: Option<usize>,
    /// The rule of the pattern that ends here.
    end: Option<u32>,
    /// The rule of the pattern that goes on with `**`.
    rest: Option<u32>,
    /// The most specific rule here or below.
    best: u32,
}

struct Tree<'p>(Vec<Place<'p>>);

impl<'p> Tree<'p> {
    fn new(rules: &'p [Rule<'_>]) -> Self {
        let mut tree = Self(vec![Place { best: 0, ..Place::default() }]);
        for (index, rule) in rules.iter().enumerate() {
            tree.insert(&rule.pattern.value, index as u32);
        }
        tree
    }

    fn insert(&mut self, pattern: &'p str, rule: u32) {
        let mut at = 0;
        for segment in pattern.split('/').skip(1) {
            let new = self.0.len();
            let place = &mut self.0[at];
            at = match segment {
                "**" => {
                    place.rest = Some(rule);
                    return;
                }
                "*" => *place.star.get_or_insert(new),
                literal => *place.literals.entry(literal).or_insert(new),
            };
            if at == new {
                self.0.push(Place { best: rule, ..Place::default() });
            }
        }
        self.0[at].end = Some(rule);
    }

    /// The set of these places, without those that cannot change the answer any more.
    fn set(&self, mut places: Vec<usize>, covering: Option<u32>) -> Set {
        let rest = places.iter().filter_map(|&place| self.0[place].rest).chain(covering).min();
        places.retain(|&place| rest.is_none_or(|rest| self.0[place].best < rest));
        Set { places, rest }
    }

    /// Where a segment leads from a set; `None` is one that no pattern names.
    fn next(&self, set: &Set, segment: Option<&str>) -> Set {
        let literal = |place: &Place<'_>| segment.and_then(|segment| place.literals.get(segment).copied());
        let places = set.places.iter().map(|&place| &self.0[place]).flat_map(|place| literal(place).into_iter().chain(place.star));
        self.set(places.collect(), set.rest)
    }
}

/// Where in the tree a path can stand, and the most specific rule that covers it whatever follows.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Set {
    places: Vec<usize>,
    rest: Option<u32>,
}

struct State<'p> {
    set: Set,
    literals: Vec<(&'p str, usize)>,
    other: usize,
    rule: Option<u32>,
}

struct Automaton<'p> {
    states: Vec<State<'p>>,
    known: HashMap<Set, usize>,
}

impl<'p> Automaton<'p> {
    fn new(rules: &'p [Rule<'_>]) -> Result<Self, TooManyPaths> {
        let tree = Tree::new(rules);
        let mut automaton = Self { states: Vec::new(), known: HashMap::new() };
        automaton.state(&tree, if rules.is_empty() { Set { places: Vec::new(), rest: None } } else { tree.set(vec![0], None) });
        let (mut at, mut steps) = (0, 0);
        while at < automaton.states.len() {
            let set = automaton.states[at].set.clone();
            let other = automaton.state(&tree, tree.next(&set, None));
            let named: BTreeSet<&'p str> = set.places.iter().flat_map(|&place| tree.0[place].literals.keys().copied()).collect();
            steps += 1 + named.len();
            if steps > MOST_STEPS {
                return Err(TooManyPaths);
            }
            let leads = named.into_iter().map(|segment| (segment, automaton.state(&tree, tree.next(&set, Some(segment)))));
            let literals = leads.filter(|&(_, target)| target != other).collect();
            (automaton.states[at].literals, automaton.states[at].other) = (literals, other);
            at += 1;
        }
        Ok(automaton)
    }

    fn state(&mut self, tree: &Tree<'p>, set: Set) -> usize {
        let next = self.states.len();
        let index = *self.known.entry(set.clone()).or_insert(next);
        if index == next {
            let rule = set.places.iter().filter_map(|&place| tree.0[place].end).chain(set.rest).min();
            self.states.push(State { set, literals: Vec::new(), other: 0, rule });
        }
        index
    }
}
