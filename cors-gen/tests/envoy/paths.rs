//! Which policy a path has, in every spelling.

use cors_gen::{Options, Source, Storage, compile};
use cors_testbed::envoy::{Parts, SITE};
use cors_testbed::http::Request;
use cors_testbed::{requests, sweep};

use super::{GOOD, Site, WITH_CREDENTIALS, readable};

/// What the reference says of paths that Envoy mends: the policy of the path that the service sees.
#[test]
#[ignore = "live: needs Envoy; ./test runs it"]
fn the_path_that_envoy_passes_on_counts() {
    let manager = "normalize_path: true, merge_slashes: true, path_with_escaped_slashes_action: UNESCAPE_AND_FORWARD,";
    let site = Site::of(requests::POLICY, &Parts { manager, ..SITE });
    for (target, allowed) in [("/public/../api/items", true), ("/api/../none", false), ("/none%2F..%2Fapi/x", true), ("//api//x", true), ("/api/%zz", false)] {
        assert_eq!(site.grants(target, GOOD), allowed, "{target}");
    }
    let internal = site.get("/api/x/../internal/y");
    assert_eq!(internal.header_values("access-control-allow-origin"), Vec::<&str>::new(), "{internal:#?}");
}

/// Where every path has the same policy there is no looser one to reach, so no spelling of a path is refused.
#[test]
#[ignore = "live: needs Envoy; ./test runs it"]
fn a_policy_without_paths_covers_everything() {
    let site = Site::of(WITH_CREDENTIALS, &SITE);
    for target in ["/", "/a;b", "/%61", "//x", "/a/../b", "/x?y"] {
        readable(&site.get(target), target);
        assert_eq!(site.preflight(target).status, 204, "{target}");
    }
    assert_eq!(site.upstream.hits(), 6);
}

/// A target with scheme and host, as proxies are sent, has the policy of its path.
#[test]
#[ignore = "live: needs Envoy; ./test runs it"]
fn the_path_of_an_absolute_target_counts() {
    let site = Site::of(requests::POLICY, &SITE);
    for (path, allowed) in [("/api/items?x=//", true), ("/api/../api/items", false), ("//api/items", false), ("", false)] {
        let request = Request::new("GET", &format!("http://api.example{path}")).header("Host", "api.example").header("Origin", GOOD);
        assert_eq!(site.send(&request).header_values("access-control-allow-origin").len(), usize::from(allowed), "{path}");
    }
}

/// Patterns that overlap in every way: of each path, the script finds the policy that the decision finds.
#[test]
#[ignore = "live: needs Envoy; ./test runs it"]
fn overlapping_patterns_have_the_order_of_the_decision() {
    let below = |paths: &[String], segments: &[&str]| -> Vec<String> {
        paths.iter().flat_map(|path| segments.iter().map(move |segment| format!("{path}/{segment}"))).collect()
    };
    let up_to = |depth: usize, segments: &[&str]| {
        (0..depth).fold(vec![vec![String::new()]], |mut all, _| {
            all.push(below(all.last().map_or(&[], Vec::as_slice), segments));
            all
        })
    };
    let patterns: Vec<String> = up_to(4, &["a", "b", "*"]).concat().into_iter().flat_map(|pattern| [format!("{pattern}/**"), pattern]).collect();
    let patterns = patterns.iter().filter(|pattern| pattern.starts_with('/'));
    for part in 0..4 {
        let mut text = "version: 1\npolicies:\n".to_owned();
        for (index, pattern) in patterns.clone().enumerate().filter(|(index, _)| (index * index / 7 + index) % 4 == part) {
            text += &format!("  p{index}:\n    paths: ['{pattern}']\n    allow_origins: [https://app.example.org]\n    expose_headers: [x-{index}]\n");
        }
        let source = Source::new("cors.yaml", &*text);
        let set = compile(&source, &Options::default()).policies.expect("the policies compile");
        let storage = Storage::new(&set);
        let policies = storage.policies();
        let decision = storage.set(&policies);
        let site = Site::of(&text, &SITE);
        for path in up_to(5, &["a", "b", "c"]).concat().iter().filter(|path| !path.is_empty()) {
            let request = Request::new("GET", path).header("Origin", GOOD);
            sweep::check(sweep::due(&decision, &request).as_ref(), 200, &site.send(&request)).unwrap_or_else(|fault| panic!("{path}: {fault}\n{text}"));
        }
    }
}
