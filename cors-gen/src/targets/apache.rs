//! Policies come in, one file for Apache httpd goes out: each line answers one question of a request and keeps the answer in a variable.
//!
//! All of it is said with `SetEnvIfExpr`, which asks before Apache translates the path, and with variables alone: `SetEnvIf` would let a header that is
//! called like a variable pass for it. Of what a regex matches, Apache keeps the groups alone, so `$1` stands for the whole. It has no table to look
//! origins up in, so exact ones are compared in a balanced tree.

mod origins;

use cors_decision::{List, Origins};
use minijinja::{Value, context};

use super::values::{Policies, by_value, constant, names, vary};
use super::{DIGEST, Limit, Target, Template, Tested, View, Writer, pattern, pcre, refuse, safe};
use crate::diagnostic::Diagnostic;
use crate::lower::Storage;
use crate::policy::PolicySet;
use crate::span::Span;

pub(super) static TARGET: Target = Target {
    name: "apache",
    server: "Apache httpd 2.4.13 and newer with mod_headers, mod_rewrite and mod_setenvif",
    summary: "One file. Include `cors.conf` in each `<VirtualHost>` that the policies are for, before its own rules for mod_rewrite; or outside of them all, where \
              there is none: a `<VirtualHost>` takes no rules for mod_rewrite over from outside. The file decides path, origin and preflight by itself, replaces the CORS \
              headers of what is behind where a policy applies, and leaves them alone where none does.",
    files: &[Template { file: "cors.conf", place: "inside `<VirtualHost>`, first", text: include_str!("apache.j2") }],
    limits: LIMITS,
    tested: Tested::Live,
    results: include_str!("apache.results.md"),
    writer: Writer::Templates { quote, view },
};

static LIMITS: &[Limit] = &[
    Limit { topic: "statuses that Apache does not know", refused: true, text: "A `preflight_status` is one of 200 to 208 and 226. Any other is refused." },
    Limit {
        topic: "regexes that backtrack",
        refused: true,
        text: "Apache matches regexes by backtracking. A `regex:` that could take exponential time on a hostile `Origin` is refused; \
               the error names the entry. Write it so that no part can match the same text in two ways, or list the origins.",
    },
    Limit {
        topic: "regexes and paths over 8,000 bytes",
        refused: true,
        text: "Apache reads at most 8,191 bytes as the regex of an expression. A longer path, or a `regex:` that becomes longer once every class in it is written out, is refused.",
    },
    Limit {
        topic: "order of evaluation",
        refused: false,
        text: "Preflights are answered before authentication and `Require`: a browser sends no credentials with a preflight, so they would refuse every one.",
    },
    Limit {
        topic: "requests that Apache answers before it looks at the configuration",
        refused: false,
        text: "A request that Apache cannot read (400, 408, 414 ...) is answered without CORS headers; one with a `#` in its target is among them. A preflight of a path that it \
               refuses by itself, such as one with a bad escape or, unless `AllowEncodedSlashes` says otherwise, an encoded `/`, gets that answer (400, 404), \
               though with the headers of the policy if one covers every path.",
    },
    Limit {
        topic: "responses 304 of older versions",
        refused: false,
        text: "Older versions leave all CORS headers out of a 304 (2.4.38 is reported to; 2.4.71 does not), so a script that sends `If-None-Match` by itself cannot read one.",
    },
    Limit {
        topic: "a comma and a blank in `Origin`",
        refused: false,
        text: "Apache joins several `Origin` lines in this way, so a value that holds both is never granted, whatever a `regex:` says. No browser sends it.",
    },
    Limit {
        topic: "`<Location>`, `<Directory>` and `.htaccess`",
        refused: false,
        text: "They are looked at too late: a preflight would be asked for a password. Include the file in `<VirtualHost>` itself; paths are what the policy says.",
    },
    Limit {
        topic: "headers of your own",
        refused: false,
        text: "What a `Header` line in a `<Location>` or after the `Include` does to CORS headers comes last, and counts. Set none. `Header set Vary ...` would take the place of `Vary: Origin` \
               if it says `always`: write `Header merge Vary ...`.",
    },
    Limit {
        topic: "time",
        refused: false,
        text: "Exact origins are compared in a tree: 10,000 take a request some 4 microseconds longer than ten, where a small file takes some 42. Each wildcard and each regex of a \
               list is tried, at some 0.3 microseconds, and so is each path pattern and each list, at some 0.5 for both.",
    },
];

