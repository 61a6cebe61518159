//! Policies come in, a snippet for a Caddyfile goes out: which policy answers a path, whether it allows the origin, and then, policy by policy,
//! the answers.
//!
//! Caddy has no table that is looked up in constant time, but its regexes (RE2) walk a value once, however many alternatives they hold: all
//! origins of a list are one regex, sorted, so that those that begin alike share their beginning. Each matcher that uses a regex compiles it
//! anew, so each list is asked once, and its answer kept in a variable.

mod origins;

use cors_decision::{List, Origins};
use minijinja::{Value, context};

use super::lists::{OriginList, OriginLists};
use super::values::{is_echo, vary};
use super::{DIGEST, Limit, Target, Template, Tested, View, Writer, pattern, safe};
use crate::diagnostic::Diagnostic;
use crate::lower::Storage;
use crate::policy::PolicySet;

pub(super) static TARGET: Target = Target {
    name: "caddy",
    server: "Caddy 2.6 and newer",
    summary: "One file with one snippet, `(cors)`. Import the file at the top of the Caddyfile, and the snippet first in a `route { }` around all that a \
              site does: `route` keeps the order in which directives are written, so that preflights are answered before anything asks for a password. \
              The snippet decides path, origin and preflight by itself, replaces the CORS headers of what Caddy passes requests to where a policy \
              applies, and leaves them alone where none does.",
    files: &[Template {
        file: "cors.caddy",
        place: "imported at the top of the Caddyfile; then `import cors` first in a `route { }` of each site",
        text: include_str!("caddy.j2"),
    }],
    limits: LIMITS,
    tested: Tested::Live,
    results: include_str!("caddy.results.md"),
    writer: Writer::Templates { quote, view },
};

static LIMITS: &[Limit] = &[
    Limit {
        topic: "regexes that repeat more than 1,000 times",
        refused: true,
        text: "Caddy's regexes repeat a part at most 1,000 times, repetitions inside repetitions multiplied. A `regex:` beyond that is refused; the error \
               names the entry. No origin is that long: `+` or `*` says the same.",
    },
    Limit {
        topic: "order of evaluation",
        refused: false,
        text: "What stands before `import cors` in the `route`, or outside it and sorted before (`basic_auth`, `handle` ...), sees preflights first, and its \
               errors carry no CORS headers. After it, preflights are answered before `basic_auth` and `forward_auth`: a browser sends no credentials \
               with a preflight, so they would refuse every one.",
    },
    Limit {
        topic: "requests that Caddy refuses to read",
        refused: false,
        text: "A request that Caddy answers 400 (or 431) before it looks at the configuration carries no CORS headers; one with a bad escape in its path is one.",
    },
    Limit {
        topic: "a whole URL as the target of a request",
        refused: false,
        text: "`GET http://host/path`, which clients send to forward proxies only, has no policy.",
    },
    Limit {
        topic: "headers of your own",
        refused: false,
        text: "A `header Vary ...` after the snippet takes the place of `Vary: Origin`: write `header +Vary ...`. CORS headers that are set after the snippet have no \
               effect where a policy applies. Those that are set before it, or outside the `route`, are not all within its reach: with `defer` they win, and \
               errors that Caddy makes keep them where the origin is refused. Set none.",
    },
    Limit {
        topic: "`handle_errors`",
        refused: false,
        text: "Its response keeps the CORS headers. Where it passes on to an upstream that has some of its own, `import cors` there too, in a `route`.",
    },
    Limit {
        topic: "several policy files",
        refused: false,
        text: "Each defines the snippet `(cors)`, and Caddy refuses a second one of that name. Give it another in a copy: nothing else in the files collides.",
    },
    Limit {
        topic: "time and memory",
        refused: false,
        text: "All origins of a list, wildcards and regexes among them, are one regex: 10,000 take a request two to eight microseconds longer than ten, of some 50. Each import \
               of the snippet compiles it anew, at some 50 MB for 10,000 exact origins; 100,000 take 500 MB and some seconds at the start. Policies and path \
               patterns are tried in turn, at about a microsecond for each policy.",
    },
];

