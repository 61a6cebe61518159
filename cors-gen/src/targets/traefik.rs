//! Policies come in, routers of Traefik go out, as a file for its file provider: they stand between the router that a user's requests come in by and
//! those that lead to services.
//!
//! Only a router looks at paths, methods and headers, and what passes a router can pass others after it. So there is a router for each path, below it one
//! for each verdict on the origin, and below that one for each kind of request, with the middleware that puts the headers on. Preflights end at a service
//! that Traefik has of its own; it answers 418, and another middleware makes that the status of the policy.

use std::collections::HashMap;

use cors_decision::Origins;
use minijinja::{Value, context};

use super::object::Reader;
use super::values::{constant, vary};
use super::{DIGEST, Limit, Target, Template, Tested, View, Writer, dynamic, number, pattern, safe};
use crate::diagnostic::Diagnostic;
use crate::lower::Storage;
use crate::policy::{Policy, PolicySet};

pub(super) static TARGET: Target = Target {
    name: "traefik",
    server: "Traefik 3.7",
    summary: "One file for the file provider, with routers that decide path, origin and preflight. They stand between two of your own: `cors-entry`, which says the host, the entry \
              point and TLS, and has no service; and all those behind, which have services, and `parentRefs: [cors]`. The CORS headers of what is behind are replaced where a policy applies, and \
              left alone where none does. For one policy without paths, `traefik-middleware` is less to write.",
    files: &[Template {
        file: "cors.traefik.yml",
        place: "in the folder of the file provider, beside a router `cors-entry` and routers with `parentRefs: [cors]`",
        text: include_str!("traefik.j2"),
    }],
    limits: LIMITS,
    tested: Tested::Live,
    results: include_str!("traefik.results.md"),
    writer: Writer::Templates { quote: dynamic::quote, view },
};

static LIMITS: &[Limit] = &[
    dynamic::NO_ECHO,
    dynamic::UNBOUNDED,
    Limit {
        topic: "paths that are no text",
        refused: true,
        text: "Traefik decodes a path before rules see it. One with escapes that are no UTF-8, such as `%FF`, is refused, and so is `%EF%BF%BD`, for which Go takes \
               all of these. Paths of different policies that differ in the spelling of a segment alone, such as `/%26` and `/&`, are refused as well.",
    },
    Limit {
        topic: "spellings of a path",
        refused: false,
        text: "Traefik resolves `..`, `.` and `//`, decodes what needs no encoding, and passes the path on like that. The policy is that of the path which the service gets. Where a \
               pattern names one of `!$&'()*+,:=@[]`, plain or encoded, both are matched: Traefik itself turns one into the other in a path with a `|`.",
    },
    dynamic::LABELS,
    dynamic::SEVERAL_ORIGINS,
    dynamic::SEVERAL_VARY,
    Limit {
        topic: "responses without a router",
        refused: false,
        text: "The 400 to a request that Traefik cannot read carries no CORS headers. The 404 where no router of yours matches has those of the policy.",
    },
    Limit {
        topic: "who can stand behind",
        refused: false,
        text: "Only files, key-value stores and the custom resources of Kubernetes know `parentRefs`; labels do not. A router in a file can lead to a service from labels: `service: shop@docker`.",
    },
    Limit {
        topic: "order of middlewares",
        refused: false,
        text: "Middlewares of `cors-entry` and of its entry point see preflights first, and their errors carry no CORS headers. Those of the routers behind `cors` come after preflights \
               are answered, where `basicAuth` and `forwardAuth` belong: a browser sends no credentials with a preflight.",
    },
    Limit {
        topic: "several policy files",
        refused: false,
        text: "Each defines a router `cors` and names `cors-entry`. Give both other names in a copy: nothing else in the files collides.",
    },
    Limit {
        topic: "time and memory",
        refused: false,
        text: "Up to 100 exact origins are compared in turn; more are one regex, as are wildcards of the same beginning: 10,000 cost a request what ten do. They take some 100 MB for each \
               path of the policy, because Traefik builds what is behind a router once for each way that leads there. Every `regex:`, every beginning of a wildcard and every path is tried \
               in turn.",
    },
];

