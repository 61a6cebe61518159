//! The same truth in every tongue. Random policies, and random, mutated and hostile requests: the tables of the decision, a plain loop over the
//! resolved policy, a naive reading of the words of the file, and the model of the browser say the same.
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

#[path = "truth/file.rs"]
mod file;
#[path = "truth/naive.rs"]
mod naive;
#[path = "truth/reading.rs"]
mod reading;
#[path = "truth/requests.rs"]
mod requests;
#[path = "truth/script.rs"]
mod script;
#[path = "truth/words.rs"]
mod words;

use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet};
use std::fmt;

use cors_decision::{Kind, OriginHeader, Request, is_ambiguous};
use cors_gen::browser::{Fetch, Outcome, Verdict};
use cors_gen::policy::PolicySet;
use cors_gen::{Options, Source, Storage, compile, evaluate};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{TestCaseResult, TestError, TestRunner};

use file::{Policy, file};
use reading::{Answer, Reading, Received};
use requests::{noise, policies, request, script};
use script::{Denied, Fate, fate};
use words::{change, filled, origin, path, path_of};

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// The policies of a file that must compile. What lints say against it is no matter here.
fn compiled(source: &Source) -> PolicySet<'_> {
    let compilation = compile(source, &Options::default());
    compilation.policies.unwrap_or_else(|| panic!("{:#?}\n{}", compilation.diagnostics, source.text))
}

proptest! {
    #![proptest_config(config(250))]

    #[test]
    fn origins_are_allowed_as_by_a_loop_over_the_entries(entries in vec(origin(), 0..40), others in vec((filled(), change()), 60), noise in vec(noise(), 4)) {
        let written = [Policy::new("api", &["/**".to_owned()], &entries)];
        let source = file(&written);
        let set = compiled(&source);
        let storage = Storage::new(&set);
        let tables = storage.policies();
        let reading = Reading::new(&written);
        let listed = entries.iter().map(String::as_str).chain([file::ELSEWHERE]).map(|entry| entry.as_bytes().to_vec());
        for origin in listed.chain(others.iter().map(|(origin, change)| change.of(origin))).chain(noise) {
            let allowed = tables[0].allows_origin(&origin);
            let by_loop = set.policies[0].origins.entries().iter().any(|entry| entry.matches(&origin));
            prop_assert_eq!((allowed, by_loop), (reading.allows(&written[0], &origin), allowed), "`{}` in {:#?}", origin.escape_ascii(), entries);
        }
    }

    #[test]
    fn paths_find_the_first_rule_that_matches(paths in vec(path(), 1..30), asked in vec((path(), change()), 60), noise in vec(noise(), 2)) {
        let mut seen = HashSet::new();
        let distinct = paths.iter().filter(|path| seen.insert(*path)).enumerate();
        let written: Vec<Policy> = distinct.map(|(at, path)| Policy::new(format!("p{at}"), std::slice::from_ref(path), &["https://a.ex".to_owned()])).collect();
        let source = file(&written);
        let set = compiled(&source);
        let storage = Storage::new(&set);
        let tables = storage.policies();
        let decision = storage.set(&tables);
        let reading = Reading::new(&written);
        let everything = set.rules.len() == 1 && set.rules[0].pattern.value == "/**";
        for path in asked.iter().map(|(path, change)| change.of(&path_of(path))).chain(noise) {
            let by_loop = set.rules.iter().position(|rule| everything || (!is_ambiguous(&path) && rule.matches(&path)));
            prop_assert_eq!(decision.paths.rule_for(&path), by_loop, "`{}` in {:#?}", path.escape_ascii(), set.rules);
            let found = decision.policy_for(&path).map(|policy| policy.name);
            prop_assert_eq!(found, reading.policy(&path).map(|policy| &*policy.name), "`{}` in {:#?}", path.escape_ascii(), set.rules);
        }
    }

    #[test]
    fn the_same_entries_give_the_same_bytes_in_any_order(entries in vec(origin(), 0..60)) {
        let straight: Vec<String> = entries.into_iter().filter(|entry| !entry.starts_with(file::REGEX)).collect();
        let reversed: Vec<String> = straight.iter().rev().cloned().collect();
        let sources = [straight, reversed].map(|entries| file(&[Policy::new("api", &["/**".to_owned()], &entries)]));
        let sets = sources.each_ref().map(compiled);
        let storages = sets.each_ref().map(Storage::new);
        prop_assert_eq!(storages[0].policies()[0].origins, storages[1].policies()[0].origins);
    }
}

/// How often something was seen, so that a property of many kinds of requests is known to have met each.
#[derive(Default)]
struct Seen(RefCell<BTreeMap<String, usize>>);

impl Seen {
    fn note(&self, what: impl fmt::Debug) {
        *self.0.borrow_mut().entry(format!("{what:?}")).or_default() += 1;
    }

    #[track_caller]
    fn assert_at_least(&self, times: usize, kinds: usize) {
        let seen = self.0.borrow();
        assert!(seen.len() == kinds && seen.values().all(|&count| count >= times), "{seen:#?}");
    }
}

