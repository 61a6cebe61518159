//! Methods: a word of `allow_methods` comes in, a method that a browser may send goes out, or the mistake in it.

/// What is wrong with a method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MethodError {
    /// It is no token.
    Invalid,
    /// No script may send it.
    Forbidden,
    /// A browser sends it in upper case, whatever the script wrote.
    Unnormalized,
}

/// Methods that a browser sends without asking ([Fetch, CORS-safelisted method](https://fetch.spec.whatwg.org/#cors-safelisted-method)).
pub(crate) const SAFELISTED: [&str; 3] = ["GET", "HEAD", "POST"];

/// Methods that no script may send ([Fetch, forbidden method](https://fetch.spec.whatwg.org/#forbidden-method)).
pub(crate) const FORBIDDEN: [&str; 3] = ["CONNECT", "TRACE", "TRACK"];

/// Methods that a browser sends in upper case ([Fetch, normalize](https://fetch.spec.whatwg.org/#concept-method-normalize)).
pub(crate) const NORMALIZED: [&str; 6] = ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"];

pub(crate) fn check(method: &str) -> Result<(), MethodError> {
    let among = |list: &[&str]| list.iter().any(|known| known.eq_ignore_ascii_case(method));
    if !crate::header::is_token(method) {
        Err(MethodError::Invalid)
    } else if among(&FORBIDDEN) {
        Err(MethodError::Forbidden)
    } else if among(&NORMALIZED) && method.bytes().any(|byte| byte.is_ascii_lowercase()) {
        Err(MethodError::Unnormalized)
    } else {
        Ok(())
    }
}
