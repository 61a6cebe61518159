//! The method and the header names of a script come in; what the browser will ask for goes out, with its remarks.

use std::collections::BTreeSet;

use super::reason::Reason;
use crate::header::{self, is_token};

/// `range` is safelisted for the values that [`Fetch::headers`](super::Fetch::headers) means; of `content-type` it means the others.
const RANGE: &str = "range";
/// Client hints that Chromium sends without a preflight, though the standard has them on no list.
const CHROMIUM_HINTS: [&str; 8] = ["device-memory", "downlink", "dpr", "ect", "rtt", "save-data", "viewport-width", "width"];

/// What the browser will ask for.
pub(super) struct Asked {
    /// Normalised.
    pub(super) method: String,
    /// The names that need permission, in lower case, sorted.
    pub(super) unsafe_headers: BTreeSet<String>,
}

impl Asked {
    pub(super) fn new(method: &str, headers: &[&str], remarks: &mut Vec<String>) -> Result<Self, Reason> {
        let method = normalize(method, remarks)?;
        let mut unsafe_headers = BTreeSet::new();
        for name in headers {
            if !is_token(name) {
                return Err(Reason::type_error(format!("'{name}' is not a valid HTTP header field name.")));
            }
            let name = name.to_ascii_lowercase();
            if header::is_forbidden_request(&name) {
                remarks.push(format!("The browser drops the header `{name}`: scripts cannot set it."));
                continue;
            }
            if header::SAFELISTED_REQUEST.contains(&name.as_str()) || name == RANGE {
                continue;
            }
            remarks.extend(chromium_differs(&name));
            unsafe_headers.insert(name);
        }
        Ok(Self { method, unsafe_headers })
    }

    pub(super) fn method_is_safelisted(&self) -> bool {
        crate::method::SAFELISTED.contains(&self.method.as_str())
    }
}

fn normalize(method: &str, remarks: &mut Vec<String>) -> Result<String, Reason> {
    if !is_token(method) {
        return Err(Reason::type_error(format!("'{method}' is not a valid HTTP method.")));
    }
    let upper = method.to_ascii_uppercase();
    if crate::method::FORBIDDEN.contains(&upper.as_str()) {
        return Err(Reason::type_error(format!("'{method}' HTTP method is unsupported.")));
    }
    if !crate::method::NORMALIZED.contains(&upper.as_str()) {
        if upper == "PATCH" && method != upper {
            remarks.push(format!("The browser sends `{method}` as it is: it is not the method `PATCH`."));
        }
        return Ok(method.to_owned());
    }
    if upper != method {
        remarks.push(format!("The browser sends `{method}` as `{upper}`."));
    }
    Ok(upper)
}

fn chromium_differs(name: &str) -> Option<String> {
    if name == "user-agent" {
        return Some("Chromium drops the header `user-agent`; the standard sends it.".to_owned());
    }
    CHROMIUM_HINTS.contains(&name).then(|| format!("Chromium sends the client hint `{name}` without asking; the standard asks."))
}
