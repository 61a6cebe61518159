//! Whatever users do to an Apache, on the real one.
#![allow(clippy::expect_used, reason = "a fixture that does not work is a failed test")]

#[path = "apache/large.rs"]
mod large;

use cors_testbed::apache::{Apache, ApacheBinary, SITE};
use cors_testbed::generated;
use cors_testbed::http::{Request, Response, send};
use cors_testbed::judge::{CORS_HEADERS, vary};
use cors_testbed::requests;
use cors_testbed::scenarios::{self, GOOD, OTHER, WITH_CREDENTIALS, hosts_have_policies_of_their_own, readable};
use cors_testbed::server::{DeadAddr, Server};
use cors_testbed::upstream::Upstream;

/// What is generated for a policy, or why nothing is.
fn generate(policy: &str) -> Result<String, String> {
    generated::generate("apache", policy).map(|texts| texts.concat()).map_err(|refusals| format!("{refusals:?}"))
}

fn binary() -> ApacheBinary {
    Apache::installed().pop().expect("Apache httpd must be installed: run ./test")
}

struct Site {
    apache: Server,
    upstream: Upstream,
}

impl Site {
    fn start(files: &[(&str, &str)], site: &str) -> Self {
        let upstream = Upstream::start().expect("the upstream starts");
        let apache = binary().start(files, site, upstream.addr()).unwrap_or_else(|error| panic!("{error}"));
        let said = binary().check(apache.dir());
        assert_eq!(said.as_deref(), Ok(""));
        Self { apache, upstream }
    }

    /// A virtual host with the file of a policy, and these directives after it.
    fn of(policy: &str, directives: &str) -> Self {
        let rules = generate(policy).expect("the policy can be said");
        Self::start(&[("cors.conf", &rules)], &format!("<VirtualHost {{addr}}>\nInclude cors.conf\n{directives}\n</VirtualHost>\n"))
    }

    fn send(&self, request: &Request) -> Response {
        send(self.apache.addr(), request).unwrap_or_else(|error| panic!("{request:?}: {error}\n{}", self.apache.error_log()))
    }

    fn get(&self, target: &str) -> Response {
        self.send(&scenarios::get(target))
    }

    fn preflight(&self, target: &str) -> Response {
        self.preflight_of(target, GOOD)
    }

    fn preflight_of(&self, target: &str, origin: &str) -> Response {
        self.send(&scenarios::preflight(target, origin))
    }
}

const PASS: &str = "ProxyPass / http://{upstream}/";

#[test]
#[ignore = "live: needs Apache httpd; ./test runs it"]
fn errors_that_apache_makes_itself_are_readable() {
    let dead = DeadAddr::new().expect("an address where nothing listens");
    let directives = format!(
        "<Location /api/401>
    AuthType Basic
    AuthName site
    AuthBasicProvider file
    AuthUserFile none
    Require valid-user
</Location>
<Location /api/403>
    Require all denied
</Location>
<Location /api/413>
    LimitRequestBody 4
</Location>
ProxyPass /api/413 !
ErrorDocument 410 /api/gone.html
ErrorDocument 404 \"nothing here\"
ErrorDocument 403 /elsewhere/403.html
Redirect 410 /api/410
Redirect 301 /api/301 /api/other
RewriteRule ^/api/429 - [R=429,L]
ProxyPass /api/404 !
ProxyPass /api/410 !
ProxyPass /api/301 !
ProxyPass /api/gone.html !
ProxyPass /elsewhere !
ProxyPass /api/503 http://{}/
ProxyErrorOverride On 418
{PASS}",
        dead.addr()
    );
    let rules = generate(requests::POLICY).expect("the policy can be said");
    let files = [("cors.conf", &*rules), ("api/gone.html", "gone"), ("elsewhere/403.html", "not for you"), ("api/413", "too much")];
    let site = Site::start(&files, &format!("<VirtualHost {{addr}}>\nInclude cors.conf\n{directives}\n</VirtualHost>\n"));
    for (target, body) in [("/api/403", "not for you"), ("/api/404", "nothing here"), ("/api/410", "gone")] {
        assert_eq!(site.get(target).body, body.as_bytes());
    }
    assert_eq!(site.preflight_of("/api/x", "https://evil.example").body, b"not for you");
    for (target, status) in [
        ("/api/401", 401),
        ("/api/403", 403),
        ("/api/404", 404),
        ("/api/410", 410),
        ("/api/301", 301),
        ("/api/429", 429),
        ("/api/503", 503),
        ("/api/x?status=418&cors=own", 418),
        ("/api/x?status=500&cors=own", 500),
        ("/api/x?status=304&cors=own", 304),
    ] {
        let response = site.get(target);
        assert_eq!(response.status, status, "{target}: {response:#?}");
        readable(&response, target);
        assert_eq!(response.header_values("access-control-expose-headers"), ["X-Request-Id, X-Total-Count"], "{target}");
        // A preflight carries no credentials, so it is answered before anything could ask for some.
        let answer = site.preflight(target);
        assert_eq!(answer.status, 204, "{target}: {answer:#?}");
        readable(&answer, target);
        let refused = site.preflight_of(target, "https://evil.example");
        assert_eq!((refused.status, refused.header_values("access-control-allow-origin").len()), (403, 0), "{target}: {refused:#?}");
        assert!(vary(refused.header_values("vary").into_iter()).contains(&"access-control-request-method".to_owned()), "{target}: {refused:#?}");
    }
    let large = site.send(&Request::new("POST", "/api/413").header("Origin", GOOD).header("Content-Length", "5"));
    assert_eq!(large.status, 413);
    readable(&large, "413");
}

