//! Any policy and a server that enforces it come in: the server is asked what the policy's own words suggest, and must answer as the decision does.
//!
//! The table of [`requests`](crate::requests) is written out by hand, for one policy. The sweep is for every other one: what is asked is derived from
//! the policy by [`suggest`], hostile relatives of each origin and path included, and what must come back is asked of the decision.

use std::collections::HashMap;
use std::net::SocketAddr;

use cors_decision::{Kind, OriginHeader};
use cors_gen::browser::{Fetch, Verdict};
use cors_gen::policy::PolicySet;
use cors_gen::{Options, Source, Storage, compile, evaluate};

use crate::application::Application;
use crate::browser;
use crate::http::{Request, Response, send};
use crate::judge::{Wanted, check_headers};
use crate::suggest;

/// A server that is swept.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// Its name, for the message of a failure.
    pub name: &'a str,
    /// Where it listens.
    pub addr: SocketAddr,
    /// Whether of several `Origin` lines the first may count, as in nginx before 1.23. Nobody is let in who would not be let in alone.
    pub first_origin_may_count: bool,
}

/// How often each kind of answer was due: a sweep that meets one kind only proves little.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Requests of allowed origins.
    pub granted: usize,
    /// Requests of refused origins, and those without one.
    pub refused: usize,
    /// Preflights that are answered with the policy's status.
    pub preflights: usize,
    /// Preflights that are answered 403.
    pub refused_preflights: usize,
    /// Requests that no policy is for.
    pub untouched: usize,
    /// Fetches that a browser lets a script read.
    pub readable: usize,
    /// Fetches that it does not.
    pub unreadable: usize,
}

/// Sweeps an application that enforces a policy file, in one of its profiles. `routes` are paths that it serves, beside those of the file's tests.
///
/// # Panics
/// The application does not start, or answers otherwise than its policy says.
pub fn sweep_application(name: &str, path: &str, arguments: &[&str], (policy, profile): (&str, Option<&str>), routes: &[&str]) -> Tally {
    let source = Source::new("cors.yaml", policy);
    let compilation = compile(&source, &Options { profile: profile.map(str::to_owned), ..Options::default() });
    let set = compilation.sound().unwrap_or_else(|| panic!("{name}: {:#?}", compilation.diagnostics));
    let application = Application::start(path, arguments).unwrap_or_else(|error| panic!("{error}"));
    sweep(&Subject { name, addr: application.addr(), first_origin_may_count: false }, set, routes)
}

/// Sweeps a server: every header of every answer, and then the verdict of a browser on every fetch.
///
/// # Panics
/// The server answers otherwise than its policy says.
pub fn sweep(subject: &Subject<'_>, set: &PolicySet<'_>, routes: &[&str]) -> Tally {
    let storage = Storage::new(set);
    let policies = storage.policies();
    let decision = storage.set(&policies);
    let mut tally = Tally::default();
    let mut plain = HashMap::new();
    for request in suggest::requests(set, routes) {
        let response = ask(subject, &request);
        let status = *plain.entry((request.method.clone(), request.target.clone())).or_insert_with(|| ask(subject, &bare(&request)).status);
        let due = due(&decision, &request);
        if let Err(fault) = check(due.as_ref(), status, &response) {
            let is_tolerated = subject.first_origin_may_count && check(due_to_first(&decision, &request).as_ref(), status, &response).is_ok();
            assert!(is_tolerated, "{}: {fault}\n{request:#?}\n{response:#?}", subject.name);
        }
        *tally.of(due.as_ref()) += 1;
    }
    for fetch in &suggest::fetches(set, routes) {
        let fetch = Fetch { origin: &fetch.origin, method: &fetch.method, path: &fetch.path, headers: &fetch.headers(), credentials: fetch.credentials };
        let decided = evaluate::fetch(&decision, &fetch).verdict;
        assert_eq!(browser::verdict(subject.addr, &fetch), decided, "{}: {fetch:?}", subject.name);
        *(if decided == Verdict::Allow { &mut tally.readable } else { &mut tally.unreadable }) += 1;
    }
    tally
}

