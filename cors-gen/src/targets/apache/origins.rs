//! The lists of policies come in; expressions that compare an origin with them go out. Policies with the same list share one.

use std::collections::HashMap;

use cors_decision::{Origins, hash};
use minijinja::{Value, context};

use super::{answers, check_length, in_quotes, matches};
use crate::diagnostic::Diagnostic;
use crate::policy::{Matcher, Policy};
use crate::targets::values::Policies;
use crate::targets::{DIGEST, pattern, pcre, safe};

/// So many origins are compared one by one, at the leaves of a tree.
const LEAF: usize = 8;
/// So many are in one tree: a line of Apache's configuration is 16 MB at most, and an origin of 326 bytes stands in it twice at worst.
const TREE: usize = 20_000;

/// The lists in the words of the template.
pub(super) fn lists(policies: &Policies<'_, '_>, refusals: &mut Vec<Diagnostic>) -> Vec<Value> {
    let mut lists: Vec<OriginList<'_>> = Vec::new();
    let mut known: HashMap<u64, usize> = HashMap::new();
    for &(policy, lowered) in policies {
        if matches!(lowered.origins, Origins::Any) {
            continue;
        }
        let list = OriginList::new(policy, refusals);
        let hash = list.hash();
        match known.get(&hash).and_then(|&index| lists.get_mut(index)).filter(|known| known.exact == list.exact && known.regexes == list.regexes) {
            Some(known) => known.policies.extend(list.policies),
            None => {
                known.insert(hash, lists.len());
                lists.push(list);
            }
        }
    }
    lists.into_iter().enumerate().map(|(index, list)| list.view(&(index + 1).to_string())).collect()
}

struct OriginList<'p> {
    policies: Vec<&'p str>,
    /// In the order of their bytes, each once.
    exact: Vec<&'p str>,
    /// Without anchors.
    regexes: Vec<String>,
}

impl<'p> OriginList<'p> {
    fn new(policy: &'p Policy<'p>, refusals: &mut Vec<Diagnostic>) -> Self {
        let (mut exact, mut regexes) = (Vec::new(), Vec::new());
        for entry in policy.origins.entries() {
            let regex = match &entry.matcher {
                Matcher::Origin(origin) => match origin.pattern() {
                    None => {
                        exact.push(origin.as_str());
                        continue;
                    }
                    Some(wildcard) => Some(pattern::origin(&wildcard)),
                },
                Matcher::Regex(regex) => pcre::in_bounded_time(regex, "Apache", entry.span, refusals),
            };
            if let Some(regex) = regex {
                check_length(entry.span, &regex, "regex", refusals);
                regexes.push(regex);
            }
        }
        exact.sort_unstable();
        exact.dedup();
        Self { policies: vec![&policy.name.value], exact, regexes }
    }

    fn hash(&self) -> u64 {
        let exact = self.exact.iter().fold(0, |seed, origin| hash(seed, origin.as_bytes()));
        self.regexes.iter().fold(!exact, |seed, regex| hash(seed, regex.as_bytes()))
    }

    fn view(&self, number: &str) -> Value {
        let is_list = format!("reqenv('cors_{DIGEST}_list') == '{number}'");
        let regex = |regex: &String| safe(in_quotes(&format!("{is_list} && {}", matches("asking", &format!("^({regex})$")))));
        let trees = self.exact.chunks(TREE).map(|origins| {
            let mut text = String::with_capacity(origins.iter().map(|origin| origin.len() + 40).sum());
            tree(origins, &mut text);
            safe(text)
        });
        context! {
            number => safe(number),
            title => safe(self.policies.join(", ")),
            policies => answers(&[""], &self.policies),
            trees => trees.collect::<Vec<_>>(),
            regexes => self.regexes.iter().map(regex).collect::<Vec<_>>(),
        }
    }
}

/// Writes the expression that the origin that asks is one of these, which are sorted: each comparison halves them. No origin holds a quote, a
/// backslash, a dollar or a percent sign.
fn tree(origins: &[&str], text: &mut String) {
    let asking = format!("reqenv('cors_{DIGEST}_asking')");
    if origins.len() <= LEAF {
        text.push_str(&format!("{asking} -in {{'{}'}}", origins.join("', \\\n  '")));
        return;
    }
    let (below, above) = origins.split_at(origins.len() / 2);
    let first = above[0];
    text.push_str(&format!("({asking} < '{first}' && ("));
    tree(below, text);
    text.push_str(&format!(")) \\\n|| ({asking} >= '{first}' && ("));
    tree(above, text);
    text.push_str("))");
}
