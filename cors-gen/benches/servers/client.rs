//! Requests come in, one after the other over a connection that stays open; responses go out.

use std::io::{BufReader, Write};
use std::net::{SocketAddr, TcpStream};

use cors_testbed::http::{Request, Response, read_response};

/// A client of one server.
pub(crate) struct Client {
    addr: SocketAddr,
    stream: BufReader<TcpStream>,
}

impl Client {
    pub(crate) fn of(addr: SocketAddr) -> Self {
        let stream = TcpStream::connect(addr).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { addr, stream: BufReader::new(stream) }
    }

    pub(crate) fn send(&mut self, request: &Request) -> Response {
        self.stream.get_mut().write_all(&request.to_bytes(self.addr)).unwrap();
        let response = read_response(&mut self.stream, false).unwrap();
        // Some do after each 204, such as HAProxy 3.0; then a connection is part of what the request costs.
        if response.header_values("connection").contains(&"close") {
            *self = Self::of(self.addr);
        }
        response
    }
}
