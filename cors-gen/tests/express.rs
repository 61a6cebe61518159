//! Whatever users do with the generated file in Express, on every version at hand.
#![allow(clippy::expect_used, reason = "a fixture that does not work is a failed test")]

use cors_gen::{Options, Source, compile};
use cors_testbed::express::Express;
use cors_testbed::generated;
use cors_testbed::http::{Request, Response, send_bytes};
use cors_testbed::judge::{CORS_HEADERS, vary};
use cors_testbed::program::{Program, Site};
use cors_testbed::requests;
use cors_testbed::scenarios::{
    GOOD, OTHER, WITH_CREDENTIALS, get, hosts_have_policies_of_their_own, many_policies, many_policies_are_told_apart, preflight, readable,
};
use cors_testbed::sweep::{Subject, sweep};

fn generate(policy: &str) -> String {
    generated::generate("express", policy).unwrap_or_else(|refusals| panic!("{refusals:#?}")).concat()
}

fn versions() -> Vec<Express> {
    let versions = Express::installed();
    assert_eq!(versions.len(), 2, "Express 5 and 4 must be installed: run ./test; found {versions:?}");
    versions
}

fn start(version: &Express, files: &[(&str, &str)]) -> Site {
    Site::start(version, files).unwrap_or_else(|error| panic!("{}: {error}", version.name()))
}

/// The application of the fixture, or `main`, under a policy.
fn site(version: &Express, policy: &str, main: Option<&str>) -> Site {
    let text = generate(policy);
    let files = [("cors-policy.cjs", text.as_str())].into_iter().chain(main.map(|main| ("main.cjs", main)));
    start(version, &files.collect::<Vec<_>>())
}

fn send(site: &Site, request: &Request) -> Response {
    site.ask(request).unwrap_or_else(|error| panic!("{request:?}: {error}\n{}", site.server.error_log())).0
}

/// A preflight is readable, and never reaches what comes after the middleware.
fn answers_preflight(site: &Site, target: &str) {
    let (answer, hits) = site.ask(&preflight(target, GOOD)).expect("an answer");
    assert_eq!((answer.status, hits), (204, 0), "{target}: {answer:#?}");
    readable(&answer, target);
}

/// Another origin finds no CORS header, and no cache takes its response for that of an allowed one.
fn refuses(site: &Site, target: &str) {
    let refused = send(site, &Request::new("GET", target).header("Origin", "https://evil.test"));
    assert!(CORS_HEADERS.iter().all(|name| refused.header_values(name).is_empty()), "{target}: {refused:#?}");
    assert!(vary(refused.header_values("vary").into_iter()).contains(&"origin".to_owned()), "{target}: {refused:#?}");
}

/// An application: its first lines before the middleware, the others after it.
fn application(before: &str, after: &str) -> String {
    format!(
        "const fs = require('fs');\nconst express = require(process.env.EXPRESS);\nconst asked = require('./asked.cjs');\nconst app = express();\n\
         {before}\napp.use(require('./cors-policy.cjs'));\n{after}\napp.listen(process.env.PORT, process.env.HOST);\n"
    )
}

