//! Policies come in; origins whose registrable domain imitates another one's go out.

use std::collections::{HashMap, HashSet};

use super::confusable::{self, alike, decoded, oddity};
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
    let mut imitations = HashMap::new();
    let seen = seen(set);
    let mut fingerprints = repeated_fingerprints(&seen);
    fingerprints.sort_unstable();
    for group in fingerprints.chunk_by(|one, other| one.0 == other.0) {
        let domains = || group.iter().map(|&(_, index)| seen[index as usize]);
        if domains().all(|(domain, _)| domain == seen[group[0].1 as usize].0) {
            continue;
        }
        let Some(original) = domains().min_by_key(|(domain, _)| oddity(domain)) else { continue };
        for (domain, _) in domains().filter(|(domain, _)| *domain != original.0 && alike(domain, original.0)) {
            imitations.entry(domain).or_insert(original);
        }
    }
    imitations
}

/// The registrable domains of a file, neighbours only once.
fn seen<'p>(set: &'p PolicySet<'_>) -> Vec<Seen<'p>> {
    let entries = set.policies.iter().flat_map(|policy| policy.origins.entries());
    let mut domains = Domains::default();
    let mut seen: Vec<Seen<'p>> = entries.filter_map(|entry| Some((domains.of(entry)?, entry.span))).collect();
    seen.dedup_by_key(|(domain, _)| *domain);
    seen
}

/// The fingerprints that may stand there more than once, each with the index of its domain.
fn repeated_fingerprints(seen: &[Seen<'_>]) -> Vec<(u64, u32)> {
    let mut prints = Vec::with_capacity(seen.len());
    let mut owners = Vec::with_capacity(seen.len());
    for (index, (domain, _)) in seen.iter().enumerate() {
        let (one, other) = confusable::fingerprints(domain);
        for print in std::iter::once(one).chain(other) {
            prints.push(print);
            owners.push(index as u32);
        }
    }
    repeated::candidates(&prints).into_iter().map(|at| (prints[at], owners[at])).collect()
}

/// Registrable domains, with what was learned of the domains above: thousands of hosts share a few of them.
#[derive(Default)]
struct Domains<'p> {
    /// For what follows the first dot of a host: its own registrable domain, or nothing if it is a public suffix.
    above: HashMap<&'p str, Option<&'p str>>,
}

impl<'p> Domains<'p> {
    fn of(&mut self, entry: &'p Entry<'_>) -> Option<&'p str> {
        let host = entry.origin()?.host();
        let (label, parent) = host.split_once('.')?;
        // A host of two labels can have no other registrable domain, and one of a look-alike pair is asked again when it is explained.
        let domain = if parent.contains('.') && !parent.starts_with('[') {
            self.above.entry(parent).or_insert_with(|| domain::registrable(parent)).or_else(|| domain::registrable(host))
        } else if label.starts_with('[') {
            None
        } else {
            Some(host)
        };
        domain.filter(|domain| !domain.contains('*'))
    }
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
