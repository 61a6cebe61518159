//! The name of a policy file comes in, its source goes out.

use std::path::{Path, PathBuf};

use super::Failure;
use crate::input::{DEFAULT, Input, Unreadable};
use crate::span::STDIN;

/// Reads a file, standard input (`-`), or `cors.yaml` here or in the nearest folder above.
pub(crate) fn read(file: Option<&Path>) -> Result<Input, Failure> {
    let path = match file {
        Some(path) => path.to_owned(),
        None => nearest()?,
    };
    if is_stdin(&path) {
        return from_stdin();
    }
    Input::open(&path, path.display().to_string()).map_err(|Unreadable { message, help }| Failure::new(message, help))
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

fn from_stdin() -> Result<Input, Failure> {
    Input::read(STDIN, std::io::stdin().lock()).map_err(|error| Failure::new(format!("standard input cannot be read: {error}"), ""))
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