/// The statuses below 300 that Apache has a name for; it answers no other by rule.
const STATUSES: [u16; 10] = [200, 201, 202, 203, 204, 205, 206, 207, 208, 226];
/// Apache reads 8,191 bytes as a regex; the rest is for what we put around it.
const LONGEST_REGEX: usize = 8_000;

fn view<'p>(set: &'p PolicySet<'p>) -> Result<View<'p>, Vec<Diagnostic>> {
    let storage = Storage::of_headers(set);
    let lowered = storage.policies();
    let policies: Vec<_> = set.policies.iter().zip(&lowered).collect();
    let mut refusals = Vec::new();
    pcre::refuse_unbounded(set, "Apache", &mut refusals);
    let lists = origins::lists(set, &mut refusals);
    let rules = rules(set, &mut refusals);
    check_statuses(set, &mut refusals);
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let statuses = by_value(&policies, |policy| Some(policy.preflight_status.to_string()));
    let words = context! {
        var => safe(format!("cors_{DIGEST}")),
        catch_all => set.policy_for_every_path().is_some(),
        ambiguous => pattern::AMBIGUOUS.map(|(what, regex)| context! { what => safe(what), matches => path_matches(regex) }).to_vec(),
        rules,
        longest_origin => safe(cors_decision::MAX_ORIGIN_LEN.to_string()),
        any_origin => answers(&[""], &names(&policies, |policy| matches!(policy.origins, Origins::Any))),
        lists,
        echoes => echoes(&policies),
        private_network => answers(&["allow:"], &names(&policies, |policy| policy.allow_private_network)),
        with_body => statuses.iter().filter(|(status, _)| status != "204").map(|(status, _)| safe(&**status)).collect::<Vec<_>>(),
        statuses => statuses.iter().map(|(status, names)| context! { status => safe(&**status), answers => answers(&["allow:"], names) }).collect::<Vec<_>>(),
        headers => headers(&policies),
        vary => [(&["grant:", "plain:"], false), (&["allow:", "deny:"], true)].into_iter().flat_map(|(to, preflight)| {
            lines("Vary", to, by_value(&policies, |policy| vary(policy, preflight)))
        }).collect::<Vec<_>>(),
    };
    Ok(View { words, blocks: Vec::new() })
}

/// The patterns of paths, the least specific first: the last that matches counts.
fn rules(set: &PolicySet<'_>, refusals: &mut Vec<Diagnostic>) -> Vec<Value> {
    let mut lines = Vec::with_capacity(set.rules.len());
    for rule in set.rules.iter().rev() {
        let regex = pattern::request_target(&rule.pattern.value);
        check_length(rule.pattern.span, &regex, "path", refusals);
        lines.push(context! { matches => path_matches(&regex), policy => safe(&*set.policies[rule.policy].name.value) });
    }
    lines
}

fn check_statuses(set: &PolicySet<'_>, refusals: &mut Vec<Diagnostic>) {
    for status in set.policies.iter().map(|policy| &policy.preflight_status).filter(|status| !STATUSES.contains(&status.value)) {
        refusals.push(
            refuse(status.span, format!("Apache cannot answer a preflight with the status {}", status.value))
                .reason("below 300, Apache knows the statuses 200 to 208 and 226")
                .help("write one of these, or leave `preflight_status` out: 204 is the usual one"),
        );
    }
}

fn check_length(span: Span, regex: &str, what: &str, refusals: &mut Vec<Diagnostic>) {
    if regex.len() > LONGEST_REGEX {
        refusals.push(
            refuse(span, format!("Apache cannot hold this {what}: as a regex it takes {} bytes, and {LONGEST_REGEX} is the most", regex.len()))
                .reason("Apache reads at most 8,191 bytes as the regex of an expression")
                .help("shorten it"),
        );
    }
}

