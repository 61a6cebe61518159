//! A policy comes in, a VirtualService of Istio goes out.
//!
//! Istio hands its `corsPolicy` to Envoy's CORS filter, which allows every origin where one entry matches the text `*`.

use minijinja::{Value, context};

use super::object::{self, AnyHeader, METHODS, Reader, Unsaid};
use super::{Limit, Target, Template, Tested, View, Writer, pattern, pcre, re2, safe};
use crate::diagnostic::Diagnostic;
use crate::policy::{Entry, Matcher, Policy, PolicySet};

pub(super) static TARGET: Target = Target {
    name: "istio",
    server: "Istio 1.23 and newer",
    summary: "One VirtualService. Fill in the name, `hosts`, `gateways` where there are some, and the `destination` of each route. The routes decide path, origin and \
              preflight by themselves, replace the CORS headers of what is behind them where a policy applies, and leave them alone where none does. To routes of \
              your own, copy `corsPolicy` and `headers`: each needs both.",
    files: &[Template { file: "virtualservice.yaml", place: "a manifest of the cluster", text: include_str!("istio.j2") }],
    limits: LIMITS,
    tested: Tested::Schema,
    results: "",
    writer: Writer::Templates { quote: object::quote, view },
};

static LIMITS: &[Limit] = &[
    Limit {
        topic: "regexes",
        refused: true,
        text: "Of 1,024 characters at most, those that paths become included, and with no part repeated more than 1,000 times, repetitions inside repetitions multiplied. A regex that matches the text \
               `*` would allow every origin, and is refused.",
    },
    Limit { topic: "methods", refused: true, text: "The methods of RFC 9110 and `PATCH` alone." },
    Limit {
        topic: "request headers",
        refused: true,
        text: "\"Any\" only as `[\"*\", Authorization]`: Envoy answers `*` with the names that were asked for, `Authorization` included.",
    },
    Limit { topic: "`max_age: 0`", refused: true, text: "The least is 1 second." },
    Limit { topic: "private networks", refused: true, text: "There is no word for them." },
    Limit {
        topic: "paths that the mesh rewrites",
        refused: false,
        text: "Istio normalises paths as `pathNormalization` of the mesh says, matches what came of them, and passes that on: the policy of the path that the service \
               sees applies. What is still ambiguous then has no policy.",
    },
    Limit {
        topic: "preflights",
        refused: false,
        text: "Answered ones are 200. Refused ones are 200 without `Access-Control-Allow-Origin`, and do not reach the service. Neither has a `Vary`; caches do not \
               store them.",
    },
    Limit {
        topic: "any origin",
        refused: false,
        text: "Envoy answers with the origin that asks, never with `*`, and so with `Vary: Origin`; to a request without `Origin`, with nothing.",
    },
    Limit {
        topic: "origins longer than any can be",
        refused: false,
        text: "A wildcard or regex looks at an `Origin` of any length. No browser sends one of more than 326 characters.",
    },
    Limit {
        topic: "authentication and authorization",
        refused: false,
        text: "Istio asks its `AuthorizationPolicy` and `RequestAuthentication` first: where they refuse a preflight, no script gets through, and their 401 and 403 carry no CORS headers. Let \
               them allow `OPTIONS`.",
    },
    Limit { topic: "routes that answer by themselves", refused: false, text: "Envoy sends no CORS headers with a `redirect` or a `directResponse`." },
];

const LONGEST_REGEX: usize = 1_024;

