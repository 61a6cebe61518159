//! Policies come in, two files for nginx go out: `map`s for `http { }` and what applies them for `server { }`.
//!
//! Each map answers one question, so that no answer is computed twice, and every key is a short name: nginx takes exact keys of 46 bytes at
//! most in a table of the default size. Exact keys are compared without regard to case, and before any regex; so case is looked at first.

mod long;
mod origins;
mod quoting;

use cors_decision::{List, Origins};
use minijinja::{Value, context};

use super::lists::OriginLists;
use super::values::{self, is_echo};
use super::{DIGEST, Limit, Target, Template, Tested, View, Writer, pattern, pcre, safe};
use crate::diagnostic::Diagnostic;
use crate::lower::Storage;
use crate::policy::{Policy, PolicySet};
use crate::span::Span;
use origins::OriginMaps;
use quoting::{check_length, quote, regex_key};

pub(super) static TARGET: Target = Target {
    name: "nginx",
    server: "nginx 1.22 and newer",
    summary: "Two files. Include `cors.http.conf` in `http { }` and `cors.server.conf` in each `server { }` that the policies are for; include the \
              second again in every `location` (and `if`) that has an `add_header` or a `*_hide_header` of its own, because such a block inherits none. \
              The files decide path, origin and preflight by themselves, replace the CORS headers of what nginx passes requests to where a policy \
              applies, and leave them alone where none does.",
    files: &[
        Template { file: "cors.http.conf", place: "inside `http { }`", text: include_str!("nginx.http.j2") },
        Template {
            file: "cors.server.conf",
            place: "inside `server { }`, and again in a `location` with headers of its own",
            text: include_str!("nginx.server.j2"),
        },
    ],
    limits: LIMITS,
    tested: Tested::Live,
    results: include_str!("nginx.results.md"),
    writer: Writer::Templates { quote, view },
};

static LIMITS: &[Limit] = &[
    Limit {
        topic: "regexes that backtrack",
        refused: true,
        text: "nginx matches regexes by backtracking. A `regex:` that could take exponential time on a hostile `Origin` is refused; \
               the error names the entry. Write it so that no part can match the same text in two ways, or list the origins.",
    },
    Limit {
        topic: "values over 4,000 bytes",
        refused: true,
        text: "nginx reads at most 4,093 bytes as one word of its configuration. A list of methods or headers, a path or a regex that is longer is refused.",
    },
    Limit {
        topic: "order of evaluation",
        refused: false,
        text: "Preflights are answered before `allow`/`deny`, `auth_basic` and `auth_request`: a browser sends no credentials with a preflight, so they \
               would refuse every one.",
    },
    Limit {
        topic: "several `Origin` lines",
        refused: false,
        text: "nginx before 1.23 looks at the first of several `Origin` lines only; newer ones join them, and no policy that lists origins matches. No browser sends several.",
    },
    Limit {
        topic: "requests that nginx refuses to read",
        refused: false,
        text: "A request that nginx answers 400 (or 414, 494) before it looks at the configuration carries no CORS headers; a method in lower case \
               (`patch`) is one.",
    },
    Limit {
        topic: "wildcards, regexes and path patterns",
        refused: false,
        text: "Exact origins are found in tables, however many they are; one over 46 bytes in pieces of 38. Each wildcard, each regex and each path pattern is a regex \
               that nginx tries in turn, at some 30 to 80 ns each.",
    },
    Limit {
        topic: "CORS headers of an upstream where no policy applies",
        refused: false,
        text: "They are hidden and set again from `$upstream_http_...`. If an upstream sends the same CORS header on several lines, nginx before 1.23 passes on \
               the first line only, newer ones all in one line.",
    },
    Limit {
        topic: "a warning about `variables_hash`",
        refused: false,
        text: "The files define some twenty variables, and one more for each list of origins, and two for each 38 bytes of an origin over 46. Where nginx warns that it could not build an optimal \
               variables_hash, it works all the same; `variables_hash_max_size 2048;` at the top of `http { }` silences it.",
    },
    Limit {
        topic: "`$1` of your own regexes",
        refused: false,
        text: "nginx has one place for what the last regex captured, and the maps use regexes too. Where a policy applies, `$1` of a regex in `server_name`, or of a \
               `location` where the file is included but in no `server { }` around it, is empty. Captures with names (`(?<site>...)`, `$site`) hold what they held.",
    },
    Limit {
        topic: "`error_page` to another location",
        refused: false,
        text: "The response of the final location counts. One outside the server where the files are included has no CORS headers, as with any `add_header`.",
    },
    Limit {
        topic: "a user's `if` with `add_header`",
        refused: false,
        text: "nginx drops the headers of the outer block there. Include `cors.server.conf` inside such an `if` as far as nginx allows it, or set the header by a `map` instead.",
    },
];

