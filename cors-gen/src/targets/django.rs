//! A policy comes in, the settings of django-cors-headers go out.

use minijinja::context;

use super::{Limit, Target, Template, Tested, View, Writer, python, refuse, safe, whole};
use crate::diagnostic::Diagnostic;
use crate::policy::{Origins, Policy, PolicySet};

pub(super) static TARGET: Target = Target {
    name: "django",
    server: "Django and Django REST framework with django-cors-headers 4",
    summary: "One file of settings. Put it beside `settings.py`, and end that with `from .cors_settings import *`. `\"corsheaders\"` belongs into `INSTALLED_APPS`, and \
              `\"corsheaders.middleware.CorsMiddleware\"` first into `MIDDLEWARE`, so that the responses of all other middleware pass through it.",
    files: &[Template { file: "cors_settings.py", place: "beside `settings.py`", text: include_str!("django.j2") }],
    limits: LIMITS,
    tested: Tested::Live,
    results: include_str!("django.results.md"),
    writer: Writer::Templates { quote: python::quote, view },
};

static LIMITS: &[Limit] = &[
    Limit {
        topic: "paths",
        refused: true,
        text: "A file for this target has one policy, for `/**`. Django decodes a path before any setting can look at it: a policy for `/api/**` would be one for \
               `/%61pi/x` as well. Where policies differ by path, let a server in front of Django answer, with a target such as nginx.",
    },
    Limit {
        topic: "any method or header, with credentials",
        refused: true,
        text: "The lists are constants, and with credentials `*` means nothing to a browser: list the names.",
    },
    Limit {
        topic: "`max_age: 0`",
        refused: true,
        text: "django-cors-headers then leaves the header out, and browsers keep a preflight for 5 seconds. Without a `max_age` the header is left out, as it should be.",
    },
    python::BACKTRACKING,
    Limit {
        topic: "preflights",
        refused: false,
        text: "They are always answered 200, whatever `preflight_status` says, and so are those of refused origins, without a header that lets them in. Every `OPTIONS` with \
               `Access-Control-Request-Method` counts as one, without an `Origin` too. Their `Vary` names `Origin` alone; no cache keeps responses to `OPTIONS`.",
    },
    Limit {
        topic: "headers where they mean nothing",
        refused: false,
        text: "Allowed origins find `Access-Control-Expose-Headers` on preflights, and the headers of a preflight's answer, an empty list among them, on every other `OPTIONS`. Where \
               private networks are allowed, any request that asks for them is answered.",
    },
    Limit {
        topic: "any origin",
        refused: false,
        text: "`*` is sent to requests with an `Origin` alone, and every response has `Vary: Origin`, so that no cache mixes them up.",
    },
    Limit {
        topic: "origins that are no URLs",
        refused: false,
        text: "An `Origin` that Python cannot take for a URL, such as one with a lone bracket, is let in by nothing. No browser sends one.",
    },
    Limit {
        topic: "CORS headers of a view",
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
        topic: "wildcards and regexes",
        refused: false,
        text: "They are one regular expression, tried in turn. Exact origins are found in a set, however many they are, by a receiver of the signal `check_request_enabled`, which \
               is connected while the settings are loaded.",
    },
];

const LIBRARY: &str = "django-cors-headers";
const PATHS: &str = "Django decodes a path before any setting can look at it, so a policy for `/api/**` would be one for `/%61pi/x` as well";

fn view<'p>(set: &'p PolicySet<'p>) -> Result<View<'p>, Vec<Diagnostic>> {
    let mut refusals = Vec::new();
    let Some(policy) = whole::only(set, LIBRARY, PATHS, &mut refusals) else { return Err(refusals) };
    check(policy, &mut refusals);
    let [origins, patterns] = python::origins(policy, LIBRARY, &mut refusals);
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let words = context! {
        any_origin => matches!(policy.origins, Origins::Any(_)),
        origins, patterns,
        not_too_long => python::not_too_long(),
        methods => python::list(&python::names(&policy.methods)),
        headers => python::list(&python::names(&policy.headers)),
        exposed => python::list(&python::names(&policy.expose)),
        credentials => python::bool(policy.credentials.value),
        private_network => python::bool(policy.private_network.value),
        max_age => safe(policy.max_age.map_or(0, |max_age| max_age.value).to_string()),
    };
    Ok(View { words, blocks: Vec::new() })
}

fn check(policy: &Policy<'_>, refusals: &mut Vec<Diagnostic>) {
    for (what, list) in [("method", &policy.methods), ("header", &policy.headers)] {
        if let Some(any) = list.any.filter(|_| policy.credentials.value) {
            refusals.push(
                refuse(any, format!("{LIBRARY} cannot allow any {what} with credentials"))
                    .reason("with credentials `*` means nothing to a browser, and the library has no way to answer with what was asked for")
                    .help(format!("list the {what}s, or remove `allow_credentials`")),
            );
        }
    }
    if let Some(zero) = policy.max_age.filter(|max_age| max_age.value == 0) {
        refusals.push(
            refuse(zero.span, format!("{LIBRARY} cannot forbid that a preflight is cached"))
                .reason("it leaves the header out where the setting is 0, and browsers then keep a preflight for 5 seconds")
                .help("write `max_age: 1`"),
        );
    }
}
