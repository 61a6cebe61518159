//! A file comes in; its profiles that no entry names go out.

use super::{DefaultLevel, Findings, Lint, finding};
use crate::policy::PolicySet;

pub(super) static LINT: Lint = Lint {
    name: "unused-profile",
    default: DefaultLevel::Warn,
    summary: "a profile that no entry names",
    why: "A profile adds the entries that name it. One that none names gives the same policies as no profile: it is dead, or an entry forgot its \
          `profiles`, and then that entry exists in production too. Use it or remove it. Allowing it is right where deployments ask for a fixed list \
          of profiles, whether or not a file has a use for each.",
    bad: "\
version: 1
profiles: [dev]
policies:
  api:
    allow_origins: [https://app.example.com]
tests:
  - { name: the app can read, allow: [https://app.example.com] }
",
    good: "\
version: 1
profiles: [dev]
policies:
  api:
    allow_origins:
      - https://app.example.com
      - { origin: http://localhost:3000, profiles: [dev] }
tests:
  - { name: the app can read, allow: [https://app.example.com] }
",
    check,
};

fn check(set: &PolicySet<'_>, findings: &mut Findings) {
    for unused in set.profiles.iter().filter(|declared| !declared.used) {
        let name = &unused.name.value;
        findings.in_file(
            finding(unused.name.span, format!("no entry names the profile `{name}`"))
                .reason("compiled with it or without, the policies are the same")
                .help(format!("remove it, or name it in an entry: `{{ origin: \"http://localhost:3000\", profiles: [{name}] }}`")),
        );
    }
}
