//! Policies come in, the words of `decide.j2` go out: all that the decision needs to know, and the headers of its answers.

use cors_decision::Origins;
use minijinja::{Value, context};

use super::{exact, list, patterns, raw_string};
use crate::lower::Storage;
use crate::policy::{Policy, PolicySet};
use crate::targets::lists::{OriginList, OriginLists};
use crate::targets::values::{is_echo, text_or_echo, vary};
use crate::targets::{number, pattern, safe};

pub(super) fn words(set: &PolicySet<'_>, everywhere: Option<&Policy<'_>>) -> Value {
    let storage = Storage::of_headers(set);
    let lowered = storage.policies();
    let OriginLists { lists, of_policies } = OriginLists::new(set);
    let policy = |(policy, list): (&cors_decision::Policy<'_>, Option<usize>)| {
        context! { name => policy.name, list => list.map(number), preflight => preflight(policy), actual => actual(policy) }
    };
    let uses = |needed: fn(&cors_decision::Policy<'_>) -> bool| lowered.iter().any(needed);
    context! {
        lists => lists.iter().map(list_view).collect::<Vec<_>>(),
        echoes_methods => uses(|policy| is_echo(policy.allow_methods)),
        echoes_headers => uses(|policy| is_echo(policy.allow_headers)),
        private_network => uses(|policy| policy.allow_private_network),
        policies => lowered.iter().zip(of_policies).map(policy).collect::<Vec<_>>(),
        everywhere => everywhere.map(|policy| &*policy.name.value),
        ambiguous => pattern::AMBIGUOUS.map(|(what, regex)| context! { what => safe(what), regex => safe(raw_string(regex)) }).to_vec(),
        rules => rules(set),
        longest_origin => number(cors_decision::MAX_ORIGIN_LEN),
    }
}

fn list_view(list: &OriginList<'_>) -> Value {
    context! { exact => exact(list, "        "), patterns => patterns(list, "        ", true) }
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
    context! { to => "preflight", status => number(policy.preflight_status), headers, vary => names_of_vary(policy, true) }
}

fn actual(policy: &cors_decision::Policy<'_>) -> Value {
    let headers = headers([
        ("Access-Control-Allow-Origin", origin(policy)),
        ("Access-Control-Allow-Credentials", credentials(policy)),
        ("Access-Control-Expose-Headers", policy.expose_headers.map(Value::from)),
    ]);
    context! { to => "actual", status => safe("None"), headers, vary => names_of_vary(policy, false) }
}

/// The names that an answer varies on.
fn names_of_vary(policy: &cors_decision::Policy<'_>, preflight: bool) -> Value {
    let names = vary(policy, preflight).unwrap_or_default();
    list(&names.split(", ").filter(|name| !name.is_empty()).map(str::to_owned).collect::<Vec<_>>())
}

/// The one that asks was looked up before.
fn origin(policy: &cors_decision::Policy<'_>) -> Option<Value> {
    Some(if matches!(policy.origins, Origins::Any) { Value::from("*") } else { safe("origin") })
}

fn credentials(policy: &cors_decision::Policy<'_>) -> Option<Value> {
    policy.allow_credentials.then(|| Value::from("true"))
}
