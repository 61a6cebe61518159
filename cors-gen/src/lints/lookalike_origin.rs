//! Policies come in; origins whose registrable domain imitates another one's go out.

use std::collections::{HashMap, HashSet};

use super::confusable::{self, decoded, oddity};
use super::{DefaultLevel, Findings, Lint, finding, meant};
use crate::diagnostic::Diagnostic;
use crate::domain;
use crate::policy::{Entry, PolicySet};
use crate::repeated;
use crate::span::Span;

pub(super) static LINT: Lint = Lint {
    name: "lookalike-origin",
    default: DefaultLevel::Warn,
    summary: "an origin whose registrable domain is another one's but for confusable characters",
    why: "Two domains of one file that a reader takes for one another, `example.com` and `examp1e.com`, `exarnple.com`, or `xn--exmple-4nf.com` with a \
          Cyrillic letter, are a slip of the finger or a forgery that somebody slipped into a review. Either way a stranger may own the second one, \
          and the policy trusts it. Only registrable domains are compared, and only characters that honest names hardly ever differ in. Allowing it is \
          right if both are yours: registered against forgers, say.",
    bad: "\
version: 1
policies:
  api:
    allow_origins: [https://app.example.com, https://shop.examp1e.com]
tests:
  - { name: the app can read, allow: [https://app.example.com] }
",
    good: "\
version: 1
policies:
  api:
    allow_origins: [https://app.example.com, https://shop.example.com]
tests:
  - { name: the app can read, allow: [https://app.example.com, https://shop.example.com] }
",
    check,
};

/// A registrable domain and the first entry it stands in.
type Seen<'p> = (&'p str, Span);

fn check(set: &PolicySet<'_>, findings: &mut Findings) {
    let imitations = imitations(set);
    if imitations.is_empty() {
        return;
    }
    let mut said = HashSet::new();
    for (index, policy) in set.policies.iter().enumerate() {
        for entry in policy.origins.entries() {
            let Some(domain) = registrable(entry) else { continue };
            if let Some(&original) = imitations.get(domain)
                && said.insert((index, domain))
            {
                findings.in_policy(index, explain(entry, domain, original));
            }
        }
    }
}

/// The domains that look like another one of the file, each with that one.
fn imitations<'p>(set: &'p PolicySet<'_>) -> HashMap<&'p str, Seen<'p>> {
    let suspects = suspects(set);
    let mut skeletons: Vec<(Vec<u8>, Seen<'_>)> = Vec::new();
    for &seen in &suspects {
        skeletons.extend(confusable::skeletons(seen.0).map(|skeleton| (skeleton, seen)));
    }
    // Stable: of domains that are equally odd, the first of the file is the original.
    skeletons.sort_by(|(one, _), (other, _)| one.cmp(other));
    let mut imitations = HashMap::new();
    for group in skeletons.chunk_by(|one, other| one.0 == other.0) {
        let Some(&(_, original)) = group.iter().min_by_key(|(_, (domain, _))| oddity(domain)) else { continue };
        for (_, (domain, _)) in group.iter().filter(|(_, (domain, _))| *domain != original.0) {
            imitations.entry(*domain).or_insert(original);
        }
    }
    imitations
}

/// The domains that have their fingerprint in common with another one: none or few, unless somebody made them so.
fn suspects<'p>(set: &'p PolicySet<'_>) -> Vec<Seen<'p>> {
    let entries = set.policies.iter().flat_map(|policy| policy.origins.entries());
    let seen: Vec<Seen<'p>> = entries.filter_map(|entry| Some((registrable(entry)?, entry.span))).collect();
    let prints: Vec<u64> = seen.iter().map(|(domain, _)| confusable::fingerprint(domain)).collect();
    let mut repeated: Vec<(u64, usize)> = repeated::candidates(&prints).into_iter().map(|index| (prints[index], index)).collect();
    repeated.sort_unstable();
    let groups = repeated.chunk_by(|one, other| one.0 == other.0);
    let various = groups.filter(|group| group.iter().any(|&(_, index)| seen[index].0 != seen[group[0].1].0));
    various.flatten().map(|&(_, index)| seen[index]).collect()
}

fn registrable<'e>(entry: &'e Entry<'_>) -> Option<&'e str> {
    domain::registrable(entry.origin()?.host()).filter(|domain| !domain.contains('*'))
}

fn explain(entry: &Entry<'_>, domain: &str, (original, place): Seen<'_>) -> Diagnostic {
    let shown = decoded(domain).map(|shown| format!(", shown as `{shown}`,")).unwrap_or_default();
    let better = entry.origin().map(|origin| origin.as_str().replace(domain, original)).unwrap_or_default();
    finding(entry.span, format!("`{domain}`{shown} looks like `{original}`"))
        .label("a look-alike")
        .related(place, "of this one")
        .reason("it is a slip, or a stranger's domain that was made to be overlooked, and this policy trusts it")
        .help(format!("write `{better}`; if both are yours, say so: {}", meant(LINT.name, "registered against forgers")))
}
