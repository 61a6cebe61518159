//! A policy comes in, its parts in the few forms that configuration objects of gateways and clouds have go out, and a refusal for each that they lack.
//!
//! Such an object holds for a whole site, lists plain words, and leaves the rest to whoever reads it. What a reader may make more of than the
//! policy says is refused.

use std::collections::HashSet;
use std::hash::Hash;

use super::refuse;
use crate::diagnostic::Diagnostic;
use crate::policy::{Entry, List, Origins, Policy, PolicySet};

/// What services know by name: the methods of RFC 9110 that a script may use, and `PATCH`.
pub(super) const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"];

/// The methods that a browser never asks about.
const SAFELISTED: [&str; 3] = ["GET", "HEAD", "POST"];

/// What a service makes of `*` in its list of request headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AnyHeader {
    /// It answers with the names that were asked for.
    Echoed,
    /// It answers with the names that were asked for, or, without credentials, with `*`.
    EchoedWithCredentials,
    /// It answers `*`, which means nothing to a request with credentials.
    Literal,
}

/// Why an origin cannot be said, and what could be done.
pub(super) struct Unsaid {
    pub(super) reason: &'static str,
    pub(super) help: &'static str,
}

/// Reads the policies of a set for one service, and gathers what it cannot say.
pub(super) struct Reader {
    /// The name of the service, at the beginning of a sentence.
    service: &'static str,
    refusals: Vec<Diagnostic>,
}

impl Reader {
    pub(super) fn new(service: &'static str) -> Self {
        Self { service, refusals: Vec::new() }
    }

