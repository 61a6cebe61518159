//! An application that serves by itself, as a child process: its path in, the address where it says that it listens out.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, Stdio};

/// A running application; it is stopped when it is dropped.
#[derive(Debug)]
pub struct Application {
    child: Child,
    addr: SocketAddr,
    /// Kept open: what prints to a closed pipe panics.
    output: Option<BufReader<ChildStdout>>,
    errors: File,
}

impl Application {
    /// Starts one that takes an address as its first argument and prints the one where it listens, behind `http://`.
    ///
    /// # Errors
    /// It cannot be run, or ends before it listens; then the text is what it wrote to standard error.
    pub fn start(path: &str, arguments: &[&str]) -> Result<Self, String> {
        let failed = |error: io::Error| format!("{path}: {error}");
        let errors = tempfile::tempfile().map_err(failed)?;
        let stderr = errors.try_clone().map_err(failed)?;
        let mut command = Command::new(path);
        command.arg("127.0.0.1:0").args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(stderr);
        let mut child = command.spawn().map_err(failed)?;
        let output = child.stdout.take().map(BufReader::new);
        let mut application = Self { child, addr: SocketAddr::from(([127, 0, 0, 1], 0)), output, errors };
        application.addr = application.said().ok_or_else(|| format!("{path} does not say where it listens: {}", application.errors()))?;
        Ok(application)
    }

    fn said(&mut self) -> Option<SocketAddr> {
        let said = self.output.as_mut()?.lines().map_while(Result::ok).find(|line| line.contains("http://"))?;
        said.split_once("http://")?.1.parse().ok()
    }

    /// Where it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// What it has written to standard error so far.
    #[must_use]
    pub fn errors(&self) -> String {
        let mut text = Vec::new();
        let mut file = &self.errors;
        // What cannot be read is missing in the message of a test that fails anyway.
        let _ = file.rewind().and_then(|()| file.read_to_end(&mut text));
        String::from_utf8_lossy(&text).into_owned()
    }
}

impl Drop for Application {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
