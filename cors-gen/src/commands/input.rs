//! The name of a policy file comes in, its source goes out.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::Failure;
use crate::diagnostic::Diagnostic;
use crate::span::{Source, Span};
use crate::{Compilation, Options};

const DEFAULT: &str = "cors.yaml";

/// A policy file that was read.
pub(crate) struct Input {
    pub(crate) source: Source,
    /// Where it is no UTF-8 text.
    damage: Option<Diagnostic>,
}

/// Reads a file, standard input (`-`), or `cors.yaml` here or in the nearest folder above.
pub(crate) fn read(file: Option<&Path>) -> Result<Input, Failure> {
    let path = match file {
        Some(path) => path.to_owned(),
        None => nearest()?,
    };
    let name = if is_stdin(&path) { "<stdin>".to_owned() } else { path.display().to_string() };
    let bytes = if is_stdin(&path) { from_stdin() } else { std::fs::read(&path) };
    let bytes = bytes.map_err(|error| unreadable(&path, &name, &error))?;
    Ok(Input::new(name, bytes))
}

/// Reads each of the files, or the default one. Where one cannot be read, the others are looked at all the same;
/// the last of several failures is the one that ends the command.
pub(crate) fn read_all(files: &[PathBuf]) -> (Vec<Input>, Option<Failure>) {
    let named = files.iter().enumerate().map(|(index, file)| match files[..index].contains(file) && is_stdin(file) {
        true => Err(Failure::new("standard input can be read only once", "name `-` once")),
        false => read(Some(file)),
    });
    let default = files.is_empty().then(|| read(None));
    let (mut inputs, mut failure) = (Vec::new(), None::<Failure>);
    for read in default.into_iter().chain(named) {
        match read {
            Ok(input) => inputs.push(input),
            Err(unreadable) => failure.replace(unreadable).iter().for_each(Failure::show),
        }
    }
    (inputs, failure)
}

fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

fn from_stdin() -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
}

fn unreadable(path: &Path, name: &str, error: &std::io::Error) -> Failure {
    if path.is_dir() {
        return Failure::new(format!("`{name}` is a folder"), format!("name the policy file in it: `{}`", path.join(DEFAULT).display()));
    }
    let help = match error.kind() {
        std::io::ErrorKind::NotFound => "`cors-gen init` writes a first policy file",
        _ => "",
    };
    Failure::new(format!("`{name}` cannot be read: {error}"), help)
}

fn nearest() -> Result<PathBuf, Failure> {
    let here = std::env::current_dir().map_err(|error| Failure::new(format!("the current folder cannot be read: {error}"), ""))?;
    let above = here.ancestors().position(|folder| folder.join(DEFAULT).is_file());
    match above {
        Some(levels) => Ok(std::iter::repeat_n("..", levels).collect::<PathBuf>().join(DEFAULT)),
        None => {
            Err(Failure::new(format!("there is no {DEFAULT} here or in a folder above"), "name the policy file, or write a first one with `cors-gen init`"))
        }
    }
}

impl Input {
    fn new(name: String, bytes: Vec<u8>) -> Self {
        match String::from_utf8(bytes) {
            Ok(text) => Self { source: Source::new(name, text), damage: None },
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
                let damage =
                    Diagnostic::error("not-utf8", Span::new(at..at + char::REPLACEMENT_CHARACTER.len_utf8()), "the file is not UTF-8 text from here on")
                        .label("this byte begins no character")
                        .help("save the file as UTF-8");
                Self { source: Source::new(name, text), damage: Some(damage) }
            }
        }
    }

    /// Compiles it. A file that is no text has no policies.
    pub(crate) fn compile(&self, options: &Options) -> Compilation<'_> {
        match &self.damage {
            Some(damage) => Compilation { diagnostics: vec![damage.clone()], policies: None, all_profiles: None },
            None => crate::compile(&self.source, options),
        }
    }
}
