//! Diagnostics: what is wrong or risky, where, why, and what to write instead. Data in, rendered text out.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Element, Group, Level as Title, Origin, Renderer, Snippet};

use crate::errors;
use crate::span::{Source, Span};

/// How much a diagnostic weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Legal, and worth a second look. The policy compiles.
    Warn,
    /// Legal, and too dangerous to compile unless the file says that it is meant.
    Deny,
    /// No policy at all. It cannot be allowed.
    Error,
}

impl Level {
    /// The name that the machine-readable formats use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Warn => "warn",
            Self::Deny => "deny",
            Self::Error => "error",
        }
    }
}

/// One finding in a policy file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The name of the error or of the lint; `cors-gen rule NAME` explains it.
    pub code: &'static str,
    /// How much it weighs.
    pub level: Level,
    /// What is wrong, in a line; values from the file stand in backquotes.
    pub message: String,
    /// Where.
    pub span: Span,
    /// A word at that place.
    pub label: String,
    /// Other places that belong to it, each with a word.
    pub related: Vec<(Span, String)>,
    /// Why it matters.
    pub reason: String,
    /// What to write instead.
    pub help: String,
}

impl Diagnostic {
    /// An error of the registry. Its reason is the registry's, unless the caller knows a better one.
    pub(crate) fn error(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        let reason = errors::find(code).map(|error| first_sentence(error.why)).unwrap_or_default();
        Self { code, level: Level::Error, message: message.into(), span, label: String::new(), related: Vec::new(), reason, help: String::new() }
    }

    pub(crate) fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    pub(crate) fn related(mut self, span: Span, label: impl Into<String>) -> Self {
        self.related.push((span, label.into()));
        self
    }

    pub(crate) fn reason(mut self, reason: impl Into<String>) -> Self {
        self.reason = reason.into();
        self
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// Whether it keeps the policy from being compiled.
    pub fn is_fatal(&self) -> bool {
        self.level >= Level::Deny
    }

    /// The diagnostic as a compiler shows it: message, excerpt, reason, help. With `styled`, with ANSI colours.
    pub fn render(&self, source: &Source, styled: bool) -> String {
        let title = match self.level {
            Level::Error => Title::ERROR,
            Level::Deny => Title::ERROR.with_name("denied"),
            Level::Warn => Title::WARNING,
        };
        let message = printable(&self.message);
        let (reason, help) = (printable_lines(&self.reason), printable_lines(&self.help));
        let path = printable(&source.name);
        let labels: Vec<String> = std::iter::once(&self.label).chain(self.related.iter().map(|(_, label)| label)).map(|label| printable(label)).collect();
        let mut group = title.primary_title(&message).id(self.code).elements(self.excerpts(source, &path, &labels));
        if !reason.is_empty() {
            group = group.element(Title::NOTE.message(&reason));
        }
        if !help.is_empty() {
            group = group.element(Title::HELP.message(&help));
        }
        render(&[group], styled)
    }

    /// An excerpt holds only the lines that are pointed to, so that a large file costs no more than a small one.
    fn excerpts<'a>(&self, source: &'a Source, path: &'a str, labels: &'a [String]) -> Vec<Element<'a>> {
        let spans = std::iter::once((self.span, AnnotationKind::Primary)).chain(self.related.iter().map(|(span, _)| (*span, AnnotationKind::Context)));
        let mut excerpts: Vec<Excerpt<'a>> = Vec::new();
        for ((span, kind), label) in spans.zip(labels) {
            let span = bounded(source, source.without_blanks_at_the_end(span));
            let (text, line) = source.excerpt(span);
            let mark = (span, label.as_str(), kind);
            match excerpts.iter_mut().find(|excerpt| excerpt.text == text) {
                Some(excerpt) => excerpt.marks.push(mark),
                None => excerpts.push(Excerpt { text, line, marks: vec![mark] }),
            }
        }
        excerpts.into_iter().flat_map(|excerpt| excerpt.elements(source, path)).collect()
    }
}

