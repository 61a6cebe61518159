//! Patterns come in; what they match, why they are refused, and which are broad is expected.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::{Duration, Instant};

use proptest::prelude::*;
use regex_syntax::hir::{Hir, HirKind, Look};

use super::{Owners, Ownership, Regex, RegexErrorKind, RegexErrorKind::*, bytes_of};
use crate::domain;

#[track_caller]
fn check(pattern: &str, matched: &[&str], refused: &[&str]) {
    let regex = Regex::new(pattern).unwrap();
    for input in matched {
        assert!(regex.matches(input.as_bytes()), "{pattern} should match {input:?}");
    }
    for input in refused {
        assert!(!regex.matches(input.as_bytes()), "{pattern} should not match {input:?}");
    }
}

#[test]
fn the_whole_origin_is_matched() {
    check(
        r"https://pr-[0-9]{1,5}\.preview\.example\.dev",
        &["https://pr-1.preview.example.dev", "https://pr-12345.preview.example.dev"],
        &[
            "",
            "https://pr-.preview.example.dev",
            "https://pr-123456.preview.example.dev",
            "xhttps://pr-1.preview.example.dev",
            "https://pr-1.preview.example.dev.evil.net",
            "https://pr-1.preview.example.dev\n",
            "https://pr-1xpreview.example.dev",
            "HTTPS://pr-1.preview.example.dev",
        ],
    );
}

#[test]
fn an_alternative_is_not_cut_short() {
    check("a|ab|abc", &["a", "ab", "abc"], &["", "b", "abcd"]);
    check("(?:a|ab)(?:c|bcd)?", &["a", "ab", "ac", "abc", "abcd", "abbcd"], &["abbc"]);
}

#[test]
fn the_dot_and_negated_classes_mean_what_an_origin_holds() {
    for pattern in [".", "(?s).", "[^\\n]", r"\S", r"[^\s]", r"[\x00-\x7F]", "[ -~]"] {
        check(pattern, &["!", "~", "a", "/", "@", "["], &["", "A", "Z", " ", "\n", "\x7f", "\0", "aa", "é"]);
    }
    let regex = Regex::new(r"\D").unwrap();
    for byte in 0..=u8::MAX {
        let expected = (0x21..=0x7E).contains(&byte) && !byte.is_ascii_digit() && !byte.is_ascii_uppercase();
        assert_eq!(regex.matches(&[byte]), expected, "{byte}");
    }
}

#[test]
fn flags_that_fold_letters_or_skip_blanks_are_allowed() {
    check("(?i)https://app", &["https://app"], &["https://apq", "HTTPS://aPP"]);
    check("(?x) a  b # comment", &["ab"], &["a b", "a  b # comment"]);
    check("(?U)a+", &["a", "aa"], &[""]);
}

#[test]
fn assertions_may_stand_where_they_are_redundant() {
    for pattern in ["^a$", r"\Aa\z", "^a", "a$", "^^a$$", "(^a$)", "^a$|^b$", "(?:^(?:a|b))$", "(?m)^a$"] {
        check(pattern, &["a"], &["", "aa", "xa", "a\n"]);
    }
}

#[track_caller]
fn check_error(pattern: &str, kind: RegexErrorKind, at: Option<&str>) {
    let error = Regex::new(pattern).unwrap_err();
    assert_eq!(error.kind, kind, "{pattern}: {error:?}");
    assert_eq!(error.span.clone().map(|span| &pattern[span]), at, "{pattern}: {error:?}");
    assert!(!error.message.is_empty() && !error.message.ends_with('.'));
}

