//! Hosts come in: all the list's own, their neighbours, and made-up ones. The answers of the crate `psl`, which has the list as code, are expected;
//! where it is known to err, those of the algorithm as publicsuffix.org words it.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;

use super::{LIST, MOST_LABELS, above, is_public_suffix, listed_suffix, registrable};

fn rules() -> impl Iterator<Item = &'static str> {
    LIST.split_once("\n\n").unwrap().1.lines()
}

fn is_rule(rule: &str) -> bool {
    rules().any(|listed| listed == rule)
}

fn check(host: &str) {
    let suffix = psl::suffix(host.as_bytes()).filter(|suffix| suffix.is_known()).map(|suffix| str::from_utf8(suffix.as_bytes()).unwrap());
    if listed_suffix(host) != suffix {
        assert!(psl_errs(host), "{host}: {:?}, and {suffix:?} by psl", listed_suffix(host));
        assert_eq!(listed_suffix(host), by_definition(host), "{host}");
        return;
    }
    assert_eq!(is_public_suffix(host), suffix == Some(host), "{host}");
    if !crate::host::ends_in_number(host) {
        let domain = psl::domain(host.as_bytes()).map(|domain| str::from_utf8(domain.as_bytes()).unwrap());
        assert_eq!(registrable(host), domain, "{host}");
    }
}

/// Of `*.cloud.int.apple` and `*.r.cloud.int.apple` the crate knows the first no more where it goes on to `r`.
fn psl_errs(host: &str) -> bool {
    let passed = |end: &str| rules().any(|rule| rule.strip_suffix(end).is_some_and(|rest| rest.ends_with('.')));
    let mut ends = std::iter::successors(Some(host), |end| above(end));
    ends.any(|end| above(end).is_some_and(|above| is_rule(&format!("*.{above}"))) && !is_rule(end) && passed(end))
}

/// All rules that match; of these an exception prevails, less its first label, or else the longest.
fn by_definition(host: &str) -> Option<&str> {
    let labels: Vec<&str> = host.rsplit('.').collect();
    let matches = |rule: &str| rule.split('.').count() <= labels.len() && rule.rsplit('.').zip(&labels).all(|(rule, label)| rule == "*" || rule == *label);
    let exception = rules().filter_map(|rule| rule.strip_prefix('!')).find(|rule| matches(rule)).map(|rule| rule.split('.').count() - 1);
    let length = exception.or_else(|| rules().filter(|rule| matches(rule)).map(|rule| rule.split('.').count()).max())?;
    std::iter::successors(Some(host), |end| above(end)).find(|end| end.split('.').count() == length)
}

#[test]
fn the_rules_are_ascii_and_sorted_for_the_search() {
    assert!(LIST.is_ascii() && LIST.ends_with('\n'));
    assert!(rules().count() > 10_000);
    assert!(rules().is_sorted_by(|one, other| one < other));
    assert_eq!(rules().map(|rule| rule.split('.').count()).max(), Some(MOST_LABELS));
}

#[test]
fn every_rule_and_what_is_around_it_is_answered_alike() {
    for rule in rules() {
        let name = rule.trim_start_matches(['!', '*', '.']);
        let (first, rest) = name.split_at(1);
        let hosts = [
            name.to_owned(),
            format!("example.{name}"),
            format!("a.b.example.{name}"),
            format!("x{name}"),
            format!("{first}x{rest}"),
            name.split_once('.').map_or(name, |(_, above)| above).to_owned(),
            name.replacen('.', "", 1),
            name.replacen('.', ".x.", 1),
        ];
        hosts.iter().filter(|host| !host.starts_with('.')).for_each(|host| check(host));
    }
}

#[test]
fn hosts_that_are_no_domains_have_no_owner() {
    for host in ["[::1]", "127.0.0.1", "localhost", "com", "co.uk", "com.", "github.io"] {
        assert_eq!(registrable(host), None, "{host}");
    }
    assert_eq!(registrable("a.example.co.uk."), Some("example.co.uk"));
    assert_eq!(registrable("a.example.internal"), Some("example.internal"));
    assert!(is_public_suffix("github.io.") && !is_public_suffix("internal"));
}

proptest! {
    #[test]
    fn made_up_hosts_are_answered_alike(start in "([a-z-]{1,9}\\.){0,9}", ends in any::<prop::sample::Index>(), more in "(\\.[a-z]{1,3})?") {
        let rules: Vec<&str> = rules().collect();
        check(&format!("{start}{}{more}", ends.get(&rules).trim_start_matches(['!', '*', '.'])));
    }

    #[test]
    fn hosts_of_common_labels_are_answered_alike(labels in proptest::collection::vec(prop_oneof![
        Just("www"), Just("ck"), Just("com"), Just("co"), Just("uk"), Just("jp"), Just("kobe"), Just("city"), Just("kawasaki"), Just("compute"),
        Just("amazonaws"), Just("cn"), Just("xn--55qx5d"), Just("github"), Just("io"), Just("a"),
    ], 1..9)) {
        check(&labels.join("."));
    }
}
