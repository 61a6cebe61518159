//! Policies come in; paths that contain another policy's path and are open to more origins go out.

use std::collections::{HashMap, HashSet};

use super::containment::Patterns;
use super::cover::Cover;
use super::{DefaultLevel, Findings, Lint, finding, meant};
use crate::policy::{Entry, Matcher, Origins, Policy, PolicySet};

/// How many steps over paths, and how many over origins, a file may take: both are far above what lists written by people need.
const MOST_STEPS: usize = 1_000_000;

pub(super) static LINT: Lint = Lint {
    name: "looser-outer-path",
    default: DefaultLevel::Warn,
    summary: "a path that contains another policy's path and allows an origin that the inner policy refuses",
    why: "Paths are compared byte for byte, and the most specific policy answers. A server behind may be more liberal: if it takes `/ADMIN/users` for `/admin/users`, a page can \
          ask for the first, is answered by the outer policy, and reads what the inner one refuses. (Spellings with encoded letters, dot segments or double slashes get \
          no policy at all; letter case and whatever else a router forgives remain.) Give the outer policy paths that do not contain the inner ones, or the same origins. \
          Only who may read is compared: methods, headers and credentials often differ for good reasons among origins that both policies trust. Allowing it is right where \
          the server compares paths exactly, as most do.",
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
    let mut openness = Openness { set, refusing: HashMap::new(), compared: HashMap::new(), budget: MOST_STEPS };
    let mut steps = MOST_STEPS;
    let mut said = HashSet::new();
    for inner in &set.rules {
        for outer in patterns.containing(&inner.pattern.value, &mut steps).into_iter().filter(|&outer| set.rules[outer].policy != inner.policy) {
            if said.contains(&outer) {
                continue;
            }
            let Some(origin) = openness.refused_inside(set.rules[outer].policy, inner.policy) else { continue };
            said.insert(outer);
            let (outer, policy) = (&set.rules[outer].pattern, set.rules[outer].policy);
            let name = &set.policies[inner.policy].name.value;
            let message = format!("`{}` contains `{}` and allows {origin}, which the policy `{name}` refuses", outer.value, inner.pattern.value);
            findings.in_policy(
                policy,
                finding(outer.span, message)
                    .label("the outer path")
                    .related(inner.pattern.span, "the inner path")
                    .reason("a server that reads paths more liberally, without regard to case, say, would serve the inner resource under a spelling that gets the outer policy")
                    .help(format!("let the outer path stop short of the inner one; if the server compares paths exactly, say so: {}", meant(LINT.name, "the router is exact"))),
            );
        }
    }
}

/// Who may read under which policy.
struct Openness<'p> {
    set: &'p PolicySet<'p>,
    /// The origins of policies that stand inside others.
    refusing: HashMap<usize, Inside<'p>>,
    /// What came of comparing two policies.
    compared: HashMap<(usize, usize), Option<String>>,
    budget: usize,
}

struct Inside<'p> {
    listed: HashSet<&'p str>,
    cover: Cover<'p>,
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

    fn first_refused(&mut self, entries: &'p [Entry<'p>], inner: usize) -> Option<String> {
        let policy: &'p Policy<'p> = &self.set.policies[inner];
        let inside = self.refusing.entry(inner).or_insert_with(|| Inside::new(policy.origins.entries()));
        let within_budget = entries.iter().take(self.budget);
        let refused = within_budget.enumerate().find_map(|(at, entry)| Some((at, inside.refuses(entry)?)));
        self.budget = self.budget.saturating_sub(refused.as_ref().map_or(entries.len(), |(at, _)| at + 1));
        refused.map(|(_, origin)| origin)
    }
}

impl<'p> Inside<'p> {
    fn new(entries: &'p [Entry<'p>]) -> Self {
        Self { listed: entries.iter().filter_map(|entry| Some(entry.origin()?.as_str())).collect(), cover: Cover::new(entries) }
    }

    fn refuses(&self, entry: &Entry<'_>) -> Option<String> {
        match &entry.matcher {
            Matcher::Origin(origin) => self.refuses_origin(origin).then(|| format!("`{}`", origin.as_str())),
            Matcher::Regex(regex) => {
                let example = regex.example()?;
                let origin = crate::origin::Origin::parse(&example.into()).ok()?;
                self.refuses_origin(&origin).then(|| format!("`{}`", origin.as_str()))
            }
        }
    }

    fn refuses_origin(&self, origin: &crate::origin::Origin<'_>) -> bool {
        !self.listed.contains(origin.as_str()) && self.cover.covering(origin, |_| true).is_none()
    }
}
