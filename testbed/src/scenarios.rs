//! What the users of every server do beside the request table: the policies for it, what is asked, and what must come back.

use crate::http::{Request, Response};
use crate::judge::vary;

/// An origin that the policy `api` of the request table allows, and [`WITH_CREDENTIALS`].
pub const GOOD: &str = "https://app.example.org";
/// Another origin, for a second policy file.
pub const OTHER: &str = "https://other.example.net";
/// One policy for every path.
pub const WITH_CREDENTIALS: &str = "version: 1\npolicies:\n  default:\n    allow_origins: [https://app.example.org]\n    allow_credentials: true\n";

/// What a script of [`GOOD`] asks for.
#[must_use]
pub fn get(target: &str) -> Request {
    Request::new("GET", target).header("Origin", GOOD)
}

/// What a browser asks before a script of an origin may PUT.
#[must_use]
pub fn preflight(target: &str, origin: &str) -> Request {
    Request::new("OPTIONS", target).header("Origin", origin).header("Access-Control-Request-Method", "PUT")
}

/// What a script of [`GOOD`] must find on every response under the policy `api`.
///
/// # Panics
/// It does not find it.
pub fn readable(response: &Response, context: &str) {
    assert_eq!(response.header_values("access-control-allow-origin"), [GOOD], "{context}: {response:#?}");
    assert_eq!(response.header_values("access-control-allow-credentials"), ["true"], "{context}: {response:#?}");
    assert!(vary(response.header_values("vary").into_iter()).contains(&"origin".to_owned()), "{context}: {response:#?}");
}

/// The host `one.example` has the policy [`WITH_CREDENTIALS`], `two.example` the same for [`OTHER`]: neither lets in whom the other one does.
///
/// # Panics
/// One does.
pub fn hosts_have_policies_of_their_own(send: impl Fn(&Request) -> Response) {
    for (host, origin) in [("one.example", GOOD), ("two.example", OTHER), ("one.example", OTHER), ("two.example", GOOD)] {
        let allowed = (host == "one.example") == (origin == GOOD);
        let request = Request::new("GET", "/?cors=own").header("Host", host).header("Origin", origin);
        let wanted = if allowed { vec![origin] } else { Vec::new() };
        assert_eq!(send(&request).header_values("access-control-allow-origin"), wanted, "{request:?}");
        let preflight = Request { method: "OPTIONS".to_owned(), ..request.clone() }.header("Access-Control-Request-Method", "PUT");
        let answer = send(&preflight);
        assert_eq!((answer.status, answer.header_values("access-control-allow-origin")), (if allowed { 204 } else { 403 }, wanted), "{request:?}");
    }
}

/// 150 policies, each with 100 wildcards and one of three exact origins.
#[must_use]
pub fn many_policies() -> String {
    let policy = |index: usize| {
        let wildcards: String = (0..100).map(|wildcard| format!("'https://*.w{wildcard}.example.org', ")).collect();
        format!("  p{index}:\n    paths: [/p{index}/**]\n    allow_origins: [{wildcards}'https://only-{}.example.net']\n", index % 3)
    };
    std::iter::once("version: 1\npolicies:\n".to_owned()).chain((0..150).map(policy)).collect()
}

/// Holds a server to [`many_policies`].
///
/// # Panics
/// An origin is let in, or kept out, by another policy than its path's.
pub fn many_policies_are_told_apart(send: impl Fn(&Request) -> Response) {
    for (path, origin, allowed) in [
        ("/p149/x", "https://a.w99.example.org", true),
        ("/p149/x", "https://only-2.example.net", true),
        ("/p149/x", "https://only-1.example.net", false),
        ("/p40", "https://only-1.example.net", true),
        ("/p150", "https://only-0.example.net", false),
    ] {
        let response = send(&Request::new("GET", path).header("Origin", origin));
        assert_eq!(response.header_values("access-control-allow-origin").len(), usize::from(allowed), "{path} {origin}");
    }
}
