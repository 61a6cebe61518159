//! Policies come in; `http:` origins that are trusted with credentials go out.

use super::insecure::{insecure, secured, twins};
use super::memo::Memo;
use super::{DefaultLevel, Findings, Lint, finding, meant};
use crate::policy::PolicySet;

pub(super) static LINT: Lint = Lint {
    name: "insecure-origin-with-credentials",
    default: DefaultLevel::Deny,
    summary: "an `http:` origin, loopback aside, that is trusted with credentials",
    why: "A page that comes over plain http can be rewritten by anyone on its way: a neighbour in the same wireless network, a hotel, a provider. A \
          script slipped into it then reads, with the user's cookies, whatever this policy opens, however well https protects the service itself. \
          Serve the page over https and list that origin. Loopback hosts never leave the machine and are not meant. Allowing it is right only where \
          the whole way is trusted, such as a closed network between machines without TLS, and the reason belongs in the file.",
    bad: "\
version: 1
policies:
  api:
    allow_origins: [http://app.example.com]
    allow_credentials: true
tests:
  - { name: the app can read, allow: [http://app.example.com] }
",
    good: "\
version: 1
policies:
  api:
    allow_origins: [https://app.example.com]
    allow_credentials: true
tests:
  - { name: the app can read, allow: [https://app.example.com] }
",
    check,
};

fn check(set: &PolicySet<'_>, findings: &mut Findings) {
    let mut memo = Memo::default();
    for (index, policy) in set.policies.iter().enumerate().filter(|(_, policy)| policy.credentials.value) {
        let twins = twins(policy);
        for entry in policy.origins.entries() {
            let Some(origin) = insecure(entry, &mut memo) else { continue };
            let message = match entry.origin() {
                Some(_) => format!("`{origin}` is trusted with credentials over plain http"),
                None => format!("this regex matches `{origin}`, which is trusted with credentials over plain http"),
            };
            let https = secured(origin);
            let help = match twins.get(&origin["http://".len()..]) {
                Some(_) => format!("remove it: `{https}` is listed"),
                None if entry.origin().is_some() => format!("write `{https}`; if it is meant, say why: {}", meant(LINT.name, "...")),
                None => format!("let it begin with `https://`; if it is meant, say why: {}", meant(LINT.name, "...")),
            };
            let mut found = finding(entry.span, message)
                .label("can be rewritten on its way")
                .related(policy.credentials.span, "credentials are allowed here")
                .reason("whoever sits on the way to a page without TLS can put a script into it, and that script reads with the user's cookies")
                .help(help);
            if let Some(twin) = twins.get(&origin["http://".len()..]) {
                found = found.related(*twin, "the https form");
            }
            findings.in_policy(index, found);
        }
    }
}
