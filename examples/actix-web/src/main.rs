//! A service for forms with actix-web: any page sends to a form, the dashboard reads what was sent.

use std::env;
use std::io;

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::ErrorUnauthorized;
use actix_web::http::{Method, header};
use actix_web::middleware::{Next, from_fn};
use actix_web::{App, Error, HttpResponse, HttpServer, web};
use cors_static::actix::Cors;
use cors_static::cors;

fn routes(config: &mut web::ServiceConfig) {
    let form = web::resource("/forms/{form}")
        .route(web::get().to(read))
        .route(web::delete().to(HttpResponse::NoContent))
        .route(web::method(Method::OPTIONS).to(methods));
    config.route("/forms/{form}/submit", web::post().to(HttpResponse::Accepted)).service(form);
}

async fn read(form: web::Path<u32>) -> HttpResponse {
    match *form {
        7 => HttpResponse::Ok().insert_header(("X-Total-Count", "2")).body("Ada\nGrace\n"),
        _ => HttpResponse::NotFound().body("there is no such form\n"),
    }
}

/// `OPTIONS` that is no preflight is the application's.
async fn methods() -> HttpResponse {
    HttpResponse::NoContent().insert_header((header::ALLOW, "GET, DELETE, OPTIONS")).finish()
}

/// Who reads or deletes needs a token. A preflight carries none; it is answered before this.
async fn authenticate(request: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse<BoxBody>, Error> {
    let is_open = [Method::POST, Method::OPTIONS].contains(request.method());
    if is_open || request.headers().contains_key(header::AUTHORIZATION) {
        return next.call(request).await;
    }
    Err(ErrorUnauthorized("a token is missing\n"))
}

fn main() -> io::Result<()> {
    let addr = env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8080".to_owned());
    actix_web::rt::System::new().block_on(async {
        let cors = Cors::new(cors!("cors.yaml"));
        // What is wrapped last is the outermost: the dashboard reads the 401 too.
        let server = HttpServer::new(move || App::new().configure(routes).wrap(from_fn(authenticate)).wrap(cors.clone())).bind(addr)?;
        for addr in server.addrs() {
            println!("listening on http://{addr}");
        }
        server.run().await
    })
}
