//! A policy comes in; the requests and fetches that its own words suggest go out, those of its enemies among them.

use std::collections::BTreeSet;

use cors_gen::policy::{Matcher, PolicySet};

use crate::http::Request;

/// Of a long list of origins, the first of each policy stand for all.
const MOST_ENTRIES: usize = 20;

const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
/// What a preflight may ask for: anything, since the answer is a constant of the policy or an echo of one word.
const ASKED_METHODS: [&str; 5] = ["GET", "DELETE", "patch", "PURGE", "PUT, DELETE"];
const ASKED_HEADERS: [&str; 7] = ["content-type", "authorization", "x-a,x-b", "x-a, Authorization ,x-b", "", "\"x\"", "a;b"];

/// A fetch, as [`Fetch`](cors_gen::browser::Fetch) lends it.
#[derive(Clone, Debug)]
pub struct Wish {
    /// The script's origin.
    pub origin: String,
    /// The method.
    pub method: String,
    /// The path.
    pub path: String,
    /// The names of the headers that the script sets.
    pub headers: Vec<String>,
    /// Whether credentials go with it.
    pub credentials: bool,
}

impl Wish {
    /// The names of the headers, lent.
    #[must_use]
    pub fn headers(&self) -> Vec<&str> {
        self.headers.iter().map(String::as_str).collect()
    }
}

/// The requests: each origin on a path of each policy, then methods, headers and paths from an origin that is let in and from one that is not.
#[must_use]
pub fn requests(set: &PolicySet<'_>, routes: &[&str]) -> Vec<Request> {
    let mut requests = Vec::new();
    let (origins, paths) = (origins(set), paths(set, routes));
    let enemies: BTreeSet<String> = origins.iter().flat_map(|origin| relatives(origin)).chain(strangers()).chain(origins.iter().cloned()).collect();
    for path in &samples(set) {
        for origin in &enemies {
            requests.push(Request::new("GET", path).header("Origin", origin));
            requests.push(asks(path, origin, "PUT"));
        }
        requests.push(Request::new("OPTIONS", path).header("Access-Control-Request-Method", "PUT"));
    }
    let is_listed = |origin: &&String| set.policies.iter().any(|policy| policy.origins.entries().iter().any(|entry| entry.matches(origin.as_bytes())));
    let good: Vec<&str> = origins.iter().filter(is_listed).map(String::as_str).take(3).collect();
    for path in &paths {
        requests.extend(METHODS.map(|method| Request::new(method, path)));
        for origin in good.iter().copied().chain(["https://evil.test"]) {
            requests.extend(METHODS.map(|method| Request::new(method, path).header("Origin", origin)));
            requests.extend(preflights(path, origin));
            requests.extend(misspelled(path).into_iter().flat_map(|path| [Request::new("GET", &path).header("Origin", origin), asks(&path, origin, "PUT")]));
        }
        for several in good.iter().flat_map(|good| [[*good, *good], [*good, "https://evil.test"], ["https://evil.test", *good]]) {
            requests.push(several.iter().fold(Request::new("GET", path), |request, origin| request.header("Origin", origin)));
        }
    }
    requests
}

/// The fetches: the tests of the file, and from each origin whatever a script may add.
#[must_use]
pub fn fetches(set: &PolicySet<'_>, routes: &[&str]) -> Vec<Wish> {
    let tests = set.tests.iter().flat_map(|test| &test.cases).map(|case| Wish {
        origin: case.origin.value.to_string(),
        method: case.method.to_string(),
        path: case.path.to_string(),
        headers: case.headers.iter().map(ToString::to_string).collect(),
        credentials: case.credentials,
    });
    let mut fetches: Vec<Wish> = tests.collect();
    let (origins, paths) = (origins(set), paths(set, routes));
    for (origin, path) in origins.iter().flat_map(|origin| paths.iter().map(move |path| (origin, path))) {
        for (method, credentials) in ["GET", "POST", "put", "DELETE"].into_iter().flat_map(|method| [(method, false), (method, true)]) {
            for headers in [&[][..], &["content-type"], &["authorization", "x-a"]] {
                let headers = headers.iter().map(|&name| name.to_owned()).collect();
                fetches.push(Wish { origin: origin.clone(), method: method.to_owned(), path: path.clone(), headers, credentials });
            }
        }
    }
    fetches
}

fn asks(path: &str, origin: &str, method: &str) -> Request {
    Request::new("OPTIONS", path).header("Origin", origin).header("Access-Control-Request-Method", method)
}

/// Preflights, and `OPTIONS` that are none.
fn preflights(path: &str, origin: &str) -> Vec<Request> {
    let mut preflights: Vec<Request> = ASKED_METHODS.iter().chain(&[""]).map(|method| asks(path, origin, method)).collect();
    let commas = ",".repeat(4_000);
    let headers = ASKED_HEADERS.into_iter().chain([commas.as_str()]);
    preflights.extend(headers.map(|headers| asks(path, origin, "PUT").header("Access-Control-Request-Headers", headers)));
    preflights.extend(["true", "1"].map(|value| asks(path, origin, "PUT").header("Access-Control-Request-Private-Network", value)));
    preflights
}

