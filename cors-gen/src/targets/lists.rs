//! Policies come in; their lists of origins go out, each once, however many policies share it.

use std::collections::HashMap;

use cors_decision::hash;
use minijinja::Value;

use super::pattern::{self, Text};
use super::{pcre, safe};
use crate::policy::{Entry, Matcher, Origins, Policy, PolicySet};
use crate::span::Span;

/// The lists of a set, in the order of the policies that have them first.
pub(super) struct OriginLists<'p> {
    pub(super) lists: Vec<OriginList<'p>>,
    /// For each policy the index of its list; nothing where any origin is allowed.
    pub(super) of_policies: Vec<Option<usize>>,
}

/// A list, and who has it.
pub(super) struct OriginList<'p> {
    /// As the first of the policies has it.
    pub(super) origins: &'p Origins<'p>,
    /// The names of the policies.
    pub(super) policies: Vec<&'p str>,
    /// What tells it from others, nearly always.
    pub(super) hash: u64,
}

impl<'p> OriginLists<'p> {
    pub(super) fn new(set: &'p PolicySet<'p>) -> Self {
        let mut lists: Vec<OriginList<'p>> = Vec::new();
        // By their hash, so that eight megabytes are compared only with their like.
        let mut known: HashMap<u64, Vec<usize>> = HashMap::new();
        let mut index = |policy: &'p Policy<'p>| {
            let list = OriginList::new(policy);
            let alike = known.entry(list.hash).or_default();
            if let Some(&index) = alike.iter().find(|&&index| is_same(lists[index].origins.entries(), list.origins.entries())) {
                lists[index].policies.extend(list.policies);
                return index;
            }
            alike.push(lists.len());
            lists.push(list);
            lists.len() - 1
        };
        let of_policies = set.policies.iter().map(|policy| matches!(policy.origins, Origins::Listed(_)).then(|| index(policy))).collect();
        Self { lists, of_policies }
    }
}

impl<'p> OriginList<'p> {
    /// The list of one policy.
    pub(super) fn new(policy: &'p Policy<'p>) -> Self {
        Self { origins: &policy.origins, policies: vec![&policy.name.value], hash: hash_of(policy.origins.entries()) }
    }

    /// The exact origins.
    pub(super) fn exact(&self) -> impl Iterator<Item = &'p str> {
        self.origins.entries().iter().filter_map(Entry::exact)
    }

    /// For each entry that stands for many origins where it is written, and what matches the whole of each.
    pub(super) fn patterns(&self) -> impl Iterator<Item = (Span, String)> {
        self.origins.entries().iter().filter_map(|entry| match pattern::entry(entry) {
            Text::Exact(_) => None,
            Text::Regex(regex) => Some((entry.span, regex)),
        })
    }
}

/// An array as Python and JavaScript write it, behind so much of a line: each item stands on a line of its own, with a comma behind it. A hundred
/// thousand items are written here and not by a template.
pub(super) fn array(margin: &str, indent: &str, items: impl Iterator<Item = String>) -> Value {
    let mut text = String::from("[");
    for item in items {
        [if text == "[" { "\n" } else { "" }, margin, indent, &item, ",\n"].into_iter().for_each(|part| text.push_str(part));
    }
    if text != "[" {
        text.push_str(margin);
    }
    safe(text + "]")
}

fn hash_of(entries: &[Entry<'_>]) -> u64 {
    entries.iter().fold(0, |seed, entry| match &entry.matcher {
        Matcher::Origin(origin) => hash(seed, origin.as_str().as_bytes()),
        Matcher::Regex(regex) => hash(!seed, pcre::to_pcre(regex).as_bytes()),
    })
}

fn is_same(one: &[Entry<'_>], other: &[Entry<'_>]) -> bool {
    let is_same = |(one, other): (&Entry<'_>, &Entry<'_>)| match (&one.matcher, &other.matcher) {
        (Matcher::Origin(one), Matcher::Origin(other)) => one.as_str() == other.as_str(),
        (Matcher::Regex(one), Matcher::Regex(other)) => one.hir() == other.hir(),
        _ => false,
    };
    std::ptr::eq(one, other) || (one.len() == other.len() && one.iter().zip(other).all(is_same))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile::{Options, compile};
    use crate::span::Source;

    #[test]
    fn policies_with_the_same_origins_share_a_list() {
        let yaml = "version: 1\npolicies:\n  one: { paths: [/1], allow_origins: [https://a.example, 'https://*.b.example', { regex: 'https://c[0-9]' }] }\n  \
                    two: { paths: [/2], allow_origins: '*' }\n  \
                    three: { paths: [/3], allow_origins: [https://a.example] }\n  \
                    four: { paths: [/4], allow_origins: [https://a.example, 'https://*.b.example', { regex: 'https://c\\d' }] }\n";
        let source = Source::new("cors.yaml", yaml);
        let compilation = compile(&source, &Options::default());
        let set = compilation.policies.as_ref().unwrap_or_else(|| panic!("{:#?}", compilation.diagnostics));
        let OriginLists { lists, of_policies } = OriginLists::new(set);
        assert_eq!(of_policies, [Some(0), None, Some(1), Some(0)]);
        assert_eq!(lists.iter().map(|list| &list.policies[..]).collect::<Vec<_>>(), [&["one", "four"][..], &["three"]]);
        assert_eq!(lists[0].exact().collect::<Vec<_>>(), ["https://a.example"]);
        let patterns: Vec<String> = lists[0].patterns().map(|(_, regex)| regex).collect();
        assert_eq!(patterns, [r"https://(?:[a-z0-9_-]{1,63}\.)+b\.example", "https://c[0-9]"]);
    }

    #[test]
    fn an_array_is_closed_where_its_line_begins() {
        let array = |items: &[&str]| array("  ", "    ", items.iter().map(ToString::to_string)).to_string();
        assert_eq!((array(&[]), array(&["1", "2"])), ("[]".to_owned(), "[\n      1,\n      2,\n  ]".to_owned()));
    }
}
