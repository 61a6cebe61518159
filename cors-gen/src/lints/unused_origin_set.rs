//! A file comes in; its origin sets that no policy uses go out.

use super::{DefaultLevel, Findings, Lint, finding};
use crate::policy::PolicySet;

pub(super) static LINT: Lint = Lint {
    name: "unused-origin-set",
    default: DefaultLevel::Warn,
    summary: "an origin set that no policy uses",
    why: "A set allows nothing by itself; only a policy that names it with `set:` does. An unused one is either dead, and misleads whoever looks for \
          who may read, or a policy forgot it. Use it or remove it. Allowing it is right in a file that is generated from a template with a fixed list \
          of sets.",
    bad: "\
version: 1
origin_sets:
  partners: [https://partner.example.net]
policies:
  api:
    allow_origins: [https://app.example.com]
tests:
  - { name: the app can read, allow: [https://app.example.com] }
",
    good: "\
version: 1
origin_sets:
  partners: [https://partner.example.net]
policies:
  api:
    allow_origins: [https://app.example.com, set: partners]
tests:
  - { name: the app can read, allow: [https://app.example.com, https://partner.example.net] }
",
    check,
};

fn check(set: &PolicySet<'_>, findings: &mut Findings) {
    for unused in set.sets.iter().filter(|declared| !declared.used) {
        let name = &unused.name.value;
        findings.in_file(
            finding(unused.name.span, format!("no policy uses the origin set `{name}`"))
                .reason("its origins are allowed nowhere, whatever a reader may think")
                .help(format!("remove it, or name it in a policy: `allow_origins: [set: {name}]`")),
        );
    }
}
