//! A policy comes in, a middleware of Traefik goes out, as a file for its file provider.
//!
//! Routers of Traefik decide the path, and a middleware runs once one has; so a file has one policy, and the routers name its middleware. One
//! `headers` middleware does all of it: what it removes from a response goes before what it says of CORS.

mod origins;

use cors_decision::Origins;
use minijinja::{Value, context};

use super::object::Reader;
use super::values::constant;
use super::{Limit, Target, Template, Tested, View, Writer, object, safe};
use crate::diagnostic::Diagnostic;
use crate::lower::Storage;
use crate::policy::{List, Policy, PolicySet};

pub(super) static TARGET: Target = Target {
    name: "traefik",
    server: "Traefik 3.7",
    summary: "One file for the file provider, with one middleware: `cors-default` for a policy of the name `default`. Name it first among the middlewares of each router that the \
              policy is for, `cors-default@file`, in labels and files alike, or once for all routers of an entry point. It answers preflights, and replaces the CORS \
              headers of the service behind.",
    files: &[Template {
        file: "cors.traefik.yml",
        place: "in the folder of the file provider; then `cors-NAME@file` first among the middlewares of a router",
        text: include_str!("traefik.j2"),
    }],
    limits: LIMITS,
    tested: Tested::Live,
    results: include_str!("traefik.results.md"),
    writer: Writer::Templates { quote, view },
};

static LIMITS: &[Limit] = &[
    Limit {
        topic: "paths",
        refused: true,
        text: "A middleware does not look at paths; the rules of routers do, after Traefik has resolved `..` and decoded what needs no encoding. A file for this target has one \
               policy, for `/**`. Where paths differ, give each policy a file and a name of its own, and its middleware to the routers of its paths.",
    },
    Limit {
        topic: "any method or header, with credentials",
        refused: true,
        text: "Traefik answers `*`, which means nothing to a request with credentials. List the methods and the headers.",
    },
    Limit {
        topic: "regexes without a bound",
        refused: true,
        text: "Traefik matches an `Origin` of any length. A `regex:` that could match more than 326 bytes, which no origin has, or none, is refused: write `{1,63}` in place of `+`.",
    },
    Limit { topic: "private networks", refused: true, text: "There is no word for them." },
    Limit {
        topic: "`*.` before many labels",
        refused: false,
        text: "For the same reason it stands for 1 to 4 labels of any length, for up to 8 of at most 31 characters, or for up to 16 of at most 15, and for fewer where the rest of the \
               origin is longer than 60 characters. A `*` inside a label stands for at most 63 characters. Everything beyond is kept out.",
    },
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
    Limit { topic: "several `Origin` lines", refused: false, text: "The first counts. No browser sends several." },
    Limit {
        topic: "several `Vary` lines of a service",
        refused: false,
        text: "Traefik adds `Origin` to the first and drops the others, unless the policy is for any origin. A service whose responses are cached has to say `Vary` on one line.",
    },
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
        text: "Up to 100 exact origins are a list; more are one regex, as are all wildcards of the same beginning up to a thousand, so that 10,000 cost some ten microseconds more \
               than ten. Each router that names the middleware compiles them anew, at 25 to 50 MB for 10,000. Every `regex:`, and every beginning of a wildcard, is tried in turn.",
    },
];

/// The headers of a service that are not the policy's.
const REPLACED: [&str; 7] = [
    "Access-Control-Allow-Origin",
    "Access-Control-Allow-Credentials",
    "Access-Control-Allow-Methods",
    "Access-Control-Allow-Headers",
    "Access-Control-Allow-Private-Network",
    "Access-Control-Expose-Headers",
    "Access-Control-Max-Age",
];

fn view<'p>(set: &'p PolicySet<'p>) -> Result<View<'p>, Vec<Diagnostic>> {
    let storage = Storage::of_headers(set);
    let lowered = storage.policies();
    let mut lowered = lowered.iter();
    let view = Reader::new("Traefik").only(set, |reader, policy| {
        reader.rest(policy);
        refuse_any(reader, policy, &policy.methods, "method");
        refuse_any(reader, policy, &policy.headers, "header");
        let listed = origins::listed(reader, policy.origins.entries());
        // One for each policy, in the same order.
        lowered.next().map(|lowered| words(policy, lowered, listed))
    });
    view.map(|words| View::from(Value::from(words)))
}

fn words(policy: &Policy<'_>, lowered: &cors_decision::Policy<'_>, listed: origins::Listed) -> Value {
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
        replaced => REPLACED.map(safe).to_vec(),
    }
}

/// "Any" is said by the names that were asked for where there are credentials, and Traefik repeats nothing.
fn refuse_any(reader: &mut Reader, policy: &Policy<'_>, list: &List<'_>, what: &str) {
    if let Some(any) = list.any.filter(|_| policy.credentials.value) {
        let message = format!("cannot allow any {what} with credentials");
        reader.refuse(any, &message, "it answers `*`, which means nothing to a request with credentials", &format!("list the {what}s"));
    }
}

/// A value in double quotes. Two braces would begin a template, which Traefik fills in before it reads the YAML.
fn quote(text: &str) -> Result<String, String> {
    Ok(object::quote(text)?.replace("{{", r"{\u007b"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_value_leaves_its_quotes_or_begins_a_template() {
        for text in ["a\"b", "a\\", "{{ env `HOME` }}", "{{{", "# {{{{", "a\nb: c", "&'%${x}", "\u{e9}"] {
            let quoted = super::quote(text).expect("any text can be quoted");
            assert!(!quoted.contains("{{") && !quoted.contains('\n'), "{quoted}");
            assert_eq!(serde_json::from_str::<String>(&quoted).ok().as_deref(), Some(text));
        }
    }
}
