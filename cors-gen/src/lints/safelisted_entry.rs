//! Policies come in; headers that need no permission go out.

use super::{DefaultLevel, Findings, Lint, finding};
use crate::header::{SAFELISTED_REQUEST, SAFELISTED_RESPONSE};
use crate::policy::{List, PolicySet};

pub(super) static LINT: Lint = Lint {
    name: "safelisted-entry",
    default: DefaultLevel::Pedantic,
    summary: "a header that needs no permission",
    why: "Scripts may set `Accept`, `Accept-Language` and `Content-Language` without asking, and may read seven response headers anyway, \
          `Cache-Control` and `Content-Type` among them. Naming these changes nothing for ordinary values and makes the list look like more than it \
          is. `Content-Type` and `Range` as request headers are not meant: only few of their values are free, so listing them means something. \
          Allowing it is right where scripts send unusual values in such a header, longer than 128 bytes, say.",
    bad: "\
version: 1
policies:
  api:
    allow_origins: [https://app.example.com]
    allow_headers: [Accept, X-Request-Id]
tests:
  - { name: the app can read, allow: [https://app.example.com] }
",
    good: "\
version: 1
policies:
  api:
    allow_origins: [https://app.example.com]
    allow_headers: [X-Request-Id]
tests:
  - { name: the app can read, allow: [https://app.example.com] }
",
    check,
};

fn check(set: &PolicySet<'_>, findings: &mut Findings) {
    for (index, policy) in set.policies.iter().enumerate() {
        safelisted(index, &policy.headers, &SAFELISTED_REQUEST, "a script may set it without asking, unless its value is unusual", findings);
        safelisted(index, &policy.expose, &SAFELISTED_RESPONSE, "a script may read it anyway", findings);
    }
}

fn safelisted(policy: usize, list: &List<'_>, free: &[&str], reason: &str, findings: &mut Findings) {
    for name in list.names.iter().filter(|name| free.iter().any(|free| free.eq_ignore_ascii_case(&name.value))) {
        findings.in_policy(
            policy,
            finding(name.span, format!("`{}` needs no permission", name.value)).label("safelisted by the Fetch standard").reason(reason).help("remove it"),
        );
    }
}
