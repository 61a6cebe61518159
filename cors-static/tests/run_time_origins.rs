//! The example `run_time_origins`: a customer comes and goes, and a policy file changes for the better and for the worse, while it runs.
#![allow(clippy::expect_used, reason = "a fixture that does not work is a failed test")]

mod common;
#[path = "../examples/run_time_origins.rs"]
#[allow(dead_code, unreachable_pub, reason = "an example is a program of its own")]
mod example;

use std::collections::HashSet;
use std::fs;
use std::sync::Arc;

use arc_swap::ArcSwap;
use cors_testbed::server::folder;

use common::{get_from, preflight, serve_axum};

#[test]
fn customers_and_the_policy_file_change_while_the_server_runs() {
    let folder = folder().expect("a folder");
    let file = folder.path().join("cors.yaml");
    let write = |origin: &str| fs::write(&file, format!("version: 1\npolicies:\n  api:\n    allow_origins: [{origin}]\n")).expect("a file");
    let (listed, later, customer) = ("https://app.example.com", "https://later.example.com", "https://customer.example.net");

    write(listed);
    let policies = example::load(&file).expect("a sound policy");
    let customers = example::Customers::new(ArcSwap::from_pointee(HashSet::new()));
    let addr = serve_axum(example::app(&policies, Arc::clone(&customers)));
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
