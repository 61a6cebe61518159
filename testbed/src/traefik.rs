//! Traefik, if it is installed: files for its file provider in, a running server out.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::http::{Request, send};
use crate::nginx::test_tools;
use crate::program::Program;
use crate::server::{Launch, Server};

/// The place to ask for Traefik.
#[derive(Debug)]
pub struct Traefik;

/// A Traefik that is installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraefikBinary {
    /// The program.
    pub path: PathBuf,
    /// Its version, such as `3.7.15`.
    pub version: String,
}

/// It accepts connections before it has read its files: this path is known once it has.
const READY: &str = "/.cors-testbed/ready";
const READY_LIMIT: Duration = Duration::from_secs(30);
/// What Traefik reads besides the files of a test.
const READY_ROUTER: &str = "http:
  routers:
    cors-testbed:
      rule: Path(`/.cors-testbed/ready`)
      priority: 1000000
      service: noop@internal
";
/// Every request passes through all generated middlewares to the service behind.
const WITH_MIDDLEWARES: &str = "http:
  routers:
    site:
      rule: PathPrefix(`/`)
      middlewares: [{middlewares}]
      service: upstream
";
/// Every request passes through the generated routers to the service behind.
pub const BETWEEN_ROUTERS: &str = "http:
  routers:
    cors-entry:
      rule: PathPrefix(`/`)
    site:
      parentRefs: [cors]
      rule: PathPrefix(`/`)
      service: upstream
";
/// The service behind, for which `{upstream}` stands.
pub const SERVICE: &str = "  services:
    upstream:
      loadBalancer:
        servers:
          - url: http://{upstream}
";

impl Traefik {
    /// The one from `target/test-tools`, if it is there.
    #[must_use]
    pub fn installed() -> Vec<TraefikBinary> {
        TraefikBinary::at(test_tools().join("venv/bin/traefik")).into_iter().collect()
    }
}

impl TraefikBinary {
    fn at(path: PathBuf) -> Option<Self> {
        let output = Command::new(&path).arg("version").output().ok()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let version = text.lines().find_map(|line| line.strip_prefix("Version:"))?.trim().to_owned();
        Some(Self { path, version })
    }

    /// Starts Traefik over these files, in the folder of its file provider; `{upstream}` in them stands for the host and port of the service
    /// behind. `entry_point` is what stands below the entry point, beside its address.
    ///
    /// # Errors
    /// Traefik complains about a file, or does not start; the text is its log.
    pub fn start(&self, files: &[(&str, &str)], entry_point: &str, upstream: SocketAddr) -> Result<Server, String> {
        let server = Server::start(|dir, addr| {
            write_configuration(dir, addr, entry_point)?;
            for (name, text) in files {
                fs::write(dir.join("dynamic").join(name), text.replace("{upstream}", &upstream.to_string()))?;
            }
            let mut command = Command::new(&self.path);
            command.arg("--configFile=traefik.yml").current_dir(dir).env("HOME", dir);
            Ok(Launch { command, ready_file: None, stop_signal: "TERM" })
        })?;
        let deadline = Instant::now() + READY_LIMIT;
        while Instant::now() < deadline {
            if send(server.addr(), &Request::new("GET", READY)).is_ok_and(|response| response.status == 418) {
                return complaints(&server.error_log()).map(|_| server);
            }
            sleep(Duration::from_millis(10));
        }
        Err(format!("not ready after {READY_LIMIT:?}: {}", server.error_log()))
    }
}

/// The warnings of a log about what files say, or its errors: Traefik goes on without what it cannot read.
fn complaints(log: &str) -> Result<String, String> {
    let lines = |level: &str| -> Vec<&str> { log.lines().filter(|line| line.contains(level)).collect() };
    match &lines("\"level\":\"error\"")[..] {
        [] => Ok(lines("\"level\":\"warn\"").into_iter().filter(|line| line.contains("providerName")).map(|line| format!("{line}\n")).collect()),
        errors => Err(errors.join("\n")),
    }
}

fn write_configuration(dir: &Path, addr: SocketAddr, entry_point: &str) -> io::Result<()> {
    fs::create_dir(dir.join("dynamic"))?;
    fs::write(dir.join("dynamic/cors-testbed.yml"), READY_ROUTER)?;
    let quiet = "global: { checkNewVersion: false, sendAnonymousUsage: false }\nlog: { level: INFO, format: json, filePath: error.log }\n";
    let provider = "providers:\n  file: { directory: dynamic, watch: false }\n";
    fs::write(dir.join("traefik.yml"), format!("{quiet}{provider}entryPoints:\n  web:\n    address: {addr}\n{entry_point}"))
}

impl Program for TraefikBinary {
    fn name(&self) -> String {
        format!("Traefik {}", self.version)
    }

    fn start(&self, files: &[(&str, &str)], upstream: SocketAddr) -> Result<Server, String> {
        let lines = || files.iter().flat_map(|(_, text)| text.lines());
        let site = if lines().any(|line| line == "    cors:") {
            BETWEEN_ROUTERS.to_owned()
        } else {
            WITH_MIDDLEWARES.replace("{middlewares}", &lines().filter_map(middleware).collect::<Vec<_>>().join(", "))
        };
        let site = site + SERVICE;
        self.start(&[files, &[("site.yml", &site)]].concat(), "", upstream)
    }

    fn speaks_http2(&self) -> bool {
        true
    }

    /// There is no command for that: Traefik says it when it starts.
    fn check(&self, dir: &Path) -> Result<String, String> {
        complaints(&fs::read_to_string(dir.join("error.log")).map_err(|error| error.to_string())?)
    }
}

/// The name of a middleware, where a line of a generated file begins one.
fn middleware(line: &str) -> Option<&str> {
    line.strip_prefix("    cors-").and_then(|rest| rest.strip_suffix(':')).map(|_| line.trim().trim_end_matches(':'))
}
