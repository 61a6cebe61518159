//! A raw HTTP/1.1 client: a request sent byte for byte as given in, the response as received out.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::message::{body, headers, isomorphic_decode, line, malformed};

const TIMEOUT: Duration = Duration::from_secs(5);

/// A request whose header lines are sent in order and exactly as given, duplicates included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The method, sent as it stands: lower case stays lower case.
    pub method: String,
    /// The request target, sent as it stands: nothing is encoded or normalised.
    pub target: String,
    /// The header lines; [`send`] adds `Host` and `Connection: close` where they are missing.
    pub headers: Vec<(String, Vec<u8>)>,
}

impl Request {
    /// A request without header lines.
    #[must_use]
    pub fn new(method: &str, target: &str) -> Self {
        Self { method: method.to_owned(), target: target.to_owned(), headers: Vec::new() }
    }

    /// One more header line, after those that are there.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name.to_owned(), value.as_ref().to_owned()));
        self
    }

    /// The bytes on the wire, for a server at `addr`.
    #[must_use]
    pub fn to_bytes(&self, addr: SocketAddr) -> Vec<u8> {
        let mut bytes = format!("{} {} HTTP/1.1\r\n", self.method, self.target).into_bytes();
        for (name, default) in [("Host", addr.to_string()), ("Connection", "close".into())] {
            if !self.has(name) {
                bytes.extend(format!("{name}: {default}\r\n").bytes());
            }
        }
        for (name, value) in &self.headers {
            bytes.extend(name.bytes().chain(*b": "));
            bytes.extend(value.iter().chain(b"\r\n"));
        }
        bytes.extend(b"\r\n");
        bytes
    }

    fn has(&self, name: &str) -> bool {
        self.headers.iter().any(|(given, _)| given.eq_ignore_ascii_case(name))
    }
}

/// A response as received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The header lines in order, names in lower case, each byte of a value as the code point of its number.
    pub headers: Vec<(String, String)>,
    /// The body, without the chunks it came in.
    pub body: Vec<u8>,
}

impl Response {
    /// The value of every header line with this name (in any case), in order.
    #[must_use]
    pub fn header_values(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(received, _)| received.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str()).collect()
    }
}

/// Sends a request over a connection of its own, and reads the response.
///
/// # Errors
/// The connection fails or stays silent for some seconds, or what comes back is no HTTP.
pub fn send(addr: SocketAddr, request: &Request) -> io::Result<Response> {
    send_bytes(addr, &request.to_bytes(addr), request.method == "HEAD")
}

/// Sends any bytes at all over a connection of its own, and reads one response.
///
/// # Errors
/// As [`send`].
pub fn send_bytes(addr: SocketAddr, bytes: &[u8], is_head: bool) -> io::Result<Response> {
    let mut stream = TcpStream::connect_timeout(&addr, TIMEOUT)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_write_timeout(Some(TIMEOUT))?;
    // A server may refuse an over-long request before the whole of it is sent, so a failed write can still have its answer.
    let written = stream.write_all(bytes);
    read_response(&mut BufReader::new(stream), is_head).map_err(|error| written.err().unwrap_or(error))
}

/// Reads one response; `is_head` says that it answers a HEAD and so has no body, whatever its headers say.
///
/// # Errors
/// The stream fails, or what it holds is no HTTP response.
pub fn read_response(stream: &mut impl BufRead, is_head: bool) -> io::Result<Response> {
    let first = line(stream)?.ok_or_else(|| malformed("no response"))?;
    let status = status(&first)?;
    let headers = headers(stream)?;
    let has_no_body = is_head || matches!(status, 100..=199 | 204 | 304);
    let body = if has_no_body { Vec::new() } else { body(stream, &headers, true)? };
    Ok(Response { status, headers, body })
}

fn status(line: &[u8]) -> io::Result<u16> {
    let line = isomorphic_decode(line);
    let mut words = line.split(' ');
    words
        .next()
        .filter(|version| version.starts_with("HTTP/1."))
        .and(words.next())
        .and_then(|code| code.parse().ok())
        .ok_or_else(|| malformed("no status line"))
}