/// What users write beside the file: rules, headers and variables of their own, compression, another reading of regexes.
#[test]
#[ignore = "live: needs Apache httpd; ./test runs it"]
fn directives_of_the_user_stay_beside_those_of_the_policy() {
    let directives = "RewriteEngine On
RewriteRule ^/api/rewritten /other [PT]
RewriteRule ^/api/moved /api/there [R=302,L]
SetEnvIf Origin . asked=yes
Header always set X-Asked yes env=asked
Header set X-Response yes
Header always set Strict-Transport-Security max-age=60
Header set X-In-Location no
AddOutputFilterByType DEFLATE text/plain
<Location /api/own>
    Header set X-In-Location yes
    Header merge Vary Cookie
</Location>
ProxyPass / http://{upstream}/";
    let rules = generate(requests::POLICY).expect("the policy can be said");
    let site = format!("RegexDefaultOptions +ICASE\n<VirtualHost {{addr}}>\nInclude cors.conf\n{directives}\n</VirtualHost>\n");
    let site = Site::start(&[("cors.conf", &rules)], &site);
    for target in ["/api/own?cors=own", "/api/own?status=500&cors=own", "/api/rewritten?cors=own&vary=1"] {
        let response = site.get(target);
        readable(&response, target);
        let own = target.starts_with("/api/own");
        for (header, value) in [
            ("x-asked", "yes"),
            ("x-response", "yes"),
            ("strict-transport-security", "max-age=60"),
            ("x-upstream", "seen"),
            ("x-in-location", if own { "yes" } else { "no" }),
        ] {
            assert_eq!(response.header_values(header), [value], "{target}: {response:#?}");
        }
        let varies = vary(response.header_values("vary").into_iter());
        assert_eq!(varies.contains(&"cookie".to_owned()), own, "{target}: {response:#?}");
        assert_eq!(varies.iter().filter(|name| *name == "origin").count(), 1, "{response:#?}");
        readable(&site.preflight(target), target);
    }
    let moved = site.get("/api/moved");
    assert_eq!(moved.status, 302);
    readable(&moved, "moved");
    assert_eq!(site.preflight("/api/moved").status, 204);
    for (target, origin) in [("/API/own", GOOD), ("/api/own", "https://A.example.com"), ("/api/own", "https://app.example.orG")] {
        let response = site.send(&Request::new("GET", target).header("Origin", origin));
        assert_eq!(response.header_values("access-control-allow-origin"), Vec::<&str>::new(), "{target} {origin}");
    }
}

/// Two policy files on one Apache, one for each virtual host; and the errors of a host that has none.
#[test]
#[ignore = "live: needs Apache httpd; ./test runs it"]
fn each_virtual_host_has_its_policies() {
    let rules = generate(WITH_CREDENTIALS).expect("the policy can be said");
    let other = generate(&WITH_CREDENTIALS.replace(GOOD, OTHER)).expect("the policy can be said");
    let hosts: String = [("none.example", ""), ("one.example", "Include one/cors.conf"), ("two.example", "Include two/cors.conf")]
        .into_iter()
        .map(|(name, include)| format!("<VirtualHost {{addr}}>\nServerName {name}\n{include}\n{PASS}\n</VirtualHost>\n"))
        .collect();
    let site = Site::start(&[("one/cors.conf", &rules), ("two/cors.conf", &other)], &hosts);
    hosts_have_policies_of_their_own(|request| site.send(request));
    let untouched = site.send(&Request::new("GET", "/?cors=own").header("Host", "none.example").header("Origin", GOOD));
    assert_eq!(untouched.header_values("access-control-allow-origin"), ["https://upstream.invalid"]);
}

/// Where there is no virtual host, the file stands outside of any.
#[test]
#[ignore = "live: needs Apache httpd; ./test runs it"]
fn a_server_without_virtual_hosts_is_enough() {
    let rules = generate(WITH_CREDENTIALS).expect("the policy can be said");
    let site = Site::start(&[("cors.conf", &rules)], &format!("Include cors.conf\n{PASS}\n"));
    readable(&site.get("/x?cors=own"), "GET");
    assert_eq!(site.preflight("/x").status, 204);
    assert_eq!(site.upstream.hits(), 1);
}

