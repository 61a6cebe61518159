//! What YAML says of a slip of the hand comes in, where the slip is and what to write instead goes out.

use granit_parser::{ErrorKind, ScanError};

use super::MAX_DEPTH;
use crate::diagnostic::Diagnostic;
use crate::fields;
use crate::origin::shorten;
use crate::span::Span;
use crate::suggest;

/// How many anchors are compared with an alias that names none of them.
const MOST_SUGGESTED: usize = 50;

/// What the first bytes of a file say of its encoding where that is not UTF-8 ([YAML 1.2, 5.2](https://yaml.org/spec/1.2.2/#52-character-encodings)).
pub(super) fn other_encoding(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0, 0, 0, _, ..] | [_, 0, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] | [0xff, 0xfe, 0, 0, ..] => Some("UTF-32"),
        [0, _, ..] | [_, 0, ..] | [0xfe, 0xff, ..] | [0xff, 0xfe, ..] => Some("UTF-16"),
        _ => None,
    }
}

/// A value with a tag; the place is that of the value.
pub(super) fn tag(text: &str, value: Span) -> Diagnostic {
    let before = text.get(..value.start as usize).unwrap_or_default();
    let start = before.rfind('!').map_or(0, |bang| before[..bang].rfind(|char: char| char.is_whitespace() || "[{,".contains(char)).map_or(0, |at| at + 1));
    let end = before[start..].find(|char: char| char.is_whitespace() || ",]}".contains(char)).map_or(before.len(), |length| start + length);
    Diagnostic::error("yaml-tag", Span::new(start..end), "this value has a YAML tag")
        .reason("the place of a value says what it is, so a tag (`!name`, `!!str`) could only contradict it")
        .help("remove the tag; where a string is wanted, write the value in quotes")
}

/// The anchors of a text, each with its place. One in a comment or in quotes is found as well: they are for suggestions only.
pub(super) fn anchors(text: &str) -> Vec<(usize, &str)> {
    let ends = |char: char| char.is_whitespace() || "[]{},".contains(char);
    let named = |(at, _): (usize, &str)| {
        let name = text[at + 1..].split(ends).next().unwrap_or_default();
        (text[..at].ends_with(|char: char| ends(char)) && !name.is_empty() && name.len() <= 40).then_some((at, name))
    };
    text.match_indices('&').filter_map(named).take(MOST_SUGGESTED).collect()
}

/// An alias that names no anchor before it: a misspelt one, or an unquoted `*`.
pub(super) fn unresolved(text: &str, span: Span, anchors: &[(usize, &str)]) -> Diagnostic {
    let written = text.get(span.range()).unwrap_or("*");
    let name = written.trim_start_matches('*');
    let is_name = !name.starts_with('.');
    let nearest = is_name.then(|| suggest::nearest(name, anchors.iter().map(|(_, anchor)| *anchor))).flatten();
    let found = anchors.iter().find(|(at, anchor)| Some(*anchor) == nearest && (*anchor != name || *at > span.start as usize));
    let Some(&(at, anchor)) = found else { return asterisk(span, written) };
    let help = if at < span.start as usize {
        format!("write `*{anchor}`")
    } else {
        format!("move `&{anchor}` and its value to a place above, under a key that begins with `x-`, and write `*{anchor}` here")
    };
    Diagnostic::error("unknown-anchor", span, format!("no anchor above is named `{}`", shorten(name))).help(help)
}

fn asterisk(span: Span, written: &str) -> Diagnostic {
    Diagnostic::error("unquoted-asterisk", span, format!("`{written}` is not in quotes"))
        .label("YAML takes this for an alias")
        .reason("an unquoted `*` begins the name of an alias in YAML, and no anchor has this name")
        .help(format!("write it in quotes: \"{written}\""))
}

/// The key of a word that is a key, a colon and a value without a blank between them.
pub(crate) fn glued(word: &str) -> Option<&str> {
    let (key, value) = word.split_once(':')?;
    let is_known = fields::MAPPINGS.iter().any(|mapping| mapping.field(key).is_some());
    (is_known && value.starts_with(|first: char| !first.is_whitespace())).then_some(key)
}

/// A parser's error as ours. `bracket` is the innermost that is open.
pub(super) fn explain(text: &str, error: &ScanError, bracket: Option<Span>) -> Diagnostic {
    let at = text.floor_char_boundary(error.marker().byte_offset().unwrap_or(0));
    match error.kind() {
        ErrorKind::MissingAnchorOrAliasName | ErrorKind::UnknownAnchor => asterisk_near(text, at),
        ErrorKind::RecursionLimitExceeded => Some(too_deep(text, at)),
        ErrorKind::TabInIndentation | ErrorKind::TabInBlockIndentation | ErrorKind::TabNotAllowed => Some(tab(text, line(text, at).0)),
        // Of a word that goes on behind a tab the place is where the word begins.
        ErrorKind::TabInPlainScalar => Some(tab(text, at)),
        ErrorKind::UnknownQuotedScalarEscape => escape(text, at),
        ErrorKind::UnclosedFlowCollection { .. } => Some(unclosed(text, at)),
        _ => missing_blank(text, at).or_else(|| unclosed_before(text, bracket?.start as usize, at)),
    }
    .unwrap_or_else(|| {
        syntax(mark(text, at), format!("this is no YAML: {}", error.info())).help(if error.info().starts_with("unclosed") {
            "close it; if it belongs to the value, put the value in quotes"
        } else {
            "a value that begins with one of `*&!|>'\"%@[{#` or holds `: ` or ` #` needs quotes; keys of one mapping begin in one column"
        })
    })
}

