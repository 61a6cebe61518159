//! Decisions on the types of the crate `http`: headers of a response, predicates, exchange, and what is logged.
#![allow(clippy::expect_used, reason = "a fixture that does not work is a failed test")]

mod common;

use std::fmt::Write;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::thread;

use axum::http::{HeaderMap, HeaderValue, Request, request::Parts};
use cors_static::Refusal;
use cors_static::http::{Cors, Decision};
use cors_static::swap::{Options, Shared, Source};

use common::{GOOD, policies, shared};

fn parts(method: &str, path: &str, headers: &[(&str, &str)]) -> Parts {
    let builder = headers.iter().fold(Request::builder().method(method).uri(path), |builder, (name, value)| builder.header(*name, *value));
    builder.body(()).expect("a request").into_parts().0
}

fn from(origin: &str) -> Parts {
    parts("GET", "/api/items", &[("Origin", origin)])
}

fn lines(headers: &HeaderMap) -> Vec<String> {
    headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().expect("text"))).collect()
}

#[test]
fn the_headers_of_an_inner_service_are_replaced_or_removed_and_vary_is_merged() {
    let check = |origin: &str, before: &[(&'static str, &'static str)], after: &[&str]| {
        let mut headers = HeaderMap::new();
        for (name, value) in before {
            headers.append(*name, HeaderValue::from_static(value));
        }
        Cors::new(policies()).decide(&from(origin)).apply(&mut headers);
        let mut lines = lines(&headers);
        lines.sort();
        assert_eq!(lines, after, "{origin} with {before:?}");
    };
    let granted = ["access-control-allow-credentials: true", "access-control-allow-origin: https://app.example.org"];
    let granted = [granted[0], granted[1], "access-control-expose-headers: X-Request-Id, X-Total-Count"];
    check(GOOD, &[], &[&granted[..], &["vary: Origin"]].concat());
    check(GOOD, &[("vary", "origin")], &[&granted[..], &["vary: origin"]].concat());
    check(GOOD, &[("vary", "accept-encoding")], &[&granted[..], &["vary: accept-encoding, Origin"]].concat());
    check(GOOD, &[("vary", "*")], &[&granted[..], &["vary: *"]].concat());
    check(GOOD, &[("vary", "Accept"), ("vary", "Cookie")], &[&granted[..], &["vary: Accept", "vary: Cookie", "vary: Origin"]].concat());
    let own = [
        ("access-control-allow-origin", "*"),
        ("access-control-allow-origin", "https://x.example"),
        ("access-control-max-age", "5"),
        ("access-control-allow-private-network", "true"),
        ("x-own", "1"),
    ];
    check(GOOD, &own, &[&granted[..], &["vary: Origin", "x-own: 1"]].concat());
    check("https://evil.io", &own, &["vary: Origin", "x-own: 1"]);
}

#[test]
fn a_refusal_says_why() {
    let cors = Cors::new(policies());
    assert_eq!(cors.decide(&from(GOOD)).refusal(), None);
    assert_eq!(cors.decide(&from("https://evil.io")).refusal(), Some(Refusal::OriginNotAllowed));
    assert_eq!(cors.decide(&parts("GET", "/api/items", &[])).refusal(), Some(Refusal::NoOrigin));
    assert_eq!(cors.decide(&parts("GET", "/api/items", &[("Origin", GOOD), ("Origin", GOOD)])).refusal(), Some(Refusal::SeveralOrigins));
    assert!(matches!(cors.decide(&parts("GET", "/nothing", &[])), Decision::NoPolicy));
}

#[test]
fn a_predicate_is_asked_only_after_the_tables_said_no() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let cors = Cors::new(policies()).allow_origin_if("api", move |origin| {
        counter.fetch_add(1, SeqCst);
        origin == b"https://customer.example"
    });
    let check = |request: Parts, refusal, times| {
        let before = asked.load(SeqCst);
        assert_eq!(cors.decide(&request).refusal(), refusal, "{request:?}");
        assert_eq!(asked.load(SeqCst) - before, times, "{request:?}");
    };
    check(from("https://customer.example"), None, 1);
    check(from("https://evil.io"), Some(Refusal::OriginNotAllowed), 1);
    check(from("null"), Some(Refusal::OriginNotAllowed), 1);
    check(from(GOOD), None, 0);
    check(from(""), Some(Refusal::NoOrigin), 0);
    check(parts("GET", "/api/items", &[]), Some(Refusal::NoOrigin), 0);
    check(parts("GET", "/api/items", &[("Origin", "https://customer.example"), ("Origin", GOOD)]), Some(Refusal::SeveralOrigins), 0);
    check(parts("GET", "/echo", &[("Origin", "https://customer.example")]), Some(Refusal::OriginNotAllowed), 0);
    check(parts("GET", "/public/x", &[("Origin", "https://customer.example")]), None, 0);
    check(parts("GET", "/nothing", &[("Origin", "https://customer.example")]), None, 0);
    check(from(&"a".repeat(327)), Some(Refusal::OriginNotAllowed), 0);
}

#[test]
#[should_panic(expected = "there is no policy `apu`")]
fn a_predicate_for_no_policy_is_a_mistake() {
    let _ = Cors::new(policies()).allow_origin_if("apu", |_| true);
}

fn policy(origin: &str) -> Source {
    Source::new("cors.yaml", format!("version: 1\npolicies:\n  api:\n    allow_origins: [{origin}]\n    expose_headers: [X-Exposed]\n"))
}

