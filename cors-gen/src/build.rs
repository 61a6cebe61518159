//! The entry for build scripts: a policy file comes in, a file of Rust in `OUT_DIR` and words to Cargo go out.

use std::env;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use crate::embed::{Embedded, embed};
use crate::input::{Input, Unreadable};
use crate::rust;

/// Compiles a policy file in a build script.
///
/// ```no_run
/// // build.rs
/// fn main() -> Result<(), cors_gen::BuildError> {
///     cors_gen::Build::new("cors.yaml").emit()
/// }
/// ```
///
/// The crate then takes in what was written, one item:
///
/// ```ignore
/// // pub static CORS: &cors_static::PolicySet<'static>
/// include!(concat!(env!("OUT_DIR"), "/cors.rs"));
/// ```
#[derive(Debug, Clone)]
#[must_use = "nothing is written before `emit`"]
pub struct Build {
    file: PathBuf,
    profile: Option<String>,
    crate_path: String,
    output: PathBuf,
}

/// Why a build script has nothing to give to its crate. What is wrong with a policy was told to Cargo by then.
#[non_exhaustive]
pub enum BuildError {
    /// The policy file cannot be read.
    Unreadable(Unreadable),
    /// The policies cannot be compiled.
    Unsound {
        /// The policy file.
        file: PathBuf,
        /// How many errors, denied lints and failing tests there are.
        count: usize,
    },
    /// Cargo's variable is not set: this is no build script.
    NoOutDir,
    /// The file of Rust cannot be written.
    Unwritable(PathBuf, std::io::Error),
}

impl Build {
    /// Prepares to compile a policy file. A relative path begins at the package's manifest.
    pub fn new(file: impl Into<PathBuf>) -> Self {
        Self { file: file.into(), profile: None, crate_path: rust::CRATE.to_owned(), output: PathBuf::from("cors.rs") }
    }

    /// The profile to compile for; by default entries with profiles do not exist.
    pub fn profile(self, name: impl Into<String>) -> Self {
        Self { profile: Some(name.into()), ..self }
    }

    /// The path to what `cors-static` exports, where it is not `::cors_static`: it was renamed, or another crate passes it on.
    pub fn crate_path(self, path: impl Into<String>) -> Self {
        Self { crate_path: path.into(), ..self }
    }

    /// The name of the file in `OUT_DIR`, where it is not `cors.rs`: a second policy file needs another.
    pub fn output(self, name: impl Into<PathBuf>) -> Self {
        Self { output: name.into(), ..self }
    }

    /// Compiles the policies, writes `$OUT_DIR/cors.rs`, and tells Cargo every error and warning, and to run the script again when the policy file
    /// changes.
    ///
    /// # Errors
    /// The file cannot be read, the policies cannot be compiled, or the result cannot be written. A `main` that returns the error fails the build.
    pub fn emit(self) -> Result<(), BuildError> {
        tell("rerun-if-changed", &self.file.display().to_string());
        let folder = env::var_os("OUT_DIR").ok_or(BuildError::NoOutDir)?;
        let path = env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| self.file.clone(), |folder| Path::new(&folder).join(&self.file));
        let input = Input::open(&path, self.file.display().to_string()).map_err(BuildError::Unreadable)?;
        let Embedded { code, warnings } = embed(&input, self.profile.as_deref(), |set, source| rust::file(set, &set.made_from(source), &self.crate_path));
        warnings.iter().for_each(|warning| tell("warning", warning));
        let code = code.map_err(|errors| {
            errors.iter().for_each(|error| tell("error", error));
            BuildError::Unsound { file: self.file.clone(), count: errors.len() }
        })?;
        let output = Path::new(&folder).join(&self.output);
        fs::write(&output, code).map_err(|error| BuildError::Unwritable(output, error))
    }
}

/// Cargo reads one instruction a line, so a text of several lines is told line by line.
#[expect(clippy::print_stdout, reason = "this is how a build script speaks to Cargo")]
fn tell(instruction: &str, text: &str) {
    for line in text.lines() {
        println!("cargo::{instruction}={line}");
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(error) => fmt::Display::fmt(error, out),
            Self::Unsound { file, count: 1 } => write!(out, "`{}` cannot be compiled: 1 error", file.display()),
            Self::Unsound { file, count } => write!(out, "`{}` cannot be compiled: {count} errors", file.display()),
            Self::NoOutDir => out.write_str("OUT_DIR is not set; `Build` is for build scripts, and `cors-gen --target rust` for all else"),
            Self::Unwritable(path, error) => write!(out, "`{}` cannot be written: {error}", path.display()),
        }
    }
}

/// A `main` that returns an error shows it in this form.
impl fmt::Debug for BuildError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

impl std::error::Error for BuildError {}
