//! A `fetch` of a script and a server come in; what the browser asks the server, and whether the script may read the answer, go out.
//!
//! A model of the Fetch standard: HTTP fetch, CORS-preflight fetch, CORS check (<https://fetch.spec.whatwg.org/#http-fetch>). Every
//! fetch is taken for cross-origin, in mode `cors`, without a preflight cache. Where Chromium is known to differ, a step says so, and the
//! verdict is the standard's.

mod check;
mod reason;
mod script;
#[cfg(test)]
mod tests;

use check::{Check, check_answer, check_permission};
pub use reason::Reason;
use script::Asked;

/// What a script asks for.
#[derive(Debug, Clone, Copy)]
pub struct Fetch<'a> {
    /// The script's origin, as the browser writes it; `null` for an opaque one.
    pub origin: &'a str,
    /// The method as the script writes it.
    pub method: &'a str,
    /// The path of the resource.
    pub path: &'a str,
    /// The names of the headers that the script sets. `content-type` means a value that is not safelisted;
    /// `accept`, `accept-language`, `content-language` and `range` mean values that are.
    pub headers: &'a [&'a str],
    /// Whether the credentials mode is `include`.
    pub credentials: bool,
}

/// What the browser sends, as far as CORS has a part in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerRequest {
    /// The method, `OPTIONS` for a preflight.
    pub method: String,
    /// The path.
    pub path: String,
    /// `Origin`, and for a preflight the `Access-Control-Request-*` headers. The script's own headers have no part in CORS.
    pub headers: Vec<(String, String)>,
}

/// What the server answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServerResponse {
    /// The status.
    pub status: u16,
    /// Every header line, in order.
    pub headers: Vec<(String, String)>,
}

/// Whether the script may read the response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It may.
    Allow,
    /// It may not, and sees a network error.
    Deny(Reason),
}

/// At which point a step was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// What the browser makes of the script's words.
    Script,
    /// Whether it asks for permission first.
    PreflightNeeded,
    /// The preflight and the answer to it.
    Preflight,
    /// Its judgement of that answer.
    PreflightCheck,
    /// The request itself and the answer to it.
    Response,
    /// Its judgement of that answer.
    ResponseCheck,
}

/// One step of the browser, in a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The sentence.
    pub text: String,
    /// The point.
    pub stage: Stage,
}

/// A request with the answer to it.
pub type Exchange = (ServerRequest, ServerResponse);

/// How a fetch went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The result.
    pub verdict: Verdict,
    /// The preflight, if one was sent.
    pub preflight: Option<Exchange>,
    /// The request itself, if it was sent. The server may have acted on it, even if the script may not read the response.
    pub response: Option<Exchange>,
    /// How the browser came to the result.
    pub steps: Vec<Step>,
}

impl ServerRequest {
    /// The value of a header, by its name in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let (_, value) = headers.find(|(other, _)| other.eq_ignore_ascii_case(name))?;
        Some(value)
    }
}

impl ServerResponse {
    /// All lines of a header as one value, by the standard's "get": joined by a comma and a blank.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<String> {
        let lines: Vec<&str> =
            self.headers.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim_matches(['\t', '\n', '\r', ' '])).collect();
        (!lines.is_empty()).then(|| lines.join(", "))
    }
}

/// Runs a fetch against a server.
pub fn fetch(fetch: &Fetch<'_>, server: &mut dyn FnMut(&ServerRequest) -> ServerResponse) -> Outcome {
    let mut run = Run { fetch, server, outcome: Outcome { verdict: Verdict::Allow, preflight: None, response: None, steps: Vec::new() } };
    if let Err(reason) = run.all() {
        run.outcome.verdict = Verdict::Deny(reason);
    }
    run.outcome
}

struct Run<'a> {
    fetch: &'a Fetch<'a>,
    server: &'a mut dyn FnMut(&ServerRequest) -> ServerResponse,
    outcome: Outcome,
}

impl Run<'_> {
    fn step(&mut self, stage: Stage, text: impl Into<String>) {
        let text = text.into();
        self.outcome.steps.push(Step { text, stage });
    }

    /// Notes the result of a check, whichever it is.
    fn judge(&mut self, stage: Stage, result: Check) -> Result<(), Reason> {
        match result {
            Ok(texts) => {
                texts.into_iter().for_each(|text| self.step(stage, text));
                Ok(())
            }
            Err(reason) => {
                self.step(stage, reason.message.clone());
                Err(reason)
            }
        }
    }

    fn all(&mut self) -> Result<(), Reason> {
        let mut remarks = Vec::new();
        let asked = Asked::new(self.fetch.method, self.fetch.headers, &mut remarks);
        remarks.into_iter().for_each(|text| self.step(Stage::Script, text));
        let asked = match asked {
            Ok(asked) => asked,
            Err(reason) => return self.judge(Stage::Script, Err(reason)),
        };
        if self.needs_preflight(&asked) {
            self.preflight(&asked)?;
        }
        self.request(&asked)
    }

    fn needs_preflight(&mut self, asked: &Asked) -> bool {
        let stage = Stage::PreflightNeeded;
        if !asked.method_is_safelisted() {
            self.step(stage, format!("The method `{}` needs a preflight.", asked.method));
        }
        for name in &asked.unsafe_headers {
            self.step(stage, format!("The header `{name}` needs a preflight."));
        }
        let needed = !asked.method_is_safelisted() || !asked.unsafe_headers.is_empty();
        if !needed {
            self.step(stage, "The method and all headers are safelisted: no preflight.");
        }
        needed
    }

    fn send(&mut self, stage: Stage, request: ServerRequest) -> Exchange {
        let response = (self.server)(&request);
        let headers: Vec<String> = request.headers.iter().map(|(name, value)| format!("`{name}: {value}`")).collect();
        self.step(
            stage,
            format!("The browser sends `{} {}` with {}; the server answers {}.", request.method, request.path, headers.join(", "), response.status),
        );
        (request, response)
    }

    fn preflight(&mut self, asked: &Asked) -> Result<(), Reason> {
        let mut headers = vec![("Origin".to_owned(), self.fetch.origin.to_owned()), ("Access-Control-Request-Method".to_owned(), asked.method.clone())];
        if !asked.unsafe_headers.is_empty() {
            let names: Vec<&str> = asked.unsafe_headers.iter().map(String::as_str).collect();
            headers.push(("Access-Control-Request-Headers".to_owned(), names.join(",")));
        }
        let request = ServerRequest { method: "OPTIONS".to_owned(), path: self.fetch.path.to_owned(), headers };
        let exchange = self.send(Stage::Preflight, request);
        let permission = check_permission(self.fetch, asked, &exchange.1);
        for remark in check::wildcard_remarks(self.fetch, asked, &exchange.1) {
            self.step(Stage::PreflightCheck, remark);
        }
        self.outcome.preflight = Some(exchange);
        self.judge(Stage::PreflightCheck, permission)
    }

    fn request(&mut self, asked: &Asked) -> Result<(), Reason> {
        let request = ServerRequest {
            method: asked.method.clone(),
            path: self.fetch.path.to_owned(),
            headers: vec![("Origin".to_owned(), self.fetch.origin.to_owned())],
        };
        let exchange = self.send(Stage::Response, request);
        let check = check_answer(self.fetch, &exchange.1);
        let redirected = check::is_redirect(&exchange.1);
        self.outcome.response = Some(exchange);
        self.judge(Stage::ResponseCheck, check)?;
        if redirected {
            self.step(Stage::ResponseCheck, "The browser follows the redirect, and the next server must allow the origin as well.");
        }
        Ok(())
    }
}
