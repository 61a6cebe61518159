//! Lists, wildcards and policies near what HAProxy can hold.

use cors_testbed::scenarios::{many_policies, many_policies_are_told_apart};
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::thread;

use cors_testbed::haproxy::SITE;
use cors_testbed::http::Request;

use super::{Site, binaries, generate};

/// Names of headers, so many that they take this many bytes in a list.
fn names(bytes: usize) -> String {
    let mut names = "x-aaaaaaa, ".repeat(bytes / 11 - 1);
    (0..names.len() / 11).for_each(|index| names.replace_range(index * 11 + 2..index * 11 + 9, &format!("{index:07}")));
    names.clone() + "x-" + &"a".repeat(bytes - names.len() - 2)
}

/// What rules add has to fit into the room that is left in a buffer once the response fills it.
#[test]
#[ignore = "live: needs HAProxy; ./test runs it"]
fn the_longest_lists_fit_into_a_full_buffer() {
    let policy = |methods: usize, headers: usize, exposed: usize| {
        let lists = format!("allow_methods: [{}]\n    allow_headers: [{}]\n    expose_headers: [{}]", names(methods), names(headers), names(exposed));
        format!(
            "version: 1\npolicies:\n  default:\n    allow_origins: ['https://*.example.org']\n    allow_credentials: true\n    max_age: 86400\n    {lists}\n"
        )
    };
    for (lists, field) in [((4_001, 22, 22), "list of methods"), ((22, 4_001, 22), "list of headers"), ((22, 22, 501), "list of exposed headers")] {
        let refusal = generate(&policy(lists.0, lists.1, lists.2)).expect_err("a list that is too long");
        assert!(refusal.contains(field), "{refusal}");
    }
    let origin = format!("https://{}.example.org", &("a".repeat(63) + ".").repeat(5)[..306]);
    assert_eq!(origin.len(), 326);
    for binary in binaries() {
        let body = FullBuffer::start();
        let sections = SITE.replace("{upstream}", &body.0.to_string());
        let site = Site::of(&binary, &policy(4_000, 4_000, 500), &sections);
        let response = site.send(&Request::new("GET", "/").header("Origin", &origin));
        assert_eq!((response.status, response.body.len()), (200, FullBuffer::BODY), "{:?}", response.headers);
        assert_eq!(response.header_values("access-control-allow-origin"), [&*origin]);
        assert_eq!(response.header_values("access-control-expose-headers"), [names(500)]);
        let preflight = Request::new("OPTIONS", "/").header("Origin", &origin).header("Access-Control-Request-Method", "PUT");
        let answer = site.send(&preflight);
        assert_eq!(answer.status, 204);
        assert_eq!(answer.header_values("access-control-allow-methods"), [names(4_000)]);
        assert_eq!(answer.header_values("access-control-allow-headers"), [names(4_000)]);
    }
}

/// A service that sends a large body at once, to each of its clients.
struct FullBuffer(SocketAddr);

impl FullBuffer {
    const BODY: usize = 100_000;

    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let addr = listener.local_addr().expect("an address");
        // It ends with the process: it waits for the next client and does nothing else.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let response = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}", Self::BODY, "b".repeat(Self::BODY));
                let mut request = BufReader::new(&stream);
                let mut line = String::new();
                while request.read_line(&mut line).is_ok_and(|read| read > 2) {
                    line.clear();
                }
                let _ = (&stream).write_all(response.as_bytes());
            }
        });
        Self(addr)
    }
}

/// More policies, wildcards and paths than HAProxy takes words on a line.
#[test]
#[ignore = "live: needs HAProxy; ./test runs it"]
fn many_policies_and_wildcards_are_said_on_many_lines() {
    for binary in binaries() {
        let site = Site::of(&binary, &many_policies(), SITE);
        many_policies_are_told_apart(|request| site.send(request));
    }
}
