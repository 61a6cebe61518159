//! HAProxy, every one that is installed: configuration text in, a running server out.

use std::env;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::nginx::test_tools;
use crate::program::Program;
use crate::server::{Launch, Server};

/// The place to ask for HAProxy.
#[derive(Debug)]
pub struct Haproxy;

/// A HAProxy that is installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HaproxyBinary {
    /// The program.
    pub path: PathBuf,
    /// Its version, such as `2.6.12`.
    pub version: String,
}

impl Haproxy {
    /// The system's HAProxy and the newer one from `target/test-tools`, as far as each is there.
    #[must_use]
    pub fn installed() -> Vec<HaproxyBinary> {
        let search = env::var_os("PATH").unwrap_or_default();
        let system =
            std::iter::once(PathBuf::from("/usr/sbin")).chain(env::split_paths(&search)).map(|folder| folder.join("haproxy")).find(|path| path.is_file());
        [system, Some(test_tools().join("haproxy/run"))].into_iter().flatten().filter_map(HaproxyBinary::at).collect()
    }
}

impl HaproxyBinary {
    fn at(path: PathBuf) -> Option<Self> {
        let output = Command::new(&path).arg("-v").output().ok()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let version = text.strip_prefix("HAProxy version ")?.split([' ', '-']).next()?.to_owned();
        Some(Self { path, version })
    }

    /// Has HAProxy check the files in a folder, warnings counting as errors.
    ///
    /// # Errors
    /// HAProxy refuses them or warns, or cannot be run; the text is what it says.
    pub fn check(&self, dir: &Path) -> Result<String, String> {
        let output = self.command(dir).args(["-c", "-q", "-dW"]).output().map_err(|error| error.to_string())?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() { Ok(said) } else { Err(said) }
    }

    /// Starts HAProxy over generated files, and `site`: sections after them, in which `{addr}` stands for where to listen and `{upstream}` for the
    /// service behind. Of the files, each with its path from the folder, those beside the others whose names end in `.cfg` are read in alphabetical order.
    ///
    /// # Errors
    /// HAProxy refuses the configuration, or does not start; the text is its log.
    pub fn start(&self, files: &[(&str, &str)], site: &str, upstream: SocketAddr) -> Result<Server, String> {
        Server::start(|dir, addr| {
            let site = site.replace("{addr}", &addr.to_string()).replace("{upstream}", &upstream.to_string());
            for (name, text) in files.iter().chain(&[("0-base.cfg", BASE), ("z-site.cfg", &*site)]) {
                let path = dir.join(name);
                fs::create_dir_all(path.parent().unwrap_or(dir))?;
                fs::write(path, text)?;
            }
            let mut command = self.command(dir);
            command.arg("-db");
            Ok(Launch { command, ready_file: Some("haproxy.sock"), stop_signal: "TERM" })
        })
    }

    fn command(&self, dir: &Path) -> Command {
        let mut command = Command::new(&self.path);
        command.current_dir(dir).args(["-f", "."]);
        command
    }
}

/// A frontend that is for the generated section, and passes everything on.
pub const SITE: &str = "frontend site from cors\n    bind {addr}\n    default_backend service\nbackend service from base\n    server service {upstream}\n";

/// What the frontends and backends of a test begin with: the section `base`. Without `noreuseport` two of them would share a port and neither would say so.
const BASE: &str = "global
    noreuseport
    nbthread 1
    maxconn 100
    hard-stop-after 1s
    stats socket unix@haproxy.sock
    setenv CORS_DEFAULTS base

defaults base
    mode http
    timeout client 5s
    timeout connect 1s
    timeout server 5s
    retries 0
";

impl Program for HaproxyBinary {
    fn name(&self) -> String {
        format!("HAProxy {}", self.version)
    }

    fn start(&self, files: &[(&str, &str)], upstream: SocketAddr) -> Result<Server, String> {
        self.start(files, SITE, upstream)
    }

    fn check(&self, dir: &Path) -> Result<String, String> {
        self.check(dir)
    }

    fn speaks_http2(&self) -> bool {
        true
    }
}
