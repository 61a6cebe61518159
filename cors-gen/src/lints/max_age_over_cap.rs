//! Policies come in; cache times that no browser honours go out.

use super::{DefaultLevel, Findings, Lint, finding};
use crate::policy::PolicySet;

/// Firefox keeps a preflight for 24 hours, and no browser keeps it longer.
const LONGEST: u32 = 24 * 60 * 60;

pub(super) static LINT: Lint = Lint {
    name: "max-age-over-cap",
    default: DefaultLevel::Warn,
    summary: "a `max_age` longer than any browser honours",
    why: "Browsers keep the answer to a preflight for a limited time, whatever the policy says: Firefox for 24 hours, Chromium for 2, Safari for 10 \
          minutes. A longer value is no mistake a browser would notice, but it promises what does not happen; the often copied 1728000 (20 days) never \
          worked. Write `24h` or less; a short time has the good side that a narrowed policy takes effect sooner. Allowing it is right where the value \
          is also read by clients that are no browsers.",
    bad: "\
version: 1
policies:
  api:
    allow_origins: [https://app.example.com]
    max_age: 1728000
tests:
  - { name: the app can read, allow: [https://app.example.com] }
",
    good: "\
version: 1
policies:
  api:
    allow_origins: [https://app.example.com]
    max_age: 24h
tests:
  - { name: the app can read, allow: [https://app.example.com] }
",
    check,
};

fn check(set: &PolicySet<'_>, findings: &mut Findings) {
    for (index, policy) in set.policies.iter().enumerate() {
        let Some(max_age) = policy.max_age.filter(|max_age| max_age.value > LONGEST) else { continue };
        findings.in_policy(
            index,
            finding(max_age.span, format!("no browser keeps a preflight for {}", duration(max_age.value)))
                .label("longer than 24 hours")
                .reason("Firefox caps this at 24 hours, Chromium at 2 hours, Safari at 10 minutes")
                .help("write `24h` or less"),
        );
    }
}

fn duration(seconds: u32) -> String {
    const DAY: u32 = LONGEST;
    match seconds {
        _ if seconds.is_multiple_of(DAY) => format!("`{seconds}` seconds ({} days)", seconds / DAY),
        _ if seconds.is_multiple_of(60 * 60) => format!("`{seconds}` seconds ({} hours)", seconds / 60 / 60),
        _ => format!("`{seconds}` seconds"),
    }
}
