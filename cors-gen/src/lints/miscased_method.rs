//! Policies come in; methods that differ from a known one in case only go out.

use super::{DefaultLevel, Findings, Lint, finding};
use crate::policy::PolicySet;

/// Registered methods ([IANA](https://www.iana.org/assignments/http-methods)) and common others that a browser does not turn into upper case.
const KNOWN: [&str; 38] = [
    "ACL",
    "BASELINE-CONTROL",
    "BIND",
    "CHECKIN",
    "CHECKOUT",
    "COPY",
    "LABEL",
    "LINK",
    "LOCK",
    "MERGE",
    "MKACTIVITY",
    "MKCALENDAR",
    "MKCOL",
    "MKREDIRECTREF",
    "MKWORKSPACE",
    "MOVE",
    "NOTIFY",
    "ORDERPATCH",
    "PATCH",
    "PRI",
    "PROPFIND",
    "PROPPATCH",
    "PURGE",
    "QUERY",
    "REBIND",
    "REPORT",
    "SEARCH",
    "SUBSCRIBE",
    "UNBIND",
    "UNCHECKOUT",
    "UNLINK",
    "UNLOCK",
    "UNSUBSCRIBE",
    "UPDATE",
    "UPDATEREDIRECTREF",
    "VERSION-CONTROL",
    "VIEW",
    "WATCH",
];

pub(super) static LINT: Lint = Lint {
    name: "miscased-method",
    default: DefaultLevel::Warn,
    summary: "`patch` for `PATCH`: methods are case-sensitive, and this one is not normalised",
    why: "A browser writes DELETE, GET, HEAD, OPTIONS, POST and PUT in upper case, whatever the script wrote, and no other method. `patch` is \
          therefore another method than `PATCH`: a policy that allows one refuses the other, and servers know the upper-case one only. Write the \
          method as its standard does, in the policy and in the script. Allowing it is right only if a server really has a method of that spelling.",
    bad: "\
version: 1
policies:
  api:
    allow_origins: [https://app.example.com]
    allow_methods: [GET, HEAD, POST, patch]
tests:
  - { name: the app can read, allow: [https://app.example.com] }
",
    good: "\
version: 1
policies:
  api:
    allow_origins: [https://app.example.com]
    allow_methods: [GET, HEAD, POST, PATCH]
tests:
  - { name: the app can read, allow: [https://app.example.com] }
",
    check,
};

fn check(set: &PolicySet<'_>, findings: &mut Findings) {
    for (index, policy) in set.policies.iter().enumerate() {
        for method in &policy.methods.names {
            let Some(known) = KNOWN.iter().find(|known| known.eq_ignore_ascii_case(&method.value)).filter(|known| **known != method.value) else { continue };
            findings.in_policy(
                index,
                finding(method.span, format!("`{}` is another method than `{known}`", method.value))
                    .label("never what was meant")
                    .reason("methods are case-sensitive, and a browser does not turn this one into upper case")
                    .help(format!("write `{known}`, here and in `fetch(url, {{ method: \"{known}\" }})`")),
            );
        }
    }
}
