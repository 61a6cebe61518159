//! Lints: a well-formed set of policies comes in, what is legal but risky or pointless goes out. Nothing is changed.
//!
//! A lint is one file here and one row in [`LINTS`]. Every lint works in near-linear time: a file of 100,000 origins is an ordinary one.

mod broad_regex;
mod confusable;
mod containment;
mod cover;
mod http_twin;
mod insecure;
mod insecure_origin;
mod insecure_origin_with_credentials;
mod lookalike_origin;
mod loopback_outside_profile;
mod looser_outer_path;
mod max_age_over_cap;
pub(crate) mod memo;
mod miscased_method;
mod misplaced_header;
mod null_origin;
mod obsolete_private_network;
mod public_suffix_wildcard;
mod redundant_entry;
mod safelisted_entry;
mod unlisted_safelisted_method;
mod untested_policy;
mod unused_origin_set;
mod unused_profile;
mod wildcard_headers_without_authorization;

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

impl Lint {
    /// Whether it looks at the file as a whole, so that no policy can set its level.
    pub(crate) fn is_of_the_file(&self) -> bool {
        [unused_origin_set::LINT.name, unused_profile::LINT.name].contains(&self.name)
    }
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
pub static LINTS: &[&Lint] = &[
    &insecure_origin_with_credentials::LINT,
    &null_origin::LINT,
    &public_suffix_wildcard::LINT,
    &broad_regex::LINT,
    &insecure_origin::LINT,
    &loopback_outside_profile::LINT,
    &wildcard_headers_without_authorization::LINT,
    &max_age_over_cap::LINT,
    &http_twin::LINT,
    &lookalike_origin::LINT,
    &looser_outer_path::LINT,
    &miscased_method::LINT,
    &misplaced_header::LINT,
    &obsolete_private_network::LINT,
    &redundant_entry::LINT,
    &unused_origin_set::LINT,
    &unused_profile::LINT,
    &safelisted_entry::LINT,
    &unlisted_safelisted_method::LINT,
    &untested_policy::LINT,
];

/// What a lint found so far.
#[derive(Default)]
pub(crate) struct Findings {
    found: Vec<(Option<usize>, Diagnostic)>,
}

impl Findings {
    /// A finding in a policy, by its index.
    fn in_policy(&mut self, policy: usize, finding: Diagnostic) {
        self.found.push((Some(policy), finding));
    }

    /// A finding in a part of the file that is no policy.
    fn in_file(&mut self, finding: Diagnostic) {
        self.found.push((None, finding));
    }
}

/// A finding; its code and level are filled in when it is reported.
fn finding(span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::error("", span, message)
}

/// How a file says that it means what a lint found.
fn meant(lint: &str, because: &str) -> String {
    format!("`lints: {{ {lint}: {{ level: allow, because: {because} }} }}`")
}

/// Runs all lints over one reading of a file.
pub(crate) fn run(set: &PolicySet<'_>, pedantic: bool, report: &mut Vec<Diagnostic>) {
    for lint in LINTS.iter().filter(|lint| may_speak(lint, set, pedantic)) {
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

/// A pedantic lint that nobody asked for need not look.
fn may_speak(lint: &Lint, set: &PolicySet<'_>, pedantic: bool) -> bool {
    let mut levels = set.policies.iter().flat_map(|policy| &policy.lints).chain(&set.lints);
    pedantic || lint.default != DefaultLevel::Pedantic || levels.any(|set| set.lint == lint.name && set.level.is_some())
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

/// One finding for each lint and place, the gravest: an entry of a set is seen once for each policy and profile that uses it. An error is said once
/// of each place: an alias brings it into every policy that uses it.
pub(crate) fn keep_gravest(report: &mut Vec<Diagnostic>) {
    report.sort_by_key(|diagnostic| (diagnostic.span, diagnostic.code, std::cmp::Reverse(diagnostic.level)));
    let mut seen = HashSet::new();
    report.retain(|diagnostic| seen.insert((diagnostic.span, diagnostic.code, (diagnostic.level == Level::Error).then(|| diagnostic.message.clone()))));
}
