//! A server's answer comes in; whether the browser is content with it goes out, with the reason if it is not.

use super::{
    Fetch, ServerResponse,
    reason::{Answer, Reason},
    script::Asked,
};
use crate::header::is_token;

/// <https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name>
const AUTHORIZATION: &str = "authorization";

/// What is to be said of a passed check, or the fault.
pub(super) type Check = Result<Vec<String>, Reason>;

/// The judgement of an answer to the request itself: <https://fetch.spec.whatwg.org/#concept-cors-check>. The status has no part in it.
pub(super) fn check_answer(fetch: &Fetch<'_>, response: &ServerResponse) -> Check {
    cors_check(fetch, response, Answer::ToRequest)?;
    Ok(vec!["The response allows the origin: the script may read it.".to_owned()])
}

/// The judgement of an answer to a preflight: <https://fetch.spec.whatwg.org/#cors-preflight-fetch-0>, from step 7 on.
pub(super) fn check_permission(fetch: &Fetch<'_>, asked: &Asked, response: &ServerResponse) -> Check {
    // A preflight is not redirected; Chromium sees that before it looks at any header.
    if is_redirect(response) {
        return Err(Reason::preflight_redirect());
    }
    cors_check(fetch, response, Answer::ToPreflight)?;
    if !(200..=299).contains(&response.status) {
        return Err(Reason::preflight_status());
    }
    let methods = list(response, "Access-Control-Allow-Methods").ok_or_else(Reason::unreadable_methods)?;
    let names = list(response, "Access-Control-Allow-Headers").ok_or_else(Reason::unreadable_headers)?;
    let mut texts = vec!["The server allows the origin.".to_owned()];
    texts.push(check_method(fetch, asked, &methods)?);
    texts.extend(check_headers(fetch, asked, &names)?);
    Ok(texts)
}

/// What to say of a `*` that does less than it seems to.
pub(super) fn wildcard_remarks(fetch: &Fetch<'_>, asked: &Asked, response: &ServerResponse) -> Vec<&'static str> {
    let has_wildcard = |name| list(response, name).unwrap_or_default().contains(&"*".to_owned());
    let for_headers = has_wildcard("Access-Control-Allow-Headers");
    if fetch.credentials && (for_headers || has_wildcard("Access-Control-Allow-Methods")) {
        vec!["With credentials `*` in the lists of methods and headers is a name like any other, and allows nothing."]
    } else if for_headers && asked.unsafe_headers.contains(AUTHORIZATION) {
        vec!["`*` does not cover `authorization`, by the standard; Chromium lets it pass."]
    } else {
        Vec::new()
    }
}

pub(super) fn is_redirect(response: &ServerResponse) -> bool {
    matches!(response.status, 301 | 302 | 303 | 307 | 308) && response.get("Location").is_some()
}

fn cors_check(fetch: &Fetch<'_>, response: &ServerResponse, answer: Answer) -> Result<(), Reason> {
    let Some(origin) = response.get("Access-Control-Allow-Origin") else {
        return Err(Reason::missing_allow_origin(answer));
    };
    if origin == "*" {
        return if fetch.credentials { Err(Reason::wildcard_origin(answer)) } else { Ok(()) };
    }
    if origin != fetch.origin {
        return Err(unequal(answer, &origin));
    }
    if !fetch.credentials {
        return Ok(());
    }
    match response.get("Access-Control-Allow-Credentials") {
        Some(value) if value == "true" => Ok(()),
        value => Err(Reason::no_credentials(answer, &value.unwrap_or_default())),
    }
}

/// The standard knows one failure here, Chromium's console four.
fn unequal(answer: Answer, value: &str) -> Reason {
    if value.contains([',', ' ']) {
        Reason::multiple_origins(answer, value)
    } else if value == "null" || is_url(value) {
        Reason::other_origin(answer, value)
    } else {
        Reason::invalid_origin(answer, value)
    }
}

fn is_url(value: &str) -> bool {
    let Some((scheme, rest)) = value.split_once(':') else {
        return false;
    };
    let in_scheme = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    let web = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.bytes().all(in_scheme) && !(web && rest.trim_start_matches('/').is_empty())
}

/// <https://fetch.spec.whatwg.org/#extract-header-list-values>: empty members are skipped, anything but tokens is a failure.
fn list(response: &ServerResponse, name: &str) -> Option<Vec<String>> {
    let value = response.get(name).unwrap_or_default();
    let members = value.split(',').map(|member| member.trim_matches([' ', '\t']));
    let members: Vec<String> = members.filter(|member| !member.is_empty()).map(str::to_owned).collect();
    members.iter().all(|member| is_token(member)).then_some(members)
}

/// Whether a list holds `*` with its meaning.
fn is_wildcard(fetch: &Fetch<'_>, list: &[String]) -> bool {
    !fetch.credentials && list.iter().any(|member| member == "*")
}

fn check_method(fetch: &Fetch<'_>, asked: &Asked, methods: &[String]) -> Result<String, Reason> {
    let method = &asked.method;
    if methods.contains(method) {
        Ok(format!("The server allows the method `{method}`."))
    } else if asked.method_is_safelisted() {
        Ok(format!("The method `{method}` needs no permission."))
    } else if is_wildcard(fetch, methods) {
        Ok(format!("The server allows any method, `{method}` among them."))
    } else {
        Err(Reason::method(method))
    }
}

fn check_headers(fetch: &Fetch<'_>, asked: &Asked, names: &[String]) -> Check {
    let wildcard = is_wildcard(fetch, names);
    let named = |name: &str| names.iter().any(|other| other.eq_ignore_ascii_case(name));
    let refused = |name: &&String| !named(name) && (!wildcard || *name == AUTHORIZATION);
    match asked.unsafe_headers.iter().find(refused) {
        None if asked.unsafe_headers.is_empty() => Ok(Vec::new()),
        None => Ok(vec!["The server allows all headers that need permission.".to_owned()]),
        Some(name) => Err(Reason::header(name)),
    }
}
