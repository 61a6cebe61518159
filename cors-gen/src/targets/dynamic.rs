//! Origins and lists of a policy come in, the words of Traefik's dynamic configuration go out, and a refusal for what it has no words for.
//!
//! A list of origins is compared value by value, while a regex of Go walks an origin once, however many alternatives it holds: a long list is one regex.

use std::collections::{BTreeMap, BTreeSet};

use super::object::{self, Reader};
use super::{Limit, pattern, pcre};
use crate::policy::{Entry, List, Matcher, Policy};
use crate::regex::Regex;

pub(super) const NO_ECHO: Limit = Limit {
    topic: "any method or header, with credentials",
    refused: true,
    text: "Traefik answers `*`, which means nothing to a request with credentials. List the methods and the headers.",
};
pub(super) const UNBOUNDED: Limit = Limit {
    topic: "regexes without a bound",
    refused: true,
    text: "Traefik matches an `Origin` of any length. A `regex:` that could match more than 326 bytes, which no origin has, or none, is refused: write `{1,63}` in place of `+`.",
};
pub(super) const LABELS: Limit = Limit {
    topic: "`*.` before many labels",
    refused: false,
    text: "For the same reason it stands for 1 to 4 labels of any length, for up to 8 of at most 31 characters, or for up to 16 of at most 15, and for fewer where the rest of the \
           origin is longer than 60 characters. A `*` inside a label stands for at most 63 characters. Everything beyond is kept out.",
};
pub(super) const SEVERAL_ORIGINS: Limit = Limit { topic: "several `Origin` lines", refused: false, text: "The first counts. No browser sends several." };
pub(super) const SEVERAL_VARY: Limit = Limit {
    topic: "several `Vary` lines of a service",
    refused: false,
    text: "Traefik adds `Origin` to the first and drops the others, unless the policy is for any origin. A service whose responses are cached has to say `Vary` on one line.",
};

/// So many exact origins are compared as fast as a regex is asked.
const LONGEST_LIST: usize = 100;
/// So many wildcards share a regex: Go refuses one that it takes for too large, and counts what is repeated.
const MOST_TAILS: usize = 1_000;

/// The origins of a policy.
#[derive(Default)]
pub(super) struct Listed {
    pub(super) exact: Vec<String>,
    /// Each for a whole value. Go's `$` is the very end.
    pub(super) regexes: Vec<String>,
}

/// Puts entries into the words of Traefik, which looks at an `Origin` of any length; what has no bound is refused.
pub(super) fn listed(reader: &mut Reader, entries: &[Entry<'_>]) -> Listed {
    let mut exact = BTreeSet::new();
    let mut tails: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut own = Vec::new();
    for entry in entries {
        match &entry.matcher {
            Matcher::Origin(origin) => match origin.pattern() {
                None => {
                    exact.insert(origin.as_str().to_owned());
                }
                Some(wildcard) => {
                    let (head, tail) = pattern::bounded_halves(&wildcard);
                    tails.entry(head).or_default().insert(tail);
                }
            },
            // One that is bounded so is also one that Go takes: it repeats a part at most 1,000 times.
            Matcher::Regex(regex) if is_bounded(regex) => own.push(format!("^(?:{})$", pcre::to_pcre(regex))),
            Matcher::Regex(_) => reader.refuse(
                entry.span,
                "needs a bound for this regex",
                "it tries regexes on an `Origin` of any length, an empty one among them, and this one may match more than the 326 bytes of an origin, or none",
                "say how long each part may be: `{1,63}` in place of `+`, as no label of a host is longer",
            ),
        }
    }
    let mut regexes = Vec::new();
    if exact.len() > LONGEST_LIST {
        regexes.push(alternatives("", exact.iter().map(|origin| pattern::literal(origin))));
        exact.clear();
    }
    for (head, tails) in &tails {
        let tails: Vec<&String> = tails.iter().collect();
        regexes.extend(tails.chunks(MOST_TAILS).map(|tails| alternatives(head, tails.iter().map(ToString::to_string))));
    }
    regexes.extend(own);
    Listed { exact: exact.into_iter().collect(), regexes }
}

/// Whether it matches nothing empty, and nothing longer than an origin.
fn is_bounded(regex: &Regex) -> bool {
    let properties = regex.hir().properties();
    let longest = properties.maximum_len();
    properties.minimum_len() >= Some(1) && longest.is_some_and(|longest| longest <= cors_decision::MAX_ORIGIN_LEN)
}

fn alternatives(head: &str, tails: impl Iterator<Item = String>) -> String {
    let tails: Vec<String> = tails.collect();
    match &tails[..] {
        [only] => format!("^{head}{only}$"),
        _ => format!("^{head}(?:{})$", tails.join("|")),
    }
}

/// "Any" is said by the names that were asked for where there are credentials, and Traefik repeats nothing.
pub(super) fn refuse_echoes(reader: &mut Reader, policy: &Policy<'_>) {
    let mut refuse = |list: &List<'_>, what: &str| {
        if let Some(any) = list.any.filter(|_| policy.credentials.value) {
            let message = format!("cannot allow any {what} with credentials");
            reader.refuse(any, &message, "it answers `*`, which means nothing to a request with credentials", &format!("list the {what}s"));
        }
    };
    refuse(&policy.methods, "method");
    refuse(&policy.headers, "header");
}

/// A value in double quotes. Two braces would begin a template, which Traefik fills in before it reads the YAML.
pub(super) fn quote(text: &str) -> Result<String, String> {
    Ok(object::quote(text)?.replace("{{", r"{\u007b"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_value_leaves_its_quotes_or_begins_a_template() {
        for text in ["a\"b", "a\\", "{{ env `HOME` }}", "{{{", "# {{{{", "a\nb: c", "&'%${x}", "\u{e9}"] {
            let quoted = super::quote(text).expect("any text can be quoted");
            assert!(!quoted.contains("{{") && !quoted.contains('\n'), "{quoted}");
            assert_eq!(serde_json::from_str::<String>(&quoted).ok().as_deref(), Some(text));
        }
    }
}
