//! Methods, headers, times, and what nothing refers to.

use std::collections::BTreeSet;

use super::{check, codes, found, messages, policy};

#[test]
fn any_header_names_authorization_or_is_asked_about() {
    let headers = |list: &str| codes(&policy(&["allow_origins: [https://app.example.com]", &format!("allow_headers: {list}")]), false);
    for list in ["'*'", "['*']"] {
        assert_eq!(headers(list), BTreeSet::from(["wildcard-headers-without-authorization"]), "{list}");
    }
    for list in ["['*', Authorization]", "[authorization, '*']", "[Content-Type]", "[]"] {
        assert_eq!(headers(list), BTreeSet::new(), "{list}");
    }
}

#[test]
fn a_day_is_the_longest_time_that_any_browser_keeps_a_preflight() {
    let max_age = |value: &str| policy(&["allow_origins: [https://app.example.com]", &format!("max_age: {value}")]);
    check(&max_age("2d"), &["max-age-over-cap: no browser keeps a preflight for `172800` seconds (2 days)"]);
    check(&max_age("25h"), &["max-age-over-cap: no browser keeps a preflight for `90000` seconds (25 hours)"]);
    check(&max_age("86401"), &["max-age-over-cap: no browser keeps a preflight for `86401` seconds"]);
    for value in ["0", "10m", "24h", "1d", "86400"] {
        check(&max_age(value), &[]);
    }
}

#[test]
fn methods_in_the_wrong_case_are_found() {
    let methods = |list: &str| policy(&["allow_origins: [https://app.example.com]", &format!("allow_methods: {list}")]);
    check(&methods("[patch]"), &["miscased-method: `patch` is another method than `PATCH`"]);
    check(
        &methods("[Patch, propFind]"),
        &["miscased-method: `Patch` is another method than `PATCH`", "miscased-method: `propFind` is another method than `PROPFIND`"],
    );
    check(&methods("[PATCH, PROPFIND, QUERY, chicken, CHICKEN]"), &[]);
}

#[test]
fn a_test_is_no_use_of_a_profile_nor_of_a_set() {
    let text = "version: 1\nprofiles: [dev, staging]\norigin_sets:\n  partners: [{ origin: https://partner.example.net, profiles: [staging] }]\npolicies:\n  api: { allow_origins: [https://app.example.com] }\ntests:\n  \
                - { name: the app can read, profile: dev, allow: [https://app.example.com] }\n";
    check(text, &["unused-profile: no entry names the profile `dev`", "unused-origin-set: no policy uses the origin set `partners`"]);
}

#[test]
fn only_headers_that_are_free_are_safelisted() {
    let says = |line: &str| {
        found(&policy(&["allow_origins: [https://app.example.com]", line]), true).into_iter().filter(|(code, _)| *code == "safelisted-entry").count()
    };
    assert_eq!(says("allow_headers: [accept, Accept-Language, CONTENT-LANGUAGE]"), 3);
    assert_eq!(says("allow_headers: [Content-Type, Range, X-A]"), 0);
    assert_eq!(says("expose_headers: [Cache-Control, Content-Language, content-length, Content-Type, Expires, Last-Modified, Pragma]"), 7);
    assert_eq!(says("expose_headers: [ETag, Date, Content-Range]"), 0);
}

#[test]
fn headers_of_the_answer_are_not_those_of_a_script() {
    let says = |line: &str| {
        let found = found(&policy(&["allow_origins: [https://app.example.com]", line]), false);
        found.into_iter().filter(|(code, _)| *code == "misplaced-header").count()
    };
    assert_eq!(says("allow_headers: [Access-Control-Allow-Origin, access-control-max-age, X-A]"), 2);
    assert_eq!(says("expose_headers: [Access-Control-Allow-Methods, ETag]"), 1);
    assert_eq!(says("allow_headers: [Access-Control, X-Access-Control-Allow-Origin]"), 0);
}

#[test]
fn a_policy_has_no_level_for_what_is_seen_in_the_whole_file() {
    for lint in ["unused-profile", "unused-origin-set"] {
        let levels = |policy: &str, file: &str| {
            format!(
                "version: 1\npolicies:\n  api:\n    allow_origins: [https://app.example.com]\n    lints: {{ {policy}: allow }}\nlints: {{ {file}: allow }}\n"
            )
        };
        check(&levels(lint, "http-twin"), &[&format!("unknown-lint: a policy has no lint `{lint}`")]);
        check(&levels("http-twin", lint), &[]);
    }
}

#[test]
fn a_list_of_methods_cannot_forbid_the_safelisted_ones() {
    let missing = |list: &str| {
        let text = policy(&["allow_origins: [https://app.example.com]", &format!("allow_methods: {list}"), "lints: { unlisted-safelisted-method: warn }"]);
        messages(&text)
    };
    assert_eq!(
        missing("[PUT]"),
        ["unlisted-safelisted-method: `allow_methods` of the policy `api` leaves out `GET`, `HEAD`, `POST`, which does not forbid them"]
    );
    assert_eq!(missing("[GET, POST]"), ["unlisted-safelisted-method: `allow_methods` of the policy `api` leaves out `HEAD`, which does not forbid it"]);
    assert_eq!(missing("[GET, HEAD, POST]"), [] as [&str; 0]);
    assert_eq!(missing("'*'"), [] as [&str; 0]);
}
