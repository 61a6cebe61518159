//! A policy comes in, a middleware of Traefik goes out, as a file for its file provider.
//!
//! Routers of Traefik decide the path, and a middleware runs once one has; so a file has one policy, and the routers name its middleware. One
//! `headers` middleware does all of it: what it removes from a response goes before what it says of CORS.

use cors_decision::Origins;
use minijinja::{Value, context};

use super::object::Reader;
use super::values::constant;
use super::{Limit, Target, Template, Tested, View, Writer, dynamic, safe};
use crate::diagnostic::Diagnostic;
use crate::lower::Storage;
use crate::policy::{Policy, PolicySet};

pub(super) static TARGET: Target = Target {
    name: "traefik-middleware",
    server: "Traefik 3.7",
    summary: "One file for the file provider, with one middleware: `cors-default` for a policy of the name `default`. Name it first among the middlewares of each router that the \
              policy is for, `cors-default@file`, in labels and files alike, or once for all routers of an entry point. It answers preflights, and replaces the CORS \
              headers of the service behind.",
    files: &[Template {
        file: "cors.middleware.yml",
        place: "in the folder of the file provider; then `cors-NAME@file` first among the middlewares of a router",
        text: include_str!("traefik_middleware.j2"),
    }],
    limits: LIMITS,
    tested: Tested::Live,
    results: include_str!("traefik-middleware.results.md"),
    writer: Writer::Templates { quote: dynamic::quote, view },
};

static LIMITS: &[Limit] = &[
    Limit {
        topic: "paths",
        refused: true,
        text: "A middleware does not look at paths; the rules of routers do, after Traefik has resolved `..` and decoded what needs no encoding. A file for this target has one \
               policy, for `/**`; the target `traefik` decides paths. Or give each policy a file and a name of its own, and its middleware to the routers of its paths.",
    },
    dynamic::NO_ECHO,
    dynamic::UNBOUNDED,
    Limit { topic: "private networks", refused: true, text: "There is no word for them." },
    dynamic::LABELS,
    Limit {
        topic: "preflights",
        refused: false,
        text: "Every preflight is answered 200, and carries no `Vary`: no cache keeps answers to `OPTIONS`. To an origin that is refused, it is the same answer without \
               `Access-Control-Allow-Origin`. It names the exposed headers, which mean nothing there. `preflight_status` can be 200 or 204, which are the same to a browser; any other is refused.",
    },
    Limit {
        topic: "refused origins",
        refused: false,
        text: "Their responses have `Access-Control-Allow-Credentials` and `Access-Control-Expose-Headers` where the policy has them, which mean nothing without \
               `Access-Control-Allow-Origin`.",
    },
    dynamic::SEVERAL_ORIGINS,
    dynamic::SEVERAL_VARY,
    Limit {
        topic: "responses without a router",
        refused: false,
        text: "A 404 where no router matches, and the 400 to a request that Traefik cannot read, carry no CORS headers.",
    },
    Limit {
        topic: "order of middlewares",
        refused: false,
        text: "What stands before the middleware, on the entry point among that, sees preflights first, and its errors carry no CORS headers. After it, preflights are answered before \
               `basicAuth` and `forwardAuth`: a browser sends no credentials with a preflight, so they would refuse every one.",
    },
    Limit {
        topic: "headers of your own",
        refused: false,
        text: "A `headers` middleware that stands before this one has the last word: one that sets CORS headers or `Vary` there takes the place of what the policy says. After this \
               one, CORS headers that it sets are replaced, and its `Vary` stays beside `Origin`.",
    },
    Limit {
        topic: "several policy files",
        refused: false,
        text: "Each policy needs a name of its own: where two files define a middleware of one name, Traefik keeps one of them and says so as a warning only. Of two such middlewares \
               on one way, such as those of an entry point and of a router, the first alone counts.",
    },
    Limit {
        topic: "time and memory",
        refused: false,
        text: "Up to 100 exact origins are a list; more are one regex, as are wildcards of the same beginning: 10,000 cost a request what ten do, and take some 60 MB for each router that \
               names the middleware. Every `regex:`, and every beginning of a wildcard, is tried in turn.",
    },
];

fn view<'p>(set: &'p PolicySet<'p>) -> Result<View<'p>, Vec<Diagnostic>> {
    let storage = Storage::of_headers(set);
    let lowered = storage.policies();
    let mut lowered = lowered.iter();
    let view = Reader::new("a middleware of Traefik").only(set, |reader, policy| {
        reader.rest(policy);
        dynamic::refuse_echoes(reader, policy);
        let listed = dynamic::listed(reader, policy.origins.entries());
        // One for each policy, in the same order.
        lowered.next().map(|lowered| words(policy, lowered, listed))
    });
    view.map(|words| View::from(Value::from(words)))
}

fn words(policy: &Policy<'_>, lowered: &cors_decision::Policy<'_>, listed: dynamic::Listed) -> Value {
    let is_any = matches!(lowered.origins, Origins::Any);
    context! {
        name => safe(format!("cors-{}", policy.name.value)),
        origins => if is_any { vec!["*".to_owned()] } else { listed.exact },
        regexes => listed.regexes,
        methods => constant(lowered.allow_methods),
        headers => constant(lowered.allow_headers),
        expose => lowered.expose_headers,
        credentials => lowered.allow_credentials,
        max_age => lowered.max_age.map(safe),
        vary => !is_any,
    }
}
