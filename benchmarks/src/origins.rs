//! A number comes in, so many origins and the policy over them go out. One origin is in every list, in its middle: the one that is asked for.

use std::fmt::Write;

use cors_gen::{Options, Source, Storage, compile};
use cors_static::PolicySet;

/// The origin that is allowed, as long as origins are on average.
pub const ALLOWED: &str = "https://app.customer-0.example.com:8443";
/// Equally long, and different where a comparison from the left sees it last.
pub const REFUSED: &str = "https://app.customer-0.example.com:8444";

/// What the policies of every subject allow beside origins.
pub const METHODS: [&str; 5] = ["GET", "HEAD", "POST", "PUT", "DELETE"];
/// See [`METHODS`].
pub const HEADERS: [&str; 5] = ["authorization", "content-type", "x-csrf-token", "x-request-id", "x-trace"];
/// See [`METHODS`].
pub const MAX_AGE: u32 = 600;

/// So many origins of mixed lengths, [`ALLOWED`] in the middle.
pub fn origins(count: usize) -> Vec<String> {
    let names = ["a", "www", "shop", "portal", "accounts", "preview-main"];
    let domains = ["example.com", "example.net", "customers.example.org", "eu.app.example"];
    let others = (1..).map(|at| format!("https://{}.customer-{at}.{}", names[at % names.len()], domains[at / names.len() % domains.len()]));
    let mut origins: Vec<String> = others.take(count - 1).collect();
    origins.insert(count / 2, ALLOWED.to_owned());
    origins
}

/// So many wildcards; [`ALLOWED`] matches the first of them.
pub fn wildcards(count: usize) -> Vec<String> {
    let other = |at| format!("https://*.customer-{at}.example.com:*");
    (0..count).map(other).collect()
}

/// The policies for these origins, for as long as the program runs.
pub fn policies(origins: &[String]) -> &'static PolicySet<'static> {
    let mut text = format!(
        "version: 1\nlints: {{ lookalike-origin: allow, redundant-entry: allow }}\npolicies:\n  api:\n    allow_methods: [{}]\n    allow_headers: [{}]\n    allow_credentials: true\n    max_age: {MAX_AGE}\n    allow_origins:\n",
        METHODS.join(", "),
        HEADERS.join(", ")
    );
    for origin in origins {
        writeln!(text, "      - \"{origin}\"").expect("a string takes everything");
    }
    let source = Box::leak(Box::new(Source::new("cors.yaml", text)));
    let compilation = Box::leak(Box::new(compile(source, &Options::default())));
    let Some(set) = compilation.sound() else { panic!("{:#?}", compilation.diagnostics) };
    let storage = Box::leak(Box::new(Storage::new(set)));
    let policies = storage.policies().leak();
    Box::leak(Box::new(storage.set(policies)))
}
