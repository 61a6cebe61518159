//! A checked regex comes in; whether RE2 and Go read it as Rust does goes out.

use regex_syntax::hir::{Hir, HirKind};

use crate::regex::Regex;

/// How often RE2 repeats a part, repetitions inside repetitions multiplied.
const MOST_REPETITIONS: u32 = 1_000;

/// Whether RE2 takes the regex.
pub(super) fn takes(regex: &Regex) -> bool {
    repeats_at_most(regex.hir(), MOST_REPETITIONS)
}

/// `*`, `+` and `?` count nothing.
fn repeats_at_most(hir: &Hir, most: u32) -> bool {
    match hir.kind() {
        HirKind::Repetition(repetition) => match (repetition.min, repetition.max) {
            (0 | 1, None) | (0, Some(1)) => repeats_at_most(&repetition.sub, most),
            (min, max) => {
                let count = max.unwrap_or(min);
                count <= most && repeats_at_most(&repetition.sub, most / count.max(1))
            }
        },
        HirKind::Concat(subs) | HirKind::Alternation(subs) => subs.iter().all(|sub| repeats_at_most(sub, most)),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counted_repetitions_multiply() {
        let takes = |pattern: &str| repeats_at_most(&regex_syntax::parse(pattern).expect("a regex"), MOST_REPETITIONS);
        for pattern in ["(?:a|bc){1000}", "(?:[a-z]{1,31}x){1,32}", "(?:(?:ab)+c)*", "(?:[a-z]{1,1000}y)+"] {
            assert!(takes(pattern), "{pattern}");
        }
        for pattern in ["a{1001}", "a{1001,}", "(?:[a-z]{1,32}x){1,32}", "x(?:(?:[0-9]{10}y){10}z){11}"] {
            assert!(!takes(pattern), "{pattern}");
        }
    }
}
