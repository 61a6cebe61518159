//! A client of HTTP/2 without TLS: a request in, the response out, as [`http`](crate::http) does for HTTP/1.1.
//!
//! A browser speaks HTTP/2 to nearly every site, and then nothing is as it was: names of headers in lower case, a path that is a header, no request line.

use std::cell::RefCell;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use ::http::uri::{Authority, PathAndQuery, Scheme};
use ::http::{HeaderName, HeaderValue, Method, Uri};
use h2::client::SendRequest;
use h2::{Reason, RecvStream};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

use crate::http::{Request, Response};
use crate::message::{isomorphic_decode, malformed};

const TIMEOUT: Duration = Duration::from_secs(5);

/// A server may end a stream without a response where the request is malformed
/// ([RFC 9113, 8.1.1](https://www.rfc-editor.org/rfc/rfc9113#section-8.1.1)), which is the 400 of HTTP/1.1.
const MALFORMED: Response = Response { status: 400, headers: Vec::new(), body: Vec::new() };

/// A client of one server that is known to speak HTTP/2. It sends one request after the other over a connection, and over another one where the
/// server has said that it wants no more over the first.
#[derive(Debug)]
pub struct Client {
    runtime: Runtime,
    requests: RefCell<SendRequest<&'static [u8]>>,
    addr: SocketAddr,
}

impl Client {
    /// Connects.
    ///
    /// # Errors
    /// Nobody listens, or speaks HTTP/2.
    pub fn new(addr: SocketAddr) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let requests = RefCell::new(runtime.block_on(connect(addr))?);
        Ok(Self { runtime, requests, addr })
    }

    /// Sends a request that [`can_carry`] lets through, and reads the response.
    ///
    /// # Errors
    /// The stream or the connection fails, or stays silent for some seconds.
    pub fn send(&self, request: &Request) -> io::Result<Response> {
        let request = translated(request, self.addr).ok_or_else(|| malformed("a request that HTTP/2 cannot carry"))?;
        self.runtime.block_on(async {
            let requests = self.requests.borrow().clone();
            let mut requests = match timeout(TIMEOUT, requests.ready()).await? {
                Ok(requests) => requests,
                Err(_) => {
                    let requests = connect(self.addr).await?;
                    self.requests.replace(requests.clone());
                    requests.ready().await.map_err(io::Error::other)?
                }
            };
            let (response, _) = requests.send_request(request, true).map_err(io::Error::other)?;
            let (head, body) = match timeout(TIMEOUT, response).await? {
                Ok(response) => response.into_parts(),
                Err(error) if error.is_reset() && error.reason() == Some(Reason::PROTOCOL_ERROR) => return Ok(MALFORMED),
                Err(error) => return Err(io::Error::other(error)),
            };
            let body = timeout(TIMEOUT, read(body)).await??;
            let headers = head.headers.iter().map(|(name, value)| (name.as_str().to_owned(), isomorphic_decode(value.as_bytes())));
            Ok(Response { status: head.status.as_u16(), headers: headers.collect(), body })
        })
    }
}

async fn connect(addr: SocketAddr) -> io::Result<SendRequest<&'static [u8]>> {
    let stream = timeout(TIMEOUT, TcpStream::connect(addr)).await??;
    let (requests, connection) = timeout(TIMEOUT, h2::client::Builder::new().handshake(stream)).await?.map_err(io::Error::other)?;
    // Its end is the end of whatever is asked next, which is where it is seen.
    drop(tokio::spawn(connection));
    Ok(requests)
}

/// Whether a request means the same in HTTP/2, and this client can say it: it has no targets but paths, and a path ends at `#`.
#[must_use]
pub fn can_carry(request: &Request) -> bool {
    translated(request, SocketAddr::from(([127, 0, 0, 1], 80))).is_some()
}

fn translated(request: &Request, addr: SocketAddr) -> Option<::http::Request<()>> {
    let target = PathAndQuery::try_from(request.target.as_str()).ok().filter(|target| target.as_str() == request.target && request.target.starts_with('/'))?;
    let authority = Authority::try_from(addr.to_string()).ok()?;
    let uri = Uri::builder().scheme(Scheme::HTTP).authority(authority).path_and_query(target).build().ok()?;
    let mut translated = ::http::Request::builder().method(Method::from_bytes(request.method.as_bytes()).ok()?).uri(uri).body(()).ok()?;
    for (name, value) in &request.headers {
        // The framing of HTTP/1.1, and the host, which is a part of the URL here.
        if ["host", "connection", "content-length", "transfer-encoding", "expect", "upgrade"].contains(&name.to_ascii_lowercase().as_str()) {
            return None;
        }
        translated.headers_mut().append(HeaderName::try_from(name).ok()?, HeaderValue::from_bytes(value).ok()?);
    }
    Some(translated)
}

async fn read(mut stream: RecvStream) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = stream.data().await {
        let chunk = chunk.map_err(io::Error::other)?;
        stream.flow_control().release_capacity(chunk.len()).map_err(io::Error::other)?;
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