fn view<'p>(set: &'p PolicySet<'p>) -> Result<View<'p>, Vec<Diagnostic>> {
    let storage = Storage::of_headers(set);
    let lowered = storage.policies();
    let mut reader = Reader::new("Traefik");
    let mut lowered_too = lowered.iter().enumerate();
    let policies = reader.objects(set, |reader, policy| {
        dynamic::refuse_echoes(reader, policy);
        let listed = dynamic::listed(reader, policy.origins.entries());
        // One for each policy, in the same order.
        lowered_too.next().map(|(index, lowered)| policy_view(index, set, policy, lowered, listed))
    });
    let rules = set.rules.iter().enumerate().map(|(index, rule)| {
        let regex = routing_path(&rule.pattern.value);
        if regex.is_none() {
            reader.refuse(
                rule.pattern.span,
                "cannot match this path",
                "it decodes paths, and this one is no UTF-8 then",
                "spell the path in UTF-8, or use `*` in its place",
            );
        }
        context! { index => number(index + 1), priority => number(set.rules.len() - index + 1), rule => matcher("PathRegexp", &[&regex.unwrap_or_default()]) }
    });
    let rules: Vec<Value> = rules.collect();
    refuse_twins(&mut reader, set);
    reader.finish()?;
    let mut statuses: Vec<u16> = lowered.iter().map(|policy| policy.preflight_status).chain([403]).collect();
    statuses.sort_unstable();
    statuses.dedup();
    let preflight =
        [matcher("Method", &["OPTIONS"]), matcher("HeaderRegexp", &["Origin", "."]), matcher("HeaderRegexp", &["Access-Control-Request-Method", "."])];
    let preflight = preflight.join(" && ");
    let words = context! {
        name => safe(format!("cors-{DIGEST}")),
        catch_all => set.policy_for_every_path().is_some(),
        ambiguous => context! { priority => number(set.rules.len() + 2), rule => matcher("PathRegexp", &[AMBIGUOUS]) },
        rules,
        network_preflight => format!("{preflight} && {}", matcher("Header", &["Access-Control-Request-Private-Network", "true"])),
        preflight,
        asks_network => lowered.iter().any(|policy| policy.allow_private_network),
        policies,
        statuses => statuses.into_iter().map(number).collect::<Vec<_>>(),
    };
    Ok(View::from(words))
}

/// What matches a decoded path that a service could read in another way. Escapes of characters that need none are no more, and a bad escape was refused.
const AMBIGUOUS: &str = r"[;\\]|%2F|/(?:/|\.{1,2}(?:/|$))";

/// What matches the paths of a pattern as rules see them; nothing where they are no text.
fn routing_path(pattern: &str) -> Option<String> {
    let mut is_text = true;
    let regex = pattern::request_target_with(pattern, |segment| {
        routing_segment(segment).unwrap_or_else(|| {
            is_text = false;
            String::new()
        })
    });
    is_text.then(|| format!("^{regex}"))
}

/// The reserved characters of RFC 3986, but for `;`, `/`, `?` and `#`. Traefik encodes some and decodes others where something in a path has to be
/// encoded that was not, such as `|`. Both spellings lead to the policy, or one of them would come by a looser one.
const EITHER_WAY: &[u8] = b"!$&'()*+,:=@[]";
/// What always stays an escape.
const KEPT: &[u8] = b";/?#%";

fn routing_segment(segment: &str) -> Option<String> {
    let mut regex = String::new();
    let mut text = Vec::new();
    let mut bytes = segment.bytes();
    while let Some(first) = bytes.next() {
        let rest = segment.len() - bytes.len();
        let escaped = segment.get(rest..rest + 2).filter(|_| first == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok());
        if escaped.is_some() {
            bytes.nth(1);
        }
        let byte = escaped.unwrap_or(first);
        if !EITHER_WAY.contains(&byte) && !KEPT.contains(&byte) {
            text.push(byte);
            continue;
        }
        regex.push_str(&printed(std::mem::take(&mut text))?);
        match KEPT.contains(&byte) {
            true => regex.push_str(&format!("%{byte:02X}")),
            false => regex.push_str(&format!("(?:{}|%{byte:02X})", pattern::literal(&char::from(byte).to_string()))),
        }
    }
    Some(regex + &printed(text)?)
}

/// A text as a regex of printable ASCII. YAML folds or refuses some other characters, and Go drops or refuses some between backticks; and it reads any
/// byte that is no UTF-8 as U+FFFD.
fn printed(text: Vec<u8>) -> Option<String> {
    let text = String::from_utf8(text).ok().filter(|text| !text.contains(char::REPLACEMENT_CHARACTER))?;
    let print = |char: char| match char {
        '!'..='~' => pattern::literal(char.encode_utf8(&mut [0; 4])),
        _ => format!(r"\x{{{:X}}}", u32::from(char)),
    };
    Some(text.chars().map(print).collect())
}