/// What becomes of a request where a policy applies: with its name, the key of every map of headers.
/// No longer than six characters, because a policy's name may have forty.
#[derive(Clone, Copy)]
enum Answer {
    /// To an actual request of an allowed origin.
    Grant,
    /// To any other actual request.
    Plain,
    /// To a preflight of an allowed origin.
    Allow,
    /// To any other preflight.
    Deny,
}

impl Answer {
    fn key(self, policy: &Policy<'_>) -> Value {
        let word = match self {
            Self::Grant => "grant",
            Self::Plain => "plain",
            Self::Allow => "allow",
            Self::Deny => "deny",
        };
        Value::from(format!("{word}:{}", policy.name.value))
    }
}

fn view<'p>(set: &'p PolicySet<'p>) -> Result<View<'p>, Vec<Diagnostic>> {
    let storage = Storage::of_headers(set);
    let lowered = storage.policies();
    let policies: Vec<_> = set.policies.iter().zip(&lowered).collect();
    let mut refusals = Vec::new();
    pcre::refuse_unbounded(set, "nginx", &mut refusals);
    let OriginLists { lists, of_policies } = OriginLists::new(set);
    let maps = OriginMaps::new(&lists, &mut refusals);
    let allowed = |(policy, list): (&Policy<'_>, &Option<usize>)| context! { key => key(policy), value => list.map_or(Value::from("*"), origins::variable) };
    let rules = rules(set, &mut refusals);
    let headers: Vec<Value> = HEADERS.iter().map(|header| header_view(header, &policies, &mut refusals)).collect();
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let uses = |needed: fn(&cors_decision::Policy<'_>) -> bool| lowered.iter().any(needed);
    let words = context! {
        var => safe(format!("$cors_{DIGEST}")),
        rules,
        ambiguous => pattern::AMBIGUOUS.map(|(what, regex)| context! { what => safe(what), regex => safe(regex_key(regex)) }).to_vec(),
        catch_all => set.policy_for_every_path().is_some(),
        too_long => safe(regex_key(&format!(".{{{}}}", cors_decision::MAX_ORIGIN_LEN + 1))),
        pieces => maps.pieces(),
        lists => maps.views(),
        allowed => set.policies.iter().zip(&of_policies).map(allowed).collect::<Vec<_>>(),
        statuses => statuses(&policies),
        returned => returned(&lowered),
        vary => vary(&policies),
        echoes_methods => uses(|policy| is_echo(policy.allow_methods)),
        echoes_headers => uses(|policy| is_echo(policy.allow_headers)),
        private_network => uses(|policy| policy.allow_private_network),
        headers,
        dollar => needs_dollar(&lowered),
    };
    Ok(View { words, blocks: maps.blocks() })
}

type Policies<'p, 'a> = [(&'p Policy<'p>, &'a cors_decision::Policy<'a>)];

/// A policy as a key. The colon keeps it apart from the words `default`, `include`, `hostnames` and `volatile`, which mean something else
/// to a map, even in quotes.
fn key(policy: &Policy<'_>) -> Value {
    Value::from(format!(":{}", policy.name.value))
}

fn rules(set: &PolicySet<'_>, refusals: &mut Vec<Diagnostic>) -> Vec<Value> {
    let mut lines = Vec::with_capacity(set.rules.len());
    for rule in &set.rules {
        let regex = regex_key(&pattern::request_target(&rule.pattern.value));
        check_length(rule.pattern.span, &regex, "path", refusals);
        lines.push(context! { regex => safe(regex), key => key(&set.policies[rule.policy]) });
    }
    lines
}

/// The status that ends each preflight.
fn statuses(policies: &Policies<'_, '_>) -> Vec<Value> {
    let both = |&(policy, lowered): &(&Policy<'_>, &cors_decision::Policy<'_>)| {
        let allow = context! { key => Answer::Allow.key(policy), value => lowered.preflight_status.to_string() };
        let deny = matches!(lowered.origins, Origins::Listed { .. }).then(|| context! { key => Answer::Deny.key(policy), value => "403" });
        std::iter::once(allow).chain(deny)
    };
    policies.iter().flat_map(both).collect()
}

/// The statuses of answered preflights, each once: `return` takes no variable.
fn returned(policies: &[cors_decision::Policy<'_>]) -> Vec<Value> {
    let mut statuses: Vec<u16> = policies.iter().map(|policy| policy.preflight_status).collect();
    statuses.sort_unstable();
    statuses.dedup();
    statuses.into_iter().map(|status| safe(status.to_string())).collect()
}

/// What each response varies on, as the decision says it.
fn vary(policies: &Policies<'_, '_>) -> Vec<Value> {
    let mut lines = Vec::new();
    for &(policy, lowered) in policies {
        for (preflight, answers) in [(false, [Answer::Grant, Answer::Plain]), (true, [Answer::Allow, Answer::Deny])] {
            let Some(vary) = values::vary(lowered, preflight) else { continue };
            let never_refuses = matches!(lowered.origins, Origins::Any);
            let answers = if never_refuses { &answers[..1] } else { &answers[..] };
            lines.extend(answers.iter().map(|answer| context! { key => answer.key(policy), value => vary }));
        }
    }
    lines
}

/// A response header beside `Access-Control-Allow-Origin`.
struct Header {
    name: &'static str,
    variable: &'static str,
    /// The answers that carry it.
    answers: &'static [Answer],
    value: fn(&cors_decision::Policy<'_>) -> Option<Value>,
    /// Where its value stands in the policy, if that can be long.
    place: fn(&Policy<'_>) -> Option<Span>,
}

static HEADERS: [Header; 6] = [
    Header {
        name: "Access-Control-Allow-Credentials",
        variable: "credentials",
        answers: &[Answer::Grant, Answer::Allow],
        value: |policy| policy.allow_credentials.then(|| Value::from("true")),
        place: |_| None,
    },
    Header {
        name: "Access-Control-Allow-Methods",
        variable: "methods",
        answers: &[Answer::Allow],
        value: |policy| list(policy.allow_methods, |_| "echoed_method"),
        place: |policy| policy.methods.span(),
    },
    Header {
        name: "Access-Control-Allow-Headers",
        variable: "headers",
        answers: &[Answer::Allow],
        value: |policy| list(policy.allow_headers, |authorization| if authorization { "echoed_list" } else { "echoed_headers" }),
        place: |policy| policy.headers.span(),
    },
    Header { name: "Access-Control-Max-Age", variable: "max_age", answers: &[Answer::Allow], value: |policy| policy.max_age.map(Value::from), place: |_| None },
    Header {
        name: "Access-Control-Allow-Private-Network",
        variable: "network",
        answers: &[Answer::Allow],
        value: |policy| policy.allow_private_network.then(|| safe(format!("$cors_{DIGEST}_asks_network"))),
        place: |_| None,
    },
    Header {
        name: "Access-Control-Expose-Headers",
        variable: "expose",
        answers: &[Answer::Grant],
        value: |policy| policy.expose_headers.map(Value::from),
        place: |policy| policy.expose.span(),
    },
];

fn list(list: List<'_>, echo: fn(bool) -> &'static str) -> Option<Value> {
    match list {
        List::Absent => None,
        List::Constant(value) => Some(Value::from(value)),
        List::Echo { authorization } => Some(safe(format!("$cors_{DIGEST}_{}", echo(authorization)))),
    }
}

fn header_view(header: &Header, policies: &Policies<'_, '_>, refusals: &mut Vec<Diagnostic>) -> Value {
    let mut lines = Vec::new();
    for &(policy, lowered) in policies {
        let Some(value) = (header.value)(lowered) else { continue };
        if !value.is_safe() {
            let quoted = quote(&value.to_string()).unwrap_or_default();
            check_length((header.place)(policy).unwrap_or(policy.name.span), &quoted, header.name, refusals);
        }
        lines.extend(header.answers.iter().map(|answer| context! { key => answer.key(policy), value => value.clone() }));
    }
    context! { name => safe(header.name), variable => safe(header.variable), upstream => safe(header.name.to_ascii_lowercase().replace('-', "_")), lines }
}

/// Whether a header's value holds a `$`, which a token may.
fn needs_dollar(policies: &[cors_decision::Policy<'_>]) -> bool {
    let constant = |list: List<'_>| matches!(list, List::Constant(value) if value.contains('$'));
    policies
        .iter()
        .any(|policy| constant(policy.allow_methods) || constant(policy.allow_headers) || policy.expose_headers.is_some_and(|value| value.contains('$')))
}
