//! The text of a `regex:` entry comes in; a checked pattern and its automaton go out, or the one fault with its place.
//!
//! The language is the syntax of Rust's `regex` crate over what an `Origin` can hold, printable ASCII without the upper-case letters (no
//! browser sends a scheme or host in upper case): `.`, negated classes and `\S` mean those characters only, so that the automaton and every
//! server's engine agree. A pattern always matches the whole value. `(?i)` is allowed and changes nothing.

mod broad;
mod nfa;
mod subsets;
mod syntax;
mod table;
#[cfg(test)]
pub(crate) mod tests;
mod walk;

use std::ops::Range;

use cors_decision::Dfa;
use regex_syntax::hir::{Class, ClassBytes, Hir};

pub use broad::{Broad, Owners, Ownership};
use table::Table;
pub use walk::TooFar;
pub(crate) use walk::{origins_of, shortest};

/// The longest pattern, in characters. A longer one is a list of origins in disguise.
pub const MAX_PATTERN: usize = 1_000;

/// A pattern that is known to be well-formed, to match something, and to fit the limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Regex {
    hir: Hir,
    table: Table,
}

/// What is wrong with a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegexErrorKind {
    /// It does not parse.
    Syntax,
    /// It names a character that no origin holds: one outside printable ASCII, or an upper-case letter.
    NotAscii,
    /// It looks around: word boundaries, or `^` and `$` where they are not redundant.
    Look,
    /// It matches nothing, or the empty value only.
    Empty,
    /// It, or its automaton, is larger than the limits.
    TooLarge,
}

/// The first fault of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegexError {
    /// The sort of fault.
    pub kind: RegexErrorKind,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// The bytes of the pattern that are at fault, where one place is.
    pub span: Option<Range<usize>>,
    /// What would be right.
    pub help: Option<String>,
}

impl RegexError {
    fn new(kind: RegexErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), span: None, help: None }
    }

    fn at(mut self, span: Range<usize>) -> Self {
        self.span = Some(span);
        self
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl Regex {
    /// Compiles the text of an entry.
    ///
    /// # Errors
    /// The first fault, see [`RegexErrorKind`].
    pub fn new(pattern: &str) -> Result<Self, RegexError> {
        if pattern.chars().count() > MAX_PATTERN {
            return Err(RegexError::new(RegexErrorKind::TooLarge, format!("a pattern has at most {MAX_PATTERN} characters"))
                .help("list the origins, or use `*` in them"));
        }
        let hir = syntax::parse(pattern)?;
        let table = Table::new(&hir)?;
        if !table.matches_some_byte() {
            return Err(RegexError::new(RegexErrorKind::Empty, "the pattern matches no origin at all"));
        }
        Ok(Self { hir, table })
    }

    /// The automaton, to walk or to print.
    #[must_use]
    pub fn table(&self) -> Dfa<'_> {
        self.table.as_dfa()
    }

    /// Whether the whole of `input` matches.
    #[must_use]
    pub fn matches(&self, input: &[u8]) -> bool {
        self.table().matches(input)
    }

    /// The pattern as a tree without captures, assertions, or bytes outside `!` to `~`; the back ends print it.
    #[must_use]
    pub fn hir(&self) -> &Hir {
        &self.hir
    }
}

/// The bytes of a class of [`Regex::hir`]; some of them are kept as characters, all of them ASCII.
pub(crate) fn bytes_of(class: &Class) -> ClassBytes {
    match class {
        Class::Bytes(class) => class.clone(),
        Class::Unicode(class) => class.to_byte_class().unwrap_or_else(ClassBytes::empty),
    }
}
