//! Policies come in, a middleware for Express goes out: it decides path and origin, and has the npm package `cors` write the answers.
//!
//! The options of `cors` alone cannot say a policy: they know no paths, take every `OPTIONS` for a preflight, and are lost where the application
//! sets the same headers. So each answer of a policy is a `cors` of its own, with the options for that answer alone.

mod origins;

use cors_decision::Origins;
use minijinja::{Value, context};

use super::lists::OriginLists;
use super::values::{is_echo, text_or_echo, vary};
use super::{Limit, Target, Template, Tested, View, Writer, number, pattern, pcre, refuse, safe};
use crate::diagnostic::Diagnostic;
use crate::lower::Storage;
use crate::policy::{PolicySet, Rule};

pub(super) static TARGET: Target = Target {
    name: "express",
    server: "Express 5 and 4 with cors 2.8",
    summary: "One file of JavaScript, a CommonJS module: `app.use(require(\"./cors-policy.cjs\"))` before all else that the application uses, or the same after \
              `import cors from \"./cors-policy.cjs\"`. It decides path, origin and preflight, and has the npm package `cors` write the answers; `on-headers` lets it write them last, \
              so it replaces the CORS headers of what is behind where a policy applies, and leaves them alone where none does. Remove every other `app.use(cors(...))`.",
    files: &[Template { file: "cors-policy.cjs", place: "beside the module of the application", text: include_str!("express.j2") }],
    limits: LIMITS,
    tested: Tested::Live,
    results: include_str!("express.results.md"),
    writer: Writer::Templates { quote: |text| Ok(string(text)), view },
};

static LIMITS: &[Limit] = &[
    Limit {
        topic: "regexes that backtrack",
        refused: true,
        text: "JavaScript matches regexes by backtracking. A `regex:` that could take exponential time on a hostile `Origin` is refused; the error names the entry. Write it so that \
               no part can match the same text in two ways, or list the origins.",
    },
    Limit {
        topic: "paths over 8,000 bytes",
        refused: true,
        text: "A longer path pattern is refused: JavaScript cannot hold regexes of any length, and Node.js reads no request that long.",
    },
    Limit {
        topic: "order of use",
        refused: false,
        text: "What answers before the middleware is used carries no CORS headers, and a `cors()` before it answers all preflights. What comes after it cannot change its headers; a preflight \
               is answered before anything asks for a password, because a browser sends none with it.",
    },
    Limit {
        topic: "requests that Node.js refuses to read",
        refused: false,
        text: "A request that Node.js answers 400 (or 431) before the application sees it carries no CORS headers; one with a method that it does not know, such as `patch` in lower case, \
               is among them. WebSockets pass Express by.",
    },
    Limit {
        topic: "a whole URL as the target of a request",
        refused: false,
        text: "`GET http://host/path`, which clients send to forward proxies only, has no policy where policies differ by path.",
    },
    Limit {
        topic: "case and trailing slash of paths",
        refused: false,
        text: "Express takes `/API/items` and `/items/` for routes `/api/items` and `/items`, and the policy does not: such a request has the policy of its path as received, or none. \
               `app.enable(\"case sensitive routing\")` and `app.enable(\"strict routing\")`, or `express.Router({ caseSensitive: true, strict: true })`, make them agree.",
    },
    Limit { topic: "several policy files", refused: false, text: "Where two of them have a policy for the same path, the one that is used first answers." },
    Limit {
        topic: "wildcards, regexes and paths",
        refused: false,
        text: "Exact origins are found in a set, however many they are. Wildcards and regexes are tried in turn, at some 0.1 to 0.3 microseconds each, and so are \
               path patterns.",
    },
];

const LONGEST_PATH: usize = 8_000;

