//! A file comes in; its policies that no test reaches go out.

use std::collections::HashSet;

use super::{DefaultLevel, Findings, Lint, finding};
use crate::policy::PolicySet;
use crate::tables::PathTable;

pub(super) static LINT: Lint = Lint {
    name: "untested-policy",
    default: DefaultLevel::Pedantic,
    summary: "a policy that no test of the file reaches",
    why: "The tests of a file say what it is for, in examples that a reviewer understands, and a change that breaks one does not compile. A policy \
          that no test's path leads to can change its meaning unseen: by its own edits, and by a more specific path that takes its requests away. One \
          test with an origin to allow and one to deny is a good beginning. Allowing it is right for a policy that is plain enough.",
    bad: "\
version: 1
policies:
  api:
    allow_origins: [https://app.example.com]
",
    good: "\
version: 1
policies:
  api:
    allow_origins: [https://app.example.com]
tests:
  - { name: the app can read, allow: [https://app.example.com], deny: [https://app.example.com.evil.test] }
",
    check,
};

fn check(set: &PolicySet<'_>, findings: &mut Findings) {
    let Ok(paths) = PathTable::new(&set.rules) else { return };
    let asked: HashSet<&str> = set.tests.iter().flat_map(|test| &test.cases).map(|case| case.path.split('?').next().unwrap_or_default()).collect();
    let reached: HashSet<usize> = asked.into_iter().filter_map(|path| paths.view().rule_for(path.as_bytes())).map(|rule| set.rules[rule].policy).collect();
    for (index, policy) in set.policies.iter().enumerate().filter(|(index, _)| !reached.contains(index)) {
        let path = policy.paths.first().map_or("/", |path| &path.value);
        let path = path.trim_end_matches("**").replace('*', "x");
        findings.in_policy(
            index,
            finding(policy.name.span, format!("no test reaches the policy `{}`", policy.name.value))
                .reason("what no test asks for can change unseen")
                .help(format!("write one under `tests:`: `{{ name: ..., path: {path}, allow: [...], deny: [...] }}`")),
        );
    }
}
