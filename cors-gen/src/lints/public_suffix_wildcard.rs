//! Policies come in; wildcards that anyone can register a match for go out.

use super::{DefaultLevel, Findings, Lint, finding, meant};
use crate::diagnostic::Diagnostic;
use crate::domain;
use crate::origin::Origin;
use crate::policy::{Entry, Policy, PolicySet};
use crate::wildcard::HostPattern;

pub(super) static LINT: Lint = Lint {
    name: "public-suffix-wildcard",
    default: DefaultLevel::DenyWithCredentials,
    summary: "a wildcard under which anyone can register a match: a public suffix is its parent, or stands below it",
    why: "Below a public suffix, such as `com`, `co.uk`, `github.io` or `vercel.app`, anyone can have a name, often for nothing and within a minute. A \
          `*` directly under one therefore allows strangers, even with something around it: who knows that `acme-*.vercel.app` is allowed names a \
          project `acme-evil`. A `*.` stands for several labels, so `*.amazonaws.com` reaches below `s3.amazonaws.com`, where every bucket has a name. The list of these suffixes is the Public Suffix List (publicsuffix.org) that came with the compiler. \
          Give previews a domain of your own, or list the origins. Allowing it is right for data that everyone may read, where the list only keeps \
          things tidy. A made-up top-level domain of an internal network is not on the list and not meant.",
    bad: "\
version: 1
policies:
  api:
    allow_origins: [https://acme-git-*.vercel.app]
tests:
  - { name: a preview can read, allow: [https://acme-git-fix.vercel.app] }
",
    good: "\
version: 1
policies:
  api:
    allow_origins: [https://*.preview.acme.dev]
tests:
  - { name: a preview can read, allow: [https://fix.preview.acme.dev] }
",
    check,
};

fn check(set: &PolicySet<'_>, findings: &mut Findings) {
    for (index, policy) in set.policies.iter().enumerate() {
        for entry in policy.origins.entries() {
            let Some(origin) = entry.origin() else { continue };
            if let Some((example, suffix)) = stranger(origin) {
                findings.in_policy(index, explain(policy, entry, origin, &example, &suffix));
            }
        }
    }
}

/// A host that a stranger could register, and the public suffix it is under. `*.` stands for several labels, too, so a suffix may stand among them.
fn stranger(origin: &Origin<'_>) -> Option<(String, String)> {
    let suffix_at = |parent: &str| domain::is_public_suffix(parent).then(|| parent.to_owned());
    let (label, suffix) = match origin.pattern()?.host {
        HostPattern::Exact(_) => return None,
        HostPattern::Subdomains { parent } => ("evil".to_owned(), suffix_at(parent).or_else(|| domain::suffix_below(parent))?),
        HostPattern::Label { prefix, suffix, parent } => (format!("{prefix}evil{suffix}"), suffix_at(parent)?),
    };
    Some((format!("{label}.{suffix}"), suffix))
}

fn explain(policy: &Policy<'_>, entry: &Entry<'_>, origin: &Origin<'_>, example: &str, suffix: &str) -> Diagnostic {
    let found = finding(entry.span, format!("`{}` allows names that anyone can register", origin.as_str()))
        .label(format!("`{example}`, say"))
        .reason(format!("`{suffix}` is a public suffix: the names directly below it belong to whoever asks for them first"))
        .help(format!("{}, or list the origins; if it is meant, say why: {}", advice(origin), meant(LINT.name, "...")));
    if policy.credentials.value { found.related(policy.credentials.span, "and such a page could act as the user") } else { found }
}

/// What to write instead. In `https://*example.com` only a dot is missing, most likely.
fn advice(origin: &Origin<'_>) -> String {
    match origin.pattern().map(|pattern| pattern.host) {
        Some(HostPattern::Label { prefix: "", suffix, parent })
            if suffix.starts_with(|first: char| first.is_ascii_alphanumeric()) && !domain::is_public_suffix(&format!("{suffix}.{parent}")) =>
        {
            format!("write `{}` for the subdomains of `{suffix}.{parent}`", origin.as_str().replacen('*', "*.", 1))
        }
        _ => "use a domain of your own (`https://*.preview.example.com`)".to_owned(),
    }
}
