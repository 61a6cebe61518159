//! Policies come in; regexes that match origins of more than one owner go out.

use super::memo::Memo;
use super::{DefaultLevel, Findings, Lint, finding, meant};
use crate::domain;
use crate::policy::{Matcher, PolicySet};
use crate::regex::{Owners, Ownership, Regex};

pub(super) static LINT: Lint = Lint {
    name: "broad-regex",
    default: DefaultLevel::Deny,
    summary: "a regex that matches outside one registrable domain, through an unescaped dot, say",
    why: "A regex over origins is one character away from a hole: in `https://app.example.com` the first dot also matches `x`, and `appxexample.com` \
          is free for anyone to register. So the automaton is asked whether two origins of different owners match, loopback aside, and they are shown. \
          Escape the dots (`\\.`), let what varies match no dot and no end of the domain (`[a-z0-9-]+`), and write one regex for each domain; mostly a \
          wildcard says it as well. Allowing it is right where every domain that can match is yours, such as `example\\.(com|de|fr)`, and nothing else \
          can.",
    bad: "\
version: 1
policies:
  api:
    allow_origins:
      - regex: https://app.example\\.com
tests:
  - { name: the app can read, allow: [https://app.example.com] }
",
    good: "\
version: 1
policies:
  api:
    allow_origins:
      - regex: https://app\\.example\\.com
tests:
  - { name: the app can read, allow: [https://app.example.com], deny: [https://appxexample.com] }
",
    check,
};

fn check(set: &PolicySet<'_>, findings: &mut Findings) {
    let mut memo = Memo::default();
    for (index, policy) in set.policies.iter().enumerate() {
        for entry in policy.origins.entries() {
            let Matcher::Regex(regex) = &entry.matcher else { continue };
            let found = match memo.get(regex, ownership) {
                Ownership::One => continue,
                Ownership::Several(broad) => finding(entry.span, format!("this regex matches `{}` and also `{}`", broad.inside, broad.outside))
                    .label("two origins that need not have one owner")
                    .reason("whoever registers the other domain is trusted like your own"),
                Ownership::Unknown => finding(entry.span, "this regex matches too many origins to tell whose they are")
                    .label("whose, cannot be told")
                    .reason("whoever registers a domain that it matches is trusted like your own"),
            };
            let help = "escape the dots (`\\.`), keep what varies inside one domain, or write a wildcard; if all of it is yours, say so";
            findings.in_policy(index, found.help(format!("{help}: {}", meant(LINT.name, "..."))));
        }
    }
}

/// Whose origins a regex matches.
pub(super) fn ownership(regex: &Regex) -> Ownership {
    regex.ownership(Owners { registrable_domain: &|host| domain::registrable(host).map(str::to_owned), suffixes_below: &domain::suffixes_below })
}
