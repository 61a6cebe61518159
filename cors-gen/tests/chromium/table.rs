//! The policies, the server around them, and every fetch of the test, with what is known to come out otherwise than by the model.

/// The policies, one for each way in which an answer can be built.
pub(crate) const POLICY: &str = "version: 1
policies:
  listed:
    paths: [/listed/**]
    allow_origins:
      - http://app.example.test
      - http://admin.example.test:8080
      - https://app.example.test
      - http://*.shops.example.test
      - http://pr-*--shop.example.test
      - http://xn--bcher-kva.example.test
      - http://localhost:*
      - 'http://[::1]:3000'
      - regex: 'http://build-[0-9]{1,3}\\.example\\.test'
    allow_methods: [GET, PUT, PATCH, DELETE, PURGE]
    allow_headers: [Content-Type, Authorization, X-Request-Id]
    expose_headers: [X-Upstream]
    allow_credentials: true
    max_age: 10m
  inner: { paths: [/listed/inner/**], allow_origins: ['http://admin.example.test:8080'], max_age: 0 }
  plain: { paths: [/plain/**], allow_origins: ['http://app.example.test'] }
  any: { paths: [/any/**], allow_origins: '*', allow_methods: '*', allow_headers: '*', expose_headers: '*' }
  any-and-authorization: { paths: [/any-and-authorization/**], allow_origins: '*', allow_headers: ['*', Authorization], preflight_status: 200 }
  echo: { paths: [/echo/**], allow_origins: ['http://app.example.test'], allow_methods: '*', allow_headers: '*', allow_credentials: true }
  echo-and-authorization:
    paths: [/echo-and-authorization/**]
    allow_origins: ['http://app.example.test']
    allow_headers: ['*', Authorization]
    allow_credentials: true
  opaque: { paths: [/opaque/**], allow_origins: ['null'], allow_methods: [PUT] }
  lower-case: { paths: [/lower-case/**], allow_origins: ['http://app.example.test'], allow_methods: [patch] }
  unremembered: { paths: [/unremembered/**], allow_origins: ['http://app.example.test'], allow_methods: [PUT], max_age: 0 }
  two: { paths: [/two/**], allow_origins: ['http://app.example.test', 'http://admin.example.test:8080'] }
lints:
  http-twin: allow
  insecure-origin: allow
  insecure-origin-with-credentials: allow
  loopback-outside-profile: allow
  looser-outer-path: allow
  miscased-method: allow
  null-origin: allow
  wildcard-headers-without-authorization: allow
";

/// The server around the policies. `/bare/` is what a careless administrator writes.
pub(crate) const SERVER: &str = "
include cors.server.conf;
access_log seen.log seen;
location / { proxy_pass http://{upstream}; }
location ~ ^/[^/]+/nginx/unauthorized$ { auth_basic realm; auth_basic_user_file nobody; proxy_pass http://{upstream}; }
location ~ ^/[^/]+/nginx/forbidden$ { deny all; }
location ~ ^/[^/]+/nginx/down$ { proxy_pass http://{dead}; }
location /bare/ { add_header Access-Control-Allow-Origin $http_origin always; proxy_pass http://{upstream}; }
";

/// What came out of a fetch: `allow`, or Chromium's name for the fault.
pub(crate) type Verdict = &'static str;

/// A known difference between the model with these policies and Chromium with this server. It has to be there as declared.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Difference {
    pub(crate) model: Verdict,
    pub(crate) chromium: Verdict,
    pub(crate) because: &'static str,
}

/// What the page loads from the same URL before the fetch that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Before {
    Nothing,
    /// As a stylesheet or an image would be.
    NoCors,
    /// The same fetch.
    Same,
}

/// One fetch.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) origin: &'static str,
    /// With the query for the upstream.
    pub(crate) path: String,
    pub(crate) method: &'static str,
    pub(crate) headers: &'static [(&'static str, &'static str)],
    pub(crate) credentials: bool,
    pub(crate) before: Before,
    /// Rows of one name have one URL, and take what the cache has.
    pub(crate) cache: Option<&'static str>,
    pub(crate) status: u16,
    pub(crate) difference: Option<Difference>,
    /// The methods that the server is to see, where it is not simply what the model sends.
    pub(crate) methods: Option<&'static [&'static str]>,
}

impl Row {
    fn get(origin: &'static str, path: impl Into<String>) -> Self {
        Self {
            origin,
            path: path.into(),
            method: "GET",
            headers: &[],
            credentials: false,
            before: Before::Nothing,
            cache: None,
            status: 200,
            difference: None,
            methods: None,
        }
    }
}

const APP: &str = "http://app.example.test";
const ADMIN: &str = "http://admin.example.test:8080";

/// A path under each policy, one under none, and two that no policy answers because they can be read in more than one way.
const PATHS: [&str; 11] = [
    "/listed/a",
    "/listed/inner/a",
    "/plain/a",
    "/any/a",
    "/any-and-authorization/a",
    "/echo/a",
    "/echo-and-authorization/a",
    "/opaque/a",
    "/none/a",
    "/listed/%61",
    "/listed//a",
];

const METHODS: [&str; 14] = ["GET", "HEAD", "POST", "PUT", "put", "PATCH", "patch", "DELETE", "PURGE", "OPTIONS", "options", "FOO", "TRACE", "a b"];

const HEADERS: [&[(&str, &str)]; 12] = [
    &[("Accept", "text/html"), ("Accept-Language", "de"), ("Content-Language", "de"), ("Range", "bytes=0-99")],
    &[("Content-Type", "text/plain")],
    &[("Content-Type", "application/json")],
    &[("X-Request-Id", "1")],
    &[("x-request-id", "1"), ("Content-Type", "application/json")],
    &[("X-Request-Id", "1"), ("X-Other", "1")],
    &[("Authorization", "Bearer x")],
    &[("Authorization", "Bearer x"), ("X-Zzz", "1"), ("X-Aaa", "1")],
    &[("X!#$%&'*+.^_`|~", "1")],
    &[("Cookie", "a=b"), ("Sec-Other", "1"), ("Access-Control-Request-Method", "PUT")],
    &[("Origin", "http://app.example.test"), ("Host", "app.example.test")],
    &[("X Y", "1")],
];

const ORIGINS: [&str; 22] = [
    APP,
    ADMIN,
    "null",
    "https://app.example.test",
    "https://admin.example.test:8080",
    "http://app.example.test:8080",
    "http://admin.example.test",
    "http://a.shops.example.test",
    "http://a.b-c.d_e.shops.example.test",
    "http://shops.example.test",
    "http://evilshops.example.test",
    "http://pr-7--shop.example.test",
    "http://pr-7.x--shop.example.test",
    "http://xn--bcher-kva.example.test",
    "http://localhost",
    "http://localhost:3000",
    "http://localhost.example.test:3000",
    "http://[::1]:3000",
    "http://build-42.example.test",
    "http://build-4242.example.test",
    "http://app.example.test.evil.test",
    "http://xapp.example.test",
];

const PATHS_OF_ORIGINS: [&str; 6] = ["/listed/a", "/listed/inner/a", "/plain/a", "/any/a", "/opaque/a", "/none/a"];

/// Every fetch, in order: those that share a URL depend on it.
pub(crate) fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    for path in PATHS {
        for credentials in [false, true] {
            rows.extend(METHODS.map(|method| Row { method, credentials, ..Row::get(APP, path) }));
            rows.extend(HEADERS.map(|headers| Row { headers, credentials, ..Row::get(APP, path) }));
        }
    }
    for origin in ORIGINS {
        for path in PATHS_OF_ORIGINS {
            rows.extend(["GET", "PUT"].map(|method| Row { method, ..Row::get(origin, path) }));
            rows.push(Row { credentials: true, ..Row::get(origin, path) });
        }
    }
    // A fault in the method is found before a fault in the headers, and permission for both is asked for in one preflight.
    for path in ["/listed/a", "/plain/a", "/any/a", "/echo/a"] {
        rows.extend(HEADERS.map(|headers| Row { headers, method: "PUT", credentials: true, ..Row::get(APP, path) }));
    }
    rows.extend(statuses());
    for row in &mut rows {
        row.difference = known_difference(row);
    }
    rows.extend(client_hints());
    rows.extend(lower_case());
    rows.extend(preflight_cache());
    rows.extend(http_cache());
    rows
}

/// A script reads an error as it reads a success, whoever made it.
fn statuses() -> Vec<Row> {
    let mut rows = Vec::new();
    for policy in ["listed", "plain", "any", "echo", "none"] {
        for method in ["GET", "PUT"] {
            for (path, status) in [("unauthorized", 401), ("forbidden", 403), ("down", 502)] {
                rows.push(Row { method, status, credentials: policy == "listed", ..Row::get(APP, format!("/{policy}/nginx/{path}")) });
            }
            for status in [201, 204, 400, 404, 500, 503] {
                rows.push(Row { method, status, ..Row::get(APP, format!("/{policy}/a?status={status}")) });
            }
            // Headers that an upstream sends by itself have no part in what a policy answers.
            if policy != "none" {
                rows.push(Row { method, ..Row::get(APP, format!("/{policy}/a?cors=own")) });
                rows.push(Row { method, ..Row::get("http://xapp.example.test", format!("/{policy}/a?cors=own")) });
            }
        }
    }
    rows
}

const CHROMIUM_AND_AUTHORIZATION: Difference = Difference {
    model: "HeaderDisallowedByPreflightResponse",
    chromium: "allow",
    because: "Chromium lets `Authorization` pass under `*`, which the standard does not (CORS non-wildcard request-header name)",
};

const NGINX_AND_LOWER_CASE: Difference = Difference {
    model: "allow",
    chromium: "MissingAllowOriginHeader",
    because: "nginx answers a method with a lower-case letter with a bare 400 before it looks at anything else",
};

fn known_difference(row: &Row) -> Option<Difference> {
    let wildcard = row.path.starts_with("/any/") && !row.credentials;
    let any_method = wildcard || row.path.starts_with("/echo/");
    if wildcard && row.headers.iter().any(|(name, _)| *name == "Authorization") {
        Some(CHROMIUM_AND_AUTHORIZATION)
    } else if any_method && row.method == "patch" {
        Some(NGINX_AND_LOWER_CASE)
    } else {
        None
    }
}

fn lower_case() -> Vec<Row> {
    let row = |method, difference| Row { method, difference, ..Row::get(APP, "/lower-case/a") };
    vec![row("patch", Some(NGINX_AND_LOWER_CASE)), row("PATCH", None), row("Patch", None)]
}

/// Headers that the standard asks permission for, and Chromium does not.
fn client_hints() -> Vec<Row> {
    const HINTS: [&[(&str, &str)]; 5] = [&[("DPR", "2")], &[("ECT", "4g")], &[("RTT", "1")], &[("Width", "1")], &[("User-Agent", "x")]];
    const LONGER: [&[(&str, &str)]; 4] = [&[("Device-Memory", "1")], &[("Downlink", "1")], &[("Save-Data", "on")], &[("Viewport-Width", "1")]];
    let difference =
        Difference { model: "HeaderDisallowedByPreflightResponse", chromium: "allow", because: "Chromium sends client hints unasked, and drops `User-Agent`" };
    let hints = HINTS.into_iter().chain(LONGER);
    hints.map(|headers| Row { headers, difference: Some(difference), ..Row::get(APP, "/plain/a") }).collect()
}

/// A permission is remembered for as long as the policy says.
fn preflight_cache() -> Vec<Row> {
    let twice = |path, methods| Row { method: "PUT", before: Before::Same, methods: Some(methods), ..Row::get(APP, path) };
    vec![twice("/listed/a", &["OPTIONS", "PUT", "PUT"]), twice("/unremembered/a", &["OPTIONS", "PUT", "OPTIONS", "PUT"])]
}

/// What the HTTP cache holds for one request must not be taken for another. Without `Vary` it is, and that shows that the rows above can fail.
fn http_cache() -> Vec<Row> {
    let cached = |origin, cache, path: &str| Row { cache: Some(cache), ..Row::get(origin, path) };
    let after_no_cors = |cache, path| Row { before: Before::NoCors, ..cached(APP, cache, path) };
    let careless = |chromium| {
        let because = "the server echoes the origin without `Vary`, and Chromium's cache hands one page what another one got";
        Some(Difference { model: "MissingAllowOriginHeader", chromium, because })
    };
    let mut rows = vec![
        after_no_cors("after-no-cors-listed", "/listed/a"),
        Row { credentials: true, ..after_no_cors("after-no-cors-echo", "/echo/a") },
        after_no_cors("after-no-cors-any", "/any/a"),
        after_no_cors("after-no-cors-404", "/two/a?status=404"),
        after_no_cors("after-no-cors-none", "/none/a"),
        Row { difference: careless("MissingAllowOriginHeader"), ..after_no_cors("after-no-cors-bare", "/bare/a") },
        Row { difference: careless("allow"), ..cached(APP, "in-turn-bare", "/bare/a") },
        Row { difference: careless("AllowOriginMismatch"), ..cached(ADMIN, "in-turn-bare", "/bare/a") },
    ];
    rows[3].status = 404;
    for (cache, path) in [("in-turn-listed", "/listed/a"), ("in-turn-two", "/two/a"), ("in-turn-any", "/any/a")] {
        rows.extend([APP, ADMIN, "http://xapp.example.test", APP].map(|origin| cached(origin, cache, path)));
    }
    rows
}
