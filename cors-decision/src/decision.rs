//! The decision: a request comes in, the answer of its policy goes out.

use crate::answer::{is_method, vary};
use crate::{Answer, Headers, Kind, List, MAX_ORIGIN_LEN, Origins, Policy, PolicySet, Refusal, echoes};

/// What the decision needs to know of a request.
#[derive(Debug, Clone, Copy)]
pub struct Request<'r> {
    /// The method, as received.
    pub method: &'r [u8],
    /// The path, as received, without the query.
    pub path: &'r [u8],
    /// The `Origin` header.
    pub origin: OriginHeader<'r>,
    /// The value of `Access-Control-Request-Method`; an empty value counts as none.
    pub request_method: Option<&'r [u8]>,
    /// The value of `Access-Control-Request-Headers`; of several lines, all, joined by commas.
    pub request_headers: Option<&'r [u8]>,
    /// The value of `Access-Control-Request-Private-Network`.
    pub request_private_network: Option<&'r [u8]>,
}

/// The `Origin` header of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OriginHeader<'r> {
    /// There is none, or an empty one, which no browser sends.
    Absent,
    /// Its value.
    One(&'r [u8]),
    /// More than one line: no browser sends that, and it names no origin.
    Several,
}

impl<'r> Request<'r> {
    /// A request that is no preflight.
    #[inline]
    pub fn new(method: &'r [u8], path: &'r [u8], origin: OriginHeader<'r>) -> Self {
        Self { method, path, origin, request_method: None, request_headers: None, request_private_network: None }
    }

    /// A preflight is `OPTIONS` with `Origin` and `Access-Control-Request-Method`
    /// ([Fetch, 3.3.2](https://fetch.spec.whatwg.org/#cors-preflight-request)). Anything else goes through, `OPTIONS` included.
    #[inline]
    pub fn is_preflight(&self) -> bool {
        self.method == b"OPTIONS" && self.has_origin() && self.request_method.is_some_and(|method| !method.is_empty())
    }

    #[inline]
    fn has_origin(&self) -> bool {
        !matches!(self.origin, OriginHeader::Absent | OriginHeader::One(b""))
    }
}

impl<'a> PolicySet<'a> {
    /// What to answer, or nothing where the path has no policy: then no header is touched and a preflight goes through.
    pub fn decide<'r>(&self, request: &Request<'r>) -> Option<Answer<'r>>
    where
        'a: 'r,
    {
        self.policy_for(request.path).map(|policy| policy.decide(request))
    }

    /// As [`decide`](Self::decide), with a say for the application: where the policy does not list the one origin of a request, `allow` is
    /// asked with the policy and the origin, and where it says yes the answer is that to a listed one.
    ///
    /// Security: the value is whatever the client sent. A predicate that looks for a part of it lets strangers in: compare it whole.
    /// A value longer than [`MAX_ORIGIN_LEN`](crate::MAX_ORIGIN_LEN) is no origin, and refused unasked.
    pub fn decide_or<'r>(&self, request: &Request<'r>, allow: impl FnOnce(&Policy<'_>, &[u8]) -> bool) -> Option<Answer<'r>>
    where
        'a: 'r,
    {
        self.policy_for(request.path).map(|policy| policy.decide_or(request, allow))
    }
}

impl<'a> Policy<'a> {
    /// What this policy answers, once the path has chosen it.
    pub fn decide<'r>(&'a self, request: &Request<'r>) -> Answer<'r>
    where
        'a: 'r,
    {
        self.answer(request, self.refusal(request))
    }

    /// As [`PolicySet::decide_or`], once the path has chosen this policy.
    #[inline(always)]
    pub fn decide_or<'r>(&'a self, request: &Request<'r>, allow: impl FnOnce(&Policy<'_>, &[u8]) -> bool) -> Answer<'r>
    where
        'a: 'r,
    {
        let refusal = self.refusal(request);
        let allowed = match (refusal, request.origin) {
            (Some(Refusal::OriginNotAllowed), OriginHeader::One(origin)) => origin.len() <= MAX_ORIGIN_LEN && allow(self, origin),
            _ => false,
        };
        self.answer(request, refusal.filter(|_| !allowed))
    }

    /// Always inlined, and so what it calls: most of the answer is left over once the caller is known to look at an actual request, or at a preflight.
    #[inline(always)]
    fn answer<'r>(&'a self, request: &Request<'r>, refusal: Option<Refusal>) -> Answer<'r>
    where
        'a: 'r,
    {
        let preflight = request.is_preflight();
        let mut headers = Headers { vary: vary(self, preflight), ..Headers::default() };
        let kind = match (preflight, refusal) {
            (true, None) => {
                self.answer_preflight(request, &mut headers);
                Kind::Preflight { status: self.preflight_status }
            }
            (true, Some(_)) => Kind::Preflight { status: 403 },
            (false, None) => {
                self.allow_origin(request, &mut headers);
                headers.expose_headers = self.expose_headers.map(str::as_bytes);
                Kind::Actual
            }
            (false, Some(_)) => Kind::Actual,
        };
        Answer { policy: self, kind, refusal, headers }
    }

    #[inline]
    fn refusal(&self, request: &Request<'_>) -> Option<Refusal> {
        match (&self.origins, request.origin) {
            (Origins::Any, _) => None,
            (_, OriginHeader::Absent | OriginHeader::One(b"")) => Some(Refusal::NoOrigin),
            (_, OriginHeader::Several) => Some(Refusal::SeveralOrigins),
            (origins, OriginHeader::One(origin)) => (!origins.allow(origin)).then_some(Refusal::OriginNotAllowed),
        }
    }

    #[inline]
    fn allow_origin<'r>(&self, request: &Request<'r>, headers: &mut Headers<'r>) {
        headers.allow_origin = match (&self.origins, request.origin) {
            (Origins::Any, _) => Some(b"*"),
            (_, OriginHeader::One(origin)) => Some(origin),
            _ => None,
        };
        headers.allow_credentials = self.allow_credentials;
    }

    #[inline]
    fn answer_preflight<'r>(&'a self, request: &Request<'r>, headers: &mut Headers<'r>)
    where
        'a: 'r,
    {
        self.allow_origin(request, headers);
        headers.allow_methods = list(self.allow_methods, request.request_method, |asked, authorization| is_method(asked) && echoes(asked, authorization));
        headers.allow_headers = list(self.allow_headers, request.request_headers, echoes);
        headers.max_age = self.max_age.map(str::as_bytes);
        headers.allow_private_network = self.allow_private_network && request.request_private_network == Some(b"true");
    }
}