/// Errors of Express, of what is used in it, and those that nobody handles.
#[test]
#[ignore = "live: needs Express; ./test runs it"]
fn errors_are_readable() {
    let main = application(
        "",
        "app.get('/api/throws', () => { throw new Error('nobody handles this'); });
        app.get('/api/passes', (req, res, next) => setImmediate(next, new Error('nobody handles this')));
        app.get('/api/headers', (req, res, next) => next(Object.assign(new Error(), { status: 418, headers: { 'Access-Control-Allow-Origin': '*', Vary: 'Cookie' } })));
        app.get('/api/401', (req, res) => res.status(401).set('WWW-Authenticate', 'Basic').end());
        app.get('/api/handled', () => { throw new Error('somebody handles this'); });
        app.get('/api/parameter/:value', asked);
        app.post('/api/413', express.json({ limit: 4 }), asked);
        app.post('/api/400', express.json(), asked);
        app.get('/api/redirect', (req, res) => res.redirect('/elsewhere'));
        app.get('/api/missing-file', (req, res) => res.sendFile('missing', { root: __dirname }));
        fs.mkdirSync('files/folder', { recursive: true });
        app.use('/api/files', express.static('files'));
        app.use((error, req, res, next) => req.path === '/api/handled' ? res.status(503).json({}) : next(error));",
    );
    for version in versions() {
        let site = site(&version, requests::POLICY, Some(&main));
        for (path, status) in [
            ("/api/nothing", 404),
            ("/api/throws", 500),
            ("/api/passes", 500),
            ("/api/headers", 418),
            ("/api/401", 401),
            ("/api/handled", 503),
            ("/api/parameter/%C3", 400),
            ("/api/redirect", 302),
            ("/api/missing-file", 404),
            ("/api/files/folder", 301),
            ("/api/files/missing", 404),
        ] {
            let context = format!("{}: {path}", version.name());
            let response = send(&site, &get(path));
            assert_eq!(response.status, status, "{context}: {response:#?}");
            readable(&response, &context);
            refuses(&site, path);
            // A preflight is answered before anything asks for a password.
            answers_preflight(&site, path);
        }
        for (path, body, status) in [("/api/413", "[1,2]", 413), ("/api/400", "{", 400), ("/api/400", "{}", 200)] {
            let request =
                Request::new("POST", path).header("Origin", GOOD).header("Content-Type", "application/json").header("Content-Length", body.len().to_string());
            let bytes = [&request.to_bytes(site.server.addr())[..], body.as_bytes()].concat();
            let response = send_bytes(site.server.addr(), &bytes, false).expect("a response");
            assert_eq!(response.status, status, "{path} {body}: {response:#?}");
            readable(&response, path);
        }
    }
}

/// However an application writes its headers: its own stay, and those for CORS do not.
#[test]
#[ignore = "live: needs Express; ./test runs it"]
fn headers_of_users_stay_beside_ours() {
    let main = application(
        "app.use((req, res, next) => { res.set({ 'Access-Control-Allow-Origin': '*', 'Access-Control-Max-Age': '7', 'X-Before': 'yes' }).vary('Cookie'); next(); });",
        "app.use(require('cors')({ origin: '*', methods: 'TRACE', exposedHeaders: '*', preflightContinue: true }));
        const own = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Methods': 'TRACE', 'X-Own': 'yes', Vary: 'Accept-Language' };
        app.get('/api/object', (req, res) => res.writeHead(201, own).end());
        app.get('/api/phrase', (req, res) => res.writeHead(201, 'Made', own).end('made'));
        app.get('/api/array', (req, res) => res.writeHead(201, Object.entries(own).flat()).end());
        app.get('/api/set', (req, res) => res.status(201).set(own).json({}));
        app.get('/api/flush', (req, res) => { res.status(201).set(own).flushHeaders(); setTimeout(() => res.end('late'), 10); });
        app.get('/api/write', (req, res) => { res.statusCode = 201; res.set(own).write('one'); res.end('two'); });
        app.get('/api/file', (req, res) => res.status(201).set(own).sendFile('main.cjs', { root: __dirname }));
        app.use((req, res) => res.status(201).set(own).end());",
    );
    for version in versions() {
        let site = site(&version, requests::POLICY, Some(&main));
        for way in ["object", "phrase", "array", "set", "flush", "write", "file", "other"] {
            let context = format!("{}: {way}", version.name());
            let target = format!("/api/{way}");
            let response = send(&site, &get(&target));
            assert_eq!((response.status, response.header_values("x-own")), (201, vec!["yes"]), "{context}: {response:#?}");
            assert_eq!(response.header_values("x-before"), ["yes"], "{context}: {response:#?}");
            readable(&response, &context);
            assert_eq!(response.header_values("access-control-expose-headers"), ["X-Request-Id, X-Total-Count"], "{context}");
            let others = ["access-control-allow-methods", "access-control-max-age"];
            assert!(others.iter().all(|name| response.header_values(name).is_empty()), "{context}: {response:#?}");
            assert_eq!(vary(response.header_values("vary").into_iter()), ["accept-language", "origin"], "{context}");
            refuses(&site, &target);
            answers_preflight(&site, &target);
        }
        // Where no policy applies, users decide.
        let none = send(&site, &get("/none"));
        assert_eq!((none.header_values("access-control-allow-origin"), none.header_values("access-control-max-age")), (vec!["*"], vec!["7"]));
    }
}

