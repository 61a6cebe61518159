//! What the targets for Python share: a policy comes in, its words as Python literals go out, or why they cannot be said.

use std::fmt::Write as _;

use minijinja::Value;

use super::{Limit, pattern, pcre, safe};
use crate::diagnostic::Diagnostic;
use crate::policy::{Matcher, Policy};

/// What Python's regular expressions cannot be trusted with.
pub(super) const BACKTRACKING: Limit = Limit {
    topic: "regexes that backtrack",
    refused: true,
    text: "Python matches regexes by backtracking. A `regex:` that could take exponential time on a hostile `Origin` is refused; the error names the entry. Write it so that \
           no part can match the same text in two ways, or list the origins.",
};

/// The lists that a file begins with, each item on a line of its own: exact origins, and regular expressions. Both are empty where any origin is
/// allowed; what matches nothing stands for an empty list, because an empty alternative would match.
pub(super) fn origins(policy: &Policy<'_>, library: &str, refusals: &mut Vec<Diagnostic>) -> [Value; 2] {
    let (mut exact, mut patterns) = (String::new(), String::new());
    let line = |text: &mut String, literal: String| {
        let _ = writeln!(text, "    {literal},");
    };
    for entry in policy.origins.entries() {
        match &entry.matcher {
            Matcher::Origin(origin) => match origin.pattern() {
                None => line(&mut exact, string(origin.as_str())),
                Some(wildcard) => line(&mut patterns, raw_string(&pattern::origin(&wildcard))),
            },
            Matcher::Regex(regex) => {
                let text = pcre::in_bounded_time(regex, library, entry.span, refusals);
                text.into_iter().for_each(|text| line(&mut patterns, raw_string(&text)));
            }
        }
    }
    if exact.is_empty() && patterns.is_empty() {
        line(&mut patterns, raw_string("(?!)"));
    }
    [exact, patterns].map(|lines| safe(if lines.is_empty() { "[]".to_owned() } else { format!("[\n{lines}]") }))
}

/// What a regular expression begins with so that it matches no value longer than any origin can be.
pub(super) fn not_too_long() -> Value {
    safe(format!("(?!.{{{}}})", cors_decision::MAX_ORIGIN_LEN + 1))
}

/// The names of a list, `*` first, each once.
pub(super) fn names(list: &crate::policy::List<'_>) -> Vec<String> {
    let value = list.header_value().unwrap_or_default();
    value.split(", ").filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// What a browser needs no permission for stands in the list, too: a library that looks at the method of a preflight would refuse it otherwise.
pub(super) fn with_safelisted_methods(mut methods: Vec<String>) -> Vec<String> {
    for method in ["GET", "HEAD", "POST"] {
        if !methods.iter().any(|listed| listed == method) {
            methods.push(method.to_owned());
        }
    }
    methods
}

/// A list of strings.
pub(super) fn list(items: &[String]) -> Value {
    let literals: Vec<String> = items.iter().map(|item| string(item)).collect();
    safe(format!("[{}]", literals.join(", ")))
}

/// `True` or `False`.
pub(super) fn bool(value: bool) -> Value {
    safe(if value { "True" } else { "False" })
}

/// The rule of quoting for templates.
#[expect(clippy::unnecessary_wraps, reason = "other targets have characters that they cannot write")]
pub(super) fn quote(text: &str) -> Result<String, String> {
    Ok(string(text))
}

/// A string literal.
pub(super) fn string(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('"');
    for char in text.chars() {
        // Writing to a string cannot fail.
        let _ = match char {
            '"' | '\\' => write!(literal, "\\{char}"),
            ' '..='~' => write!(literal, "{char}"),
            _ => write!(literal, "\\U{:08x}", u32::from(char)),
        };
    }
    literal.push('"');
    literal
}

/// A string literal for a regular expression: raw, as people write it, wherever that is possible.
pub(super) fn raw_string(regex: &str) -> String {
    let fits = regex.chars().all(|char| matches!(char, ' '..='~') && char != '"') && !regex.ends_with('\\');
    if fits { format!("r\"{regex}\"") } else { string(regex) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_leaves_its_quotes() {
        assert_eq!(string("a'b\"c\\d"), r#""a'b\"c\\d""#);
        assert_eq!(string("a\nb\u{e9}\u{2028}{x}%s"), r#""a\U0000000ab\U000000e9\U00002028{x}%s""#);
        assert_eq!(raw_string(r"a\.b'$"), r#"r"a\.b'$""#);
        assert_eq!(raw_string(r#"a"b"#), r#""a\"b""#);
        assert_eq!(raw_string("a\\"), r#""a\\""#);
        assert_eq!(raw_string("a\n"), "\"a\\U0000000a\"");
    }
}
