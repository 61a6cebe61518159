//! The example `run_time_origins`: a customer comes and goes, and a policy file changes for the better and for the worse, while it runs.
#![allow(clippy::expect_used, reason = "a fixture that does not work is a failed test")]

mod common;
#[path = "../examples/run_time_origins.rs"]
#[allow(dead_code, unreachable_pub, reason = "an example is a program of its own")]
mod example;

use std::collections::HashSet;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread;

use arc_swap::ArcSwap;
use axum::Router;
use cors_testbed::server::folder;

use common::{get_from, preflight};

/// Serves until the test ends.
fn serve(app: Router) -> SocketAddr {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    listener.set_nonblocking(true).expect("a socket");
    let addr = listener.local_addr().expect("an address");
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async { axum::serve(tokio::net::TcpListener::from_std(listener).expect("a listener"), app).await })
    });
    addr
}

#[test]
fn customers_and_the_policy_file_change_while_the_server_runs() {
    let folder = folder().expect("a folder");
    let file = folder.path().join("cors.yaml");
    let write = |origin: &str| fs::write(&file, format!("version: 1\npolicies:\n  api:\n    allow_origins: [{origin}]\n")).expect("a file");
    let (listed, later, customer) = ("https://app.example.com", "https://later.example.com", "https://customer.example.net");

    write(listed);
    let policies = example::load(&file).expect("a sound policy");
    let customers = example::Customers::new(ArcSwap::from_pointee(HashSet::new()));
    let addr = serve(example::app(&policies, Arc::clone(&customers)));
    let check = |allowed: &[&str]| {
        for origin in [listed, later, customer] {
            let is_allowed = allowed.contains(&origin);
            assert_eq!(get_from(addr, "/api/items", origin).header_values("access-control-allow-origin").contains(&origin), is_allowed, "{origin}");
            assert_eq!(preflight(addr, "/api/items", origin).status, if is_allowed { 204 } else { 403 }, "{origin}");
        }
    };
    check(&[listed]);
    customers.store(Arc::new(HashSet::from([customer.as_bytes().to_vec()])));
    check(&[listed, customer]);

    write(later);
    example::reload(&policies, &file).expect("a sound policy");
    check(&[later, customer]);
    write("https://app.example.com/");
    let failure = example::reload(&policies, &file).expect_err("an origin has no path");
    assert!(failure.to_string().contains("cors.yaml:4:"), "{failure}");
    check(&[later, customer]);
    fs::remove_file(&file).expect("a file");
    example::reload(&policies, &file).expect_err("there is no file");
    check(&[later, customer]);

    customers.store(Arc::default());
    check(&[later]);
}
