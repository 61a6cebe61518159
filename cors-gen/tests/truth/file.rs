//! Policies, word by word, come in; the file that says them goes out.
#![allow(dead_code, reason = "each test uses a part of it")]

use std::fmt::Write;

use cors_gen::Source;

/// What an entry of [`Policy::origins`] begins with that is a regex.
pub(crate) const REGEX: &str = "regex:";

/// An origin that every list names for a profile which no test asks for.
pub(crate) const ELSEWHERE: &str = "https://dev.example";

/// A policy as somebody writes it.
#[derive(Debug, Clone)]
pub(crate) struct Policy {
    pub(crate) name: String,
    pub(crate) paths: Vec<String>,
    /// `None` for any origin.
    pub(crate) origins: Option<Vec<String>>,
    /// `None` for the default.
    pub(crate) methods: Option<Vec<String>>,
    pub(crate) headers: Vec<String>,
    pub(crate) expose: Vec<String>,
    pub(crate) credentials: bool,
    pub(crate) max_age: Option<u32>,
    pub(crate) private_network: bool,
    pub(crate) status: u16,
}

impl Policy {
    /// A policy for these paths and origins, and nothing else said.
    pub(crate) fn new(name: impl Into<String>, paths: &[String], origins: &[String]) -> Self {
        Self {
            name: name.into(),
            paths: paths.to_vec(),
            origins: Some(origins.to_vec()),
            methods: None,
            headers: Vec::new(),
            expose: Vec::new(),
            credentials: false,
            max_age: None,
            private_network: false,
            status: 204,
        }
    }

    /// One line for each origin and each path, so that an error's line names its word. Every word is quoted, so that nothing of it means anything to YAML.
    fn write(&self, text: &mut String) {
        let mut line = |line: String| {
            text.push_str(&line);
            text.push('\n');
        };
        line(format!("  {}:\n    paths:", self.name));
        self.paths.iter().for_each(|path| line(format!("      - {}", quoted(path))));
        match &self.origins {
            Some(origins) => {
                line("    allow_origins:".to_owned());
                // Under no profile this entry does not exist, and the list may be empty.
                line(format!("      - {{ origin: {ELSEWHERE}, profiles: [dev] }}"));
                origins.iter().for_each(|origin| line(format!("      - {}", entry(origin))));
            }
            None => line("    allow_origins: '*'".to_owned()),
        }
        self.methods.iter().for_each(|methods| line(format!("    allow_methods: {}", list(methods))));
        line(format!("    allow_headers: {}", list(&self.headers)));
        line(format!("    expose_headers: {}", list(&self.expose)));
        line(format!("    allow_credentials: {}", self.credentials));
        self.max_age.iter().for_each(|seconds| line(format!("    max_age: {seconds}")));
        line(format!("    allow_private_network: {}", self.private_network));
        line(format!("    preflight_status: {}", self.status));
    }
}

/// A file of these policies.
pub(crate) fn file(policies: &[Policy]) -> Source {
    let mut text = String::from("version: 1\nprofiles: [dev]\npolicies:\n");
    policies.iter().for_each(|policy| policy.write(&mut text));
    Source::new("cors.yaml", text)
}

fn entry(origin: &str) -> String {
    match origin.strip_prefix(REGEX) {
        Some(regex) => format!("{{ regex: {} }}", quoted(regex)),
        None => quoted(origin),
    }
}

fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "''"))
}

fn list(words: &[String]) -> String {
    let mut text = String::from("[");
    for (at, word) in words.iter().enumerate() {
        let _ = write!(text, "{}{}", if at > 0 { ", " } else { "" }, quoted(word));
    }
    text + "]"
}
