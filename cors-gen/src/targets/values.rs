//! Policies come in; the values of their headers go out, each with the names of all that have it for targets that write a value once.

use std::collections::BTreeMap;

use cors_decision::List;
use minijinja::Value;

use super::{refuse, safe};
use crate::diagnostic::Diagnostic;
use crate::policy::Policy;

/// Policies, each as written and as the decision reads it.
pub(super) type Policies<'p, 'a> = [(&'p Policy<'p>, &'a cors_decision::Policy<'a>)];

/// The names of the policies of which something is true.
pub(super) fn names<'p>(policies: &Policies<'p, '_>, holds: impl Fn(&cors_decision::Policy<'_>) -> bool) -> Vec<&'p str> {
    policies.iter().filter(|(_, lowered)| holds(lowered)).map(|(policy, _)| &*policy.name.value).collect()
}

/// Each value with the policies that have it, in the order of the values.
pub(super) fn by_value<'p, T: Into<String>>(
    policies: &Policies<'p, '_>,
    value: impl Fn(&cors_decision::Policy<'_>) -> Option<T>,
) -> Vec<(String, Vec<&'p str>)> {
    let mut all: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (policy, lowered) in policies {
        if let Some(value) = value(lowered) {
            all.entry(value.into()).or_default().push(&policy.name.value);
        }
    }
    all.into_iter().collect()
}

/// The value of a list that is the same for every preflight.
pub(super) fn constant(list: List<'_>) -> Option<String> {
    match list {
        List::Constant(value) => Some(value.to_owned()),
        List::Absent | List::Echo { .. } => None,
    }
}

/// Refuses the lists that take more bytes than a server can hold: of methods and of headers that may be sent, or of those that may be read.
pub(super) fn refuse_long_lists(policies: &Policies<'_, '_>, server: &str, [sent, read]: [usize; 2], reason: &str, refusals: &mut Vec<Diagnostic>) {
    for (policy, lowered) in policies {
        let values = [
            ("list of methods", constant(lowered.allow_methods), policy.methods.span(), sent),
            ("list of headers", constant(lowered.allow_headers), policy.headers.span(), sent),
            ("list of exposed headers", lowered.expose_headers.map(str::to_owned), policy.expose.span(), read),
        ];
        for (what, value, span, longest) in values {
            let length = value.map_or(0, |value| value.len());
            if length > longest {
                refusals.push(
                    refuse(span.unwrap_or(policy.name.span), format!("{server} cannot hold this {what}: it takes {length} bytes, and {longest} is the most"))
                        .reason(reason)
                        .help("shorten the list, or allow \"*\" where that is meant"),
                );
            }
        }
    }
}

/// Whether what was asked for is the value.
pub(super) fn is_echo(list: List<'_>) -> bool {
    matches!(list, List::Echo { .. })
}

/// The value of a list: a text for the template to quote, or the code by which `echo` says what was asked for.
pub(super) fn text_or_echo(list: List<'_>, echo: fn(bool) -> &'static str) -> Option<Value> {
    match list {
        List::Absent => None,
        List::Constant(value) => Some(Value::from(value)),
        List::Echo { authorization } => Some(safe(echo(authorization))),
    }
}

/// What the decision lets the responses of a policy vary on: to actual requests, or to preflights.
pub(super) fn vary(policy: &cors_decision::Policy<'_>, preflight: bool) -> Option<&'static str> {
    let actual = cors_decision::Request::new(b"GET", b"/", cors_decision::OriginHeader::One(b"null"));
    let asked = if preflight { cors_decision::Request { method: b"OPTIONS", request_method: Some(b"GET"), ..actual } } else { actual };
    policy.decide(&asked).headers.vary
}
