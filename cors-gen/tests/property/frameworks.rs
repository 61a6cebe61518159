//! The libraries of the web frameworks are given policies with every legal character in their words. Python is to load each file. What a script may read
//! through a library with options is what the decision lets it read; the middleware for policies by path is to answer as the decision does.

use std::cell::RefCell;
use std::collections::BTreeMap;

use cors_gen::browser::{self, Fetch, Verdict};
use cors_gen::{Options, Storage, compile, evaluate, targets};
use cors_testbed::http::{Request, Response};
use cors_testbed::python::libraries::Libraries;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::TestRunner;

use crate::driver::file::{Policy, REGEX, file};
use crate::driver::{compare, origin, path, policies, policy, probes};

const TARGETS: [&str; 3] = ["django", "fastapi", "flask"];
const REGEXES: [&str; 5] = [
    r"https://pr-[0-9]{1,3}\.example\.dev",
    r#"https?://(a|bc)-[^"'%x]{1,9}\.example\.(com|org)"#,
    r"https://a[^a-z]\w\x2e.\.example\.io|https://b\d\\?\.example\.io",
    r"[a-z]{2,8}://(([a-z]+[0-9])*|-)\^\$;#\{%s\}",
    r"(?i)https://upper\.example",
];

/// Policies for a whole application; every second one keeps to what all three libraries know.
pub(crate) fn whole() -> impl Strategy<Value = Policy> {
    (policy(), vec(select(REGEXES.to_vec()), 0..2), any::<bool>()).prop_map(|(mut policy, regexes, tame)| {
        policy.name = "default".to_owned();
        policy.paths = vec!["/**".to_owned()];
        policy.origins = policy.origins.map(|origins| origins.into_iter().chain(regexes.into_iter().map(|regex| format!("{REGEX}{regex}"))).collect());
        if tame {
            let methods = policy.methods.into_iter().flatten().filter(|method| method != "*").map(|method| method.to_ascii_uppercase());
            policy.methods = Some(methods.collect());
            policy.headers.retain(|header| header != "*");
            policy.headers.extend(["Accept", "Accept-Language", "Content-Language", "content-type"].map(str::to_owned));
        }
        policy
    })
}

/// Scripts of the policy's own origins with their wildcards filled in, of others, and of some that only look alike.
pub(crate) fn fetches(policy: &Policy, others: &[String]) -> Vec<(String, String, Vec<String>, bool)> {
    let listed = policy.origins.iter().flatten().chain(others).filter(|origin| !origin.starts_with(REGEX));
    let filled = listed.map(|origin| origin.replace(":*", ":8443").replace("://*.", "://a.b.").replace('*', "z"));
    let shown = [
        "https://pr-12.example.dev",
        "http://bc-(~).example.org",
        "https://a!_.}.example.io",
        r"https://b7\.example.io",
        "ab://a1b2^$;#{%s}",
        "https://upper.example",
    ];
    let known: Vec<String> = filled.chain(shown.map(str::to_owned)).collect();
    let alike =
        known.iter().flat_map(|origin| [format!("{origin}.evil.test"), origin.replacen('.', "x", 1), origin.to_ascii_uppercase(), format!("{origin}/")]);
    let origins: Vec<String> = known.iter().cloned().chain(alike).collect();
    let methods = policy.methods.iter().flatten().filter(|method| *method != "*").cloned().chain(["PUT".to_owned(), "GET".to_owned()]);
    let headers: Vec<String> = policy.headers.iter().filter(|header| *header != "*").cloned().collect();
    let mut fetches: Vec<_> = origins.iter().map(|origin| (origin.clone(), "GET".to_owned(), Vec::new(), false)).collect();
    for (method, origin) in methods.flat_map(|method| known.iter().take(2).map(move |origin| (method.clone(), origin.clone()))) {
        for headers in [headers.clone(), vec!["x-other".to_owned()], vec!["content-type".to_owned(), "authorization".to_owned()]] {
            fetches.push((origin.clone(), method.clone(), headers, true));
        }
    }
    fetches
}

