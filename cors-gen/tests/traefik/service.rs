//! A service that says what it was asked for, and `Vary` on two lines: what Traefik does to both is in the reference.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::thread;

use cors_testbed::http::{Request, send};
use cors_testbed::judge::vary;
use cors_testbed::scenarios::GOOD;

use super::{POLICIES, binary, generate, site};

/// It ends with the process: it waits for the next client and does nothing else.
fn start() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let addr = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut lines = BufReader::new(&stream).lines().map_while(Result::ok).take_while(|line| !line.is_empty());
            let first = lines.next().unwrap_or_default();
            lines.for_each(drop);
            let target = first.split(' ').nth(1).unwrap_or_default();
            let headers = format!("X-Target: {target}\r\nVary: Accept-Encoding\r\nVary: Accept-Language\r\nContent-Length: 0\r\nConnection: close");
            let _ = (&stream).write_all(format!("HTTP/1.1 200 OK\r\n{headers}\r\n\r\n").as_bytes());
        }
    });
    addr
}

#[test]
#[ignore = "live: needs Traefik; ./test runs it"]
fn a_service_gets_the_path_that_the_rules_saw() {
    let site = binary().start(&[("cors.traefik.yml", &generate(POLICIES).expect("a file")), ("site.yml", &site())], "", start()).expect("Traefik starts");
    for (target, passed_on, is_api) in [
        ("/api/x", "/api/x", true),
        ("/%61pi/x", "/api/x", true),
        ("//api/x", "/api/x", true),
        ("/api/./x", "/api/x", true),
        ("/public/../api/x", "/api/x", true),
        ("/public/%2e%2e/api", "/api", true),
        ("/api/..", "/", false),
        ("/api/x//", "/api/x/", true),
        ("/api/%7e%c3%a9", "/api/~%C3%A9", true),
        ("/api/a|b(c)", "/api/a%7Cb%28c%29", true),
        ("/api/a|%24%3D", "/api/a%7C$=", true),
        ("/api/a|%2Fb", "/api/a%7C/b", true),
        ("/api|%2Fx", "/api%7C/x", false),
        ("/api/a|%3Bb", "/api/a%7C;b", false),
        ("/api%2Fx", "/api%2Fx", false),
        ("/api;v=1/x", "/api;v=1/x", false),
        ("/api\\x", "/api%5Cx", false),
    ] {
        let response = send(site.addr(), &Request::new("GET", target).header("Origin", GOOD)).expect("a response");
        assert_eq!(response.header_values("x-target"), [passed_on], "{target}");
        let granted: &[&str] = if is_api { &[GOOD] } else { &[] };
        assert_eq!(response.header_values("access-control-allow-origin"), granted, "{target}");
        let varies: &[&str] = if is_api { &["accept-encoding", "origin"] } else { &["accept-encoding", "accept-language"] };
        assert_eq!(vary(response.header_values("vary").into_iter()), varies, "{target}");
    }
}