/// The failure alone: it names the file and the request, and the random choices that led there say nothing more.
#[track_caller]
fn explain<T>(result: Result<(), TestError<T>>) {
    match result {
        Ok(()) => {}
        Err(TestError::Fail(why, _)) => panic!("{why}"),
        Err(TestError::Abort(why)) => panic!("{why}"),
    }
}

/// Holds what is asked of random policies, forty questions a file, to a property over the file's words, the decision and the naive reading.
#[track_caller]
fn hold<Q: fmt::Debug>(question: impl Strategy<Value = Q>, property: impl Fn(&Q, &[Policy], &cors_decision::PolicySet<'_>, &Reading<'_>) -> TestCaseResult) {
    let result = TestRunner::new(config(200)).run(&(policies(), vec(question, 40)), |(written, questions)| {
        let source = file(&written);
        let set = compiled(&source);
        let storage = Storage::new(&set);
        let tables = storage.policies();
        let decision = storage.set(&tables);
        let reading = Reading::new(&written);
        let faults = |fault: TestCaseError| TestCaseError::fail(format!("{fault}\n{}", source.text));
        questions.iter().try_for_each(|question| property(question, &written, &decision, &reading).map_err(faults))
    });
    explain(result);
}

#[test]
fn every_request_is_answered_as_the_reference_says() {
    let seen = Seen::default();
    hold(request(), |request, written, decision, reading| {
        let received = request.to(written);
        let answer = reading.answer(&received);
        seen.note(answer.as_ref().map(|answer| (answer.status.map(|status| status / 100), answer.refusal)));
        prop_assert_eq!(decided(decision, &received), answer, "{:?}", received);
        Ok(())
    });
    // No policy; a preflight granted, or refused for one or for several origins; another request granted, or refused for one, several or none.
    seen.assert_at_least(20, 8);
}

/// The answer of the decision in the words of the reading.
fn decided(decision: &cors_decision::PolicySet<'_>, received: &Received) -> Option<Answer> {
    let answer = decision.decide(&Request {
        method: received.method.as_bytes(),
        path: &received.path,
        origin: match &received.origins[..] {
            [] => OriginHeader::Absent,
            [origin] => OriginHeader::One(origin),
            _ => OriginHeader::Several,
        },
        request_method: received.request_method.as_deref(),
        request_headers: received.request_headers.as_deref(),
        request_private_network: received.request_private_network.as_deref(),
    })?;
    let mut headers: BTreeMap<String, Vec<u8>> = answer.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.to_vec())).collect();
    let vary = headers.remove("vary").unwrap_or_default().to_ascii_lowercase();
    Some(Answer {
        policy: answer.policy.name.to_owned(),
        status: match answer.kind {
            Kind::Actual => None,
            Kind::Preflight { status } => Some(status),
        },
        refusal: answer.refusal,
        headers,
        vary: String::from_utf8_lossy(&vary).split(", ").filter(|name| !name.is_empty()).map(str::to_owned).collect(),
    })
}

#[test]
fn a_browser_hands_over_what_the_policy_allows_and_nothing_else() {
    let seen = Seen::default();
    hold(script(), |script, written, decision, reading| {
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        let (origin, path) = (text(script.near.origin(written)), text(script.near.path(written)));
        let headers: Vec<&str> = script.headers.iter().map(String::as_str).collect();
        let asked = Fetch { origin: &origin, method: &script.method, path: &path, headers: &headers, credentials: script.credentials };
        // No browser sends an empty origin.
        if origin.is_empty() {
            return Ok(());
        }
        let expected = fate(reading, &asked);
        seen.note((expected.preflight, expected.verdict));
        prop_assert_eq!(run(&evaluate::fetch(decision, &asked)), expected, "{:?}", asked);
        Ok(())
    });
    // Nothing sent; allowed, or denied by origin or credentials, with a preflight and without; denied by method or header.
    seen.assert_at_least(20, 9);
}

/// What became of a fetch, in the words of the reading.
fn run(outcome: &Outcome) -> Fate {
    let verdict = match &outcome.verdict {
        Verdict::Allow => Ok(()),
        Verdict::Deny(reason) => Err(match reason.chromium {
            "TypeError" => Denied::Script,
            "MissingAllowOriginHeader" | "PreflightMissingAllowOriginHeader" => Denied::Origin,
            "WildcardOriginNotAllowed" | "PreflightWildcardOriginNotAllowed" | "InvalidAllowCredentials" | "PreflightInvalidAllowCredentials" => {
                Denied::Credentials
            }
            "MethodDisallowedByPreflightResponse" => Denied::Method,
            "HeaderDisallowedByPreflightResponse" => Denied::Header,
            other => panic!("no policy should lead to {other}: {outcome:#?}"),
        }),
    };
    Fate { preflight: outcome.preflight.is_some(), sent: outcome.response.is_some(), verdict }
}
