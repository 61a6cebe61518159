//! An object comes in, and a browser's request; what a server that reads the object as documented answers goes out.
//!
//! These are small models of their own, written from the documentation: the Gateway API's `HTTPCORSFilter`, Envoy's CORS filter, to which Istio and
//! Envoy Gateway hand what they are told, S3's rules and API Gateway's. Where a document leaves a choice, `Choice` makes it.

use std::cell::RefCell;
use std::collections::HashMap;

use cors_gen::browser::{ServerRequest, ServerResponse};
use regex_automata::dfa::{Automaton, StartKind, dense};
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input, MatchKind};
use serde_json::Value;

/// What documents leave open.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Choice {
    /// `*` is answered by what was asked for, also where `*` could be answered.
    pub(crate) echoes: bool,
}

pub(crate) const CHOICES: [Choice; 2] = [Choice { echoes: false }, Choice { echoes: true }];

/// What the server does with the object of this target.
pub(crate) fn server(target: &str, object: &Value, choice: Choice, request: &ServerRequest) -> ServerResponse {
    let Some(origin) = request.header("Origin") else { return ServerResponse { status: 200, headers: Vec::new() } };
    match target {
        "gateway-api" => gateway(&object["spec"]["rules"][0]["filters"][0]["cors"], choice, origin, request),
        "istio" => match route(object, &request.path) {
            Value::Null => response(200, Vec::new()),
            policy => envoy(&Envoy::of_istio(policy), origin, request),
        },
        "envoy-gateway" => envoy(&Envoy::of_gateway(&object["spec"]["cors"]), origin, request),
        "s3" => s3(&object["CORSRules"][0], origin, request),
        "aws-http-api" => http_api(object, choice, origin, request),
        _ => panic!("no model of {target}"),
    }
}

/// The `corsPolicy` of the first route of a VirtualService that matches the path.
fn route<'o>(object: &'o Value, path: &str) -> &'o Value {
    let matches = |route: &&Value| match route["match"].as_array() {
        Some(paths) => paths.iter().any(|path_match| full_match(path_match["uri"]["regex"].as_str().expect("a regex"), path)),
        None => true,
    };
    let route = object["spec"]["http"].as_array().expect("routes").iter().find(matches).expect("a route for every path");
    assert_eq!(route["corsPolicy"].is_null(), route["headers"].is_null(), "a policy replaces what is behind it, and nothing else does");
    &route["corsPolicy"]
}

fn words(list: &Value) -> Vec<&str> {
    list.as_array().map(|list| list.iter().map(|word| word.as_str().expect("a word")).collect()).unwrap_or_default()
}

fn asked_method(request: &ServerRequest) -> Option<&str> {
    request.header("Access-Control-Request-Method").filter(|_| request.method == "OPTIONS")
}

/// The headers whose value there is.
fn response(status: u16, headers: Vec<(&str, Option<String>)>) -> ServerResponse {
    let present = |(name, value): (&str, Option<String>)| value.filter(|value| !value.is_empty()).map(|value| (name.to_owned(), value));
    ServerResponse { status, headers: headers.into_iter().filter_map(present).collect() }
}

const ORIGIN: &str = "Access-Control-Allow-Origin";
const CREDENTIALS: &str = "Access-Control-Allow-Credentials";
const METHODS: &str = "Access-Control-Allow-Methods";
const HEADERS: &str = "Access-Control-Allow-Headers";
const EXPOSE: &str = "Access-Control-Expose-Headers";
const MAX_AGE: &str = "Access-Control-Max-Age";

