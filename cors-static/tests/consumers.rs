//! The crates in `consumers/`, each a way to use this one, are built as Cargo builds them for a user.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{LazyLock, Mutex};

use cors_gen::{Options, Source, compile, rust};
use cors_testbed::requests::POLICY;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
const CONSUMERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/consumers");

/// A copy that the tests may change. It stays where it is, so that the next run builds only what is new.
static COPY: LazyLock<PathBuf> = LazyLock::new(|| {
    let copy = Path::new(env!("CARGO_TARGET_TMPDIR")).join("consumers");
    copy_folder(Path::new(CONSUMERS), &copy);
    // Of the lock file, Cargo keeps what these crates need: nothing is resolved anew, and nothing loaded.
    for workspace in [&copy, &copy.join("generated")] {
        fs::copy(Path::new(ROOT).join("Cargo.lock"), workspace.join("Cargo.lock")).unwrap();
    }
    copy
});

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            write(&target, &at_home(&entry.path()));
        }
    }
}

/// The text of a file, with the paths to this project made absolute.
fn at_home(file: &Path) -> String {
    let text = fs::read_to_string(file).unwrap();
    let root = Path::new(ROOT).canonicalize().unwrap();
    let mut up = "../".repeat(3);
    up.push_str(&"../".repeat(file.parent().unwrap().strip_prefix(CONSUMERS).unwrap().components().count()));
    text.replace(&format!("path = \"{up}cors-"), &format!("path = \"{}/cors-", root.display()))
}

/// Writes what is new: Cargo builds again what was touched.
fn write(file: &Path, text: &str) {
    if fs::read_to_string(file).ok().as_deref() != Some(text) {
        fs::write(file, text).unwrap();
    }
}

fn cargo(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO"));
    command.arg(arguments[0]).args(["--offline", "--color", "never", "--target-dir"]).arg(COPY.join("target")).args(&arguments[1..]);
    // What Cargo tells this test of its own package is not for another Cargo.
    std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("CARGO_PKG_")).for_each(|(name, _)| {
        command.env_remove(name);
    });
    command.current_dir(&*COPY).output().unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout)
}

fn build(package: &str) -> Output {
    cargo(&["build", "--package", package])
}

#[test]
fn the_macro_works_wherever_a_crate_may_call_it_from() {
    for package in ["places", "renamed", "through", "member"] {
        let output = cargo(&["run", "--package", package]);
        assert!(output.status.success() && !text(&output).contains("warning"), "{package}: {}", text(&output));
    }
}

#[test]
fn a_crate_without_std_stays_without() {
    let output = build("no-std");
    assert!(output.status.success() && !text(&output).contains("warning"), "{}", text(&output));
    let linked = cargo(&["build", "--package", "no-std", "--features", "links-std"]);
    assert!(!linked.status.success() && text(&linked).contains("found duplicate lang item `panic_impl`"), "{}", text(&linked));
}

#[test]
#[ignore = "live: needs the target wasm32-unknown-unknown; ./test runs it"]
fn a_crate_without_std_is_built_for_webassembly() {
    let output = cargo(&["build", "--package", "no-std", "--target", "wasm32-unknown-unknown"]);
    assert!(output.status.success(), "{}", text(&output));
    let module = fs::read(COPY.join("target/wasm32-unknown-unknown/debug/no_std.wasm")).unwrap();
    assert!(module.starts_with(b"\0asm"));
}

/// Runs a command of Cargo in the strict crate with what `--target rust` prints, in one edition. It is a workspace of its own, so that no other test
/// reads its manifest meanwhile.
fn with_generated_file(edition: &str, command: &str) -> Output {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock();
    let folder = COPY.join("generated");
    let source = Source::new("probe.yaml", POLICY);
    let compilation = compile(&source, &Options::default());
    write(&folder.join("src/cors.rs"), &rust::file(compilation.sound().unwrap(), "Made from probe.yaml.", rust::CRATE));
    let manifest = at_home(&Path::new(CONSUMERS).join("generated/Cargo.toml"));
    write(&folder.join("Cargo.toml"), &manifest.replace("edition = \"2024\"", &format!("edition = \"{edition}\"")));
    cargo(&[command, "--manifest-path", "generated/Cargo.toml"])
}

