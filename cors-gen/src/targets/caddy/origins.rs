//! Lists of origins come in, one regex for each goes out.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use cors_decision::hash;

use crate::diagnostic::Diagnostic;
use crate::policy::{Entry, Matcher, Policy};
use crate::span::Span;
use crate::targets::{pattern, pcre, re2, refuse};

/// The lists of origins: policies with the same list share one.
#[derive(Default)]
pub(super) struct OriginLists {
    pub(super) lists: Vec<OriginList>,
    /// The index of each list, by the hash of its regex.
    known: HashMap<u64, usize>,
}

pub(super) struct OriginList {
    pub(super) regex: String,
    /// Their names.
    pub(super) policies: Vec<String>,
}

impl OriginLists {
    /// Takes in the list of a policy, or what Caddy cannot say of it.
    pub(super) fn add(&mut self, policy: &Policy<'_>, refusals: &mut Vec<Diagnostic>) {
        let regex = origins(policy.origins.entries(), refusals);
        let hash = hash(0, regex.as_bytes());
        let name = policy.name.value.clone().into_owned();
        match self.known.get(&hash).and_then(|&index| self.lists.get_mut(index)).filter(|list| list.regex == regex) {
            Some(list) => list.policies.push(name),
            None => {
                self.known.insert(hash, self.lists.len());
                self.lists.push(OriginList { regex, policies: vec![name] });
            }
        }
    }
}

/// One regex for all origins of a list. Go shares the beginnings of neighbours, hence the order; wildcards that begin alike (`https://*.`) are put
/// together here, because it does not see that of repetitions.
fn origins(entries: &[Entry<'_>], refusals: &mut Vec<Diagnostic>) -> String {
    let mut tails: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for entry in entries {
        let (head, tail) = match &entry.matcher {
            Matcher::Origin(origin) => match origin.pattern() {
                None => (String::new(), pattern::literal(origin.as_str())),
                Some(wildcard) => pattern::halves(&wildcard),
            },
            Matcher::Regex(regex) => {
                if !re2::takes(regex) {
                    refusals.push(repeats_too_often(entry.span));
                }
                (String::new(), pcre::to_pcre(regex))
            }
        };
        tails.entry(head).or_default().insert(tail);
    }
    let alternatives: Vec<String> = tails
        .into_iter()
        .map(|(head, tails)| {
            let count = tails.len();
            let tails = tails.into_iter().collect::<Vec<_>>().join("|");
            if head.is_empty() || count == 1 { head + &tails } else { format!("{head}(?:{tails})") }
        })
        .collect();
    format!("^(?:{})$", alternatives.join("|"))
}

fn repeats_too_often(span: Span) -> Diagnostic {
    refuse(span, "Caddy cannot compile this regex")
        .reason("a regex of Caddy repeats a part at most 1,000 times, repetitions inside repetitions multiplied")
        .help("no origin is that long: write `+` or `*` in place of the large count")
}
