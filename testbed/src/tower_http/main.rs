//! A policy for each host, as a module of its own; the application behind answers what the query asks for.
#![deny(warnings)]

mod own;

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::HOST;
use axum::http::{Response, Uri};
use axum::Router;
use tower::ServiceExt;

/// As `Asked` of the testbed's upstream reads a query.
async fn asked(uri: Uri) -> Response<Body> {
    let query = uri.query().unwrap_or_default();
    let is = |pair: &str| query.split('&').any(|part| part == pair);
    let status = query.split('&').find_map(|part| part.strip_prefix("status="));
    let status: u16 = status.map_or(200, |status| status.parse().expect("a status"));
    let mut response = Response::builder().status(status).header("X-Upstream", "seen");
    if is("cors=own") {
        response = own::CORS_HEADERS.iter().fold(response, |response, (name, value)| response.header(*name, *value));
    }
    if is("vary=1") {
        response = response.header("Vary", "Accept-Encoding");
    }
    if (300..=399).contains(&status) && status != 304 {
        response = response.header("Location", "/elsewhere");
    }
    let has_body = !matches!(status, 204 | 304);
    response.body(if has_body { Body::from("upstream\n") } else { Body::empty() }).expect("a response")
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let layers = own::layers();
    let alone = layers.len() == 1;
    let sites: HashMap<&str, Router> =
        layers.into_iter().map(|(name, layer)| (if alone { "" } else { name }, Router::new().fallback(asked).layer(layer))).collect();
    let sites = Arc::new(sites);
    let choose = move |request: Request| {
        let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let site = sites.get(if alone { "" } else { host }).expect("a policy for the host").clone();
        site.oneshot(request)
    };
    let listener = tokio::net::TcpListener::bind(std::env::args().nth(1).expect("an address")).await.expect("the address is free");
    axum::serve(listener, Router::new().fallback(choose)).await.expect("it serves");
}