/// The headers that are constants of a policy.
fn headers(policies: &Policies<'_, '_>) -> Vec<Value> {
    type Valued = for<'a> fn(&cors_decision::Policy<'a>) -> Option<String>;
    let headers: [(_, &[&str], Valued); 5] = [
        ("Access-Control-Allow-Credentials", &["allow:", "grant:"], |policy| policy.allow_credentials.then(|| "true".to_owned())),
        ("Access-Control-Allow-Methods", &["allow:"], |policy| constant(policy.allow_methods)),
        ("Access-Control-Allow-Headers", &["allow:"], |policy| constant(policy.allow_headers)),
        ("Access-Control-Max-Age", &["allow:"], |policy| policy.max_age.map(str::to_owned)),
        ("Access-Control-Expose-Headers", &["grant:"], |policy| policy.expose_headers.map(str::to_owned)),
    ];
    headers.into_iter().flat_map(|(name, to, value)| lines(name, to, by_value(policies, value))).collect()
}

/// A line for each value of a header.
fn lines(name: &'static str, to: &[&str], values: Vec<(String, Vec<&str>)>) -> Vec<Value> {
    values.into_iter().map(|(value, names)| context! { name => safe(name), value, answers => answers(to, &names) }).collect()
}

/// The policies whose answer names what was asked for, by what that is and whether it may name `Authorization`.
fn echoes(policies: &Policies<'_, '_>) -> Vec<Value> {
    type Listed = for<'a> fn(&cors_decision::Policy<'a>) -> List<'a>;
    let asked: [(_, _, _, Listed); 2] = [
        ("methods", "Access-Control-Request-Method", "", |policy| policy.allow_methods),
        ("headers", "Access-Control-Request-Headers", r", \x09", |policy| policy.allow_headers),
    ];
    let mut lines = Vec::new();
    for ((variable, asked, between, listed), authorization) in asked.into_iter().flat_map(|asked| [(asked, false), (asked, true)]) {
        let echoing = names(policies, |policy| listed(policy) == List::Echo { authorization });
        if !echoing.is_empty() {
            let answers = answers(&["allow:"], &echoing);
            lines.push(context! { variable => safe(variable), asked => safe(asked), between => safe(between), authorization, answers });
        }
    }
    lines
}

/// A list for `-in`, of each of these answers to each of these policies; nothing where there are none.
fn answers(to: &[&str], policies: &[&str]) -> Option<Value> {
    let words: Vec<String> = to.iter().flat_map(|answer| policies.iter().map(move |policy| format!("'{answer}{policy}'"))).collect();
    (!words.is_empty()).then(|| safe(format!("{{{}}}", words.join(","))))
}

/// The condition that the path begins with what a regex matches.
fn path_matches(regex: &str) -> Value {
    safe(in_quotes(&matches("path", &format!("^{regex}"))))
}

/// The expression that a variable matches a regex, whatever `RegexDefaultOptions` says. In an expression `#` would end the regex.
fn matches(variable: &str, regex: &str) -> String {
    format!("reqenv('cors_{DIGEST}_{variable}') =~ m#(?-i){}#", regex.replace(r"\#", r"\x23").replace('#', r"\x23"))
}

/// The value of a header: in quotes, and with every `%` doubled, which begins a variable otherwise.
fn quote(text: &str) -> Result<String, String> {
    match text.chars().find(char::is_ascii_control) {
        Some(control) => Err(format!("Apache cannot hold the character {control:?} in a value")),
        None => Ok(in_quotes(&text.replace('%', "%%"))),
    }
}

/// A word in double quotes. A backslash is doubled only where Apache would take it for an escape, so that regexes stay readable.
fn in_quotes(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '"' => quoted.push_str("\\\""),
            '\\' if matches!(chars.peek(), None | Some('"' | '\\')) => quoted.push_str("\\\\"),
            char => quoted.push(char),
        }
    }
    quoted.push('"');
    quoted
}
