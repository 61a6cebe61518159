//! The one place where the stages meet: a source comes in, what was found in it and its policies go out.

use crate::diagnostic::{Diagnostic, Level};
use crate::document;
use crate::lints;
use crate::policy::PolicySet;
use crate::resolve::resolve;
use crate::span::{Source, Span};
use crate::verdict;
use crate::yaml;

/// What is asked of a compilation.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The profile to compile for; `None` is the strict reading, without the entries of any profile.
    pub profile: Option<String>,
    /// Whether pedantic lints speak.
    pub pedantic: bool,
    /// Whether the lints look at every profile of the file, not only at the one that is compiled.
    pub lint_all_profiles: bool,
}

/// What came of a source.
#[derive(Debug)]
pub struct Compilation<'s> {
    /// Every error, denied and warned finding, in the order of places.
    pub diagnostics: Vec<Diagnostic>,
    /// The policies of the profile that was asked for, unless there is an error.
    pub policies: Option<PolicySet<'s>>,
    /// The policies with the entries of every profile, unless there is an error.
    pub all_profiles: Option<PolicySet<'s>>,
}

impl<'s> Compilation<'s> {
    /// The policies, if nothing keeps them from being compiled: no error, no denied lint, no failing test.
    pub fn sound(&self) -> Option<&PolicySet<'s>> {
        self.policies.as_ref().filter(|_| !self.diagnostics.iter().any(Diagnostic::is_fatal))
    }
}

/// Reads, checks, lints and tests a policy file. Never panics, prints or exits, whatever the source holds.
pub fn compile<'s>(source: &'s Source, options: &Options) -> Compilation<'s> {
    let mut report = Vec::new();
    let all_profiles = read(&source.text, &mut report);
    let policies = all_profiles.as_ref().and_then(|set| select(set, options.profile.as_deref(), &mut report));
    if let (Some(all), Some(selected)) = (&all_profiles, &policies) {
        lints::run(selected, options.pedantic, &mut report);
        if options.lint_all_profiles {
            let profiles = all.profiles.iter().filter_map(|profile| all.for_profile(Some(&profile.name.value)));
            profiles.for_each(|reading| lints::run(&reading, options.pedantic, &mut report));
        }
        report.extend(verdict::run(all, &source.name).failures);
    }
    lints::keep_gravest(&mut report);
    Compilation { diagnostics: report, policies, all_profiles }
}

/// The policies of a text with the entries of every profile, if there is no error in it.
fn read<'s>(text: &'s str, report: &mut Vec<Diagnostic>) -> Option<PolicySet<'s>> {
    let root = match yaml::parse(text, report) {
        Some(root) => root,
        None => {
            read_past_asterisks(text, report);
            return None;
        }
    };
    let document = document::decode(&root, report);
    // The tree of a large file makes room for the policies.
    drop(root);
    let set = resolve(document, report);
    (!report.iter().any(|diagnostic| diagnostic.level == Level::Error)).then_some(set)
}

/// An unquoted `*` ends the reading of YAML. So that the other errors of the file are heard in the same run, it is read again with a letter
/// in its place, and what is then said of that letter is dropped.
fn read_past_asterisks(text: &str, report: &mut Vec<Diagnostic>) {
    const MOST: usize = 20;
    let mut stars: Vec<Span> = Vec::new();
    let mut patched = text.to_owned();
    while let Some(star) = report.last().filter(|last| last.code == "unquoted-asterisk" && stars.len() < MOST).map(|last| last.span) {
        if stars.contains(&star) || text.get(star.range()) != Some("*") {
            return;
        }
        stars.push(star);
        patched.replace_range(star.range(), "_");
        let mut again = Vec::new();
        if let Some(root) = yaml::parse(&patched, &mut again) {
            resolve(document::decode(&root, &mut again), &mut again);
        }
        let fatal = again.last().is_some_and(|last| last.code == "unquoted-asterisk");
        again.retain(|diagnostic| !stars.contains(&diagnostic.span));
        if fatal {
            report.extend(again.pop());
        } else {
            report.extend(again);
            return;
        }
    }
}

fn select<'s>(set: &PolicySet<'s>, profile: Option<&str>, report: &mut Vec<Diagnostic>) -> Option<PolicySet<'s>> {
    let selected = set.for_profile(profile);
    if let (None, Some(profile)) = (&selected, profile) {
        let known = || set.profiles.iter().map(|declared| &*declared.name.value);
        let help = match crate::suggest::nearest(profile, known()) {
            Some(nearest) => format!("ask for `{nearest}`"),
            None if set.profiles.is_empty() => format!("the file declares no profiles: ask for none, or add `profiles: [{profile}]` to it"),
            None => format!("declared are {}", crate::suggest::list(known())),
        };
        report.push(
            Diagnostic::error("unknown-profile", Span::default(), format!("the profile `{profile}` that was asked for is not declared in this file"))
                .help(help),
        );
    }
    selected
}
