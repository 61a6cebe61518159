//! Traefik is given policies with every legal character in their words, many at once, each with a router of its own. It is to load all of them, and to
//! say what the decision says; through a middleware, what a script may read is what the decision lets it read.

use std::cell::Cell;

use cors_gen::browser::{Fetch, Verdict};
use cors_gen::{Options, Storage, compile, evaluate, targets};
use cors_testbed::browser;
use cors_testbed::http::send;
use cors_testbed::program::Program as _;
use cors_testbed::traefik::Traefik;
use cors_testbed::upstream::Upstream;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::driver::file::{Policy, file};
use crate::driver::{compare, origin, path, policies, probes};
use crate::frameworks::{fetches, whole};

/// Most keep to what Traefik knows.
fn sayable() -> impl Strategy<Value = Policy> {
    (whole(), prop::bool::weighted(0.8)).prop_map(|(policy, tame)| {
        if !tame {
            return policy;
        }
        let named = |words: Vec<String>| words.into_iter().filter(|word| !policy.credentials || word != "*").collect();
        let (methods, headers) = (policy.methods.clone().map(named), named(policy.headers.clone()));
        Policy { methods, headers, private_network: false, status: 204, ..policy }
    })
}

const SERVICE: &str = "  services:\n    upstream:\n      loadBalancer:\n        servers:\n          - url: http://{upstream}\n";