/// `import` finds the middleware, and it works wherever it is used: in a router, at a path, twice.
#[test]
#[ignore = "live: needs Express; ./test runs it"]
fn the_middleware_can_be_used_anywhere() {
    let main = "import { createRequire } from 'node:module';
import cors from './cors-policy.cjs';
import asked from './asked.cjs';
const express = (await import(process.env.EXPRESS)).default;
const app = express();
const router = express.Router();
router.use(cors);
router.use(asked);
app.use('/api/internal', router);
app.use('/api', cors, cors, asked);
app.use('/public', asked);
if (createRequire(import.meta.url)('./cors-policy.cjs') !== cors) throw new Error('two modules');
app.listen(process.env.PORT, process.env.HOST);
";
    let text = generate(requests::POLICY);
    for version in versions() {
        let site = start(&version, &[("cors-policy.cjs", &text), ("main.mjs", main)]);
        let admin = "https://admin.example.org:8443";
        for (path, origin, allowed) in [
            ("/api/x", GOOD, true),
            ("/api/x", "https://evil.test", false),
            ("/api/internal/x", admin, true),
            ("/api/internal/x", GOOD, false),
            ("/public/x", GOOD, false),
        ] {
            let response = send(&site, &Request::new("GET", path).header("Origin", origin));
            assert_eq!(response.header_values("access-control-allow-origin"), if allowed { vec![origin] } else { vec![] }, "{path} {origin}");
        }
        answers_preflight(&site, "/api/x");
    }
}

/// Two policy files in one application: by host, and one after the other.
#[test]
#[ignore = "live: needs Express; ./test runs it"]
fn two_policies_share_one_application() {
    let (one, two) = (generate(WITH_CREDENTIALS), generate(&WITH_CREDENTIALS.replace(GOOD, OTHER)));
    let main = |uses: &str| {
        format!(
            "const app = require(process.env.EXPRESS)();\nconst [one, two] = [require('./cors-policy.cjs'), require('./two.cjs')];\n{uses}\n\
             app.use(require('./asked.cjs'));\napp.listen(process.env.PORT, process.env.HOST);\n"
        )
    };
    let by_host = main("app.use((req, res, next) => (req.hostname === 'one.example' ? one : two)(req, res, next));");
    let in_turn = main("app.use(one);\napp.use(two);");
    for version in versions() {
        let files = |main| [("cors-policy.cjs", one.as_str()), ("two.cjs", two.as_str()), ("main.cjs", main)];
        let site = start(&version, &files(by_host.as_str()));
        hosts_have_policies_of_their_own(|request| send(&site, request));
        let site = start(&version, &files(in_turn.as_str()));
        for request in [Request::new("GET", "/?cors=own"), Request::new("OPTIONS", "/").header("Access-Control-Request-Method", "PUT")] {
            readable(&send(&site, &request.clone().header("Origin", GOOD)), "the first answers");
            let refused = send(&site, &request.header("Origin", OTHER));
            assert!(CORS_HEADERS.iter().all(|name| refused.header_values(name).is_empty()), "{refused:#?}");
        }
    }
}

/// Where every path has the same policy there is no looser one to reach, so no spelling of a path is refused.
#[test]
#[ignore = "live: needs Express; ./test runs it"]
fn a_policy_without_paths_covers_everything() {
    for version in versions() {
        let site = site(&version, WITH_CREDENTIALS, None);
        for target in ["/", "/a;b", "/%61", "//x", "/a/../b", "/x?y", "/a#b", "/%", "http://one.example/x"] {
            readable(&send(&site, &get(target)), target);
            answers_preflight(&site, target);
        }
        answers_preflight(&site, "*");
    }
}