#[test]
fn a_faulty_pattern_is_refused_at_its_place() {
    for (pattern, kind, at) in [
        ("(a", Syntax, Some("(")),
        ("a)", Syntax, Some(")")),
        ("[a", Syntax, Some("[")),
        ("*a", Syntax, Some("")),
        ("a{2,1}", Syntax, Some("{2,1}")),
        (r"(a)\1", Syntax, Some(r"\1")),
        (r"\Z", Syntax, Some(r"\Z")),
        (r"\bapp", Look, Some(r"\b")),
        (r"a\B", Look, Some(r"\B")),
        ("(?=a)b", Look, Some("(?=")),
        ("(?<!a)b", Look, Some("(?<!")),
        ("a^b", Look, Some("^")),
        ("a$b", Look, Some("$")),
        ("(?:a$)+", Look, Some("$")),
        ("(^a)*", Look, Some("^")),
        ("^*a", Look, Some("^")),
        ("bücher", NotAscii, Some("ü")),
        ("[à-ü]", NotAscii, Some("à")),
        (r"\x{e9}", NotAscii, Some(r"\x{e9}")),
        (r"\p{L}+", NotAscii, Some(r"\p{L}")),
        (r"[a\pL]", NotAscii, Some(r"\pL")),
        ("(?u:a)", NotAscii, Some("u")),
        ("a b", NotAscii, Some(" ")),
        (r"a\n", NotAscii, Some(r"\n")),
        ("a\0", NotAscii, Some("\0")),
        ("", Empty, None),
        ("()", Empty, None),
        ("^$", Empty, None),
        ("a{0}", Empty, None),
        ("[^!-~]", Empty, None),
        ("a[ ]b", Empty, None),
        ("(?:[ ])*", Empty, None),
    ] {
        check_error(pattern, kind, at);
    }
    let deep = "(".repeat(60) + "a" + &")".repeat(60);
    assert_eq!(Regex::new(&deep).unwrap_err().kind, TooLarge);
}

#[test]
fn what_can_match_nothing_falls_away() {
    check("(?:a|b[ ])c", &["ac"], &["bc", "b c"]);
    check("a[ ]*b", &["ab"], &["a b"]);
}

#[test]
fn a_pattern_that_grows_without_bounds_is_refused_soon() {
    for pattern in
        ["[ab]*a[ab]{12}", "[ab]*a[ab]{20}", "(?:(?:[a-z]{1,60}){1,60}){1,60}", "(?:.{0,20}a){0,20}", "a{4000000000}", "(?:a{1000}){1000}", &"a?".repeat(600)]
    {
        let start = Instant::now();
        check_error(pattern, TooLarge, None);
        // Ten times what it takes without optimisation on a slow machine.
        assert!(start.elapsed() < Duration::from_secs(3), "{pattern}");
    }
    assert!(Regex::new(&"a".repeat(super::MAX_PATTERN)).is_ok());
}

#[test]
fn a_table_is_the_smallest_of_its_language() {
    for (one, other) in [
        ("a|b|c", "[a-c]"),
        ("(?:a|b)*", "(?:a*b*)*"),
        ("aa*", "a+"),
        ("(?:ab|ac|ad)x", "a[bcd]x"),
        ("(?:a{2}){3}", "a{6}"),
        ("x(?:a?){3}", "xa{0,3}"),
        ("[^/]", "[!-.0-~]"),
    ] {
        let (one, other) = (Regex::new(one).unwrap(), Regex::new(other).unwrap());
        assert_eq!(one.table(), other.table());
    }
    let table = Regex::new(r"https://[a-z0-9-]+\.example\.com").unwrap();
    assert!(table.table().transitions.len() < 1_000);
}

const OWNERS: Owners<'_> = Owners { registrable_domain: &|host| domain::registrable(host).map(str::to_owned), suffixes_below: &domain::suffixes_below };

#[test]
fn a_pattern_within_one_registrable_domain_is_not_broad() {
    for pattern in [
        r"https://pr-[0-9]{1,5}\.preview\.example\.dev",
        r"https://([a-z0-9-]+\.)*example\.com(:[0-9]{1,5})?",
        r"https://(a|b)\.example\.com",
        r"https://.*\.example\.com",
        r"https?://[^/]*\.example\.com(:\d+)?",
        r".*\.example\.com",
        r"[a-z]+://app\.example\.com",
        r"https://[a-z]+-foo\.example\.com",
        r"https://www[.]example[.]co[.]uk",
        r"https://foo\.github\.io",
        r"https://.*\.foo\.github\.io",
        r"https://x\.s3\.amazonaws\.com",
        r"(?i)https://app\.example\.com",
        r"https://example\.com(:.*)?",
        r"https://[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*\.example\.com",
        r"http://(localhost|127\.0\.0\.1|\[::1\]):[0-9]+",
        r"http://127\.\d+\.\d+\.\d+(:\d+)?",
        r"http://.*\.localhost",
        r"https?://(localhost(:\d+)?|app\.example\.com)",
        r"http://10\.0\.0\.1(:\d+)?",
        r"http://\[fe80::1\]",
        r"http://intranet(:\d+)?",
        r"chrome-extension://abcdefghijklmnopabcdefghijklmnop",
        r"capacitor://localhost",
        "null",
        r"app\.example\.com",
    ] {
        assert_eq!(Regex::new(pattern).unwrap().ownership(OWNERS), Ownership::One, "{pattern}");
    }
}

