//! The text of a pattern comes in; a tree over the bytes of an origin goes out, without captures and assertions, or the first fault.

use std::ops::Range;

use regex_syntax::{
    ast::{self, Ast, ClassSet, ClassSetItem},
    hir::{self, Class, ClassBytes, ClassBytesRange, Hir, HirKind, Repetition},
};

use super::{
    RegexError,
    RegexErrorKind::{Look, NotAscii, Syntax, TooLarge},
    bytes_of,
};

/// The bytes that an `Origin` can hold: printable ASCII without upper case, in which no browser sends a scheme or a host.
const ORIGIN_BYTES: [std::ops::RangeInclusive<u8>; 2] = [b'!'..=b'@', b'['..=b'~'];

fn is_origin_byte(byte: u8) -> bool {
    ORIGIN_BYTES.iter().any(|range| range.contains(&byte))
}

/// How deep groups and repetitions may nest; recursion over trees relies on it.
const NEST_LIMIT: u32 = 50;

pub(super) fn parse(pattern: &str) -> Result<Hir, RegexError> {
    let ast = ast::parse::ParserBuilder::new().nest_limit(NEST_LIMIT).build().parse(pattern).map_err(|error| from_parser(&error))?;
    check(&ast, Place::WHOLE)?;
    let hir = hir::translate::TranslatorBuilder::new()
        .unicode(false)
        .utf8(false)
        .build()
        .translate(pattern, &ast)
        .map_err(|error| RegexError::new(Syntax, error.kind().to_string()).at(bytes(error.span())))?;
    Ok(confine(hir))
}

fn bytes(span: &ast::Span) -> Range<usize> {
    span.start.offset..span.end.offset
}

fn from_parser(error: &ast::Error) -> RegexError {
    let span = bytes(error.span());
    match error.kind() {
        ast::ErrorKind::UnsupportedLookAround => {
            RegexError::new(Look, "look-around is not supported").help("say what the origin is, not what stands around it")
        }
        ast::ErrorKind::UnsupportedBackreference => {
            RegexError::new(Syntax, "back-references are not supported").help("an origin that repeats a part of itself cannot be said by an automaton")
        }
        ast::ErrorKind::NestLimitExceeded(limit) => RegexError::new(TooLarge, format!("a pattern nests at most {limit} deep")),
        kind => RegexError::new(Syntax, kind.to_string()),
    }
    .at(span)
}

/// Whether a part of the pattern can only stand at the start, and only at the end, of the value.
#[derive(Clone, Copy)]
struct Place {
    start: bool,
    end: bool,
}

impl Place {
    const WHOLE: Self = Self { start: true, end: true };
    const INNER: Self = Self { start: false, end: false };
}

/// Refuses what has no meaning for an origin. It walks the syntax, not the translated tree, as only that knows places.
fn check(ast: &Ast, place: Place) -> Result<(), RegexError> {
    match ast {
        Ast::Empty(_) | Ast::Dot(_) | Ast::ClassPerl(_) => Ok(()),
        Ast::Flags(set) => flags(&set.flags),
        Ast::Literal(literal) => check_literal(literal),
        Ast::Assertion(assertion) => check_assertion(assertion, place),
        Ast::ClassUnicode(class) => Err(unicode_class(&class.span)),
        Ast::ClassBracketed(class) => class_set(&class.kind),
        Ast::Repetition(repetition) => check(&repetition.ast, Place::INNER),
        Ast::Group(group) => {
            if let ast::GroupKind::NonCapturing(set) = &group.kind {
                flags(set)?;
            }
            check(&group.ast, place)
        }
        Ast::Alternation(alternation) => alternation.asts.iter().try_for_each(|ast| check(ast, place)),
        Ast::Concat(concat) => check_concat(&concat.asts, place),
    }
}

fn check_concat(asts: &[Ast], place: Place) -> Result<(), RegexError> {
    let consumes = |ast: &Ast| !matches!(ast, Ast::Assertion(_) | Ast::Flags(_));
    let first = asts.iter().position(consumes).unwrap_or(asts.len());
    let last = asts.iter().rposition(consumes).unwrap_or(0);
    asts.iter().enumerate().try_for_each(|(index, ast)| {
        let place = Place { start: place.start && index <= first, end: place.end && index >= last };
        check(ast, place)
    })
}

fn check_literal(literal: &ast::Literal) -> Result<(), RegexError> {
    match u8::try_from(literal.c) {
        Ok(byte) if is_origin_byte(byte) => Ok(()),
        _ => Err(not_in_an_origin(literal.c, &literal.span)),
    }
}

fn check_assertion(assertion: &ast::Assertion, place: Place) -> Result<(), RegexError> {
    use ast::AssertionKind::{EndLine, EndText, StartLine, StartText};
    let redundant = match assertion.kind {
        StartLine | StartText => place.start,
        EndLine | EndText => place.end,
        _ => false,
    };
    if redundant {
        return Ok(());
    }
    Err(RegexError::new(Look, "this assertion is not supported here").at(bytes(&assertion.span)).help("the whole origin is matched anyway: leave it out"))
}

