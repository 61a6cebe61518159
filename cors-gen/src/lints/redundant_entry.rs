//! Policies come in; origins, methods and headers that another entry covers go out.

use std::collections::HashMap;

use super::cover::{Cover, MOST_REGEXES};
use super::{DefaultLevel, Findings, Lint, finding};
use crate::diagnostic::Diagnostic;
use crate::policy::{Entry, List, Matcher, Origins, Policy, PolicySet};
use crate::span::Span;

pub(super) static LINT: Lint = Lint {
    name: "redundant-entry",
    default: DefaultLevel::Warn,
    summary: "an entry that another one covers: an origin, a method or a header",
    why: "An entry that changes nothing misleads whoever edits the list later: he removes `https://old.example.com`, and `https://*.example.com` goes \
          on allowing it. A repeated entry, an origin that a wildcard or a regex of the same policy matches, a narrower wildcard, a name beside \
          `\"*\"`: all of them can go. An origin is covered only by an entry that exists in every profile in which it exists itself, and \
          `Authorization` is never covered by `\"*\"`. An entry of a set is judged by the other entries of that set, since the set may stand elsewhere \
          too. Allowing it is right where the entry documents something, and a comment would be lost.",
    bad: "\
version: 1
policies:
  api:
    allow_origins: [https://*.example.com, https://app.example.com]
tests:
  - { name: the app can read, allow: [https://app.example.com] }
",
    good: "\
version: 1
policies:
  api:
    allow_origins: [https://*.example.com]
tests:
  - { name: the app can read, allow: [https://app.example.com] }
",
    check,
};

fn check(set: &PolicySet<'_>, findings: &mut Findings) {
    for (index, policy) in set.policies.iter().enumerate() {
        let entries = policy.origins.entries();
        repeated(&policy.origins, |finding| findings.in_policy(index, finding));
        repeated_sets(set, policy, |finding| findings.in_policy(index, finding));
        repeated_regexes(entries, |finding| findings.in_policy(index, finding));
        covered(entries, |finding| findings.in_policy(index, finding));
        words(&policy.methods, str::to_owned, |_| true, |finding| findings.in_policy(index, finding));
        words(&policy.headers, str::to_ascii_lowercase, |name| name != "authorization", |finding| findings.in_policy(index, finding));
        words(&policy.expose, str::to_ascii_lowercase, |_| true, |finding| findings.in_policy(index, finding));
    }
}

fn repeated(origins: &Origins<'_>, mut report: impl FnMut(Diagnostic)) {
    let entries = origins.entries();
    let mut seen: HashMap<&str, &Entry<'_>> = HashMap::new();
    for entry in origins.maybe_repeated().into_iter().map(|index| &entries[index]) {
        let Some(origin) = entry.origin() else { continue };
        let first = seen.entry(origin.as_str()).or_insert(entry);
        let text = || format!("`{}`", origin.as_str());
        if makes_redundant(first, entry) {
            report(twice(entry.span, text(), first.span));
        } else if makes_redundant(entry, first) {
            report(twice(first.span, text(), entry.span));
            *first = entry;
        }
    }
}

/// Sets of which a use allows all that another use in the same policy does.
fn repeated_sets(set: &PolicySet<'_>, policy: &Policy<'_>, mut report: impl FnMut(Diagnostic)) {
    // The entries of one use stand together, in the order of the set.
    let uses = policy.origins.entries().chunk_by(|entry, next| entry.set == next.set && entry.span < next.span);
    let mut seen: HashMap<u32, &[Entry<'_>]> = HashMap::new();
    for used in uses {
        let Some(index) = used.first().and_then(|entry| entry.set) else { continue };
        let first = seen.entry(index).or_insert(used);
        if !std::ptr::eq(*first, used) && (is_within(used, first) || is_within(first, used)) {
            let (name, declared) = (&policy.name, &set.sets[index as usize].name);
            let message = format!("the policy `{}` takes in the origin set `{}` twice", name.value, declared.value);
            report(
                redundant(name.span, message)
                    .label("in this policy")
                    .related(declared.span, "this set")
                    .help("remove one of the two, or give them different `profiles`"),
            );
        }
    }
}

/// Whether one use of a set adds nothing to another.
fn is_within(narrow: &[Entry<'_>], wide: &[Entry<'_>]) -> bool {
    let same = |entry: &Entry<'_>| wide.binary_search_by_key(&entry.span, |other| other.span).ok().map(|at| &wide[at]);
    narrow.iter().all(|entry| same(entry).is_some_and(|other| exists_wherever(other, entry)))
}

fn repeated_regexes(entries: &[Entry<'_>], mut report: impl FnMut(Diagnostic)) {
    let regexes = entries.iter().filter_map(|entry| match &entry.matcher {
        Matcher::Regex(regex) => Some((entry, regex)),
        Matcher::Origin(_) => None,
    });
    let regexes: Vec<_> = regexes.take(MOST_REGEXES).collect();
    for (at, (entry, regex)) in regexes.iter().enumerate() {
        if let Some((first, _)) = regexes[..at].iter().find(|(first, other)| regex == other && makes_redundant(first, entry)) {
            report(twice(entry.span, "this regex".to_owned(), first.span));
        }
    }
}

fn covered(entries: &[Entry<'_>], mut report: impl FnMut(Diagnostic)) {
    let cover = Cover::new(entries);
    if cover.is_empty() {
        return;
    }
    for entry in entries {
        let Some(origin) = entry.origin() else { continue };
        let wider = |other: &Entry<'_>| other.origin() != Some(origin) && makes_redundant(other, entry);
        let Some(covering) = cover.covering(origin, wider) else { continue };
        let message = match covering.origin() {
            Some(wider) => format!("`{}` is covered by `{}`", origin.as_str(), wider.as_str()),
            None => format!("`{}` is covered by a regex", origin.as_str()),
        };
        report(redundant(entry.span, message).related(covering.span, "this allows it as well"));
    }
}

/// Whether `covered` can go if `covering` allows all that it does: they exist in the same profiles, and no other policy needs it.
fn makes_redundant(covering: &Entry<'_>, covered: &Entry<'_>) -> bool {
    exists_wherever(covering, covered) && covering.span != covered.span && (covered.set.is_none() || covered.set == covering.set)
}

/// Whether `covering` exists in every profile in which `covered` does.
fn exists_wherever(covering: &Entry<'_>, covered: &Entry<'_>) -> bool {
    covering.profiles.is_empty() || (!covered.profiles.is_empty() && covered.profiles.iter().all(|profile| covering.profiles.contains(profile)))
}

/// Names that repeat another one, as `same` compares them, or that `*` covers.
fn words(list: &List<'_>, same: impl Fn(&str) -> String, coverable: impl Fn(&str) -> bool, mut report: impl FnMut(Diagnostic)) {
    let mut seen: HashMap<String, Span> = HashMap::new();
    for name in list.names.iter().filter(|_| list.written) {
        let key = same(&name.value);
        match (list.any, seen.get(&key)) {
            (_, Some(first)) => report(twice(name.span, format!("`{}`", name.value), *first)),
            (Some(any), None) if coverable(&key) => {
                report(redundant(name.span, format!("`{}` is covered by `\"*\"`", name.value)).related(any, "this allows it as well"))
            }
            _ => {}
        }
        seen.entry(key).or_insert(name.span);
    }
}

fn twice(span: Span, what: String, first: Span) -> Diagnostic {
    redundant(span, format!("{what} is listed twice")).related(first, "also here")
}

fn redundant(span: Span, message: String) -> Diagnostic {
    finding(span, message)
        .label("changes nothing")
        .reason("an entry that changes nothing misleads: to remove it would not take the permission away")
        .help("remove it, or the other one, if that is wider than meant")
}
