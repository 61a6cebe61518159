//! The request table as exact headers: what each test that has an answer in hand compares it with.
#![allow(dead_code, reason = "each test uses a part of it")]

use cors_testbed::requests::{self, Case, Expect};

/// The headers that CORS owns.
pub(crate) const CORS_HEADERS: [&str; 7] = [
    "access-control-allow-origin",
    "access-control-allow-credentials",
    "access-control-allow-methods",
    "access-control-allow-headers",
    "access-control-expose-headers",
    "access-control-max-age",
    "access-control-allow-private-network",
];

/// What a case must get: the status, where the server itself answers, and every CORS header and `Vary`, with its value.
pub(crate) struct Wanted {
    pub(crate) status: Option<u16>,
    pub(crate) headers: Vec<(&'static str, String)>,
}

/// The expectation of a case with what it asked for put in. Not for cases where two things may come of it.
pub(crate) fn wanted(case: &Case) -> Wanted {
    let (status, headers) = match case.expect {
        Expect::Granted(policy) => (None, requests::granted(policy)),
        Expect::Refused(policy) => (None, requests::refused(policy)),
        Expect::Preflight(policy) => {
            let (status, headers) = requests::preflight(policy);
            (Some(status), headers)
        }
        Expect::RefusedPreflight(policy) => (Some(403), requests::refused_preflight(policy)),
        Expect::Untouched | Expect::NoPolicy | Expect::NeverGranted(_) => (None, Vec::new()),
    };
    let headers = headers.into_iter().filter_map(|(name, value)| Some((name, fill_in(&value, case)?))).collect();
    Wanted { status, headers }
}

fn fill_in(value: &str, case: &Case) -> Option<String> {
    let asked = |name: &str| case.headers.iter().find(|(header, _)| *header == name).map(|(_, value)| value.clone());
    match value {
        "{origin}" => case.origins.first().cloned(),
        "{method}" => asked("Access-Control-Request-Method"),
        "{headers}" => asked("Access-Control-Request-Headers").filter(|value| echoable(value)),
        "{headers but authorization}" => asked("Access-Control-Request-Headers").filter(|value| echoable(value) && !names_authorization(value)),
        "{private network}" => asked("Access-Control-Request-Private-Network").filter(|value| value == "true"),
        _ => Some(value.to_owned()),
    }
}

fn echoable(value: &str) -> bool {
    !value.is_empty() && value.len() <= 1024 && !value.contains(['"', ';', '(', ')'])
}

fn names_authorization(value: &str) -> bool {
    value.split(',').any(|name| name.trim().eq_ignore_ascii_case("authorization"))
}

/// The tokens of all `Vary` lines, in lower case, sorted.
pub(crate) fn vary<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut tokens: Vec<String> =
        lines.flat_map(|line| line.split(',')).map(|token| token.trim().to_ascii_lowercase()).filter(|token| !token.is_empty()).collect();
    tokens.sort();
    tokens
}
