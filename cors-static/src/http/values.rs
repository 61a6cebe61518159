//! A policy comes in; the values of its headers, ready to be put into a response, go out.

use ::http::HeaderValue;
use cors_decision::{List, OriginHeader, Policy, Request};

/// `true`, the only value of the two headers that are flags.
pub(super) const TRUE: HeaderValue = HeaderValue::from_static("true");
/// On what a response to a request that is no preflight varies, if on anything.
pub(super) const ORIGIN: HeaderValue = HeaderValue::from_static("Origin");
/// Every origin.
pub(super) static ANY: HeaderValue = HeaderValue::from_static("*");

/// The values that are the same for every request. What an answer says goes: these only spare it a copy.
#[derive(Debug, Clone)]
pub(crate) struct Values {
    pub(super) methods: Option<HeaderValue>,
    pub(super) headers: Option<HeaderValue>,
    pub(super) max_age: Option<HeaderValue>,
    pub(super) expose: Option<HeaderValue>,
    pub(super) preflight_vary: Option<HeaderValue>,
}

impl Values {
    /// Nothing is copied.
    pub(crate) fn of_static(policy: &'static Policy<'static>) -> Self {
        Self::new(policy, |value| value.bytes().all(is_visible).then(|| HeaderValue::from_static(value)))
    }

    /// Copied once, shared from then on.
    #[cfg(feature = "swap")]
    pub(crate) fn of(policy: &Policy<'_>) -> Self {
        Self::new(policy, |text| {
            let value = HeaderValue::from_str(text).ok()?;
            // A value makes room for counting its owners when it is first shared: here, and in no request.
            drop(value.clone());
            Some(value)
        })
    }

    fn new<'a>(policy: &'a Policy<'a>, value: impl Fn(&'a str) -> Option<HeaderValue>) -> Self {
        let constant = |list: &List<'a>| match *list {
            List::Constant(text) => value(text),
            List::Absent | List::Echo { .. } => None,
        };
        let preflight = Request { method: b"OPTIONS", request_method: Some(b"GET"), ..Request::new(b"OPTIONS", b"/", OriginHeader::One(b"null")) };
        Self {
            methods: constant(&policy.allow_methods),
            headers: constant(&policy.allow_headers),
            max_age: policy.max_age.and_then(&value),
            expose: policy.expose_headers.and_then(&value),
            preflight_vary: policy.decide(&preflight).headers.vary.map(HeaderValue::from_static),
        }
    }
}

/// What [`HeaderValue::from_static`] takes without a panic.
fn is_visible(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t')
}

/// These bytes as a value: one that is at hand and says the same, or a copy. `None` where no header can hold them.
#[inline]
pub(super) fn value<const N: usize>(bytes: &[u8], at_hand: [Option<&HeaderValue>; N]) -> Option<HeaderValue> {
    // Nearly always it is the very same text.
    match at_hand.into_iter().flatten().find(|value| core::ptr::eq(value.as_bytes(), bytes)) {
        Some(value) => Some(value.clone()),
        None => equal_value(bytes, at_hand),
    }
}

#[inline(never)]
fn equal_value<const N: usize>(bytes: &[u8], at_hand: [Option<&HeaderValue>; N]) -> Option<HeaderValue> {
    match at_hand.into_iter().flatten().find(|value| value.as_bytes() == bytes) {
        Some(value) => Some(value.clone()),
        None => HeaderValue::from_bytes(bytes).ok(),
    }
}
