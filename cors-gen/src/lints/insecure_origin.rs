//! Policies come in; `http:` origins that are trusted without credentials go out.

use super::insecure::{insecure, secured, twins};
use super::memo::Memo;
use super::{DefaultLevel, Findings, Lint, finding, meant};
use crate::policy::PolicySet;

pub(super) static LINT: Lint = Lint {
    name: "insecure-origin",
    default: DefaultLevel::Warn,
    summary: "an `http:` origin that is not loopback",
    why: "A page that comes over plain http can be rewritten by anyone on its way, so allowing its origin allows whoever sits there. Without \
          credentials that matters where reading needs no login: inside a network, behind an address filter. Serve the page over https and list that \
          origin. With credentials the lint `insecure-origin-with-credentials` speaks, and beside the https form of the same origin `http-twin`. \
          Allowing it is right for public data, or where a network has no TLS and is trusted; loopback hosts are not meant.",
    bad: "\
version: 1
policies:
  api:
    allow_origins: [http://status.example.com]
tests:
  - { name: the status page can read, allow: [http://status.example.com] }
",
    good: "\
version: 1
policies:
  api:
    allow_origins: [https://status.example.com]
tests:
  - { name: the status page can read, allow: [https://status.example.com] }
",
    check,
};

fn check(set: &PolicySet<'_>, findings: &mut Findings) {
    let mut memo = Memo::default();
    for (index, policy) in set.policies.iter().enumerate().filter(|(_, policy)| !policy.credentials.value) {
        let twins = twins(policy);
        for entry in policy.origins.entries() {
            let Some(origin) = insecure(entry, &mut memo) else { continue };
            let rest = &origin["http://".len()..];
            let (message, better) = match entry.origin() {
                Some(_) if twins.contains_key(rest) => continue,
                Some(_) => (format!("`{origin}` is an origin without TLS"), format!("write `{}`", secured(origin))),
                None => (format!("this regex matches `{origin}`, an origin without TLS"), "let it begin with `https://`".to_owned()),
            };
            findings.in_policy(
                index,
                finding(entry.span, message)
                    .label("can be rewritten on its way")
                    .reason("whoever sits on the way to a page without TLS can put a script into it, and that script may read what this policy opens")
                    .help(format!("{better}; if it is meant, say why: {}", meant(LINT.name, "the intranet has no TLS"))),
            );
        }
    }
}
