//! A target and the programs that it is for come in. Each is given policies with every legal character in their words, and is to accept them and to say
//! what the decision says.

#[path = "../truth/file.rs"]
pub(crate) mod file;

use std::cell::Cell;

use cors_decision::PolicySet;
use cors_gen::{Options, Storage, compile, targets};
use cors_testbed::http::{Request, Response};
use cors_testbed::program::{Program, Site};
use cors_testbed::sweep;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::test_runner::TestRunner;

use file::{Policy, file};

/// Every byte of a token, each of which may mean something to somebody's configuration language.
const TOKEN: &str = "[a-zA-Z0-9!#$%&'*+.^_`|~-]{1,12}";
/// The characters of a path that a browser sends as they are, and that no server reads in two ways.
const SEGMENT: &str = "[a-z0-9A-Z!$&'()+,=:@._~|\\[\\]-]{1,8}|%C3%A9|%20|%24|%0Dd|a%0D|%7F|%C2%85|%60|%22|%7B|%25|\\*|default|include|hostnames|volatile";

pub(crate) fn origin() -> impl Strategy<Value = String> {
    let label = "[a-z0-9_]([a-z0-9_-]{0,10}[a-z0-9])?";
    let host = vec(label, 1..5).prop_map(|labels| labels.join(".") + ".example");
    let port = prop_oneof![4 => Just(String::new()), 1 => (1u16..).prop_map(|port| format!(":{port}")), 1 => Just(":*".to_owned())];
    let web = (select(vec!["http", "https"]), select(vec!["", "", "*.", "pr-*-x.", "*-app."]), host, port);
    prop_oneof![
        6 => web.prop_map(|(scheme, wildcard, host, port)| format!("{scheme}://{wildcard}{host}{port}")),
        1 => "[a-z][a-z0-9+.-]{2,8}://[a-z0-9-]{1,40}",
        1 => select(vec!["null", "http://[::1]:3000", "http://127.0.0.1", "https://default"]).prop_map(str::to_owned),
        1 => "[a-z]{30,60}".prop_map(|label| format!("https://{label}.a-long-domain.example")),
    ]
}

pub(crate) fn path() -> impl Strategy<Value = String> {
    (vec(SEGMENT, 1..4), select(vec!["", "/**", "/"])).prop_map(|(segments, end)| format!("/{}{end}", segments.join("/")))
}

pub(crate) fn policy() -> impl Strategy<Value = Policy> {
    let words = || vec(TOKEN, 0..4);
    let star = |mut words: Vec<String>, star: bool| {
        words.extend(star.then(|| "*".to_owned()));
        words
    };
    let lists = (proptest::option::of(words()), words(), any::<bool>(), any::<bool>(), words());
    // Not every server knows every status.
    let status = prop_oneof![4 => select(vec![200u16, 201, 202, 203, 204, 206]), 1 => 200u16..300];
    let rest = (any::<bool>(), proptest::option::of(0u32..100_000), any::<bool>(), status);
    (vec(path(), 1..3), proptest::option::weighted(0.8, vec(origin(), 1..6)), lists, rest).prop_map(move |(paths, origins, lists, rest)| {
        let (methods, headers, any_method, any_header, expose) = lists;
        let (credentials, max_age, private_network, status) = rest;
        let methods = methods.map(|methods| star(methods, any_method));
        let credentials = credentials && origins.is_some();
        let headers = star(headers, any_header);
        Policy { name: String::new(), paths, origins, methods, headers, expose, credentials, max_age, private_network, status }
    })
}

/// Names that mean something to nginx, and to HAProxy, and a long one.
const NAMES: [&str; 10] = ["default", "include", "hostnames", "volatile", "or", "if", "unless", "found", "api", "a-policy-with-a-name-of-forty-characters"];

