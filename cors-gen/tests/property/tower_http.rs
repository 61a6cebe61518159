//! One program has a module for each of many policies, with every legal character in their words. It is built without a warning, and what a script may
//! read through it is what the decision lets it read.

use cors_gen::browser::{self, Fetch, ServerResponse, Verdict};
use cors_gen::policy::PolicySet;
use cors_gen::{Options, Source, Storage, compile, evaluate, targets};
use cors_testbed::http::{Request, send};
use cors_testbed::program::Site;
use cors_testbed::tower_http::TowerHttp;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::driver::file::{Policy, file};
use crate::driver::origin;
use crate::frameworks::{fetches, whole};

/// So many policies are tried.
const POLICIES: usize = 100;

/// A policy that could be said.
struct Said {
    written: Policy,
    others: Vec<String>,
    source: Source,
    /// The host that has it, which is the name of its module.
    host: String,
    text: String,
}

fn said() -> Vec<Said> {
    let mut runner = TestRunner::default();
    let strategy = (whole(), vec(origin(), 2));
    let mut policies = Vec::new();
    for _ in 0..POLICIES {
        let (written, others) = strategy.new_tree(&mut runner).expect("a policy").current();
        let source = file(std::slice::from_ref(&written));
        let Some(files) = compiled(&source, |set| targets::find("tower-http").expect("a target").generate(set, &source)) else { continue };
        if let Ok([only]) = files.as_deref() {
            let (host, text) = (format!("policy_{}", policies.len()), only.text.clone());
            policies.push(Said { written, others, source, host, text });
        }
    }
    policies
}

/// Lints are no matter here: what is denied for being risky must still be said right once it is allowed.
fn compiled<T>(source: &Source, then: impl FnOnce(&PolicySet<'_>) -> T) -> Option<T> {
    compile(source, &Options::default()).policies.as_ref().map(then)
}

pub(crate) fn agree() {
    let policies = said();
    let names: Vec<String> = policies.iter().map(|policy| format!("{}.rs", policy.host)).collect();
    let files: Vec<(&str, &str)> = names.iter().zip(&policies).map(|(name, policy)| (&**name, &*policy.text)).collect();
    let site = Site::start(&TowerHttp, &files).unwrap_or_else(|error| panic!("{error}"));
    let (mut allowed, mut denied) = (0, 0);
    for policy in &policies {
        let verdicts = compiled(&policy.source, |set| hold(policy, set, &site)).expect("it was compiled before");
        verdicts.into_iter().for_each(|verdict| *(if verdict { &mut allowed } else { &mut denied }) += 1);
    }
    assert!(policies.len() >= 30 && allowed >= 500 && denied >= 500, "{} policies, {allowed} allowed, {denied} denied", policies.len());
}

/// Whether each fetch is allowed, as both agree.
fn hold(policy: &Said, set: &PolicySet<'_>, site: &Site) -> Vec<bool> {
    let storage = Storage::new(set);
    let policies = storage.policies();
    let decision = storage.set(&policies);
    let hold = |(origin, method, headers, credentials): &(String, String, Vec<String>, bool)| {
        let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
        let fetch = Fetch { origin, method, path: "/items", headers: &headers, credentials: *credentials };
        let decided = evaluate::fetch(&decision, &fetch).verdict == Verdict::Allow;
        let served = browser::fetch(&fetch, &mut |request| {
            let raw = Request::new(&request.method, &request.path).header("Host", &policy.host);
            let raw = request.headers.iter().fold(raw, |raw, (name, value)| raw.header(name, value));
            let response = send(site.server.addr(), &raw).unwrap_or_else(|error| panic!("{raw:?}: {error}"));
            ServerResponse { status: response.status, headers: response.headers }
        });
        assert_eq!(served.verdict == Verdict::Allow, decided, "{fetch:?} {:?} {}\n{}", served.verdict, policy.source.text, policy.text);
        decided
    };
    fetches(&policy.written, &policy.others).iter().map(hold).collect()
}
