//! Documents come in, the findings that the YAML language server publishes for them go out, over its standard input and output.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

/// What an editor shows at a line, counted from 1.
#[derive(Debug, Clone)]
pub(crate) struct Finding {
    pub(crate) line: u64,
    pub(crate) message: String,
}

pub(crate) struct Server {
    child: Child,
    input: ChildStdin,
    messages: Receiver<Value>,
    schema: String,
}

impl Server {
    /// Starts the server with a schema for every document.
    pub(crate) fn start(tools: &Path, schema: &Path) -> Self {
        let program = tools.join("node_modules/yaml-language-server/bin/yaml-language-server");
        assert!(program.exists(), "{} is missing: run ./test first", program.display());
        let mut child =
            Command::new("node").arg(program).arg("--stdio").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("node");
        let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            let mut output = BufReader::new(output);
            while let Some(message) = receive(&mut output) {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        let schema = format!("file://{}", schema.canonicalize().unwrap().display());
        let mut server = Self { child, input, messages, schema };
        server.initialize();
        server
    }

    fn initialize(&mut self) {
        let capabilities = json!({ "workspace": { "configuration": true }, "textDocument": { "publishDiagnostics": {} } });
        self.send(
            &json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": { "processId": null, "rootUri": null, "capabilities": capabilities } }),
        );
        while self.next().expect("the server answers").get("id") != Some(&json!(0)) {}
        self.send(&json!({ "jsonrpc": "2.0", "method": "initialized", "params": {} }));
        self.send(&json!({ "jsonrpc": "2.0", "method": "workspace/didChangeConfiguration", "params": { "settings": { "yaml": self.settings() } } }));
    }

    fn settings(&self) -> Value {
        json!({ "validate": true, "schemaStore": { "enable": false }, "kubernetesCRDStore": { "enable": false }, "schemas": { self.schema.clone(): ["*.yaml"] } })
    }

    /// Opens every document and gathers what is last said of each, once nothing more is said.
    pub(crate) fn findings(&mut self, folder: &Path, documents: &[(String, String)]) -> BTreeMap<String, Vec<Finding>> {
        // Where they really are: some of them name their schema from there.
        let uri = |name: &str| format!("file://{}/{name}", folder.display());
        for (name, text) in documents {
            let document = json!({ "uri": uri(name), "languageId": "yaml", "version": 1, "text": text });
            self.send(&json!({ "jsonrpc": "2.0", "method": "textDocument/didOpen", "params": { "textDocument": document } }));
        }
        let mut all: BTreeMap<String, Vec<Finding>> = BTreeMap::new();
        while let Some(message) = self.next() {
            if message["method"] == "textDocument/publishDiagnostics" {
                let name = documents.iter().map(|(name, _)| name).find(|name| uri(name) == message["params"]["uri"]);
                all.insert(name.expect("a document of ours").clone(), message["params"]["diagnostics"].as_array().unwrap().iter().map(finding).collect());
            }
        }
        assert_eq!(all.len(), documents.len(), "the server says nothing of some documents");
        all
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        self.input.flush().unwrap();
    }

    /// The next message, once every question of the server before it is answered; nothing where it has fallen silent.
    fn next(&mut self) -> Option<Value> {
        loop {
            let message = self.messages.recv_timeout(Duration::from_secs(5)).ok()?;
            if message.get("id").is_none() || message.get("method").is_none() {
                return Some(message);
            }
            let result = self.answer(&message);
            self.send(&json!({ "jsonrpc": "2.0", "id": message["id"], "result": result }));
        }
    }

    fn answer(&self, question: &Value) -> Value {
        match question["method"].as_str() {
            Some("workspace/configuration") => {
                let items = question["params"]["items"].as_array().unwrap().iter();
                items.map(|item| if item["section"] == "yaml" { self.settings() } else { json!({}) }).collect()
            }
            _ => Value::Null,
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn finding(diagnostic: &Value) -> Finding {
    Finding { line: diagnostic["range"]["start"]["line"].as_u64().unwrap() + 1, message: diagnostic["message"].as_str().unwrap().to_owned() }
}

/// One message: headers, an empty line, and as many bytes as they say.
fn receive(output: &mut BufReader<ChildStdout>) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end().split_once(": ") {
            Some(("Content-Length", value)) => length = value.parse().ok()?,
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    output.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}