    /// What becomes of each policy.
    pub(super) fn objects<T>(&mut self, set: &PolicySet<'_>, mut object: impl FnMut(&mut Self, &Policy<'_>) -> T) -> Vec<T> {
        set.policies.iter().map(|policy| object(self, policy)).collect()
    }

    /// Everything that cannot be said, if there is anything.
    pub(super) fn finish(self) -> Result<(), Vec<Diagnostic>> {
        if self.refusals.is_empty() { Ok(()) } else { Err(self.refusals) }
    }

    /// The object of the only policy, or everything that cannot be said, in any of them.
    pub(super) fn only<T>(mut self, set: &PolicySet<'_>, object: impl FnMut(&mut Self, &Policy<'_>) -> T) -> Result<T, Vec<Diagnostic>> {
        let objects = self.objects(set, object);
        for rule in set.rules.iter().filter(|rule| rule.pattern.value != "/**") {
            let message = format!("{} has no word for the path `{}`", self.service, rule.pattern.value);
            let reason = "it holds for every path, and finds none ambiguous";
            let help = "keep one policy with `paths: [/**]` in a file for this target, and say where it applies by what the object is attached to";
            self.refusals.push(refuse(rule.pattern.span, message).reason(reason).help(help));
        }
        match (self.refusals.is_empty(), objects.into_iter().next()) {
            (true, Some(object)) => Ok(object),
            _ => Err(self.refusals),
        }
    }

    /// Refuses what stands at `span`. The message goes on after the name of the service.
    pub(super) fn refuse(&mut self, span: crate::Span, message: &str, reason: &str, help: &str) {
        self.refusals.push(refuse(span, format!("{} {message}", self.service)).reason(reason).help(help));
    }

    /// The origins, each once, in the words of the service; `any` alone for any.
    pub(super) fn origins<T: Clone + Eq + Hash>(&mut self, policy: &Policy<'_>, any: T, word: impl Fn(&Entry<'_>) -> Result<T, Unsaid>) -> Vec<T> {
        let entries = match &policy.origins {
            Origins::Any(_) => return vec![any],
            Origins::Listed(entries) => entries,
        };
        if entries.is_empty() {
            let help = "give the profile that its origins belong to, as in `--profile dev`";
            self.refuse(policy.name.span, "needs an origin to allow", "every entry of this policy belongs to a profile", help);
        }
        let mut seen = HashSet::new();
        let mut words = Vec::new();
        for entry in entries.iter() {
            match word(entry) {
                Ok(word) if seen.insert(word.clone()) => words.push(word),
                Ok(_) => {}
                Err(Unsaid { reason, help }) => self.refuse(entry.span, "cannot say this origin", reason, help),
            }
        }
        words
    }

    /// The methods: `*` alone for any, and never none, so that nobody has to know what none would mean.
    /// What is not `known` is refused; where nothing is, the service takes them all.
    pub(super) fn methods(&mut self, policy: &Policy<'_>, known: &[&str]) -> Vec<String> {
        if policy.methods.any.is_some() {
            return vec!["*".to_owned()];
        }
        for name in policy.methods.names.iter().filter(|name| !known.is_empty() && !known.contains(&&*name.value)) {
            let reason = format!("it knows {} alone", known.join(", "));
            self.refuse(name.span, &format!("cannot say the method `{}`", name.value), &reason, "use one of these methods");
        }
        let names = names(&policy.methods);
        if names.is_empty() { SAFELISTED.map(str::to_owned).to_vec() } else { names }
    }

    /// The request headers. That `*` covers `Authorization` must be meant, because nearly every service lets it.
    pub(super) fn headers(&mut self, policy: &Policy<'_>, any: AnyHeader) -> Vec<String> {
        let Some(span) = policy.headers.any else { return names(&policy.headers) };
        let unsaid = match (any, policy.credentials.value) {
            _ if !policy.headers.names_header("authorization") => Some(Unsaid {
                reason: "to `*` it may answer with whatever was asked for, `Authorization` included, which this policy does not allow",
                help: "list the headers, or write `[\"*\", Authorization]` if that is meant",
            }),
            (AnyHeader::EchoedWithCredentials, false) => Some(Unsaid {
                reason: "without credentials it may answer `*`, which does not cover `Authorization`, or name what was asked for, which does",
                help: "list the headers",
            }),
            (AnyHeader::Literal, true) => {
                Some(Unsaid { reason: "it answers `*`, which means nothing to a request with credentials", help: "list the headers" })
            }
            _ => None,
        };
        if let Some(Unsaid { reason, help }) = unsaid {
            self.refuse(span, "cannot say \"any header\" as it is meant here", reason, help);
        }
        let beside = if any == AnyHeader::Literal { names(&policy.headers) } else { Vec::new() };
        std::iter::once("*".to_owned()).chain(beside).collect()
    }

    /// What no object of any service has a word for.
    pub(super) fn rest(&mut self, policy: &Policy<'_>) {
        if policy.private_network.value {
            let reason = "browsers put Private Network Access on hold, and no such object speaks of it";
            self.refuse(policy.private_network.span, "cannot answer for private networks", reason, "remove `allow_private_network`");
        }
        if !matches!(policy.preflight_status.value, 200 | 204) {
            let reason = "an answered preflight is 200 or 204, whichever the service prefers; to a browser they are the same";
            self.refuse(policy.preflight_status.span, "chooses the status of a preflight by itself", reason, "remove `preflight_status`");
        }
    }
}

/// The names of response headers; `*` alone where it is among them.
pub(super) fn exposed(policy: &Policy<'_>) -> Vec<String> {
    if policy.expose.any.is_some() { vec!["*".to_owned()] } else { names(&policy.expose) }
}

/// The names of a list, each once.
fn names(list: &List<'_>) -> Vec<String> {
    let mut seen = HashSet::new();
    list.names.iter().map(|name| &*name.value).filter(|name| seen.insert(*name)).map(str::to_owned).collect()
}

/// A value in double quotes, as JSON and YAML write it alike.
pub(super) fn quote(text: &str) -> Result<String, String> {
    serde_json::to_string(text).map_err(|error| error.to_string())
}

/// An entry that is an exact origin, or why it is none.
pub(super) fn exact<'e>(entry: &'e Entry<'_>) -> Result<&'e crate::Origin<'e>, Unsaid> {
    let help = "list the origins one by one";
    match entry.origin() {
        Some(origin) if origin.pattern().is_none() => Ok(origin),
        Some(_) => Err(Unsaid { reason: "it knows no wildcard that means what this one does", help }),
        None => Err(Unsaid { reason: "it knows no regex", help }),
    }
}
