//! The tests of a file: both forms come in, questions with expected verdicts go out.

use std::borrow::Cow;

use super::{Resolver, origins, words};
use crate::diagnostic::Diagnostic;
use crate::document::{self, Request, TestForm, Text};
use crate::header;
use crate::origin::{Origin, OriginError, shorten};
use crate::path;
use crate::policy::{Case, Test};
use crate::span::Spanned;

impl<'s> Resolver<'_, 's> {
    pub(super) fn test(&mut self, test: document::Test<'s>) -> Test<'s> {
        if let Some(profile) = &test.profile {
            // A test is no use of a profile: only an entry makes it mean something.
            self.profile(profile);
        }
        let cases = match test.form {
            TestForm::Short { paths, allow, deny } => self.short_cases(paths, &allow, &deny),
            TestForm::Exact { request, expect } => self.exact_case(request, &expect).into_iter().collect(),
        };
        Test { name: test.name, profile: test.profile.map(|profile| profile.value), cases }
    }

    fn short_cases(&mut self, paths: Vec<Spanned<Text<'s>>>, allow: &[Spanned<Text<'s>>], deny: &[Spanned<Text<'s>>]) -> Vec<Case<'s>> {
        let mut paths: Vec<Text<'s>> = paths.iter().filter_map(|path| self.request_path(path)).collect();
        if paths.is_empty() {
            paths.push(Cow::Borrowed("/"));
        }
        self.report.extend(allow.iter().chain(deny).filter_map(misspelt_origin));
        let origins = || allow.iter().map(|origin| (origin, true)).chain(deny.iter().map(|origin| (origin, false)));
        paths.iter().flat_map(|path| origins().map(|(origin, allow)| simple(origin.clone(), path.clone(), allow))).collect()
    }

    fn exact_case(&mut self, request: Request<'s>, expect: &Spanned<Text<'s>>) -> Option<Case<'s>> {
        let allow = match &*expect.value {
            "allow" => true,
            "deny" => false,
            other => {
                self.report.push(
                    Diagnostic::error("wrong-type", expect.span, format!("`{other}` is no verdict"))
                        .reason("a browser hands the response to the script, or it does not")
                        .help("write `allow` or `deny`"),
                );
                return None;
            }
        };
        let path = request.path.and_then(|path| self.request_path(&path)).unwrap_or(Cow::Borrowed("/"));
        if let Some(method) = request.method.as_ref().filter(|method| !header::is_token(&method.value)) {
            self.report
                .push(Diagnostic::error("invalid-method", method.span, format!("`{}` is no method", method.value)).help("write one method, such as `PUT`"));
        }
        for name in &request.headers {
            self.report.extend(words::invalid_header(name));
        }
        Some(Case {
            path,
            method: request.method.map_or(Cow::Borrowed("GET"), |method| method.value),
            headers: request.headers.into_iter().map(|name| name.value).collect(),
            credentials: request.credentials,
            ..simple(request.origin, Cow::Borrowed("/"), allow)
        })
    }

    fn request_path(&mut self, path: &Spanned<Text<'_>>) -> Option<Text<'s>> {
        let sent = path::requested(&path.value).map_err(|fault| self.report.push(words::explain_path(&fault, path.span)));
        sent.ok().map(Cow::Owned)
    }
}

/// A slip in an origin of the short form: a wildcard, or a spelling of an origin that no browser sends, which any policy denies. What is the
/// spelling of none is hostile on purpose.
fn misspelt_origin(origin: &Spanned<Text<'_>>) -> Option<Diagnostic> {
    let text = &*origin.value;
    if text.contains('*') {
        let example = text.replace(":*", "").replace('*', "a");
        let example = Origin::parse(&example.into()).map_or("https://app.example.com".to_owned(), |origin| origin.as_str().to_owned());
        let message = format!("`{}` is no origin but a wildcard", shorten(text));
        let diagnostic = Diagnostic::error("origin-invalid-wildcard", origin.span, message);
        return Some(diagnostic.reason("a test asks as a browser does, and a browser sends one origin").help(format!("write one origin, such as `{example}`")));
    }
    let is_slip = |fault: &OriginError| fault.better.is_some() || matches!(fault.code, "origin-missing-scheme" | "origin-several");
    let fault = Origin::parse(&origin.value).err().filter(is_slip)?;
    let reason = format!("{}; a test of a value that no browser sends is written as a `request`", fault.reason);
    Some(origins::explain(fault, origin).reason(reason))
}

/// GET without credentials.
fn simple<'s>(origin: Spanned<Text<'s>>, path: Text<'s>, allow: bool) -> Case<'s> {
    Case { origin, path, method: Cow::Borrowed("GET"), headers: Vec::new(), credentials: false, allow }
}
