//! Policies come in; permissions for Private Network Access go out.

use super::{DefaultLevel, Findings, Lint, finding, meant};
use crate::policy::PolicySet;

pub(super) static LINT: Lint = Lint {
    name: "obsolete-private-network",
    default: DefaultLevel::Warn,
    summary: "`allow_private_network`: browsers gave Private Network Access up for a permission prompt",
    why: "Private Network Access made a browser ask a server inside a network, by a preflight, whether pages from outside may reach it. It was put on \
          hold before it was enforced; in its place browsers ask the user for a permission, and no header of a server grants it. So the key promises \
          what no longer happens, and where an old browser still asks it opens a device to pages from outside. Remove it. Allowing it is right while \
          clients with such a browser are served, on devices whose software is not renewed, say.",
    bad: "\
version: 1
policies:
  printer:
    allow_origins: [https://app.example.com]
    allow_private_network: true
tests:
  - { name: the app can read, allow: [https://app.example.com] }
",
    good: "\
version: 1
policies:
  printer:
    allow_origins: [https://app.example.com]
tests:
  - { name: the app can read, allow: [https://app.example.com] }
",
    check,
};

fn check(set: &PolicySet<'_>, findings: &mut Findings) {
    for (index, policy) in set.policies.iter().enumerate().filter(|(_, policy)| policy.private_network.value) {
        findings.in_policy(
            index,
            finding(policy.private_network.span, format!("`allow_private_network` of the policy `{}` opens nothing in today's browsers", policy.name.value))
                .reason("Private Network Access is on hold: browsers ask the user for a permission to reach the local network, which no header grants")
                .help(format!("remove it; for clients with an older browser say so: {}", meant(LINT.name, "kiosks with an old browser"))),
        );
    }
}
