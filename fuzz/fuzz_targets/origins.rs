//! An origin and values to match come in, a line each; what the `url` crate and a naive matcher see in another way is found.
#![no_main]

#[path = "../../cors-gen/tests/truth/naive.rs"]
mod naive;

use cors_gen::{Options, Source, Storage, compile};
use libfuzzer_sys::fuzz_target;
use url::Url;

fuzz_target!(|text: &str| {
    let mut lines = text.split('\n');
    let written = lines.next().unwrap_or_default();
    // Such characters need an escape in YAML, which the other target looks at. No origin holds one.
    if written.chars().any(|char| char.is_control() || char == '\u{feff}') {
        return;
    }
    let policy = format!("version: 1\npolicies:\n  api:\n    allow_origins: ['{}']\n", written.replace('\'', "''"));
    let source = Source::new("cors.yaml", policy);
    let compilation = compile(&source, &Options::default());
    let Some(set) = &compilation.policies else {
        assert!(!is_serialized(written), "`{written}` is refused: {:?}", compilation.diagnostics);
        return;
    };
    let entry = &set.policies[0].origins.entries()[0];
    let origin = entry.origin().unwrap();
    assert_eq!(origin.as_str(), written);
    if origin.pattern().is_none() && matches!(origin.scheme(), "http" | "https") && !has_punycode(written) {
        assert_eq!(serialized(written).as_deref(), Some(written), "`{written}` is accepted, and no browser sends it");
    }
    let storage = Storage::new(set);
    let policies = storage.policies();
    for value in lines.take(16).flat_map(|line| [line.to_owned(), written.replace('*', line)]) {
        let expected = naive::entry_allows(written, value.as_bytes());
        assert_eq!(entry.matches(value.as_bytes()), expected, "the entry `{written}` and the value `{value}`");
        assert_eq!(policies[0].origins.allow(value.as_bytes()), expected, "the tables of `{written}` and the value `{value}`");
    }
});

/// The origin of a URL as a browser serializes it.
fn serialized(url: &str) -> Option<String> {
    let origin = Url::parse(url).ok()?.origin();
    origin.is_tuple().then(|| origin.ascii_serialization())
}

/// The URL standard maps and checks `xn--` labels by tables of Unicode; whether such a name can exist is for its registry to say.
fn has_punycode(origin: &str) -> bool {
    origin.contains("xn--")
}

/// Whether this is an origin over http or https, of the characters and lengths that DNS has, in the only spelling that a browser sends.
fn is_serialized(text: &str) -> bool {
    let Some(host) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) else { return false };
    let (host, port) = host.split_once(':').unwrap_or((host, ""));
    let host = host.strip_suffix('.').unwrap_or(host);
    let label = |label: &str| matches!(label.len(), 1..=63) && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    // Nothing listens on port 0, and the language does not have it.
    port != "0" && host.len() <= 253 && host.split('.').all(label) && serialized(text).as_deref() == Some(text)
}
