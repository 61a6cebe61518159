//! Values come in, words of nginx's configuration go out, each in double quotes.

use crate::diagnostic::Diagnostic;
use crate::span::Span;
use crate::targets::{DIGEST, refuse};

/// The longest word of a configuration file is 4,093 bytes; the rest is for what quoting adds.
const LONGEST_WORD: usize = 4_000;

/// Refuses a word that is longer than nginx reads.
pub(super) fn check_length(span: Span, quoted: &str, what: &str, refusals: &mut Vec<Diagnostic>) {
    if quoted.len() > LONGEST_WORD {
        refusals.push(
            refuse(span, format!("nginx cannot hold this {what}: it takes {} bytes", quoted.len()))
                .reason("nginx reads at most 4,093 bytes as one word of its configuration")
                .help("shorten it; for a list, \"*\" may be meant"),
        );
    }
}

/// A value in double quotes. A `$` begins a variable there, which cannot be escaped: it is written as a variable that holds it.
pub(super) fn quote(text: &str) -> Result<String, String> {
    match text.chars().find(char::is_ascii_control) {
        Some(control) => Err(format!("nginx cannot hold the character {control:?} in a value")),
        None => Ok(in_quotes(text).replace('$', &format!("${{cors_{DIGEST}_dollar}}"))),
    }
}

/// A regex as the key of a map, in double quotes. No variable is looked for there, and a regex of ours holds no control character.
pub(super) fn regex_key(regex: &str) -> String {
    in_quotes(&format!("~^{regex}"))
}

/// A backslash is doubled only where nginx would take it for the beginning of an escape of its own, so that regexes stay readable.
fn in_quotes(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 8);
    quoted.push('"');
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| matches!(byte, b'"' | b'\\')) {
        let (before, special) = rest.split_at(at);
        quoted.push_str(before);
        let begins_escape = matches!(special.as_bytes(), [b'"', ..] | [b'\\'] | [b'\\', b'"' | b'\'' | b'\\' | b't' | b'r' | b'n', ..]);
        quoted.push_str(if begins_escape { "\\" } else { "" });
        quoted.push_str(&special[..1]);
        rest = &special[1..];
    }
    quoted.push_str(rest);
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_nginx_would_take_for_an_escape_is_escaped() {
        for (text, quoted) in [
            ("", r#""""#),
            ("a.b", r#""a.b""#),
            (r#"a"b"#, r#""a\"b""#),
            (r"a\.b\d", r#""a\.b\d""#),
            (r"\t\r\n", r#""\\t\\r\\n""#),
            (r"\\.", r#""\\\.""#),
            (r#"\""#, r#""\\\"""#),
            (r"a\", r#""a\\""#),
            ("ü\\'ü", "\"ü\\\\'ü\""),
        ] {
            assert_eq!(in_quotes(text), quoted, "{text}");
        }
    }
}