fn syntax(span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::error("yaml-syntax", span, message).reason("nothing after it can be read with certainty, so other mistakes may show once it is mended")
}

/// The character at a place.
fn mark(text: &str, at: usize) -> Span {
    let length = text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    Span::new(at..at + length)
}

/// The line that a place is in, and where it starts.
fn line(text: &str, at: usize) -> (usize, &str) {
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    (start, text[start..].split('\n').next().unwrap_or_default())
}

/// The line before another, without regard to comments and blank lines.
fn line_before(text: &str, start: usize) -> (usize, &str) {
    let mut found = (start, "");
    while found.0 > 0 && (found.1.trim_start().is_empty() || found.1.trim_start().starts_with('#')) {
        found = line(text, found.0 - 1);
    }
    found
}

/// The `*` that a scanner stumbled over: at the place of the error or just before it.
fn asterisk_near(text: &str, at: usize) -> Option<Diagnostic> {
    let star = (at.saturating_sub(2)..=at).rev().find(|&near| text.as_bytes().get(near) == Some(&b'*'))?;
    Some(asterisk(mark(text, star), "*"))
}

fn too_deep(text: &str, at: usize) -> Diagnostic {
    Diagnostic::error("nesting-too-deep", mark(text, at), format!("nodes nest deeper than {MAX_DEPTH} levels here"))
        .reason("no policy needs more than 7 levels")
        .help("close the brackets that were opened, or indent less")
}

fn tab(text: &str, from: usize) -> Diagnostic {
    let tab = text[from..].find('\t').map_or(from, |tab| from + tab);
    Diagnostic::error("yaml-syntax", mark(text, tab), "a tab is used for indentation").reason("YAML indents by spaces only").help("replace the tab by spaces")
}

/// A backslash in double quotes that begins no escape of YAML, nearly always one of a regex.
fn escape(text: &str, quote: usize) -> Option<Diagnostic> {
    const ESCAPES: &str = "0abtnvfre \"/\\N_LPxuU\t\r\n";
    let inside = text.get(quote + 1..)?;
    let mut chars = inside.char_indices();
    let (mut wrong, mut end) = (None, None);
    while let (None, Some((at, char))) = (end, chars.next()) {
        match char {
            '"' => end = Some(at),
            '\\' => {
                let (_, escaped) = chars.next()?;
                wrong = wrong.or_else(|| (!ESCAPES.contains(escaped)).then_some((quote + 1 + at, escaped)));
            }
            _ => {}
        }
    }
    let (at, escaped) = wrong?;
    let value = end.map(|end| &inside[..end]).filter(|value| value.len() < 100 && !value.contains(['\'', '\n']) && !value.contains("\\\\"));
    let better = value.map_or(", or double it".to_owned(), |value| format!(": '{value}'"));
    let diagnostic = syntax(Span::new(at..at + 1 + escaped.len_utf8()), format!("`\\{escaped}` means nothing in double quotes"));
    Some(diagnostic.help(format!("write the value in single quotes, where a backslash stands for itself{better}")))
}

/// `key:value` without a blank is one word, and goes on in the next line: the scanner stumbles over it, or over what follows.
fn missing_blank(text: &str, at: usize) -> Option<Diagnostic> {
    let here = line(text, at);
    let lines = [line_before(text, here.0), here];
    lines.into_iter().find_map(|(start, line)| {
        let word = line.trim_start_matches([' ', '-', '{']);
        let key = glued(word)?;
        let colon = start + line.len() - word.len() + key.len();
        let diagnostic = syntax(Span::new(colon..colon + 1), format!("`{key}:` and its value are one word to YAML"));
        Some(diagnostic.label("a blank is missing after this colon").help(format!("put a blank after the colon: `{key}: ...`")))
    })
}

/// A bracket behind a key that is still open at another key, which is indented no deeper.
fn unclosed_before(text: &str, bracket: usize, at: usize) -> Option<Diagnostic> {
    let (_, opening) = line(text, bracket);
    let (start, stopped) = line(text, at);
    let indentation = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let key = &stopped[indentation(stopped)..stopped.find(':')?];
    let is_key = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-$".contains(&byte)) && !opening.trim_start().starts_with(['[', '{']);
    (is_key && start > bracket && indentation(stopped) <= indentation(opening)).then(|| {
        let start = start + indentation(stopped);
        unclosed(text, bracket).related(Span::new(start..start + key.len()), "this would be a part of the value")
    })
}

fn unclosed(text: &str, bracket: usize) -> Diagnostic {
    let span = mark(text, bracket);
    let (open, close) = if text[span.range()].starts_with('{') { ('{', '}') } else { ('[', ']') };
    syntax(span, format!("the bracket `{open}` is not closed")).help(format!("close it with `{close}`; if it belongs to the value, put the value in quotes"))
}