fn gateway(cors: &Value, choice: Choice, origin: &str, request: &ServerRequest) -> ServerResponse {
    let credentials = cors["allowCredentials"] == true;
    let origins = words(&cors["allowOrigins"]);
    // "A greedy match to the left": whatever stands there.
    let matches = |pattern: &&str| match pattern.split_once('*') {
        Some((before, after)) => origin.len() > before.len() + after.len() && origin.starts_with(before) && origin.ends_with(after),
        None => origin == *pattern,
    };
    let echo = credentials || choice.echoes;
    let list = |key: &str, asked: Option<&str>| match words(&cors[key]).as_slice() {
        ["*"] if echo => asked.map(str::to_owned),
        words => Some(words.join(", ")),
    };
    let allowed = origins.iter().any(matches).then(|| if origins == ["*"] && !echo { "*".to_owned() } else { origin.to_owned() });
    let Some(allowed) = allowed else {
        let refused = if choice.echoes { 403 } else { 204 };
        return response(if asked_method(request).is_some() { refused } else { 200 }, Vec::new());
    };
    let mut headers =
        vec![(ORIGIN, Some(allowed)), (CREDENTIALS, credentials.then(|| "true".to_owned())), (EXPOSE, Some(words(&cors["exposeHeaders"]).join(", ")))];
    if let Some(method) = asked_method(request) {
        let max_age = cors["maxAge"].as_u64().unwrap_or(5);
        headers.push((METHODS, list("allowMethods", Some(method))));
        headers.push((HEADERS, list("allowHeaders", request.header("Access-Control-Request-Headers"))));
        headers.push((MAX_AGE, Some(max_age.to_string())));
    }
    response(200, headers)
}

/// The `CorsPolicy` of Envoy.
struct Envoy<'o> {
    origins: Vec<Matcher<'o>>,
    methods: String,
    headers: String,
    expose: String,
    max_age: Option<String>,
    credentials: bool,
}

enum Matcher<'o> {
    Exact(&'o str),
    Regex(String),
}

impl Matcher<'_> {
    fn matches(&self, text: &str) -> bool {
        match self {
            Self::Exact(exact) => *exact == text,
            Self::Regex(regex) => full_match(regex, text),
        }
    }
}

thread_local! {
    static KNOWN: RefCell<HashMap<String, dense::DFA<Vec<u32>>>> = RefCell::default();
}

/// Whether a regex matches the whole text, as RE2's `FullMatch` does.
pub(crate) fn full_match(regex: &str, text: &str) -> bool {
    let build = || {
        let config = dense::Config::new().start_kind(StartKind::Anchored).match_kind(MatchKind::All);
        let syntax = syntax::Config::new().unicode(false).utf8(false);
        dense::Builder::new().syntax(syntax).configure(config).build(&format!(r"\A(?:{regex})\z")).expect("a regex")
    };
    KNOWN.with_borrow_mut(|known| {
        let dfa = known.entry(regex.to_owned()).or_insert_with(build);
        dfa.try_search_fwd(&Input::new(text).anchored(Anchored::Yes)).expect("no special bytes").is_some()
    })
}

impl<'o> Envoy<'o> {
    fn of_istio(policy: &'o Value) -> Self {
        assert_eq!(policy["unmatchedPreflights"], "IGNORE");
        let matcher = |entry: &'o Value| match (entry["exact"].as_str(), entry["regex"].as_str()) {
            (Some(exact), None) => Matcher::Exact(exact),
            (None, Some(regex)) => Matcher::Regex(regex.to_owned()),
            _ => panic!("{entry}"),
        };
        let list = |key: &str| words(&policy[key]).join(",");
        Self {
            origins: policy["allowOrigins"].as_array().expect("origins").iter().map(matcher).collect(),
            methods: list("allowMethods"),
            headers: list("allowHeaders"),
            expose: list("exposeHeaders"),
            max_age: policy["maxAge"].as_str().map(|duration| duration.strip_suffix('s').expect("seconds").to_owned()),
            credentials: policy["allowCredentials"] == true,
        }
    }

    fn of_gateway(cors: &'o Value) -> Self {
        let matcher =
            |origin: &'o str| if origin.contains('*') { Matcher::Regex(origin.replace('.', "\\.").replace('*', ".*")) } else { Matcher::Exact(origin) };
        let list = |key: &str| match words(&cors[key]) {
            words if words.contains(&"*") && key != "exposeHeaders" => "*".to_owned(),
            words => words.join(", "),
        };
        Self {
            origins: words(&cors["allowOrigins"]).into_iter().map(matcher).collect(),
            methods: list("allowMethods"),
            headers: list("allowHeaders"),
            expose: list("exposeHeaders"),
            max_age: cors["maxAge"].as_str().map(|duration| seconds(duration).to_string()),
            credentials: cors["allowCredentials"] == true,
        }
    }
}

/// A duration in Go's words.
fn seconds(duration: &str) -> u64 {
    let hours = duration.split_once('h').map_or((0, duration), |(hours, rest)| (hours.parse().expect("hours"), rest));
    let rest: u64 = hours.1.strip_suffix('s').map_or(0, |seconds| seconds.parse().expect("seconds"));
    hours.0 * 3600 + rest
}

