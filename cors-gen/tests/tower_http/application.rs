//! A shop whose pictures have a policy of their own.

mod cors_policy;
mod pictures_policy;

use axum::routing::get;
use axum::Router;
use tower_http::catch_panic::CatchPanicLayer;

fn app() -> Router {
    let pictures = Router::new()
        .route("/logo", get(|| async { "a picture\n" }))
        .layer(pictures_policy::layer());
    Router::new()
        .route("/items", get(|| async { "[]\n" }).put(|| async {}))
        .route("/unfinished", get(unfinished))
        .layer(CatchPanicLayer::new())
        // The layer that comes last is the outermost: errors and panics are readable too.
        .layer(cors_policy::layer())
        // What is added behind it has none of it.
        .nest("/pictures", pictures)
}

async fn unfinished() -> &'static str {
    panic!("this is not finished")
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let addr = std::env::args().nth(1).expect("an address");
    let listener = tokio::net::TcpListener::bind(addr).await.expect("the address is free");
    axum::serve(listener, app()).await.expect("it serves");
}