#[test]
fn an_exchange_reaches_every_clone_and_an_invalid_file_changes_nothing() {
    let shared = Shared::compile(policy(GOOD), &Options::default()).expect("sound");
    let cors = Cors::watching(&shared.clone()).clone();
    let refusal = |origin| cors.decide(&from(origin)).refusal();
    let other = "https://other.example";
    assert_eq!((refusal(GOOD), refusal(other)), (None, Some(Refusal::OriginNotAllowed)));
    shared.replace(policy(other), &Options::default()).expect("sound");
    assert_eq!((refusal(GOOD), refusal(other)), (Some(Refusal::OriginNotAllowed), None));
    for broken in ["https://a.example/", "null]", "\"*\", https://x.example"] {
        let rejected = shared.replace(policy(broken), &Options::default()).expect_err(broken);
        assert!(!rejected.diagnostics.is_empty() && rejected.to_string().contains("cors.yaml:4:"), "{rejected}");
        assert_eq!((refusal(GOOD), refusal(other)), (Some(Refusal::OriginNotAllowed), None));
    }
    assert!(Shared::compile(Source::new("cors.yaml", ""), &Options::default()).is_err());
}

#[test]
fn a_decision_outlives_the_policies_that_it_came_from() {
    let shared = shared();
    let cors = Cors::watching(&shared);
    let decision = cors.decide(&from(GOOD));
    shared.replace(policy("https://other.example"), &Options::default()).expect("sound");
    let mut headers = HeaderMap::new();
    decision.apply(&mut headers);
    assert_eq!(headers["access-control-expose-headers"], "X-Request-Id, X-Total-Count");
}

/// Every request is answered by one file or by the other, whole.
#[test]
fn requests_and_exchanges_do_not_disturb_each_other() {
    let [one, two] = ["https://one.example", "https://two.example"];
    let shared = Shared::compile(policy(one), &Options::default()).expect("sound");
    let cors = Cors::watching(&shared);
    thread::scope(|threads| {
        for _ in 0..3 {
            threads.spawn(|| {
                for _ in 0..5_000 {
                    let granted = [one, two].map(|origin| cors.decide(&from(origin)));
                    for (decision, origin) in granted.into_iter().zip([one, two]) {
                        let refused = decision.refusal().is_some();
                        let mut headers = HeaderMap::new();
                        decision.apply(&mut headers);
                        let exposed = headers.get("access-control-expose-headers").map(HeaderValue::as_bytes);
                        assert_eq!(exposed, (!refused).then_some(&b"X-Exposed"[..]));
                        assert_eq!(headers.get("access-control-allow-origin").map(HeaderValue::as_bytes), (!refused).then_some(origin.as_bytes()));
                    }
                }
            });
        }
        for round in 0..50 {
            shared.replace(policy(if round % 2 == 0 { two } else { one }), &Options::default()).expect("sound");
        }
    });
}

/// One file covers the path, the other does not: a preflight is answered or goes through, and is never taken for the request that it asks about.
#[test]
fn a_preflight_stays_one_while_policies_are_exchanged() {
    let at = |path: &str| Source::new("cors.yaml", format!("version: 1\npolicies:\n  api:\n    paths: [{path}]\n    allow_origins: [{GOOD}]\n"));
    let shared = Shared::compile(at("/api/**"), &Options::default()).expect("sound");
    let cors = Cors::watching(&shared);
    let asks = parts("OPTIONS", "/api/items", &[("Origin", GOOD), ("Access-Control-Request-Method", "PUT")]);
    let done = AtomicBool::new(false);
    thread::scope(|threads| {
        for _ in 0..3 {
            threads.spawn(|| {
                while !done.load(SeqCst) {
                    let decision = cors.decide(&asks);
                    assert!(!matches!(decision, Decision::Actual(_)), "{decision:?}");
                }
            });
        }
        for round in 0..500 {
            shared.replace(at(if round % 2 == 0 { "/other" } else { "/api/**" }), &Options::default()).expect("sound");
        }
        done.store(true, SeqCst);
    });
}

/// A subscriber that writes down what it is told.
struct Notes(Arc<Mutex<Vec<String>>>);

impl tracing::Subscriber for Notes {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }
    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}
    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn event(&self, event: &tracing::Event<'_>) {
        let mut line = format!("{} {}", event.metadata().level(), event.metadata().target());
        event.record(&mut |field: &tracing::field::Field, value: &dyn std::fmt::Debug| {
            write!(line, " {field}={value:?}").expect("a string takes all");
        });
        self.0.lock().expect("no test panics with it").push(line);
    }
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
}

#[test]
fn each_refusal_is_logged_once_and_quoted() {
    let notes = Arc::new(Mutex::new(Vec::new()));
    let cors = Cors::new(policies());
    let hostile = HeaderValue::from_bytes(b"https://\xc3\xa9.example\t\"x\"").expect("a value that arrives");
    tracing::subscriber::with_default(Notes(Arc::clone(&notes)), || {
        let _ = cors.decide(&from(GOOD));
        let _ = cors.decide(&parts("GET", "/api/items", &[]));
        let _ = cors.decide(&parts("GET", "/nothing", &[("Origin", "https://evil.io")]));
        let mut request = from(GOOD);
        request.headers.insert("Origin", hostile);
        cors.decide(&request).apply(&mut HeaderMap::new());
        let _ = cors.decide(&parts("OPTIONS", "/api/items", &[("Origin", "https://evil.io"), ("Access-Control-Request-Method", "PUT")]));
    });
    let expected = [
        r#"DEBUG cors_static message=origin refused policy="api" reason=OriginNotAllowed origin="https://\xc3\xa9.example\t\"x\"" preflight=false"#,
        r#"DEBUG cors_static message=origin refused policy="api" reason=OriginNotAllowed origin="https://evil.io" preflight=true"#,
    ];
    assert_eq!(*notes.lock().expect("no panic"), expected);
}
