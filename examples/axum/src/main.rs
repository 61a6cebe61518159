//! A shop with axum: a catalogue for everybody, and carts that the shop's own pages change.

use std::env;
use std::error::Error;

use axum::Router;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use cors_static::cors;
use cors_static::tower::CorsLayer;
use tower_http::catch_panic::CatchPanicLayer;

const PRICES: [u32; 3] = [1_200, 250, 4_999];

fn app() -> Router {
    Router::new()
        .route("/", get(|| async { "a shop\n" }))
        .route("/catalogue/{product}", get(product))
        .route("/api/carts", post(open_cart))
        .route("/api/carts/{product}", get(product).put(fill_cart).delete(empty_cart).options(methods))
        .route("/api/carts/{product}/split/{people}", get(split))
        .route("/api/staff/orders", get(|| async { "no orders\n" }))
        .layer(CatchPanicLayer::new())
        // The layer that comes last is the outermost: errors and panics are readable too.
        .layer(CorsLayer::new(cors!("cors.yaml")))
}

async fn product(Path(product): Path<usize>) -> Result<impl IntoResponse, StatusCode> {
    let price = PRICES.get(product).ok_or(StatusCode::NOT_FOUND)?;
    Ok(([(header::ETAG, format!("\"{product}\""))], format!("{price}\n")))
}

async fn open_cart() -> impl IntoResponse {
    (StatusCode::CREATED, [(header::LOCATION, "/api/carts/1")])
}

async fn fill_cart(Path(product): Path<usize>) -> StatusCode {
    if product < PRICES.len() { StatusCode::NO_CONTENT } else { StatusCode::UNPROCESSABLE_ENTITY }
}

async fn empty_cart() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// `OPTIONS` that is no preflight is the application's.
async fn methods() -> impl IntoResponse {
    [(header::ALLOW, "GET, HEAD, PUT, DELETE, OPTIONS")]
}

/// Among nobody, nothing can be split: this panics, and the shop's page reads a 500.
async fn split(Path((product, people)): Path<(usize, u32)>) -> String {
    format!("{}\n", PRICES[product] / people)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let addr = env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8080".to_owned());
    let listener = tokio::net::TcpListener::bind(addr).await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, app()).await?;
    Ok(())
}