/// Some lines of the source, or a part of a very long one, and what is marked in them.
struct Excerpt<'a> {
    text: Range<usize>,
    line: usize,
    marks: Vec<(Span, &'a str, AnnotationKind)>,
}

impl<'a> Excerpt<'a> {
    fn elements(self, source: &'a Source, path: &'a str) -> Vec<Element<'a>> {
        let place = source.place(self.marks[0].0.start);
        let text = visible(&source.text[self.text.clone()]);
        let marks = self.marks.into_iter().map(|(span, label, kind)| {
            let start = (span.start as usize).clamp(self.text.start, self.text.end) - self.text.start;
            let end = (span.end as usize).clamp(self.text.start + start, self.text.end) - self.text.start;
            let mark = kind.span(start..end);
            if label.is_empty() { mark } else { mark.label(label) }
        });
        let snippet = Snippet::source(text).line_start(self.line).fold(true).annotations(marks);
        if source.begins_a_line(self.text.start) {
            return vec![snippet.path(path).into()];
        }
        // The column in the excerpt is not the column in the line.
        vec![Origin::path(path).line(place.line).char_column(place.column).into(), snippet.into()]
    }
}

/// What is invisible stands as a replacement character of the same length, so that no mark moves.
fn visible(text: &str) -> String {
    text.chars()
        .map(|char| if is_invisible(char) && char.len_utf8() == char::REPLACEMENT_CHARACTER.len_utf8() { char::REPLACEMENT_CHARACTER } else { char })
        .collect()
}

/// Of a very long span only the beginning is marked.
fn bounded(source: &Source, span: Span) -> Span {
    const MOST: usize = 1_000;
    if span.range().len() <= MOST {
        return span;
    }
    let cut = source.text.floor_char_boundary(span.start as usize + MOST);
    let line = source.text[span.start as usize..cut].find('\n').map_or(cut, |length| span.start as usize + length);
    Span { start: span.start, end: line as u32 }
}

/// The first sentence of a page, without its full stop, as a note in a diagnostic.
fn first_sentence(page: &str) -> String {
    let sentence = page.split(". ").next().unwrap_or_default().trim_end_matches('.');
    let mut chars = sentence.chars();
    match chars.next() {
        Some(first) if !sentence[first.len_utf8()..].starts_with(|second: char| second.is_ascii_uppercase()) => first.to_lowercase().chain(chars).collect(),
        _ => sentence.to_owned(),
    }
}

/// A text with no place: a file that cannot be read, say.
pub(crate) fn render_plain(message: &str, help: &str, styled: bool) -> String {
    let (message, help) = (printable(message), printable_lines(help));
    let mut group = Group::with_title(Title::ERROR.primary_title(&message));
    if !help.is_empty() {
        group = group.element(Title::HELP.message(&help));
    }
    render(&[group], styled)
}

fn render(groups: &[Group<'_>], styled: bool) -> String {
    let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
    let mut text = renderer.render(groups);
    text.push('\n');
    text
}

/// Nothing from a policy moves the cursor of somebody's terminal, turns its text around, hides in it or floods it.
pub(crate) fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for (count, char) in text.chars().enumerate() {
        match char {
            _ if count == MOST_SHOWN => {
                shown.push_str("...");
                break;
            }
            char if char.is_control() || is_invisible(char) => shown.extend(char.escape_debug()),
            char => shown.push(char),
        }
    }
    shown
}

/// How many characters of one text are shown.
const MOST_SHOWN: usize = 500;

/// As [`printable`], for texts that hold line breaks of our own.
pub(crate) fn printable_lines(text: &str) -> String {
    text.split('\n').map(printable).collect::<Vec<_>>().join("\n")
}

/// Characters of no width, and those that change the direction of what follows.
fn is_invisible(char: char) -> bool {
    matches!(char, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