/// Refuses paths of different policies that are told apart by the spelling of a segment alone: Traefik sees one.
fn refuse_twins(reader: &mut Reader, set: &PolicySet<'_>) {
    let mut known: HashMap<String, (&str, usize)> = HashMap::new();
    for rule in &set.rules {
        for segment in rule.pattern.value.split('/').skip(1).filter(|segment| !matches!(*segment, "*" | "**")) {
            let Some(regex) = routing_segment(segment) else { continue };
            let &mut (first, policy) = known.entry(regex).or_insert((segment, rule.policy));
            if first != segment && policy != rule.policy {
                let message = format!("cannot tell `{segment}` in this path from `{first}` in that of another policy");
                reader.refuse(rule.pattern.span, &message, "it decodes paths, and both are the same then", "spell the segment in one way");
            }
        }
    }
}

/// A matcher of a rule. Nothing has a meaning between backticks but their end, which a regex can say in another way.
fn matcher(name: &str, values: &[&str]) -> String {
    let values: Vec<String> = values.iter().map(|value| format!("`{}`", value.replace(r"\`", "`").replace('`', r"\x60"))).collect();
    format!("{name}({})", values.join(", "))
}

fn policy_view(index: usize, set: &PolicySet<'_>, policy: &Policy<'_>, lowered: &cors_decision::Policy<'_>, listed: dynamic::Listed) -> Value {
    let is_any = matches!(lowered.origins, Origins::Any);
    let paths: Vec<Value> = set.rules.iter().enumerate().filter(|(_, rule)| rule.policy == index).map(|(at, _)| number(at + 1)).collect();
    let exact = listed.exact.iter().map(|origin| matcher("Header", &["Origin", origin]));
    let regexes = listed.regexes.iter().map(|regex| matcher("HeaderRegexp", &["Origin", regex]));
    let allowed: Vec<String> = exact.chain(regexes).collect();
    context! {
        index => number(index + 1),
        title => safe(&*policy.name.value),
        paths,
        is_any,
        allowed => if allowed.is_empty() { NOBODY.to_owned() } else { allowed.join(" || ") },
        origins => if is_any { vec!["*".to_owned()] } else { listed.exact },
        regexes => listed.regexes,
        status => number(lowered.preflight_status),
        preflight_vary => vary(lowered, true),
        methods => constant(lowered.allow_methods),
        headers => constant(lowered.allow_headers),
        expose => lowered.expose_headers,
        credentials => lowered.allow_credentials,
        max_age => lowered.max_age,
        network => lowered.allow_private_network,
    }
}

/// The rule for a list without an entry.
const NOBODY: &str = "!PathPrefix(`/`)";

#[cfg(test)]
mod tests {
    use super::{matcher, routing_path};

    #[test]
    fn a_path_is_matched_as_rules_see_it() {
        for (pattern, regex) in [
            ("/api/**", r"^/api(?:[/?]|$)"),
            ("/a%20b/%C3%A9", r"^/a\x{20}b/\x{E9}(?:\?|$)"),
            ("/%0Dd/%00/%7F/%C2%85", r"^/\x{D}d/\x{0}/\x{7F}/\x{85}(?:\?|$)"),
            ("/a%3B%25$", r"^/a%3B%25(?:\$|%24)(?:\?|$)"),
            ("/%24%2b/**", r"^/(?:\$|%24)(?:\+|%2B)(?:[/?]|$)"),
            ("/%c3%a9%3b", r"^/\x{E9}%3B(?:\?|$)"),
            ("/|]", r"^/\|(?:\]|%5D)(?:\?|$)"),
            ("/(%29*/*", r"^/(?:\(|%28)(?:\)|%29)(?:\*|%2A)/[^/?]*(?:\?|$)"),
        ] {
            assert_eq!(routing_path(pattern).as_deref(), Some(regex));
        }
        assert_eq!((routing_path("/a%FF"), routing_path("/%EF%BF%BD")), (None, None));
    }

    #[test]
    fn no_value_of_a_rule_leaves_its_backticks() {
        let path = routing_path("/a%60) || PathPrefix(%60/").expect("a path");
        let rule = matcher("PathRegexp", &[&path]);
        assert_eq!(rule.matches('`').count(), 2, "{rule}");
        assert!(rule.contains(r"^/a\x60(?:\)|%29)"), "{rule}");
    }
}