#[test]
fn a_pattern_beyond_one_registrable_domain_is_broad_and_shown_to_be() {
    for (pattern, outside) in [
        (r"https://.*example\.com", "https://xexample.com"),
        (r"https://app.example.com", "https://appxexample.com"),
        (r"https://.+.example.com(:\d+)?", "https://xxexample.com"),
        (r"https://(foo-)?example\.com", "https://foo-example.com"),
        (r"https://example\.(com|co\.uk)", "https://example.co.uk"),
        (r"https://[a-z]+\.github\.io", "https://xx.github.io"),
        (r"https://[a-z]+\.s3\.amazonaws\.com", "https://xx.s3.amazonaws.com"),
        (r"https://(.*)", "https://xx"),
        (r"http://192\.168\.1\.[0-9]", "http://192.168.1.1"),
        (r"chrome-extension://[ab]", "chrome-extension://b"),
        (r"https://example\.com.*", ""),
        (r"https://.{1,253}", ""),
        (r"https://.{1,80}example\.com", "https://xxexample.com"),
        (r"https://example\.com.{0,200}", ""),
        (r"https://[a-z0-9.-]{1,250}(:[0-9]{1,5})?", ""),
        (r"https://.{1,300}\.com", ""),
        (r"https://.*\.amazonaws\.com", ""),
        (r"https://[a-z0-9.-]+\.run\.app", ""),
        (r"https://[a-z]+\.[a-z]+-[a-z]+[0-9]\.elb\.amazonaws\.com", ""),
        (r"https?://[\w.-]+(:\d+)?", ""),
        (r".+", ""),
    ] {
        let regex = Regex::new(pattern).unwrap();
        let Ownership::Several(broad) = regex.ownership(OWNERS) else { panic!("{pattern}") };
        assert_ne!(broad.inside, broad.outside);
        assert!(regex.matches(broad.inside.as_bytes()), "{pattern} {broad:?}");
        assert!(regex.matches(broad.outside.as_bytes()), "{pattern} {broad:?}");
        assert!(outside.is_empty() || broad.outside == outside, "{pattern} {broad:?}");
    }
}

#[test]
fn an_example_is_a_well_formed_origin() {
    for (pattern, expected) in [
        (r"https://app\.example\.com(:\d+)", Some("https://app.example.com:1")),
        (r".*localhost:3\d{3}", Some("http://localhost:3000")),
        (r"tauri://.*", Some("tauri://a")),
        (r"https://app\.example\.com:(443|8443)", Some("https://app.example.com:8443")),
        (r"http://app\.example\.com:(80|443)", Some("http://app.example.com:443")),
        ("(null|https://a)", Some("null")),
        (r"app\.example\.com", None),
        (r"https://app\.example\.com:443", None),
        (r"https://\*\.example\.com", None),
        (r"https://user@app\.example\.com", None),
        ("https://example\\.com#", None),
        (r"https://app\.example\.com/", None),
        (r"https://app\.example\.com:\d{6}", None),
    ] {
        assert_eq!(Regex::new(pattern).unwrap().example().unwrap().as_deref(), expected, "{pattern}");
    }
}

#[test]
fn a_pattern_that_means_any_site_is_known() {
    for pattern in ["https://.*", "https?://.*", ".+", "https://.{1,253}", "https://[a-z0-9.-]{1,250}(:[0-9]{1,5})?", r"https://[a-z0-9-]+\.[a-z]{2,}"] {
        assert!(Regex::new(pattern).unwrap().matches_every_site(), "{pattern}");
    }
    for pattern in [r"https://.*\.com", "http://.*", "null", r"https://[a-z0-9-]+\.(com|de|fr)", r"https://.*example\..*", r"https://a[a-z0-9]*\.[a-z]+"] {
        assert!(!Regex::new(pattern).unwrap().matches_every_site(), "{pattern}");
    }
}

