//! YAML text comes in, a tree of nodes with their places goes out; what the language does not take of YAML is reported here.

mod slips;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use granit_parser::{Event, Parser, ScalarStyle, ScanError, StructureStyle};

use crate::diagnostic::Diagnostic;
use crate::span::Span;

pub(crate) use self::slips::glued;

/// The largest file that is read: more than a million origins.
pub(crate) const MAX_BYTES: usize = 64 << 20;
/// How many nodes aliases may copy. A long text counts once for every 64 bytes.
const ALIAS_BUDGET: usize = 100_000;
/// How many nodes are kept in case that an alias names them: anchors can stand inside one another.
const ANCHOR_BUDGET: usize = 10 * ALIAS_BUDGET;
/// How deep nodes may nest; the language needs 7.
const MAX_DEPTH: usize = 64;

/// A node of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node<'s> {
    pub(crate) span: Span,
    pub(crate) value: Value<'s>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value<'s> {
    Scalar(Scalar<'s>),
    List(Vec<Node<'s>>),
    Map(Vec<(Node<'s>, Node<'s>)>),
    /// A node that was reported already: nobody needs to hear of it twice.
    Reported,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scalar<'s> {
    pub(crate) text: Cow<'s, str>,
    pub(crate) quoted: bool,
}

/// What an unquoted scalar means by the core schema of YAML 1.2 (section 10.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    Null,
    Bool(bool),
    Integer,
    Float,
    Text,
}

impl Scalar<'_> {
    pub(crate) fn is_null(&self) -> bool {
        !self.quoted && matches!(&*self.text, "" | "~" | "null" | "Null" | "NULL")
    }

    pub(crate) fn meaning(&self) -> Meaning {
        if self.quoted {
            return Meaning::Text;
        }
        match &*self.text {
            _ if self.is_null() => Meaning::Null,
            "true" | "True" | "TRUE" => Meaning::Bool(true),
            "false" | "False" | "FALSE" => Meaning::Bool(false),
            text if is_integer(text) => Meaning::Integer,
            text if is_float(text) => Meaning::Float,
            _ => Meaning::Text,
        }
    }
}

fn is_integer(text: &str) -> bool {
    let radix = |prefix: &str, radix| text.strip_prefix(prefix).is_some_and(|digits| !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix)));
    let decimal = text.strip_prefix(['-', '+']).unwrap_or(text);
    (!decimal.is_empty() && decimal.bytes().all(|byte| byte.is_ascii_digit())) || radix("0o", 8) || radix("0x", 16)
}

fn is_float(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    unsigned.starts_with(|first: char| first.is_ascii_digit() || first == '.')
        && unsigned.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte))
        && unsigned.parse::<f64>().is_ok()
}

/// Reads a file's text. The tree is absent where the text is no single YAML document; what is wrong is in `report`.
pub(crate) fn parse<'s>(text: &'s str, report: &mut Vec<Diagnostic>) -> Option<Node<'s>> {
    if text.len() > MAX_BYTES {
        let message = format!("the file holds more than the {MAX_BYTES} bytes that are read");
        report.push(Diagnostic::error("file-too-large", Span::default(), message).help("split the policies over several files, one for each server"));
        return None;
    }
    if let (Some(_), Some(at)) = (slips::other_encoding(text.as_bytes()), text.find('\0')) {
        report.push(not_utf8(text.as_bytes(), Span::new(at..at + 1)));
        return None;
    }
    let options = granit_parser::options! { emit_unresolved_aliases: true, flow_nesting_limit: MAX_DEPTH, block_nesting_limit: MAX_DEPTH };
    let mut builder = Builder {
        text,
        parser: Parser::new_from_str_with_options(text, options),
        report,
        anchors: HashMap::new(),
        open_anchors: HashSet::new(),
        names: None,
        brackets: Vec::new(),
        copied: 0,
        kept: 0,
    };
    match builder.document() {
        Ok(root) => root,
        Err(error) => {
            let diagnostic = slips::explain(text, &error, builder.brackets.last().copied());
            report.push(diagnostic);
            None
        }
    }
}