fn envoy(policy: &Envoy<'_>, origin: &str, request: &ServerRequest) -> ServerResponse {
    // A matcher that matches `*` allows every origin.
    let allowed = policy.origins.iter().any(|matcher| matcher.matches("*") || matcher.matches(origin)).then(|| origin.to_owned());
    let credentials = policy.credentials.then(|| "true".to_owned());
    let Some(method) = asked_method(request) else {
        let headers = vec![(ORIGIN, allowed.clone()), (CREDENTIALS, credentials), (EXPOSE, Some(policy.expose.clone()))];
        return response(200, if allowed.is_some() { headers } else { Vec::new() });
    };
    let list = |list: &str, asked: Option<&str>| if list == "*" { asked.map(str::to_owned) } else { Some(list.to_owned()) };
    let methods = list(&policy.methods, Some(method));
    let headers = list(&policy.headers, request.header("Access-Control-Request-Headers"));
    response(200, vec![(ORIGIN, allowed), (CREDENTIALS, credentials), (METHODS, methods), (HEADERS, headers), (MAX_AGE, policy.max_age.clone())])
}

fn s3(rule: &Value, origin: &str, request: &ServerRequest) -> ServerResponse {
    let wild = |pattern: &str, text: &str| match pattern.split_once('*') {
        Some((before, after)) => text.len() >= before.len() + after.len() && text.starts_with(before) && text.ends_with(after),
        None => pattern == text,
    };
    let asked = asked_method(request);
    let names: Vec<&str> = request.header("Access-Control-Request-Headers").map(|names| names.split(',').map(str::trim).collect()).unwrap_or_default();
    let covered = |name: &&str| words(&rule["AllowedHeaders"]).iter().any(|pattern| wild(&pattern.to_ascii_lowercase(), &name.to_ascii_lowercase()));
    let entry = words(&rule["AllowedOrigins"]).into_iter().find(|pattern| wild(pattern, origin));
    let method = words(&rule["AllowedMethods"]).contains(&asked.unwrap_or(&request.method));
    let Some(entry) = entry.filter(|_| method && names.iter().all(covered)) else {
        return response(if asked.is_some() { 403 } else { 200 }, Vec::new());
    };
    let allowed = if entry == "*" { "*" } else { origin };
    let credentials = (entry != "*").then(|| "true".to_owned());
    let mut headers = vec![(ORIGIN, Some(allowed.to_owned())), (CREDENTIALS, credentials), (METHODS, Some(words(&rule["AllowedMethods"]).join(", ")))];
    headers.push((EXPOSE, Some(words(&rule["ExposeHeaders"]).join(", "))));
    headers.push((MAX_AGE, rule["MaxAgeSeconds"].as_u64().map(|seconds| seconds.to_string())));
    headers.push((HEADERS, asked.map(|_| names.join(", "))));
    response(200, headers)
}

fn http_api(cors: &Value, choice: Choice, origin: &str, request: &ServerRequest) -> ServerResponse {
    let origins = words(&cors["AllowOrigins"]);
    let allowed = match origins.as_slice() {
        ["*"] => Some("*".to_owned()),
        origins => origins.contains(&origin).then(|| origin.to_owned()),
    };
    let Some(allowed) = allowed else { return response(if asked_method(request).is_some() { 204 } else { 200 }, Vec::new()) };
    let mut headers = vec![(ORIGIN, Some(allowed)), (CREDENTIALS, (cors["AllowCredentials"] == true).then(|| "true".to_owned()))];
    let Some(method) = asked_method(request) else {
        headers.push((EXPOSE, Some(words(&cors["ExposeHeaders"]).join(","))));
        return response(200, headers);
    };
    let list = |key: &str, asked: Option<&str>| match words(&cors[key]) {
        words if words.contains(&"*") && choice.echoes => asked.map(str::to_owned),
        words => Some(words.join(",")),
    };
    headers.push((METHODS, list("AllowMethods", Some(method))));
    headers.push((HEADERS, list("AllowHeaders", request.header("Access-Control-Request-Headers"))));
    headers.push((MAX_AGE, cors["MaxAge"].as_u64().map(|seconds| seconds.to_string())));
    response(204, headers)
}
