//! Lists of origins come in; sets and regular expressions of JavaScript go out.

use std::collections::HashMap;
use std::fmt::Write as _;

use minijinja::{Value, context};

use super::{regex_literal, string};
use crate::diagnostic::Diagnostic;
use crate::policy::{Entry, Matcher};
use crate::targets::{pattern, pcre, safe};

/// The lists, each once.
#[derive(Default)]
pub(super) struct OriginLists {
    lists: Vec<OriginList>,
    known: HashMap<OriginList, usize>,
}

/// Each item on a line of its own: a hundred thousand of them are written here and not by the template.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
struct OriginList {
    exact: String,
    patterns: String,
}

impl OriginLists {
    /// The index of a list, or what JavaScript cannot say of it.
    pub(super) fn add(&mut self, entries: &[Entry<'_>], refusals: &mut Vec<Diagnostic>) -> usize {
        let list = OriginList::new(entries, refusals);
        if let Some(&index) = self.known.get(&list) {
            return index;
        }
        let index = self.lists.len();
        self.known.insert(list.clone(), index);
        self.lists.push(list);
        index
    }

    pub(super) fn views(self) -> Vec<Value> {
        self.lists.into_iter().map(|list| context! { exact => array(&list.exact), patterns => array(&list.patterns) }).collect()
    }
}

impl OriginList {
    fn new(entries: &[Entry<'_>], refusals: &mut Vec<Diagnostic>) -> Self {
        let mut list = Self::default();
        for entry in entries {
            // Writing to a string cannot fail.
            let _ = match &entry.matcher {
                Matcher::Origin(origin) => match origin.pattern() {
                    None => writeln!(list.exact, "      {},", string(origin.as_str())),
                    Some(wildcard) => writeln!(list.patterns, "      {},", whole(&pattern::origin(&wildcard))),
                },
                Matcher::Regex(regex) => match pcre::in_bounded_time(regex, "JavaScript", entry.span, refusals) {
                    Some(text) => writeln!(list.patterns, "      {},", whole(&text)),
                    None => Ok(()),
                },
            };
        }
        list
    }
}

fn array(lines: &str) -> Value {
    safe(if lines.is_empty() { "[]".to_owned() } else { format!("[\n{lines}    ]") })
}

/// A literal that matches the whole of an origin.
fn whole(regex: &str) -> String {
    regex_literal(&format!("^{regex}$"))
}
