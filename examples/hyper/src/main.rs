//! A service that counts visits with hyper, as one tower service. A second argument `dev` lets pages from localhost read the numbers.

use std::convert::Infallible;
use std::env;
use std::error::Error;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use cors_static::tower::CorsLayer;
use cors_static::{PolicySet, cors};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tower::{Layer, service_fn};
use tower_http::catch_panic::CatchPanicLayer;

// Both are checked when the program is built; which one is in force is said when it starts.
static CORS: &PolicySet<'static> = cors!("cors.yaml");
static CORS_OF_DEVELOPERS: &PolicySet<'static> = cors!("cors.yaml", profile = "dev");

static VISITS: AtomicU32 = AtomicU32::new(0);

async fn answer(request: Request<Incoming>) -> Result<Response<String>, Infallible> {
    let (status, body) = match (request.method(), request.uri().path()) {
        (&Method::POST, "/visits") => (StatusCode::ACCEPTED, (VISITS.fetch_add(1, Relaxed) + 1).to_string()),
        (&Method::GET, "/numbers/today") => (StatusCode::OK, VISITS.load(Relaxed).to_string()),
        (&Method::GET, "/numbers/yesterday") => (StatusCode::NOT_FOUND, "nobody counted yesterday".to_owned()),
        (&Method::GET, "/numbers/tomorrow") => panic!("nobody knows"),
        // `OPTIONS` that is no preflight is the application's.
        (&Method::OPTIONS, _) => (StatusCode::OK, "POST /visits, GET /numbers/today".to_owned()),
        _ => (StatusCode::NOT_FOUND, "there is no such page".to_owned()),
    };
    let mut response = Response::new(body + "\n");
    *response.status_mut() = status;
    Ok(response)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let addr = env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8080".to_owned());
    let policies = if env::args().nth(2).as_deref() == Some("dev") { CORS_OF_DEVELOPERS } else { CORS };

    // A panic becomes a 500 inside of the layer, so that its headers are on the 500.
    let service = CorsLayer::new(policies).layer(CatchPanicLayer::new().layer(service_fn(answer)));
    let service = TowerToHyperService::new(service);

    let listener = tokio::net::TcpListener::bind(addr).await?;
    println!("listening on http://{}", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service.clone()));
    }
}
