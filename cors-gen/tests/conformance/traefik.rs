//! What the middleware for Traefik declares to do in another way, said once more as what becomes of the decision's answer; and what Traefik makes of paths.

use cors_testbed::judge::Wanted;

use crate::frameworks::{CREDENTIALS, HEADERS, MAX_AGE, METHODS, exposed};
use crate::reduced::{Difference, Exchange, remove, set};

pub(crate) const DIFFERENCES: &[Difference] = &[
    ("preflights", |exchange, wanted| {
        if !exchange.is_preflight {
            return;
        }
        let policy = exchange.policy;
        wanted.status = Some(200);
        remove(wanted, "Vary");
        policy.methods.header_value().into_iter().for_each(|value| set(wanted, METHODS, value));
        policy.headers.header_value().into_iter().for_each(|value| set(wanted, HEADERS, value));
        policy.max_age.into_iter().for_each(|max_age| set(wanted, MAX_AGE, max_age.value.to_string()));
        meaningless(exchange, wanted);
    }),
    ("refused origins", |exchange, wanted| {
        if !exchange.is_preflight && !exchange.is_allowed {
            meaningless(exchange, wanted);
        }
    }),
];

/// What is on every response, and means nothing on some.
fn meaningless(exchange: &Exchange<'_>, wanted: &mut Wanted) {
    if exchange.policy.credentials.value {
        set(wanted, CREDENTIALS, "true");
    }
    exposed(exchange.policy, wanted);
}

/// The path that Traefik reads, and passes on, in place of another.
pub(crate) fn rewritten(path: &str) -> Option<&'static str> {
    Some(match path {
        "/%61pi/items" | "/api/%69tems" | "//api/items" | "/api//items" | "/api/./items" | "/api/../api/items" | "/public/../api/items" => "/api/items",
        "/api//x" => "/api/x",
        "/api/a%2Db" => "/api/a-b",
        "/api/a%7Eb" => "/api/a~b",
        "/api/items//" => "/api/items/",
        "/api/." | "/public/%2e%2e/api" => "/api",
        _ => return None,
    })
}
