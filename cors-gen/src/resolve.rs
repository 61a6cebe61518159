//! A [`Document`] comes in, a [`PolicySet`] goes out: every word strictly read, sets expanded, defaults filled in. All errors are gathered.

mod cases;
mod origins;
mod words;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Level};
use crate::document::{self, Document, Text};
use crate::lints::{self, memo::Memo};
use crate::path;
use crate::policy::{Declared, Entry, LintLevel, List, Matcher, Origins, Policy, PolicySet, Rule};
use crate::regex::Regex;
use crate::span::{Span, Spanned};
use crate::suggest;
use crate::tables::{PathTable, TooManyPaths};

/// How many names a wrong one is compared with, and the most that a help lists: each of thousands may be wrong.
const MOST_SUGGESTED: usize = 50;

/// How many profiles a file can declare. Each is a reading of the whole file that the lints look at.
const MAX_PROFILES: usize = 32;

/// What every step of the resolution shares.
pub(crate) struct Resolver<'r, 's> {
    report: &'r mut Vec<Diagnostic>,
    profiles: Vec<Declared<'s>>,
    /// The index of each profile, by name.
    profile_index: HashMap<Text<'s>, u16>,
    /// The index of each origin set, by name.
    set_index: HashMap<Text<'s>, usize>,
    /// How many origins the policies list together so far.
    listed: usize,
    /// Whether a regex means any origin.
    every_site: Memo<bool>,
}

/// Gives a document its meaning. The result holds the entries of every profile.
/// Precondition for using it: no error was reported.
pub(crate) fn resolve<'s>(document: Document<'s>, report: &mut Vec<Diagnostic>) -> PolicySet<'s> {
    let profiles: Vec<Declared<'s>> = document.profiles.into_iter().map(|name| Declared { name, used: false }).collect();
    let profile_index = profiles.iter().enumerate().map(|(index, profile)| (profile.name.value.clone(), index as u16)).collect();
    let set_index = document.sets.iter().enumerate().map(|(index, set)| (set.name.value.clone(), index)).collect();
    let mut resolver = Resolver { report, profiles, profile_index, set_index, listed: 0, every_site: Memo::default() };
    resolver.check_profile_names();
    let mut sets = resolver.sets(document.sets);
    let policies: Vec<Policy<'s>> = document.policies.into_iter().map(|named| resolver.policy(named.name, named.value, &mut sets)).collect();
    let rules = resolver.rules(&policies);
    let lints = resolver.lint_levels(&document.lints);
    let tests = document.tests.into_iter().map(|test| resolver.test(test)).collect();
    let sets = sets.into_iter().map(|set| Declared { name: set.name, used: set.used }).collect();
    PolicySet { policies, rules, sets, profiles: resolver.profiles, profile: None, lints, tests }
}

