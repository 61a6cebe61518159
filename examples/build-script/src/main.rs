//! A weather service with axum. Its policies are compiled by `build.rs`: no macro is expanded, and what is compiled can be read in `OUT_DIR`.

use std::env;
use std::error::Error;

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use cors_static::tower::CorsLayer;

include!(concat!(env!("OUT_DIR"), "/cors.rs"));

fn app() -> Router {
    Router::new()
        .route("/forecast/{place}", get(forecast).options(methods))
        .route("/maps/{region}", get(|| async { ([(header::CONTENT_TYPE, "image/svg+xml")], "<svg xmlns='http://www.w3.org/2000/svg'/>\n") }))
        .layer(CorsLayer::new(CORS))
}

/// An error is readable by the partner's page, like everything under a policy.
async fn forecast(Path(place): Path<String>, headers: HeaderMap) -> Result<impl IntoResponse, (StatusCode, &'static str)> {
    if !headers.contains_key("x-api-key") {
        return Err((StatusCode::UNAUTHORIZED, "a key is missing\n"));
    }
    Ok(([("x-rate-limit-remaining", "99")], format!("{place}: sun\n")))
}

/// `OPTIONS` that is no preflight is the application's.
async fn methods() -> impl IntoResponse {
    [(header::ALLOW, "GET, HEAD, OPTIONS")]
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let addr = env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8080".to_owned());
    let listener = tokio::net::TcpListener::bind(addr).await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, app()).await?;
    Ok(())
}
