//! The request table, and whatever else users do to an nginx, on every real nginx at hand.
#![allow(clippy::expect_used, reason = "a fixture that does not work is a failed test")]

mod common;

use common::{CORS_HEADERS, vary, wanted};
use cors_gen::{Options, Source, compile, targets};
use cors_testbed::http::{Request, Response, send};
use cors_testbed::nginx::{Nginx, NginxBinary, RunningNginx};
use cors_testbed::requests::{self, Case, Expect};
use cors_testbed::upstream::{OWN_CORS_HEADERS, Upstream};

const LIVE: &str = "nginx must be installed: run ./test";

/// The two generated files of a policy.
fn generate(policy: &str) -> [String; 2] {
    let source = Source::new("cors.yaml", policy);
    let compilation = compile(&source, &Options::default());
    let set = compilation.sound().unwrap_or_else(|| panic!("{:#?}", compilation.diagnostics));
    let files = targets::find("nginx").expect("nginx is a target").generate(set, &source).unwrap_or_else(|refusals| panic!("{refusals:#?}"));
    files.into_iter().map(|file| file.text).collect::<Vec<_>>().try_into().expect("two files")
}

struct Site {
    nginx: RunningNginx,
    upstream: Upstream,
}

const PROXIED: &str = "location / { proxy_pass http://{upstream}; }";

fn start(binary: &NginxBinary, policy: &str, server: &str) -> Site {
    let [http, shared] = generate(policy);
    let upstream = Upstream::start().expect("the upstream starts");
    let files = [("cors.http.conf", http.as_str()), ("cors.server.conf", shared.as_str())];
    let server = format!("include cors.server.conf;\n{server}");
    let nginx = binary.start(&files, &server, "include cors.http.conf;", upstream.addr()).unwrap_or_else(|error| panic!("{}: {error}", binary.version));
    Site { nginx, upstream }
}

fn binaries() -> Vec<NginxBinary> {
    let binaries = Nginx::installed();
    assert!(binaries.len() >= 2, "{LIVE}; found {binaries:?}");
    binaries
}

fn ask(site: &Site, case: &Case, query: &str) -> Response {
    let target = if query.is_empty() || case.target.contains('?') { case.target.clone() } else { format!("{}?{query}", case.target) };
    let mut request = Request::new(case.method, &target);
    for origin in &case.origins {
        request = request.header("Origin", latin1(origin));
    }
    for (name, value) in &case.headers {
        request = request.header(name, value);
    }
    send(site.nginx.addr(), &request).unwrap_or_else(|error| panic!("{case:?}: {error}\n{}", site.nginx.error_log()))
}

fn latin1(text: &str) -> Vec<u8> {
    text.as_bytes().to_vec()
}

#[test]
#[ignore = "live: needs nginx; ./test runs it"]
fn nginx_answers_every_request_of_the_table() {
    for binary in binaries() {
        let site = start(&binary, requests::POLICY, PROXIED);
        for case in requests::table() {
            for query in ["", "cors=own&vary=1", "status=404&cors=own", "status=500", "status=302", "status=204"] {
                let before = site.upstream.hits();
                let response = ask(&site, &case, query);
                judge(&binary, &case, query, &response, site.upstream.hits() - before);
            }
        }
    }
}

/// Holds a response against the table: status, who answered, every CORS header exactly, and `Vary`.
fn judge(binary: &NginxBinary, case: &Case, query: &str, response: &Response, hits: usize) {
    let context = format!("nginx {}, query {query:?}\n{case:#?}\n{response:#?}", binary.version);
    let query = if case.target.contains('?') { "" } else { query };
    let own = query.contains("cors=own");
    match case.expect {
        Expect::NoPolicy if response.status == 400 => return no_cors(response, &context),
        Expect::Untouched | Expect::NoPolicy => return untouched(response, own, &context),
        Expect::NeverGranted(policy) => return never_granted(case, policy, response, &context),
        _ => {}
    }
    let wanted = wanted(case);
    match wanted.status {
        Some(status) => {
            assert_eq!((response.status, hits), (status, 0), "{context}");
            assert!(status == 403 || response.body.is_empty(), "{context}");
        }
        None => {
            let asked = query.split('&').find_map(|part| part.strip_prefix("status=")).map_or(200, |status| status.parse().expect("a status"));
            assert_eq!((response.status, hits), (asked, 1), "{context}");
        }
    }
    for name in CORS_HEADERS {
        let wanted: Vec<String> = wanted.headers.iter().filter(|(header, _)| *header == name).map(|(_, value)| isomorphic(value)).collect();
        assert_eq!(response.header_values(name), wanted, "{name}: {context}");
    }
    let upstream = if wanted.status.is_none() && query.contains("vary=1") { Some("Accept-Encoding") } else { None };
    let ours = wanted.headers.iter().filter(|(name, _)| *name == "vary").map(|(_, value)| value.as_str());
    assert_eq!(vary(response.header_values("vary").into_iter()), vary(ours.chain(upstream)), "{context}");
}

/// The testbed reads each byte of a header as the code point of its number.
fn isomorphic(text: &str) -> String {
    text.bytes().map(char::from).collect()
}

fn no_cors(response: &Response, context: &str) {
    for name in CORS_HEADERS {
        assert_eq!(response.header_values(name), [""; 0], "{name}: {context}");
    }
}

fn untouched(response: &Response, own: bool, context: &str) {
    if !own {
        return no_cors(response, context);
    }
    for (name, value) in OWN_CORS_HEADERS {
        assert_eq!(response.header_values(name), [value], "{name}: {context}");
    }
}

/// Several `Origin` lines: an nginx that looks at the first only may grant it, if the policy does; nothing else is granted.
fn never_granted(case: &Case, policy: &str, response: &Response, context: &str) {
    let allowed = response.header_values("access-control-allow-origin");
    let first_line_counts = policy == "several" && allowed == [case.origins[0].as_str()];
    assert!(allowed.is_empty() || first_line_counts, "{context}");
}
