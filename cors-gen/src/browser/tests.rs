//! Fetches against servers of a few headers come in; the verdicts, names and requests of real browsers are expected.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::{Fetch, Outcome, ServerRequest, ServerResponse, Stage, Verdict, fetch};

const ORIGIN: &str = "https://app.example.org";
const ACAO: (&str, &str) = ("Access-Control-Allow-Origin", ORIGIN);
const ANY: (&str, &str) = ("access-control-allow-origin", "*");
const ACAC: (&str, &str) = ("Access-Control-Allow-Credentials", "true");

const GET: Fetch<'_> = Fetch { origin: ORIGIN, method: "GET", path: "/api", headers: &[], credentials: false };
const PUT: Fetch<'_> = Fetch { method: "PUT", ..GET };

fn response(status: u16, headers: &[(&str, &str)]) -> ServerResponse {
    let headers = headers.iter().map(|&(name, value)| (name.to_owned(), value.to_owned()));
    ServerResponse { status, headers: headers.collect() }
}

/// Answers preflights and requests with the same headers.
fn run(asked: Fetch<'_>, status: u16, headers: &[(&str, &str)]) -> Outcome {
    fetch(&asked, &mut |_| response(status, headers))
}

fn allow_methods(value: &str) -> (&str, &str) {
    ("Access-Control-Allow-Methods", value)
}

fn allow_headers(value: &str) -> (&str, &str) {
    ("Access-Control-Allow-Headers", value)
}

#[track_caller]
fn check(outcome: &Outcome, expected: &str) {
    let name = match &outcome.verdict {
        Verdict::Allow => "allow",
        Verdict::Deny(reason) => reason.chromium,
    };
    assert_eq!(name, expected, "{outcome:#?}");
}

