//! Policies come in, the options of Starlette's `CORSMiddleware` go out, or a middleware of its own, and a function that wraps an application in it.

use minijinja::{Value, context};

use super::python::Library;
use super::{Limit, Target, Template, Tested, Writer, python, safe};
use crate::policy::{Origins, Policy};

pub(super) static TARGET: Target = Target {
    name: "fastapi",
    server: "FastAPI and Starlette 1",
    summary: "One file of Python with a function `cors` that wraps an application in the policies: `application = cors(app)` at the end of `main.py`, and `uvicorn main:application`. \
              So the answer to an unhandled error has the headers, too. Where one policy for every path is all there is, the file holds the options of Starlette's `CORSMiddleware`; with \
              `app.add_middleware(CORSMiddleware, **CORS)`, unhandled errors would have no headers. Where there is more to say, it holds the policies and a middleware of its own.",
    files: &[Template {
        file: "cors_policy.py",
        place: "beside the module of the application",
        text: python::template!("fastapi.j2", "fastapi/head.j2", "fastapi/middleware.j2"),
    }],
    limits: LIMITS,
    tested: Tested::Live,
    results: include_str!("fastapi.results.md"),
    writer: Writer::Templates { quote: python::quote, view: |set| python::view(set, &LIBRARY) },
};

static LIMITS: &[Limit] = &[
    python::BACKTRACKING,
    Limit {
        topic: "options, or a middleware",
        refused: false,
        text: "One policy for `/**` is written as options of `CORSMiddleware`, where they mean the same: it must list its methods, and name `Accept`, `Accept-Language`, `Content-Language` and \
               `Content-Type` in `allow_headers`, because Starlette allows these four whatever their values, or say `[\"*\", Authorization]`. All else is an ASGI middleware that decides \
               path, origin and preflight by itself, and answers as the policy says. What is said of options below is not true of it.",
    },
    python::PATH_AS_RECEIVED,
    python::COMMA,
    Limit {
        topic: "mounted applications and `--root-path`",
        refused: false,
        text: "A policy is for the whole path, the prefix of a mounted application included, wherever it is put; uvicorn puts its `--root-path` before the path.",
    },
    Limit {
        topic: "options: preflights",
        refused: false,
        text: "They are answered 200 and `OK`, whatever `preflight_status` says. Starlette looks at origin, method and headers by itself, and answers 400 with a text to what is not \
               allowed, where a browser would have said no; so to an empty `Access-Control-Request-Headers`, and to a request for a private network where the policy allows none. \
               An `Origin` or a requested method that is empty makes a preflight, too. Their `Vary` names all that any policy may vary on.",
    },
    Limit {
        topic: "options: lists of methods and headers",
        refused: false,
        text: "GET, HEAD and POST, which need no permission, are always among the methods, or Starlette would refuse to be asked for them. Headers are sorted; any header is whatever \
               was asked for, long or malformed.",
    },
    Limit { topic: "options: no `max_age`", refused: false, text: "Starlette always sends one: 5 seconds, which browsers take where there is none." },
    Limit {
        topic: "options: refused origins",
        refused: false,
        text: "Their responses have `Access-Control-Allow-Credentials` and `Access-Control-Expose-Headers` where the policy has them, which mean nothing without `Access-Control-Allow-Origin`.",
    },
    Limit {
        topic: "options: any origin",
        refused: false,
        text: "`*` is sent to requests with an `Origin` alone, and every response has `Vary: Origin`, so that no cache mixes them up.",
    },
    Limit { topic: "options: several `Origin` lines", refused: false, text: "The first counts. No browser sends several." },
    Limit {
        topic: "responses that the application does not make",
        refused: false,
        text: "What the server answers by itself, such as 400 to a request that it cannot read, carries no CORS headers.",
    },
    Limit {
        topic: "wildcards, regexes and paths",
        refused: false,
        text: "Exact origins are found in a set, however many they are. Wildcards and regexes are tried in turn, and so are path patterns.",
    },
];

const SAFELISTED: [&str; 4] = ["Accept", "Accept-Language", "Content-Language", "Content-Type"];
/// What browsers take for `Access-Control-Max-Age` where there is none ([Fetch, 4.9](https://fetch.spec.whatwg.org/#cors-preflight-fetch)).
const DEFAULT_MAX_AGE: u32 = 5;

static LIBRARY: Library = Library { can_say, options };

/// It takes any method for those that it knows itself, always allows the safelisted headers, whatever their values, and means all by any header.
fn can_say(policy: &Policy<'_>) -> bool {
    let names = |name: &&str| policy.headers.names_header(name);
    let means_the_same = if policy.headers.any.is_some() { names(&"authorization") } else { SAFELISTED.iter().all(names) };
    policy.methods.any.is_none() && means_the_same
}

fn options(policy: &Policy<'_>, [origins, patterns]: [Value; 2]) -> Value {
    context! {
        any_origin => matches!(policy.origins, Origins::Any(_)),
        origins, patterns,
        not_too_long => python::not_too_long(),
        methods => python::list(&python::with_safelisted_methods(python::names(&policy.methods))),
        headers => python::list(&if policy.headers.any.is_some() { vec!["*".to_owned()] } else { python::names(&policy.headers) }),
        exposed => python::list(&python::names(&policy.expose)),
        credentials => python::bool(policy.credentials.value),
        private_network => python::bool(policy.private_network.value),
        max_age => safe(policy.max_age.map_or(DEFAULT_MAX_AGE, |max_age| max_age.value).to_string()),
    }
}
