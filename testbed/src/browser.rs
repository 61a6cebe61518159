//! A fetch of a script and a server's address come in; what the model of a browser makes of the server's real answers goes out.

use std::net::SocketAddr;

use cors_gen::browser::{self, Fetch, ServerResponse, Verdict};

use crate::http::{Request, send};

/// Whether the script may read what this server answers.
///
/// # Panics
/// The server gives no answer.
#[must_use]
pub fn verdict(addr: SocketAddr, fetch: &Fetch<'_>) -> Verdict {
    let outcome = browser::fetch(fetch, &mut |request| {
        let raw = request.headers.iter().fold(Request::new(&request.method, &request.path), |raw, (name, value)| raw.header(name, value));
        let response = send(addr, &raw).unwrap_or_else(|error| panic!("{raw:?}: {error}"));
        ServerResponse { status: response.status, headers: response.headers }
    });
    outcome.verdict
}
