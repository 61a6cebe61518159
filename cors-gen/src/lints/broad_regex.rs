//! Policies come in; regexes that match origins of more than one owner go out.

use super::memo::Memo;
use super::{DefaultLevel, Findings, Lint, finding, meant};
use crate::domain;
use crate::policy::{Matcher, PolicySet};
use crate::regex::{Broad, Regex};

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
            let Some(broad) = memo.get(regex, witness) else { continue };
            findings.in_policy(
                index,
                finding(entry.span, format!("this regex matches `{}` and also `{}`", broad.inside, broad.outside))
                    .label("two origins that need not have one owner")
                    .reason("whoever registers the other domain is trusted like your own")
                    .help(format!(
                        "escape the dots (`\\.`), keep what varies inside one domain, or write a wildcard; if all of it is yours, say so: {}",
                        meant(LINT.name, "...")
                    )),
            );
        }
    }
}

/// Two origins of different owners that a regex matches.
pub(super) fn witness(regex: &Regex) -> Option<Broad> {
    regex.broad_witness(&|host| domain::registrable(host).map(str::to_owned))
}