/// Regexes of every shape, which the tests of the file show, and their enemies.
const REGEXES: &str = r#"version: 1
policies:
  default:
    paths: ["/items/**"]
    allow_origins:
      - regex: https://pr-[0-9]{1,3}\.example\.dev
      - regex: "https?://(a|bc)-[^\"'%x/]{1,9}\\.example\\.(com|org)"
      - regex: https://a[^a-z]\w\x2e.\.example\.io|https://b\d\\?\.example\.io
      - regex: '[a-z]{2,8}://(([a-z]+[0-9])*|-)(\^\$;#\{%s\})?'
      - regex: (?i)https://upper\.example
      - regex: https://(|www\.)empty\.example,?
      - regex: https://[\x21-\x7e&&[^a-z]]\.example\.net
    allow_credentials: true
lints:
  broad-regex: allow
  insecure-origin-with-credentials: allow
tests:
  - name: what each lets in
    path: /items/x
    allow: [https://pr-12.example.dev, "http://bc-(~).example.org", "https://a!_.}.example.io", "ab://a1b2^$;#{%s}",
            https://upper.example, https://www.empty.example, "https://`.example.net"]
    deny: [https://pr-1234.example.dev, "http://bc-x.example.org", "https://aa_.}.example.io", "https://.empty.example"]
  - { name: a backslash, request: { origin: 'https://b7\.example.io', path: /items/x }, expect: allow }
  - { name: a comma, request: { origin: "https://empty.example,", path: /items/x }, expect: allow }
"#;

#[test]
#[ignore = "live: needs Express; ./test runs it"]
fn regexes_mean_what_the_decision_says() {
    for version in versions() {
        let site = site(&version, REGEXES, None);
        let subject = Subject { name: &version.name(), addr: site.server.addr(), first_origin_may_count: false };
        let source = Source::new("cors.yaml", REGEXES);
        let compilation = compile(&source, &Options::default());
        sweep(&subject, compilation.sound().expect("the policy is sound"), &[]).assert_all_kinds();
    }
}

#[test]
#[ignore = "live: needs Express; ./test runs it"]
fn many_policies_and_long_lists_are_read() {
    let names: Vec<String> = (0..745).map(|index| format!("x-{index:07}")).collect();
    let long = names.join(", ");
    let origins: Vec<String> = (0..100_000).map(|index| format!("https://customer-{index}.example.org")).collect();
    let lists = format!(
        "version: 1\npolicies:\n  default:\n    allow_origins: [{}]\n    allow_methods: [{long}]\n    allow_headers: [{long}]\n    expose_headers: [{long}]\n",
        origins.join(", ")
    );
    let version = &versions()[0];
    let site_of_many = site(version, &many_policies(), None);
    many_policies_are_told_apart(|request| send(&site_of_many, request));
    let site = site(version, &lists, None);
    for (origin, allowed) in [(&*origins[0], true), (&*origins[99_999], true), ("https://customer-100000.example.org", false)] {
        let response = send(&site, &Request::new("GET", "/").header("Origin", origin));
        assert_eq!(response.header_values("access-control-allow-origin"), if allowed { vec![origin] } else { vec![] });
        assert_eq!(response.header_values("access-control-expose-headers"), if allowed { vec![&*long] } else { vec![] });
    }
    let answer = send(&site, &preflight("/", &origins[7]));
    assert_eq!((answer.header_values("access-control-allow-methods"), answer.header_values("access-control-allow-headers")), (vec![&*long], vec![&*long]));
}

/// Each at its place in the policy.
#[test]
fn what_javascript_cannot_hold_is_refused() {
    let policy = format!(
        "version: 1\npolicies:\n  default:\n    paths: [/items/**, /{}]\n    allow_origins: [{{ regex: 'https://([a-z]+)+\\.example\\.com' }}]\n",
        "x".repeat(8_000)
    );
    let refusals = generated::generate("express", &policy).expect_err("two refusals");
    let said: Vec<(&str, &str)> = refusals.iter().map(|(place, refusal)| (&place[..9], refusal.message.as_str())).collect();
    assert_eq!(
        said,
        [("/xxxxxxxx", "Express cannot match this path: it takes 8001 bytes"), ("'https://", "JavaScript cannot match this regex in bounded time")]
    );
}