/// The origins that the policies and their tests name, wildcards filled in.
fn origins(set: &PolicySet<'_>) -> BTreeSet<String> {
    let entries = set.policies.iter().flat_map(|policy| policy.origins.entries().iter().take(MOST_ENTRIES));
    let listed = entries.filter_map(|entry| match &entry.matcher {
        Matcher::Origin(origin) => Some(origin.as_str().replace("://*.", "://a.b.").replace(":*", ":8443").replace('*', "z")),
        // What a regex lets in, the tests of the file show.
        Matcher::Regex(_) => None,
    });
    let tested = set.tests.iter().flat_map(|test| &test.cases).map(|case| case.origin.value.to_string());
    listed.chain(tested).collect()
}

/// A path of each policy.
fn samples(set: &PolicySet<'_>) -> BTreeSet<String> {
    let rules = set.rules.iter().map(|rule| rule.pattern.value.replace("/**", "/x/y").replace('*', "z"));
    if set.rules.is_empty() { BTreeSet::from(["/".to_owned()]) } else { rules.collect() }
}

fn paths(set: &PolicySet<'_>, routes: &[&str]) -> BTreeSet<String> {
    let tested = set.tests.iter().flat_map(|test| &test.cases).map(|case| case.path.to_string());
    let own = routes.iter().map(|&route| route.to_owned());
    samples(set).into_iter().chain(tested).chain(own).chain(["/nothing-is-here".to_owned()]).collect()
}

/// Origins that somebody registers, or writes by hand, to pass for this one.
fn relatives(origin: &str) -> Vec<String> {
    let Some((scheme, host)) = origin.split_once("://") else { return vec![origin.to_ascii_uppercase(), format!("{origin}l")] };
    let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit())).map_or(host, |(name, _)| name);
    let other = if scheme == "https" { "http" } else { "https" };
    let authorities = [
        format!("{host}.evil.test"),
        format!("{name}.evil.test"),
        format!("evil{host}"),
        format!("evil-{host}"),
        format!("evil.{host}"),
        format!(".{host}"),
        format!("evil.test/{host}"),
        format!("evil.test#.{host}"),
        format!("evil.test\\.{host}"),
        format!("{host}@evil.test"),
        format!("user@{host}"),
        format!("{host}."),
        format!("{host}/"),
        name.to_owned(),
        format!("{name}:8443"),
        format!("{name}:443"),
        format!("{name}:0"),
        format!("{name}:"),
        host.to_ascii_uppercase(),
        host.replacen('.', "x", 1),
        host[..host.len() - host.chars().next_back().map_or(0, char::len_utf8)].to_owned(),
        format!("{host}{}", host.chars().next_back().unwrap_or('x')),
        format!("*.{host}"),
    ];
    let whole = [format!("{other}://{host}"), format!("x{origin}"), origin.to_ascii_uppercase(), format!("{origin}, https://evil.test"), host.to_owned()];
    authorities.into_iter().map(|authority| format!("{scheme}://{authority}")).chain(whole).collect()
}

/// Values of `Origin` that are nobody's.
fn strangers() -> impl Iterator<Item = String> {
    let short = ["", "null", "NULL", "*", ".*", "(", "file://", "https://", "https://evil.test", "https://caf\u{e9}.example.com", "http://localhost:3000"];
    let long = [format!("https://{}", "a".repeat(8_000)), format!("https://{}example.com", "a.".repeat(3_990)), "/".repeat(7_000)];
    short.into_iter().map(str::to_owned).chain(long)
}

/// Other spellings, which a later hop may or may not take for the same path.
fn misspelled(path: &str) -> Vec<String> {
    let (first, rest) = path[1..].split_once('/').unwrap_or((&path[1..], ""));
    let encoded = |text: &str| text.bytes().take(1).map(|byte| format!("%{byte:02x}")).collect::<String>() + text.get(1..).unwrap_or_default();
    vec![
        format!("{path}/"),
        format!("{path}?next=/x/../y;z"),
        format!("{path}x"),
        format!("/{path}"),
        format!("{path}//"),
        format!("/.{path}"),
        format!("/x/..{path}"),
        format!("/x/%2e%2e{path}"),
        format!("/{}/{rest}", encoded(first)),
        format!("/{first}/{}", encoded(rest)),
        format!("/{first}%2F{rest}"),
        format!("/{first};v=1/{rest}"),
        format!("/{first}/{rest};v=1"),
        format!("/{first}/caf%C3%A9"),
        path.to_ascii_uppercase(),
    ]
}
