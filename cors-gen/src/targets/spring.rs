//! Policies come in, one class for Spring goes out: a filter that is Spring's `CorsFilter` with the decision in the place of Spring's own.
//!
//! A `CorsConfiguration` cannot say a policy: Spring's processor refuses actual requests with 403, looks at the first of several `Origin` lines, takes
//! scheme and host of its own request for those of the page, answers 200 only, and leaves alone what a controller has set. So the class decides by itself.
//!
//! The machine that runs Java limits a constant to 65,535 bytes and the code of a method to as many, so what is long are lines of text, in parts.

mod literals;

use cors_decision::List;
use minijinja::{Value, context};

use super::lists::{OriginList, OriginLists};
use super::values::{self, is_echo, vary};
use super::{Limit, Target, Template, Tested, View, Writer, number, pattern, pcre, refuse, safe};
use crate::diagnostic::Diagnostic;
use crate::lower::Storage;
use crate::policy::{Policy, PolicySet};
use crate::span::Span;
use literals::{LONGEST_TEXT, blocks, string};

pub(super) static TARGET: Target = Target {
    name: "spring",
    server: "Spring Framework 6 (Spring Boot 3) with servlets, on Java 17 and newer",
    summary: "One class, `cors.CorsPolicy`, a servlet filter that takes the place of Spring's `CorsFilter` and its `CorsConfigurationSource`. Register it as the first filter, with a \
              `FilterRegistrationBean` of the order `HIGHEST_PRECEDENCE`, and remove `@CrossOrigin`, `addCorsMappings` and other `CorsFilter`s. It decides path, origin and preflight \
              by itself, replaces the CORS headers of controllers where a policy applies, and leaves them alone where none does.",
    files: &[Template { file: "CorsPolicy.java", place: "src/main/java/cors/CorsPolicy.java", text: include_str!("spring.j2") }],
    limits: LIMITS,
    tested: Tested::Live,
    results: include_str!("spring.results.md"),
    writer: Writer::Templates { quote: |text| Ok(string(text)), view },
};

static LIMITS: &[Limit] = &[
    Limit {
        topic: "regexes that backtrack",
        refused: true,
        text: "Java matches regexes by backtracking. A `regex:` that could take exponential time on a hostile `Origin` is refused; the error names the entry. Write it so that no part \
               can match the same text in two ways, or list the origins.",
    },
    Limit {
        topic: "over 60,000 bytes, or 2,000 policies",
        refused: true,
        text: "Java has constants of at most 65,535 bytes, and methods of at most as many. A path, a list of methods or headers, or a `regex:` with all its classes written out that is longer \
               than 60,000 bytes is refused, and so are more than 2,000 policies in a file. Origins and paths may be as many as you like.",
    },
    Limit {
        topic: "preflights that are passed on",
        refused: false,
        text: "Where no policy applies, a preflight is passed on, and Spring MVC answers it by itself: 403, unless `@CrossOrigin` or `addCorsMappings` say otherwise there. It takes an \
               `OPTIONS` for one, too, whose `Access-Control-Request-Method` is empty, which no browser sends.",
    },
    Limit {
        topic: "requests that Tomcat refuses to read",
        refused: false,
        text: "What the container answers before any filter, such as 400 to a bad escape, to an encoded `/` or to headers longer than `server.max-http-request-header-size`, carries no CORS headers. A path of the policy \
               that holds `[`, `]` or `|` is read only if `server.tomcat.relaxed-path-chars` names them.",
    },
    Limit {
        topic: "headers of an error page",
        refused: false,
        text: "The container keeps the policy's headers on its error pages and on those of Spring Boot. A controller for `/error` that sets CORS headers of its own would add to them.",
    },
    Limit {
        topic: "filters before this one",
        refused: false,
        text: "What a filter answers by itself that stands before this one carries no CORS headers. With the order `HIGHEST_PRECEDENCE` it stands before Spring Security, so preflights are \
               answered before anything asks for credentials, and responses 401 and 403 are readable.",
    },
    Limit {
        topic: "long lists of headers and methods",
        refused: true,
        text: "A list that takes more than 3,000 bytes is refused: Tomcat holds 8 KB of a response's headers (`server.max-http-response-header-size`), and answers 500 where \
               they do not fit.",
    },
    Limit {
        topic: "long lists of origins",
        refused: false,
        text: "Exact origins are found by hash, however many they are: 10,000 take a request no longer than ten. Wildcards and regexes are tried in turn, at some 0.5 microseconds each, \
               and so are path patterns, at some 0.02.",
    },
];

const MOST_POLICIES: usize = 2_000;
/// The longest value of a header: two of them fit into the 8 KB that Tomcat holds, and leave room for the rest.
const LONGEST_LIST: usize = 3_000;

