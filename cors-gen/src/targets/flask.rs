//! Policies come in, the options of Flask-CORS go out, or a middleware of its own, and a function that puts them on an application.

use minijinja::{Value, context};

use super::python::Library;
use super::{Limit, Target, Template, Tested, Writer, python, safe};
use crate::policy::{List, Origins, Policy};

pub(super) static TARGET: Target = Target {
    name: "flask",
    server: "Flask with Flask-CORS 6",
    summary: "One file of Python with a function `cors` that puts the policies on an application: call `cors(app)` once, after every other `after_request`, and remove `CORS(app)` and \
              `@cross_origin`. Where one policy for every path is all there is, the file holds the options of Flask-CORS. Where there is more to say, it holds the policies and a WSGI \
              middleware of its own.",
    files: &[Template {
        file: "cors_policy.py",
        place: "beside the module of the application",
        text: python::template!("flask.j2", "flask/head.j2", "flask/middleware.j2"),
    }],
    limits: LIMITS,
    tested: Tested::Live,
    results: include_str!("flask.results.md"),
    writer: Writer::Templates { quote: python::quote, view: |set| python::view(set, &LIBRARY) },
};

static LIMITS: &[Limit] = &[
    python::BACKTRACKING,
    Limit {
        topic: "options, or a middleware",
        refused: false,
        text: "One policy for `/**` is written as options of Flask-CORS, unless it allows any method, or one with lower-case letters, which Flask-CORS would write in upper case. All else is a \
               WSGI middleware that decides path, origin and preflight by itself, answers as the policy says, and does not need Flask-CORS. What is said of options below is not true of it.",
    },
    python::PATH_AS_RECEIVED,
    python::COMMA,
    Limit {
        topic: "options: preflights",
        refused: false,
        text: "Flask answers `OPTIONS` where it has a route: 200, whatever `preflight_status` says, and to a refused origin, too, without a header that lets it in; where it has no route, the \
               answer is 404 and browsers go no further. A view that lists `OPTIONS` runs. Their `Vary` is that of other responses; no cache keeps responses to `OPTIONS`.",
    },
    Limit {
        topic: "options: lists of methods and headers",
        refused: false,
        text: "GET, HEAD and POST, which need no permission, are always among the methods, and sent where the method that is asked for is part of the list. Of the headers that are asked for, \
               Flask-CORS names the allowed ones, sorted.",
    },
    Limit {
        topic: "options: headers where they mean nothing",
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
        topic: "options: long lists",
        refused: false,
        text: "All origins are one regular expression, because Flask-CORS compares origins in any case. Ten thousand exact origins add up to 100 microseconds to a request, and half a \
               second to the start.",
    },
    Limit {
        topic: "wildcards, regexes and paths",
        refused: false,
        text: "The middleware finds exact origins in a set, however many they are. Wildcards and regexes are tried in turn, and so are path patterns.",
    },
];

static LIBRARY: Library = Library {
    // It does not know `*` for methods, and writes all of them in upper case.
    can_say: |policy| policy.methods.any.is_none() && policy.methods.names.iter().all(|name| !name.value.bytes().any(|byte| byte.is_ascii_lowercase())),
    options,
};

fn options(policy: &Policy<'_>, [origins, patterns]: [Value; 2]) -> Value {
    let any_origin = matches!(policy.origins, Origins::Any(_));
    context! {
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
    }
}

fn none() -> Value {
    safe("None")
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
