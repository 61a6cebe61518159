//! Entries come in; the insecure and the loopback origins that they allow go out.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::memo::Memo;
use crate::host;
use crate::origin::Origin;
use crate::policy::{Entry, Matcher, Policy};
use crate::regex::{Regex, origins_of, shortest};
use crate::span::Span;

static HTTP: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(origins_of!("http")).ok());
static LOOPBACK: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"https?://(?:(?:[a-z0-9_-]+\.)*localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])(?::[1-9][0-9]{0,4})?").ok());

/// The `http:` origin, loopback aside, that an entry allows: the entry itself, or an example of what its regex matches.
pub(super) fn insecure<'e>(entry: &'e Entry<'_>, memo: &'e mut Memo<Option<String>>) -> Option<&'e str> {
    match &entry.matcher {
        Matcher::Origin(origin) => is_insecure(origin).then(|| origin.as_str()),
        Matcher::Regex(regex) => memo.get(regex, insecure_example).as_deref(),
    }
}

fn is_insecure(origin: &Origin<'_>) -> bool {
    origin.as_str().starts_with("http://") && !host::is_loopback(origin.host())
}

fn insecure_example(regex: &Regex) -> Option<String> {
    let (http, loopback) = (HTTP.as_ref()?.table(), LOOPBACK.as_ref()?.table());
    shortest([regex.table(), http, loopback], |[pattern, http, loopback]| pattern && http && !loopback).ok()?
}

/// The https form of an insecure origin, to be written in its place.
pub(super) fn secured(origin: &str) -> String {
    let https = origin.replacen("http:", "https:", 1);
    https.strip_suffix(":443").map_or(https.clone(), str::to_owned)
}

/// Whether an origin is one of the user's own machine, over http or https.
pub(super) fn is_loopback(origin: &Origin<'_>) -> bool {
    let web = || origin.as_str().starts_with("http://") || origin.as_str().starts_with("https://");
    host::is_loopback(origin.host()) && web()
}

/// A loopback origin that a regex matches.
pub(super) fn loopback_example(regex: &Regex) -> Option<String> {
    let loopback = LOOPBACK.as_ref()?.table();
    shortest([regex.table(), loopback, loopback], |[pattern, loopback, _]| pattern && loopback).ok()?
}

/// The insecure entries of a policy that stand with the https form of the same host and port, by what follows the scheme; each with the place
/// of that form.
pub(super) fn twins<'p>(policy: &'p Policy<'_>) -> HashMap<&'p str, Span> {
    let origins = || policy.origins.entries().iter().filter_map(|entry| Some((entry.origin()?, entry.span)));
    let http: HashSet<&str> = origins().filter(|(origin, _)| is_insecure(origin)).filter_map(|(origin, _)| origin.as_str().strip_prefix("http://")).collect();
    if http.is_empty() {
        return HashMap::new();
    }
    origins().filter_map(|(origin, span)| Some((origin.as_str().strip_prefix("https://")?, span))).filter(|(rest, _)| http.contains(rest)).collect()
}
