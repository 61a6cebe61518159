//! tower-http in an application of axum: generated modules in, which Cargo builds as it does for a user, a running application out.

use std::env;
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use crate::nginx::test_tools;
use crate::program::Program;
use crate::server::{Launch, Server};
use crate::upstream::OWN_CORS_HEADERS;

/// tower-http as this project's own lock file has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TowerHttp;

/// Two builds would write to the same places.
static BUILDING: Mutex<()> = Mutex::new(());

impl TowerHttp {
    /// Builds the application; the program is copied to `place`. Warnings are errors.
    fn build(files: &[(&str, &str)], place: &Path) -> Result<(), String> {
        let _building = BUILDING.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = test_tools().with_file_name("tests").join("tower-http");
        let failed = |error: io::Error| error.to_string();
        write_sources(&folder, files).map_err(failed)?;
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.current_dir(&folder).args(["build", "--quiet", "--offline", "--color", "never", "--target-dir", "target"]);
        // What Cargo tells a test of its own package is not for another Cargo.
        env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("CARGO_PKG_")).for_each(|(name, _)| {
            command.env_remove(name);
        });
        let output = command.output().map_err(failed)?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        fs::copy(folder.join("target/debug/site"), place).map(drop).map_err(failed)
    }
}

fn write_sources(folder: &Path, files: &[(&str, &str)]) -> io::Result<()> {
    // Of the lock file, Cargo keeps what this program needs: nothing is resolved anew, and nothing loaded.
    let lock = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock"))?;
    let sources = folder.join("src");
    fs::create_dir_all(&sources)?;
    fs::write(folder.join("Cargo.lock"), lock)?;
    fs::write(folder.join("Cargo.toml"), include_str!("tower_http/manifest.toml"))?;
    let standard = [("main.rs", include_str!("tower_http/main.rs")), ("own.rs", &*own(files))];
    standard.iter().chain(files).try_for_each(|(name, text)| fs::write(sources.join(name), text))
}

/// The module that names the others.
fn own(files: &[(&str, &str)]) -> String {
    let names: Vec<&str> = files.iter().map(|(name, _)| name.trim_end_matches(".rs")).collect();
    let modules: String = names.iter().map(|name| format!("#[path = \"{name}.rs\"]\nmod {name};\n")).collect();
    let layers: Vec<String> = names.iter().map(|name| format!("(\"{name}\", {name}::layer())")).collect();
    format!(
        "{modules}\npub const CORS_HEADERS: &[(&str, &str)] = &{OWN_CORS_HEADERS:?};\n\n\
         pub fn layers() -> Vec<(&'static str, tower_http::cors::CorsLayer)> {{\n    vec![{}]\n}}\n",
        layers.join(", ")
    )
}

fn program(dir: &Path) -> PathBuf {
    dir.join("site")
}

impl Program for TowerHttp {
    fn name(&self) -> String {
        let lock = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock")).unwrap_or_default();
        let version = |package: &str| {
            let (_, behind) = lock.split_once(&format!("name = \"{package}\"\nversion = \""))?;
            behind.split('"').next().map(str::to_owned)
        };
        format!("tower-http {}", version("tower-http").unwrap_or_default())
    }

    /// One file is for every host; of several, each is for the host of its name, without the end. A `main.rs` among them is the application.
    fn start(&self, files: &[(&str, &str)], _upstream: SocketAddr) -> Result<Server, String> {
        let built = crate::server::folder().map_err(|error| error.to_string())?;
        Self::build(files, &program(built.path()))?;
        Server::start(|dir, addr| {
            files.iter().try_for_each(|(name, text)| fs::write(dir.join(name), text))?;
            fs::copy(program(built.path()), program(dir))?;
            let mut command = Command::new(program(dir));
            command.arg(addr.to_string());
            Ok(Launch { command, ready_file: None, stop_signal: "TERM" })
        })
    }

    /// They are formatted as their authors' own files are; that they can be built, [`Program::start`] has shown.
    fn check(&self, dir: &Path) -> Result<String, String> {
        let files = fs::read_dir(dir).map_err(|error| error.to_string())?.flatten().map(|entry| entry.path());
        let sources: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect();
        let output = Command::new("rustfmt").args(["--check", "--edition", "2021"]).args(sources).output().map_err(|error| error.to_string())?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        if output.status.success() { Ok(said) } else { Err(said) }
    }

    fn is_proxy(&self) -> bool {
        false
    }
}
