//! Arguments and files come in; the exit status, both outputs and the files that the command leaves are held against what its users count on.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

#[path = "cli/generate.rs"]
mod generate;
#[path = "cli/input.rs"]
mod input;
#[path = "cli/json.rs"]
mod json;
#[path = "cli/reference.rs"]
mod reference;
#[path = "cli/terminal.rs"]
mod terminal;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A policy without an error, a warning or a test.
const SOUND: &str =
    "version: 1\npolicies:\n  api:\n    allow_origins: [https://app.example.com]\n    allow_methods: [GET, HEAD, POST, PUT]\n    max_age: 10m\n";
/// Compiles with a warning.
const WARNED: &str = "version: 1\npolicies:\n  api:\n    allow_origins: [http://app.example.com]\n";
/// A lint keeps it from compiling.
const DENIED: &str = "version: 1\npolicies:\n  api:\n    allow_origins: [\"null\"]\n    allow_credentials: true\n";
/// An error keeps it from compiling.
const WRONG: &str = "version: 1\npolicies:\n  api:\n    allow_origins: [https://app.example.com/]\n";
/// One test passes, one fails; the second entry and the second policy are reached by none.
const TESTED: &str = "version: 1
policies:
  api:
    paths: [/api/**]
    allow_origins: [https://app.example.com, https://partner.example.net]
  media:
    paths: [/media/**]
    allow_origins: \"*\"
tests:
  - { name: the app reads, path: /api/x, allow: [https://app.example.com], deny: [\"null\"] }
  - name: the app writes
    request: { origin: https://app.example.com, path: /api/x, method: PUT }
    expect: allow
";

/// A folder of its own for each test, where the command is run.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A folder whose `cors.yaml` holds this.
    fn with(policy: &str) -> Self {
        let folder = Self::new();
        folder.write("cors.yaml", policy);
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), content).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Every file and folder below, sorted.
    fn listing(&self) -> Vec<String> {
        let mut names: Vec<String> = walk(self.0.path()).iter().map(|path| path.strip_prefix(self.0.path()).unwrap().display().to_string()).collect();
        names.sort();
        names
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cors-gen"));
        for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "CI"] {
            command.env_remove(variable);
        }
        command.current_dir(self.0.path()).args(arguments).stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Run {
        Run::of(&self.command(arguments).output().unwrap())
    }

    fn run_with_input(&self, arguments: &[&str], input: &str) -> Run {
        let mut child = self.command(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        Run::of(&child.wait_with_output().unwrap())
    }
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { [vec![path.clone()], walk(&path)].concat() } else { vec![path] }).collect()
}

/// How the command ended and what it said.
#[derive(Debug)]
struct Run {
    status: i32,
    stdout: String,
    stderr: String,
}

impl Run {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Self { status: output.status.code().expect("no signal"), stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }

    /// Holds the status, and that nothing panicked on the way to it.
    #[track_caller]
    fn ends(self, status: i32) -> Self {
        assert_eq!(self.status, status, "{self:#?}");
        assert!(!self.stderr.contains("panicked"), "{self:#?}");
        self
    }

    /// Holds that the diagnostics say each of these.
    #[track_caller]
    fn complains(self, words: &[&str]) -> Self {
        words.iter().for_each(|words| assert!(self.stderr.contains(words), "no {words:?} in {self:#?}"));
        self
    }

    #[track_caller]
    fn says(self, words: &[&str]) -> Self {
        words.iter().for_each(|words| assert!(self.stdout.contains(words), "no {words:?} in {self:#?}"));
        self
    }

    #[track_caller]
    fn says_nothing(self) -> Self {
        assert_eq!(self.stdout, "", "{}", self.stderr);
        self
    }

    #[track_caller]
    fn complains_of_nothing(self) -> Self {
        assert_eq!(self.stderr, "", "{}", self.stdout);
        self
    }
}

#[test]
fn a_policy_ends_the_command_with_the_status_of_its_worst_finding() {
    for (policy, plain, strict) in [(SOUND, 0, 0), (WARNED, 0, 1), (DENIED, 1, 1), (WRONG, 1, 1), (TESTED, 1, 1), ("", 1, 1)] {
        let folder = Folder::with(policy);
        folder.run(&["check"]).ends(plain).says(&["cors.yaml: "]);
        folder.run(&["check", "--deny-warnings"]).ends(strict);
        folder.run(&["--target", "nginx"]).ends(plain);
        let sound = plain == 0;
        let generated = folder.run(&["--target", "nginx"]).stdout;
        assert_eq!(generated.contains("cors.http.conf"), sound, "{generated}");
        assert_eq!(generated.is_empty(), !sound, "{generated}");
    }
}

#[test]
fn a_sound_policy_is_reported_on_standard_output_in_a_line_and_nothing_else() {
    let run = Folder::with(SOUND).run(&["check"]).ends(0).complains_of_nothing();
    assert_eq!(run.stdout, "cors.yaml: fine (1 policy, no tests)\n");
}

#[test]
fn diagnostics_go_to_standard_error_and_the_count_to_standard_output() {
    let run = Folder::with(WRONG).run(&["check"]).ends(1).complains(&["error[origin-path]", "cors.yaml:4:21", "write `https://app.example.com`"]);
    assert_eq!(run.stdout, "cors.yaml: 1 error, 0 warnings\n");
    Folder::with(WARNED).run(&["check"]).complains(&["warning[insecure-origin]"]).says(&["0 errors, 1 warning"]);
    Folder::with(WARNED).run(&["--target", "nginx"]).complains(&["warning[insecure-origin]"]).says(&["map $http_origin"]);
    Folder::with(DENIED).run(&["check"]).complains(&["denied[null-origin]"]);
}

#[test]
fn pedantic_lints_speak_when_they_are_asked() {
    let folder = Folder::with(SOUND);
    folder.run(&["check", "--deny-warnings"]).ends(0).complains_of_nothing();
    folder.run(&["check", "--pedantic"]).ends(0).complains(&["warning[untested-policy]"]);
    folder.run(&["check", "--pedantic", "--deny-warnings"]).ends(1);
}

#[test]
fn a_command_that_is_not_understood_ends_with_2_and_says_what_is() {
    let folder = Folder::with(SOUND);
    folder.run(&[]).ends(2).says_nothing().complains(&["Usage: cors-gen", "Exit status"]);
    folder.run(&["cors.yaml"]).ends(2).says_nothing().complains(&["nothing says what to generate for", "--target nginx", "`cors-gen check cors.yaml`"]);
    folder.run(&["chekc"]).ends(2).says_nothing().complains(&["there is no command `chekc`", "did you mean `cors-gen check`?"]);
    folder.run(&["verify"]).ends(2).says_nothing().complains(&["there is no command `verify`, and no file of that name", "`cors-gen --help`"]);
    folder.run(&["--", "check"]).ends(2).says_nothing().complains(&["nothing says what to generate for"]);
    folder.run(&["check.yaml"]).ends(2).says_nothing().complains(&["nothing says what to generate for"]);
    folder.run(&["-o", "conf"]).ends(2).says_nothing().complains(&["`cors-gen check` only"]);
    folder.run(&["--target", "ngnix"]).ends(2).says_nothing().complains(&["'ngnix'", "a similar value exists: 'nginx'"]);
    folder.run(&["--target", "nginx", "--check"]).ends(2).says_nothing().complains(&["--output"]);
    folder.run(&["check", "--peadntic"]).ends(2).says_nothing().complains(&["similar argument exists: '--pedantic'"]);
    folder.run(&["check", "--format", "yaml"]).ends(2).says_nothing().complains(&["json", "sarif", "github"]);
    folder.run(&["check", "--color", "sometimes"]).ends(2).says_nothing();
    folder.run(&["cors.yaml", "check"]).ends(2).says_nothing().complains(&["exclude each other", "`cors-gen check cors.yaml`"]);
    folder.run(&["eval"]).ends(2).says_nothing().complains(&["--origin"]);
    folder.run(&["eval", "--origin", "https://a.example.com", "--path", "api"]).ends(2).says_nothing().complains(&["does not begin with a `/`"]);
    folder.run(&["eval", "--origin", "https://a.example.com", "--path", "/api/../x"]).ends(2).says_nothing().complains(&["write `/x`"]);
}

#[test]
fn a_profile_adds_its_entries_and_an_unknown_one_is_an_error_of_the_policy() {
    let folder = Folder::with(
        "version: 1\nprofiles: [dev]\npolicies:\n  api:\n    allow_origins: [https://app.example.com, { origin: 'http://localhost:*', profiles: [dev] }]\n",
    );
    let strict = folder.run(&["--target", "nginx"]).ends(0);
    assert!(!strict.stdout.contains("localhost"));
    folder.run(&["--target", "nginx", "--profile", "dev"]).ends(0).says(&["localhost"]);
    folder.run(&["--target", "nginx", "--profile", "devel"]).ends(1).says_nothing().complains(&["unknown-profile", "`devel`", "`dev`"]);
    folder.run(&["check", "--profile", "prod"]).ends(1).complains(&["unknown-profile"]);
    folder.run(&["eval", "--origin", "http://localhost:3000", "--profile", "dev"]).ends(0).says(&["ALLOW"]);
    folder.run(&["eval", "--origin", "http://localhost:3000"]).ends(0).says(&["DENY"]);
    folder.run(&["eval", "--origin", "http://localhost:3000", "--profile", "prod"]).ends(1).complains(&["unknown-profile"]);
    let without = Folder::with("version: 1\npolicies:\n  api:\n    allow_origins: [https://app.example.com]\n");
    without.run(&["check", "--profile", "prod"]).ends(1).complains(&["unknown-profile", "the file declares no profiles", "`profiles: [prod]`"]);
}
