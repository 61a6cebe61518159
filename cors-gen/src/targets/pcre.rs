//! A checked pattern comes in; its text for PCRE goes out, and whether an engine that backtracks would take too long over it.
//!
//! The text keeps to what PCRE1 and PCRE2 (and RE2, Python's `re` and JavaScript) share: `(?:...)`, classes of bytes, counted repetition, `|`. Its author
//! puts it between `\A` and `\z`.

mod ambiguity;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use regex_syntax::hir::{ClassBytes, Hir, HirKind, Repetition};

use crate::diagnostic::Diagnostic;
use crate::policy::PolicySet;
use crate::regex::{Regex, bytes_of};

pub use ambiguity::{Backtracking, backtracking};

/// The pattern in PCRE's syntax: the same language, when matched against the whole value.
///
/// The text holds no quotes, blanks, `$`, `;`, `#` or `%`, so that it means itself in quotes of any sort, and backslashes only before
/// punctuation, `x` and two digits.
#[must_use]
pub fn to_pcre(regex: &Regex) -> String {
    let mut text = String::new();
    let alone = !matches!(regex.hir().kind(), HirKind::Alternation(_));
    node(&mut text, regex.hir(), alone);
    text
}

/// Refuses every regex that an engine which backtracks could take too long over.
pub(super) fn refuse_unbounded(set: &PolicySet<'_>, server: &str, refusals: &mut Vec<Diagnostic>) {
    for (span, regex) in set.regexes() {
        if backtracking(regex) != Backtracking::Harmless {
            let matching = "matches by backtracking, and parts of this regex can match the same text in many ways";
            refusals.push(
                super::refuse(span, format!("{server} cannot match this regex in bounded time"))
                    .reason(format!("{server} {matching}: one hostile `Origin` could occupy it for minutes"))
                    .help("write it so that each text can match in one way only (no repetition inside a repetition without a separator), or list the origins"),
            );
        }
    }
}

/// Writes one node, in a group unless it stands `alone`, that is, unless nothing beside it could take a part of it.
fn node(text: &mut String, hir: &Hir, alone: bool) {
    if !alone {
        text.push_str("(?:");
    }
    match hir.kind() {
        HirKind::Literal(literal) => literal.0.iter().for_each(|&byte| outside_class(text, byte)),
        HirKind::Class(bytes) => class(text, &bytes_of(bytes)),
        HirKind::Repetition(sub) => repetition(text, sub),
        HirKind::Concat(subs) => {
            for sub in subs {
                node(text, sub, !matches!(sub.kind(), HirKind::Alternation(_)));
            }
        }
        HirKind::Alternation(subs) => {
            for (index, sub) in subs.iter().enumerate() {
                if index > 0 {
                    text.push('|');
                }
                node(text, sub, true);
            }
        }
        // A `Regex` holds no other kinds.
        HirKind::Empty | HirKind::Look(_) | HirKind::Capture(_) => {}
    }
    if !alone {
        text.push(')');
    }
}

fn repetition(text: &mut String, repetition: &Repetition) {
    let alone = match repetition.sub.kind() {
        HirKind::Class(_) => true,
        HirKind::Literal(literal) => literal.0.len() == 1,
        _ => false,
    };
    node(text, &repetition.sub, alone);
    let count = match (repetition.min, repetition.max) {
        (0, None) => "*".to_owned(),
        (1, None) => "+".to_owned(),
        (0, Some(1)) => "?".to_owned(),
        (min, None) => format!("{{{min},}}"),
        (min, Some(max)) if min == max => format!("{{{min}}}"),
        (min, Some(max)) => format!("{{{min},{max}}}"),
    };
    text.push_str(&count);
}

/// Letters first and the hyphen last, as people write it.
fn class(text: &mut String, class: &ClassBytes) {
    let mut ranges: Vec<(u8, u8)> = class.iter().map(|range| (range.start(), range.end())).collect();
    ranges.sort_by_key(|&(start, end)| match (start, end) {
        (b'a'..=b'z', _) => 0,
        (b'A'..=b'Z', _) => 1,
        (b'0'..=b'9', _) => 2,
        (b'-', b'-') => 4,
        _ => 3,
    });
    text.push('[');
    for (start, end) in ranges {
        if (start, end) == (b'-', b'-') {
            text.push('-');
            continue;
        }
        inside_class(text, start);
        if end > start + 1 {
            text.push('-');
        }
        if end > start {
            inside_class(text, end);
        }
    }
    text.push(']');
}

fn outside_class(text: &mut String, byte: u8) {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b':' | b'/' | b'@' | b',' => {
            text.push(char::from(byte));
        }
        b'.' | b'[' | b']' | b'(' | b')' | b'?' | b'*' | b'+' | b'|' => {
            text.push('\\');
            text.push(char::from(byte));
        }
        _ => hexadecimal(text, byte),
    }
}

fn inside_class(text: &mut String, byte: u8) {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b':' | b'/' | b'.' | b'@' | b',' | b'!' | b'~' => {
            text.push(char::from(byte));
        }
        b'-' => text.push_str("\\-"),
        _ => hexadecimal(text, byte),
    }
}

fn hexadecimal(text: &mut String, byte: u8) {
    // Writing to a string cannot fail.
    let _ = write!(text, "\\x{byte:02X}");
}
