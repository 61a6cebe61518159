//! The client and the upstream hold each other to their word: requests over loopback in, verdicts out.
#![allow(clippy::unwrap_used, reason = "a failed step is a failed test")]

use std::io::{BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

use cors_testbed::http::{Request, Response, read_response, send};
use cors_testbed::server::DeadAddr;
use cors_testbed::upstream::{OWN_CORS_HEADERS, Upstream};

fn get(target: &str) -> (Upstream, Response) {
    let upstream = Upstream::start().unwrap();
    let response = send(upstream.addr(), &Request::new("GET", target)).unwrap();
    (upstream, response)
}

fn parse(bytes: &[u8], is_head: bool) -> std::io::Result<Response> {
    read_response(&mut &*bytes, is_head)
}

/// What a server reads when `request` is sent to it.
fn bytes_on_the_wire(request: &Request) -> (SocketAddr, Vec<u8>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut bytes = Vec::new();
        let mut byte = [0];
        while !bytes.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() == 1 {
            bytes.push(byte[0]);
        }
        stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap();
        bytes
    });
    assert_eq!(send(addr, request).unwrap().status, 204);
    (addr, server.join().unwrap())
}

#[test]
fn the_upstream_answers_every_status_that_is_asked_for() {
    for (status, has_body, location) in
        [(200, true, vec![]), (204, false, vec![]), (302, true, vec!["/elsewhere"]), (304, false, vec![]), (404, true, vec![]), (500, true, vec![])]
    {
        let (upstream, response) = get(&format!("/x?status={status}"));
        assert_eq!(response.status, status);
        assert_eq!(!response.body.is_empty(), has_body, "{status}");
        assert_eq!(response.header_values("Location"), location, "{status}");
        assert_eq!(response.header_values("X-Upstream"), ["seen"]);
        assert_eq!(upstream.hits(), 1);
    }
}

#[test]
fn a_status_that_is_none_is_answered_501() {
    for query in ["status=", "status=20", "status=2000", "status=ok"] {
        assert_eq!(get(&format!("/?{query}")).1.status, 501, "{query}");
    }
}

#[test]
fn the_upstream_sends_cors_headers_of_its_own_only_when_asked() {
    let (_, own) = get("/x?status=404&cors=own&vary=1");
    for (name, value) in OWN_CORS_HEADERS {
        assert_eq!(own.header_values(name), [value]);
    }
    assert_eq!(own.header_values("vary"), ["Accept-Encoding"]);
    let (_, none) = get("/x?cors=other");
    let names = none.headers.iter().map(|(name, _)| name);
    assert!(names.clone().all(|name| !name.starts_with("access-control-")));
    assert!(names.clone().all(|name| name != "vary"));
}

#[test]
fn header_lines_arrive_in_order_and_as_given() {
    let long = vec![b'a'; 8 * 1024];
    let request = Request::new("options", "//x/%2e?q#f").header("Origin", "https://a.example").header("oRIGIN", b"\xff\t".as_slice()).header("X-Long", &long);
    let (addr, bytes) = bytes_on_the_wire(&request);
    let mut expected = format!("options //x/%2e?q#f HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\nOrigin: https://a.example\r\noRIGIN: ").into_bytes();
    expected.extend(b"\xff\t\r\nX-Long: ");
    expected.extend(long.iter().chain(b"\r\n\r\n"));
    assert_eq!(bytes, expected);
}

#[test]
fn a_host_and_connection_of_ones_own_replace_the_automatic_ones() {
    let request = Request::new("GET", "/").header("host", "a.example").header("CONNECTION", "close");
    let (_, bytes) = bytes_on_the_wire(&request);
    let text = "GET / HTTP/1.1\r\nhost: a.example\r\nCONNECTION: close\r\n\r\n";
    assert_eq!(bytes, text.as_bytes());
}

#[test]
fn headers_of_16_kb_reach_the_upstream() {
    let upstream = Upstream::start().unwrap();
    let value = vec![b'o'; 8 * 1024];
    let request = Request::new("GET", "/").header("Origin", &value).header("Origin", &value);
    assert_eq!(send(upstream.addr(), &request).unwrap().status, 200);
    assert_eq!(upstream.hits(), 1);
}

#[test]
fn an_answer_to_head_has_the_length_and_no_body() {
    let upstream = Upstream::start().unwrap();
    let response = send(upstream.addr(), &Request::new("HEAD", "/")).unwrap();
    assert_eq!(response.header_values("content-length"), ["9"]);
    assert!(response.body.is_empty());
}

#[test]
fn one_connection_carries_several_requests_with_bodies() {
    let upstream = Upstream::start().unwrap();
    let mut stream = TcpStream::connect(upstream.addr()).unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    for (status, body) in [(200, "Content-Length: 5\r\n\r\nGET /"), (404, "\r\n"), (204, "\r\n")] {
        let request = format!("PUT /?status={status} HTTP/1.1\r\nHost: a\r\n{body}");
        stream.write_all(request.as_bytes()).unwrap();
        assert_eq!(read_response(&mut reader, false).unwrap().status, status);
    }
    assert_eq!(upstream.hits(), 3);
}

#[test]
fn the_upstream_stops_though_a_client_keeps_its_connection() {
    let upstream = Upstream::start().unwrap();
    let addr = upstream.addr();
    let mut kept = TcpStream::connect(addr).unwrap();
    kept.write_all(b"GET / HTTP/1.1\r\n").unwrap();
    drop(upstream);
    assert!(TcpStream::connect(addr).is_err());
}

#[test]
fn chunks_are_put_together() {
    let response = parse(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;x=y\r\nab\r\n\r\nA\r\n0123456789\r\n0\r\nT: 1\r\n\r\n", false).unwrap();
    assert_eq!(response.body, b"ab\r\n0123456789");
}

#[test]
fn a_body_without_framing_reaches_to_the_end() {
    let response = parse(b"HTTP/1.0 200 OK\r\n\r\nall\nof it", false).unwrap();
    assert_eq!(response.body, b"all\nof it");
}

#[test]
fn values_lose_no_byte_and_duplicates_stay_apart() {
    let response = parse(b"HTTP/1.1 204 No\r\nA:\xe9\r\nB: x \r\na: \xc3\xa9\r\n\r\n", false).unwrap();
    assert_eq!(response.header_values("A"), ["\u{e9}", "\u{c3}\u{a9}"]);
    assert_eq!(response.header_values("b"), ["x"]);
}

#[test]
fn what_is_cut_short_is_an_error() {
    for bytes in [
        "",
        "SSH-2.0-x\r\n",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 200 OK\r\nA: b",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n",
    ] {
        assert!(parse(bytes.as_bytes(), false).is_err(), "{bytes:?}");
    }
}

#[test]
fn a_dead_address_refuses_connections() {
    let dead = DeadAddr::new().unwrap();
    let error = TcpStream::connect(dead.addr()).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionRefused);
    assert!(TcpListener::bind(dead.addr()).is_err(), "nobody else can take it");
}