/// The ends of all matches that begin at one of `starts`, found by trying everything: slow, and right at a glance.
fn ends(hir: &Hir, input: &[u8], starts: &[usize]) -> Vec<usize> {
    let mut found: Vec<usize> = match hir.kind() {
        HirKind::Empty => starts.to_vec(),
        HirKind::Look(Look::Start) => starts.iter().copied().filter(|&at| at == 0).collect(),
        HirKind::Look(Look::End) => starts.iter().copied().filter(|&at| at == input.len()).collect(),
        HirKind::Literal(literal) => starts.iter().filter(|&&at| input[at..].starts_with(&literal.0)).map(|at| at + literal.0.len()).collect(),
        HirKind::Class(class) => starts
            .iter()
            .filter(|&&at| {
                let next = input.get(at).copied();
                bytes_of(class).iter().any(|range| next.is_some_and(|byte| (range.start()..=range.end()).contains(&byte)))
            })
            .map(|at| at + 1)
            .collect(),
        HirKind::Capture(capture) => ends(&capture.sub, input, starts),
        HirKind::Concat(subs) => subs.iter().fold(starts.to_vec(), |starts, sub| ends(sub, input, &starts)),
        HirKind::Alternation(subs) => subs.iter().flat_map(|sub| ends(sub, input, starts)).collect(),
        HirKind::Repetition(repetition) => {
            let mut all = Vec::new();
            let mut starts = starts.to_vec();
            // Nothing new comes after as many rounds as there are bytes and obligatory rounds.
            let rounds = input.len() + repetition.min as usize;
            for round in 0..=repetition.max.map_or(rounds, |max| rounds.min(max as usize)) {
                if round >= repetition.min as usize {
                    all.extend(&starts);
                }
                starts = ends(&repetition.sub, input, &starts);
            }
            all
        }
        _ => unreachable!("the generator makes no other kinds"),
    };
    found.sort_unstable();
    found.dedup();
    found
}

fn reference(pattern: &str, input: &[u8]) -> bool {
    let mut parser = regex_syntax::ParserBuilder::new();
    let hir = parser.unicode(false).utf8(false).build().parse(pattern).unwrap();
    ends(&hir, input, &[0]).contains(&input.len())
}

/// Patterns over a few characters, so that values match by chance.
pub(crate) fn patterns() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        "[ab/]{1,3}",
        Just(r"\.".to_owned()),
        Just(".".to_owned()),
        Just("[^a]".to_owned()),
        Just("[ab-]".to_owned()),
        Just(r"[\x22-\x27\]\[^-]".to_owned()),
        Just("(?i:A)".to_owned()),
        Just(String::new()),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        let count = prop_oneof![
            Just("*".to_owned()),
            Just("+".to_owned()),
            Just("?".to_owned()),
            Just("*?".to_owned()),
            Just("{2}".to_owned()),
            Just("{1,3}".to_owned()),
            Just("{0,2}".to_owned()),
            Just("{2,}".to_owned()),
        ];
        prop_oneof![
            proptest::collection::vec(inner.clone(), 1..4).prop_map(|subs| subs.concat()),
            proptest::collection::vec(inner.clone(), 2..4).prop_map(|subs| format!("({})", subs.join("|"))),
            (inner, count).prop_map(|(sub, count)| format!("(?:{sub}){count}")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_automaton_agrees_with_the_definition(
        pattern in patterns(),
        inputs in proptest::collection::vec("[ab./'^-]{0,9}", 20),
    ) {
        let regex = Regex::new(&pattern);
        for input in inputs {
            let expected = reference(&pattern, input.as_bytes());
            match &regex {
                Ok(regex) => prop_assert_eq!(regex.matches(input.as_bytes()), expected, "{} {}", pattern, input),
                Err(error) => prop_assert!(error.kind != Empty || !expected || input.is_empty(), "{} {}", pattern, input),
            }
        }
    }

    #[test]
    fn no_text_does_harm(pattern in ".{0,40}") {
        let _ = Regex::new(&pattern);
    }

    #[test]
    fn no_text_of_operators_does_harm(pattern in r"[ab.\[\](){}?*+|^$\\0-9,:<=!-]{0,24}", input in "[ab]{0,6}") {
        if let Ok(regex) = Regex::new(&pattern) {
            let _ = (regex.matches(input.as_bytes()), regex.ownership(OWNERS), regex.example(), regex.matches_every_site());
        }
    }
}
