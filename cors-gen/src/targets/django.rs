//! Policies come in, the settings of django-cors-headers go out, or a middleware over it.

use minijinja::{Value, context};

use super::python::Library;
use super::{Limit, Target, Template, Tested, Writer, python, safe};
use crate::policy::{Origins, Policy};

pub(super) static TARGET: Target = Target {
    name: "django",
    server: "Django and Django REST framework with django-cors-headers 4",
    summary: "One file beside `settings.py`. Where one policy for every path is all there is, it holds settings: end `settings.py` with `from .cors_settings import *`, with \
              `\"corsheaders\"` in `INSTALLED_APPS`, and `\"corsheaders.middleware.CorsMiddleware\"` first in `MIDDLEWARE`, so that the responses of all other middleware pass \
              through it. Where there is more to say, it holds the policies and a middleware of its own, to stand there in its place: `\"project.cors_settings.CorsMiddleware\"`.",
    files: &[Template {
        file: "cors_settings.py",
        place: "beside `settings.py`",
        text: python::template!("django.j2", "django/head.j2", "django/middleware.j2"),
    }],
    limits: LIMITS,
    tested: Tested::Live,
    results: include_str!("django.results.md"),
    writer: Writer::Templates { quote: python::quote, view: |set| python::view(set, &LIBRARY) },
};

static LIMITS: &[Limit] = &[
    python::BACKTRACKING,
    Limit {
        topic: "settings, or a middleware",
        refused: false,
        text: "One policy for `/**` is written as settings, unless it allows any method or header with credentials, or says `max_age: 0`. All else is a middleware that extends that of \
               django-cors-headers: it decides path, origin and preflight by itself, answers as the policy says, and replaces the CORS headers of views where a policy applies. What \
               is said of settings below is not true of it.",
    },
    python::PATH_AS_RECEIVED,
    python::COMMA,
    Limit {
        topic: "`manage.py runserver` and the test client",
        refused: false,
        text: "They do not hand on the path as received. Develop with `gunicorn --reload` or an ASGI server, and give requests of the test client a `RAW_URI`: \
               `client.get(\"/api/items\", RAW_URI=\"/api/items\")`.",
    },
    Limit {
        topic: "settings: preflights",
        refused: false,
        text: "They are always answered 200, whatever `preflight_status` says, and so are those of refused origins, without a header that lets them in. Every `OPTIONS` with \
               `Access-Control-Request-Method` counts as one, without an `Origin` too. Their `Vary` names `Origin` alone; no cache keeps responses to `OPTIONS`.",
    },
    Limit {
        topic: "settings: headers where they mean nothing",
        refused: false,
        text: "Allowed origins find `Access-Control-Expose-Headers` on preflights, and the headers of a preflight's answer, an empty list among them, on every other `OPTIONS`. Where \
               private networks are allowed, any request that asks for them is answered.",
    },
    Limit {
        topic: "settings: any origin",
        refused: false,
        text: "`*` is sent to requests with an `Origin` alone, and every response has `Vary: Origin`, so that no cache mixes them up.",
    },
    Limit {
        topic: "settings: origins that are no URLs",
        refused: false,
        text: "An `Origin` that Python cannot take for a URL, such as one with a lone bracket, is let in by nothing. No browser sends one.",
    },
    Limit {
        topic: "settings: CORS headers of a view",
        refused: false,
        text: "What a view sets by itself is replaced where the origin is allowed and the policy sets the header, too; all else stays as the view has set it. Remove such code from views: it lets in \
               whom it names. So do receivers of your own of the signal `check_request_enabled`.",
    },
    Limit {
        topic: "responses that Django does not make",
        refused: false,
        text: "What the server in front of Django answers by itself, such as 400 to a request that it cannot read, carries no CORS headers.",
    },
    Limit {
        topic: "wildcards, regexes and paths",
        refused: false,
        text: "Exact origins are found in a set, however many they are: of settings by a receiver of the signal `check_request_enabled`, which is connected while they are loaded. \
               Wildcards and regexes are one regular expression, whose parts are tried in turn, and so are path patterns.",
    },
];

static LIBRARY: Library = Library {
    // It has no way to answer with what was asked for, and leaves out an age of 0.
    can_say: |policy| {
        let is_echoed = policy.credentials.value && (policy.methods.any.is_some() || policy.headers.any.is_some());
        !is_echoed && policy.max_age.is_none_or(|max_age| max_age.value > 0)
    },
    options,
};

fn options(policy: &Policy<'_>, [origins, patterns]: [Value; 2]) -> Value {
    context! {
        any_origin => matches!(policy.origins, Origins::Any(_)),
        origins, patterns,
        not_too_long => python::not_too_long(),
        methods => python::list(&python::names(&policy.methods)),
        headers => python::list(&python::names(&policy.headers)),
        exposed => python::list(&python::names(&policy.expose)),
        credentials => python::bool(policy.credentials.value),
        private_network => python::bool(policy.private_network.value),
        max_age => safe(policy.max_age.map_or(0, |max_age| max_age.value).to_string()),
    }
}
