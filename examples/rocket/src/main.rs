//! Notes that people share, with Rocket.

use std::env;
use std::error::Error;
use std::net::SocketAddr;

use cors_static::cors;
use cors_static::rocket::Cors;
use rocket::config::{Config, LogLevel};
use rocket::fairing::AdHoc;
use rocket::http::{Header, Status};
use rocket::{Build, Responder, Rocket, catch, catchers, delete, get, options, put, routes};

const NOTES: [&str; 2] = ["buy milk\n", "call home\n"];

#[get("/notes/<note>")]
fn read(note: usize) -> Option<&'static str> {
    NOTES.get(note).copied()
}

#[put("/notes/<note>")]
fn write(note: usize) -> Status {
    if note < NOTES.len() { Status::NoContent } else { Status::Conflict }
}

#[delete("/notes/<_>")]
fn delete() -> Status {
    Status::NoContent
}

#[derive(Responder)]
struct Methods(&'static str, Header<'static>);

/// `OPTIONS` that is no preflight is the application's.
#[options("/notes/<_>")]
fn methods() -> Methods {
    Methods("", Header::new("Allow", "GET, PUT, DELETE, OPTIONS"))
}

#[get("/notes/feed")]
fn feed() -> String {
    NOTES.concat()
}

/// A note that does not exist panics here: Rocket answers 500, and the page can read it.
#[get("/shared/<note>")]
fn shared(note: usize) -> &'static str {
    NOTES[note]
}

#[catch(404)]
fn not_found() -> &'static str {
    "there is no such note\n"
}

/// The fairing is all there is to attach: it answers preflights on every path by itself.
fn app(addr: SocketAddr) -> Rocket<Build> {
    let config = Config { address: addr.ip(), port: addr.port(), log_level: LogLevel::Off, ..Config::default() };
    rocket::custom(config)
        .attach(Cors::new(cors!("cors.yaml")))
        .attach(AdHoc::on_liftoff("address", |rocket| {
            Box::pin(async { println!("listening on http://{}", SocketAddr::new(rocket.config().address, rocket.config().port)) })
        }))
        .register("/", catchers![not_found])
        .mount("/", routes![read, write, delete, methods, feed, shared])
}

#[rocket::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let addr = env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8080".to_owned());
    app(addr.parse()?).launch().await?;
    Ok(())
}
