//! A `fetch` of a script comes in; whether a browser hands it the response goes out, read from the policy and the Fetch standard as they are
//! said, without a server in between.

use cors_gen::browser::Fetch;

use crate::file::Policy;
use crate::reading::{LONGEST_ECHO, Reading, is_token, names_authorization};

/// Header names that a script may set without asking.
pub(crate) const FREE: [&str; 4] = ["accept", "accept-language", "content-language", "range"];
/// Header names that a browser drops.
pub(crate) const DROPPED: [&str; 8] = ["cookie", "origin", "host", "dnt", "set-cookie", "access-control-request-method", "sec-fetch-mode", "proxy-x"];
/// Methods that a script may use without asking.
const FREE_METHODS: [&str; 3] = ["GET", "HEAD", "POST"];

/// What a fetch fails by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Denied {
    /// The browser sends nothing.
    Script,
    Origin,
    Credentials,
    Method,
    Header,
}

/// What becomes of a fetch.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fate {
    pub(crate) preflight: bool,
    /// Whether the request itself is sent.
    pub(crate) sent: bool,
    pub(crate) verdict: Result<(), Denied>,
}

/// What becomes of a fetch. Precondition: its origin is not empty, as none is that a browser sends.
pub(crate) fn fate(reading: &Reading<'_>, fetch: &Fetch<'_>) -> Fate {
    let method = normalized(fetch.method);
    if !is_token(&method) || ["CONNECT", "TRACE", "TRACK"].contains(&&*method.to_uppercase()) || !fetch.headers.iter().all(|name| is_token(name)) {
        return Fate { preflight: false, sent: false, verdict: Err(Denied::Script) };
    }
    let names: Vec<String> = fetch.headers.iter().map(|name| name.to_lowercase()).collect();
    let asking: Vec<&str> = names.iter().map(String::as_str).filter(|name| !FREE.contains(name) && !DROPPED.contains(name)).collect();
    let preflight = !FREE_METHODS.contains(&&*method) || !asking.is_empty();
    let reads = may_read(reading, fetch);
    let permission = reads.and_then(|policy| if preflight { may_ask(policy, &method, asking) } else { Ok(()) });
    Fate { preflight, sent: !preflight || permission.is_ok(), verdict: permission }
}

/// These six a browser writes in upper case.
fn normalized(method: &str) -> String {
    let upper = method.to_ascii_uppercase();
    if ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"].contains(&&*upper) { upper } else { method.to_owned() }
}

fn may_read<'p>(reading: &Reading<'p>, fetch: &Fetch<'_>) -> Result<&'p Policy, Denied> {
    let (path, _query) = fetch.path.split_once('?').unwrap_or((fetch.path, ""));
    match reading.policy(path.as_bytes()) {
        None => Err(Denied::Origin),
        Some(policy) if !reading.allows(policy, fetch.origin.as_bytes()) => Err(Denied::Origin),
        Some(policy) if fetch.credentials && !policy.credentials => Err(Denied::Credentials),
        Some(policy) => Ok(policy),
    }
}

/// Whether the method and these headers, in lower case, are permitted.
fn may_ask(policy: &Policy, method: &str, mut asking: Vec<&str>) -> Result<(), Denied> {
    let any = |words: &[String]| words.iter().any(|word| word == "*");
    let methods = policy.methods.as_deref().unwrap_or_default();
    if !FREE_METHODS.contains(&method) && !any(methods) && !methods.iter().any(|listed| listed == method) {
        return Err(Denied::Method);
    }
    asking.sort_unstable();
    asking.dedup();
    // What is echoed is echoed whole or not at all.
    let echoed = any(&policy.headers) && policy.credentials;
    let too_long = echoed && asking.join(",").len() > LONGEST_ECHO;
    let permitted = |name: &&str| {
        let named = policy.headers.iter().any(|listed| listed.eq_ignore_ascii_case(name));
        named || (any(&policy.headers) && (*name != "authorization" || names_authorization(&policy.headers)))
    };
    if too_long || !asking.iter().all(permitted) { Err(Denied::Header) } else { Ok(()) }
}