#[test]
fn a_generated_file_is_built_in_every_edition_and_without_a_prelude() {
    for edition in ["2015", "2018", "2021", "2024"] {
        let output = with_generated_file(edition, "build");
        assert!(output.status.success() && !text(&output).contains("warning"), "{edition}: {}", text(&output));
    }
}

#[test]
#[ignore = "live: needs rustfmt and clippy; ./test runs it"]
fn a_generated_file_stays_as_it_is_and_clippy_is_silent() {
    let output = with_generated_file("2024", "clippy");
    assert!(output.status.success() && !text(&output).contains("warning"), "{}", text(&output));
    let rustfmt = |settings| Command::new("rustfmt").args(["--check", "--config", settings]).arg(COPY.join("generated/src/cors.rs")).output().unwrap();
    for settings in ["max_width=100,use_small_heuristics=Default", "max_width=60,hard_tabs=true"] {
        let output = rustfmt(settings);
        assert!(output.status.success(), "{settings}: {}", text(&output));
    }
}

#[test]
fn every_package_brings_its_licences_and_a_readme() {
    for package in ["cors-decision", "cors-gen", "cors-macros", "cors-static"] {
        let mut command = Command::new(env!("CARGO"));
        let listing = command.args(["package", "--list", "--allow-dirty", "--offline", "--package", package]).current_dir(ROOT).output().unwrap();
        for file in ["LICENSE-APACHE", "LICENSE-MIT", "README.md"] {
            assert!(String::from_utf8_lossy(&listing.stdout).lines().any(|line| line == file), "{package}: {file}: {}", text(&listing));
        }
    }
}

fn policy(origins: &str) -> String {
    format!("version: 1\n\npolicies:\n  api:\n    allow_origins: {origins}\n")
}

/// Both ways into a program: a package, and how it names its policy file in what it says.
fn both(check: impl Fn(&str, &str)) {
    check("with-macro", "with-macro/cors.yaml");
    check("with-build-script", "cors.yaml");
}

/// One test, because all of it changes the same files.
#[test]
fn a_changed_policy_is_built_in_or_says_what_is_wrong() {
    both(|package, shown| {
        let set = |text: &str| fs::write(COPY.join(package).join("cors.yaml"), text).unwrap();
        let allows = |origin: &str| {
            let output = cargo(&["run", "--quiet", "--package", package, "--", origin]);
            assert!(output.status.success(), "{package}: {}", text(&output));
            String::from_utf8(output.stdout).unwrap().trim().parse::<bool>().unwrap()
        };
        let (first, second) = ("https://app.example.com", "https://other.example.com");
        set(&policy(&format!("[{first}]")));
        assert_eq!((allows(first), allows(second)), (true, false), "{package}");
        let idle = text(&build(package));
        assert!(!idle.contains("Compiling"), "{package} is built without need: {idle}");
        set(&policy(&format!("[{second}]")));
        assert_eq!((allows(first), allows(second)), (false, true), "{package}");

        set(&policy("[https://a.example.com/, https://b.example.com]\n    max_age: never\n    allow_header: []"));
        let output = build(package);
        let said = text(&output);
        assert!(!output.status.success(), "{package}: {said}");
        for place in ["5:21: error[origin-path]", "6:14: error[invalid-max-age]", "7:5: error[unknown-key]"] {
            assert_eq!(said.lines().filter(|line| line.starts_with("error: ") && line.contains(&format!("{shown}:{place}"))).count(), 1, "{place}\n{said}");
        }
        assert!(
            said.contains("5 |     allow_origins: [https://a.example.com/, https://b.example.com]") && said.contains("help: write `https://a.example.com`")
        );

        set(&policy("[http://app.example.com]"));
        let output = build(package);
        let said = text(&output);
        let warned = said.lines().any(|line| line.starts_with("warning: ") && line.contains(&format!("{shown}:5:21: warning[insecure-origin]")));
        assert!(output.status.success() && warned, "{package}: {said}");

        fs::remove_file(COPY.join(package).join("cors.yaml")).unwrap();
        let said = text(&build(package));
        assert!(said.contains("cors.yaml` cannot be read"), "{package}: {said}");
        set(&policy(&format!("[{first}]")));
        assert!(allows(first), "{package}");
    });
}