/// Up to three policies; what the language refuses of them is left out.
pub(crate) fn policies() -> impl Strategy<Value = Vec<Policy>> {
    let names = subsequence(NAMES.to_vec(), 3);
    let named = |(policy, name): (Policy, &str)| Policy { name: name.to_owned(), ..policy };
    (vec(policy(), 1..4), names).prop_map(move |(policies, names)| policies.into_iter().zip(names).map(named).collect())
}

/// Puts a target to the test on its programs, of which there are at least so many.
pub(crate) fn agree(target: &str, programs: &[Box<dyn Program>], least: usize) {
    let known: Vec<String> = programs.iter().map(|program| program.name()).collect();
    assert!(programs.len() >= least, "{target} needs {least} programs, and there are {known:?}: run ./test");
    let target = targets::find(target).expect("a target");
    let (compiled, granted, refused) = (Cell::new(0), Cell::new(0), Cell::new(0));
    let config = ProptestConfig { cases: 60, failure_persistence: None, max_shrink_iters: 60, ..ProptestConfig::default() };
    let result = TestRunner::new(config).run(&(policies(), vec(origin(), 4), vec(path(), 3)), |(written, origins, paths)| {
        let source = file(&written);
        let text = &source.text;
        let compilation = compile(&source, &Options::default());
        // Lints are no matter here: what is denied for being risky must still be said right once it is allowed.
        let Some(set) = compilation.policies else { return Ok(()) };
        let Ok(files) = target.generate(&set, &source) else { return Ok(()) };
        let files: Vec<(&str, &str)> = files.iter().map(|file| (file.name, file.text.as_str())).collect();
        compiled.set(compiled.get() + 1);
        let storage = Storage::new(&set);
        let policies = storage.policies();
        let decision = storage.set(&policies);
        for program in programs {
            let name = program.name();
            let site = Site::start(&**program, &files).map_err(|error| TestCaseError::fail(format!("{name} refuses {text}\n{error}")))?;
            for request in probes(&written, &origins, &paths) {
                let (response, _) = site.ask(&request).map_err(|error| TestCaseError::fail(format!("{request:?}: {error}")))?;
                let seen = compare(&decision, &request, &response)
                    .map_err(|fault| TestCaseError::fail(format!("{name}: {fault}\n{request:?}\n{response:?}\n{text}")))?;
                if seen { granted.set(granted.get() + 1) } else { refused.set(refused.get() + 1) }
            }
        }
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
    assert!(
        compiled.get() >= 20 && granted.get() >= 200 && refused.get() >= 200,
        "{} compiled, {} granted, {} refused",
        compiled.get(),
        granted.get(),
        refused.get()
    );
}

/// Origins and paths of the policy with their wildcards filled in, and others; each as an actual request and as a preflight.
pub(crate) fn probes(written: &[Policy], origins: &[String], paths: &[String]) -> Vec<Request> {
    let fill = |pattern: &String| pattern.replace("/**", "/x/y").replace(":*", ":8443").replace("://*.", "://a.b.").replace('*', "z");
    let origins: Vec<String> = written.iter().flat_map(|policy| policy.origins.iter().flatten()).chain(origins).map(fill).collect();
    let paths: Vec<String> = written.iter().flat_map(|policy| &policy.paths).chain(paths).map(fill).collect();
    let mut probes = Vec::new();
    for path in &paths {
        for origin in &origins {
            let actual = Request::new("GET", path).header("Origin", origin);
            let preflight = Request::new("OPTIONS", path).header("Origin", origin).header("Access-Control-Request-Method", "PUT");
            probes.push(preflight.header("Access-Control-Request-Headers", "x-a,x-b").header("Access-Control-Request-Private-Network", "true"));
            probes.push(actual);
        }
        probes.push(Request::new("GET", path));
    }
    probes
}

/// Whether an origin was granted, or how the response differs from the decision.
pub(crate) fn compare(decision: &PolicySet<'_>, request: &Request, response: &Response) -> Result<bool, String> {
    let due = sweep::due(decision, request);
    sweep::check(due.as_ref(), 200, response)?;
    Ok(due.is_some_and(|due| due.is_allowed))
}