/// Headers that are called like the variables of the file change nothing.
#[test]
#[ignore = "live: needs Apache httpd; ./test runs it"]
fn no_header_passes_for_a_variable() {
    let rules = generate(WITH_CREDENTIALS).expect("the policy can be said");
    let digest = rules.split("cors_").nth(1).and_then(|rest| rest.get(..8)).expect("a digest");
    let site = Site::start(&[("cors.conf", &rules)], SITE);
    let mut request = Request::new("GET", "/").header("Origin", "https://evil.example");
    for (variable, value) in [("asking", GOOD), ("allowed", "https://evil.example"), ("list", "1"), ("policy", "default"), ("answer", "grant:default")] {
        assert!(rules.contains(&format!("cors_{digest}_{variable}")), "{variable}");
        request = request.header(&format!("cors_{digest}_{variable}"), value);
    }
    let response = site.send(&request);
    CORS_HEADERS.iter().for_each(|name| assert_eq!(response.header_values(name), Vec::<&str>::new(), "{response:#?}"));
    assert_eq!(response.header_values("vary"), ["Origin"]);
}

/// Where every path has the same policy there is no looser one to reach, so no spelling of a path is refused.
#[test]
#[ignore = "live: needs Apache httpd; ./test runs it"]
fn a_policy_without_paths_covers_everything() {
    let site = Site::of(WITH_CREDENTIALS, PASS);
    for target in ["/", "/a;b", "/%61", "//x", "/a/../b", "/x?y"] {
        readable(&site.get(target), target);
        assert_eq!(site.preflight(target).status, 204, "{target}");
    }
    assert_eq!(site.upstream.hits(), 6);
    // Apache refuses these by itself, before any rule.
    for (target, status) in [("/a%2Fb", 404), ("/%zz", 400), ("/../x", 400)] {
        let answer = site.preflight(target);
        assert_eq!(answer.status, status, "{target}");
        readable(&answer, target);
    }
}

/// A target with scheme and host, as proxies are sent, has the policy of its path.
#[test]
#[ignore = "live: needs Apache httpd; ./test runs it"]
fn the_path_of_an_absolute_target_counts() {
    let site = Site::of(requests::POLICY, PASS);
    for (path, allowed) in [("/api/items?x=//", true), ("/api/../api/items", false), ("//api/items", false), ("", false)] {
        let request = Request::new("GET", &format!("http://api.example{path}")).header("Host", "api.example").header("Origin", GOOD);
        assert_eq!(site.send(&request).header_values("access-control-allow-origin").len(), usize::from(allowed), "{path}");
    }
}

/// Some mappings of a proxy come before mod_rewrite looks at a path.
#[test]
#[ignore = "live: needs Apache httpd; ./test runs it"]
fn preflights_end_here_whatever_the_proxy_maps() {
    for directives in ["mapping=encoded", "mapping=servlet", "nocanon", "\nAllowEncodedSlashes NoDecode"] {
        let site = Site::of(requests::POLICY, &format!("{PASS} {directives}"));
        readable(&site.get("/api/items?cors=own"), directives);
        let answer = site.preflight("/api/items");
        assert_eq!(answer.status, 204, "{directives}");
        readable(&answer, directives);
        assert_eq!(site.preflight_of("/api/items", "https://evil.example").status, 403, "{directives}");
        assert_eq!(site.upstream.hits(), 1, "{directives}");
    }
}

/// Every status that Apache knows ends a preflight without a body; any other is refused in the policy.
#[test]
#[ignore = "live: needs Apache httpd; ./test runs it"]
fn a_preflight_ends_with_the_status_of_its_policy() {
    let known = [200, 201, 202, 203, 204, 205, 206, 207, 208, 226];
    let policy = |status: u16| format!("  p{status}:\n    paths: [/p{status}]\n    allow_origins: [{GOOD}]\n    preflight_status: {status}\n");
    let file = |statuses: &[u16]| "version: 1\npolicies:\n".to_owned() + &statuses.iter().map(|&status| policy(status)).collect::<String>();
    let site = Site::of(&file(&known), PASS);
    for status in known {
        let answer = site.preflight(&format!("/p{status}"));
        assert_eq!((answer.status, answer.body.len()), (status, 0), "{answer:#?}");
        assert_eq!(answer.header_values("access-control-allow-origin"), [GOOD]);
    }
    for status in (200..300).filter(|status| !known.contains(status)) {
        let refusal = generate(&file(&[status])).expect_err("Apache does not know this status");
        assert!(refusal.contains(&format!("status {status}")), "{refusal}");
    }
}
