//! The one table of requests that every server is put through, and what each policy of `probe.yaml` must answer, written out by hand.
//!
//! The decision, and every target on its real server, must agree with this table; nothing here is computed from the policy.

/// The policies of the table.
pub const POLICY: &str = include_str!("probe.yaml");

/// One request.
#[derive(Clone, Debug)]
pub struct Case {
    /// What it is about: one of [`ROWS`].
    pub row: &'static str,
    /// The method.
    pub method: &'static str,
    /// The target. A `{query}` of the test's own may be added where there is none.
    pub target: String,
    /// The values of the `Origin` lines.
    pub origins: Vec<String>,
    /// The other header lines.
    pub headers: Vec<(&'static str, String)>,
    /// What must come of it.
    pub expect: Expect,
}

/// What must come of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// No policy applies: the upstream's response, untouched.
    Untouched,
    /// The upstream's response, with the headers of this policy for an allowed origin.
    Granted(&'static str),
    /// The upstream's response, with no CORS header but what this policy's responses vary on.
    Refused(&'static str),
    /// The policy's answer to a preflight of an allowed origin.
    Preflight(&'static str),
    /// 403 to a preflight of a refused origin.
    RefusedPreflight(&'static str),
    /// The server may answer 400 by itself, or treat the request as [`Expect::Refused`] by this policy: no origin may be granted.
    NeverGranted(&'static str),
    /// As [`Expect::Untouched`], or 400 by the server itself.
    NoPolicy,
}

/// The headers of an answer, each exactly once with this value, and no other CORS header. `{origin}` stands for the origin that asked.
pub type Headers = Vec<(&'static str, String)>;

const VARY_PREFLIGHT: &str = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";

/// What an actual request from an allowed origin gets.
#[must_use]
pub fn granted(policy: &str) -> Headers {
    match policy {
        "api" => headers(&[
            ("access-control-allow-origin", "{origin}"),
            ("access-control-allow-credentials", "true"),
            ("access-control-expose-headers", "X-Request-Id, X-Total-Count"),
            ("vary", "Origin"),
        ]),
        "public" => headers(&[("access-control-allow-origin", "*"), ("access-control-expose-headers", "*")]),
        "echo" | "echo-all" => headers(&[("access-control-allow-origin", "{origin}"), ("access-control-allow-credentials", "true"), ("vary", "Origin")]),
        "odd" => headers(&[("access-control-allow-origin", "{origin}"), ("access-control-expose-headers", "X-$1$"), ("vary", "Origin")]),
        "internal" | "opaque" => headers(&[("access-control-allow-origin", "{origin}"), ("vary", "Origin")]),
        other => panic!("no policy {other}"),
    }
}

/// What a request whose origin is refused gets, or one without an origin.
#[must_use]
pub fn refused(_policy: &str) -> Headers {
    headers(&[("vary", "Origin")])
}

/// The status and headers of a preflight's answer for an allowed origin. `{method}` and `{headers}` stand for what was asked for.
#[must_use]
pub fn preflight(policy: &str) -> (u16, Headers) {
    let listed = |rest: &[(&'static str, &'static str)]| {
        let mut all = headers(&[("access-control-allow-origin", "{origin}"), ("vary", VARY_PREFLIGHT)]);
        all.extend(headers(rest));
        all
    };
    match policy {
        "api" => {
            let own = [
                ("access-control-allow-credentials", "true"),
                ("access-control-allow-methods", "GET, PUT, PATCH, DELETE, PURGE"),
                ("access-control-allow-headers", "Content-Type, Authorization, X-Request-Id"),
                ("access-control-max-age", "600"),
            ];
            (204, listed(&own))
        }
        "internal" => (204, listed(&[("access-control-allow-methods", "GET, HEAD, POST"), ("access-control-max-age", "0")])),
        "opaque" => (204, listed(&[])),
        "odd" => (204, listed(&[("access-control-allow-methods", "GET, HEAD, POST"), ("access-control-allow-headers", "X-$http_host'#%&*+^_`|~!")])),
        "echo" => (
            204,
            listed(&[
                ("access-control-allow-credentials", "true"),
                ("access-control-allow-methods", "{method}"),
                ("access-control-allow-headers", "{headers but authorization}"),
            ]),
        ),
        "echo-all" => (
            204,
            listed(&[
                ("access-control-allow-credentials", "true"),
                ("access-control-allow-methods", "GET, HEAD, POST"),
                ("access-control-allow-headers", "{headers}"),
            ]),
        ),
        "public" => {
            let own = [
                ("access-control-allow-origin", "*"),
                ("access-control-allow-methods", "*"),
                ("access-control-allow-headers", "*, Authorization"),
                ("access-control-max-age", "86400"),
                ("access-control-allow-private-network", "{private network}"),
                ("vary", "Access-Control-Request-Method, Access-Control-Request-Headers, Access-Control-Request-Private-Network"),
            ];
            (200, headers(&own))
        }
        other => panic!("no policy {other}"),
    }
}

/// What a refused preflight gets beside its status, 403.
#[must_use]
pub fn refused_preflight(_policy: &str) -> Headers {
    headers(&[("vary", VARY_PREFLIGHT)])
}

fn headers(list: &[(&'static str, &'static str)]) -> Headers {
    list.iter().map(|&(name, value)| (name, value.to_owned())).collect()
}

/// Origins that the policy `api` allows.
pub const GOOD_ORIGINS: [&str; 20] = [
    "https://app.example.org",
    "https://admin.example.org:8443",
    "https://shop.example.net",
    "https://a-rather-long-label-of-a-customer.shops.example.net",
    "https://a.example.com",
    "https://a.b-c.d_e.example.com",
    "https://xn--bcher-kva.example.com",
    "https://-.example.com",
    "https://pr-7--shop.netlify.test",
    "https://pr---shop--shop.netlify.test",
    "http://localhost",
    "http://localhost:1",
    "http://localhost:3000",
    "http://localhost:65535",
    "http://[::1]:3000",
    "https://build-1.preview.example.dev",
    "https://build-12345.staging.example.dev",
    "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
    "https://0.example.com",
    "https://_.example.com",
];

/// Origins that the policy `api` refuses, each for a reason of its own.
pub const BAD_ORIGINS: [&str; 74] = [
    "null",
    "*",
    "https://example.com",
    "https://evilexample.com",
    "https://a.example.com.evil.io",
    "https://appXexample.org",
    "https://appxexample.org",
    "https://app-example.org",
    "xhttps://app.example.org",
    "http://app.example.org",
    "https://app.example.org:443",
    "https://app.example.org:80",
    "https://app.example.org:8443",
    "https://admin.example.org",
    "https://admin.example.org:84433",
    "https://admin.example.org:844",
    "https://a.example.com:8443",
    "https://a.example.com:",
    "http://localhost:",
    "http://localhost:abc",
    "http://localhost:0",
    "http://localhost:03000",
    "http://localhost:65536",
    "http://localhost:99999",
    "http://localhost:123456",
    "http://localhost:3000.evil.io",
    "http://localhost:3000/",
    "http://localhost.evil.io",
    "https://localhost:3000",
    "http://localhost:-1",
    "http://localhost:3000:1",
    "http://127.0.0.1:3000",
    "http://[::1]",
    "http://[::1]:3001",
    "http://::1:3000",
    "http://[0:0:0:0:0:0:0:1]:3000",
    "https://evil.io/.example.com",
    "https://evil.io#.example.com",
    "https://evil.io?.example.com",
    "https://evil.io`.example.com",
    "https://evil.io\\.example.com",
    "https://evil.io'.example.com",
    "https://evil.io$.example.com",
    "https://u@a.example.com",
    "https://app.example.org@evil.io",
    "https://.example.com",
    "https://a..example.com",
    "https://*.example.com",
    "https://A.example.com",
    "HTTPS://app.example.org",
    "https://APP.example.org",
    "https://app.example.orG",
    ".*",
    "(",
    "https://app.example.org/",
    "https://app.example.org/path",
    "https://app.example.org.",
    "https://app.example.org.evil.io",
    "https://app.example.or",
    "https://app.example.orgg",
    "https://app.example.org, https://shop.example.net",
    "https://app.example.org https://shop.example.net",
    "https://pr---shop.netlify.test",
    "https://pr-7-shop.netlify.test",
    "https://pr-a.b--shop.netlify.test",
    "https://pr-a_b--shop.netlify.test",
    "https://pr-7--shop.netlify.testing",
    "https://build-.preview.example.dev",
    "https://build-123456.preview.example.dev",
    "https://build-1.previewxexample.dev",
    "https://build-1.production.example.dev",
    "chrome-extension://abcdefghijklmnopabcdefghijklmnoq",
    "https://caf\u{e9}.example.com",
    "file://",
];

/// Paths under no policy, because a later hop could read them in another way, or because nothing covers them.
pub const PATHS_WITHOUT_POLICY: [&str; 34] = [
    "/",
    "/nothing",
    "/apix",
    "/API/items",
    "/Public/x",
    "/echo/x",
    "/echo/",
    "/files/raw",
    "/files/a/b/raw",
    "/files/a/raw/",
    "/%61pi/items",
    "/api/%69tems",
    "/api%2Fitems",
    "/api/a%2fb",
    "/api/a%5Cb",
    "/api/%2e%2e/x",
    "/api/a%2Db",
    "/api/a%7Eb",
    "/api/a;b=c",
    "/api;v=1/items",
    "//api/items",
    "/api//items",
    "/api/items//",
    "/api/./items",
    "/api/../api/items",
    "/api/..",
    "/api/.",
    "/api/a\\b",
    "/api/a#b",
    "/api/100%",
    "/api/%zz",
    "/api/%4",
    "/public/../api/items",
    "/public/%2e%2e/api",
];

/// What the requests of the table are about, in its order.
pub const ROWS: [(&str, Add); 13] = [
    ("allowed origins", allowed_origins),
    ("refused origins", refused_origins),
    ("any origin", any_origin),
    ("the origin `null`", null_origin),
    ("no `Origin`, or an empty one", without_origin),
    ("methods", methods),
    ("what a preflight asks for", asked_headers),
    ("any method and header, with credentials", echoes),
    ("private networks", private_networks),
    ("paths", paths),
    ("paths without a policy", paths_without_policy),
    ("several `Origin` lines, and long ones", unusual_origins),
    ("`OPTIONS` that is no preflight", no_preflights),
];

/// Adds the requests of a row.
pub type Add = fn(&mut Vec<Case>);

/// The whole table.
#[must_use]
pub fn table() -> Vec<Case> {
    let mut cases = Vec::new();
    for (row, add) in ROWS {
        let first = cases.len();
        add(&mut cases);
        cases[first..].iter_mut().for_each(|case| case.row = row);
    }
    cases
}

fn actual(method: &'static str, target: &str, origins: &[&str], expect: Expect) -> Case {
    Case { row: "", method, target: target.to_owned(), origins: origins.iter().map(|origin| (*origin).to_owned()).collect(), headers: Vec::new(), expect }
}

fn asks(target: &str, origin: &str, method: &str, headers: &[(&'static str, &str)], expect: Expect) -> Case {
    let mut case = actual("OPTIONS", target, &[origin], expect);
    case.headers.push(("Access-Control-Request-Method", method.to_owned()));
    case.headers.extend(headers.iter().map(|&(name, value)| (name, value.to_owned())));
    case
}

fn allowed_origins(cases: &mut Vec<Case>) {
    for origin in GOOD_ORIGINS {
        cases.push(actual("GET", "/api/items", &[origin], Expect::Granted("api")));
        cases.push(asks("/api/items", origin, "PUT", &[("Access-Control-Request-Headers", "content-type")], Expect::Preflight("api")));
    }
}

fn refused_origins(cases: &mut Vec<Case>) {
    for origin in BAD_ORIGINS {
        cases.push(actual("GET", "/api/items", &[origin], Expect::Refused("api")));
        cases.push(asks("/api/items", origin, "PUT", &[], Expect::RefusedPreflight("api")));
    }
}

fn any_origin(cases: &mut Vec<Case>) {
    for origin in ["https://anyone.example", "null", "https://app.example.org", "garbage"] {
        cases.push(actual("GET", "/public/logo.svg", &[origin], Expect::Granted("public")));
        cases.push(asks("/public/logo.svg", origin, "PUT", &[], Expect::Preflight("public")));
    }
}

fn null_origin(cases: &mut Vec<Case>) {
    cases.push(actual("GET", "/opaque", &["null"], Expect::Granted("opaque")));
    cases.push(asks("/opaque", "null", "PUT", &[], Expect::Preflight("opaque")));
    for origin in ["NULL", "Null", "nul", "nulll", "https://app.example.org"] {
        cases.push(actual("GET", "/opaque", &[origin], Expect::Refused("opaque")));
    }
}

fn without_origin(cases: &mut Vec<Case>) {
    for (path, policy) in [("/api/items", "api"), ("/api/internal/x", "internal"), ("/echo", "echo"), ("/opaque", "opaque")] {
        cases.push(actual("GET", path, &[], Expect::Refused(policy)));
        cases.push(actual("GET", path, &[""], Expect::Refused(policy)));
    }
    cases.push(actual("GET", "/public/x", &[], Expect::Granted("public")));
    cases.push(actual("GET", "/nothing", &[], Expect::Untouched));
    cases.push(asks("/nothing", "https://app.example.org", "PUT", &[], Expect::Untouched));
}

const GOOD: &str = GOOD_ORIGINS[0];

fn methods(cases: &mut Vec<Case>) {
    for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "PURGE", "OPTIONS"] {
        cases.push(actual(method, "/api/items", &[GOOD], Expect::Granted("api")));
        cases.push(actual(method, "/api/items", &["https://evil.io"], Expect::Refused("api")));
    }
    // The answer is a constant of the policy: what is asked for changes nothing.
    for method in ["GET", "PUT", "patch", "FOO", "*", "PUT, DELETE", "\"", "$http_host"] {
        cases.push(asks("/api/items", GOOD, method, &[], Expect::Preflight("api")));
    }
}

fn asked_headers(cases: &mut Vec<Case>) {
    for asked in ["content-type", "x-evil", "authorization,content-type", "", ",,,,", "\"x\"", "a b c"] {
        cases.push(asks("/api/items", GOOD, "PUT", &[("Access-Control-Request-Headers", asked)], Expect::Preflight("api")));
    }
    let hostile = ",".repeat(4_000);
    cases.push(asks("/api/items", GOOD, "PUT", &[("Access-Control-Request-Headers", &hostile)], Expect::Preflight("api")));
}

fn echoes(cases: &mut Vec<Case>) {
    for (policy, path) in [("echo", "/echo"), ("echo-all", "/echo-all")] {
        for asked in
            ["x-a", "content-type,x-a", "authorization", "authorization,x-a", "x-a,authorization", "x-a, Authorization ,x-b", "x-authorization,y", "$http_host"]
        {
            cases.push(asks(path, GOOD, "PUT", &[("Access-Control-Request-Headers", asked)], Expect::Preflight(policy)));
        }
        for asked in ["PURGE", "authorization", "PUT, DELETE", "PUT DELETE", "\"", "$http_host"] {
            cases.push(asks(path, GOOD, asked, &[], Expect::Preflight(policy)));
        }
        cases.push(asks(path, "https://evil.io", "PUT", &[("Access-Control-Request-Headers", "x-a")], Expect::RefusedPreflight(policy)));
        for asked in ["x-a;b", "\"x\"", "x-a(b)", &"x".repeat(1_025), &"x,".repeat(1_000)] {
            cases.push(asks(path, GOOD, "PUT", &[("Access-Control-Request-Headers", asked)], Expect::Preflight(policy)));
        }
        cases.push(asks(path, GOOD, "PUT", &[("Access-Control-Request-Headers", &"x".repeat(1_024))], Expect::Preflight(policy)));
    }
}

fn private_networks(cases: &mut Vec<Case>) {
    for asked in ["true", "True", "1", ""] {
        cases.push(asks("/public/x", GOOD, "GET", &[("Access-Control-Request-Private-Network", asked)], Expect::Preflight("public")));
        cases.push(asks("/api/x", GOOD, "GET", &[("Access-Control-Request-Private-Network", asked)], Expect::Preflight("api")));
    }
}

fn paths(cases: &mut Vec<Case>) {
    for path in [
        "/api",
        "/api/",
        "/api/items",
        "/api/a/b/c",
        "/api?x=1",
        "/api/items?next=//x/../y;z%61#w",
        "/files/a/raw",
        "/files//raw?no",
        "/api/a%20b",
        "/api/caf%C3%A9",
        "/api/%3B",
        "/api/internalx",
        "/api/...",
        "/api/.x",
    ] {
        let expect = if path == "/files//raw?no" { Expect::NoPolicy } else { Expect::Granted("api") };
        cases.push(actual("GET", path, &[GOOD], expect));
    }
    for path in ["/api/internal", "/api/internal/", "/api/internal/x"] {
        cases.push(actual("GET", path, &["https://admin.example.org:8443"], Expect::Granted("internal")));
        cases.push(actual("GET", path, &[GOOD], Expect::Refused("internal")));
        cases.push(asks(path, "https://admin.example.org:8443", "POST", &[], Expect::Preflight("internal")));
        cases.push(asks(path, GOOD, "POST", &[], Expect::RefusedPreflight("internal")));
    }
    for path in ["/odd/%C3%A9$&'.txt", "/odd/b@b:c,d=e!(f)+g"] {
        cases.push(actual("GET", path, &[GOOD], Expect::Granted("odd")));
        cases.push(asks(path, GOOD, "GET", &[("Access-Control-Request-Headers", "x-a")], Expect::Preflight("odd")));
    }
    cases.push(actual("GET", "/odd/b@bxc,d=e!(f)+g", &[GOOD], Expect::Untouched));
}

fn paths_without_policy(cases: &mut Vec<Case>) {
    for path in PATHS_WITHOUT_POLICY {
        cases.push(actual("GET", path, &[GOOD], Expect::NoPolicy));
        cases.push(asks(path, GOOD, "PUT", &[], Expect::NoPolicy));
    }
}

fn unusual_origins(cases: &mut Vec<Case>) {
    let (other, bad) = ("https://shop.example.net", "https://evil.io");
    for origins in [[bad, GOOD], [bad, bad]] {
        cases.push(actual("GET", "/api/items", &origins, Expect::NeverGranted("api")));
    }
    for origins in [[GOOD, other], [GOOD, bad], [GOOD, GOOD]] {
        cases.push(actual("GET", "/api/items", &origins, Expect::NeverGranted("several")));
    }
    for length in [326, 327, 400, 2_000, 7_000] {
        let long = format!("https://{}.example.com", "a".repeat(length - "https://.example.com".len()));
        cases.push(actual("GET", "/api/items", &[&long], Expect::Refused("api")));
        let labels = format!("https://{}", "a.".repeat(length));
        let labels = format!("{}b.example.com", &labels[..(length - "b.example.com".len())]);
        if labels.as_bytes()[labels.len() - "b.example.com".len() - 1] == b'.' {
            let expect = if length <= 326 { Expect::Granted("api") } else { Expect::Refused("api") };
            cases.push(actual("GET", "/api/items", &[&labels], expect));
        }
    }
}

/// They are the application's.
fn no_preflights(cases: &mut Vec<Case>) {
    let mut plain = actual("OPTIONS", "/api/items", &[], Expect::Refused("api"));
    plain.headers.push(("Access-Control-Request-Method", "PUT".to_owned()));
    cases.push(plain);
    let mut empty = actual("OPTIONS", "/api/items", &[GOOD], Expect::Granted("api"));
    empty.headers.push(("Access-Control-Request-Method", String::new()));
    cases.push(empty);
    let mut get = actual("GET", "/api/items", &[GOOD], Expect::Granted("api"));
    get.headers.push(("Access-Control-Request-Method", "PUT".to_owned()));
    cases.push(get);
}