fn credentials(asked: Fetch<'_>) -> Fetch<'_> {
    Fetch { credentials: true, ..asked }
}

fn with<'a>(headers: &'a [&'a str]) -> Fetch<'a> {
    Fetch { headers, ..GET }
}

#[test]
fn the_origin_is_compared_byte_for_byte() {
    for (value, expected) in [
        (ORIGIN, "allow"),
        ("*", "allow"),
        (" https://app.example.org\t", "allow"),
        ("https://app.example.org/", "AllowOriginMismatch"),
        ("https://APP.example.org", "AllowOriginMismatch"),
        ("https://app.example.org:443", "AllowOriginMismatch"),
        ("https://*.example.org", "AllowOriginMismatch"),
        ("null", "AllowOriginMismatch"),
        ("app.example.org", "InvalidAllowOriginValue"),
        ("https://", "InvalidAllowOriginValue"),
        ("", "InvalidAllowOriginValue"),
        ("https://app.example.org, https://app.example.org", "MultipleAllowOriginValues"),
        ("https://app.example.org https://b.example.org", "MultipleAllowOriginValues"),
        ("*, *", "MultipleAllowOriginValues"),
    ] {
        let headers = [("Access-Control-Allow-Origin", value)];
        check(&run(GET, 200, &headers), expected);
    }
    check(&run(GET, 200, &[]), "MissingAllowOriginHeader");
    check(&run(GET, 200, &[ACAO, ACAO]), "MultipleAllowOriginValues");
}

#[test]
fn an_opaque_origin_is_the_word_null() {
    let opaque = Fetch { origin: "null", ..GET };
    check(&run(opaque, 200, &[("Access-Control-Allow-Origin", "null")]), "allow");
    check(&run(opaque, 200, &[ANY]), "allow");
    check(&run(opaque, 200, &[ACAO]), "AllowOriginMismatch");
}

#[test]
fn credentials_need_the_origin_and_the_exact_word_true() {
    let include = credentials(GET);
    check(&run(include, 200, &[ACAO, ACAC]), "allow");
    check(&run(include, 200, &[ANY, ACAC]), "WildcardOriginNotAllowed");
    check(&run(include, 200, &[ACAO]), "InvalidAllowCredentials");
    for value in ["True", "TRUE", "", "1", "true, true"] {
        let headers = [ACAO, ("Access-Control-Allow-Credentials", value)];
        check(&run(include, 200, &headers), "InvalidAllowCredentials");
    }
    check(&run(GET, 200, &[ANY, ACAC]), "allow");
}

#[test]
fn the_status_of_the_response_has_no_part_in_it() {
    for status in [200, 204, 401, 404, 500, 503] {
        check(&run(GET, status, &[ACAO]), "allow");
        check(&run(GET, status, &[]), "MissingAllowOriginHeader");
    }
    let redirect = run(GET, 302, &[ACAO, ("Location", "/b")]);
    check(&redirect, "allow");
    assert!(redirect.steps.last().unwrap().text.contains("redirect"));
}

#[test]
fn an_answer_to_a_preflight_has_names_of_its_own() {
    let include = credentials(PUT);
    let put = allow_methods("PUT");
    let invalid = ("Access-Control-Allow-Origin", "app.example.org");
    let other = ("Access-Control-Allow-Origin", "https://b.example.org");
    for (asked, status, headers, expected) in [
        (PUT, 204, vec![ACAO, put], "allow"),
        (PUT, 200, vec![ACAO, put], "allow"),
        (PUT, 299, vec![ACAO, put], "allow"),
        (PUT, 403, vec![], "PreflightMissingAllowOriginHeader"),
        (PUT, 404, vec![], "PreflightMissingAllowOriginHeader"),
        (PUT, 403, vec![ACAO, put], "PreflightInvalidStatus"),
        (PUT, 304, vec![ACAO, put], "PreflightInvalidStatus"),
        (PUT, 302, vec![ACAO, put], "PreflightInvalidStatus"),
        (PUT, 302, vec![ACAO, put, ("Location", "/")], "PreflightDisallowedRedirect"),
        (PUT, 204, vec![invalid, put], "PreflightInvalidAllowOriginValue"),
        (PUT, 204, vec![other, put], "PreflightAllowOriginMismatch"),
        (PUT, 204, vec![ACAO, other, put], "PreflightMultipleAllowOriginValues"),
        (include, 204, vec![ANY, put, ACAC], "PreflightWildcardOriginNotAllowed"),
        (include, 204, vec![ACAO, put], "PreflightInvalidAllowCredentials"),
        (include, 404, vec![ACAO, put], "PreflightInvalidAllowCredentials"),
        (include, 204, vec![ACAO, put, ACAC], "allow"),
        (PUT, 204, vec![ACAO], "MethodDisallowedByPreflightResponse"),
        (PUT, 204, vec![ACAO, allow_methods("PUT POST")], "InvalidAllowMethodsPreflightResponse"),
        (PUT, 204, vec![ACAO, put, allow_headers("a b")], "InvalidAllowHeadersPreflightResponse"),
    ] {
        let outcome = run(asked, status, &headers);
        check(&outcome, expected);
        assert!(outcome.preflight.is_some());
        assert_eq!(outcome.response.is_some(), expected == "allow", "{expected}");
    }
}

#[test]
fn methods_are_case_sensitive() {
    for (method, list, expected) in [
        ("PUT", "PUT", "allow"),
        ("put", "PUT", "allow"),
        ("delete", "GET,,DELETE ,\t", "allow"),
        ("PUT", "put", "MethodDisallowedByPreflightResponse"),
        ("patch", "PATCH", "MethodDisallowedByPreflightResponse"),
        ("patch", "patch", "allow"),
        ("purge", "PURGE", "MethodDisallowedByPreflightResponse"),
        ("FOO", "*", "allow"),
        ("OPTIONS", "OPTIONS", "allow"),
        ("OPTIONS", "GET", "MethodDisallowedByPreflightResponse"),
        ("GET", "nothing at all", "allow"),
        ("head", "nothing at all", "allow"),
        ("post", "nothing at all", "allow"),
        ("TRACE", "*", "TypeError"),
        ("connect", "*", "TypeError"),
        ("Track", "*", "TypeError"),
        ("A B", "*", "TypeError"),
        ("", "*", "TypeError"),
    ] {
        let asked = Fetch { method, ..GET };
        check(&run(asked, 200, &[ACAO, allow_methods(list)]), expected);
    }
}

#[test]
fn a_safelisted_method_needs_no_listing_even_where_a_header_causes_the_preflight() {
    for method in ["GET", "HEAD", "POST"] {
        let asked = Fetch { method, ..with(&["X-A"]) };
        let headers = [ACAO, allow_methods("PUT"), allow_headers("x-a")];
        check(&run(asked, 204, &headers), "allow");
    }
}

#[test]
fn header_names_are_compared_in_any_case() {
    let asked = with(&["X-A", "Content-Type"]);
    for (list, expected) in [
        ("x-a,content-type", "allow"),
        ("X-A , CONTENT-TYPE,", "allow"),
        ("*", "allow"),
        ("x-a", "HeaderDisallowedByPreflightResponse"),
        ("", "HeaderDisallowedByPreflightResponse"),
    ] {
        check(&run(asked, 204, &[ACAO, allow_headers(list)]), expected);
    }
    let lines = [ACAO, allow_headers("x-a"), allow_headers("content-type")];
    check(&run(asked, 204, &lines), "allow");
}

#[test]
fn the_first_missing_header_is_named_in_lower_case() {
    let outcome = run(with(&["X-Z", "X-B", "X-A"]), 204, &[ACAO, allow_headers("X-A")]);
    let Verdict::Deny(reason) = outcome.verdict else {
        panic!("{outcome:?}");
    };
    assert_eq!(reason.message, "Request header field x-b is not allowed by Access-Control-Allow-Headers in preflight response.");
}

#[test]
fn a_wildcard_covers_neither_authorization_nor_anything_with_credentials() {
    let token = with(&["Authorization"]);
    let refused = run(token, 204, &[ANY, allow_headers("*")]);
    check(&refused, "HeaderDisallowedByPreflightResponse");
    assert!(refused.steps.iter().any(|step| step.text.contains("Chromium lets it pass")));
    check(&run(token, 204, &[ANY, allow_headers("*, authorization")]), "allow");

    let include = credentials(with(&["x-a"]));
    let refused = run(include, 204, &[ACAO, ACAC, allow_headers("*")]);
    check(&refused, "HeaderDisallowedByPreflightResponse");
    check(&run(credentials(PUT), 204, &[ACAO, ACAC, allow_methods("*")]), "MethodDisallowedByPreflightResponse");
    let asterisk = credentials(with(&["*"]));
    check(&run(asterisk, 204, &[ACAO, ACAC, allow_headers("*")]), "allow");
}

#[test]
fn methods_are_judged_before_headers_and_lists_before_both() {
    let asked = Fetch { headers: &["x-a"], ..PUT };
    check(&run(asked, 204, &[ACAO]), "MethodDisallowedByPreflightResponse");
    check(&run(asked, 204, &[ACAO, allow_headers("x a")]), "InvalidAllowHeadersPreflightResponse");
    check(&run(asked, 204, &[ACAO, allow_methods("PUT")]), "HeaderDisallowedByPreflightResponse");
}

#[test]
fn safelisted_headers_need_no_preflight() {
    for name in ["Accept", "accept-language", "Content-Language", "RANGE"] {
        let outcome = run(with(&[name]), 200, &[ACAO]);
        check(&outcome, "allow");
        assert!(outcome.preflight.is_none(), "{name}");
    }
    for name in ["Content-Type", "Authorization", "X-A", "If-Match", "Cache-Control", "DPR"] {
        let outcome = run(with(&[name]), 200, &[ACAO]);
        check(&outcome, "HeaderDisallowedByPreflightResponse");
        assert!(outcome.preflight.is_some(), "{name}");
    }
}

#[test]
fn forbidden_headers_are_dropped_with_a_word() {
    for name in ["Cookie", "Origin", "Sec-Fetch-Mode", "Proxy-Authorization", "Host", "DNT", "Via"] {
        let outcome = run(with(&[name]), 200, &[ACAO]);
        check(&outcome, "allow");
        assert!(outcome.preflight.is_none(), "{name}");
        assert!(outcome.steps.iter().any(|step| step.stage == Stage::Script), "{name}");
    }
    check(&run(with(&["a b"]), 200, &[ACAO]), "TypeError");
    check(&run(with(&[""]), 200, &[ACAO]), "TypeError");
}

#[test]
fn the_server_sees_what_a_browser_sends() {
    let asked = Fetch { method: "put", headers: &["X-B", "Cookie", "content-type", "x-a", "X-b", "Accept", "Authorization"], ..GET };
    let mut seen: Vec<ServerRequest> = Vec::new();
    let outcome = fetch(&asked, &mut |request| {
        seen.push(request.clone());
        response(204, &[ACAO, allow_methods("PUT"), allow_headers("authorization,content-type,x-a,x-b")])
    });
    check(&outcome, "allow");
    let [preflight, request] = &seen[..] else {
        panic!("{seen:?}");
    };
    assert_eq!((preflight.method.as_str(), preflight.path.as_str()), ("OPTIONS", "/api"));
    assert_eq!(preflight.header("origin"), Some(ORIGIN));
    assert_eq!(preflight.header("Access-Control-Request-Method"), Some("PUT"));
    assert_eq!(preflight.header("access-control-request-headers"), Some("authorization,content-type,x-a,x-b"));
    assert_eq!((request.method.as_str(), request.path.as_str()), ("PUT", "/api"));
    assert_eq!(request.header("Origin"), Some(ORIGIN));
    assert_eq!(request.header("Access-Control-Request-Method"), None);

    let plain = run(PUT, 204, &[ACAO, allow_methods("PUT")]);
    let (preflight, _) = plain.preflight.unwrap();
    assert_eq!(preflight.header("Access-Control-Request-Headers"), None);
}

#[test]
fn nothing_is_sent_after_a_refusal() {
    let mut count = 0;
    let refused = Fetch { method: "TRACE", ..GET };
    let outcome = fetch(&refused, &mut |_| {
        count += 1;
        response(200, &[ACAO])
    });
    check(&outcome, "TypeError");
    fetch(&PUT, &mut |_| {
        count += 1;
        response(403, &[])
    });
    assert_eq!(count, 1, "no request for TRACE, the preflight alone for PUT");
}

#[test]
fn a_permitted_request_can_still_have_an_unreadable_response() {
    let outcome = fetch(&PUT, &mut |request| match request.method.as_str() {
        "OPTIONS" => response(204, &[ACAO, allow_methods("PUT")]),
        _ => response(502, &[]),
    });
    check(&outcome, "MissingAllowOriginHeader");
    assert!(outcome.response.is_some(), "the server has acted on it");
}

#[test]
fn reasons_carry_the_names_of_mdn() {
    let include = credentials(PUT);
    let put = allow_methods("PUT");
    let other = ("Access-Control-Allow-Origin", "https://b.example.org");
    for (asked, status, headers, expected) in [
        (GET, 200, vec![], "CORSMissingAllowOrigin"),
        (PUT, 403, vec![], "CORSMissingAllowOrigin"),
        (GET, 200, vec![other], "CORSAllowOriginNotMatchingOrigin"),
        (GET, 200, vec![ACAO, ACAO], "CORSMultipleAllowOriginNotAllowed"),
        (credentials(GET), 200, vec![ANY], "CORSNotSupportingCredentials"),
        (include, 204, vec![ACAO, put], "CORSMIssingAllowCredentials"),
        (PUT, 404, vec![ACAO, put], "CORSPreflightDidNotSucceed"),
        (PUT, 307, vec![ACAO, put, ("Location", "/")], "CORSExternalRedirectNotAllowed"),
        (PUT, 204, vec![ACAO], "CORSMethodNotFound"),
        (with(&["x-a"]), 204, vec![ACAO], "CORSMissingAllowHeaderFromPreflight"),
        (PUT, 204, vec![ACAO, allow_methods("PUT;")], "CORSInvalidAllowMethod"),
        (PUT, 204, vec![ACAO, put, allow_headers("x:a")], "CORSInvalidAllowHeader"),
    ] {
        let Verdict::Deny(reason) = run(asked, status, &headers).verdict else {
            panic!("{expected} was allowed");
        };
        assert_eq!(reason.mdn, expected);
        assert_eq!(reason.message.starts_with("Response to preflight request"), reason.chromium.starts_with("Preflight"), "{reason:?}");
    }
}
