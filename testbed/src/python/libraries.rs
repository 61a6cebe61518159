//! The libraries of the web frameworks in one process, without a server: a generated file in, their answers to any number of requests out.

use std::io::{self, BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use cors_gen::browser::{ServerRequest, ServerResponse};
use serde_json::{Value, json};

use super::python;

/// A running Python with the libraries; it ends when it is dropped.
#[derive(Debug)]
pub struct Libraries {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Libraries {
    /// Starts one.
    ///
    /// # Errors
    /// Python is not there.
    pub fn start() -> io::Result<Self> {
        let mut command = Command::new(python());
        command.args(["-W", "error::FutureWarning", "-W", "error::SyntaxWarning", "-c", include_str!("libraries.py")]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let missing = || io::Error::from(io::ErrorKind::BrokenPipe);
        let input = child.stdin.take().ok_or_else(missing)?;
        let output = BufReader::new(child.stdout.take().ok_or_else(missing)?);
        Ok(Self { child, input, output })
    }

    /// Loads the file that is generated for a target.
    ///
    /// # Errors
    /// Python or the library refuses it.
    pub fn load(&mut self, target: &str, text: &str) -> Result<(), String> {
        self.say(&json!({ "target": target, "text": text })).map(|_| ())
    }

    /// What the library makes of a request, under the file that was loaded last.
    ///
    /// # Errors
    /// It raises an exception.
    pub fn answer(&mut self, request: &ServerRequest) -> Result<ServerResponse, String> {
        let said = self.say(&json!({ "method": request.method, "path": request.path, "headers": request.headers }))?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let headers = said["headers"].as_array().into_iter().flatten().map(|pair| (text(&pair[0]), text(&pair[1]))).collect();
        let status = said["status"].as_u64().and_then(|status| u16::try_from(status).ok()).ok_or("no status")?;
        Ok(ServerResponse { status, headers })
    }

    fn say(&mut self, line: &Value) -> Result<Value, String> {
        let failed = |error: io::Error| error.to_string();
        writeln!(self.input, "{line}").and_then(|()| self.input.flush()).map_err(failed)?;
        let mut said = String::new();
        self.output.read_line(&mut said).map_err(failed)?;
        let said: Value = serde_json::from_str(&said).map_err(|error| format!("{error}: {said:?}"))?;
        said["error"].as_str().map_or(Ok(said.clone()), |error| Err(error.to_owned()))
    }
}

impl Drop for Libraries {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
