//! The lists of policies come in; expressions that compare an origin with them go out. Policies with the same list share one.

use minijinja::{Value, context};

use super::{answers, check_length, in_quotes, matches};
use crate::diagnostic::Diagnostic;
use crate::policy::PolicySet;
use crate::targets::lists::{OriginList, OriginLists};
use crate::targets::{DIGEST, safe};

/// So many origins are compared one by one, at the leaves of a tree.
const LEAF: usize = 8;
/// So many are in one tree: a line of Apache's configuration is 16 MB at most, and an origin of 326 bytes stands in it twice at worst.
const TREE: usize = 20_000;

/// The lists in the words of the template.
pub(super) fn lists(set: &PolicySet<'_>, refusals: &mut Vec<Diagnostic>) -> Vec<Value> {
    let lists = OriginLists::new(set).lists;
    lists.iter().enumerate().map(|(index, list)| view(list, &(index + 1).to_string(), refusals)).collect()
}

fn view(list: &OriginList<'_>, number: &str, refusals: &mut Vec<Diagnostic>) -> Value {
    let is_list = format!("reqenv('cors_{DIGEST}_list') == '{number}'");
    let regexes: Vec<Value> = list
        .patterns()
        .map(|(span, regex)| {
            check_length(span, &regex, "regex", refusals);
            safe(in_quotes(&format!("{is_list} && {}", matches("asking", &format!("^({regex})$")))))
        })
        .collect();
    let mut exact: Vec<&str> = list.exact().collect();
    exact.sort_unstable();
    exact.dedup();
    let trees = exact.chunks(TREE).map(|origins| {
        let mut text = String::with_capacity(origins.iter().map(|origin| origin.len() + 40).sum());
        tree(origins, &mut text);
        safe(text)
    });
    context! {
        number => safe(number),
        title => safe(list.policies.join(", ")),
        policies => answers(&[""], &list.policies),
        trees => trees.collect::<Vec<_>>(),
        regexes,
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
