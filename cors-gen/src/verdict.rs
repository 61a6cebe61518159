//! The tests of a policy file: policies with their tests come in; failures, and what no test reaches, go out.

use std::collections::HashSet;

use crate::browser::{Fetch, Outcome, Verdict};
use crate::diagnostic::Diagnostic;
use crate::evaluate;
use crate::lower::Storage;
use crate::policy::{Case, Entry, Policy, PolicySet, Test};
use crate::span::{STDIN, Span};

/// What the tests of a file said.
#[derive(Debug, Default)]
pub struct Results {
    /// One line for each test, in the order of the file.
    pub tests: Vec<TestResult>,
    /// One diagnostic for each question that was answered otherwise than expected.
    pub failures: Vec<Diagnostic>,
    /// The names of policies that no test reaches.
    pub unreached_policies: Vec<String>,
    /// The places of origin entries that no test reaches.
    pub unreached_entries: Vec<Span>,
}

/// What one test said.
#[derive(Debug, Clone)]
pub struct TestResult {
    /// The name of the test.
    pub name: String,
    /// How many questions it asks.
    pub cases: usize,
    /// How many of them were answered otherwise than expected.
    pub failed: usize,
}

/// Runs the tests of a file of that name. `set` holds the entries of every profile.
pub fn run(set: &PolicySet<'_>, file: &str) -> Results {
    let mut results = Results::default();
    if set.tests.is_empty() {
        return results;
    }
    let mut reached = Reached::default();
    let mut outcomes: Vec<Option<(TestResult, Vec<Diagnostic>)>> = set.tests.iter().map(|_| None).collect();
    let profiles: Vec<Option<&str>> = distinct(set.tests.iter().map(|test| test.profile.as_deref()));
    let mut asked: Vec<&str> = set.tests.iter().flat_map(|test| &test.cases).map(|case| &*case.origin.value).collect();
    asked.sort_unstable();
    asked.dedup();
    for profile in profiles {
        let Some(mut reading) = set.for_profile(profile) else { continue };
        // Of a hundred thousand exact origins, those that no test asks about need no table.
        reading.keep_entries(|entry| entry.origin().is_none_or(|origin| origin.pattern().is_some() || asked.binary_search(&origin.as_str()).is_ok()));
        let storage = Storage::new(&reading);
        let policies = storage.policies();
        let decision = storage.set(&policies);
        let tests = set.tests.iter().zip(&mut outcomes).filter(|(test, _)| test.profile.as_deref() == profile);
        for (test, outcome) in tests {
            *outcome = Some(run_test(test, file, &reading, &decision, &mut reached));
        }
    }
    for (result, failures) in outcomes.into_iter().flatten() {
        results.tests.push(result);
        results.failures.extend(failures);
    }
    results.unreached_policies =
        set.policies.iter().map(|policy| &policy.name.value).filter(|name| !reached.policies.contains(&***name)).map(|name| name.to_string()).collect();
    let mut entries: Vec<Span> = set.policies.iter().flat_map(tracked).map(|entry| entry.span).filter(|span| !reached.entries.contains(span)).collect();
    entries.sort_unstable();
    entries.dedup();
    results.unreached_entries = entries;
    results
}

fn distinct<'a>(profiles: impl Iterator<Item = Option<&'a str>>) -> Vec<Option<&'a str>> {
    let mut seen = HashSet::new();
    profiles.filter(|profile| seen.insert(*profile)).collect()
}

#[derive(Default)]
struct Reached {
    policies: HashSet<String>,
    entries: HashSet<Span>,
}

impl Reached {
    fn note(&mut self, set: &PolicySet<'_>, decision: &cors_decision::PolicySet<'_>, case: &Case<'_>) {
        let path = case.path.split('?').next().unwrap_or_default();
        let Some(rule) = decision.paths.rule_for(path.as_bytes()).and_then(|index| set.rules.get(index)) else { return };
        let policy = &set.policies[rule.policy];
        self.policies.insert(policy.name.value.to_string());
        let origin = case.origin.value.as_bytes();
        self.entries.extend(tracked(policy).iter().filter(|entry| entry.matches(origin)).map(|entry| entry.span));
    }
}

