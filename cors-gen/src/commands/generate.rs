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
    match arguments.place() {
        Some(output) => deliver(arguments, input, &places(output, &files)?),
        None if arguments.check => Err(Failure::new("`--check` compares with files, and standard output is none", "name what was written before: `-o conf/`")),
        None => show(&files),
    }
}

/// Every target that can say the policies, each in a folder of its name. That another one refuses them is no failure, and is said.
fn all(arguments: &Generate, input: &Input, policies: &PolicySet<'_>) -> Outcome {
    let Some(output) = arguments.place() else {
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
    let outcome = deliver(arguments, input, &places.collect::<Vec<_>>())?;
    if !unable.is_empty() {
        complain(&format!("without {}, for the reasons above\n", unable.join(", ")));
    }
    Ok(outcome)
}

/// Why there is nothing to generate: often a mistyped command was taken for a file.
fn nothing_to_do(arguments: &Generate) -> Failure {
    let file = arguments.file.as_deref().map(|file| file.display().to_string()).unwrap_or_default();
    let commands = super::Cli::command();
    let nearest = suggest::nearest(&file, commands.get_subcommands().map(clap::Command::get_name));
    let is_word = nearest.is_some() || suggest::is_kebab_case(&file);
    if is_word && commands.find_subcommand(&file).is_none() && !Path::new(&file).exists() {
        let help = nearest.map_or_else(|| "`cors-gen --help` lists the commands".to_owned(), |command| format!("did you mean `cors-gen {command}`?"));
        return Failure::new(format!("there is no command `{file}`, and no file of that name"), help);
    }
    let check = format!("cors-gen check {file}");
    Failure::new(
        "nothing says what to generate for",
        format!("name a target, as in `--target nginx`; `cors-gen targets` lists them, and `{}` only looks for mistakes", check.trim_end()),
    )
}

fn deliver(arguments: &Generate, input: &Input, places: &[(PathBuf, &File)]) -> Outcome {
    let policy = input.path.as_ref().and_then(|path| path.canonicalize().ok());
    if let Some((path, _)) = places.iter().find(|(path, _)| policy.is_some() && path.canonicalize().ok() == policy) {
        return Err(Failure::new(format!("`{}` is the policy itself", path.display()), "give another place: `-o conf/`"));
    }
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
/// A device or a pipe takes what it is given, and must not be replaced.
fn write(places: &[(PathBuf, &File)]) -> Outcome {
    let (mut streams, mut ready) = (Vec::new(), Vec::new());
    for (path, file) in places {
        match std::fs::metadata(path) {
            Ok(there) if there.is_dir() => {
                return Err(Failure::new(
                    format!("`{}` is a folder, and a file is to be written there", path.display()),
                    "remove it, or give another place with `-o`",
                ));
            }
            Ok(there) if !there.is_file() => streams.push((path, file)),
            Ok(_) if std::fs::read(path).is_ok_and(|old| old == file.text.as_bytes()) => {}
            _ => {
                let end = end_of_link(path);
                let temporary = super::make_folder_of(&end).and_then(|()| beside(&end, &file.text)).map_err(|error| unwritable(path, &error))?;
                ready.push((path, end, temporary));
            }
        }
    }
    for (path, file) in streams {
        let stream = std::fs::OpenOptions::new().write(true).open(path);
        stream.and_then(|mut stream| stream.write_all(file.text.as_bytes())).map_err(|error| unwritable(path, &error))?;
    }
    for (path, end, temporary) in ready {
        temporary.persist(end).map_err(|error| unwritable(path, &error.error))?;
    }
    Ok(Exit::Fine)
}

/// The place itself; or where a link there leads, even if that does not exist yet.
fn end_of_link(path: &Path) -> PathBuf {
    let link = || std::fs::read_link(path).map(|link| path.with_file_name(link));
    path.canonicalize().or_else(|_| link()).unwrap_or_else(|_| path.to_owned())
}

fn beside(path: &Path, text: &str) -> std::io::Result<tempfile::NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Made and written as any file: a server that runs as another user must be able to read it, and no error names it.
    let mut file = tempfile::Builder::new().make_in(folder, |path| std::fs::File::create_new(path))?;
    file.as_file_mut().write_all(text.as_bytes())?;
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
