//! A file's policies and a request come in; the answer that the reference promises goes out, read from the words of the file.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use cors_decision::Refusal;

use crate::file::{Policy, REGEX};
use crate::naive;

/// The longest value of `Access-Control-Request-*` that is echoed.
pub(crate) const LONGEST_ECHO: usize = 1024;

/// The policies of a file, with the regexes as another engine reads them.
pub(crate) struct Reading<'p> {
    policies: &'p [Policy],
    regexes: BTreeMap<&'p str, regex_lite::Regex>,
}

/// A request, as it is received.
#[derive(Clone)]
pub(crate) struct Received {
    pub(crate) method: String,
    pub(crate) path: Vec<u8>,
    pub(crate) origins: Vec<Vec<u8>>,
    pub(crate) request_method: Option<Vec<u8>>,
    pub(crate) request_headers: Option<Vec<u8>>,
    pub(crate) request_private_network: Option<Vec<u8>>,
}

/// The bytes as text, as far as they are, for whoever has to find out why a test failed.
impl fmt::Debug for Received {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |value: &Option<Vec<u8>>| value.as_ref().map(|value| value.escape_ascii().to_string());
        let origins: Vec<String> = self.origins.iter().map(|origin| origin.escape_ascii().to_string()).collect();
        let asked = [&self.request_method, &self.request_headers, &self.request_private_network].map(shown);
        write!(formatter, "{} `{}` from {origins:?}, asking for {asked:?}", self.method, self.path.escape_ascii())
    }
}

/// What is answered.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) policy: String,
    /// The status of the answer to a preflight.
    pub(crate) status: Option<u16>,
    pub(crate) refusal: Option<Refusal>,
    /// All but `Vary`, by their names in lower case.
    pub(crate) headers: BTreeMap<String, Vec<u8>>,
    /// In lower case.
    pub(crate) vary: BTreeSet<String>,
}

impl<'p> Reading<'p> {
    pub(crate) fn new(policies: &'p [Policy]) -> Self {
        let words = policies.iter().flat_map(|policy| policy.origins.iter().flatten());
        let regexes = words.filter_map(|word| Some((word.as_str(), naive::regex(word.strip_prefix(REGEX)?).expect("a regex that both engines know"))));
        Self { policies, regexes: regexes.collect() }
    }

    /// The policy for a path.
    pub(crate) fn policy(&self, path: &[u8]) -> Option<&'p Policy> {
        let rules: Vec<(&str, &Policy)> = self.policies.iter().flat_map(|policy| policy.paths.iter().map(move |path| (path.as_str(), policy))).collect();
        let patterns: Vec<&str> = rules.iter().map(|(pattern, _)| *pattern).collect();
        naive::pattern_for(&patterns, path).map(|rule| rules[rule].1)
    }

    /// Whether a policy allows an origin.
    pub(crate) fn allows(&self, policy: &Policy, origin: &[u8]) -> bool {
        let allows = |word: &String| match self.regexes.get(word.as_str()) {
            Some(regex) => naive::regex_allows(regex, origin),
            None => naive::entry_allows(word, origin),
        };
        policy.origins.as_ref().is_none_or(|words| words.iter().any(allows))
    }

    /// What is answered to a request; nothing where the path has no policy.
    pub(crate) fn answer(&self, request: &Received) -> Option<Answer> {
        let policy = self.policy(&request.path)?;
        let origins: Vec<&[u8]> = request.origins.iter().map(Vec::as_slice).collect();
        let has_origin = !matches!(origins[..], [] | [b""]);
        let preflight = request.method == "OPTIONS" && has_origin && request.request_method.as_ref().is_some_and(|method| !method.is_empty());
        let refusal = match origins[..] {
            _ if policy.origins.is_none() => None,
            _ if !has_origin => Some(Refusal::NoOrigin),
            [origin] if self.allows(policy, origin) => None,
            [_] => Some(Refusal::OriginNotAllowed),
            _ => Some(Refusal::SeveralOrigins),
        };
        let status = preflight.then_some(if refusal.is_some() { 403 } else { policy.status });
        let headers = if refusal.is_some() { BTreeMap::new() } else { granted(policy, request, preflight) };
        Some(Answer { policy: policy.name.clone(), status, refusal, headers, vary: vary(policy, preflight) })
    }
}

fn granted(policy: &Policy, request: &Received, preflight: bool) -> BTreeMap<String, Vec<u8>> {
    let truth = |holds: bool| holds.then(|| b"true".to_vec());
    let origin = if policy.origins.is_some() { request.origins[0].clone() } else { b"*".to_vec() };
    let mut headers = vec![("origin", Some(origin)), ("credentials", truth(policy.credentials))];
    if preflight {
        let default = ["GET", "HEAD", "POST"].map(str::to_owned);
        let methods = policy.methods.as_deref().unwrap_or(&default);
        headers.push(("methods", list(policy, methods, request.request_method.as_deref().filter(|asked| is_method(asked)), true)));
        headers.push(("headers", list(policy, &policy.headers, request.request_headers.as_deref(), names_authorization(&policy.headers))));
        headers.push(("private-network", truth(policy.private_network && request.request_private_network.as_deref() == Some(b"true"))));
    }
    let mut headers: BTreeMap<String, Vec<u8>> =
        headers.into_iter().filter_map(|(name, value)| Some((format!("access-control-allow-{name}"), value?))).collect();
    if preflight {
        headers.extend(policy.max_age.map(|seconds| ("access-control-max-age".to_owned(), seconds.to_string().into_bytes())));
    } else {
        headers.extend(joined(&policy.expose).map(|names| ("access-control-expose-headers".to_owned(), names)));
    }
    headers
}

pub(crate) fn names_authorization(names: &[String]) -> bool {
    names.iter().any(|name| name.eq_ignore_ascii_case("authorization"))
}

/// A browser asks for one method, never for a list.
fn is_method(asked: &[u8]) -> bool {
    str::from_utf8(asked).is_ok_and(is_token)
}

/// The list itself; with `*` and credentials, what was asked for, unless it is no list of tokens, too long, or holds `Authorization` unnamed.
fn list(policy: &Policy, words: &[String], asked: Option<&[u8]>, authorization: bool) -> Option<Vec<u8>> {
    if !policy.credentials || !words.iter().any(|word| word == "*") {
        return joined(words);
    }
    let asked = asked.filter(|asked| (1..=LONGEST_ECHO).contains(&asked.len()))?;
    let text = str::from_utf8(asked).ok()?;
    let names = || text.split([',', ' ', '\t']).filter(|name| !name.is_empty());
    let sound = names().all(is_token) && (authorization || !names().any(|name| name.eq_ignore_ascii_case("authorization")));
    sound.then(|| asked.to_vec())
}

/// `*` first, and each word once.
fn joined(words: &[String]) -> Option<Vec<u8>> {
    let mut once: Vec<&str> = Vec::new();
    for word in words.iter().filter(|word| *word == "*").chain(words) {
        if !once.contains(&word.as_str()) {
            once.push(word);
        }
    }
    (!once.is_empty()).then(|| once.join(", ").into_bytes())
}

pub(crate) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|char| char.is_ascii_graphic() && !"\"(),/:;<=>?@[\\]{}".contains(char))
}

fn vary(policy: &Policy, preflight: bool) -> BTreeSet<String> {
    let listed = policy.origins.is_some().then_some("origin");
    let asked = ["access-control-request-method", "access-control-request-headers"];
    let network = (preflight && policy.private_network).then_some("access-control-request-private-network");
    listed.into_iter().chain(asked.into_iter().filter(|_| preflight)).chain(network).map(str::to_owned).collect()
}