struct Builder<'s, 'r> {
    text: &'s str,
    parser: Parser<'s, granit_parser::StrInput<'s>>,
    report: &'r mut Vec<Diagnostic>,
    /// What the anchors name; nothing where that is too much to copy.
    anchors: HashMap<usize, Option<Value<'s>>>,
    open_anchors: HashSet<usize>,
    /// The names of the anchors, each with its place; read when an alias names none.
    names: Option<Vec<(usize, &'s str)>>,
    /// The brackets that are open.
    brackets: Vec<Span>,
    copied: usize,
    kept: usize,
}

type Read<T> = Result<T, ScanError>;

impl<'s> Builder<'s, '_> {
    fn next(&mut self) -> Read<(Event<'s>, Span)> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => {
                let span = span.byte_range().map(Span::new).unwrap_or_default();
                Ok((event, span))
            }
            Some(Err(error)) => Err(error),
            None => Ok((Event::StreamEnd, Span::new(self.text.len()..self.text.len()))),
        }
    }

    fn document(&mut self) -> Read<Option<Node<'s>>> {
        let mut root = None;
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamEnd => break,
                Event::DocumentStart(..) if root.is_some() => {
                    self.report.push(
                        Diagnostic::error("multiple-documents", span, "a second document begins here")
                            .label("everything from here on would be ignored")
                            .reason("a file is one policy file; a reader would not know which document counts")
                            .help("remove the `---`, or move what follows to a file of its own"),
                    );
                    break;
                }
                Event::StreamStart | Event::DocumentStart(..) | Event::DocumentEnd => {}
                event => root = Some(self.node(event, span)?),
            }
        }
        if root.as_ref().is_none_or(is_blank) {
            self.report.push(
                Diagnostic::error("empty-file", Span::default(), "the file holds no policy")
                    .help("the smallest policy file is\nversion: 1\npolicies:\n  default:\n    allow_origins: [https://app.example.com]"),
            );
            return Ok(None);
        }
        Ok(root)
    }

    fn node(&mut self, event: Event<'s>, span: Span) -> Read<Node<'s>> {
        let (anchor, tagged, mut node) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                let quoted = style != ScalarStyle::Plain;
                // The parser says `~` where nothing is written.
                let text = if quoted || span.start < span.end { text } else { Cow::Borrowed("") };
                (anchor, tag.is_some(), Node { span, value: Value::Scalar(Scalar { text, quoted }) })
            }
            Event::SequenceStart(style, anchor, tag) => (anchor, tag.is_some(), self.collection(style, anchor, span, Self::list)?),
            Event::MappingStart(style, anchor, tag) => (anchor, tag.is_some(), self.collection(style, anchor, span, Self::map)?),
            Event::Alias(anchor) => return Ok(Node { span, value: self.alias(anchor, span) }),
            _ => {
                let names = self.names.get_or_insert_with(|| slips::anchors(self.text));
                self.report.push(slips::unresolved(self.text, span, names));
                return Ok(Node { span, value: Value::Reported });
            }
        };
        if tagged {
            self.report.push(slips::tag(self.text, span));
            node.value = Value::Reported;
        }
        Ok(self.anchored(anchor, node))
    }

    /// A list or a mapping. A bracket at which reading fails stays among those that are open.
    fn collection(&mut self, style: StructureStyle, anchor: usize, start: Span, read: impl FnOnce(&mut Self, Span) -> Read<Node<'s>>) -> Read<Node<'s>> {
        self.open_anchors.insert(anchor);
        let outside = self.brackets.len();
        // A pair in a list, `[a: b]`, is a mapping in flow style without a bracket of its own.
        let opens = style == StructureStyle::Flow && matches!(self.text.as_bytes().get(start.start as usize), Some(b'[' | b'{'));
        self.brackets.extend(opens.then_some(start));
        let node = read(self, start)?;
        self.brackets.truncate(outside);
        Ok(node)
    }

    fn list(&mut self, start: Span) -> Read<Node<'s>> {
        let mut items = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if event == Event::SequenceEnd {
                return Ok(Node { span: collection_span(start, span, items.first()), value: Value::List(items) });
            }
            items.push(self.node(event, span)?);
        }
    }

    fn map(&mut self, start: Span) -> Read<Node<'s>> {
        let mut entries = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if event == Event::MappingEnd {
                let span = collection_span(start, span, entries.first().map(|(key, _)| key));
                self.check_keys(&mut entries);
                return Ok(Node { span, value: Value::Map(entries) });
            }
            let key = self.node(event, span)?;
            let (event, span) = self.next()?;
            let value = self.node(event, span)?;
            entries.push((key, value));
        }
    }

    /// Reports keys that stand twice, merge keys, and keys that are no scalars; of those, only the first of twins stays.
    fn check_keys(&mut self, entries: &mut Vec<(Node<'s>, Node<'s>)>) {
        let mut seen: HashMap<Cow<'s, str>, Span> = HashMap::with_capacity(entries.len());
        entries.retain(|(key, _)| match &key.value {
            Value::Scalar(Scalar { text, quoted: false }) if text == "<<" => {
                self.report.push(merge_key(key.span));
                false
            }
            Value::Scalar(Scalar { text, .. }) => match seen.get(text) {
                Some(&first) => {
                    self.report.push(duplicate_key(text, key.span, first));
                    false
                }
                None => seen.insert(text.clone(), key.span).is_none(),
            },
            Value::Reported => false,
            Value::List(_) | Value::Map(_) => {
                self.report.push(
                    Diagnostic::error("wrong-type", key.span, "a key must be a word, not a list or a mapping")
                        .help("write the key as a plain word: `key: value`"),
                );
                false
            }
        });
    }

    fn anchored(&mut self, anchor: usize, node: Node<'s>) -> Node<'s> {
        if anchor != 0 {
            self.open_anchors.remove(&anchor);
            let nodes = weight(&node.value, ALIAS_BUDGET);
            let copyable = nodes <= ALIAS_BUDGET && self.kept + nodes <= ANCHOR_BUDGET;
            self.kept += if copyable { nodes } else { 0 };
            self.anchors.insert(anchor, copyable.then(|| node.value.clone()));
        }
        node
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Value<'s> {
        let Some(target) = self.anchors.get(&anchor).filter(|_| !self.open_anchors.contains(&anchor)) else {
            self.report.push(Diagnostic::error("alias-budget", span, "this alias stands inside the node that it names").help("write out what is meant"));
            return Value::Reported;
        };
        if self.copied > ALIAS_BUDGET {
            return Value::Reported;
        }
        self.copied += target.as_ref().map_or(ALIAS_BUDGET + 1, |target| weight(target, ALIAS_BUDGET));
        match target {
            Some(target) if self.copied <= ALIAS_BUDGET => target.clone(),
            _ => {
                self.report.push(
                    Diagnostic::error("alias-budget", span, format!("with this alias, aliases repeat more than {ALIAS_BUDGET} nodes"))
                        .reason("a few lines of aliases can stand for gigabytes; a long text counts as several nodes")
                        .help("put shared origins into `origin_sets:` and refer to them by `set:`"),
                );
                Value::Reported
            }
        }
    }
}

