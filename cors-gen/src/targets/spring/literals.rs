//! Texts come in, literals of Java go out.

use std::fmt::Write as _;

use minijinja::Value;

use crate::targets::safe;

/// What a constant may hold; Java has 65,535 bytes for it.
pub(super) const LONGEST_TEXT: usize = 60_000;

/// Lines as arguments of `lines`: text blocks that each fit into a constant.
pub(super) fn blocks<T: AsRef<str>>(lines: &[T]) -> Value {
    const MARGIN: &str = "                    ";
    let mut text = String::new();
    let mut room = 0;
    for line in lines.iter().map(AsRef::as_ref) {
        if line.len() >= room {
            text.push_str(if text.is_empty() { "\"\"\"\n" } else { "                    \"\"\", \"\"\"\n" });
            room = LONGEST_TEXT;
        }
        room = room.saturating_sub(line.len() + 1);
        text.push_str(MARGIN);
        escape(&mut text, line);
        text.push('\n');
    }
    if !text.is_empty() {
        text.push_str("                    \"\"\"");
    }
    safe(text)
}

/// A string literal.
pub(super) fn string(text: &str) -> String {
    let mut literal = String::from("\"");
    escape(&mut literal, text);
    literal + "\""
}

/// The characters of a string literal, or of a line of a text block. Java reads `\u` everywhere, comments included, before it reads anything else, so no
/// backslash stays single that is not ours.
fn escape(literal: &mut String, text: &str) {
    for char in text.chars() {
        // Writing to a string cannot fail.
        let _ = match char {
            '"' | '\\' => write!(literal, "\\{char}"),
            ' '..='~' => write!(literal, "{char}"),
            '\0'..='\x7f' => write!(literal, "\\{:03o}", u32::from(char)),
            _ => char.encode_utf16(&mut [0; 2]).iter().try_for_each(|unit| write!(literal, "\\u{unit:04x}")),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_leaves_its_quotes() {
        assert_eq!(string(r#"a"b\c"#), r#""a\"b\\c""#);
        assert_eq!(string("\\u0022\n\0\x7f"), r#""\\u0022\012\000\177""#);
        assert_eq!(string("\u{e9}\u{1f600}\"\"\""), r#""\u00e9\ud83d\ude00\"\"\"""#);
    }

    #[test]
    fn lines_are_parted_before_a_constant_is_too_long() {
        let line = "a".repeat(20_000);
        let text = blocks(&vec![line; 5]).to_string();
        assert_eq!((text.matches("\"\"\"").count(), text.lines().filter(|line| line.contains("\"\"\", \"\"\"")).count()), (6, 2));
        assert_eq!(blocks::<&str>(&[]).to_string(), "");
    }
}