impl<'s> Resolver<'_, 's> {
    fn check_profile_names(&mut self) {
        if let Some(beyond) = self.profiles.get(MAX_PROFILES) {
            let message = format!("the file declares {} profiles, more than the {MAX_PROFILES} that one can have", self.profiles.len());
            self.report.push(
                Diagnostic::error("too-many-profiles", beyond.name.span, message)
                    .help("declare one profile for each kind of place that runs, such as `dev` and `staging`"),
            );
        }
        let mut seen: HashMap<&str, Span> = HashMap::new();
        for Declared { name, .. } in &self.profiles {
            crate::decode::Decoder { report: self.report }.check_name(name);
            if let Some(first) = seen.insert(&name.value, name.span) {
                let diagnostic = Diagnostic::error("invalid-name", name.span, format!("the profile `{}` is declared twice", name.value));
                self.report.push(
                    diagnostic
                        .related(first, "first here")
                        .reason("a profile is declared once, so that one look tells which there are")
                        .help("remove one of them"),
                );
            }
        }
    }

    fn policy(&mut self, name: Spanned<Text<'s>>, policy: document::Policy<'s>, sets: &mut [origins::Set<'s>]) -> Policy<'s> {
        let origins = match policy.allow_origins {
            Some(origins) => self.origins(origins, sets),
            None => Origins::Listed(Arc::default()),
        };
        let resolved = Policy {
            paths: self.paths(policy.paths, name.span),
            methods: self.methods(policy.allow_methods, name.span),
            headers: self.request_headers(policy.allow_headers),
            expose: self.response_headers(policy.expose_headers),
            credentials: policy.allow_credentials.unwrap_or(Spanned::new(false, name.span)),
            max_age: policy.max_age.and_then(|max_age| self.max_age(&max_age)),
            private_network: policy.allow_private_network.unwrap_or(Spanned::new(false, name.span)),
            preflight_status: policy.preflight_status.and_then(|status| self.status(&status)).unwrap_or(Spanned::new(204, name.span)),
            lints: self.policy_lint_levels(&policy.lints),
            origins,
            name,
        };
        self.check_credentials(&resolved);
        resolved
    }

    /// What no browser accepts once credentials go with a request.
    fn check_credentials(&mut self, policy: &Policy<'_>) {
        if !policy.credentials.value {
            return;
        }
        let name = &policy.name.value;
        if let Origins::Any(any) = policy.origins {
            self.report.push(
                Diagnostic::error("credentials-with-any-origin", any, format!("the policy `{name}` allows credentials to any origin"))
                    .label("any origin")
                    .related(policy.credentials.span, "with credentials")
                    .reason("a browser refuses `*` for a request with credentials, so this works in testing and fails after the first login; echoing the origin instead would let every site act as the user")
                    .help("list the origins that may act as a logged-in user: `allow_origins: [https://app.example.com]`; or remove `allow_credentials`"),
            );
        }
        let is_any = |entry: &&Entry<'_>| matches!(&entry.matcher, Matcher::Regex(regex) if *self.every_site.get(regex, Regex::matches_every_site));
        if let Some(any) = policy.origins.entries().iter().find(is_any) {
            self.report.push(
                Diagnostic::error("credentials-with-every-site", any.span, format!("the policy `{name}` allows credentials to every site"))
                    .label("any origin matches")
                    .related(policy.credentials.span, "with credentials")
                    .reason("whoever has a domain could act as the user: this is any origin in other words, and no browser would stop it")
                    .help(r"write what only your own origins match: `https://[a-z0-9-]+\.example\.com`; or remove `allow_credentials`"),
            );
        }
        if let Some(any) = policy.expose.any {
            self.report.push(
                Diagnostic::error("credentials-with-exposed-wildcard", any, format!("the policy `{name}` exposes \"*\" and allows credentials"))
                    .label("means a header named `*` here")
                    .related(policy.credentials.span, "credentials")
                    .reason("for a request with credentials, `*` in `Access-Control-Expose-Headers` exposes nothing")
                    .help("name the headers that scripts read: `expose_headers: [X-Request-Id]`"),
            );
        }
    }

    fn rules(&mut self, policies: &[Policy<'s>]) -> Vec<Rule<'s>> {
        let mut rules: Vec<Rule<'s>> = Vec::new();
        let mut seen: HashMap<Text<'s>, (Span, usize)> = HashMap::new();
        for (index, policy) in policies.iter().enumerate() {
            for pattern in &policy.paths {
                match seen.get(&pattern.value) {
                    Some(&(first, owner)) => {
                        let other = &policies[owner].name.value;
                        self.report.push(duplicate_path(pattern, first, &policy.name.value, other));
                    }
                    None => {
                        seen.insert(pattern.value.clone(), (pattern.span, index));
                        rules.push(Rule { pattern: pattern.clone(), policy: index });
                    }
                }
            }
        }
        rules.sort_by_cached_key(|rule| path::specificity(&rule.pattern.value));
        if let (Err(TooManyPaths), Some(first)) = (PathTable::new(&rules), policies.first()) {
            self.report.push(too_many_paths(first.name.span, rules.len()));
        }
        rules
    }

    fn policy_lint_levels(&mut self, levels: &[document::LintLevel<'s>]) -> Vec<LintLevel> {
        let known = self.lint_levels(levels);
        let of_the_file = |level: &&LintLevel| lints::LINTS.iter().any(|lint| lint.name == level.lint && lint.is_of_the_file());
        self.report.extend(known.iter().filter(of_the_file).map(lint_of_the_file));
        known
    }

    fn lint_levels(&mut self, levels: &[document::LintLevel<'s>]) -> Vec<LintLevel> {
        let mut known = Vec::new();
        for document::LintLevel { lint, level } in levels {
            let found = lints::LINTS.iter().find(|known| known.name == lint.value);
            let parsed = match &*level.value {
                "allow" => Some(None),
                "warn" => Some(Some(Level::Warn)),
                "deny" => Some(Some(Level::Deny)),
                _ => None,
            };
            if found.is_none() {
                self.report.push(unknown_lint(lint));
            }
            if parsed.is_none() {
                let message = format!("`{}` is no level of a lint", level.value);
                self.report.push(Diagnostic::error("invalid-level", level.span, message).help("write `allow`, `warn` or `deny`"));
            }
            if let (Some(found), Some(level)) = (found, parsed) {
                known.push(LintLevel { lint: found.name, level, span: lint.span });
            }
        }
        known
    }

    /// The index of a declared profile; others are reported.
    fn profile(&mut self, name: &Spanned<Text<'s>>) -> Option<u16> {
        if let Some(&index) = self.profile_index.get(&name.value) {
            return Some(index);
        }
        let known = || self.profiles.iter().take(MOST_SUGGESTED).map(|profile| &*profile.name.value);
        let help = match suggest::nearest(&name.value, known()) {
            Some(nearest) => format!("write `{nearest}`"),
            None if self.profiles.is_empty() => format!("declare it at the top of the file: `profiles: [{}]`", name.value),
            None => format!("add it to the `profiles:` of the file; declared are {}", suggest::list(known())),
        };
        self.report.push(
            Diagnostic::error("unknown-profile", name.span, format!("the profile `{}` is not declared", name.value))
                .reason("a misspelt profile would be an entry that never exists")
                .help(help),
        );
        None
    }
}

fn duplicate_path(pattern: &Spanned<Text<'_>>, first: Span, policy: &str, other: &str) -> Diagnostic {
    Diagnostic::error("duplicate-path", pattern.span, format!("the path `{}` of the policy `{policy}` is taken", pattern.value))
        .label("again here")
        .related(first, format!("in the policy `{other}`"))
        .reason("exactly one policy answers a request, and of two equal patterns none is the more specific")
        .help("give each policy `paths` of its own")
}

fn too_many_paths(span: Span, count: usize) -> Diagnostic {
    Diagnostic::error("too-many-paths", span, format!("the {count} path patterns of this file overlap in too many ways"))
        .reason("all patterns are compiled into one table, which would be too large")
        .help("replace `*` in the middle of patterns by the names that it stands for, or end patterns with `/**` earlier")
}

fn unknown_lint(lint: &Spanned<Text<'_>>) -> Diagnostic {
    let help = match suggest::nearest(&lint.value, lints::LINTS.iter().map(|known| known.name)) {
        Some(nearest) => format!("write `{nearest}`"),
        None => "`cors-gen rule` lists all lints".to_owned(),
    };
    Diagnostic::error("unknown-lint", lint.span, format!("there is no lint `{}`", lint.value)).help(help)
}

fn lint_of_the_file(level: &LintLevel) -> Diagnostic {
    Diagnostic::error("unknown-lint", level.span, format!("a policy has no lint `{}`", level.lint))
        .reason("it looks at the file as a whole, so a level under one policy would change nothing")
        .help("set its level at the top of the file, under `lints:`")
}

/// The list of a policy that does not write it.
fn default_methods<'s>(place: Span) -> List<'s> {
    let names = crate::method::SAFELISTED.iter().map(|&method| Spanned::new(Cow::Borrowed(method), place)).collect();
    List { written: false, any: None, names }
}
