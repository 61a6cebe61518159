//! Lints: a well-formed set of policies comes in, what is legal but risky or pointless goes out. Nothing is changed.
//!
//! A lint is one file here and one row in [`LINTS`].

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Level};
use crate::policy::{Policy, PolicySet};
use crate::span::Span;

/// A lint: its documentation, and the check.
pub struct Lint {
    /// Its name: it names the fault, in kebab-case.
    pub name: &'static str,
    /// How much it weighs where the file does not say.
    pub default: DefaultLevel,
    /// What it finds, in a line.
    pub summary: &'static str,
    /// Why that matters, and when it may be allowed.
    pub why: &'static str,
    /// A policy file that raises this lint and no other.
    pub bad: &'static str,
    /// Its mend, which raises none.
    pub good: &'static str,
    pub(crate) check: fn(&PolicySet<'_>, &mut Findings),
}

/// How much a lint weighs where the file does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DefaultLevel {
    /// A warning.
    Warn,
    /// It keeps the policy from being compiled.
    Deny,
    /// A warning, but it keeps a policy with credentials from being compiled.
    DenyWithCredentials,
    /// Silent, unless the file sets a level or the user asks for pedantic lints, as warnings.
    Pedantic,
}

impl DefaultLevel {
    /// The level as the reference says it.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Warn => "warn",
            Self::Deny => "deny",
            Self::DenyWithCredentials => "deny with credentials, else warn",
            Self::Pedantic => "pedantic",
        }
    }
}

/// All lints, in the order of the reference.
pub static LINTS: &[&Lint] = &[];

/// What a lint found so far.
#[derive(Default)]
pub(crate) struct Findings {
    found: Vec<(Option<usize>, Diagnostic)>,
}

impl Findings {
    /// A finding in a policy, by its index. Its code and level are filled in later.
    pub(crate) fn in_policy(&mut self, policy: usize, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        self.push(Some(policy), span, message)
    }

    /// A finding in a part of the file that is no policy.
    pub(crate) fn in_file(&mut self, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        self.push(None, span, message)
    }

    fn push(&mut self, policy: Option<usize>, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        let at = self.found.len();
        self.found.push((policy, Diagnostic::error("", span, message)));
        &mut self.found[at].1
    }
}

/// Runs all lints over one reading of a file.
pub(crate) fn run(set: &PolicySet<'_>, pedantic: bool, report: &mut Vec<Diagnostic>) {
    for lint in LINTS {
        let mut findings = Findings::default();
        (lint.check)(set, &mut findings);
        for (policy, finding) in findings.found {
            let policy = policy.map(|index| &set.policies[index]);
            if let Some(level) = level(lint, set, policy, pedantic) {
                report.push(Diagnostic { code: lint.name, level, ..finding });
            }
        }
    }
}

/// The level of a lint: the policy's word counts before the file's, and the file's before the default.
fn level(lint: &Lint, set: &PolicySet<'_>, policy: Option<&Policy<'_>>, pedantic: bool) -> Option<Level> {
    let own = policy.iter().flat_map(|policy| &policy.lints);
    if let Some(set) = own.chain(&set.lints).find(|set| set.lint == lint.name) {
        return set.level;
    }
    match lint.default {
        DefaultLevel::Warn => Some(Level::Warn),
        DefaultLevel::Deny => Some(Level::Deny),
        DefaultLevel::DenyWithCredentials if policy.is_some_and(|policy| policy.credentials.value) => Some(Level::Deny),
        DefaultLevel::DenyWithCredentials => Some(Level::Warn),
        DefaultLevel::Pedantic => pedantic.then_some(Level::Warn),
    }
}

/// One finding for each lint and place, the gravest: an entry of a set is seen once for each policy and profile that uses it.
pub(crate) fn keep_gravest(report: &mut Vec<Diagnostic>) {
    report.sort_by_key(|diagnostic| (diagnostic.span, diagnostic.code, std::cmp::Reverse(diagnostic.level)));
    let mut seen = HashSet::new();
    report.retain(|diagnostic| diagnostic.level == Level::Error || seen.insert((diagnostic.span, diagnostic.code)));
}
