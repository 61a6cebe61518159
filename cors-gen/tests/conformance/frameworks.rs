//! What each framework declares to do in another way, said once more as what becomes of the decision's answer.

use cors_gen::policy::Policy;
use cors_testbed::judge::Wanted;
use cors_testbed::upstream::OWN_CORS_HEADERS;

use crate::reduced::{Difference, Exchange, remove, set};

const ORIGIN: &str = "Access-Control-Allow-Origin";
pub(crate) const CREDENTIALS: &str = "Access-Control-Allow-Credentials";
pub(crate) const METHODS: &str = "Access-Control-Allow-Methods";
pub(crate) const HEADERS: &str = "Access-Control-Allow-Headers";
pub(crate) const MAX_AGE: &str = "Access-Control-Max-Age";
const PRIVATE_NETWORK: &str = "Access-Control-Allow-Private-Network";
pub(crate) const EXPOSED: &str = "Access-Control-Expose-Headers";
const ALL: [&str; 7] = [ORIGIN, CREDENTIALS, METHODS, HEADERS, MAX_AGE, PRIVATE_NETWORK, EXPOSED];

const ASKED_METHOD: &str = "Access-Control-Request-Method";
const ASKED_HEADERS: &str = "Access-Control-Request-Headers";
const ASKED_PRIVATE_NETWORK: &str = "Access-Control-Request-Private-Network";

fn is_options(exchange: &Exchange<'_>) -> bool {
    exchange.request.method == "OPTIONS"
}

fn has_origin(exchange: &Exchange<'_>) -> bool {
    exchange.header("Origin").is_some_and(|origin| !origin.is_empty())
}

pub(crate) fn exposed(policy: &Policy<'_>, wanted: &mut Wanted) {
    policy.expose.header_value().into_iter().for_each(|value| set(wanted, EXPOSED, value));
}

/// The methods of the policy with those that need no permission.
fn with_safelisted(policy: &Policy<'_>) -> Vec<String> {
    let mut methods: Vec<String> = policy.methods.names.iter().map(|name| name.value.to_string()).collect();
    for method in ["GET", "HEAD", "POST"] {
        if !methods.iter().any(|listed| listed == method) {
            methods.push(method.to_owned());
        }
    }
    methods
}

/// What the application says by itself, where nothing takes its place.
fn own_headers_stay(exchange: &Exchange<'_>, wanted: &mut Wanted) {
    if wanted.status.is_some() || !exchange.request.target.contains("cors=own") {
        return;
    }
    for (name, value) in OWN_CORS_HEADERS {
        if wanted.headers.iter().all(|(header, _)| *header != name) {
            set(wanted, name, value);
        }
    }
}

pub(crate) const DJANGO: &[Difference] = &[
    ("settings: preflights", |exchange, wanted| {
        if is_options(exchange) && exchange.header(ASKED_METHOD).is_some() {
            wanted.status = Some(200);
        }
        if exchange.is_preflight {
            set(wanted, "Vary", "Origin");
        }
    }),
    ("settings: headers where they mean nothing", |exchange, wanted| {
        let policy = exchange.policy;
        let is_answered = exchange.is_allowed && has_origin(exchange);
        if is_answered && is_options(exchange) {
            set(wanted, METHODS, policy.methods.header_value().unwrap_or_default());
            set(wanted, HEADERS, policy.headers.header_value().unwrap_or_default());
            policy.max_age.into_iter().for_each(|max_age| set(wanted, MAX_AGE, max_age.value.to_string()));
            exposed(policy, wanted);
        }
        if is_answered && policy.private_network.value && exchange.header(ASKED_PRIVATE_NETWORK).as_deref() == Some("true") {
            set(wanted, PRIVATE_NETWORK, "true");
        }
    }),
    ("settings: any origin", |exchange, wanted| {
        if exchange.is_any() {
            set(wanted, "Vary", "Origin");
        }
        if exchange.is_any() && !has_origin(exchange) {
            ALL.iter().for_each(|name| remove(wanted, name));
        }
    }),
    ("settings: CORS headers of a view", own_headers_stay),
];

