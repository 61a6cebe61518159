//! Places in a source text.

use std::ops::Range;

/// A range of bytes of the source text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Span {
    /// Precondition: the text is no longer than the parser accepts, so every offset fits.
    pub(crate) fn new(range: Range<usize>) -> Self {
        Self { start: range.start as u32, end: range.end as u32 }
    }

    pub(crate) fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A value and the place where it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it is written.
    pub span: Span,
}

impl<T> Spanned<T> {
    pub(crate) fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

/// A source text and the name it is shown under.
#[derive(Debug, Clone)]
pub struct Source {
    /// The name of the file, as the user gave it.
    pub name: String,
    /// What it holds.
    pub text: String,
    line_starts: Vec<u32>,
}

/// A line and a column, both from 1; columns count characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl Source {
    /// A source text under a name.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let line_starts = std::iter::once(0).chain(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at as u32 + 1)).collect();
        Self { name: name.into(), text, line_starts }
    }

    /// The line and column of a byte.
    pub fn place(&self, offset: u32) -> Place {
        let offset = offset.min(self.text.len() as u32);
        let line = self.line_starts.partition_point(|&start| start <= offset);
        let start = self.line_starts[line - 1] as usize;
        let before = self.text.get(start..offset as usize).unwrap_or_default();
        Place { line, column: before.trim_start_matches('\u{feff}').chars().count() + 1 }
    }

    /// Where a span begins and where it ends. A block scalar's span runs on to the indentation of the line that follows; nobody sees that.
    pub(crate) fn places(&self, span: Span) -> [Place; 2] {
        let span = self.without_blanks_at_the_end(span);
        [self.place(span.start), self.place(span.end)]
    }

    pub(crate) fn without_blanks_at_the_end(&self, span: Span) -> Span {
        let seen = self.text.get(span.range()).map_or("", str::trim_end);
        if seen.is_empty() { span } else { Span { start: span.start, end: span.start + seen.len() as u32 } }
    }

    /// `cors.yaml:12:7`, the place of a span's first character.
    pub fn locate(&self, span: Span) -> String {
        let Place { line, column } = self.place(span.start);
        format!("{}:{line}:{column}", self.name)
    }

    /// The bytes of the whole lines that a span touches, and the number of the first of them.
    pub(crate) fn lines_of(&self, span: Span) -> (Range<usize>, usize) {
        let first = self.place(span.start).line;
        let last = self.line_starts.partition_point(|&start| start < span.end.max(span.start + 1)).max(first);
        let end = self.line_starts.get(last).map_or(self.text.len(), |&next| next as usize);
        (self.line_starts[first - 1] as usize..end, first)
    }
}
