//! Policies come in; entries for the opaque origin go out.

use super::{DefaultLevel, Findings, Lint, finding, meant};
use crate::origin::Origin;
use crate::policy::{Matcher, PolicySet};

pub(super) static LINT: Lint = Lint {
    name: "null-origin",
    default: DefaultLevel::DenyWithCredentials,
    summary: "`\"null\"` is allowed: any sandboxed frame or local file can send it",
    why: "`null` is not one origin but what a browser sends for all that have none: a sandboxed frame, a local file, a `data:` document, some \
          redirects. Any website can open a sandboxed frame, so allowing `null` allows every website, and with credentials it lets every website act \
          as the user. It usually comes from a day of debugging with a page opened from the disk: use a local server instead, and an entry for its \
          origin in a profile. Allowing it is right where sandboxed frames are the product and nothing but public data is read without credentials.",
    bad: "\
version: 1
policies:
  api:
    allow_origins: [https://app.example.com, \"null\"]
tests:
  - { name: the app can read, allow: [https://app.example.com] }
",
    good: "\
version: 1
policies:
  api:
    allow_origins: [https://app.example.com]
tests:
  - { name: the app can read, allow: [https://app.example.com], deny: [\"null\"] }
",
    check,
};

fn check(set: &PolicySet<'_>, findings: &mut Findings) {
    for (index, policy) in set.policies.iter().enumerate() {
        let opaque = |matcher: &Matcher<'_>| match matcher {
            Matcher::Origin(origin) => Origin::is_opaque(origin),
            Matcher::Regex(regex) => regex.matches(b"null"),
        };
        for entry in policy.origins.entries().iter().filter(|entry| opaque(&entry.matcher)) {
            let message = match entry.origin() {
                Some(_) => "`\"null\"` allows every website",
                None => "this regex matches `null`, and so allows every website",
            };
            let mut found = finding(entry.span, message)
                .label("sent by any sandboxed frame and any local file")
                .reason("any page can open a sandboxed frame, whose origin is `null`")
                .help(format!("remove it; if it is meant, say why: {}", meant(LINT.name, "the player runs in a sandboxed frame")));
            if policy.credentials.value {
                found = found.related(policy.credentials.span, "so every website can act as the user");
            }
            findings.in_policy(index, found);
        }
    }
}
