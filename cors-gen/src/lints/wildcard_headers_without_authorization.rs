//! Policies come in; any header without `Authorization` goes out.

use super::{DefaultLevel, Findings, Lint, finding, meant};
use crate::policy::PolicySet;

pub(super) static LINT: Lint = Lint {
    name: "wildcard-headers-without-authorization",
    default: DefaultLevel::Warn,
    summary: "`allow_headers: \"*\"` where `Authorization` is not named",
    why: "By the Fetch standard `*` never covers `Authorization`: a request with it fails its preflight. Chromium lets it through all the same, so the \
          mistake shows only in other browsers, after the first login. If scripts send a token, write `[\"*\", Authorization]`; better still, name the \
          headers. Allowing it is right where no request of a script carries `Authorization`.",
    bad: "\
version: 1
policies:
  api:
    allow_origins: [https://app.example.com]
    allow_headers: \"*\"
tests:
  - { name: the app can read, allow: [https://app.example.com] }
",
    good: "\
version: 1
policies:
  api:
    allow_origins: [https://app.example.com]
    allow_headers: [\"*\", Authorization]
tests:
  - { name: the app can read, allow: [https://app.example.com] }
",
    check,
};

fn check(set: &PolicySet<'_>, findings: &mut Findings) {
    for (index, policy) in set.policies.iter().enumerate() {
        let Some(any) = policy.headers.any.filter(|_| !policy.headers.names_header("authorization")) else { continue };
        findings.in_policy(
            index,
            finding(any, "`\"*\"` does not cover the header `Authorization`")
                .label("any header but that one")
                .reason("by the Fetch standard only its name allows it; Chromium is laxer, so a request with a token works there and fails in other browsers")
                .help(format!(
                    "write `[\"*\", Authorization]`, or name the headers; if no script sends it, say so: {}",
                    meant(LINT.name, "no tokens in headers")
                )),
        );
    }
}
