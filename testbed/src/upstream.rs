//! The service behind a proxy: the answer that a request's query asks for in, that answer and a count out.
//!
//! | query | answer |
//! |---|---|
//! | `status=404` | that status, 200 to 599; 200 without it; a 3xx but 304 carries a `Location` |
//! | `cors=own` | CORS headers of its own, all wrong, which a proxy must replace where a policy applies |
//! | `vary=1` | `Vary: Accept-Encoding`, which a proxy must keep |
//!
//! `X-Upstream: seen` is on every response: without it, the proxy answered by itself.

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::message::{body, headers, isomorphic_decode, line};

/// What `cors=own` answers: nothing of it may survive a policy.
pub const OWN_CORS_HEADERS: [(&str, &str); 6] = [
    ("Access-Control-Allow-Origin", "https://upstream.invalid"),
    ("Access-Control-Allow-Credentials", "true"),
    ("Access-Control-Allow-Methods", "TRACE"),
    ("Access-Control-Allow-Headers", "X-Upstream"),
    ("Access-Control-Expose-Headers", "X-Upstream"),
    ("Access-Control-Max-Age", "999999"),
];

const BODY: &str = "upstream\n";
/// How often an idle connection looks whether the fixture is gone.
const TICK: Duration = Duration::from_millis(50);

/// A running upstream; it stops when it is dropped.
#[derive(Debug)]
pub struct Upstream {
    addr: SocketAddr,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    hits: AtomicUsize,
    stopped: AtomicBool,
}

impl Upstream {
    /// Starts on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// No port is to be had.
    pub fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let addr = listener.local_addr()?;
        let shared = Arc::new(Shared::default());
        let acceptor = Some(thread::spawn({
            let shared = Arc::clone(&shared);
            move || accept(&listener, &shared)
        }));
        Ok(Self { addr, shared, acceptor })
    }

    /// Where it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// How many requests it has read so far.
    #[must_use]
    pub fn hits(&self) -> usize {
        self.shared.hits.load(SeqCst)
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.shared.stopped.store(true, SeqCst);
        // Wakes the acceptor; should it fail, the acceptor has ended already.
        let _ = TcpStream::connect(self.addr);
        if let Some(acceptor) = self.acceptor.take() {
            let _ = acceptor.join();
        }
    }
}

fn accept(listener: &TcpListener, shared: &Shared) {
    thread::scope(|connections| {
        for stream in listener.incoming().flatten() {
            if shared.stopped.load(SeqCst) {
                return;
            }
            // A connection that breaks is its client's affair: the client's test sees it.
            connections.spawn(move || serve(stream, shared));
        }
    });
}

fn serve(stream: TcpStream, shared: &Shared) -> io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(TICK))?;
    let mut writer = stream.try_clone()?;
    let mut reader = BufReader::new(Patient { stream, shared });
    while let Some(request) = read_request(&mut reader)? {
        shared.hits.fetch_add(1, SeqCst);
        writer.write_all(&answer(&request))?;
        if !request.keep_alive {
            break;
        }
    }
    Ok(())
}

/// A stream that waits as long as its client likes, unless the fixture is gone.
struct Patient<'a> {
    stream: TcpStream,
    shared: &'a Shared,
}

impl Read for Patient<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.stream.read(buffer) {
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                    if self.shared.stopped.load(SeqCst) {
                        return Err(error);
                    }
                }
                outcome => return outcome,
            }
        }
    }
}

struct Request {
    is_head: bool,
    query: String,
    keep_alive: bool,
}

fn read_request(stream: &mut impl BufRead) -> io::Result<Option<Request>> {
    let Some(first) = line(stream)? else {
        return Ok(None);
    };
    let first = isomorphic_decode(&first);
    let headers = headers(stream)?;
    body(stream, &headers, false)?;
    let connection = headers.iter().find(|(name, _)| name == "connection");
    let connection = connection.map_or("", |(_, value)| value);
    let target = first.split(' ').nth(1).unwrap_or_default();
    Ok(Some(Request {
        is_head: first.starts_with("HEAD "),
        query: target.split_once('?').map_or("", |(_, query)| query).into(),
        keep_alive: first.ends_with(" HTTP/1.1") && !connection.eq_ignore_ascii_case("close"),
    }))
}

/// What the query of a request asks for, as status, header lines and body: a server without a service behind it answers so itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The status.
    pub status: u16,
    /// The header lines, without those of the framing.
    pub headers: Vec<(&'static str, &'static str)>,
    /// The body, before a HEAD leaves it out.
    pub body: &'static str,
}

impl Asked {
    /// Reads a query.
    #[must_use]
    pub fn by(query: &str) -> Self {
        let parameter = |name| {
            let mut parameters = query.split('&').filter_map(|p| p.split_once('='));
            parameters.find(|(n, _)| *n == name).map(|(_, value)| value)
        };
        // A status that is none must not pass for the one that a test meant.
        let status = parameter("status").map_or(Some(200), |status| status.parse().ok());
        let status: u16 = status.filter(|s| (200..=599).contains(s)).unwrap_or(501);
        let mut headers = vec![("X-Upstream", "seen")];
        if parameter("cors") == Some("own") {
            headers.extend(OWN_CORS_HEADERS);
        }
        if parameter("vary") == Some("1") {
            headers.push(("Vary", "Accept-Encoding"));
        }
        if (300..=399).contains(&status) && status != 304 {
            headers.push(("Location", "/elsewhere"));
        }
        let has_body = !matches!(status, 204 | 304);
        if has_body {
            headers.push(("Content-Type", "text/plain"));
        }
        Self { status, headers, body: if has_body { BODY } else { "" } }
    }
}

fn answer(request: &Request) -> Vec<u8> {
    let Asked { status, headers, body } = Asked::by(&request.query);
    let mut lines = vec![format!("HTTP/1.1 {status} As-Asked")];
    lines.extend(headers.iter().map(|(name, value)| format!("{name}: {value}")));
    if !body.is_empty() {
        lines.push(format!("Content-Length: {}", body.len()));
    }
    if !request.keep_alive {
        lines.push("Connection: close".into());
    }
    format!("{}\r\n\r\n{}", lines.join("\r\n"), if request.is_head { "" } else { body }).into_bytes()
}
