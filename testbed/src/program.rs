//! What a target is for: generated files come in, a running server that enforces them goes out.

use std::io;
use std::net::SocketAddr;
use std::path::Path;

use crate::http::{Request, Response, send};
use crate::server::Server;
use crate::upstream::Upstream;

/// One installed version of a program.
pub trait Program {
    /// Its name and version, such as `nginx 1.22.1`.
    fn name(&self) -> String;

    /// Starts it over generated files, each a name and a text. A proxy passes everything to `upstream`; a framework answers as
    /// [`Asked`](crate::upstream::Asked) says, and has no use for one.
    ///
    /// # Errors
    /// It refuses the files, or does not start; the text is its log.
    fn start(&self, files: &[(&str, &str)], upstream: SocketAddr) -> Result<Server, String>;

    /// Has it check the files in the folder of a server that it started; the text is what it says, warnings included.
    ///
    /// # Errors
    /// It refuses them, or cannot be run.
    fn check(&self, dir: &Path) -> Result<String, String>;

    /// Whether it speaks HTTP/2 where it listens, without TLS and to clients that know it does.
    fn speaks_http2(&self) -> bool {
        false
    }

    /// Whether it stands in front of a service.
    fn is_proxy(&self) -> bool {
        true
    }
}

/// Programs of one kind, as the tests of every kind take them.
#[must_use]
pub fn boxed<P: Program + 'static>(programs: Vec<P>) -> Vec<Box<dyn Program>> {
    programs.into_iter().map(|program| Box::new(program) as Box<dyn Program>).collect()
}

/// A program that runs, and the service behind it.
#[derive(Debug)]
pub struct Site {
    /// The program.
    pub server: Server,
    upstream: Upstream,
    is_proxy: bool,
}

impl Site {
    /// Starts a program over generated files.
    ///
    /// # Errors
    /// As [`Program::start`].
    pub fn start(program: &dyn Program, files: &[(&str, &str)]) -> Result<Self, String> {
        let upstream = Upstream::start().map_err(|error| error.to_string())?;
        let server = program.start(files, upstream.addr())?;
        Ok(Self { server, upstream, is_proxy: program.is_proxy() })
    }

    /// Sends a request; beside the response, how often the service was asked.
    ///
    /// # Errors
    /// There is no response.
    pub fn ask(&self, request: &Request) -> io::Result<(Response, usize)> {
        self.ask_by(|| send(self.server.addr(), request))
    }

    /// As [`ask`](Self::ask), over whatever connection a request is sent.
    ///
    /// # Errors
    /// What `send` says.
    pub fn ask_by(&self, send: impl FnOnce() -> io::Result<Response>) -> io::Result<(Response, usize)> {
        let before = self.upstream.hits();
        let response = send()?;
        let hits = if self.is_proxy { self.upstream.hits() - before } else { response.header_values("x-upstream").len() };
        Ok((response, hits))
    }
}
