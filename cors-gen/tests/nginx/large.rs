//! Lists and origins of sizes that nobody writes by hand.

use cors_testbed::http::{Request, send};

use super::{PROXIED, Site, binaries, start};

fn policy(origins: impl Iterator<Item = String>) -> String {
    let entries: String = origins.map(|origin| format!("      - {origin}\n")).collect();
    format!("version: 1\npolicies:\n  default:\n    allow_origins:\n{entries}")
}

fn is_allowed(site: &Site, origin: &str) -> bool {
    let response = send(site.nginx.addr(), &Request::new("GET", "/").header("Origin", origin)).unwrap_or_else(|error| panic!("{origin}: {error}"));
    let allowed = response.header_values("access-control-allow-origin");
    assert!(allowed.is_empty() || allowed == [origin], "{origin}: {allowed:?}");
    !allowed.is_empty()
}

/// Half of them are longer than a key of a map may be, and differ at their beginnings, in the middle, or at their ends.
#[test]
#[ignore = "live: needs nginx; ./test runs it"]
fn each_of_many_origins_is_found() {
    const LONG: &str = "a-name-that-is-longer-than-one-piece-of-it";
    let origin = |index: usize| {
        let number = index * 7_919 % 30_011;
        match index % 6 {
            0..=2 => format!("https://{number}.customers.example.com"),
            3 => format!("https://{number}.{LONG}.{LONG}.example.com"),
            4 => format!("https://{LONG}.{number}.{LONG}.example.com"),
            _ => format!("https://{LONG}.{LONG}.example.com:{}", number + 10_000),
        }
    };
    let policy = policy((0..25_000).map(origin));
    for binary in binaries() {
        let site = start(&binary, &policy, PROXIED);
        for index in (0..25_000).step_by(47).chain(24_990..25_020) {
            assert_eq!(is_allowed(&site, &origin(index)), index < 25_000, "{}", origin(index));
        }
    }
}

/// An origin of this length; each is the beginning of the longer ones, but for its last byte.
fn of_length(length: usize) -> String {
    let text: String = "https://".chars().chain("abcdefghi.".chars().cycle()).take(length - 1).collect();
    text + "z"
}

/// Every length, so that an origin ends before, at and behind the end of each of its pieces.
#[test]
#[ignore = "live: needs nginx; ./test runs it"]
fn an_origin_of_any_length_is_found_and_its_neighbours_are_not() {
    let lengths = 10..=260;
    let policy = policy(lengths.clone().filter(|length| length % 2 == 0).map(of_length));
    for binary in binaries() {
        let site = start(&binary, &policy, PROXIED);
        for length in lengths.clone() {
            assert_eq!(is_allowed(&site, &of_length(length)), length % 2 == 0, "{length}");
        }
    }
}

/// What the maps hand on to each other cannot be said by an origin.
#[test]
#[ignore = "live: needs nginx; ./test runs it"]
fn no_part_of_a_long_origin_passes_for_the_whole() {
    let whole = of_length(100);
    let (first, second, third) = (&whole[..38], &whole[38..76], &whole[76..]);
    let junk = "j".repeat(38);
    let policy = policy([whole.clone(), of_length(60)].into_iter());
    for binary in binaries() {
        let site = start(&binary, &policy, PROXIED);
        assert!(is_allowed(&site, &whole));
        for origin in [
            first.to_owned(),
            format!("{first}{second}"),
            format!("{first}{third}"),
            format!("{second}{third}"),
            format!("{junk}{second}{third}"),
            format!("{junk}{junk}{third}"),
            format!("{first}{junk}{third}"),
            format!("{whole}{third}"),
            format!("{whole}{junk}"),
            format!("{first}{second}{third}x"),
            "=".to_owned(),
            "1".to_owned(),
            format!("+{first}"),
            format!("1+{second}"),
            format!("2={third}"),
            format!("{junk}="),
            format!("{junk}1+{second}"),
            format!("{junk}{junk}="),
            format!("{junk}{junk}2={third}"),
            format!("{first}="),
            format!("{first}{second}="),
            whole.to_ascii_uppercase(),
        ] {
            assert!(!is_allowed(&site, &origin), "{origin}");
        }
    }
}
