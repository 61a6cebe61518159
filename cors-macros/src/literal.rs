//! The source of a literal comes in; the string that it stands for goes out. By hand: each crate of the macro is built before every program that uses it.

use std::str::Chars;

/// What `"..."`, `r"..."` or `r#"..."#` stands for; nothing where the literal is no string, or has a suffix.
pub(crate) fn string(literal: &str) -> Option<String> {
    if let Some(raw) = literal.strip_prefix('r') {
        return quoted(raw.trim_matches('#')).map(str::to_owned);
    }
    let mut value = String::new();
    let mut rest = quoted(literal)?.chars();
    while let Some(char) = rest.next() {
        if char == '\\' { value.extend(escaped(&mut rest)?) } else { value.push(char) }
    }
    Some(value)
}

fn quoted(text: &str) -> Option<&str> {
    text.strip_prefix('"')?.strip_suffix('"')
}

/// What an escape stands for; nothing within, for one that continues the string on the next line.
fn escaped(rest: &mut Chars<'_>) -> Option<Option<char>> {
    Some(Some(match rest.next()? {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        '0' => '\0',
        'x' => {
            let (digits, after) = rest.as_str().split_at_checked(2)?;
            *rest = after.chars();
            code_point(digits)?
        }
        'u' => {
            let (digits, after) = rest.as_str().strip_prefix('{')?.split_once('}')?;
            *rest = after.chars();
            code_point(&digits.replace('_', ""))?
        }
        '\n' => {
            *rest = rest.as_str().trim_start_matches([' ', '\t', '\n', '\r']).chars();
            return Some(None);
        }
        itself => itself,
    }))
}

fn code_point(digits: &str) -> Option<char> {
    char::from_u32(u32::from_str_radix(digits, 16).ok()?)
}

#[cfg(test)]
mod tests {
    use super::string;

    /// A literal in source, beside what the Rust compiler makes of the same source.
    macro_rules! check {
        ($($literal:literal)*) => {
            $(assert_eq!(string(stringify!($literal)).as_deref(), Some($literal), "{}", stringify!($literal));)*
        };
    }

    #[test]
    fn strings_mean_what_they_mean_to_the_compiler() {
        check! {
            "" "cors.yaml" "a\\b\"c\"\'" "\n\r\t\0" "\x41\x7f" "\u{e9}\u{1_F600}\u{10ffff}é" "a\
               b
            c" r"" r"a\b" r#"a"b"# r##"a"#b\"## r#"#"# "#" "r" "\\" "\\\\n"
        }
    }

    #[test]
    fn other_literals_are_no_strings() {
        for literal in ["1", "'a'", "b\"a\"", "c\"a\"", "br\"a\"", "b'a'", "\"a\"x", "r\"a\"x", "1.5", ""] {
            assert_eq!(string(literal), None, "{literal}");
        }
    }
}
