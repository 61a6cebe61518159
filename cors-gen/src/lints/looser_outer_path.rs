//! Policies come in; paths that contain another policy's path and are open to more origins go out.

use std::collections::{HashMap, HashSet};

use super::containment::Patterns;
use super::cover::Cover;
use super::memo::Memo;
use super::{DefaultLevel, Findings, Lint, finding, meant};
use crate::diagnostic::Diagnostic;
use crate::origin::Origin;
use crate::policy::{Entry, Matcher, Origins, Policy, PolicySet, Rule};

/// How many steps over paths, and how many over origins, a file may take: both are far above what lists written by people need.
const MOST_STEPS: usize = 1_000_000;

pub(super) static LINT: Lint = Lint {
    name: "looser-outer-path",
    default: DefaultLevel::Warn,
    summary: "a path that contains another policy's path and allows an origin that the inner policy refuses",
    why: "Paths are compared byte for byte, and the most specific policy answers. A server behind may be more liberal: if it takes `/ADMIN/users` for \
          `/admin/users`, a page can ask for the first, is answered by the outer policy, and reads what the inner one refuses. (Spellings with encoded \
          letters, dot segments or double slashes get no policy at all; letter case, `%40` for `@` and the like, and whatever else a router forgives remain.) Give the outer policy \
          paths that do not contain the inner ones, or the same origins. Only who may read is compared: methods, headers and credentials often differ \
          for good reasons among origins that both policies trust. Allowing it is right where the server compares paths exactly, as most do.",
    bad: "\
version: 1
policies:
  site:
    paths: [/**]
    allow_origins: \"*\"
  admin:
    paths: [/admin/**]
    allow_origins: [https://admin.example.com]
tests:
  - { name: anyone reads the site, allow: [https://example.org] }
  - { name: only the console reads the rest, path: /admin/users, allow: [https://admin.example.com], deny: [https://example.org] }
",
    good: "\
version: 1
policies:
  site:
    paths: [/public/**]
    allow_origins: \"*\"
  admin:
    paths: [/admin/**]
    allow_origins: [https://admin.example.com]
tests:
  - { name: anyone reads the site, path: /public/a, allow: [https://example.org] }
  - { name: only the console reads the rest, path: /admin/users, allow: [https://admin.example.com], deny: [https://example.org] }
",
    check,
};

fn check(set: &PolicySet<'_>, findings: &mut Findings) {
    if set.policies.len() < 2 {
        return;
    }
    let patterns = Patterns::new(&set.rules);
    let mut openness = Openness { set, inside: HashMap::new(), compared: HashMap::new(), examples: Memo::default(), budget: MOST_STEPS };
    let mut steps = MOST_STEPS;
    let mut said = HashSet::new();
    for inner in &set.rules {
        for outer in patterns.containing(&inner.pattern.value, &mut steps) {
            let policy = set.rules[outer].policy;
            if policy == inner.policy || said.contains(&outer) {
                continue;
            }
            if let Some(origin) = openness.refused_inside(policy, inner.policy) {
                said.insert(outer);
                findings.in_policy(policy, explain(&set.rules[outer], inner, &set.policies[inner.policy], &origin));
            }
        }
    }
}

fn explain(outer: &Rule<'_>, inner: &Rule<'_>, refusing: &Policy<'_>, origin: &str) -> Diagnostic {
    let (around, within, name) = (&outer.pattern.value, &inner.pattern.value, &refusing.name.value);
    finding(outer.pattern.span, format!("`{around}` contains `{within}` and allows {origin}, which the policy `{name}` refuses"))
        .label("the outer path")
        .related(inner.pattern.span, "the inner path")
        .reason("a server that reads paths without regard to case, say, serves the inner resource under a spelling that gets the outer policy")
        .help(format!("let the outer path stop short of the inner one; if the server compares paths exactly, say so: {}", meant(LINT.name, "it does")))
}

/// Who may read under which policy.
struct Openness<'p> {
    set: &'p PolicySet<'p>,
    /// The origins of policies that stand inside others.
    inside: HashMap<usize, Inside<'p>>,
    /// What came of comparing two policies.
    compared: HashMap<(usize, usize), Option<String>>,
    /// An origin that a regex matches.
    examples: Memo<Option<String>>,
    budget: usize,
}

impl<'p> Openness<'p> {
    /// An origin that the outer policy allows and the inner one refuses, as it is said in a message.
    fn refused_inside(&mut self, outer: usize, inner: usize) -> Option<String> {
        if let Some(known) = self.compared.get(&(outer, inner)) {
            return known.clone();
        }
        let set = self.set;
        let refused = match (&set.policies[outer].origins, &set.policies[inner].origins) {
            (_, Origins::Any(_)) => None,
            (Origins::Any(_), Origins::Listed(_)) => Some("any origin".to_owned()),
            (Origins::Listed(entries), Origins::Listed(_)) => self.first_refused(entries, inner),
        };
        self.compared.insert((outer, inner), refused.clone());
        refused
    }

    fn first_refused(&mut self, entries: &[Entry<'_>], inner: usize) -> Option<String> {
        let policy: &'p Policy<'p> = &self.set.policies[inner];
        let inside = self.inside.entry(inner).or_insert_with(|| Inside::new(policy.origins.entries()));
        for entry in entries.iter().take(self.budget) {
            self.budget -= 1;
            let refused = match &entry.matcher {
                Matcher::Origin(origin) => inside.refuses(origin).then(|| origin.as_str()),
                Matcher::Regex(regex) => {
                    self.examples.get(regex, |regex| regex.example().ok().flatten()).as_deref().filter(|example| inside.refuses_text(example))
                }
            };
            if let Some(origin) = refused {
                return Some(format!("`{origin}`"));
            }
        }
        None
    }
}

/// The origins of a policy, to ask whether it allows one.
struct Inside<'p> {
    listed: HashSet<&'p str>,
    cover: Cover<'p>,
}

impl<'p> Inside<'p> {
    fn new(entries: &'p [Entry<'p>]) -> Self {
        Self { listed: entries.iter().filter_map(|entry| Some(entry.origin()?.as_str())).collect(), cover: Cover::new(entries) }
    }

    fn refuses(&self, origin: &Origin<'_>) -> bool {
        !self.listed.contains(origin.as_str()) && !self.cover.is_partial() && self.cover.covering(origin, |_| true).is_none()
    }

    fn refuses_text(&self, origin: &str) -> bool {
        Origin::parse(&origin.into()).is_ok_and(|origin| self.refuses(&origin))
    }
}
