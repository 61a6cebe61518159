//! The decision: a request comes in, the answer of its policy goes out.

use crate::{Answer, Headers, Kind, List, Origins, Policy, PolicySet, Refusal, answer::vary, echoes};

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
    /// The value of `Access-Control-Request-Headers`.
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
    pub fn new(method: &'r [u8], path: &'r [u8], origin: OriginHeader<'r>) -> Self {
        Self { method, path, origin, request_method: None, request_headers: None, request_private_network: None }
    }

    /// A preflight is `OPTIONS` with `Origin` and `Access-Control-Request-Method`
    /// ([Fetch, 3.3.2](https://fetch.spec.whatwg.org/#cors-preflight-request)). Anything else goes through, `OPTIONS` included.
    pub fn is_preflight(&self) -> bool {
        self.method == b"OPTIONS" && self.has_origin() && self.request_method.is_some_and(|method| !method.is_empty())
    }

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
}

impl<'a> Policy<'a> {
    /// What this policy answers, once the path has chosen it.
    pub fn decide<'r>(&'a self, request: &Request<'r>) -> Answer<'r>
    where
        'a: 'r,
    {
        let preflight = request.is_preflight();
        let refusal = self.refusal(request);
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

    fn refusal(&self, request: &Request<'_>) -> Option<Refusal> {
        match (&self.origins, request.origin) {
            (Origins::Any, _) => None,
            (_, OriginHeader::Absent | OriginHeader::One(b"")) => Some(Refusal::NoOrigin),
            (_, OriginHeader::Several) => Some(Refusal::SeveralOrigins),
            (origins, OriginHeader::One(origin)) => (!origins.allow(origin)).then_some(Refusal::OriginNotAllowed),
        }
    }

    fn allow_origin<'r>(&self, request: &Request<'r>, headers: &mut Headers<'r>) {
        headers.allow_origin = match (&self.origins, request.origin) {
            (Origins::Any, _) => Some(b"*"),
            (_, OriginHeader::One(origin)) => Some(origin),
            _ => None,
        };
        headers.allow_credentials = self.allow_credentials;
    }

    fn answer_preflight<'r>(&'a self, request: &Request<'r>, headers: &mut Headers<'r>)
    where
        'a: 'r,
    {
        self.allow_origin(request, headers);
        headers.allow_methods = list(self.allow_methods, request.request_method);
        headers.allow_headers = list(self.allow_headers, request.request_headers);
        headers.max_age = self.max_age.map(str::as_bytes);
        headers.allow_private_network = self.allow_private_network && request.request_private_network == Some(b"true");
    }
}

fn list<'r>(list: List<'r>, asked: Option<&'r [u8]>) -> Option<&'r [u8]> {
    match list {
        List::Absent => None,
        List::Constant(value) => Some(value.as_bytes()),
        List::Echo { authorization } => asked.filter(|asked| echoes(asked, authorization)),
    }
}
