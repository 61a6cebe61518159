//! A policy comes in, the options of Starlette's `CORSMiddleware` go out, and a function that wraps an application in it.

use minijinja::context;

use super::{Limit, Target, Template, Tested, View, Writer, python, refuse, safe, whole};
use crate::diagnostic::Diagnostic;
use crate::policy::{List, Origins, Policy, PolicySet};

pub(super) static TARGET: Target = Target {
    name: "fastapi",
    server: "FastAPI and Starlette 1",
    summary: "One file of Python with the options of Starlette's `CORSMiddleware`, and a function `cors` that wraps an application in it: `application = cors(app)` at the end \
              of `main.py`, and `uvicorn main:application`. So the answer to an unhandled error has the headers, too; with `app.add_middleware(CORSMiddleware, **CORS)` it would have none.",
    files: &[Template { file: "cors_policy.py", place: "beside the module of the application", text: include_str!("fastapi.j2") }],
    limits: LIMITS,
    tested: Tested::Live,
    results: include_str!("fastapi.results.md"),
    writer: Writer::Templates { quote: python::quote, view },
};

static LIMITS: &[Limit] = &[
    Limit {
        topic: "paths",
        refused: true,
        text: "A file for this target has one policy, for `/**`: `CORSMiddleware` does not look at paths. Give each mounted sub-application a file and a `cors(...)` of its own, or let \
               a server in front decide by path, with a target such as nginx.",
    },
    Limit {
        topic: "safelisted headers",
        refused: true,
        text: "Starlette allows `Accept`, `Accept-Language`, `Content-Language` and `Content-Type` whatever their values, `application/json` included. A policy must name all four \
               in `allow_headers`, or any header.",
    },
    Limit {
        topic: "any header but `Authorization`",
        refused: true,
        text: "Starlette answers with all that was asked for. Write `[\"*\", Authorization]` if that is fine.",
    },
    Limit {
        topic: "any method",
        refused: true,
        text: "Starlette takes `*` for eight methods that it knows, another eight in another version. List the methods.",
    },
    python::BACKTRACKING,
    Limit {
        topic: "preflights",
        refused: false,
        text: "They are answered 200 and `OK`, whatever `preflight_status` says. Starlette looks at origin, method and headers by itself, and answers 400 with a text to what is not \
               allowed, where a browser would have said no; so to an empty `Access-Control-Request-Headers`, and to a request for a private network where the policy allows none. \
               An `Origin` or a requested method that is empty makes a preflight, too. Their `Vary` names all that any policy may vary on.",
    },
    Limit {
        topic: "lists of methods and headers",
        refused: false,
        text: "GET, HEAD and POST, which need no permission, are always among the methods, or Starlette would refuse to be asked for them. Headers are sorted; any header is whatever \
               was asked for, long or malformed.",
    },
    Limit { topic: "no `max_age`", refused: false, text: "Starlette always sends one: 5 seconds, which browsers take where there is none." },
    Limit {
        topic: "refused origins",
        refused: false,
        text: "Their responses have `Access-Control-Allow-Credentials` and `Access-Control-Expose-Headers` where the policy has them, which mean nothing without `Access-Control-Allow-Origin`.",
    },
    Limit {
        topic: "any origin",
        refused: false,
        text: "`*` is sent to requests with an `Origin` alone, and every response has `Vary: Origin`, so that no cache mixes them up.",
    },
    Limit { topic: "several `Origin` lines", refused: false, text: "The first counts. No browser sends several." },
    Limit {
        topic: "responses that the application does not make",
        refused: false,
        text: "What the server answers by itself, such as 400 to a request that it cannot read, carries no CORS headers.",
    },
    Limit {
        topic: "wildcards and regexes",
        refused: false,
        text: "Exact origins are found in a set, however many they are. Wildcards and regexes are tried in turn.",
    },
];

const LIBRARY: &str = "Starlette";
const PATHS: &str = "`CORSMiddleware` does not look at paths";
const SAFELISTED: [&str; 4] = ["Accept", "Accept-Language", "Content-Language", "Content-Type"];
/// What browsers take for `Access-Control-Max-Age` where there is none ([Fetch, 4.9](https://fetch.spec.whatwg.org/#cors-preflight-fetch)).
const DEFAULT_MAX_AGE: u32 = 5;

fn view<'p>(set: &'p PolicySet<'p>) -> Result<View<'p>, Vec<Diagnostic>> {
    let mut refusals = Vec::new();
    let Some(policy) = whole::only(set, LIBRARY, PATHS, &mut refusals) else { return Err(refusals) };
    check_methods(&policy.methods, &mut refusals);
    check_headers(policy, &mut refusals);
    let [origins, patterns] = python::origins(policy, LIBRARY, &mut refusals);
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let words = context! {
        any_origin => matches!(policy.origins, Origins::Any(_)),
        origins, patterns,
        not_too_long => python::not_too_long(),
        methods => python::list(&python::with_safelisted_methods(python::names(&policy.methods))),
        headers => python::list(&if policy.headers.any.is_some() { vec!["*".to_owned()] } else { python::names(&policy.headers) }),
        exposed => python::list(&python::names(&policy.expose)),
        credentials => python::bool(policy.credentials.value),
        private_network => python::bool(policy.private_network.value),
        max_age => safe(policy.max_age.map_or(DEFAULT_MAX_AGE, |max_age| max_age.value).to_string()),
    };
    Ok(View { words, blocks: Vec::new() })
}

fn check_methods(methods: &List<'_>, refusals: &mut Vec<Diagnostic>) {
    if let Some(any) = methods.any {
        refusals.push(
            refuse(any, format!("{LIBRARY} cannot allow any method"))
                .reason("it takes `*` for the methods that it knows itself, and refuses all others")
                .help("list the methods: `allow_methods: [GET, HEAD, POST, PUT, PATCH, DELETE]`"),
        );
    }
}

fn check_headers(policy: &Policy<'_>, refusals: &mut Vec<Diagnostic>) {
    let headers = &policy.headers;
    if let Some(any) = headers.any {
        if !headers.names_header("authorization") {
            refusals.push(
                refuse(any, format!("{LIBRARY} cannot allow any header but `Authorization`"))
                    .reason("it answers with all that was asked for, and `\"*\"` alone does not cover `Authorization`")
                    .help("write `allow_headers: [\"*\", Authorization]` if that is fine, or list the headers"),
            );
        }
        return;
    }
    let missing: Vec<&str> = SAFELISTED.into_iter().filter(|name| !headers.names_header(name)).collect();
    if !missing.is_empty() {
        let listed = headers.names.iter().map(|name| &*name.value);
        let all: Vec<&str> = missing.iter().copied().chain(listed).collect();
        refusals.push(
            refuse(headers.span().unwrap_or(policy.name.span), format!("{LIBRARY} cannot forbid {}", missing.join(", ")))
                .reason("it allows these headers whatever their values, and a browser asks where a value is not safelisted, such as `application/json`")
                .help(format!("name them, if that is fine: `allow_headers: [{}]`", all.join(", "))),
        );
    }
}
