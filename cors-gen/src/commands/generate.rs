//! `cors-gen FILE --target NAME`: a policy file comes in, the target's files go out, whole or not at all.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::CommandFactory;
use similar::TextDiff;

use super::{Exit, Failure, Generate, Outcome, check, complain, input};
use crate::input::Input;
use crate::policy::PolicySet;
use crate::suggest;
use crate::targets::{self, File, TARGETS, Target};
use crate::{Level, Options};

/// Stands for every target.
pub(super) const ALL: &str = "all";

pub(super) fn run(arguments: &Generate) -> Outcome {
    let target = arguments.target.as_deref().ok_or_else(|| nothing_to_do(arguments))?;
    let input = input::read(arguments.file.as_deref())?;
    let compilation = input.compile(&Options { profile: arguments.profile.clone(), ..Options::default() });
    check::show(&input, &compilation.diagnostics, Level::Warn);
    match (compilation.sound(), targets::find(target)) {
        (None, _) => Ok(Exit::No),
        (Some(policies), Some(target)) => one(arguments, &input, policies, target),
        (Some(policies), None) => all(arguments, &input, policies),
    }
}

fn one(arguments: &Generate, input: &Input, policies: &PolicySet<'_>, target: &Target) -> Outcome {
    let files = match target.generate(policies, &input.source) {
        Ok(files) => files,
        Err(refusals) => {
            check::show(input, &refusals, Level::Warn);
            return Ok(Exit::No);
        }
    };
    match &arguments.output {
        Some(output) => deliver(arguments, &places(output, &files)?),
        None => show(&files),
    }
}

/// Every target that can say the policies, each in a folder of its name. That another one refuses them is no failure, and is said.
fn all(arguments: &Generate, input: &Input, policies: &PolicySet<'_>) -> Outcome {
    let Some(output) = &arguments.output else {
        return Err(Failure::new("there is one standard output, and there are many targets", "give a folder: `--target all -o conf/`"));
    };
    let (mut generated, mut unable) = (Vec::new(), Vec::new());
    for target in TARGETS {
        match target.generate(policies, &input.source) {
            Ok(files) => generated.push((output.join(target.name), files)),
            Err(refusals) => {
                check::show(input, &refusals, Level::Warn);
                unable.push(target.name);
            }
        }
    }
    let places = generated.iter().flat_map(|(folder, files)| files.iter().map(move |file| (folder.join(file.name), file)));
    let outcome = deliver(arguments, &places.collect::<Vec<_>>())?;
    if !unable.is_empty() {
        complain(&format!("without {}, for the reasons above\n", unable.join(", ")));
    }
    Ok(outcome)
}

/// Why there is nothing to generate: often a mistyped command was taken for a file.
fn nothing_to_do(arguments: &Generate) -> Failure {
    let file = arguments.file.as_deref().map(|file| file.display().to_string()).unwrap_or_default();
    let commands = super::Cli::command();
    let commands = commands.get_subcommands().map(clap::Command::get_name);
    match suggest::nearest(&file, commands).filter(|_| !Path::new(&file).exists()) {
        Some(command) => Failure::new(format!("there is no command `{file}`"), format!("did you mean `cors-gen {command}`?")),
        None => Failure::new(
            "nothing says what to generate for",
            format!("name a target, as in `--target nginx`; `cors-gen targets` lists them, and `cors-gen check {file}` only looks for mistakes"),
        ),
    }
}

fn deliver(arguments: &Generate, places: &[(PathBuf, &File)]) -> Outcome {
    if arguments.check { compare(places) } else { write(places) }
}

/// Prints all files, each under its name.
fn show(files: &[File]) -> Outcome {
    if let [only] = files {
        return super::print(&only.text);
    }
    for (index, file) in files.iter().enumerate() {
        let separator = if index == 0 { "" } else { "\n" };
        super::print(&format!("{separator}# ==> {} ({}) <==\n\n", file.name, file.place))?;
        super::print(&file.text)?;
    }
    Ok(Exit::Fine)
}

/// Where each file goes: into the folder, or, if it is the only one, to the path.
fn places<'f>(output: &Path, files: &'f [File]) -> Result<Vec<(PathBuf, &'f File)>, Failure> {
    let is_folder = output.is_dir() || output.to_string_lossy().ends_with(std::path::is_separator);
    match files {
        [only] if !is_folder => Ok(vec![(output.to_owned(), only)]),
        _ if output.exists() && !is_folder => {
            let names: Vec<&str> = files.iter().map(|file| file.name).collect();
            Err(Failure::new(format!("`{}` is a file, and this target writes several: {}", output.display(), names.join(", ")), "give a folder: `-o conf/`"))
        }
        _ => Ok(files.iter().map(|file| (output.join(file.name), file)).collect()),
    }
}

/// Every file is written beside its place first and moved there last, so that no reader ever sees a half of one.
fn write(places: &[(PathBuf, &File)]) -> Outcome {
    let mut ready = Vec::new();
    for (path, file) in places {
        if path.is_dir() {
            return Err(Failure::new(
                format!("`{}` is a folder, and a file is to be written there", path.display()),
                "remove it, or give another place with `-o`",
            ));
        }
        if std::fs::read(path).is_ok_and(|old| old == file.text.as_bytes()) {
            continue;
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let written = std::fs::create_dir_all(folder).and_then(|()| beside(folder, &file.text));
        ready.push((written.map_err(|error| unwritable(path, &error))?, path));
    }
    for (temporary, path) in ready {
        temporary.persist(path).map_err(|error| unwritable(path, &error.error))?;
    }
    Ok(Exit::Fine)
}

fn beside(folder: &Path, text: &str) -> std::io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    // A server that runs as another user must be able to read it.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    Ok(file)
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("`{}` cannot be written: {error}", path.display()), "")
}

fn compare(places: &[(PathBuf, &File)]) -> Outcome {
    let mut differences = String::new();
    for (path, file) in places {
        let old = match std::fs::read(path) {
            Ok(old) => String::from_utf8_lossy(&old).into_owned(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(Failure::new(format!("`{}` cannot be read: {error}", path.display()), "")),
        };
        if old != file.text {
            let name = path.display().to_string();
            let diff = TextDiff::from_lines(old.as_str(), file.text.as_str());
            let _ = write!(differences, "{}", diff.unified_diff().header(&name, &format!("{name} (as the policy has it)")));
        }
    }
    if differences.is_empty() {
        return Ok(Exit::Fine);
    }
    super::print(&differences)?;
    Ok(Exit::No)
}
