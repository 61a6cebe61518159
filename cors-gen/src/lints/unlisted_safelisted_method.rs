//! Policies come in; lists of methods that leave out one which cannot be forbidden go out.

use super::{DefaultLevel, Findings, Lint, finding};
use crate::method::SAFELISTED;
use crate::policy::PolicySet;

pub(super) static LINT: Lint = Lint {
    name: "unlisted-safelisted-method",
    default: DefaultLevel::Pedantic,
    summary: "`allow_methods` without GET, HEAD or POST, as if that forbade them",
    why: "A browser never asks for GET, HEAD and POST: whoever may read at all may read with these. A list without them looks as if it forbade them, \
          and it does not. Name all three, so that the list says what is true. To forbid one, let the service refuse it. Allowing it is right where \
          everybody who reads the file knows.",
    bad: "\
version: 1
policies:
  api:
    allow_origins: [https://app.example.com]
    allow_methods: [PUT]
tests:
  - { name: the app can read, allow: [https://app.example.com] }
",
    good: "\
version: 1
policies:
  api:
    allow_origins: [https://app.example.com]
    allow_methods: [GET, HEAD, POST, PUT]
tests:
  - { name: the app can read, allow: [https://app.example.com] }
",
    check,
};

fn check(set: &PolicySet<'_>, findings: &mut Findings) {
    for (index, policy) in set.policies.iter().enumerate() {
        let methods = &policy.methods;
        let missing: Vec<&str> = SAFELISTED.into_iter().filter(|safelisted| methods.names.iter().all(|method| method.value != *safelisted)).collect();
        if !methods.written || methods.any.is_some() || missing.is_empty() {
            continue;
        }
        let (quoted, pronoun) =
            (missing.iter().map(|method| format!("`{method}`")).collect::<Vec<_>>().join(", "), if missing.len() > 1 { "them" } else { "it" });
        findings.in_policy(
            index,
            finding(
                methods.span().unwrap_or(policy.name.span),
                format!("`allow_methods` of the policy `{}` leaves out {quoted}, which does not forbid {pronoun}", policy.name.value),
            )
            .reason("a browser never asks for GET, HEAD and POST, so no list can forbid them to an origin that may read")
            .help(format!("add {quoted}, and let the service refuse what it does not offer")),
        );
    }
}
