//! The table of fetches comes in; what a real Chromium did with each goes out.

use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, thread};

use cors_testbed::nginx::test_tools;
use serde_json::{Value, json};

use crate::table::{Before, Row};

const HOST: &str = "api.service.test";
const TLS_HOST: &str = "tls.service.test";
/// The response headers that each script looks for. nginx sends the second one by itself.
pub(crate) const PROBES: [&str; 2] = ["x-upstream", "server"];

/// What a fetch came to.
#[derive(Debug)]
pub(crate) struct Seen {
    /// `allow`, or Chromium's name for the fault.
    pub(crate) verdict: String,
    pub(crate) status: Option<u64>,
    /// Those of [`PROBES`] that the script could read.
    pub(crate) visible: Vec<String>,
}

/// The path and query that a row asks for: its own, but where rows share one.
pub(crate) fn target(index: usize, row: &Row) -> String {
    let separator = if row.path.contains('?') { '&' } else { '?' };
    let key = row.cache.map_or_else(|| index.to_string(), str::to_owned);
    format!("{}{separator}row={key}", row.path)
}

/// Runs every fetch in one Chromium, against the server at `addr`.
pub(crate) fn drive(rows: &[Row], addr: SocketAddr) -> Vec<Seen> {
    let fetches: Vec<Value> = rows.iter().enumerate().map(|(index, row)| fetch(index, row)).collect();
    let api = json!({ "address": addr.to_string(), "host": HOST, "tls_host": TLS_HOST });
    let table = json!({ "api": api, "probes": PROBES, "fetches": fetches });
    let results = run(&table.to_string());
    let results: Vec<Value> = serde_json::from_str(&results).expect("the driver prints JSON");
    assert_eq!(results.len(), rows.len(), "one result for each fetch");
    results.iter().map(seen).collect()
}

fn fetch(index: usize, row: &Row) -> Value {
    let site = if row.origin.starts_with("https:") { format!("https://{TLS_HOST}") } else { format!("http://{HOST}") };
    let credentials = if row.credentials { "include" } else { "omit" };
    let cache = if row.cache.is_some() { "force-cache" } else { "default" };
    let init = json!({ "method": row.method, "headers": row.headers, "credentials": credentials, "cache": cache });
    let before = match row.before {
        Before::Nothing => Value::Null,
        Before::NoCors => json!({ "mode": "no-cors", "credentials": credentials }),
        Before::Same => init.clone(),
    };
    json!({
        "page": page(row.origin),
        "sandboxed": row.origin == "null",
        "url": format!("{site}{}", target(index, row)),
        "before": before,
        "init": init,
    })
}

/// What a user would type to get to a page with that origin.
fn page(origin: &str) -> String {
    match origin {
        "null" => "http://app.example.test/".to_owned(),
        _ => format!("{}/", origin.replace("xn--bcher-kva", "b\u{fc}cher")),
    }
}

fn run(table: &str) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/chromium/drive.mjs");
    let playwright = test_tools().join("node_modules/playwright-core");
    let mut command = Command::new("node");
    command.arg(script).arg(playwright).arg(chromium()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("node is installed: run ./test");
    let mut stdin = child.stdin.take().expect("a pipe");
    let table = table.to_owned();
    // A driver that ends early says why on its standard error.
    let writer = thread::spawn(move || drop(stdin.write_all(table.as_bytes())));
    let output = child.wait_with_output().expect("the driver ends");
    writer.join().expect("the table is written");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("JSON is UTF-8")
}

fn chromium() -> PathBuf {
    let search = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&search).map(|folder| folder.join("chromium")).find(|path| path.is_file());
    found.expect("Chromium is installed: run ./test")
}

fn seen(result: &Value) -> Seen {
    let visible = result["visible"].as_array().into_iter().flatten();
    Seen {
        verdict: result["verdict"].as_str().expect("a verdict").to_owned(),
        status: result["status"].as_u64(),
        visible: visible.map(|name| name.as_str().expect("a name").to_owned()).collect(),
    }
}
