//! A policy comes in, a SecurityPolicy of Envoy Gateway goes out.

use minijinja::context;

use super::object::{self, AnyHeader, Reader, Unsaid};
use super::{Limit, Target, Template, Tested, View, Writer};
use crate::diagnostic::Diagnostic;
use crate::policy::{Entry, PolicySet};

pub(super) static TARGET: Target = Target {
    name: "envoy-gateway",
    server: "Envoy Gateway 1.7 and newer",
    summary: "One SecurityPolicy. Fill in the name, and the HTTPRoute or Gateway that it is for under `targetRefs`. An HTTPRoute with a CORS filter of the Gateway API \
              goes by that filter instead.",
    files: &[Template { file: "securitypolicy.yaml", place: "a manifest of the cluster", text: include_str!("envoy_gateway.j2") }],
    limits: LIMITS,
    tested: Tested::Schema,
    results: "",
    writer: Writer::Templates { quote: object::quote, view },
};

static LIMITS: &[Limit] = &[
    Limit { topic: "paths", refused: true, text: "A SecurityPolicy holds for all of its target. A file for this target has one policy, for `/**`." },
    Limit {
        topic: "origins",
        refused: true,
        text: "Exact ones of http and https alone, with hosts of letters, digits, hyphens and `_`: a `*` would become `.*`, which matches more than a wildcard of this language. No \
               `null`, no regex, no IPv6 address.",
    },
    Limit {
        topic: "request headers",
        refused: true,
        text: "\"Any\" only as `[\"*\", Authorization]`: Envoy answers `*` with the names that were asked for, `Authorization` included.",
    },
    Limit { topic: "`max_age` of more than 99,999 hours", refused: true, text: "A duration has five digits at most." },
    Limit { topic: "private networks", refused: true, text: "There is no word for them." },
    Limit {
        topic: "preflights",
        refused: false,
        text: "Answered ones are 200. Refused ones are 200 without `Access-Control-Allow-Origin`, and do not reach the backend.",
    },
    Limit {
        topic: "any origin",
        refused: false,
        text: "Envoy answers with the origin that asks, never with `*`; to a request without `Origin`, with nothing.",
    },
    Limit {
        topic: "`Vary`",
        refused: false,
        text: "Envoy sends none. Where responses are cached, let the backend send `Vary: Origin`: a cache could otherwise give one origin's response to another, whose \
               browser then refuses it.",
    },
    Limit {
        topic: "a backend with CORS headers of its own",
        refused: false,
        text: "Envoy replaces `Access-Control-Allow-Origin` for an allowed origin, and passes everything else on. It adds nothing to what such a backend allows by \
               itself. Let it send none, or give the rules of the HTTPRoute a `ResponseHeaderModifier` that removes them: Envoy removes before it adds.",
    },
];

const LONGEST_ORIGIN: usize = 253;

fn view<'p>(set: &'p PolicySet<'p>) -> Result<View<'p>, Vec<Diagnostic>> {
    let view = Reader::new("Envoy Gateway").only(set, |reader, policy| {
        reader.rest(policy);
        let max_age = policy.max_age.map(|max_age| {
            duration(max_age.value).unwrap_or_else(|| {
                reader.refuse(max_age.span, "takes no duration this long", "its numbers have five digits at most", "write `max_age: 1d`");
                String::new()
            })
        });
        context! {
            name => policy.name.value.to_string(),
            origins => reader.origins(policy, "*".to_owned(), origin),
            methods => reader.methods(policy, &[]),
            headers => reader.headers(policy, AnyHeader::Echoed),
            expose => object::exposed(policy),
            credentials => policy.credentials.value,
            max_age,
        }
    });
    view.map(View::from)
}

/// The origin, where the pattern of the schema admits it.
fn origin(entry: &Entry<'_>) -> Result<String, Unsaid> {
    let unsaid = |reason| Err(Unsaid { reason, help: "list the origins one by one, or use another target" });
    let origin = object::exact(entry)?;
    let plain = |label: &str| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    match origin.as_str() {
        "null" => unsaid("it has no word for the opaque origin"),
        _ if !matches!(origin.scheme(), "http" | "https") => unsaid("before its version 1.9 it takes http and https alone"),
        _ if !origin.host().split('.').all(plain) => unsaid("it takes hosts of letters, digits, hyphens and `_`"),
        text if text.len() > LONGEST_ORIGIN => unsaid("it takes 253 characters at most"),
        text => Ok(text.to_owned()),
    }
}

/// A duration of the Gateway API: numbers of five digits at most, with their units.
fn duration(seconds: u32) -> Option<String> {
    match (seconds / 3600, seconds % 3600) {
        _ if seconds <= 99_999 => Some(format!("{seconds}s")),
        (hours @ ..=99_999, 0) => Some(format!("{hours}h")),
        (hours @ ..=99_999, rest) => Some(format!("{hours}h{rest}s")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_duration_has_numbers_of_five_digits() {
        let written = [0, 600, 99_999, 100_000, 360_000, 359_999_999, 360_000_000].map(super::duration);
        let words = ["0s", "600s", "99999s", "27h2800s", "100h", "99999h3599s"];
        assert_eq!(written[..6].iter().map(|text| text.as_deref().unwrap_or_default()).collect::<Vec<_>>(), words);
        assert_eq!(written[6], None);
    }
}
