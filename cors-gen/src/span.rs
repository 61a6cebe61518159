//! Places in a source text.

use std::ops::Range;
use std::sync::OnceLock;

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

/// The name of what comes through standard input.
pub(crate) const STDIN: &str = "<stdin>";

/// A source text and the name it is shown under.
#[derive(Debug, Clone)]
pub struct Source {
    /// The name of the file, as the user gave it.
    pub name: String,
    /// What it holds.
    pub text: String,
    /// Made when a place is asked for: a file without a finding needs none.
    index: OnceLock<Index>,
}

/// What finds the places of a text.
#[derive(Debug, Clone)]
struct Index {
    line_starts: Vec<u32>,
    /// How many characters stand before each block of bytes.
    characters: Vec<u32>,
}

impl Index {
    fn new(text: &str) -> Self {
        let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at as u32 + 1)).collect();
        let mut counted = 0;
        let blocks = text.as_bytes().chunks(BLOCK).map(|block| {
            counted += count_characters(block) as u32;
            counted
        });
        Self { line_starts, characters: std::iter::once(0).chain(blocks).collect() }
    }
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
        Self { name: name.into(), text: text.into(), index: OnceLock::new() }
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::new(&self.text))
    }

    /// The line and column of a byte.
    pub fn place(&self, offset: u32) -> Place {
        let offset = offset.min(self.text.len() as u32);
        let line = self.line(offset);
        let before = self.characters(offset) - self.characters(self.index().line_starts[line - 1]);
        let mark = line == 1 && offset > 0 && self.text.starts_with(BYTE_ORDER_MARK);
        Place { line, column: before - usize::from(mark) + 1 }
    }

    #[cfg(feature = "cli")]
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

    /// The bytes of the whole lines that a span touches, or of a very long line only what surrounds it, and the number of the first line.
    pub(crate) fn excerpt(&self, span: Span) -> (Range<usize>, usize) {
        const AROUND: usize = 1_000;
        let first = self.line(span.start);
        let last = self.index().line_starts.partition_point(|&start| start < span.end.max(span.start + 1)).max(first);
        let end = self.index().line_starts.get(last).map_or(self.text.len(), |&next| next as usize);
        let start = self.start_of(first).max(self.text.floor_char_boundary((span.start as usize).saturating_sub(AROUND)));
        (start..end.min(self.text.ceil_char_boundary(span.end as usize + AROUND)), first)
    }

    /// Where the text of a line starts.
    fn start_of(&self, line: usize) -> usize {
        let mark = if line == 1 && self.text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len_utf8() } else { 0 };
        self.index().line_starts[line - 1] as usize + mark
    }

    pub(crate) fn begins_a_line(&self, offset: usize) -> bool {
        self.start_of(self.line(offset as u32)) == offset
    }

    /// The number of the line that a byte stands in.
    fn line(&self, offset: u32) -> usize {
        self.index().line_starts.partition_point(|&start| start <= offset)
    }

    /// How many characters stand before a byte.
    fn characters(&self, offset: u32) -> usize {
        let block = offset as usize / BLOCK;
        self.index().characters[block] as usize + count_characters(&self.text.as_bytes()[block * BLOCK..offset as usize])
    }
}

/// Every so many bytes the characters are counted once, so that a column in a line of megabytes is found as fast as any other.
const BLOCK: usize = 4096;

const BYTE_ORDER_MARK: char = '\u{feff}';

/// How many characters begin in these bytes of UTF-8.
fn count_characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte & 0b1100_0000 != 0b1000_0000).count()
}
