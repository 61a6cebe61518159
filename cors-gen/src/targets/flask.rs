//! A policy comes in, the options of Flask-CORS go out, and a function that hands them to an application.

use minijinja::{Value, context};

use super::{Limit, Target, Template, Tested, View, Writer, python, refuse, safe, whole};
use crate::diagnostic::Diagnostic;
use crate::policy::{List, Origins, PolicySet};

pub(super) static TARGET: Target = Target {
    name: "flask",
    server: "Flask with Flask-CORS 6",
    summary: "One file of Python with the options of Flask-CORS, and a function `cors` that hands them to an application: call `cors(app)` once, after every other \
              `after_request`, and remove `CORS(app)` and `@cross_origin`.",
    files: &[Template { file: "cors_policy.py", place: "beside the module of the application", text: include_str!("flask.j2") }],
    limits: LIMITS,
    tested: Tested::Live,
    results: include_str!("flask.results.md"),
    writer: Writer::Templates { quote: python::quote, view },
};

static LIMITS: &[Limit] = &[
    Limit {
        topic: "paths",
        refused: true,
        text: "A file for this target has one policy, for `/**`. Flask decodes a path before Flask-CORS looks at it, which decodes it once more: the policy of `/public%252Fx` would be that of \
               `/public/x`, and Flask routes it elsewhere. Where policies differ by path, let a server in front of Flask answer, with a target such as nginx.",
    },
    Limit { topic: "any method", refused: true, text: "Flask-CORS does not know `*` for methods. List them." },
    Limit { topic: "methods in lower case", refused: true, text: "Flask-CORS writes all methods in upper case, and would allow another one." },
    python::BACKTRACKING,
    Limit {
        topic: "preflights",
        refused: false,
        text: "Flask answers `OPTIONS` where it has a route: 200, whatever `preflight_status` says, and to a refused origin, too, without a header that lets it in; where it has no route, the \
               answer is 404 and browsers go no further. A view that lists `OPTIONS` runs. Their `Vary` is that of other responses; no cache keeps responses to `OPTIONS`.",
    },
    Limit {
        topic: "lists of methods and headers",
        refused: false,
        text: "GET, HEAD and POST, which need no permission, are always among the methods, and sent where the method that is asked for is part of the list. Of the headers that are asked for, \
               Flask-CORS names the allowed ones, sorted.",
    },
    Limit {
        topic: "headers where they mean nothing",
        refused: false,
        text: "Allowed origins find `Access-Control-Expose-Headers` on preflights. Whoever asks for a private network is answered `true` or `false`, on any request. Where any \
               origin is allowed, an `OPTIONS` without `Origin` has the headers of a preflight's answer.",
    },
    Limit {
        topic: "responses that Flask does not make",
        refused: false,
        text: "What the server in front of Flask answers by itself, such as 400 to a request that it cannot read, carries no CORS headers; nor does the debugger's page.",
    },
    Limit {
        topic: "long lists",
        refused: false,
        text: "All origins are one regular expression, because Flask-CORS compares origins in any case. Ten thousand exact origins add up to 100 microseconds to a request, and half a \
               second to the start. Wildcards and regexes are tried in turn.",
    },
];

const LIBRARY: &str = "Flask-CORS";
const PATHS: &str = "Flask decodes a path before the library looks at it, and the library decodes it once more: `/api%252Fx` would pass for `/api/x`";

fn view<'p>(set: &'p PolicySet<'p>) -> Result<View<'p>, Vec<Diagnostic>> {
    let mut refusals = Vec::new();
    let Some(policy) = whole::only(set, LIBRARY, PATHS, &mut refusals) else { return Err(refusals) };
    check_methods(&policy.methods, &mut refusals);
    let [origins, patterns] = python::origins(policy, LIBRARY, &mut refusals);
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let any_origin = matches!(policy.origins, Origins::Any(_));
    let words = context! {
        any_origin,
        wildcard => python::bool(any_origin),
        origins, patterns,
        not_too_long => python::not_too_long(),
        methods => python::with_safelisted_methods(python::names(&policy.methods)).join(", "),
        headers => headers(&policy.headers),
        exposed => policy.expose.header_value().map_or_else(none, Value::from),
        credentials => python::bool(policy.credentials.value),
        private_network => python::bool(policy.private_network.value),
        max_age => policy.max_age.map_or_else(none, |max_age| Value::from(max_age.value.to_string())),
    };
    Ok(View { words, blocks: Vec::new() })
}

fn none() -> Value {
    safe("None")
}

fn check_methods(methods: &List<'_>, refusals: &mut Vec<Diagnostic>) {
    if let Some(any) = methods.any {
        refusals.push(
            refuse(any, format!("{LIBRARY} cannot allow any method"))
                .reason("it has no word for it")
                .help("list the methods: `allow_methods: [GET, HEAD, POST, PUT, PATCH, DELETE]`"),
        );
    }
    for name in methods.names.iter().filter(|name| name.value.bytes().any(|byte| byte.is_ascii_lowercase())) {
        let upper = name.value.to_ascii_uppercase();
        refusals.push(
            refuse(name.span, format!("{LIBRARY} cannot allow the method `{}`", name.value))
                .reason(format!("it writes all methods in upper case, and `{upper}` is another method"))
                .help(format!("write `{upper}`, if that is what is meant")),
        );
    }
}

/// Flask-CORS takes a name with punctuation for a regular expression that a header may begin with, so such names are patterns from end to end.
fn headers(headers: &List<'_>) -> Value {
    if headers.any.is_some() {
        let pattern = if headers.names_header("authorization") { "" } else { r"(?!authorization\Z)" };
        return safe(format!("[re.compile({}, re.IGNORECASE)]", python::raw_string(pattern)));
    }
    let item = |name: &String| {
        if name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)) {
            python::string(name)
        } else {
            format!("re.compile(re.escape({}) + r\"\\Z\", re.IGNORECASE)", python::string(name))
        }
    };
    let items: Vec<String> = python::names(headers).iter().map(item).collect();
    safe(format!("[{}]", items.join(", ")))
}