/// The entries of a policy that a test may be expected to reach: of a list beyond this length nobody tests each one.
fn tracked<'p>(policy: &'p Policy<'_>) -> &'p [Entry<'p>] {
    const MOST: usize = 1_000;
    let entries = policy.origins.entries();
    if entries.len() > MOST { &[] } else { entries }
}

fn run_test(test: &Test<'_>, file: &str, set: &PolicySet<'_>, decision: &cors_decision::PolicySet<'_>, reached: &mut Reached) -> (TestResult, Vec<Diagnostic>) {
    let mut failures = Vec::new();
    for case in &test.cases {
        reached.note(set, decision, case);
        let headers: Vec<&str> = case.headers.iter().map(|name| &**name).collect();
        let asked = Fetch { origin: &case.origin.value, method: &case.method, path: &case.path, headers: &headers, credentials: case.credentials };
        let outcome = evaluate::fetch(decision, &asked);
        if matches!(outcome.verdict, Verdict::Allow) != case.allow {
            failures.push(failure(test, file, case, &outcome));
        }
    }
    (TestResult { name: test.name.value.to_string(), cases: test.cases.len(), failed: failures.len() }, failures)
}

fn failure(test: &Test<'_>, file: &str, case: &Case<'_>, outcome: &Outcome) -> Diagnostic {
    let words = |allow| if allow { "allow" } else { "deny" };
    let question = format!("{} {} from {}", case.method, case.path, case.origin.value);
    let step = match &outcome.verdict {
        Verdict::Deny(reason) => format!("{} (Chromium: {}, Firefox: {})", reason.message, reason.chromium, reason.mdn),
        Verdict::Allow => outcome.steps.last().map(|step| step.text.clone()).unwrap_or_default(),
    };
    Diagnostic::error("failing-test", case.origin.span, format!("the test `{}` fails: {question}", test.name.value))
        .label(format!("expected {}, got {}", words(case.allow), words(!case.allow)))
        .reason(step)
        .help(format!("mend the policy, or the test, if `{}` is what you want; `{}` shows every step", words(!case.allow), command(test, file, case)))
}

/// The command that asks the same.
fn command(test: &Test<'_>, file: &str, case: &Case<'_>) -> String {
    let mut command = format!("cors-gen eval {}", if file == STDIN { "-".to_owned() } else { shell_quoted(file) });
    let mut option = |name, value: &str| command.push_str(&format!(" --{name} {}", shell_quoted(value)));
    option("origin", &case.origin.value);
    if case.method != "GET" {
        option("method", &case.method);
    }
    if case.path != "/" {
        option("path", &case.path);
    }
    case.headers.iter().for_each(|name| option("header", name));
    test.profile.iter().for_each(|profile| option("profile", profile));
    if case.credentials {
        command.push_str(" --credentials");
    }
    command
}

/// A word as a POSIX shell reads it.
fn shell_quoted(word: &str) -> String {
    let plain = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-./:@%+=,".contains(&byte));
    if plain { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use crate::compile::{Options, compile};
    use crate::span::Source;

    #[test]
    fn the_command_in_a_failure_asks_what_the_test_asked() {
        let item = "request: { origin: \"https://a'b.example\", path: '/é?q=1', method: PUT, headers: [x-a, content-type], credentials: true }";
        let text = format!(
            "version: 1\nprofiles: [dev]\npolicies: {{ api: {{ allow_origins: [{{ origin: 'http://localhost:*', profiles: [dev] }}] }} }}\n\
             tests: [{{ name: one, profile: dev, {item}, expect: allow }}]\n"
        );
        for (file, shown) in [("my policy.yaml", "'my policy.yaml'"), ("cors.yaml", "cors.yaml"), ("<stdin>", "-")] {
            let source = Source::new(file, text.as_str());
            let help = compile(&source, &Options::default()).diagnostics.iter().map(|found| found.help.as_str()).collect::<String>();
            let command = format!(
                "`cors-gen eval {shown} --origin 'https://a'\\''b.example' --method PUT --path '/%C3%A9?q=1' --header x-a --header content-type \
                 --profile dev --credentials`"
            );
            assert!(help.contains(&command), "{help}");
        }
    }
}
