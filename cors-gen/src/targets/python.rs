//! What the targets for Python share: policies come in, their words as Python literals go out: as the options of a library where one policy holds
//! everywhere and they can say it, and else for a middleware that decides by itself.

mod policies;

use std::fmt::Write as _;

use minijinja::{Value, context};

use super::lists::{OriginList, array};
use super::{Limit, View, pcre, safe};
use crate::diagnostic::Diagnostic;
use crate::policy::{Origins, Policy, PolicySet};

/// What Python's regular expressions cannot be trusted with.
pub(super) const BACKTRACKING: Limit = Limit {
    topic: "regexes that backtrack",
    refused: true,
    text: "Python matches regexes by backtracking. A `regex:` that could take exponential time on a hostile `Origin` is refused; the error names the entry. Write it so that \
           no part can match the same text in two ways, or list the origins.",
};

/// What the middleware takes for several origins.
pub(super) const COMMA: Limit = Limit {
    topic: "origins with a comma",
    refused: false,
    text: "Servers join several `Origin` lines by a comma before the middleware sees them, so a value that holds one is taken for several, and refused. Only a `regex:` could allow one.",
};

/// On what the middleware decides.
pub(super) const PATH_AS_RECEIVED: Limit = Limit {
    topic: "the path as received",
    refused: false,
    text: "Where policies differ by path, they are for the path that the server in front of the application received, as it hands it on: ASGI servers as `raw_path`, gunicorn and Werkzeug as \
           `RAW_URI`, uWSGI, mod_wsgi and others as `REQUEST_URI`. A mounted application has its whole path. No policy applies where \
           a server hands on a whole URL, nor where it hands on nothing, which is logged as a warning once.",
};

/// The template of a file that is either the options of a library, or else policies and a middleware: where the one begins and the other ends.
macro_rules! template {
    ($options:literal, $head:literal, $middleware:literal) => {
        concat!(
            "{% if options %}\n",
            include_str!($options),
            "{% else %}\n",
            include_str!($head),
            include_str!("python/decide.j2"),
            include_str!($middleware),
            "{% endif %}\n"
        )
    };
}
pub(super) use template;

/// A library that checks its options, and what it makes of a policy.
pub(super) struct Library {
    /// Whether its options can say all of a policy for every path.
    pub(super) can_say: fn(&Policy<'_>) -> bool,
    /// The options: how they are called in the template, with the lists of exact origins and of regular expressions.
    pub(super) options: fn(&Policy<'_>, [Value; 2]) -> Value,
}

/// The options of the library for one policy that holds everywhere, where they can say it; all else is policies for a middleware.
pub(super) fn view<'p>(set: &'p PolicySet<'p>, library: &Library) -> Result<View<'p>, Vec<Diagnostic>> {
    let mut refusals = Vec::new();
    pcre::refuse_unbounded(set, "Python", &mut refusals);
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let words = match set.policy_for_every_path() {
        Some(policy) if (library.can_say)(policy) => context! { options => true, ..(library.options)(policy, origins(policy)) },
        everywhere => context! { options => false, ..policies::words(set, everywhere) },
    };
    Ok(words.into())
}

/// The lists that a file of options begins with. Both are empty where any origin is allowed; an empty set without a pattern would allow all.
fn origins(policy: &Policy<'_>) -> [Value; 2] {
    let list = OriginList::new(policy);
    let needs_pattern = matches!(policy.origins, Origins::Listed(_)) && list.exact().next().is_none();
    [exact(&list, ""), patterns(&list, "", needs_pattern)]
}

/// The exact origins as an array of literals, behind so much of a line.
fn exact(list: &OriginList<'_>, margin: &str) -> Value {
    array(margin, "    ", list.exact().map(string))
}

/// The regular expressions likewise. Where one is needed and there is none, it is one that matches nothing, because an empty alternative would match.
fn patterns(list: &OriginList<'_>, margin: &str, is_needed: bool) -> Value {
    let mut patterns = list.patterns().map(|(_, regex)| raw_string(&regex)).peekable();
    let nothing = (is_needed && patterns.peek().is_none()).then(|| raw_string("(?!)"));
    array(margin, "    ", patterns.chain(nothing))
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