/// `echoes` says of what was asked for, and of whether `Authorization` may be in there, whether it is echoed.
#[inline]
fn list<'r>(list: List<'r>, asked: Option<&'r [u8]>, echoes: impl FnOnce(&[u8], bool) -> bool) -> Option<&'r [u8]> {
    match list {
        List::Absent => None,
        List::Constant(value) => Some(value.as_bytes()),
        List::Echo { authorization } => asked.filter(|asked| echoes(asked, authorization)),
    }
}

#[cfg(test)]
mod tests {
    use core::cell::Cell;

    use super::*;
    use crate::{Keys, Paths};

    const LISTED: Policy<'_> = Policy {
        name: "api",
        origins: Origins::Listed { exact: Keys::new(b"https://app.example", b"\0\0\0\0\0\0\0\0\x13\0\0\0\0\0\0\0", b"", 0), patterns: None },
        allow_methods: List::Constant("PUT"),
        allow_headers: List::Absent,
        expose_headers: None,
        allow_credentials: true,
        max_age: None,
        allow_private_network: false,
        preflight_status: 204,
    };
    const EVERY_PATH: Paths<'_> = Paths { states: b"\0\0\0\0\0\0\0\0", policies: b"\0\0\0\0", ..Paths::EMPTY };
    const SET: PolicySet<'_> = PolicySet::new(EVERY_PATH, &[LISTED]);

    #[test]
    fn the_application_is_asked_only_where_the_policy_does_not_list_the_origin() {
        let check = |path: &[u8], origin, times, refusal| {
            for method in [&b"GET"[..], b"OPTIONS"] {
                let asked = Cell::new(0);
                let request = Request { request_method: Some(b"PUT"), ..Request::new(method, path, origin) };
                let answer = SET.decide_or(&request, |policy, origin| {
                    asked.set(asked.get() + 1);
                    policy.name == "api" && origin == b"https://customer.example"
                });
                assert_eq!((asked.get(), answer.map(|answer| answer.refusal)), (times, refusal), "{origin:?}");
            }
        };
        check(b"/api", OriginHeader::One(b"https://customer.example"), 1, Some(None));
        check(b"/api", OriginHeader::One(b"https://evil.example"), 1, Some(Some(Refusal::OriginNotAllowed)));
        check(b"/api", OriginHeader::One(b"https://app.example"), 0, Some(None));
        check(b"/api", OriginHeader::One(&[b'a'; MAX_ORIGIN_LEN + 1]), 0, Some(Some(Refusal::OriginNotAllowed)));
        check(b"/api", OriginHeader::One(b""), 0, Some(Some(Refusal::NoOrigin)));
        check(b"/api", OriginHeader::Absent, 0, Some(Some(Refusal::NoOrigin)));
        check(b"/api", OriginHeader::Several, 0, Some(Some(Refusal::SeveralOrigins)));
        let request = Request::new(b"GET", b"/api", OriginHeader::One(b"https://customer.example"));
        assert!(PolicySet::new(Paths::EMPTY, &[LISTED]).decide_or(&request, |_, _| true).is_none(), "no policy, nothing to ask about");
    }

    #[test]
    fn an_origin_that_the_application_allows_is_answered_as_a_listed_one() {
        let origin = b"https://customer.example";
        let request = Request { request_method: Some(b"PUT"), ..Request::new(b"OPTIONS", b"/api", OriginHeader::One(origin)) };
        let headers = SET.decide_or(&request, |_, _| true).map(|answer| answer.headers);
        let listed = PolicySet {
            policies: &[Policy {
                origins: Origins::Listed { exact: Keys::new(b"https://customer.example", b"\0\0\0\0\0\0\0\0\x18\0\0\0\0\0\0\0", b"", 0), patterns: None },
                ..LISTED
            }],
            ..SET
        };
        assert_eq!(headers, listed.decide(&request).map(|answer| answer.headers));
        assert!(headers.is_some_and(|headers| headers.allow_origin == Some(&origin[..]) && headers.allow_credentials));
    }
}
