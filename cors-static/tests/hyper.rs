//! The tower layer around a plain service, served by hyper through hyper-util.
#![allow(clippy::expect_used, reason = "a fixture that does not work is a failed test")]

mod common;

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::thread;

use cors_static::tower::CorsLayer;
use cors_testbed::upstream::Asked;
use hyper::body::Incoming;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tower::{Layer, service_fn};

use common::{cut_at_fragment, policies, put_through};

async fn answer(request: Request<Incoming>) -> Result<Response<String>, Infallible> {
    let asked = Asked::by(request.uri().query().unwrap_or_default());
    let builder = asked.headers.into_iter().fold(Response::builder().status(asked.status), |builder, (name, value)| builder.header(name, value));
    Ok(builder.body(asked.body.to_owned()).expect("the upstream's answers are valid"))
}

/// Serves until the test ends.
fn serve() -> SocketAddr {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    listener.set_nonblocking(true).expect("a socket");
    let addr = listener.local_addr().expect("an address");
    let service = TowerToHyperService::new(CorsLayer::new(policies()).layer(service_fn(answer)));
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service.clone()));
            }
        });
    });
    addr
}

#[test]
fn hyper_answers_every_request_of_the_table() {
    put_through("hyper", serve(), cut_at_fragment);
}