fn is_starlettes_preflight(exchange: &Exchange<'_>) -> bool {
    is_options(exchange) && exchange.header("Origin").is_some() && exchange.header(ASKED_METHOD).is_some()
}

/// What Starlette finds wrong with a preflight.
fn is_refused_by_starlette(exchange: &Exchange<'_>) -> bool {
    let policy = exchange.policy;
    let method = exchange.header(ASKED_METHOD).unwrap_or_default();
    let is_listed = |name: &str| policy.headers.names_header(name.trim());
    let headers = exchange.header(ASKED_HEADERS).filter(|_| policy.headers.any.is_none());
    !exchange.is_allowed
        || !with_safelisted(policy).contains(&method)
        || headers.is_some_and(|headers| !headers.split(',').all(is_listed))
        || (exchange.header(ASKED_PRIVATE_NETWORK).is_some() && !policy.private_network.value)
}

pub(crate) const FASTAPI: &[Difference] = &[
    ("options: preflights", |exchange, wanted| {
        if !is_starlettes_preflight(exchange) {
            return;
        }
        let policy = exchange.policy;
        wanted.status = Some(if is_refused_by_starlette(exchange) { 400 } else { 200 });
        set(wanted, "Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers, Access-Control-Request-Private-Network");
        remove(wanted, EXPOSED);
        if policy.credentials.value {
            set(wanted, CREDENTIALS, "true");
        }
        policy.max_age.into_iter().for_each(|max_age| set(wanted, MAX_AGE, max_age.value.to_string()));
        if policy.private_network.value && exchange.header(ASKED_PRIVATE_NETWORK).is_some() {
            set(wanted, PRIVATE_NETWORK, "true");
        }
    }),
    ("options: lists of methods and headers", |exchange, wanted| {
        if !is_starlettes_preflight(exchange) {
            return;
        }
        set(wanted, METHODS, with_safelisted(exchange.policy).join(", "));
        let mut headers: Vec<&str> = exchange.policy.headers.names.iter().map(|name| &*name.value).collect();
        headers.sort_unstable();
        match (exchange.policy.headers.any, exchange.header(ASKED_HEADERS)) {
            (None, _) => set(wanted, HEADERS, headers.join(", ")),
            (Some(_), Some(asked)) => set(wanted, HEADERS, asked),
            (Some(_), None) => remove(wanted, HEADERS),
        }
    }),
    ("options: no `max_age`", |exchange, wanted| {
        if is_starlettes_preflight(exchange) && exchange.policy.max_age.is_none() {
            set(wanted, MAX_AGE, "5");
        }
    }),
    ("options: refused origins", |exchange, wanted| {
        if !exchange.is_allowed && !is_starlettes_preflight(exchange) && exchange.header("Origin").is_some() {
            if exchange.policy.credentials.value {
                set(wanted, CREDENTIALS, "true");
            }
            exposed(exchange.policy, wanted);
        }
    }),
    ("options: any origin", |exchange, wanted| {
        if exchange.is_any() && !is_starlettes_preflight(exchange) {
            set(wanted, "Vary", "Origin");
            if exchange.header("Origin").is_none() {
                ALL.iter().for_each(|name| remove(wanted, name));
            }
        }
    }),
];

pub(crate) const FLASK: &[Difference] = &[
    ("options: preflights", |exchange, wanted| {
        if exchange.is_preflight {
            wanted.status = Some(200);
            remove(wanted, "Vary");
            if !exchange.is_any() {
                set(wanted, "Vary", "Origin");
            }
        }
    }),
    ("options: lists of methods and headers", |exchange, wanted| {
        if exchange.is_preflight && exchange.is_allowed {
            [METHODS, HEADERS, MAX_AGE].iter().for_each(|name| remove(wanted, name));
            flask_preflight(exchange, wanted);
        }
    }),
    ("options: headers where they mean nothing", |exchange, wanted| {
        if !exchange.is_allowed {
            return;
        }
        if is_options(exchange) {
            exposed(exchange.policy, wanted);
        }
        if exchange.is_any() && is_options(exchange) && !exchange.is_preflight {
            flask_preflight(exchange, wanted);
        }
        if exchange.header(ASKED_PRIVATE_NETWORK).as_deref() == Some("true") {
            set(wanted, PRIVATE_NETWORK, exchange.policy.private_network.value.to_string());
        }
    }),
];

