//! The command line: arguments come in, results go to standard output, diagnostics to standard error, and an exit status to the caller.

mod check;
mod eval;
mod format;
mod generate;
mod init;
mod input;
mod reference;
mod test;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, CommandFactory, Parser, Subcommand};

use format::Format;

/// How a command ended.
pub(crate) enum Exit {
    /// It did its work, and the answer is yes.
    Fine,
    /// It did its work, and the answer is no.
    No,
}

/// Why a command could not do its work.
pub(crate) struct Failure {
    pub(crate) message: String,
    pub(crate) help: String,
}

impl Failure {
    pub(crate) fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: help.into() }
    }

    pub(crate) fn show(&self) {
        complain(&crate::diagnostic::render_plain(&self.message, &self.help, true));
    }
}

pub(crate) type Outcome = Result<Exit, Failure>;

/// The compiler for CORS policies: one cors.yaml, checked, tested, and compiled into the configuration of every server.
///
/// Without a command it generates: cors-gen cors.yaml --target nginx -o conf/
#[derive(Parser)]
#[command(name = "cors-gen", version, arg_required_else_help = true, override_usage = USAGE, after_help = EXIT_STATUS)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    generate: Generate,
    /// When to use colour; the variable NO_COLOR is honoured
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true)]
    color: Color,
}

const USAGE: &str = "cors-gen [FILE] --target NAME [-o PATH] [--profile NAME] [--check]\n       cors-gen <COMMAND>";
const EXIT_STATUS: &str = "Exit status: 0 fine; 1 the answer is no (an error in a policy, a failed test, a difference); 2 the command could not do its work.";

#[derive(Clone, Copy, clap::ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Args)]
pub(crate) struct Generate {
    /// The policy file; cors.yaml here or in the nearest folder above by default, - for standard input
    file: Option<PathBuf>,
    /// What to generate for; `cors-gen targets` lists what there is. `all` writes a folder for each target that can say the policies
    #[arg(long, value_name = "NAME", value_parser = clap::builder::PossibleValuesParser::new(target_names()))]
    target: Option<String>,
    /// Where to write: a folder for a target of several files, for `all`, and where it ends in /. Standard output by default, and for -
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
    /// The profile to compile for; by default entries with profiles do not exist
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// Write nothing: compare with what is on disk, show the difference, exit 1 if there is one
    #[arg(long, requires = "output")]
    check: bool,
}

fn target_names() -> impl Iterator<Item = &'static str> {
    crate::targets::TARGETS.iter().map(|target| target.name).chain([generate::ALL])
}

impl Generate {
    /// Where to write, if not to standard output.
    fn place(&self) -> Option<&Path> {
        // Opened by its name, `/dev/stdout` would be the file that it is redirected to, without what stands there already.
        self.output.as_deref().filter(|output| ["-", "/dev/stdout"].iter().all(|name| *output != Path::new(name)))
    }

    fn is_asked_for(&self) -> bool {
        self.file.is_some() || self.target.is_some() || self.output.is_some() || self.profile.is_some() || self.check
    }
}

#[derive(Subcommand)]
enum Command {
    /// Report every error and every risky choice
    Check(Check),
    /// Run the `tests:` of the files
    Test(Test),
    /// Evaluate one request: the answer, and the browser's reasoning step by step
    Eval(Eval),
    /// List what each target can and cannot express
    Targets {
        /// How to print it
        #[arg(long, value_name = "FORMAT", default_value = "text")]
        format: DataFormat,
    },
    /// Explain a lint or an error, with an example and its mend; without a name, list them all
    Rule {
        /// The name that stands in brackets in a diagnostic
        name: Option<String>,
    },
    /// Print the JSON schema of the policy language
    Schema,
    /// Write a first policy file, and the schema that editors check it against
    Init {
        /// The file to write
        #[arg(default_value = "cors.yaml")]
        file: PathBuf,
    },
    /// Print a completion script
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

#[derive(Args)]
pub(crate) struct Check {
    /// The policy files; cors.yaml here or in the nearest folder above by default, - for standard input
    files: Vec<PathBuf>,
    /// How to print the diagnostics
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Let the pedantic lints speak as well
    #[arg(long)]
    pedantic: bool,
    /// Exit 1 for warnings, too
    #[arg(long)]
    deny_warnings: bool,
    /// The profile to look at; by default the lints look at all of them
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
}

#[derive(Args)]
pub(crate) struct Test {
    /// The policy files; cors.yaml here or in the nearest folder above by default, - for standard input
    files: Vec<PathBuf>,
    /// How to print the results
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: DataFormat,
}

#[derive(Args)]
pub(crate) struct Eval {
    /// The policy file; cors.yaml here or in the nearest folder above by default, - for standard input
    file: Option<PathBuf>,
    /// The origin of the script
    #[arg(long)]
    origin: String,
    /// The method
    #[arg(long, default_value = "GET")]
    method: String,
    /// The path
    #[arg(long, default_value = "/")]
    path: String,
    /// The name of a header that the script sets; content-type means a value that is not safelisted
    #[arg(long, value_name = "NAME")]
    header: Vec<String>,
    /// Send credentials: fetch(url, { credentials: "include" })
    #[arg(long)]
    credentials: bool,
    /// The profile to compile for
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// How to print the answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: DataFormat,
}

/// How to print what is no diagnostic.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum DataFormat {
    Text,
    Json,
}

