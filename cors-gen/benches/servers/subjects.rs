//! Every installed server comes in; what starts it over the files of a policy, or without any, goes out.
//!
//! Each answers by itself, with a few bytes: a service behind it would cost more than all that is measured.

use std::net::{Ipv4Addr, SocketAddr};

use cors_gen::{Options, Source, compile, targets};
use cors_testbed::apache::{Apache, ApacheBinary};
use cors_testbed::caddy::{Caddy, CaddyBinary};
use cors_testbed::envoy::{self, Envoy, EnvoyBinary, Parts};
use cors_testbed::haproxy::{Haproxy, HaproxyBinary};
use cors_testbed::nginx::{Nginx, NginxBinary};
use cors_testbed::program::Program;
use cors_testbed::server::Server;

/// Starts a server over files, each a name and a text.
type Start = dyn Fn(&[(&str, &str)]) -> Result<Server, String>;

/// One version of a server.
pub(crate) struct Subject {
    /// Its name and version.
    pub(crate) name: String,
    target: &'static str,
    start: Box<Start>,
}

pub(crate) fn subjects() -> Vec<Subject> {
    let nginx = Nginx::installed().into_iter().map(|binary| Subject::new(&binary.clone(), "nginx", move |files| nginx(&binary, files)));
    let caddy = Caddy::installed().into_iter().map(|binary| Subject::new(&binary.clone(), "caddy", move |files| caddy(&binary, files)));
    let haproxy = Haproxy::installed().into_iter().map(|binary| Subject::new(&binary.clone(), "haproxy", move |files| haproxy(&binary, files)));
    let envoy = Envoy::installed().into_iter().map(|binary| Subject::new(&binary.clone(), "envoy", move |files| envoy(&binary, files)));
    let apache = Apache::installed().into_iter().map(|binary| Subject::new(&binary.clone(), "apache", move |files| apache(&binary, files)));
    nginx.chain(caddy).chain(haproxy).chain(envoy).chain(apache).collect()
}

impl Subject {
    fn new(program: &dyn Program, target: &'static str, start: impl Fn(&[(&str, &str)]) -> Result<Server, String> + 'static) -> Self {
        Self { name: program.name(), target, start: Box::new(start) }
    }

    /// Starts it over what its target writes for a policy.
    pub(crate) fn with(&self, policy: String) -> Server {
        let source = Source::new("cors.yaml", policy);
        let compilation = compile(&source, &Options::default());
        let files = targets::find(self.target).unwrap().generate(compilation.sound().unwrap(), &source).unwrap();
        let files: Vec<(&str, &str)> = files.iter().map(|file| (file.name, &*file.text)).collect();
        self.start(&files)
    }

    /// Starts it without a policy.
    pub(crate) fn bare(&self) -> Server {
        self.start(&[])
    }

    fn start(&self, files: &[(&str, &str)]) -> Server {
        (self.start)(files).unwrap_or_else(|log| panic!("{}: {log}", self.name))
    }
}

/// Where a service would be.
const NOWHERE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 1);

fn if_any(files: &[(&str, &str)], text: &'static str) -> &'static str {
    if files.is_empty() { "" } else { text }
}

fn nginx(binary: &NginxBinary, files: &[(&str, &str)]) -> Result<Server, String> {
    let server = format!("{}location / {{ return 200 hello; }}", if_any(files, "include cors.server.conf;\n"));
    binary.start(files, &server, if_any(files, "include cors.http.conf;"), NOWHERE)
}

fn caddy(binary: &CaddyBinary, files: &[(&str, &str)]) -> Result<Server, String> {
    binary.start(files, &format!("route {{\n{}respond hello\n}}", if_any(files, "import cors\n")), NOWHERE)
}

fn haproxy(binary: &HaproxyBinary, files: &[(&str, &str)]) -> Result<Server, String> {
    let defaults = if files.is_empty() { "base" } else { "cors" };
    let rule = "http-request return status 200 content-type text/plain string hello";
    binary.start(files, &format!("frontend site from {defaults}\n    bind {{addr}}\n    {rule}\n"), NOWHERE)
}

fn envoy(binary: &EnvoyBinary, files: &[(&str, &str)]) -> Result<Server, String> {
    let virtual_hosts = "[{ name: all, domains: ['*'], routes: [{ match: { prefix: / }, direct_response: { status: 200, body: { inline_string: hello } } }] }]";
    binary.start(files, &Parts { filters: if_any(files, envoy::FILTER), virtual_hosts, ..envoy::SITE }, NOWHERE)
}

fn apache(binary: &ApacheBinary, files: &[(&str, &str)]) -> Result<Server, String> {
    let site = format!("<VirtualHost {{addr}}>\n{}MaxKeepAliveRequests 0\n</VirtualHost>\n", if_any(files, "Include cors.conf\n"));
    let files: Vec<(&str, &str)> = files.iter().copied().chain([("api/items", "hello")]).collect();
    binary.start(&files, &site, NOWHERE)
}
