//! Policies come in; loopback origins that exist in every profile go out.

use super::broad_regex;
use super::insecure::{is_loopback, loopback_example};
use super::memo::Memo;
use super::{DefaultLevel, Findings, Lint, finding, meant};
use crate::policy::{Matcher, PolicySet};
use crate::regex::{Ownership, Regex};

pub(super) static LINT: Lint = Lint {
    name: "loopback-outside-profile",
    default: DefaultLevel::Warn,
    summary: "a localhost entry without `profiles`",
    why: "A `localhost` entry is for developing, and without `profiles` it goes to production too. There it trusts whatever listens on the user's own \
          machine: any local program, any development server somebody else's project started. Name a profile in the entry (`profiles: [dev]`) and \
          compile with `--profile dev` where you develop; the strict reading, without a profile, then has no trace of it. Allowing it is right where a \
          program on the user's machine is the product, such as a desktop application that serves its own pages.",
    bad: "\
version: 1
policies:
  api:
    allow_origins:
      - https://app.example.com
      - http://localhost:*
tests:
  - { name: the app can read, allow: [https://app.example.com] }
",
    good: "\
version: 1
profiles: [dev]
policies:
  api:
    allow_origins:
      - https://app.example.com
      - origin: http://localhost:*
        profiles: [dev]
tests:
  - { name: the app can read, allow: [https://app.example.com], deny: [http://localhost:3000] }
",
    check,
};

fn check(set: &PolicySet<'_>, findings: &mut Findings) {
    let mut memo = Memo::default();
    for (index, policy) in set.policies.iter().enumerate() {
        for entry in policy.origins.entries().iter().filter(|entry| entry.profiles.is_empty()) {
            let message = match &entry.matcher {
                Matcher::Origin(origin) if is_loopback(origin) => format!("`{}` is allowed in every profile, production included", origin.as_str()),
                Matcher::Origin(_) => continue,
                Matcher::Regex(regex) => match memo.get(regex, in_regex) {
                    Some(origin) => format!("this regex matches `{origin}` in every profile, production included"),
                    None => continue,
                },
            };
            findings.in_policy(
                index,
                finding(entry.span, message)
                    .label("whatever runs on the user's machine")
                    .reason("in production it trusts any program that listens on the user's own machine")
                    .help(format!(
                        "declare `profiles: [dev]` and give the entry `profiles: [dev]`; if it is meant, say why: {}",
                        meant(LINT.name, "the desktop app serves itself")
                    )),
            );
        }
    }
}

/// A broad regex has a lint of its own, and reaches loopback only as it reaches all else.
fn in_regex(regex: &Regex) -> Option<String> {
    loopback_example(regex).filter(|_| broad_regex::ownership(regex) == Ownership::One)
}
