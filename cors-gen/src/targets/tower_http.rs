//! A policy comes in, a module of Rust goes out, with the policy as a `CorsLayer` of tower-http.

mod origins;

use minijinja::{Value, context};

use super::{Limit, Target, Template, Tested, View, Writer, refuse, safe};
use crate::diagnostic::Diagnostic;
use crate::policy::{List, Origins, Policy, PolicySet};
use origins::tables;

pub(super) static TARGET: Target = Target {
    name: "tower-http",
    server: "tower-http 0.7, for axum and all else that takes a tower layer",
    summary: "One module of Rust with a function `layer` that returns a `tower_http::cors::CorsLayer`, for those who stay with tower-http: it needs the crates `tower-http`, with its \
              feature `cors`, and `http` alone. `.layer(cors_policy::layer())` belongs around all that the program serves: with axum, last, on the outermost router. The target `rust` and the \
              crate `cors-static` know paths and statuses, and replace the headers of the application.",
    files: &[Template { file: "cors_policy.rs", place: "a module of the program", text: include_str!("tower_http.j2") }],
    limits: LIMITS,
    tested: Tested::Live,
    results: include_str!("tower-http.results.md"),
    writer: Writer::Templates { quote: |text| Ok(string(text)), view },
};

static LIMITS: &[Limit] = &[
    Limit {
        topic: "paths",
        refused: true,
        text: "A file for this target has one policy, for `/**`: a `CorsLayer` answers every `OPTIONS` below it, and has one list of methods and headers. Give each nested router a file and \
               a layer of its own, or use the target `rust`.",
    },
    Limit {
        topic: "any header but `Authorization`, with credentials",
        refused: true,
        text: "`CorsLayer` answers with all that was asked for. Write `[\"*\", Authorization]` if that is fine.",
    },
    Limit {
        topic: "preflights",
        refused: false,
        text: "Every `OPTIONS` is answered 200, whatever `preflight_status` says and whether it is a preflight or not; the application sees none. One of a refused origin is no 403, but has no \
               `Access-Control-Allow-Origin`, and so lets nothing through. The lists and `Access-Control-Max-Age` are on all of them, and \
               their `Vary` names `Origin` alone: no cache keeps the answer to an `OPTIONS`.",
    },
    Limit {
        topic: "lists of methods and headers",
        refused: false,
        text: "Names of headers are in lower case, and there are no blanks between names. With credentials, any method and any header is whatever was asked for, long or malformed.",
    },
    Limit {
        topic: "headers where they mean nothing",
        refused: false,
        text: "Responses to refused origins have `Access-Control-Expose-Headers` where the policy has them. `Access-Control-Allow-Private-Network` is on any response to an allowed origin that \
               asked for it.",
    },
    Limit {
        topic: "CORS headers of the application",
        refused: false,
        text: "`CorsLayer` replaces those that it has a value for, and leaves the others: a handler that sets `Access-Control-Allow-Origin` by itself lets in whom it names. Set none.",
    },
    Limit { topic: "several `Origin` lines", refused: false, text: "The first counts. No browser sends several." },
    Limit {
        topic: "wildcards and regexes",
        refused: false,
        text: "Exact origins are found by bisection in a sorted table, and each regex is walked as an automaton. Wildcards and regexes are tried in turn.",
    },
];

const LIBRARY: &str = "tower-http";

fn view<'p>(set: &'p PolicySet<'p>) -> Result<View<'p>, Vec<Diagnostic>> {
    let mut refusals = Vec::new();
    let Some(policy) = only(set, &mut refusals) else { return Err(refusals) };
    check_headers(policy, &mut refusals);
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let credentials = policy.credentials.value;
    let tables = tables(&policy.origins);
    let words = context! {
        any_origin => matches!(policy.origins, Origins::Any(_)),
        credentials,
        mirrors_methods => credentials && policy.methods.any.is_some(),
        methods => list(&policy.methods, str::to_owned),
        mirrors_headers => credentials && policy.headers.any.is_some(),
        headers => list(&policy.headers, str::to_ascii_lowercase),
        exposed => list(&policy.expose, str::to_ascii_lowercase),
        max_age => policy.max_age.map(|max_age| safe(max_age.value.to_string())),
        private_network => policy.private_network.value,
        longest_origin => safe(cors_decision::MAX_ORIGIN_LEN.to_string()),
        subdomains => tables.iter().any(|table| table.asks("is_subdomain")),
        parts => tables.iter().any(|table| table.asks("is_part")),
        any_port => tables.iter().any(|table| table.asks("without_port")),
        regexes => tables.iter().any(|table| table.asks("regex")),
        tables => tables.iter().map(origins::Table::view).collect::<Vec<_>>(),
    };
    Ok(words.into())
}

/// The policy of the whole application.
fn only<'p>(set: &'p PolicySet<'p>, refusals: &mut Vec<Diagnostic>) -> Option<&'p Policy<'p>> {
    for rule in set.rules.iter().filter(|rule| rule.pattern.value != "/**") {
        refusals.push(
            refuse(rule.pattern.span, format!("{LIBRARY} cannot hold a policy for some paths alone"))
                .reason("a `CorsLayer` answers every `OPTIONS` below it, and has one list of methods and headers")
                .help("write `paths: [\"/**\"]` in a file for each nested router, or use the target `rust`, which knows paths"),
        );
    }
    set.policies.first()
}

fn check_headers(policy: &Policy<'_>, refusals: &mut Vec<Diagnostic>) {
    let headers = &policy.headers;
    if let Some(any) = headers.any.filter(|_| policy.credentials.value && !headers.names_header("authorization")) {
        refusals.push(
            refuse(any, format!("{LIBRARY} cannot allow any header but `Authorization`"))
                .reason("with credentials it answers with all that was asked for, and `\"*\"` alone does not cover `Authorization`")
                .help("write `allow_headers: [\"*\", Authorization]` if that is fine, or list the headers"),
        );
    }
}

/// The items of an array of names; none for an empty list.
fn list(list: &List<'_>, spelled: fn(&str) -> String) -> Option<Value> {
    let value = list.header_value().filter(|value| !value.is_empty())?;
    let literals: Vec<String> = value.split(", ").map(|name| string(&spelled(name))).collect();
    Some(safe(literals.join(", ")))
}

/// A string literal.
fn string(text: &str) -> String {
    format!("{text:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_leaves_its_quotes() {
        assert_eq!(string("a'b\"c\\d{e}$"), r#""a'b\"c\\d{e}$""#);
        assert_eq!(string("a\nb\u{1}"), r#""a\nb\u{1}""#);
    }
}
