//! Policies come in, the words of `decide.j2` go out: all that the decision needs to know, and the headers of its answers.

use cors_decision::Origins;
use minijinja::{Value, context};

use super::{OriginLines, indented, list, raw_string};
use crate::diagnostic::Diagnostic;
use crate::lower::Storage;
use crate::policy::{Policy, PolicySet};
use crate::targets::values::{is_echo, text_or_echo};
use crate::targets::{number, pattern, safe};

pub(super) fn words(set: &PolicySet<'_>, everywhere: Option<&Policy<'_>>, refusals: &mut Vec<Diagnostic>) -> Value {
    let storage = Storage::of_headers(set);
    let lowered = storage.policies();
    let mut lists = Vec::new();
    let policies: Vec<Value> = set
        .policies
        .iter()
        .zip(&lowered)
        .map(|(policy, lowered)| {
            let list =
                matches!(lowered.origins, Origins::Listed { .. }).then(|| number(index(&mut lists, OriginLines::new(policy.origins.entries(), refusals))));
            context! { name => lowered.name, list, preflight => preflight(lowered), actual => actual(lowered) }
        })
        .collect();
    let uses = |needed: fn(&cors_decision::Policy<'_>) -> bool| lowered.iter().any(needed);
    context! {
        lists => lists.into_iter().map(list_view).collect::<Vec<_>>(),
        echoes_methods => uses(|policy| is_echo(policy.allow_methods)),
        echoes_headers => uses(|policy| is_echo(policy.allow_headers)),
        private_network => uses(|policy| policy.allow_private_network),
        policies,
        everywhere => everywhere.map(|policy| &*policy.name.value),
        ambiguous => pattern::AMBIGUOUS.map(|(what, regex)| context! { what => safe(what), regex => safe(raw_string(regex)) }).to_vec(),
        rules => rules(set),
        longest_origin => number(cors_decision::MAX_ORIGIN_LEN),
    }
}

/// The index of a list; each is written once.
fn index(lists: &mut Vec<OriginLines>, list: OriginLines) -> usize {
    lists.iter().position(|known| *known == list).unwrap_or_else(|| {
        lists.push(list);
        lists.len() - 1
    })
}

fn list_view(mut list: OriginLines) -> Value {
    list.never_empty();
    let array = |lines: &str| safe(if lines.is_empty() { "[]".to_owned() } else { format!("[\n{}        ]", indented(lines, "            ")) });
    context! { exact => array(&list.exact), patterns => array(&list.patterns) }
}

/// `$` may stand before a line feed in Python, but no path with one has a policy.
fn rules(set: &PolicySet<'_>) -> Vec<Value> {
    let regex = |pattern: &str| safe(raw_string(&pattern::request_target(pattern)));
    set.rules.iter().map(|rule| context! { regex => regex(&rule.pattern.value), policy => &*set.policies[rule.policy].name.value }).collect()
}

/// The values of headers by name; those without a value are left out.
fn headers<const COUNT: usize>(headers: [(&str, Option<Value>); COUNT]) -> Vec<Value> {
    headers.into_iter().filter_map(|(name, value)| Some(context! { name, value => value? })).collect()
}

fn preflight(policy: &cors_decision::Policy<'_>) -> Value {
    let headers = headers([
        ("Access-Control-Allow-Origin", origin(policy)),
        ("Access-Control-Allow-Credentials", credentials(policy)),
        ("Access-Control-Allow-Methods", text_or_echo(policy.allow_methods, |_| "any_method")),
        (
            "Access-Control-Allow-Headers",
            text_or_echo(policy.allow_headers, |authorization| if authorization { "any_header" } else { "any_header_but_authorization" }),
        ),
        ("Access-Control-Max-Age", policy.max_age.map(Value::from)),
        ("Access-Control-Allow-Private-Network", policy.allow_private_network.then(|| safe("private_network"))),
    ]);
    context! { to => "preflight", status => number(policy.preflight_status), headers, vary => vary(policy, b"OPTIONS") }
}

fn actual(policy: &cors_decision::Policy<'_>) -> Value {
    let headers = headers([
        ("Access-Control-Allow-Origin", origin(policy)),
        ("Access-Control-Allow-Credentials", credentials(policy)),
        ("Access-Control-Expose-Headers", policy.expose_headers.map(Value::from)),
    ]);
    context! { to => "actual", status => safe("None"), headers, vary => vary(policy, b"GET") }
}

/// The names that the answer to a method varies on.
fn vary(policy: &cors_decision::Policy<'_>, method: &[u8]) -> Value {
    let asks = cors_decision::Request { request_method: Some(b"GET"), ..cors_decision::Request::new(method, b"/", cors_decision::OriginHeader::One(b"null")) };
    let names = policy.decide(&asks).headers.vary.unwrap_or_default();
    list(&names.split(", ").filter(|name| !name.is_empty()).map(str::to_owned).collect::<Vec<_>>())
}

/// The one that asks was looked up before.
fn origin(policy: &cors_decision::Policy<'_>) -> Option<Value> {
    Some(if matches!(policy.origins, Origins::Any) { Value::from("*") } else { safe("origin") })
}

fn credentials(policy: &cors_decision::Policy<'_>) -> Option<Value> {
    policy.allow_credentials.then(|| Value::from("true"))
}
