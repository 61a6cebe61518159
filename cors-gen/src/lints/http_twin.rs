//! Policies come in; `http:` origins whose https form is listed too go out.

use super::insecure::{insecure, twins};
use super::memo::Memo;
use super::{DefaultLevel, Findings, Lint, finding, meant};
use crate::policy::PolicySet;

pub(super) static LINT: Lint = Lint {
    name: "http-twin",
    default: DefaultLevel::Warn,
    summary: "the `http:` form of an origin that is also listed with `https:`",
    why: "The https form is in the list, so the site has TLS, and the http form is mostly a leftover from before, or was added to be on the safe side. \
          It is the unsafe one: whoever sits on the way to the user answers for the http form, and reads as if he were the site. Remove it; a page \
          that still comes over http should redirect. With credentials the lint `insecure-origin-with-credentials` speaks instead. Allowing it is \
          right while a site moves to https and parts of it are not there yet.",
    bad: "\
version: 1
policies:
  api:
    allow_origins: [https://app.example.com, http://app.example.com]
tests:
  - { name: the app can read, allow: [https://app.example.com] }
",
    good: "\
version: 1
policies:
  api:
    allow_origins: [https://app.example.com]
tests:
  - { name: the app can read, allow: [https://app.example.com], deny: [http://app.example.com] }
",
    check,
};

fn check(set: &PolicySet<'_>, findings: &mut Findings) {
    let mut memo = Memo::default();
    for (index, policy) in set.policies.iter().enumerate().filter(|(_, policy)| !policy.credentials.value) {
        let twins = twins(policy);
        for entry in policy.origins.entries().iter().filter(|entry| !twins.is_empty() && entry.origin().is_some()) {
            let Some(origin) = insecure(entry, &mut memo) else { continue };
            let Some(twin) = twins.get(&origin["http://".len()..]) else { continue };
            findings.in_policy(
                index,
                finding(entry.span, format!("`{origin}` is listed with https as well"))
                    .label("can be rewritten on its way")
                    .related(*twin, "the https form")
                    .reason("the site has TLS, and whoever sits on the way to its http form can put a script into it")
                    .help(format!("remove it; if it is meant, say why: {}", meant(LINT.name, "the shop moves to https in May"))),
            );
        }
    }
}
