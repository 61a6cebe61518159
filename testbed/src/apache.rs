//! Apache httpd, if it is installed: configuration text in, a running server out.

use std::env;
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::program::Program;
use crate::server::{Launch, Server};

/// The place to ask for Apache.
#[derive(Debug)]
pub struct Apache;

/// An Apache httpd that is installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApacheBinary {
    /// The program.
    pub path: PathBuf,
    /// Its version, such as `2.4.71`.
    pub version: String,
    /// The folder of its modules.
    modules: PathBuf,
}

impl Apache {
    /// The system's Apache, under the names that Debian and others give it, as far as it is there.
    #[must_use]
    pub fn installed() -> Vec<ApacheBinary> {
        let search = env::var_os("PATH").unwrap_or_default();
        let folders = || std::iter::once(PathBuf::from("/usr/sbin")).chain(env::split_paths(&search));
        let program = |name: &str| folders().map(|folder| folder.join(name)).find(|path| path.is_file());
        program("apache2").or_else(|| program("httpd")).and_then(ApacheBinary::at).into_iter().collect()
    }
}

impl ApacheBinary {
    fn at(path: PathBuf) -> Option<Self> {
        let output = Command::new(&path).arg("-v").output().ok()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let version = text.split_once("Apache/")?.1.split_whitespace().next()?.to_owned();
        let modules =
            ["/usr/lib/apache2/modules", "/usr/lib64/httpd/modules", "/usr/lib/httpd/modules"].iter().map(PathBuf::from).find(|path| path.is_dir())?;
        Some(Self { path, version, modules })
    }

    /// Has Apache check `httpd.conf` in a folder; the text is what it says beside that all is well, warnings included.
    ///
    /// # Errors
    /// Apache refuses the configuration, or cannot be run.
    pub fn check(&self, dir: &Path) -> Result<String, String> {
        let output = self.command(dir).arg("-t").output().map_err(|error| error.to_string())?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() { Ok(said.replace("Syntax OK\n", "")) } else { Err(said) }
    }

    /// Starts Apache over generated files and `site`: directives of a whole server, in which `{addr}` stands for where it listens and `{upstream}` for the
    /// service behind.
    ///
    /// # Errors
    /// Apache refuses the configuration, or does not start; the text is its log.
    pub fn start(&self, files: &[(&str, &str)], site: &str, upstream: SocketAddr) -> Result<Server, String> {
        Server::start(|dir, addr| {
            self.write_configuration(dir, addr, files, &site.replace("{upstream}", &upstream.to_string()))?;
            let mut command = self.command(dir);
            command.args(["-D", "FOREGROUND"]);
            Ok(Launch { command, ready_file: Some("httpd.pid"), stop_signal: "TERM" })
        })
    }

    /// Writes `httpd.conf` and the files beside it into a folder, for a server that listens at `addr`. In `site`, `{addr}` stands for that.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn write_configuration(&self, dir: &Path, addr: SocketAddr, files: &[(&str, &str)], site: &str) -> io::Result<()> {
        for (name, text) in files {
            let path = dir.join(name);
            fs::create_dir_all(path.parent().unwrap_or(dir))?;
            fs::write(path, text)?;
        }
        let modules: String = MODULES.iter().map(|module| format!("LoadModule {module}_module {}/mod_{module}.so\n", self.modules.display())).collect();
        let site = site.replace("{addr}", &addr.to_string());
        let dir_name = dir.display();
        fs::write(dir.join("httpd.conf"), format!("{modules}DefaultRuntimeDir {dir_name}\nMutex file:{dir_name} default\nListen {addr}\n{BASE}{site}"))
    }

    fn command(&self, dir: &Path) -> Command {
        let mut command = Command::new(&self.path);
        command.arg("-d").arg(dir).args(["-f", "httpd.conf"]);
        command
    }
}

/// What the tests need; the first three are what a generated file needs.
const MODULES: [&str; 17] = [
    "headers",
    "rewrite",
    "setenvif",
    "mpm_event",
    "alias",
    "auth_basic",
    "authn_core",
    "authn_file",
    "authz_core",
    "authz_user",
    "deflate",
    "dir",
    "filter",
    "http2",
    "mime",
    "proxy",
    "proxy_http",
];

/// What every test's server begins with. Only root becomes somebody else.
const BASE: &str = "ServerName localhost
User #65534
Group #65534
PidFile httpd.pid
ErrorLog /dev/stderr
TypesConfig /dev/null
DocumentRoot .
Protocols h2c http/1.1
StartServers 1
ServerLimit 1
ThreadLimit 16
ThreadsPerChild 16
MaxRequestWorkers 16
GracefulShutdownTimeout 1
";

/// A site that is for the generated file, and passes everything on.
pub const SITE: &str = "<VirtualHost {addr}>\nInclude cors.conf\nProxyPass / http://{upstream}/\n</VirtualHost>\n";

impl Program for ApacheBinary {
    fn name(&self) -> String {
        format!("Apache {}", self.version)
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