impl Tally {
    fn of(&mut self, due: Option<&Due>) -> &mut usize {
        match due {
            None => &mut self.untouched,
            Some(Due { is_allowed: true, wanted: Wanted { status: None, .. } }) => &mut self.granted,
            Some(Due { is_allowed: false, wanted: Wanted { status: None, .. } }) => &mut self.refused,
            Some(Due { is_allowed: true, .. }) => &mut self.preflights,
            Some(Due { is_allowed: false, .. }) => &mut self.refused_preflights,
        }
    }

    /// # Panics
    /// Some kind of answer was never due.
    pub fn assert_all_kinds(&self) {
        let Self { granted, refused, preflights, refused_preflights, untouched, readable, unreadable } = *self;
        let least = [granted, refused, preflights, refused_preflights, untouched, readable, unreadable].into_iter().min();
        assert!(least >= Some(10), "{self:?}: a kind of answer is hardly met");
    }
}

fn ask(subject: &Subject<'_>, request: &Request) -> Response {
    send(subject.addr, request).unwrap_or_else(|error| panic!("{}: {request:?}: {error}", subject.name))
}

/// The same request from nobody's script: CORS changes no status but that of a preflight.
fn bare(request: &Request) -> Request {
    Request::new(&request.method, &request.target)
}

/// What the decision says to a request under a policy.
#[derive(Clone, Debug)]
pub struct Due {
    /// Whether the origin is allowed.
    pub is_allowed: bool,
    /// The status, where the server itself answers, and the headers.
    pub wanted: Wanted,
}

fn lines<'r>(request: &'r Request, name: &str) -> impl Iterator<Item = &'r [u8]> {
    request.headers.iter().filter(move |(header, _)| header.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_slice())
}

fn origin(request: &Request) -> OriginHeader<'_> {
    let mut lines = lines(request, "Origin");
    match (lines.next(), lines.next()) {
        (None, _) => OriginHeader::Absent,
        (Some(origin), None) => OriginHeader::One(origin),
        (Some(_), Some(_)) => OriginHeader::Several,
    }
}

/// What is due to a request; nothing where no policy is for its path.
#[must_use]
pub fn due(decision: &cors_decision::PolicySet<'_>, request: &Request) -> Option<Due> {
    due_to(decision, request, origin(request))
}

fn due_to_first(decision: &cors_decision::PolicySet<'_>, request: &Request) -> Option<Due> {
    let first = lines(request, "Origin").next().map_or(OriginHeader::Absent, OriginHeader::One);
    due_to(decision, request, first)
}

fn due_to(decision: &cors_decision::PolicySet<'_>, request: &Request, origin: OriginHeader<'_>) -> Option<Due> {
    let value = |name| lines(request, name).next();
    let asked = cors_decision::Request {
        request_method: value("Access-Control-Request-Method"),
        request_headers: value("Access-Control-Request-Headers"),
        request_private_network: value("Access-Control-Request-Private-Network"),
        ..cors_decision::Request::new(request.method.as_bytes(), request.target.split('?').next().unwrap_or_default().as_bytes(), origin)
    };
    let answer = decision.decide(&asked)?;
    let status = match answer.kind {
        Kind::Actual => None,
        Kind::Preflight { status } => Some(status),
    };
    let headers = answer.headers.iter().map(|(name, value)| (name, String::from_utf8_lossy(value).into_owned())).collect();
    Some(Due { is_allowed: answer.refusal.is_none(), wanted: Wanted { status, headers } })
}

/// Holds a response against what is due. `plain` is the status of the service behind the policies.
///
/// # Errors
/// The first thing that is another: the status, the body of a preflight's answer, a header.
pub fn check(due: Option<&Due>, plain: u16, response: &Response) -> Result<(), String> {
    let untouched = Wanted { status: None, headers: Vec::new() };
    let wanted = due.map_or(&untouched, |due| &due.wanted);
    let status = wanted.status.unwrap_or(plain);
    if response.status != status {
        return Err(format!("the status is {} and not {status}", response.status));
    }
    if wanted.status.is_some_and(|status| status != 403) && !response.body.is_empty() {
        return Err("a preflight's answer has a body".to_owned());
    }
    check_headers(wanted, None, response)
}
