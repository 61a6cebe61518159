//! Express, every version that is installed: a generated file in, a running application out.

use std::fs;
use std::io;
use std::net::SocketAddr;
#[cfg(unix)]
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::nginx::test_tools;
use crate::program::Program;
use crate::server::{Launch, Server};
use crate::upstream::OWN_CORS_HEADERS;

/// The generated file.
const POLICY: &str = "cors-policy.cjs";
/// The application, where a test brings none of its own. It answers as [`Asked`](crate::upstream::Asked) says.
const MAIN: (&str, &str) = ("main.cjs", include_str!("express/main.cjs"));

/// An Express that is installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Express {
    /// The name of its package.
    package: &'static str,
    /// Its version, and the library's.
    version: String,
}

impl Express {
    /// Express 5 and 4 as `target/test-tools` has them, as far as each is there.
    #[must_use]
    pub fn installed() -> Vec<Self> {
        let named = |package| Some(Self { package, version: format!("Express {}, cors {}", version(package)?, version("cors")?) });
        ["express", "express-4"].into_iter().filter_map(named).collect()
    }

    /// An application that names `express`, with the name that this version has here.
    #[must_use]
    pub fn spelled(&self, application: &str) -> String {
        application.replace("\"express\"", &format!("\"{}\"", self.package))
    }

    /// Starts the application `main.cjs` or `main.mjs` among these files; it is told where to listen by `HOST` and `PORT`.
    fn application(&self, dir: &Path, files: &[(&str, &str)], addr: SocketAddr) -> io::Result<Command> {
        let files: Vec<(&str, &str)> = [MAIN, ("asked.cjs", include_str!("express/asked.cjs"))].iter().chain(files).copied().collect();
        files.iter().try_for_each(|(name, text)| fs::write(dir.join(name), text))?;
        link_packages(dir)?;
        let main = files.iter().rev().map(|(name, _)| *name).find(|name| name.starts_with("main.")).unwrap_or(MAIN.0);
        let mut command = node(dir);
        command.arg(main).env("EXPRESS", self.package).env("HOST", addr.ip().to_string()).env("PORT", addr.port().to_string());
        Ok(command)
    }
}

fn packages() -> PathBuf {
    test_tools().join("node_modules")
}

fn version(package: &str) -> Option<String> {
    let manifest = fs::read(packages().join(package).join("package.json")).ok()?;
    let manifest: Value = serde_json::from_slice(&manifest).ok()?;
    Some(manifest["version"].as_str()?.to_owned())
}

/// `import` looks beside the module alone.
#[cfg(unix)]
fn link_packages(dir: &Path) -> io::Result<()> {
    symlink(packages(), dir.join("node_modules"))
}

#[cfg(not(unix))]
fn link_packages(_dir: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Node.js in a folder, where errors that nobody handles are shown to nobody.
fn node(dir: &Path) -> Command {
    let own = serde_json::Map::from_iter(OWN_CORS_HEADERS.map(|(name, value)| (name.to_owned(), Value::from(value))));
    let mut command = Command::new("node");
    command.current_dir(dir).env("OWN_CORS_HEADERS", Value::from(own).to_string()).env("NODE_ENV", "production");
    command
}

impl Program for Express {
    fn name(&self) -> String {
        self.version.clone()
    }

    fn start(&self, files: &[(&str, &str)], _upstream: SocketAddr) -> Result<Server, String> {
        Server::start(|dir, addr| Ok(Launch { command: self.application(dir, files, addr)?, ready_file: None, stop_signal: "TERM" }))
    }

    /// The parser of Node.js has nothing against it, and it is one module.
    fn check(&self, dir: &Path) -> Result<String, String> {
        let mut said = String::new();
        for arguments in [&["--check", POLICY][..], &["--eval", "if (typeof require('./cors-policy.cjs') !== 'function') throw new Error('no middleware')"]] {
            let output = node(dir).args(arguments).output().map_err(|error| error.to_string())?;
            said.push_str(&format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)));
            if !output.status.success() {
                return Err(said);
            }
        }
        Ok(said)
    }

    fn is_proxy(&self) -> bool {
        false
    }
}
