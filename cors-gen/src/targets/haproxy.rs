//! Policies come in, two files for HAProxy go out: a named `defaults` section with rules, and the exact origins that they look up.
//!
//! Everything is decided while there is a request, into variables: rules about responses can no longer see its path or headers. Exact origins lie
//! in a file of their own because HAProxy reads at most 64 words on a line, and only what is in one list is found in one step.

use cors_decision::{List, Origins};
use minijinja::{Value, context};

use super::lists::{OriginList, OriginLists};
use super::values::{self, Policies, constant, vary};
use super::{DIGEST, Limit, Target, Template, Tested, View, Writer, pattern, pcre, safe};
use crate::diagnostic::Diagnostic;
use crate::lower::Storage;
use crate::policy::PolicySet;

pub(super) static TARGET: Target = Target {
    name: "haproxy",
    server: "HAProxy 2.6 and newer, built with PCRE as the usual packages are",
    summary: "Two files. `cors.cfg` holds a section `defaults cors`: read it before the frontends, `haproxy -f haproxy.cfg -f cors.cfg -f frontends.cfg`, and \
              begin them with `frontend NAME from cors`. `cors.origins` is looked for where HAProxy looks for files; `default-path config` in `global` makes that \
              the folder of `cors.cfg`. Where policies differ from host to host, begin backends with it instead. The rules \
              decide path, origin and preflight by themselves, before any rule of the frontend's own; they replace the CORS headers of what is behind where a \
              policy applies, and leave them alone where none does.",
    files: &[
        Template { file: "cors.cfg", place: "read with `-f` before the frontends", text: include_str!("haproxy.cfg.j2") },
        Template {
            file: "cors.origins",
            place: "where HAProxy looks for files, or in the folder that `CORS_FOLDER` names",
            text: include_str!("haproxy.origins.j2"),
        },
    ],
    limits: LIMITS,
    tested: Tested::Live,
    results: include_str!("haproxy.results.md"),
    writer: Writer::Templates { quote, view },
};

static LIMITS: &[Limit] = &[
    Limit {
        topic: "regexes that backtrack",
        refused: true,
        text: "HAProxy matches regexes by backtracking. A `regex:` that could take exponential time on a hostile `Origin` is refused; \
               the error names the entry. Write it so that no part can match the same text in two ways, or list the origins.",
    },
    Limit {
        topic: "long lists of headers and methods",
        refused: true,
        text: "HAProxy puts the headers of a response together in one buffer of 16 KB, and once a server's response has filled it, 1 KB of it is left for what rules add. A list of \
               exposed headers that is longer than 500 bytes is refused, and a list for preflights that is longer than 4,000.",
    },
    Limit {
        topic: "`listen` sections",
        refused: false,
        text: "HAProxy takes no rules from a `defaults` section into a `listen` section, nor from one section into frontends and backends alike, nor from one `defaults` section \
               into another: each is an error when it starts. Write a `listen` section as a frontend and a backend; `CORS_DEFAULTS` names the section whose timeouts and \
               options `cors` begins with.",
    },
    Limit {
        topic: "order of evaluation",
        refused: false,
        text: "Preflights are answered before any `http-request` rule of the frontend, such as `auth` and `deny`: a browser sends no credentials with a preflight, so they would \
               refuse every one.",
    },
    Limit {
        topic: "requests that HAProxy refuses to read",
        refused: false,
        text: "A request that HAProxy answers 400 or 408 before it looks at any rule carries no CORS headers; one with a `#` in its target, after the `?` included, is \
               among them. The answer to `monitor-uri` carries none either.",
    },
    Limit {
        topic: "connections after a preflight",
        refused: false,
        text: "HAProxy 3.0 closes a connection of HTTP/1.1 after each 204 that it answers by itself; 2.6 does not. `preflight_status: 200` keeps it open, which saves the browser a handshake.",
    },
    Limit {
        topic: "wildcards, regexes and paths",
        refused: false,
        text: "Exact origins are found in one step, however many they are. The wildcards and regexes of a policy are tried in turn, and so are the patterns of paths, \
               the most specific first: some 40 ns for each that does not match.",
    },
    Limit {
        topic: "rules of your own that add headers",
        refused: false,
        text: "They share 1 KB with the headers of the policy, of which an origin of 326 bytes and 500 bytes of exposed headers leave some 50 bytes, and a usual policy some 800. \
               Where it is too little for a response that fills the buffer, HAProxy answers 500 in its place. `tune.maxrewrite 2048` in `global` doubles it.",
    },
    Limit {
        topic: "a list of origins from another policy file",
        refused: false,
        text: "`cors.cfg` looks up exact origins in the `cors.origins` that was made with it. In any other it finds none, and refuses them all.",
    },
];

/// The longest value of a preflight's answer, which has a buffer of 16 KB for itself.
const LONGEST_LIST: usize = 4_000;
/// The longest value of the exposed headers: with an origin of 326 bytes, the other headers, and what HAProxy adds to each, it fits into
/// the 1,024 bytes that are kept free for rules (`tune.maxrewrite`).
const LONGEST_EXPOSED: usize = 500;
/// So many values stand on one line: HAProxy takes 64 words, and the longest of our rules, that of an echo, has 28 beside them.
const VALUES_PER_LINE: usize = 36;

