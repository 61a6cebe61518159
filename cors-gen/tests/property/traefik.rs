//! Traefik is given policies for every path with every legal character in their words, many at once, each with a router of its own. It is to load all of
//! them, and what a script may read through it is what the decision lets it read.

use std::cell::Cell;

use cors_gen::browser::{Fetch, Verdict};
use cors_gen::{Options, Storage, compile, evaluate, targets};
use cors_testbed::browser;
use cors_testbed::program::Program as _;
use cors_testbed::traefik::Traefik;
use cors_testbed::upstream::Upstream;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::driver::file::{Policy, file};
use crate::driver::origin;
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

pub(crate) fn agree() {
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
