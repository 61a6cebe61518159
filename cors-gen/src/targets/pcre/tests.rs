//! Patterns come in; their text for PCRE, and whether it is safe to run, is expected.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::{Duration, Instant};

use proptest::prelude::*;
use regex_syntax::hir::{Hir, HirKind, Repetition};

use super::{Backtracking, backtracking, to_pcre};
use crate::regex::{Regex, bytes_of, tests::patterns};

#[test]
fn the_text_keeps_to_the_common_subset() {
    for (pattern, expected) in [
        (r"https://pr-[0-9]{1,5}\.preview\.example\.dev", r"https://pr-[0-9]{1,5}\.preview\.example\.dev"),
        (r"https?://(www\.)?(a|b)\.example\.com", r"https?://(?:www\.)?[ab]\.example\.com"),
        ("a|bc", "(?:a|bc)"),
        ("^(?:a|bc)$", "(?:a|bc)"),
        ("(?:a|bc)d", "(?:a|bc)d"),
        ("(ab)+", "(?:ab)+"),
        ("(?:a+)+", "(?:a+)+"),
        ("(?:a{2}){3}", "(?:a{2}){3}"),
        ("a+?", "a+"),
        ("a{1,}", "a+"),
        ("a{3,}", "a{3,}"),
        ("(?i)ab", "ab"),
        (".*", r"[!-@\x5B-~]*"),
        ("[a-z0-9-]+", "[a-z0-9-]+"),
        (r"\w", "[a-z0-9_]"),
        (r#"["'$;#%\\]"#, r"[\x22-\x25\x27\x3B\x5C]"),
        (r#""'\$;#%\\\{"#, r"\x22\x27\x24\x3B\x23\x25\x5C\x7B"),
        (r"\[\^\]-]", r"\[\x5E\]-\]"),
        (r"[\]\[^-]", r"[\x5B\x5D\x5E-]"),
        ("(|a)b", "(?:|a)b"),
        ("(a?){2,5}", "a{0,5}"),
        ("(?P<name>a)", "a"),
    ] {
        assert_eq!(to_pcre(&Regex::new(pattern).unwrap()), expected, "{pattern}");
    }
}

#[test]
fn patterns_of_ordinary_policies_are_harmless() {
    for pattern in [
        r"https://(?:[a-z0-9-]+\.)+example\.com",
        r"https://([a-z0-9-]+\.)*example\.com(:[0-9]{1,5})?",
        r"https://.*\.example\.com",
        r"https://.*-.*\.example\.com",
        r"https://[a-z0-9-]{1,63}\.example\.com",
        r"https://[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*\.example\.com",
        r"https?://(www\.)?(app|api|admin|apple)\.example\.(com|org)(:[0-9]{1,5})?",
        r"https://[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.example\.com",
        r"https://(?:[0-9a-f]{2}){4}\.example\.com",
        r"https://pr-\d+\.example\.com|https://pr-\d+-[a-z]+\.example\.com",
        r"(?:[a-z]+-)*[a-z]+x",
        r"(?:a?)*b",
        r"https://.{1,20}\.example\.com",
    ] {
        let regex = Regex::new(pattern).unwrap();
        assert_eq!(backtracking(&regex), Backtracking::Harmless, "{pattern}");
    }
}

#[test]
fn patterns_that_explode_are_found() {
    for pattern in [
        "(a+)+b",
        "(a|[ab])*c",
        "(a|ab|b)*c",
        "(?:.|a)*b",
        "([a-z]+-?)+x",
        "(?:(?:[a-z0-9]+\\.?)+)+example",
        "(?:ab|a|ba)*c",
        "(?:[a-z]+)*[0-9]",
        "(?:(?:x|[a-z])+y)+z",
        ".*-.*-.*-.*x",
        "(?:a{1,3}){1,20}b",
        "(?:a|aa){30}b",
        "(?:|a)(?:|a)(?:|a)(?:|a)(?:|a)(?:|a)(?:|a)(?:|a)(?:|a)(?:|a)(?:|a)(?:|a)(?:|a)(?:|a)(?:|a)(?:|a)(?:|a)(?:|a)(?:|a)(?:|a)b",
    ] {
        let regex = Regex::new(pattern).unwrap();
        assert_eq!(backtracking(&regex), Backtracking::Explosive, "{pattern}");
    }
}

#[test]
fn a_loop_around_nothing_is_not_judged() {
    for pattern in ["(a*b*)*c", "(?:|a|bc)*d", "(?:a?b?){3}c"] {
        let regex = Regex::new(pattern).unwrap();
        assert_eq!(backtracking(&regex), Backtracking::Unknown, "{pattern}");
    }
}

#[test]
fn the_judgement_takes_no_longer_than_compiling() {
    for pattern in ["[a-z]{1,60}[a-z]{1,60}[a-z]{1,60}x", ".{1,200}.{1,200}", "[a-z]{1,900}", &"(?:a|b)?c?".repeat(90), &"[a-z]*x?".repeat(100)] {
        let Ok(regex) = Regex::new(pattern) else {
            continue;
        };
        let start = Instant::now();
        let _ = backtracking(&regex);
        // Ten times what it takes without optimisation on a slow machine.
        assert!(start.elapsed() < Duration::from_secs(5), "{pattern}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Equal languages have equal tables, so this holds for all values at once.
    #[test]
    fn the_text_means_the_same_language(pattern in patterns()) {
        if let Ok(regex) = Regex::new(&pattern) {
            let text = to_pcre(&regex);
            let again = Regex::new(&text).unwrap();
            prop_assert_eq!(again.table(), regex.table(), "{} {}", pattern, text);
            prop_assert!(!text.contains(['"', '\'', ' ', '$', ';', '#', '%']), "{}", text);
        }
    }

    #[test]
    fn every_class_of_bytes_keeps_its_meaning(bytes in proptest::collection::vec(0x21_u8..=0x7E, 1..12).prop_filter("a class of nothing", |bytes| !bytes.iter().all(u8::is_ascii_uppercase))) {
        let members: String = bytes.iter().map(|byte| format!("\\x{byte:02x}")).collect();
        let lower = bytes.to_ascii_lowercase();
        let literal = Regex::new(&lower.iter().map(|byte| format!("\\x{byte:02x}")).collect::<String>()).unwrap();
        let class = Regex::new(&format!("[{members}]")).unwrap();
        prop_assert!(Regex::new(&to_pcre(&literal)).unwrap().matches(&lower));
        let again = Regex::new(&to_pcre(&class)).unwrap();
        prop_assert_eq!(again.table(), class.table());
    }

    /// Walks a pattern as an engine that backtracks does: no harmless one has many paths.
    #[test]
    fn what_is_called_harmless_has_few_paths(pattern in patterns(), input in "[ab]{0,40}|[ab./-]{0,30}|a{20,40}") {
        let Ok(regex) = Regex::new(&pattern) else { return Ok(()); };
        if backtracking(&regex) == Backtracking::Harmless {
            let mut walk = Walk { input: input.as_bytes(), left: 300_000 };
            walk.node(regex.hir(), 0, &mut |_, _| {});
            prop_assert!(walk.left > 0, "{} {}", pattern, input);
        }
    }
}

/// All ways through a pattern, tried one after the other, until the steps are used up.
struct Walk<'a> {
    input: &'a [u8],
    left: u32,
}

type Then<'t> = &'t mut dyn FnMut(&mut Walk<'_>, usize);

impl Walk<'_> {
    fn node(&mut self, hir: &Hir, at: usize, then: Then<'_>) {
        self.left = self.left.saturating_sub(1);
        if self.left == 0 {
            return;
        }
        match hir.kind() {
            HirKind::Literal(literal) => {
                if self.input[at..].starts_with(&literal.0) {
                    then(self, at + literal.0.len());
                }
            }
            HirKind::Class(class) => {
                let next = self.input.get(at).copied();
                let holds = |byte| bytes_of(class).iter().any(|range| range.start() <= byte && byte <= range.end());
                if next.is_some_and(holds) {
                    then(self, at + 1);
                }
            }
            HirKind::Concat(subs) => self.row(subs, at, then),
            HirKind::Alternation(subs) => subs.iter().for_each(|sub| self.node(sub, at, then)),
            HirKind::Repetition(repetition) => self.rounds(repetition, 0, at, then),
            _ => then(self, at),
        }
    }

    fn row(&mut self, subs: &[Hir], at: usize, then: Then<'_>) {
        match subs {
            [] => then(self, at),
            [first, rest @ ..] => self.node(first, at, &mut |walk, at| walk.row(rest, at, then)),
        }
    }

    fn rounds(&mut self, repetition: &Repetition, done: u32, at: usize, then: Then<'_>) {
        if repetition.max.is_none_or(|max| done < max) {
            self.node(&repetition.sub, at, &mut |walk, next| {
                // Engines leave a loop that reads nothing.
                if next > at || done < repetition.min {
                    walk.rounds(repetition, done + 1, next, then);
                }
            });
        }
        if done >= repetition.min {
            then(self, at);
        }
    }
}
