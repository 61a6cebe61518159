//! Files, folders and standard input come in, as people name them and as editors save them; the right one is read, or the reason goes out.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use super::{Folder, SOUND, WARNED, WRONG};

#[test]
fn the_file_is_cors_yaml_here_or_in_the_nearest_folder_above() {
    let folder = Folder::with(SOUND);
    folder.write("inner/cors.yaml", WRONG);
    folder.write("inner/deeper/empty/.keep", "");
    let run_in = |name: &str, arguments: &[&str]| super::Run::of(&folder.command(arguments).current_dir(folder.path(name)).output().unwrap());
    run_in("", &["check"]).ends(0).says(&["cors.yaml: fine"]);
    run_in("inner/deeper/empty", &["check"]).ends(1).complains(&["--> ../../cors.yaml:4:21"]);
    run_in("inner", &["test"]).ends(1).complains(&["--> cors.yaml:4:21"]);
    fs::remove_file(folder.path("inner/cors.yaml")).unwrap();
    run_in("inner/deeper", &["--target", "nginx"]).ends(0);
    run_in("inner/deeper", &["eval", "--origin", "https://app.example.com"]).ends(0).says(&["[../../cors.yaml:3:3]"]);
}

#[test]
fn a_folder_of_that_name_is_passed_over() {
    let folder = Folder::with(SOUND);
    folder.write("inner/cors.yaml/file", "");
    super::Run::of(&folder.command(&["check"]).current_dir(folder.path("inner")).output().unwrap()).ends(0).says(&["../cors.yaml: fine"]);
}

#[test]
fn where_there_is_no_file_every_command_says_how_to_get_one() {
    for arguments in [&["check"][..], &["test"], &["--target", "nginx"], &["eval", "--origin", "https://app.example.com"]] {
        Folder::new().run(arguments).ends(2).says_nothing().complains(&["there is no cors.yaml here or in a folder above", "`cors-gen init`"]);
    }
}

#[test]
fn what_cannot_be_read_ends_the_command_with_2_and_says_why() {
    let folder = Folder::new();
    folder.write("conf/cors.yaml", SOUND);
    for command in [&["check"][..], &["test"], &["--target", "nginx"], &["eval", "--origin", "https://app.example.com"]] {
        folder.run(&[command, &["missing.yaml"]].concat()).ends(2).says_nothing().complains(&["`missing.yaml` cannot be read", "No such file"]);
        folder.run(&[command, &["conf"]].concat()).ends(2).says_nothing().complains(&["`conf` is a folder", "`conf/cors.yaml`"]);
        folder.run(&[command, &["conf/cors.yaml/x"]].concat()).ends(2).says_nothing().complains(&["`conf/cors.yaml/x` cannot be read"]);
    }
}

/// Root reads everything, so there is nothing to see where the file opens in spite of its mode.
#[test]
fn a_file_without_permission_ends_the_command_with_2() {
    let folder = Folder::with(SOUND);
    fs::set_permissions(folder.path("cors.yaml"), fs::Permissions::from_mode(0o000)).unwrap();
    let expected = if fs::read(folder.path("cors.yaml")).is_ok() { 0 } else { 2 };
    folder.run(&["check"]).ends(expected);
}

#[test]
fn standard_input_is_a_file_like_any_other() {
    let folder = Folder::with(WRONG);
    folder.run_with_input(&["check", "-"], SOUND).ends(0).says(&["<stdin>: fine"]);
    folder.run_with_input(&["check", "-"], WRONG).ends(1).complains(&["--> <stdin>:4:21"]);
    folder.run_with_input(&["test", "-"], super::TESTED).ends(1).says(&["FAILED the app writes"]);
    folder.run_with_input(&["-", "--target", "nginx"], SOUND).ends(0).says(&["https://app.example.com"]);
    folder.run_with_input(&["eval", "-", "--origin", "https://app.example.com"], SOUND).ends(0).says(&["ALLOW"]);
    folder.run_with_input(&["check", "-"], "").ends(1).complains(&["empty-file"]);
    folder.run_with_input(&["check", "-", "cors.yaml"], SOUND).ends(1).says(&["<stdin>: fine", "cors.yaml: 1 error"]);
}

#[test]
fn standard_input_is_read_once() {
    Folder::new().run_with_input(&["check", "-", "-"], SOUND).ends(2).says(&["<stdin>: fine"]).complains(&["standard input can be read only once"]);
}