fn view<'p>(set: &'p PolicySet<'p>) -> Result<View<'p>, Vec<Diagnostic>> {
    let mut refusals = Vec::new();
    check_count(set, &mut refusals);
    let storage = Storage::of_headers(set);
    let lowered = storage.policies();
    pcre::refuse_unbounded(set, "Java", &mut refusals);
    let policies: Vec<_> = set.policies.iter().zip(&lowered).collect();
    let reason = "Tomcat holds 8 KB of a response's headers, and answers 500 where they do not fit";
    values::refuse_long_lists(&policies, "Spring", [LONGEST_LIST; 2], reason, &mut refusals);
    let OriginLists { lists, of_policies } = OriginLists::new(set);
    let lists: Vec<Value> = lists.iter().enumerate().map(|(index, list)| list_view(index + 1, list, &mut refusals)).collect();
    let policies = policies.iter().zip(of_policies).enumerate();
    let policies: Vec<Value> = policies.map(|(index, ((policy, lowered), list))| words(index + 1, policy, lowered, list)).collect();
    let rules = rules(set, &mut refusals);
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let words = context! {
        policies,
        lists,
        catch_all => set.policy_for_every_path().is_some(),
        rules,
        ambiguous => pattern::AMBIGUOUS.map(|(what, regex)| context! { what => safe(what), regex }).to_vec(),
        longest_origin => number(cors_decision::MAX_ORIGIN_LEN),
    };
    Ok(words.into())
}

fn check_count(set: &PolicySet<'_>, refusals: &mut Vec<Diagnostic>) {
    if let Some(policy) = set.policies.get(MOST_POLICIES) {
        refusals.push(
            refuse(policy.name.span, format!("Java cannot hold more than {MOST_POLICIES} policies in one class"))
                .reason("it has room for 65,535 constants in a class, and for as many bytes in a method")
                .help("give the same policy to more paths, or let a server in front decide: `--target nginx`"),
        );
    }
}

/// Whether a text fits into a constant.
fn check_length(span: Span, text: &str, what: &str, refusals: &mut Vec<Diagnostic>) {
    if text.len() > LONGEST_TEXT {
        refusals.push(
            refuse(span, format!("Java cannot hold this {what}: it takes {} bytes, and {LONGEST_TEXT} is the most", text.len()))
                .reason("Java has constants of at most 65,535 bytes")
                .help("shorten it"),
        );
    }
}

/// A policy in the words of the template.
fn words(number_of_policy: usize, policy: &Policy<'_>, lowered: &cors_decision::Policy<'_>, list: Option<usize>) -> Value {
    let origins = list.map_or_else(|| "null".to_owned(), |index| format!("ORIGINS[{index}]"));
    let constant = |list| if let List::Constant(value) = list { Some(value) } else { None };
    let credentials = lowered.allow_credentials.then_some("true");
    let actual = [("Access-Control-Allow-Credentials", credentials), ("Access-Control-Expose-Headers", lowered.expose_headers)];
    let preflight = [
        ("Access-Control-Allow-Credentials", credentials),
        ("Access-Control-Allow-Methods", constant(lowered.allow_methods)),
        ("Access-Control-Allow-Headers", constant(lowered.allow_headers)),
        ("Access-Control-Max-Age", lowered.max_age),
    ];
    let headers = |headers: &[(&str, Option<&str>)]| {
        let pairs = headers.iter().filter_map(|(name, value)| Some(format!("{}, {}", string(name), string((*value)?))));
        safe(pairs.collect::<Vec<_>>().join(",\n                        "))
    };
    let varies = |preflight| vary(lowered, preflight).map_or_else(|| safe("null"), Value::from);
    context! {
        number => number(number_of_policy),
        name => &*policy.name.value,
        origins => safe(origins),
        status => number(lowered.preflight_status),
        asked => safe(asked(lowered).join(", ")),
        vary_actual => varies(false),
        vary_preflight => varies(true),
        actual => headers(&actual),
        preflight => headers(&preflight),
    }
}

/// What an answer to a preflight says back, by the names of the template.
fn asked(policy: &cors_decision::Policy<'_>) -> Vec<&'static str> {
    let of = |is: bool, name| is.then_some(name);
    let names = [
        of(is_echo(policy.allow_methods), "Asked.METHOD"),
        of(policy.allow_headers == List::Echo { authorization: true }, "Asked.HEADERS"),
        of(policy.allow_headers == List::Echo { authorization: false }, "Asked.HEADERS_BUT_AUTHORIZATION"),
        of(policy.allow_private_network, "Asked.PRIVATE_NETWORK"),
    ];
    names.into_iter().flatten().collect()
}

/// The patterns of paths with their policies, the most specific first.
fn rules(set: &PolicySet<'_>, refusals: &mut Vec<Diagnostic>) -> Value {
    let mut lines = Vec::with_capacity(set.rules.len());
    for rule in &set.rules {
        check_length(rule.pattern.span, &rule.pattern.value, "path", refusals);
        lines.push(format!("{} {}", set.policies[rule.policy].name.value, rule.pattern.value));
    }
    blocks(&lines)
}

/// A list of origins: exact ones, and what is a regular expression.
fn list_view(number_of_list: usize, list: &OriginList<'_>, refusals: &mut Vec<Diagnostic>) -> Value {
    let exact: Vec<&str> = list.exact().collect();
    let patterns: Vec<String> = list.patterns().inspect(|(span, regex)| check_length(*span, regex, "regex", refusals)).map(|(_, regex)| regex).collect();
    context! { number => number(number_of_list), exact => blocks(&exact), patterns => blocks(&patterns) }
}
