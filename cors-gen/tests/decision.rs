//! The request table through the decision itself.

use cors_decision::{Kind, OriginHeader, Request};
use cors_gen::{Options, Source, Storage, compile};
use cors_testbed::judge::{CORS_HEADERS, vary, wanted};
use cors_testbed::requests::{self, Case, Expect};

#[test]
fn the_decision_answers_every_request_of_the_table() {
    let source = Source::new("probe.yaml", requests::POLICY);
    let compilation = compile(&source, &Options::default());
    assert_eq!(compilation.diagnostics, [], "the probe policy is sound");
    let set = compilation.policies.expect("the probe policy compiles");
    let storage = Storage::new(&set);
    let policies = storage.policies();
    let decision = storage.set(&policies);
    let mut count = 0;
    for case in requests::table() {
        check(&decision, &case);
        count += 1;
    }
    assert!(count > 300, "the table has {count} requests only");
}

fn check(decision: &cors_decision::PolicySet<'_>, case: &Case) {
    let value = |name: &str| case.headers.iter().find(|(header, _)| *header == name).map(|(_, value)| value.as_bytes());
    let path = case.target.split('?').next().unwrap_or_default();
    let request = Request {
        method: case.method.as_bytes(),
        path: path.as_bytes(),
        origin: match &case.origins[..] {
            [] => OriginHeader::Absent,
            [origin] => OriginHeader::One(origin.as_bytes()),
            _ => OriginHeader::Several,
        },
        request_method: value("Access-Control-Request-Method"),
        request_headers: value("Access-Control-Request-Headers"),
        request_private_network: value("Access-Control-Request-Private-Network"),
    };
    let answer = decision.decide(&request);
    let Some(answer) = answer else {
        assert!(matches!(case.expect, Expect::Untouched | Expect::NoPolicy), "no policy answers {case:?}");
        return;
    };
    if let Expect::NeverGranted(_) = case.expect {
        assert_eq!(answer.headers.allow_origin, None, "{case:?}");
        return;
    }
    let wanted = wanted(case);
    let status = match answer.kind {
        Kind::Actual => None,
        Kind::Preflight { status } => Some(status),
    };
    assert_eq!(status, wanted.status, "{case:?}");
    let got: Vec<(String, String)> =
        answer.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), String::from_utf8_lossy(value).into_owned())).collect();
    for name in CORS_HEADERS {
        let got = got.iter().filter(|(header, _)| header == name).map(|(_, value)| value.as_str());
        let wanted = wanted.headers.iter().filter(|(header, _)| *header == name).map(|(_, value)| value.as_str());
        assert_eq!(got.collect::<Vec<_>>(), wanted.collect::<Vec<_>>(), "{name} of {case:?}");
    }
    let of = |headers: &[(String, String)]| vary(headers.iter().filter(|(name, _)| name == "vary").map(|(_, value)| value.as_str()));
    assert_eq!(of(&got), vary(wanted.headers.iter().filter(|(name, _)| *name == "vary").map(|(_, value)| value.as_str())), "vary of {case:?}");
}
