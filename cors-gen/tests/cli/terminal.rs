//! Environment, `--color` and readers that go away come in; bytes that a terminal or a log can take go out.

use std::io::Read;
use std::process::Stdio;

use super::{Folder, Run, SOUND, WRONG};

fn is_styled(run: &Run) -> bool {
    run.stderr.contains('\u{1b}')
}

#[test]
fn colour_is_for_terminals_and_for_those_who_ask() {
    let folder = Folder::with(WRONG);
    let run = |variables: &[(&str, &str)], arguments: &[&str]| {
        let output = folder.command(arguments).envs(variables.iter().copied()).output().unwrap();
        Run::of(&output).ends(1)
    };
    assert!(!is_styled(&run(&[], &["check"])), "no terminal");
    assert!(!is_styled(&run(&[("TERM", "xterm-256color")], &["check"])), "no terminal");
    assert!(is_styled(&run(&[], &["check", "--color", "always"])));
    assert!(is_styled(&run(&[], &["--color", "always", "check"])));
    assert!(is_styled(&run(&[("CLICOLOR_FORCE", "1")], &["check"])));
    assert!(!is_styled(&run(&[("CLICOLOR_FORCE", "1")], &["check", "--color", "never"])));
    assert!(!is_styled(&run(&[("NO_COLOR", "1")], &["check"])));
    assert!(is_styled(&run(&[("NO_COLOR", "1")], &["check", "--color", "always"])), "what is asked for now wins");
    assert!(is_styled(&run(&[], &["--target", "nginx", "--color", "always"])));
}

#[test]
fn colour_changes_no_word() {
    let folder = Folder::with(WRONG);
    let plain = folder.run(&["check"]).ends(1);
    let styled = folder.run(&["check", "--color", "always"]).ends(1);
    let mut stripped = String::new();
    let mut rest = styled.stderr.as_str();
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        stripped.push_str(before);
        rest = after.split_once('m').unwrap().1;
    }
    assert_eq!(stripped + rest, plain.stderr);
    assert_eq!(styled.stdout, plain.stdout);
}

#[test]
fn formats_for_machines_and_generated_files_have_no_colour() {
    let folder = Folder::with(WRONG);
    for format in ["json", "sarif", "github"] {
        let run = folder.run(&["check", "--format", format, "--color", "always"]).ends(1).complains_of_nothing();
        assert!(!run.stdout.contains('\u{1b}'), "{format}");
    }
    folder.write("cors.yaml", SOUND);
    assert!(!folder.run(&["--target", "nginx", "--color", "always"]).ends(0).stdout.contains('\u{1b}'));
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let folder = Folder::with(SOUND);
    for arguments in [&["schema"][..], &["rule"], &["--target", "nginx"], &["completions", "bash"], &["targets", "--format", "json"]] {
        let mut child = folder.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut stderr = String::new();
        child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        assert_eq!((child.wait().unwrap().code(), stderr.as_str()), (Some(0), ""), "{arguments:?}");
    }
}

#[test]
fn diagnostics_that_nobody_reads_are_no_panic() {
    let many: String = (0..2000).map(|index| format!("https://H{index}.example.com, ")).collect();
    let folder = Folder::with(&format!("version: 1\npolicies: {{ api: {{ allow_origins: [{many}] }} }}\n"));
    let mut child = folder.command(&["check"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stderr.take());
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_ends_the_command_with_2() {
    let full = || std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let folder = Folder::with(SOUND);
    let output = folder.command(&["--target", "nginx"]).stdout(full()).stderr(Stdio::piped()).spawn().unwrap().wait_with_output().unwrap();
    Run::of(&output).ends(2).complains(&["standard output cannot be written"]);
    let both = folder.command(&["schema"]).stdout(full()).stderr(full()).status().unwrap();
    assert_eq!(both.code(), Some(2));
}
