//! Policies come in; headers of the CORS protocol that stand in lists of headers go out.

use super::{DefaultLevel, Findings, Lint, finding, meant};
use crate::header::CORS_RESPONSE;
use crate::policy::{List, PolicySet};

pub(super) static LINT: Lint = Lint {
    name: "misplaced-header",
    default: DefaultLevel::Warn,
    summary: "a header with which a server answers CORS, listed as one of a script",
    why: "`Access-Control-Allow-Origin` and its like are what a server says to a browser. The compiler writes them from the keys of the policy; they are \
          listed nowhere. In `allow_headers` they permit a script to send them in its request, where they mean nothing and cost a preflight; in \
          `expose_headers` they show a script what the browser has already acted on. Remove the name, and look whether a key of the policy was meant. \
          Allowing it is right while a client that sends such a header cannot be changed.",
    bad: "\
version: 1
policies:
  api:
    allow_origins: [https://app.example.com]
    allow_headers: [Content-Type, Access-Control-Allow-Origin]
tests:
  - { name: the app can read, allow: [https://app.example.com] }
",
    good: "\
version: 1
policies:
  api:
    allow_origins: [https://app.example.com]
    allow_headers: [Content-Type]
tests:
  - { name: the app can read, allow: [https://app.example.com] }
",
    check,
};

fn check(set: &PolicySet<'_>, findings: &mut Findings) {
    for (index, policy) in set.policies.iter().enumerate() {
        misplaced(index, &policy.headers, "in a request it means nothing: the server sends it, as the keys of this policy say", findings);
        misplaced(index, &policy.expose, "it is for the browser, which has acted on it before a script could read it", findings);
    }
}

fn misplaced(policy: usize, list: &List<'_>, reason: &str, findings: &mut Findings) {
    for name in list.names.iter().filter(|name| CORS_RESPONSE.iter().any(|header| header.eq_ignore_ascii_case(&name.value))) {
        let because = meant(LINT.name, "an old client sends it");
        findings.in_policy(
            policy,
            finding(name.span, format!("`{}` is a header of the server's answer to a browser", name.value))
                .label("of no use to a script")
                .reason(reason)
                .help(format!("remove it; if a client sends it all the same, say so: {because}")),
        );
    }
}