fn view<'p>(set: &'p PolicySet<'p>) -> Result<View<'p>, Vec<Diagnostic>> {
    let storage = Storage::of_headers(set);
    let lowered = storage.policies();
    let mut refusals = Vec::new();
    origins::refuse_untaken(set, &mut refusals);
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let uses = |needed: fn(&cors_decision::Policy<'_>) -> bool| lowered.iter().any(needed);
    let words = context! {
        name => safe(format!("cors_{DIGEST}")),
        catch_all => set.policy_for_every_path().is_some(),
        ambiguous => pattern::AMBIGUOUS.map(|(what, regex)| context! { what => safe(what), regex => path_key(regex) }).to_vec(),
        rules => set.rules.iter().map(|rule| {
            context! { regex => path_key(&pattern::request_target(&rule.pattern.value)), policy => &*set.policies[rule.policy].name.value }
        }).collect::<Vec<_>>(),
        any_origin => regex_word(&format!("^.{{1,{}}}$", cors_decision::MAX_ORIGIN_LEN)),
        lists => OriginLists::new(set).lists.iter().enumerate().map(list_view).collect::<Vec<_>>(),
        echoes_methods => uses(|policy| is_echo(policy.allow_methods)),
        echoes_headers => uses(|policy| is_echo(policy.allow_headers)),
        private_network => uses(|policy| policy.allow_private_network),
        method => echoed(""),
        headers => echoed(r", \x09"),
        authorization => regex_word(r"(?i)(?:^|[, \x09])authorization(?:[, \x09]|$)"),
        policies => lowered.iter().enumerate().map(|(index, policy)| policy_view(index + 1, policy)).collect::<Vec<_>>(),
    };
    Ok(View { words, blocks: Vec::new() })
}

fn list_view((index, list): (usize, &OriginList<'_>)) -> Value {
    context! { index => safe((index + 1).to_string()), regex => regex_word(&origins::regex(list.origins.entries())), policies => list.policies.iter().copied().collect::<Value>() }
}

/// A value of 1 to 1,024 token bytes and those `between` tokens, as the decision echoes it. A count goes up to 1,000 at most.
fn echoed(between: &str) -> Value {
    let byte = format!("[0-9A-Za-z!#$%&'*+.^_`|~{between}-]");
    regex_word(&format!("^(?:{byte}{{1,511}}|{byte}{{512}}{byte}{{0,512}})$"))
}

/// A header of an answer.
struct Header {
    name: &'static str,
    value: Value,
    /// The matcher that says when it is sent; always, without one.
    when: Option<&'static str>,
}

impl Header {
    fn new(name: &'static str, value: impl Into<Value>) -> Self {
        Self { name, value: value.into(), when: None }
    }

    /// What was asked for, where `when` matches it by the regex of this name.
    fn echo(name: &'static str, regex: &str, when: &'static str) -> Self {
        Self { name, value: captured(regex), when: Some(when) }
    }

    fn view(self) -> Value {
        context! { name => safe(self.name), value => self.value, when => self.when.map(safe) }
    }
}

/// What a regex of ours has matched.
fn captured(regex: &str) -> Value {
    safe(format!("{{re.cors_{DIGEST}{regex}.0}}"))
}

/// A policy as the template writes it: what guards its answers, and the headers of each.
fn policy_view(index: usize, policy: &cors_decision::Policy<'_>) -> Value {
    let refuses = matches!(policy.origins, Origins::Listed { .. });
    let [vary, preflight_vary] = [false, true].map(|preflight| vary(policy, preflight));
    context! {
        index => safe(index.to_string()),
        title => safe(policy.name),
        key => policy.name,
        refuses,
        guard => safe(if refuses { format!(" @cors_{DIGEST}_allowed") } else { String::new() }),
        status => safe(policy.preflight_status.to_string()),
        vary,
        preflight_vary,
        headers => actual(policy).map(Header::view).collect::<Vec<_>>(),
        preflight_headers => preflight(policy).map(Header::view).collect::<Vec<_>>(),
    }
}

/// The headers of the response to an actual request of an allowed origin.
fn actual(policy: &cors_decision::Policy<'_>) -> impl Iterator<Item = Header> {
    allowed(policy).chain(policy.expose_headers.map(|value| Header::new("Access-Control-Expose-Headers", value)))
}

/// The headers of the answer to a preflight of an allowed origin.
fn preflight(policy: &cors_decision::Policy<'_>) -> impl Iterator<Item = Header> {
    let methods = list("Access-Control-Allow-Methods", policy.allow_methods, |name, _| Header::echo(name, "_method", "method"));
    let headers = list("Access-Control-Allow-Headers", policy.allow_headers, |name, authorization| {
        Header::echo(name, "_headers", if authorization { "list" } else { "headers" })
    });
    let max_age = policy.max_age.map(|value| Header::new("Access-Control-Max-Age", value));
    let network = Header { when: Some("network"), ..Header::new("Access-Control-Allow-Private-Network", "true") };
    allowed(policy).chain([methods, headers, max_age, policy.allow_private_network.then_some(network)].into_iter().flatten())
}

fn allowed(policy: &cors_decision::Policy<'_>) -> impl Iterator<Item = Header> {
    let origin = if matches!(policy.origins, Origins::Any) { Value::from("*") } else { captured("") };
    let credentials = policy.allow_credentials.then(|| Header::new("Access-Control-Allow-Credentials", "true"));
    [Header::new("Access-Control-Allow-Origin", origin)].into_iter().chain(credentials)
}

fn list(name: &'static str, list: List<'_>, echo: fn(&'static str, bool) -> Header) -> Option<Header> {
    match list {
        List::Absent => None,
        List::Constant(value) => Some(Header::new(name, value)),
        List::Echo { authorization } => Some(echo(name, authorization)),
    }
}

/// A value in double quotes. Braces would make it a placeholder, and a backslash may escape the quote.
fn quote(text: &str) -> Result<String, String> {
    match text.chars().find(|char| char.is_ascii_control() || "\"\\{}".contains(*char)) {
        Some(char) => Err(format!("Caddy cannot hold the character {char:?} in a value")),
        None => Ok(format!("\"{text}\"")),
    }
}

/// A regex as a word in double quotes, where a backslash is itself before all but a quote.
fn regex_word(regex: &str) -> Value {
    safe(format!("\"{}\"", regex.replace('"', r"\x22")))
}

/// A regex over the target of a request, as the key of a `map`.
fn path_key(regex: &str) -> Value {
    regex_word(&format!("~^{regex}"))
}