/// A flow collection is pointed to from bracket to bracket, a block collection by its first item or key.
fn collection_span(start: Span, end: Span, first: Option<&Node<'_>>) -> Span {
    match first {
        Some(first) if start.start == start.end => first.span,
        _ => Span { start: start.start, end: end.end.max(start.end) },
    }
}

/// How many nodes a tree has, counted no further than `most`.
fn weight(tree: &Value<'_>, most: usize) -> usize {
    let mut nodes = 1;
    let children: &mut dyn Iterator<Item = &Node<'_>> = match tree {
        Value::List(items) => &mut items.iter(),
        Value::Map(entries) => &mut entries.iter().flat_map(|(key, value)| [key, value]),
        Value::Scalar(scalar) => return 1 + scalar.text.len() / 64,
        Value::Reported => return 1,
    };
    for child in children {
        nodes += weight(&child.value, most - most.min(nodes));
        if nodes > most {
            break;
        }
    }
    nodes
}

fn is_blank(node: &Node<'_>) -> bool {
    matches!(&node.value, Value::Scalar(Scalar { text, quoted: false }) if text.is_empty())
}

/// A text in another encoding, and which it seems to be.
pub(crate) fn not_utf8(bytes: &[u8], span: Span) -> Diagnostic {
    let seems = slips::other_encoding(bytes).map(|encoding| format!("; it looks like {encoding}")).unwrap_or_default();
    Diagnostic::error("not-utf8", span, "the file is not UTF-8 text from here on")
        .label("no text in UTF-8 goes on like this")
        .help(format!("save the file as UTF-8{seems}"))
}

fn merge_key(span: Span) -> Diagnostic {
    Diagnostic::error("merge-key", span, "`<<` is a merge key, which YAML 1.2 does not have")
        .reason("readers disagree on what it does, so the file would mean different things to an editor and to a compiler")
        .help("share origins by `origin_sets:`; share a whole list by an anchor (`&name`) and an alias (`*name`) as its value")
}

fn duplicate_key(key: &str, span: Span, first: Span) -> Diagnostic {
    Diagnostic::error("duplicate-key", span, format!("the key `{key}` stands here twice"))
        .label("again here")
        .related(first, "first here")
        .reason("readers of YAML disagree on which of the two counts")
        .help("keep one of them, with the values of both")
}
