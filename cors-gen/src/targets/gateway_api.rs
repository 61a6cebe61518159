//! A policy comes in, a Kubernetes HTTPRoute with the CORS filter of the Gateway API goes out.

use minijinja::context;

use super::object::{self, AnyHeader, METHODS, Reader, Unsaid};
use super::{Limit, Target, Template, Tested, View, Writer};
use crate::diagnostic::Diagnostic;
use crate::policy::{Entry, Policy, PolicySet};
use crate::wildcard::{HostPattern, PortPattern};

pub(super) static TARGET: Target = Target {
    name: "gateway-api",
    server: "the Kubernetes Gateway API 1.5 and newer",
    summary: "One HTTPRoute with one rule, for implementations with the feature `HTTPRouteCORS`. Fill in the name, the Gateway under `parentRefs`, the `matches` and the Service under `backendRefs`, or copy the \
              filter into the rules of a route of your own: every rule needs it. The filter says the policy; where it applies is said by the rule.",
    files: &[Template { file: "httproute.yaml", place: "a manifest of the cluster", text: include_str!("gateway_api.j2") }],
    limits: LIMITS,
    tested: Tested::Schema,
    results: "",
    writer: Writer::Templates { quote: object::quote, view },
};

static LIMITS: &[Limit] = &[
    Limit {
        topic: "paths",
        refused: true,
        text: "Rules of the Gateway API match paths by prefix and know no ambiguous ones, so a second spelling of a path could come by a looser policy. A file for \
               this target has one policy, for `/**`.",
    },
    Limit {
        topic: "origins",
        refused: true,
        text: "At most 64; `http` and `https` with a name, an IPv4 address or `*.` before a name, of letters, digits and hyphens. No `null`, no `*` inside a label \
               or for a port, no regex, no other scheme, no IPv6 address.",
    },
    Limit {
        topic: "wildcards",
        refused: false,
        text: "`*.` is documented to stand for one or more labels, as it does here. An implementation that takes it for any text lets in nobody but hosts of the same \
               domain, with characters that no name of a host has.",
    },
    Limit { topic: "methods", refused: true, text: "The methods of RFC 9110 and `PATCH` alone." },
    Limit {
        topic: "request headers",
        refused: true,
        text: "At most 64. \"Any\" only as `[\"*\", Authorization]` and with credentials: otherwise implementations may answer in two ways, and one of them allows \
               `Authorization`.",
    },
    Limit { topic: "`max_age: 0`", refused: true, text: "The least is 1 second." },
    Limit { topic: "private networks", refused: true, text: "There is no word for them." },
    Limit {
        topic: "no `max_age`",
        refused: false,
        text: "A preflight without one is answered with `Access-Control-Max-Age: 5`, which is what a browser assumes anyway.",
    },
    Limit {
        topic: "preflights",
        refused: false,
        text: "The implementation chooses between 200 and 204 for an answered preflight, and between these without CORS headers and 403 for a refused one. What \
               becomes of an `OPTIONS` that is no preflight is not said.",
    },
    Limit {
        topic: "any origin",
        refused: false,
        text: "The implementation answers `*` or the origin that asks, and to a request without `Origin` perhaps nothing.",
    },
    Limit {
        topic: "`Vary`",
        refused: false,
        text: "The Gateway API does not ask for it. Where responses are cached, let the backend send `Vary: Origin`: a cache could otherwise give one origin's \
               response to another, whose browser then refuses it.",
    },
    Limit {
        topic: "a backend with CORS headers of its own",
        refused: false,
        text: "What becomes of them is not said, and some implementations pass them on to origins that the filter refuses. The filter adds nothing to what such \
               a backend allows by itself; let it send none.",
    },
    Limit { topic: "responses of the gateway itself", refused: false, text: "Whether an error that the gateway answers carries CORS headers is not said." },
];

/// The most origins, and the most names of headers.
const MOST: usize = 64;
const LONGEST_ORIGIN: usize = 253;
const LONGEST_NAME: usize = 256;

fn view<'p>(set: &'p PolicySet<'p>) -> Result<View<'p>, Vec<Diagnostic>> {
    let view = Reader::new("the Gateway API").only(set, |reader, policy| {
        reader.rest(policy);
        let origins = reader.origins(policy, "*".to_owned(), origin);
        if let Some(beyond) = policy.origins.entries().get(MOST).filter(|_| origins.len() > MOST) {
            reader.refuse(beyond.span, "takes at most 64 origins", "its filter holds no more", "say them in fewer wildcards, or use another target");
        }
        if let Some(zero) = policy.max_age.filter(|max_age| max_age.value == 0) {
            reader.refuse(zero.span, "cannot forbid that a preflight is cached", "its `maxAge` is at least 1", "write `max_age: 1`");
        }
        context! {
            name => policy.name.value.to_string(),
            origins,
            methods => reader.methods(policy, &METHODS),
            headers => names(reader, policy, false),
            expose => names(reader, policy, true),
            credentials => policy.credentials.value,
            max_age => policy.max_age.map(|max_age| super::safe(max_age.value.to_string())),
        }
    });
    view.map(View::from)
}

/// The origin, where the pattern of the filter's schema admits it. Its `*.` stands for one or more labels, as ours does.
fn origin(entry: &Entry<'_>) -> Result<String, Unsaid> {
    let unsaid = |reason| Err(Unsaid { reason, help: "list the origins one by one, or use another target" });
    let Some(origin) = entry.origin() else { return unsaid("it knows no regex") };
    let name = match origin.pattern().map(|pattern| (pattern.host, pattern.port)) {
        None => origin.host(),
        Some((HostPattern::Subdomains { parent }, PortPattern::Default | PortPattern::Exact(_))) => parent,
        Some(_) => return unsaid("its wildcard stands for whole labels on the left, and for nothing else"),
    };
    let plain = |label: &str| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    match origin.as_str() {
        text if !matches!(origin.scheme(), "http" | "https") || !name.split('.').all(plain) => {
            unsaid(if text == "null" { "it has no word for the opaque origin" } else { "it takes http and https, with hosts of letters, digits and hyphens" })
        }
        text if text.len() > LONGEST_ORIGIN => unsaid("it takes 253 characters at most"),
        text => Ok(text.to_owned()),
    }
}

/// The names of headers, where they are as many and as long as the filter takes.
fn names(reader: &mut Reader, policy: &Policy<'_>, response: bool) -> Vec<String> {
    let (list, names) = match response {
        true => (&policy.expose, object::exposed(policy)),
        false => (&policy.headers, reader.headers(policy, AnyHeader::EchoedWithCredentials)),
    };
    if let Some(beyond) = list.names.get(MOST).filter(|_| names.len() > MOST) {
        reader.refuse(beyond.span, "takes at most 64 names of headers", "its filter holds no more", "shorten the list");
    }
    for long in list.names.iter().filter(|name| name.value.len() > LONGEST_NAME) {
        reader.refuse(long.span, "takes no header with a name this long", "256 characters are the most", "use a shorter name");
    }
    names
}
