//! A case of the request table and a server's response come in; where they do not agree, it is said in what.

use std::fmt::Debug;

use crate::http::{Request, Response};
use crate::requests::{self, Case, Expect};
use crate::upstream::OWN_CORS_HEADERS;

/// The headers that CORS owns.
pub const CORS_HEADERS: [&str; 7] = [
    "access-control-allow-origin",
    "access-control-allow-credentials",
    "access-control-allow-methods",
    "access-control-allow-headers",
    "access-control-expose-headers",
    "access-control-max-age",
    "access-control-allow-private-network",
];

/// What every server is asked for beside the plain request: headers of the service's own, and its errors.
pub const QUERIES: [&str; 6] = ["", "cors=own&vary=1", "status=404&cors=own", "status=500", "status=302", "status=204"];

/// The request of a case, with this query where it has none of its own.
#[must_use]
pub fn request(case: &Case, query: &str) -> Request {
    let target = if query.is_empty() || case.target.contains('?') { case.target.clone() } else { format!("{}?{query}", case.target) };
    let request = case.origins.iter().fold(Request::new(case.method, &target), |request, origin| request.header("Origin", origin));
    case.headers.iter().fold(request, |request, (name, value)| request.header(name, value))
}

/// What a case must get: the status, where the server itself answers, and every CORS header and `Vary`, with its value.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The status, where the server itself answers.
    pub status: Option<u16>,
    /// The headers.
    pub headers: Vec<(&'static str, String)>,
}

/// The expectation of a case with what it asked for put in. Not for cases where two things may come of it.
#[must_use]
pub fn wanted(case: &Case) -> Wanted {
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
        "{method}" => asked("Access-Control-Request-Method").filter(|value| echoable(value) && !value.contains([',', ' '])),
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
#[must_use]
pub fn vary<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut tokens: Vec<String> =
        lines.flat_map(|line| line.split(',')).map(|token| token.trim().to_ascii_lowercase()).filter(|token| !token.is_empty()).collect();
    tokens.sort();
    tokens
}

/// Holds a response against the table: status, who answered, every CORS header exactly, and `Vary`.
///
/// `query` is what was added to the case's target by [`request`], `hits` how often the service behind was asked.
///
/// # Errors
/// The first way in which the response is another than the table's.
pub fn check(case: &Case, query: &str, response: &Response, hits: usize) -> Result<(), String> {
    let query = if case.target.contains('?') { "" } else { query };
    let own = query.contains("cors=own");
    match case.expect {
        Expect::NoPolicy if response.status == 400 => return no_cors(response),
        Expect::Untouched | Expect::NoPolicy => return untouched(response, own),
        Expect::NeverGranted(_) => return same("access-control-allow-origin", response.header_values("access-control-allow-origin"), Vec::new()),
        _ => {}
    }
    let wanted = wanted(case);
    match wanted.status {
        Some(status) => {
            same("status and hits", (response.status, hits), (status, 0))?;
            same("whether there is a body", status != 403 && !response.body.is_empty(), false)?;
        }
        None => {
            let asked = query.split('&').find_map(|part| part.strip_prefix("status=")).map_or(Ok(200), str::parse);
            same("status and hits", (Ok(response.status), hits), (asked, 1))?;
        }
    }
    let upstream = if wanted.status.is_none() && query.contains("vary=1") { Some("Accept-Encoding") } else { None };
    check_headers(&wanted, upstream, response)
}

/// Holds the headers of a response against what is wanted: every CORS header exactly, and `Vary`, to which the service behind may have added a name
/// of its own.
///
/// # Errors
/// The first header that is another.
pub fn check_headers(wanted: &Wanted, varies: Option<&str>, response: &Response) -> Result<(), String> {
    let of = |name: &str| -> Vec<&str> {
        let lines = wanted.headers.iter().filter(|(header, _)| header.eq_ignore_ascii_case(name));
        lines.map(|(_, value)| value.as_str()).collect()
    };
    for name in CORS_HEADERS {
        let wanted: Vec<String> = of(name).into_iter().map(isomorphic).collect();
        same(name, response.header_values(name), wanted.iter().map(String::as_str).collect())?;
    }
    same("vary", vary(response.header_values("vary").into_iter()), vary(of("vary").into_iter().chain(varies)))
}

/// As [`check`].
///
/// # Panics
/// The response is another than the table's.
pub fn judge(server: &str, case: &Case, query: &str, response: &Response, hits: usize) {
    if let Err(fault) = check(case, query, response, hits) {
        panic!("{server}, query {query:?}: {fault}\n{case:#?}\n{response:#?}");
    }
}

/// Whether a response lets a script read what the table says it must not.
#[must_use]
pub fn widens(case: &Case, response: &Response) -> bool {
    let allowed = response.header_values("access-control-allow-origin");
    let grants = allowed.iter().any(|value| *value == "*" || case.origins.iter().any(|origin| isomorphic(origin) == *value));
    match case.expect {
        Expect::Granted(_) | Expect::Preflight(_) => false,
        // A server that looks at the first line only may grant what that line alone is granted; nothing else.
        Expect::NeverGranted("several") => !allowed.is_empty() && allowed != [case.origins[0].as_str()],
        Expect::NeverGranted(_) => !allowed.is_empty(),
        Expect::Refused(_) | Expect::RefusedPreflight(_) | Expect::Untouched | Expect::NoPolicy => grants,
    }
}

fn same<T: PartialEq + Debug>(what: &str, got: T, wanted: T) -> Result<(), String> {
    if got == wanted { Ok(()) } else { Err(format!("{what}: {got:?}, and should be {wanted:?}")) }
}

/// The testbed reads each byte of a header as the code point of its number.
fn isomorphic(text: &str) -> String {
    text.bytes().map(char::from).collect()
}

fn no_cors(response: &Response) -> Result<(), String> {
    CORS_HEADERS.iter().try_for_each(|name| same(name, response.header_values(name), Vec::new()))
}

fn untouched(response: &Response, own: bool) -> Result<(), String> {
    if !own {
        return no_cors(response);
    }
    OWN_CORS_HEADERS.iter().try_for_each(|(name, value)| same(name, response.header_values(name), vec![*value]))
}