pub(crate) fn middlewares() {
    let binary = Traefik::installed().pop().expect("Traefik must be installed: run ./test");
    let upstream = Upstream::start().expect("the upstream starts");
    let (said, allowed, denied) = (Cell::new(0), Cell::new(0), Cell::new(0));
    let config = ProptestConfig { cases: 2, failure_persistence: None, max_shrink_iters: 10, ..ProptestConfig::default() };
    let result = TestRunner::new(config).run(&vec((sayable(), vec(origin(), 2)), 60), |written| {
        let named = written.into_iter().enumerate().map(|(index, (policy, others))| (Policy { name: format!("p{index}"), ..policy }, others));
        let mut kept = Vec::new();
        let mut files = Vec::new();
        let mut routers = "http:\n  routers:\n".to_owned();
        for (policy, others) in named {
            let source = file(std::slice::from_ref(&policy));
            let Some(set) = compile(&source, &Options::default()).policies else { continue };
            let Ok(mut generated) = targets::find("traefik-middleware").expect("a target").generate(&set, &source) else { continue };
            let name = &policy.name;
            routers += &format!("    {name}:\n      rule: PathPrefix(`/{name}/`)\n      middlewares: [cors-{name}]\n      service: upstream\n");
            files.push((format!("{name}.yml"), generated.remove(0).text));
            kept.push((policy, others));
        }
        said.set(said.get() + kept.len());
        files.push(("site.yml".to_owned(), routers + SERVICE));
        let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        let server = binary.start(&files, "", upstream.addr()).map_err(TestCaseError::fail)?;
        let complaints = binary.check(server.dir());
        prop_assert_eq!(complaints, Ok(String::new()));
        for (policy, others) in &kept {
            let source = file(std::slice::from_ref(policy));
            let set = compile(&source, &Options::default()).policies.expect("it compiled before");
            let storage = Storage::new(&set);
            let policies = storage.policies();
            let decision = storage.set(&policies);
            let path = format!("/{}/items", policy.name);
            for (origin, method, headers, credentials) in &fetches(policy, others) {
                let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
                let fetch = Fetch { origin, method, path: &path, headers: &headers, credentials: *credentials };
                let decided = evaluate::fetch(&decision, &fetch).verdict == Verdict::Allow;
                let served = browser::verdict(server.addr(), &fetch);
                prop_assert_eq!(served == Verdict::Allow, decided, "{:?} {:?} {}", fetch, served, source.text);
                let count = if decided { &allowed } else { &denied };
                count.set(count.get() + 1);
            }
        }
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
    let (said, allowed, denied) = (said.get(), allowed.get(), denied.get());
    assert!(said >= 60 && allowed >= 500 && denied >= 500, "{said} policies, {allowed} allowed, {denied} denied");
}

/// Most keep to what Traefik knows.
fn sayable_sets() -> impl Strategy<Value = Vec<Policy>> {
    let without_echoes = |policy: Policy| {
        let named = |words: Vec<String>| words.into_iter().filter(|word| !policy.credentials || word != "*").collect();
        Policy { methods: policy.methods.clone().map(named), headers: named(policy.headers.clone()), ..policy }
    };
    (policies(), prop::bool::weighted(0.9))
        .prop_map(move |(policies, tame)| policies.into_iter().map(|policy| if tame { without_echoes(policy) } else { policy }).collect())
}

/// Whether Traefik resolves something in a path before it looks at it.
fn is_resolved(path: &str) -> bool {
    path.contains("//") || path.split('/').any(|segment| matches!(segment, "." | ".."))
}

/// Each file of policies is for a host, and has names of its own for the two routers that users name.
pub(crate) fn routers() {
    let binary = Traefik::installed().pop().expect("Traefik must be installed: run ./test");
    let upstream = Upstream::start().expect("the upstream starts");
    let (said, granted, refused) = (Cell::new(0), Cell::new(0), Cell::new(0));
    let config = ProptestConfig { cases: 2, failure_persistence: None, max_shrink_iters: 10, ..ProptestConfig::default() };
    let result = TestRunner::new(config).run(&vec((sayable_sets(), vec(origin(), 4), vec(path(), 3)), 30), |written| {
        let mut kept = Vec::new();
        let mut files = Vec::new();
        let mut routers = "http:\n  routers:\n".to_owned();
        for (index, (policies, origins, paths)) in written.into_iter().enumerate() {
            let source = file(&policies);
            let Some(set) = compile(&source, &Options::default()).policies else { continue };
            let Ok(mut generated) = targets::find("traefik").expect("a target").generate(&set, &source) else { continue };
            let host = format!("host-{index}");
            let text = generated.remove(0).text.replace("\n    cors:\n", &format!("\n    {host}:\n")).replace("[cors-entry]", &format!("[{host}-entry]"));
            routers += &format!("    {host}-entry:\n      rule: Host(`{host}`)\n");
            routers += &format!("    {host}-site:\n      parentRefs: [{host}]\n      rule: PathPrefix(`/`)\n      service: upstream\n");
            files.push((format!("{host}.yml"), text));
            kept.push((host, source, probes(&policies, &origins, &paths)));
        }
        said.set(said.get() + kept.len());
        files.push(("site.yml".to_owned(), routers + SERVICE));
        let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        let server = binary.start(&files, "", upstream.addr()).map_err(TestCaseError::fail)?;
        let complaints = binary.check(server.dir());
        prop_assert_eq!(complaints, Ok(String::new()));
        for (host, source, requests) in &kept {
            let set = compile(source, &Options::default()).policies.expect("it compiled before");
            let storage = Storage::new(&set);
            let policies = storage.policies();
            let decision = storage.set(&policies);
            for request in requests.iter().filter(|request| !is_resolved(&request.target)) {
                let request = request.clone().header("Host", host);
                let response = send(server.addr(), &request).map_err(|error| TestCaseError::fail(format!("{request:?}: {error}")))?;
                let seen = compare(&decision, &request, &response)
                    .map_err(|fault| TestCaseError::fail(format!("{fault}\n{request:?}\n{response:?}\n{}", source.text)))?;
                let count = if seen { &granted } else { &refused };
                count.set(count.get() + 1);
            }
        }
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
    let (said, granted, refused) = (said.get(), granted.get(), refused.get());
    assert!(said >= 25 && granted >= 300 && refused >= 300, "{said} files, {granted} granted, {refused} refused");
}