/// The headers of a preflight's answer, where the method is a part of the list.
fn flask_preflight(exchange: &Exchange<'_>, wanted: &mut Wanted) {
    let policy = exchange.policy;
    let methods = with_safelisted(policy).join(", ");
    let asked = exchange.header(ASKED_METHOD).unwrap_or_default().to_ascii_uppercase();
    if asked.is_empty() || !methods.contains(&asked) {
        return;
    }
    set(wanted, METHODS, methods);
    policy.max_age.into_iter().for_each(|max_age| set(wanted, MAX_AGE, max_age.value.to_string()));
    let asked = exchange.header(ASKED_HEADERS).unwrap_or_default();
    let is_named = |name: &&str| match policy.headers.any {
        Some(_) => policy.headers.names_header("authorization") || !name.eq_ignore_ascii_case("authorization"),
        None => policy.headers.names_header(name),
    };
    let mut named: Vec<&str> = asked.split(',').map(str::trim).filter(is_named).collect();
    named.sort_unstable();
    let named = named.join(", ");
    if !named.is_empty() {
        // Blanks at the end of a value are none of it.
        set(wanted, HEADERS, named.trim());
    }
}

pub(crate) const TOWER_HTTP: &[Difference] = &[
    ("preflights", |exchange, wanted| {
        if !is_options(exchange) {
            return;
        }
        let policy = exchange.policy;
        wanted.status = Some(200);
        [EXPOSED, "Vary"].iter().for_each(|name| remove(wanted, name));
        if !exchange.is_any() {
            set(wanted, "Vary", "Origin");
        }
        policy.methods.header_value().into_iter().for_each(|methods| set(wanted, METHODS, methods));
        policy.headers.header_value().into_iter().for_each(|headers| set(wanted, HEADERS, headers));
        policy.max_age.into_iter().for_each(|max_age| set(wanted, MAX_AGE, max_age.value.to_string()));
    }),
    ("lists of methods and headers", |exchange, wanted| {
        let mirrors = exchange.policy.credentials.value;
        let said = |any: bool, asked: &str, value: String| if any && mirrors { exchange.header(asked) } else { Some(value).filter(|value| !value.is_empty()) };
        if is_options(exchange) {
            let methods = said(exchange.policy.methods.any.is_some(), ASKED_METHOD, without_blanks(exchange.policy.methods.header_value()));
            let headers = without_blanks(exchange.policy.headers.header_value()).to_ascii_lowercase();
            let headers = said(exchange.policy.headers.any.is_some(), ASKED_HEADERS, headers);
            for (name, value) in [(METHODS, methods), (HEADERS, headers)] {
                remove(wanted, name);
                value.into_iter().for_each(|value| set(wanted, name, value));
            }
        } else if wanted.headers.iter().any(|(name, _)| *name == EXPOSED) {
            set(wanted, EXPOSED, without_blanks(exchange.policy.expose.header_value()).to_ascii_lowercase());
        }
    }),
    ("headers where they mean nothing", |exchange, wanted| {
        let policy = exchange.policy;
        if !is_options(exchange) {
            let exposed = without_blanks(policy.expose.header_value()).to_ascii_lowercase();
            Some(exposed).filter(|exposed| !exposed.is_empty()).into_iter().for_each(|exposed| set(wanted, EXPOSED, exposed));
        }
        if policy.private_network.value && exchange.is_allowed && exchange.header(ASKED_PRIVATE_NETWORK).as_deref() == Some("true") {
            set(wanted, PRIVATE_NETWORK, "true");
        }
    }),
    ("CORS headers of the application", own_headers_stay),
];

fn without_blanks(list: Option<impl Into<String>>) -> String {
    list.map(Into::into).unwrap_or_default().replace(", ", ",")
}