fn view<'p>(set: &'p PolicySet<'p>) -> Result<View<'p>, Vec<Diagnostic>> {
    let storage = Storage::of_headers(set);
    let lowered = storage.policies();
    let policies: Vec<_> = set.policies.iter().zip(&lowered).collect();
    let mut refusals = Vec::new();
    pcre::refuse_unbounded(set, "HAProxy", &mut refusals);
    let reason = "HAProxy puts the headers of a response together in a buffer of 16 KB, and where a server has filled that, 1 KB is left for what rules add";
    values::refuse_long_lists(&policies, "HAProxy", [LONGEST_LIST, LONGEST_EXPOSED], reason, &mut refusals);
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let words = context! {
        var => safe(format!("txn.cors_{DIGEST}")),
        digest => safe(DIGEST),
        catch_all => set.policy_for_every_path().is_some(),
        ambiguous => pattern::AMBIGUOUS.map(|(what, regex)| context! { what => safe(what), regex => anchored(regex) }).to_vec(),
        rules => set.rules.iter().map(|rule| {
            context! { regex => anchored(&pattern::request_target(&rule.pattern.value)), policy => safe(&*set.policies[rule.policy].name.value) }
        }).collect::<Vec<_>>(),
        longest_origin => safe(cors_decision::MAX_ORIGIN_LEN.to_string()),
        any_origin => names(&policies, |policy| matches!(policy.origins, Origins::Any)),
        lists => OriginLists::new(set).lists.iter().enumerate().map(list_view).collect::<Vec<_>>(),
        statuses => by_value(&policies, |policy| Some(policy.preflight_status.to_string())),
        echoes => echoes(&policies),
        private_network => names(&policies, |policy| policy.allow_private_network),
        credentials => names(&policies, |policy| policy.allow_credentials),
        methods => by_value(&policies, |policy| constant(policy.allow_methods)),
        headers => by_value(&policies, |policy| constant(policy.allow_headers)),
        max_ages => by_value(&policies, |policy| policy.max_age.map(str::to_owned)),
        exposed => by_value(&policies, |policy| policy.expose_headers.map(str::to_owned)),
        vary_actual => by_value(&policies, |policy| vary(policy, false)),
        vary_preflight => by_value(&policies, |policy| vary(policy, true)),
    };
    Ok(View { words, blocks: Vec::new() })
}

/// Names of policies as the values of conditions: one for each line.
fn lines_of(names: &[&str]) -> Vec<Value> {
    names.chunks(VALUES_PER_LINE).map(|names| safe(names.join(" "))).collect()
}

/// As [`lines_of`], for the policies of which something is true.
fn names(policies: &Policies<'_, '_>, holds: impl Fn(&cors_decision::Policy<'_>) -> bool) -> Vec<Value> {
    lines_of(&values::names(policies, holds))
}

/// Each value of a header with the policies that have it.
fn by_value<T: Into<String>>(policies: &Policies<'_, '_>, value: impl Fn(&cors_decision::Policy<'_>) -> Option<T>) -> Vec<Value> {
    let lines = |(text, names): (String, Vec<&str>)| lines_of(&names).into_iter().map(move |policies| context! { value => &*text, policies });
    values::by_value(policies, value).into_iter().flat_map(lines).collect()
}

/// The policies whose answer names what was asked for, by what that is and whether it may name `Authorization`.
fn echoes(policies: &Policies<'_, '_>) -> Vec<Value> {
    type Listed = for<'a> fn(&cors_decision::Policy<'a>) -> List<'a>;
    let asked: [(_, _, _, Listed); 2] = [
        ("methods", "access-control-request-method", "", |policy| policy.allow_methods),
        ("headers", "access-control-request-headers", r", \x09", |policy| policy.allow_headers),
    ];
    let mut lines = Vec::new();
    for ((variable, asked, between, listed), authorization) in asked.into_iter().flat_map(|asked| [(asked, false), (asked, true)]) {
        let echoing = names(policies, |policy| listed(policy) == List::Echo { authorization });
        let line = |policies| context! { variable => safe(variable), asked => safe(asked), between => safe(between), authorization, policies };
        lines.extend(echoing.into_iter().map(line));
    }
    lines
}

/// A list of origins. A hundred thousand lines are written here and not by the template.
fn list_view((index, list): (usize, &OriginList<'_>)) -> Value {
    let prefix = format!("{}:", index + 1);
    let mut lines = String::new();
    list.exact().for_each(|origin| [&prefix, origin, "\n"].into_iter().for_each(|part| lines.push_str(part)));
    let regexes: Vec<String> = list.patterns().map(|(_, regex)| in_quotes(&format!("^{regex}$"))).collect();
    context! {
        number => safe((index + 1).to_string()),
        exact => safe(lines),
        policies => list.policies.chunks(VALUES_PER_LINE).map(|names| safe(names.join(" "))).collect::<Vec<_>>(),
        regexes => regexes.chunks(VALUES_PER_LINE).map(|regexes| safe(regexes.join(" "))).collect::<Vec<_>>(),
    }
}

/// A regex that begins where the value begins. `$` would let a final line feed pass, but nothing that HAProxy reads holds one.
fn anchored(regex: &str) -> Value {
    safe(in_quotes(&format!("^{regex}")))
}

/// The value of a header: in quotes, and with every `%` doubled, which begins a sample otherwise.
fn quote(text: &str) -> Result<String, String> {
    match text.chars().find(char::is_ascii_control) {
        Some(control) => Err(format!("HAProxy cannot hold the character {control:?} in a value")),
        None => Ok(in_quotes(&text.replace('%', "%%"))),
    }
}

/// Nothing has a meaning in single quotes but their end.
fn in_quotes(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
