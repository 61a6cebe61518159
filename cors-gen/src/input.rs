//! The bytes of a policy file come in, a source that can be compiled goes out.

use std::fmt;
use std::path::Path;

use crate::compile::{Compilation, Options, compile};
use crate::diagnostic::Diagnostic;
use crate::span::{Source, Span};
use crate::yaml;

/// The name that a policy file has where nothing else is said.
pub const DEFAULT: &str = "cors.yaml";

/// A policy file that was read.
#[derive(Debug)]
pub struct Input {
    /// Its text. Where it is no UTF-8, what can be read of it.
    pub source: Source,
    damage: Option<Diagnostic>,
}

/// Why a policy file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// What is wrong, in a line.
    pub message: String,
    /// What to do; may be empty.
    pub help: String,
}

impl Input {
    /// Reads a file that is shown under a name.
    ///
    /// # Errors
    /// The file is not there, is a folder, or may not be read.
    pub fn open(path: &Path, name: impl Into<String>) -> Result<Self, Unreadable> {
        let name = name.into();
        match std::fs::read(path) {
            Ok(bytes) => Ok(Self::new(name, bytes)),
            Err(error) => Err(Unreadable::new(path, &name, &error)),
        }
    }

    /// Bytes that were read elsewhere.
    pub fn new(name: impl Into<String>, bytes: Vec<u8>) -> Self {
        match String::from_utf8(bytes) {
            Ok(text) => Self { source: Source::new(name, text), damage: None },
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
                let damage = yaml::not_utf8(error.as_bytes(), Span::new(at..at + char::REPLACEMENT_CHARACTER.len_utf8()));
                Self { source: Source::new(name, text), damage: Some(damage) }
            }
        }
    }

    /// Compiles it. A file that is no text has no policies.
    pub fn compile(&self, options: &Options) -> Compilation<'_> {
        match &self.damage {
            Some(damage) => Compilation { diagnostics: vec![damage.clone()], policies: None, all_profiles: None },
            None => compile(&self.source, options),
        }
    }
}

impl Unreadable {
    fn new(path: &Path, name: &str, error: &std::io::Error) -> Self {
        if path.is_dir() {
            let help = format!("name the policy file in it: `{}`", Path::new(name).join(DEFAULT).display());
            return Self { message: format!("`{name}` is a folder"), help };
        }
        let help = match error.kind() {
            std::io::ErrorKind::NotFound => "`cors-gen init` writes a first policy file",
            _ => "",
        };
        Self { message: format!("`{name}` cannot be read: {error}"), help: help.to_owned() }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { message, help } = self;
        if help.is_empty() { out.write_str(message) } else { write!(out, "{message}; {help}") }
    }
}

impl std::error::Error for Unreadable {}