fn view<'p>(set: &'p PolicySet<'p>) -> Result<View<'p>, Vec<Diagnostic>> {
    let mut reader = Reader::new("Istio");
    let policies = reader.objects(set, policy_view);
    let everywhere = set.policy_for_every_path().is_some();
    let routes = if everywhere { vec![(0, Vec::new())] } else { routes(&mut reader, set) };
    reader.finish()?;
    let ruled =
        |(policy, paths): (usize, Vec<String>)| context! { name => set.policies[policy].name.value.to_string(), paths, policy => policies[policy].clone() };
    let unruled = |name: &str, paths: Vec<String>| context! { name, paths, policy => Value::from(()) };
    let ambiguous = || unruled("ambiguous-paths", pattern::AMBIGUOUS.iter().map(|(_, regex)| format!("{regex}(?s:.)*")).collect());
    let before = (!everywhere).then(ambiguous);
    let after = (!everywhere).then(|| unruled("paths-without-a-policy", Vec::new()));
    let routes: Vec<Value> = before.into_iter().chain(routes.into_iter().map(ruled)).chain(after).collect();
    Ok(View::from(context! { routes }))
}

/// The paths of each run of rules that lead to one policy, the most specific first: the first route that matches is taken.
fn routes(reader: &mut Reader, set: &PolicySet<'_>) -> Vec<(usize, Vec<String>)> {
    let mut routes: Vec<(usize, Vec<String>)> = Vec::new();
    for rule in &set.rules {
        let path = path_regex(&rule.pattern.value);
        if path.len() > LONGEST_REGEX {
            reader.refuse(rule.pattern.span, "takes no path this long", "its regexes have at most 1,024 characters", "shorten the path");
        }
        match routes.last_mut().filter(|(policy, _)| *policy == rule.policy) {
            Some((_, paths)) => paths.push(path),
            None => routes.push((rule.policy, vec![path])),
        }
    }
    routes
}

fn policy_view(reader: &mut Reader, policy: &Policy<'_>) -> Value {
    reader.rest(policy);
    if let Some(zero) = policy.max_age.filter(|max_age| max_age.value == 0) {
        reader.refuse(zero.span, "cannot forbid that a preflight is cached", "its `maxAge` is at least 1s", "write `max_age: 1`");
    }
    let origins = reader.origins(policy, ("exact", "*".to_owned()), origin);
    context! {
        origins => origins.into_iter().map(|(kind, text)| context! { kind => safe(kind), text }).collect::<Vec<_>>(),
        methods => reader.methods(policy, &METHODS),
        headers => reader.headers(policy, AnyHeader::Echoed),
        expose => object::exposed(policy),
        credentials => policy.credentials.value,
        max_age => policy.max_age.map(|max_age| format!("{}s", max_age.value)),
    }
}

/// What matches the whole of a path that a pattern matches. No query stands behind it.
fn path_regex(path: &str) -> String {
    let segment = |segment: &str| match segment {
        "**" => r"(?:/(?s:.)*)?".to_owned(),
        "*" => "/[^/]*".to_owned(),
        segment => format!("/{}", pattern::literal(segment)),
    };
    path.split('/').skip(1).map(segment).collect()
}

/// The kind of match, and its text. A regex is matched against the whole origin.
fn origin(entry: &Entry<'_>) -> Result<(&'static str, String), Unsaid> {
    let unsaid = |reason, help| Err(Unsaid { reason, help });
    let regex = match &entry.matcher {
        Matcher::Origin(origin) => match origin.pattern() {
            None => return Ok(("exact", origin.as_str().to_owned())),
            Some(wildcard) => pattern::origin(&wildcard),
        },
        Matcher::Regex(regex) if regex.matches(b"*") => {
            return unsaid("Envoy allows every origin where one entry matches the text `*`", "begin the regex with a scheme");
        }
        Matcher::Regex(regex) if !re2::takes(regex) => {
            return unsaid("RE2 repeats no part more than 1,000 times, repetitions inside repetitions multiplied", "write `+` or `*`, or list the origins");
        }
        Matcher::Regex(regex) => pcre::to_pcre(regex),
    };
    if regex.len() > LONGEST_REGEX {
        return unsaid("it takes regexes of at most 1,024 characters", "shorten the regex, or list the origins");
    }
    Ok(("regex", regex))
}
