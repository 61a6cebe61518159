//! Origins known only at run time, both ways: customers whom only the application knows, and a policy file that changes under a running server.
//!
//! ```text
//! cargo run --example run_time_origins --features tower,swap -- cors.yaml
//! ```

#![allow(clippy::print_stderr, reason = "an example talks to its reader")]

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use std::{env, fs, io, thread};

use arc_swap::ArcSwap;
use axum::{Router, routing::get};
use cors_static::swap::{Options, Rejected, Shared, Source};
use cors_static::tower::CorsLayer;

/// The origins of customers, as a database might hold them. The application exchanges the whole set; a request only looks.
pub type Customers = Arc<ArcSwap<HashSet<Vec<u8>>>>;

/// The application: what the policy `api` does not list is asked of the customers, as a whole value.
pub fn app(policies: &Shared, customers: Customers) -> Router {
    let cors = CorsLayer::watching(policies).allow_origin_if("api", move |origin| customers.load().contains(origin));
    Router::new().route("/api/items", get(|| async { "[]" })).layer(cors)
}

/// The policies of a file.
pub fn load(file: &Path) -> Result<Shared, Failure> {
    Ok(Shared::compile(read(file)?, &Options::default())?)
}

/// Puts the policies of a file into force. Where it fails, those that are in force stay.
pub fn reload(policies: &Shared, file: &Path) -> Result<(), Failure> {
    Ok(policies.replace(read(file)?, &Options::default())?)
}

fn read(file: &Path) -> io::Result<Source> {
    Ok(Source::new(file.display().to_string(), fs::read_to_string(file)?))
}

/// The file cannot be read, or is not sound.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// When the file was written.
fn modified(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).and_then(|metadata| metadata.modified()).ok()
}

/// Looks once a second whether the file is another than the one that was `seen`.
fn watch(policies: &Shared, file: &Path, mut seen: Option<SystemTime>) {
    loop {
        thread::sleep(Duration::from_secs(1));
        let now = modified(file);
        if now != seen {
            seen = now;
            match reload(policies, file) {
                Ok(()) => eprintln!("{} is in force", file.display()),
                Err(failure) if failure.is::<Rejected>() => eprintln!("{failure}\nthe policies before it stay in force"),
                Err(failure) => eprintln!("{}: {failure}\nthe policies before it stay in force", file.display()),
            }
        }
    }
}

fn main() -> Result<(), Failure> {
    let file = PathBuf::from(env::args_os().nth(1).unwrap_or_else(|| "cors.yaml".into()));
    // Before it is read: what is written while it is read is another file.
    let seen = modified(&file);
    let policies = load(&file)?;
    let customers = Customers::new(ArcSwap::from_pointee(HashSet::from([b"https://customer.example.net".to_vec()])));
    let app = app(&policies, customers);
    thread::spawn(move || watch(&policies, &file, seen));
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
        eprintln!("listening on http://{}", listener.local_addr()?);
        Ok(axum::serve(listener, app).await?)
    })
}
