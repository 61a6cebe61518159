//! A policy and a place to write to come in; whole files go out, or none, and `--check` tells whether they are up to date.

use std::fs;
use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
use std::process::Command;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, SystemTime};

use super::{Folder, Run, SOUND, WRONG};

const FILES: [&str; 2] = ["cors.http.conf", "cors.server.conf"];
const TO_CONF: [&str; 4] = ["--target", "nginx", "-o", "conf"];
const CHECK_CONF: [&str; 5] = ["--target", "nginx", "-o", "conf", "--check"];

#[test]
fn without_a_place_all_files_are_printed_each_under_its_name() {
    let run = Folder::with(SOUND).run(&["--target", "nginx"]).ends(0).complains_of_nothing();
    FILES.iter().for_each(|name| assert!(run.stdout.contains(&format!("# ==> {name} (")), "{}", run.stdout));
}

#[test]
fn files_are_written_into_a_folder_that_need_not_exist() {
    let folder = Folder::with(SOUND);
    folder.run(&["--target", "nginx", "-o", "etc/nginx/cors"]).ends(0).says_nothing().complains_of_nothing();
    let printed = folder.run(&["--target", "nginx"]).stdout;
    for name in FILES {
        let text = folder.read(&format!("etc/nginx/cors/{name}"));
        assert!(printed.contains(&text) && text.ends_with('\n') && !text.ends_with("\n\n"), "{text}");
        assert!(text.starts_with("# ") && text.contains("cors.yaml"), "the first lines say what it was made from: {text}");
        let mode = fs::metadata(folder.path(&format!("etc/nginx/cors/{name}"))).unwrap().permissions().mode();
        assert_eq!(mode & 0o444, 0o444, "a server that runs as another user reads it: {name}");
    }
    assert_eq!(folder.listing(), ["cors.yaml", "etc", "etc/nginx", "etc/nginx/cors", "etc/nginx/cors/cors.http.conf", "etc/nginx/cors/cors.server.conf"]);
}

#[test]
fn a_file_that_is_up_to_date_is_not_touched() {
    let folder = Folder::with(SOUND);
    folder.run(&TO_CONF).ends(0);
    let [http, server] = FILES.map(|name| folder.path(&format!("conf/{name}")));
    let past = SystemTime::now() - Duration::from_secs(3600);
    fs::File::options().append(true).open(&server).unwrap().set_modified(past).unwrap();
    fs::write(&http, "# edited\n").unwrap();
    folder.run(&TO_CONF).ends(0);
    assert_eq!(fs::metadata(&server).unwrap().modified().unwrap(), past, "it was as it should be");
    assert_ne!(fs::read_to_string(&http).unwrap(), "# edited\n", "it was not");
}

#[test]
fn where_one_file_cannot_be_written_none_is() {
    for blocked in FILES {
        let folder = Folder::with(SOUND);
        folder.write(&format!("conf/{blocked}/in-the-way"), "");
        let before = folder.listing();
        folder.run(&TO_CONF).ends(2).says_nothing().complains(&[blocked]);
        assert_eq!(folder.listing(), before, "{blocked}");
    }
}

#[test]
fn a_place_below_a_file_cannot_be_written() {
    let folder = Folder::with(SOUND);
    folder.write("conf", "mine");
    folder.run(&["--target", "nginx", "-o", "conf/nginx"]).ends(2).says_nothing().complains(&["`conf/nginx/cors.http.conf` cannot be written"]);
    folder.run(&TO_CONF).ends(2).says_nothing().complains(&["`conf` is a file", "cors.http.conf, cors.server.conf", "give a folder"]);
    folder.run(&CHECK_CONF).ends(2).says_nothing().complains(&["`conf` is a file"]);
    assert_eq!(folder.read("conf"), "mine");
}

#[test]
fn a_slash_at_the_end_means_a_folder_for_a_target_of_one_file_too() {
    let folder = Folder::with(SOUND);
    folder.run(&["--target", "caddy", "-o", "conf/caddy/"]).ends(0).says_nothing().complains_of_nothing();
    folder.run(&["--target", "caddy", "-o", "conf/caddy/", "--check"]).ends(0);
    assert_eq!(folder.listing(), ["conf", "conf/caddy", "conf/caddy/cors.caddy", "cors.yaml"]);
    folder.run(&["--target", "caddy", "-o", "cors.yaml/"]).ends(2).complains(&["`cors.yaml/cors.caddy` cannot be written: not a directory"]);
}