/// Runs the command that the process was started with.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match cli.color {
        Color::Auto => anstream::ColorChoice::Auto,
        Color::Always => anstream::ColorChoice::Always,
        Color::Never => anstream::ColorChoice::Never,
    }
    .write_global();
    match run(cli) {
        Ok(Exit::Fine) => ExitCode::SUCCESS,
        Ok(Exit::No) => ExitCode::from(1),
        Err(failure) => {
            failure.show();
            ExitCode::from(2)
        }
    }
}

fn run(cli: Cli) -> Outcome {
    if cli.command.is_some() && cli.generate.is_asked_for() {
        return Err(Failure::new(
            "a command and the options of generating exclude each other",
            "write the command first: `cors-gen check cors.yaml`; see `cors-gen --help`",
        ));
    }
    match cli.command {
        None => generate::run(&cli.generate),
        Some(Command::Check(arguments)) => check::run(&arguments),
        Some(Command::Test(arguments)) => test::run(&arguments),
        Some(Command::Eval(arguments)) => eval::run(&arguments),
        Some(Command::Targets { format }) => reference::targets(format),
        Some(Command::Rule { name }) => reference::rule(name.as_deref()),
        Some(Command::Schema) => print(&schema_text()),
        Some(Command::Init { file }) => init::run(&file),
        Some(Command::Completions { shell }) => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "cors-gen", &mut script);
            print(&String::from_utf8_lossy(&script))
        }
    }
}

/// The published schema.
pub(crate) fn schema_text() -> String {
    let lints: Vec<(&str, &str)> = crate::lints::LINTS.iter().map(|lint| (lint.name, lint.summary)).collect();
    format::pretty(&crate::schema::schema(&lints))
}

/// Writes a diagnostic to standard error. Where that cannot be written, only the exit status is left to tell.
pub(crate) fn complain(text: &str) {
    use std::io::Write;
    let _ = anstream::stderr().write_all(text.as_bytes());
}

/// Makes the folder of a file that is to be written.
pub(crate) fn make_folder_of(file: &Path) -> std::io::Result<()> {
    use std::io::ErrorKind;
    std::fs::create_dir_all(file.parent().unwrap_or(file)).map_err(|error| match error.kind() {
        // That a file has the name of the folder would read as if `file` existed.
        ErrorKind::AlreadyExists => ErrorKind::NotADirectory.into(),
        _ => error,
    })
}

/// Writes a result to standard output. A reader that has seen enough (`| head`) is no failure.
pub(crate) fn print(text: &str) -> Outcome {
    use std::io::Write;
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure::new(format!("standard output cannot be written: {error}"), "")),
        _ => Ok(Exit::Fine),
    }
}

/// The help of the program and of each of its commands, as `--help` prints it, each with the words that one types before `--help`.
#[must_use]
pub fn help() -> Vec<(String, String)> {
    let mut program = Cli::command();
    program.build();
    let mut pages = vec![("cors-gen".to_owned(), program.render_long_help().to_string())];
    let commands = program.get_subcommands_mut().filter(|command| command.get_name() != "help");
    pages.extend(commands.map(|command| (format!("cors-gen {}", command.get_name()), command.render_long_help().to_string())));
    pages
}

#[cfg(test)]
mod tests {
    use super::{Cli, Parser, Path};

    /// Asked of the arguments alone: a command that gets this wrong could replace the device of the machine it is tested on.
    #[test]
    fn standard_output_is_no_place() {
        for (output, place) in [("-", None), ("/dev/stdout", None), ("./-", Some("./-")), ("conf/", Some("conf/"))] {
            let arguments = Cli::try_parse_from(["cors-gen", "-o", output]).map(|cli| cli.generate);
            assert_eq!(arguments.as_ref().ok().map(super::Generate::place), Some(place.map(Path::new)), "{output}");
        }
    }
}
