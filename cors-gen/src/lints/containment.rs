//! Path patterns come in; for any pattern, which others match every path that it matches goes out.

use std::collections::HashMap;

use crate::policy::Rule;

/// The patterns of a file, by their segments.
pub(super) struct Patterns<'p> {
    nodes: Vec<Node<'p>>,
}

#[derive(Default)]
struct Node<'p> {
    children: HashMap<&'p str, usize>,
    /// The rule whose pattern ends here.
    rule: Option<usize>,
}

impl<'p> Patterns<'p> {
    pub(super) fn new(rules: &'p [Rule<'_>]) -> Self {
        let mut patterns = Self { nodes: vec![Node::default()] };
        for (index, rule) in rules.iter().enumerate() {
            let end = segments(&rule.pattern.value).fold(0, |at, segment| patterns.child(at, segment));
            patterns.nodes[end].rule = Some(index);
        }
        patterns
    }

    fn child(&mut self, at: usize, segment: &'p str) -> usize {
        let next = self.nodes.len();
        let child = *self.nodes[at].children.entry(segment).or_insert(next);
        if child == next {
            self.nodes.push(Node::default());
        }
        child
    }

    /// The rules whose patterns match every path that this pattern matches, itself included. Every step spends from the budget: many patterns
    /// with `*` inside could otherwise make it long.
    pub(super) fn containing(&self, pattern: &str, budget: &mut usize) -> Vec<usize> {
        let mut found = Vec::new();
        let mut here = vec![0];
        for segment in segments(pattern) {
            let mut next = Vec::new();
            for &at in &here {
                let children = &self.nodes[at].children;
                found.extend(children.get("**").and_then(|&rest| self.nodes[rest].rule));
                if segment != "**" {
                    next.extend(children.get("*"));
                    next.extend(children.get(segment).filter(|_| segment != "*"));
                }
            }
            *budget = budget.saturating_sub(next.len() + 1);
            here = if *budget == 0 { Vec::new() } else { next };
        }
        for at in here {
            found.extend(self.nodes[at].rule);
            found.extend(self.nodes[at].children.get("**").and_then(|&rest| self.nodes[rest].rule));
        }
        found
    }
}

fn segments(pattern: &str) -> impl Iterator<Item = &str> {
    pattern.split('/').skip(1)
}