#[test]
fn a_dash_is_standard_output() {
    let folder = Folder::with(SOUND);
    for target in ["caddy", "nginx"] {
        let printed = folder.run(&["--target", target]).ends(0).stdout;
        assert_eq!(folder.run(&["--target", target, "-o", "-"]).ends(0).complains_of_nothing().stdout, printed);
    }
    folder.run(&["--target", "caddy", "-o", "-", "--check"]).ends(2).says_nothing().complains(&["standard output", "`-o conf/`"]);
    folder.run(&["--target", "all", "-o", "-"]).ends(2).says_nothing().complains(&["one standard output"]);
    assert_eq!(folder.listing(), ["cors.yaml"]);
}

#[test]
fn the_policy_is_not_written_over() {
    let folder = Folder::with(SOUND);
    symlink("cors.yaml", folder.path("link.yaml")).unwrap();
    let absolute = folder.path("cors.yaml").display().to_string();
    for (policy, place) in [("cors.yaml", "cors.yaml"), ("./cors.yaml", &absolute), ("cors.yaml", "link.yaml"), ("link.yaml", "cors.yaml")] {
        let run = folder.run(&[policy, "--target", "istio", "-o", place]).ends(2).says_nothing();
        run.complains(&[&format!("`{place}` is the policy itself"), "give another place"]);
        folder.run(&[policy, "--target", "istio", "-o", place, "--check"]).ends(2).says_nothing();
    }
    folder.run(&["--target", "istio", "-o", "cors.yaml"]).ends(2);
    assert_eq!(folder.read("cors.yaml"), SOUND);
}

#[test]
fn where_a_link_leads_is_written_and_the_link_stays() {
    let folder = Folder::with(SOUND);
    folder.write("real/old", "old");
    for end in ["real/old", "new/file"] {
        let link = folder.path("link");
        symlink(end, &link).unwrap();
        folder.run(&["--target", "caddy", "-o", "link"]).ends(0).complains_of_nothing();
        assert_eq!(fs::read_link(&link).unwrap().to_str(), Some(end));
        assert_eq!(folder.read(end), folder.run(&["--target", "caddy"]).stdout);
        fs::remove_file(link).unwrap();
    }
}

