//! Lists of origins come in, one regex for each goes out.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Diagnostic;
use crate::policy::{Entry, Matcher, PolicySet};
use crate::span::Span;
use crate::targets::{pattern, pcre, re2, refuse};

/// Refuses every regex that Caddy cannot compile.
pub(super) fn refuse_untaken(set: &PolicySet<'_>, refusals: &mut Vec<Diagnostic>) {
    refusals.extend(set.regexes().filter(|(_, regex)| !re2::takes(regex)).map(|(span, _)| repeats_too_often(span)));
}

/// One regex for all origins of a list. Go shares the beginnings of neighbours, hence the order; wildcards that begin alike (`https://*.`) are put
/// together here, because it does not see that of repetitions.
pub(super) fn regex(entries: &[Entry<'_>]) -> String {
    let mut tails: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for entry in entries {
        let (head, tail) = match &entry.matcher {
            Matcher::Origin(origin) => match origin.pattern() {
                None => (String::new(), pattern::literal(origin.as_str())),
                Some(wildcard) => pattern::halves(&wildcard),
            },
            Matcher::Regex(regex) => (String::new(), pcre::to_pcre(regex)),
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
