//! The bytes of a policy file come in, a source that can be compiled goes out.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::compile::{Compilation, Options, compile};
use crate::diagnostic::Diagnostic;
use crate::span::{Source, Span};
use crate::yaml::{self, MAX_BYTES};

/// The name that a policy file has where nothing else is said.
pub const DEFAULT: &str = "cors.yaml";

/// A policy file that was read.
#[derive(Debug)]
pub struct Input {
    /// Its text. Where it is no UTF-8, what can be read of it.
    pub source: Source,
    /// Where it was read, if that was a file.
    pub path: Option<PathBuf>,
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
        match File::open(path).and_then(|file| Self::read(name.as_str(), file)) {
            Ok(input) => Ok(Self { path: Some(path.to_owned()), ..input }),
            Err(error) => Err(Unreadable::new(path, &name, &error)),
        }
    }

    /// Reads to the end, or only so much that the compiler sees a file that is too large: some have no end.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn read(name: impl Into<String>, from: impl Read) -> io::Result<Self> {
        let mut bytes = Vec::new();
        from.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
        Ok(Self::new(name, bytes))
    }

    /// Bytes that were read elsewhere.
    pub fn new(name: impl Into<String>, bytes: Vec<u8>) -> Self {
        let (text, damage) = match String::from_utf8(bytes) {
            Ok(text) => (text, None),
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                let not_utf8 = || yaml::not_utf8(error.as_bytes(), Span::new(at..at + char::REPLACEMENT_CHARACTER.len_utf8()));
                // What was read of a file that is too large may end within a character.
                let damage = (error.as_bytes().len() <= MAX_BYTES).then(not_utf8);
                (String::from_utf8_lossy(error.as_bytes()).into_owned(), damage)
            }
        };
        Self { source: Source::new(name, text), path: None, damage }
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
    fn new(path: &Path, name: &str, error: &io::Error) -> Self {
        if path.is_dir() {
            let help = format!("name the policy file in it: `{}`", Path::new(name).join(DEFAULT).display());
            return Self { message: format!("`{name}` is a folder"), help };
        }
        let help = match error.kind() {
            io::ErrorKind::NotFound => "`cors-gen init` writes a first policy file",
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