#[test]
fn a_pipe_is_written_into_and_stays() {
    let folder = Folder::with(SOUND);
    let pipe = folder.path("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut child = folder.command(&["--target", "caddy", "-o", "pipe"]).spawn().unwrap();
    let (sender, receiver) = mpsc::channel();
    let reader = pipe.clone();
    thread::spawn(move || sender.send(fs::read_to_string(reader)));
    let Ok(text) = receiver.recv_timeout(Duration::from_secs(20)) else {
        child.kill().unwrap();
        panic!("the command waits for what nobody writes");
    };
    assert!(child.wait().unwrap().success());
    assert_eq!(text.unwrap(), folder.run(&["--target", "caddy"]).stdout);
    assert!(fs::metadata(pipe).unwrap().file_type().is_fifo());
}

#[cfg(target_os = "linux")]
#[test]
fn a_refusal_names_the_place_that_was_asked_for() {
    let run = Folder::with(SOUND).run(&["--target", "caddy", "-o", "/proc/cors.caddy"]).ends(2).complains(&["`/proc/cors.caddy` cannot be written"]);
    assert!(!run.stderr.contains("tmp"), "{run:?}");
}

#[test]
fn an_unsound_policy_leaves_what_was_generated_before() {
    let folder = Folder::with(SOUND);
    folder.run(&TO_CONF).ends(0);
    let before = folder.read("conf/cors.http.conf");
    for unsound in [WRONG, super::DENIED, super::TESTED] {
        folder.write("cors.yaml", unsound);
        folder.run(&TO_CONF).ends(1).says_nothing();
        folder.run(&CHECK_CONF).ends(1).says_nothing();
        assert_eq!(folder.read("conf/cors.http.conf"), before);
    }
}

#[test]
fn check_is_silent_where_nothing_differs_and_shows_what_does() {
    let folder = Folder::with(SOUND);
    folder.run(&TO_CONF).ends(0);
    folder.run(&CHECK_CONF).ends(0).says_nothing().complains_of_nothing();
    folder.write("cors.yaml", SOUND.replace("app.example.com", "shop.example.com"));
    let run = folder.run(&CHECK_CONF).ends(1).says(&["--- conf/cors.http.conf\n", "+++ conf/cors.http.conf", "@@ -"]);
    assert!(run.stdout.lines().any(|line| line.starts_with('-') && line.contains("https://app.example.com")), "{run:?}");
    assert!(run.stdout.lines().any(|line| line.starts_with('+') && line.contains("https://shop.example.com")), "{run:?}");
    folder.run(&TO_CONF).ends(0);
    folder.run(&CHECK_CONF).ends(0).says_nothing();
}

#[test]
fn check_takes_a_lost_file_and_a_changed_byte_for_a_difference() {
    let folder = Folder::with(SOUND);
    folder.run(&TO_CONF).ends(0);
    for spoil in [|text: &str| text.replace('\n', "\r\n"), |text: &str| text.trim_end().to_owned(), |text: &str| format!("{text}\n"), |_: &str| String::new()] {
        let good = folder.read("conf/cors.server.conf");
        folder.write("conf/cors.server.conf", spoil(&good));
        let run = folder.run(&CHECK_CONF).ends(1).says(&["+++ conf/cors.server.conf"]);
        assert!(!run.stdout.contains("+++ conf/cors.http.conf"), "that one is as it should be");
        folder.write("conf/cors.server.conf", good);
    }
    fs::write(folder.path("conf/cors.server.conf"), b"\xff\xfe").unwrap();
    folder.run(&CHECK_CONF).ends(1);
    fs::remove_file(folder.path("conf/cors.server.conf")).unwrap();
    folder.run(&CHECK_CONF).ends(1).says(&["+++ conf/cors.server.conf"]);
}

#[test]
fn check_writes_nothing() {
    let folder = Folder::with(SOUND);
    folder.run(&CHECK_CONF).ends(1).says(&["+++ conf/cors.http.conf", "+++ conf/cors.server.conf"]);
    assert_eq!(folder.listing(), ["cors.yaml"]);
    folder.write("conf/cors.http.conf", "# mine\n");
    folder.run(&CHECK_CONF).ends(1);
    assert_eq!(folder.listing(), ["conf", "conf/cors.http.conf", "cors.yaml"]);
    assert_eq!(folder.read("conf/cors.http.conf"), "# mine\n");
}

#[test]
fn the_same_policy_gives_the_same_bytes_from_anywhere_under_any_spelling_of_its_name() {
    let folder = Folder::with(SOUND);
    folder.write("inner/deeper/.keep", "");
    let expected = folder.run(&["cors.yaml", "--target", "nginx"]).ends(0).stdout;
    let absolute = folder.path("cors.yaml").display().to_string();
    for name in ["./cors.yaml", "inner/../cors.yaml", &absolute] {
        assert_eq!(folder.run(&[name, "--target", "nginx"]).ends(0).stdout, expected, "{name}");
    }
    for name in [&["../../cors.yaml", "--target", "nginx"][..], &["--target", "nginx"]] {
        let run = Run::of(&folder.command(name).current_dir(folder.path("inner/deeper")).output().unwrap()).ends(0);
        assert_eq!(run.stdout, expected, "{name:?}");
    }
}

#[test]
fn all_targets_that_can_are_written_and_those_that_cannot_are_named() {
    const TO_ALL: [&str; 4] = ["--target", "all", "-o", "conf"];
    // Amazon S3 knows listed origins only with credentials, and Starlette allows these headers always.
    let headers = "[Accept, Accept-Language, Content-Language, Content-Type]";
    let folder = Folder::with(&format!("{SOUND}    allow_credentials: true\n    allow_headers: {headers}\n"));
    folder.run(&TO_ALL).ends(0).says_nothing().complains_of_nothing();
    folder.run(&["--target", "all", "-o", "conf", "--check"]).ends(0);
    for target in cors_gen::targets::TARGETS {
        for file in target.files {
            assert!(!folder.read(&format!("conf/{}/{}", target.name, file.file)).is_empty(), "{}", target.name);
        }
    }
    // nginx backtracks; Rust does not.
    let backtracking = "version: 1\npolicies:\n  api:\n    allow_origins: [{ regex: 'https://(?:[a-z]+)*[.]example[.]com' }]\n";
    let folder = Folder::with(backtracking);
    folder.run(&TO_ALL).ends(0).complains(&["not-expressible", "\nwithout ", " nginx, ", "for the reasons above"]);
    assert!(folder.listing().iter().any(|file| file == "conf/rust/cors.rs") && !folder.path("conf/nginx").exists());
    Folder::with(SOUND).run(&["--target", "all"]).ends(2).complains(&["-o"]);
}