pub(crate) fn agree() {
    let libraries = RefCell::new(Libraries::start().expect("Python must be installed: run ./test"));
    let loaded: RefCell<BTreeMap<(&str, bool), usize>> = RefCell::default();
    let config = ProptestConfig { cases: 100, failure_persistence: None, max_shrink_iters: 100, ..ProptestConfig::default() };
    let result = TestRunner::new(config).run(&(whole(), vec(origin(), 2)), |(written, others)| {
        let source = file(std::slice::from_ref(&written));
        let compilation = compile(&source, &Options::default());
        let Some(set) = compilation.policies else { return Ok(()) };
        let storage = Storage::new(&set);
        let policies = storage.policies();
        let decision = storage.set(&policies);
        for name in TARGETS {
            let Ok(files) = targets::find(name).expect("a target").generate(&set, &source) else { continue };
            let context = || format!("{name}\n{}\n{}", source.text, files[0].text);
            let mut libraries = libraries.borrow_mut();
            libraries.load(name, &files[0].text).map_err(|error| TestCaseError::fail(format!("{error}: {}", context())))?;
            for (origin, method, headers, credentials) in &fetches(&written, &others) {
                let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
                let fetch = Fetch { origin, method, path: "/items", headers: &headers, credentials: *credentials };
                let allowed = evaluate::fetch(&decision, &fetch).verdict == Verdict::Allow;
                let mut fault = None;
                let served = browser::fetch(&fetch, &mut |request| {
                    libraries.answer(request).unwrap_or_else(|error| {
                        fault = Some(error);
                        browser::ServerResponse { status: 599, headers: Vec::new() }
                    })
                });
                prop_assert_eq!(fault, None, "{:?} {}", fetch, context());
                prop_assert_eq!(served.verdict == Verdict::Allow, allowed, "{:?} {:?} {}", fetch, served.verdict, context());
                *loaded.borrow_mut().entry((name, allowed)).or_default() += 1;
            }
        }
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
    for name in TARGETS {
        let count = |allowed| loaded.borrow().get(&(name, allowed)).copied().unwrap_or(0);
        assert!(count(true) >= 100 && count(false) >= 100, "{name}: {} allowed, {} denied", count(true), count(false));
    }
}

pub(crate) fn agree_by_path() {
    let libraries = RefCell::new(Libraries::start().expect("Python must be installed: run ./test"));
    let seen: RefCell<BTreeMap<(&str, bool), usize>> = RefCell::default();
    let config = ProptestConfig { cases: 60, failure_persistence: None, max_shrink_iters: 60, ..ProptestConfig::default() };
    let result = TestRunner::new(config).run(&(policies(), vec(origin(), 4), vec(path(), 3)), |(written, origins, paths)| {
        let source = file(&written);
        let compilation = compile(&source, &Options::default());
        let Some(set) = compilation.policies else { return Ok(()) };
        let storage = Storage::new(&set);
        let policies = storage.policies();
        let decision = storage.set(&policies);
        for name in TARGETS {
            let files = targets::find(name).expect("a target").generate(&set, &source).map_err(|refusals| TestCaseError::fail(format!("{refusals:?}")))?;
            let context = || format!("{name}\n{}\n{}", source.text, files[0].text);
            let mut libraries = libraries.borrow_mut();
            libraries.load(name, &files[0].text).map_err(|error| TestCaseError::fail(format!("{error}: {}", context())))?;
            for request in probes(&written, &origins, &paths) {
                let response = answer(&mut libraries, &request).map_err(|error| TestCaseError::fail(format!("{error}: {request:?} {}", context())))?;
                let granted = compare(&decision, &request, &response)
                    .map_err(|fault| TestCaseError::fail(format!("{fault}\n{request:?}\n{response:?}\n{}", context())))?;
                *seen.borrow_mut().entry((name, granted)).or_default() += 1;
            }
        }
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
    for name in TARGETS {
        let count = |granted| seen.borrow().get(&(name, granted)).copied().unwrap_or(0);
        assert!(count(true) >= 200 && count(false) >= 200, "{name}: {} granted, {} not", count(true), count(false));
    }
}

fn answer(libraries: &mut Libraries, request: &Request) -> Result<Response, String> {
    let text = |value: &[u8]| value.iter().copied().map(char::from).collect();
    let headers = request.headers.iter().map(|(name, value)| (name.clone(), text(value))).collect();
    let served = libraries.answer(&browser::ServerRequest { method: request.method.clone(), path: request.target.clone(), headers })?;
    Ok(Response { status: served.status, headers: served.headers, body: Vec::new() })
}