fn view<'p>(set: &'p PolicySet<'p>) -> Result<View<'p>, Vec<Diagnostic>> {
    let storage = Storage::of_headers(set);
    let lowered = storage.policies();
    let mut refusals = Vec::new();
    pcre::refuse_unbounded(set, "JavaScript", &mut refusals);
    let rules = rules(set, &mut refusals);
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let uses = |needed: fn(&cors_decision::Policy<'_>) -> bool| lowered.iter().any(needed);
    let (echoes_methods, echoes_headers) = (uses(|policy| is_echo(policy.allow_methods)), uses(|policy| is_echo(policy.allow_headers)));
    let OriginLists { lists, of_policies } = OriginLists::new(set);
    let words = context! {
        lists => lists.iter().map(origins::view).collect::<Vec<_>>(),
        echoes => echoes_methods || echoes_headers,
        echoes_methods,
        echoes_headers,
        policies => lowered.iter().zip(of_policies).map(|(policy, list)| policy_view(policy, list.map(number))).collect::<Vec<_>>(),
        catch_all => set.policy_for_every_path().map(|policy| &*policy.name.value),
        ambiguous => pattern::AMBIGUOUS.map(|(what, regex)| context! { what => safe(what), regex => safe(regex_literal(&format!("^{regex}"))) }).to_vec(),
        rules,
        longest_origin => number(cors_decision::MAX_ORIGIN_LEN),
        private_network => uses(|policy| policy.allow_private_network),
    };
    Ok(View { words, blocks: Vec::new() })
}

fn rules(set: &PolicySet<'_>, refusals: &mut Vec<Diagnostic>) -> Vec<Value> {
    let too_long = |rule: &&Rule<'_>| rule.pattern.value.len() > LONGEST_PATH;
    refusals.extend(set.rules.iter().filter(too_long).map(|rule| {
        refuse(rule.pattern.span, format!("Express cannot match this path: it takes {} bytes", rule.pattern.value.len()))
            .reason("Node.js reads 16 KB of a request, headers included, and JavaScript cannot hold regexes of any length")
            .help("shorten it: `**` stands for all that follows")
    }));
    let regex = |pattern: &str| regex_literal(&format!("^{}", pattern::request_target(pattern)));
    set.rules.iter().map(|rule| context! { regex => safe(regex(&rule.pattern.value)), policy => &*set.policies[rule.policy].name.value }).collect()
}

fn policy_view(policy: &cors_decision::Policy<'_>, list: Option<Value>) -> Value {
    context! {
        name => policy.name,
        list,
        preflight_vary => vary(policy, true),
        private_network => policy.allow_private_network,
        echoes => is_echo(policy.allow_methods) || is_echo(policy.allow_headers),
        preflight => preflight(policy),
        actual => actual(policy),
    }
}

/// Options of `cors`; those without a value are left out.
fn options<const COUNT: usize>(options: [(&str, Option<Value>); COUNT]) -> Vec<Value> {
    options.into_iter().filter_map(|(name, value)| Some(context! { name => safe(name), value => value? })).collect()
}

/// The origin was looked up before, so whichever it is, it is the answer.
fn origin(policy: &cors_decision::Policy<'_>) -> Option<Value> {
    Some(if matches!(policy.origins, Origins::Any) { Value::from("*") } else { safe("true") })
}

fn credentials(policy: &cors_decision::Policy<'_>) -> Option<Value> {
    policy.allow_credentials.then(|| safe("true"))
}

fn preflight(policy: &cors_decision::Policy<'_>) -> Vec<Value> {
    options([
        ("origin", origin(policy)),
        ("credentials", credentials(policy)),
        ("methods", text_or_echo(policy.allow_methods, |_| "anyMethod(req)")),
        ("allowedHeaders", text_or_echo(policy.allow_headers, |authorization| if authorization { "anyHeader(req)" } else { "anyHeaderButAuthorization(req)" })),
        ("maxAge", policy.max_age.map(safe)),
        ("optionsSuccessStatus", Some(number(policy.preflight_status))),
    ])
}

fn actual(policy: &cors_decision::Policy<'_>) -> Vec<Value> {
    options([("origin", origin(policy)), ("credentials", credentials(policy)), ("exposedHeaders", policy.expose_headers.map(Value::from))])
}

/// A string: as JSON, which is a part of JavaScript.
fn string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A regular expression without flags: bytes for characters, and `$` for the very end. Precondition: it is in the dialect of [`pattern`] and
/// [`pcre`](super::pcre), which escape no slash.
fn regex_literal(regex: &str) -> String {
    format!("/{}/", regex.replace('/', r"\/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_leaves_its_quotes() {
        assert_eq!(string("a'b\"c\\d`${e}"), r#""a'b\"c\\d`${e}""#);
        assert_eq!(string("a\nb\u{1}"), r#""a\nb\u0001""#);
        assert_eq!(regex_literal(r"^https://a\.b/[^/]$"), r"/^https:\/\/a\.b\/[^\/]$/");
    }
}