fn class_set(set: &ClassSet) -> Result<(), RegexError> {
    match set {
        ClassSet::Item(item) => class_item(item),
        ClassSet::BinaryOp(operation) => {
            class_set(&operation.lhs)?;
            class_set(&operation.rhs)
        }
    }
}

fn class_item(item: &ClassSetItem) -> Result<(), RegexError> {
    match item {
        ClassSetItem::Empty(_) | ClassSetItem::Ascii(_) | ClassSetItem::Perl(_) => Ok(()),
        ClassSetItem::Literal(literal) => class_literal(literal),
        ClassSetItem::Range(range) => {
            class_literal(&range.start)?;
            class_literal(&range.end)
        }
        ClassSetItem::Unicode(class) => Err(unicode_class(&class.span)),
        ClassSetItem::Bracketed(class) => class_set(&class.kind),
        ClassSetItem::Union(union) => union.items.iter().try_for_each(class_item),
    }
}

/// More liberal than [`check_literal`]: `[^\s\x00-\x20]` is clear, and what no origin holds falls away.
fn class_literal(literal: &ast::Literal) -> Result<(), RegexError> {
    if literal.c.is_ascii() {
        return Ok(());
    }
    Err(not_in_an_origin(literal.c, &literal.span))
}

fn flags(flags: &ast::Flags) -> Result<(), RegexError> {
    if flags.flag_state(ast::Flag::Unicode) == Some(true) {
        return Err(RegexError::new(NotAscii, "an origin is ASCII: the flag `u` has no meaning").at(bytes(&flags.span)));
    }
    Ok(())
}

fn unicode_class(span: &ast::Span) -> RegexError {
    RegexError::new(NotAscii, "an origin is ASCII: Unicode classes have no meaning")
        .at(bytes(span))
        .help("write the ASCII characters, such as `[a-z]`; browsers send international names as `xn--...`")
}

fn not_in_an_origin(c: char, span: &ast::Span) -> RegexError {
    let error = RegexError::new(NotAscii, format!("no origin holds the character `{}`", c.escape_debug())).at(bytes(span));
    if c.is_ascii_uppercase() {
        return error.help(format!("browsers send scheme and host in lower case: write `{}`", c.to_ascii_lowercase()));
    }
    if c.is_ascii() {
        return error;
    }
    error.help("browsers send international names as `xn--...`")
}

/// Keeps the bytes that an origin can hold, drops captures and the assertions found redundant.
/// What can match nothing falls away, so that no back end has to print an empty class.
fn confine(hir: Hir) -> Hir {
    match hir.into_kind() {
        HirKind::Empty | HirKind::Look(_) => Hir::empty(),
        HirKind::Literal(literal) if literal.0.iter().all(|&byte| is_origin_byte(byte)) => Hir::literal(literal.0),
        HirKind::Literal(_) => Hir::fail(),
        HirKind::Class(class) => confine_class(&class),
        HirKind::Capture(capture) => confine(*capture.sub),
        HirKind::Repetition(repetition) => confine_repetition(repetition),
        HirKind::Concat(subs) => {
            let subs: Vec<_> = subs.into_iter().map(confine).collect();
            if subs.iter().any(is_fail) {
                return Hir::fail();
            }
            Hir::concat(subs)
        }
        HirKind::Alternation(subs) => {
            let subs = subs.into_iter().map(confine);
            Hir::alternation(subs.filter(|sub| !is_fail(sub)).collect())
        }
    }
}

fn confine_class(class: &Class) -> Hir {
    let mut class = bytes_of(class);
    class.intersect(&ClassBytes::new(ORIGIN_BYTES.map(|range| ClassBytesRange::new(*range.start(), *range.end()))));
    Hir::class(Class::Bytes(class))
}

/// Also says `(?:x?){2,5}` as `x{0,5}` and `(?:x*)+` as `x*`: the same language, without the choices that make an engine
/// with backtracking count them all.
fn confine_repetition(outer: Repetition) -> Hir {
    let sub = confine(*outer.sub);
    if is_fail(&sub) {
        return if outer.min == 0 { Hir::empty() } else { sub };
    }
    let (min, max, sub) = match sub.kind() {
        HirKind::Repetition(inner) if inner.min == 0 => match (inner.max, outer.max) {
            (_, Some(0)) => return Hir::empty(),
            (None, _) | (_, None) => (0, None, (*inner.sub).clone()),
            (Some(1), max) => (0, max, (*inner.sub).clone()),
            _ => (outer.min, outer.max, sub),
        },
        _ => (outer.min, outer.max, sub),
    };
    Hir::repetition(Repetition { min, max, greedy: true, sub: Box::new(sub) })
}

fn is_fail(hir: &Hir) -> bool {
    hir.properties().minimum_len().is_none()
}