#[test]
fn each_of_several_files_is_looked_at_whatever_the_others_hold() {
    let folder = Folder::new();
    [("a.yaml", SOUND), ("b.yaml", WRONG), ("c.yaml", WARNED)].iter().for_each(|(name, text)| folder.write(name, text));
    let run = folder.run(&["check", "a.yaml", "missing.yaml", "b.yaml", "gone.yaml", "c.yaml"]).ends(2);
    let run = run.complains(&["`missing.yaml` cannot be read", "`gone.yaml` cannot be read", "b.yaml:4:21", "warning[insecure-origin]"]);
    assert_eq!(run.stdout, "a.yaml: fine (1 policy, no tests)\nb.yaml: 1 error, 0 warnings\nc.yaml: 0 errors, 1 warning\n");
    folder.run(&["check", "a.yaml", "b.yaml"]).ends(1);
    folder.run(&["check", "a.yaml", "c.yaml"]).ends(0);
    folder.run(&["test", "missing.yaml", "a.yaml", "b.yaml"]).ends(2).says(&["a.yaml: 0 passed, 0 failed"]).complains(&["missing.yaml", "b.yaml:4:21"]);
}

#[test]
fn a_byte_that_is_no_text_is_shown_at_its_line_and_column() {
    let folder = Folder::new();
    for (bytes, place) in [
        (&b"version: 1\n# \xc3\xa9\xc3\xa9 \xff and on\n"[..], "2:6"),
        (b"\xff\xfev\0e\0", "1:1"),
        (b"version: 1\r\n\xe6\x97\xa5\xe6\x97", "2:2"),
        (b"\xef\xbb\xbfversion: \xc0\xaf", "1:10"),
    ] {
        folder.write("cors.yaml", bytes);
        folder.run(&["check"]).ends(1).complains(&["error[not-utf8]", &format!("cors.yaml:{place}\n"), "save the file as UTF-8"]);
        folder.run(&["--target", "nginx"]).ends(1).says_nothing().complains(&["error[not-utf8]"]);
        folder.run(&["test"]).ends(1).complains(&["error[not-utf8]"]);
    }
}

#[test]
fn a_file_that_is_too_large_is_said_to_be() {
    let folder = Folder::new();
    // The limit falls within a character.
    folder.write("cors.yaml", "€".repeat((64 << 20) / 3 + 1));
    folder.run(&["check"]).ends(1).complains(&["error[file-too-large]", "more than the 67108864 bytes"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_without_end_is_too_large() {
    let folder = Folder::new();
    for name in ["/dev/zero", "-"] {
        let limited = ["-c", "ulimit -v 1000000; exec \"$0\" check \"$1\" < /dev/zero", env!("CARGO_BIN_EXE_cors-gen"), name];
        let output = Command::new("sh").args(limited).current_dir(folder.path("")).output().unwrap();
        super::Run::of(&output).ends(1).complains(&["error[file-too-large]"]);
    }
}

#[test]
fn a_byte_order_mark_and_other_line_ends_change_nothing() {
    let folder = Folder::with(SOUND);
    let expected = folder.run(&["--target", "nginx"]).ends(0).stdout;
    for changed in [format!("\u{feff}{SOUND}"), SOUND.replace('\n', "\r\n"), format!("\u{feff}{}", SOUND.replace('\n', "\r\n"))] {
        folder.write("cors.yaml", &changed);
        assert_eq!(folder.run(&["--target", "nginx"]).ends(0).complains_of_nothing().stdout, expected);
    }
    folder.write("cors.yaml", format!("\u{feff}{}", WRONG.replace('\n', "\r\n")));
    let run = folder.run(&["check"]).ends(1).complains(&["cors.yaml:4:21"]);
    assert!(!run.stderr.contains('\r') && !run.stderr.contains('\u{feff}'), "{run:?}");
    folder.write("cors.yaml", format!("\u{feff}verion: 1\n{}", WRONG.replace("version: 1\n", "")));
    folder.run(&["check"]).ends(1).complains(&["cors.yaml:1:1\n", "write `version`"]);
}

#[test]
fn names_with_blanks_dashes_and_letters_of_any_script_are_names() {
    let folder = Folder::new();
    for name in ["my policy.yaml", "日本語.yaml", "a:b.yaml", "100%.yaml", "<stdin>"] {
        folder.write(name, WRONG);
        folder.run(&["check", name]).ends(1).complains(&[&format!("--> {name}:4:21")]);
    }
    folder.write("-policy.yaml", SOUND);
    folder.run(&["check", "--", "-policy.yaml"]).ends(0);
    folder.run(&["check", "./-policy.yaml"]).ends(0);
}

#[test]
fn a_name_cannot_write_lines_of_its_own() {
    let folder = Folder::new();
    folder.write("a\nb\u{1b}[2J.yaml", WRONG);
    let run = folder.run(&["check", "a\nb\u{1b}[2J.yaml"]).ends(1).complains(&["a\\nb\\u{1b}[2J.yaml:4:21"]);
    assert!(!run.stderr.contains('\u{1b}') && run.stdout.lines().count() == 1, "{run:?}");
}
