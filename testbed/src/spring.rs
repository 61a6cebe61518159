//! Spring Boot: a generated class and an application around it in, the running application out.

use std::fs;
use std::io::{self, BufRead, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use crate::nginx::test_tools;
use crate::program::Program;
use crate::server::{Launch, Server, folder};
use crate::upstream::OWN_CORS_HEADERS;

const ASKED: (&str, &str) = ("Asked.java", include_str!("spring/Asked.java"));

/// The Spring of `target/test-tools`, under the Java of this machine. All its applications run in one process, which ends with this value.
#[derive(Debug)]
pub struct Spring {
    jar: PathBuf,
    name: String,
    application: &'static str,
    host: Mutex<Option<Server>>,
}

impl Spring {
    /// Spring, if it is there.
    #[must_use]
    pub fn installed() -> Vec<Self> {
        let folder = test_tools().join("spring");
        let version = fs::read_to_string(folder.join("version")).ok();
        let application = include_str!("spring/Application.java");
        let of = |version: String| Self { jar: folder.join("spring.jar"), name: version.trim().to_owned(), application, host: Mutex::default() };
        version.map(of).into_iter().filter(|spring| spring.jar.exists()).collect()
    }

    /// With a servlet in the place of Spring MVC, which answers whatever reaches it.
    #[must_use]
    pub fn with_a_servlet(self) -> Self {
        Self { name: format!("{}, without MVC", self.name), application: include_str!("spring/Servlet.java"), ..self }
    }

    /// Where the process listens that runs the applications; it is started for the first one.
    fn host(&self) -> Result<SocketAddr, String> {
        let mut host = self.host.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(host) = &*host {
            return Ok(host.addr());
        }
        let started = Server::start(|dir, addr| {
            fs::write(dir.join("Host.java"), include_str!("spring/Host.java"))?;
            // Started often and not for long: thorough compilation would not pay.
            let mut command = Command::new("java");
            command.current_dir(dir).args(["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx768m", "-cp"]).arg(&self.jar);
            command.args(["Host.java", &addr.port().to_string()]).env("OWN_CORS_HEADERS", own_cors_headers());
            Ok(Launch { command, ready_file: None, stop_signal: "KILL" })
        })?;
        Ok(host.insert(started).addr())
    }

    fn ask(&self, dir: &Path) -> Result<(SocketAddr, TcpStream), String> {
        let host = self.host()?;
        let told = || -> io::Result<(TcpStream, String)> {
            let mut stream = TcpStream::connect(host)?;
            stream.write_all(format!("{}\n", dir.display()).as_bytes())?;
            let mut reader = BufReader::new(stream.try_clone()?);
            let mut told = String::new();
            reader.read_line(&mut told)?;
            if !told.starts_with("port ") {
                io::Read::read_to_string(&mut reader, &mut told)?;
            }
            Ok((stream, told))
        };
        let (stream, told) = told().map_err(|error| error.to_string())?;
        match told.strip_prefix("port ").map(|port| port.trim().parse()) {
            Some(Ok(port)) => Ok((SocketAddr::from((Ipv4Addr::LOCALHOST, port)), stream)),
            _ => Err(told),
        }
    }
}

fn own_cors_headers() -> String {
    OWN_CORS_HEADERS.map(|(name, value)| format!("{name}: {value}")).join("\n")
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    fs::write(path, text)
}

impl Program for Spring {
    fn name(&self) -> String {
        self.name.clone()
    }

    /// Files of these names take the place of the application's own.
    fn start(&self, files: &[(&str, &str)], _upstream: SocketAddr) -> Result<Server, String> {
        let dir = folder().map_err(|error| error.to_string())?;
        [("Application.java", self.application), ASKED]
            .iter()
            .chain(files)
            .try_for_each(|(name, text)| write(&dir.path().join(name), text))
            .map_err(|error| error.to_string())?;
        let (addr, connection) = self.ask(dir.path())?;
        Ok(Server::hosted(addr, dir, connection))
    }

    /// Nothing but what the start has done: Java compiles the files with all its warnings, as errors.
    fn check(&self, dir: &Path) -> Result<String, String> {
        let classes = dir.join("classes/cors/CorsPolicy.class");
        if classes.exists() { Ok(String::new()) } else { Err(format!("{} is missing", classes.display())) }
    }

    fn is_proxy(&self) -> bool {
        false
    }
}
