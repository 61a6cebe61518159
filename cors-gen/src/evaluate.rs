//! A fetch of a script comes in; what the policies answer, and what a browser makes of it, goes out.

use cors_decision::{Kind, OriginHeader, Request};

use crate::browser::{self, Fetch, Outcome, ServerRequest, ServerResponse};

/// Asks the policies as a browser would, preflight included. The service behind them answers 200 without headers of its own.
pub fn fetch(policies: &cors_decision::PolicySet<'_>, fetch: &Fetch<'_>) -> Outcome {
    browser::fetch(fetch, &mut |request| answer(policies, request))
}

/// What a server with these policies answers to one request of a browser.
pub fn answer(policies: &cors_decision::PolicySet<'_>, request: &ServerRequest) -> ServerResponse {
    let value = |name: &str| request.headers.iter().find(|(header, _)| header.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_bytes());
    let path = request.path.split('?').next().unwrap_or_default();
    let asked = Request {
        method: request.method.as_bytes(),
        path: path.as_bytes(),
        origin: value("Origin").map_or(OriginHeader::Absent, OriginHeader::One),
        request_method: value("Access-Control-Request-Method"),
        request_headers: value("Access-Control-Request-Headers"),
        request_private_network: value("Access-Control-Request-Private-Network"),
    };
    let Some(answer) = policies.decide(&asked) else {
        return ServerResponse { status: 200, headers: Vec::new() };
    };
    let status = match answer.kind {
        Kind::Actual => 200,
        Kind::Preflight { status } => status,
    };
    let headers = answer.headers.iter().map(|(name, value)| (name.to_owned(), String::from_utf8_lossy(value).into_owned())).collect();
    ServerResponse { status, headers }
}
