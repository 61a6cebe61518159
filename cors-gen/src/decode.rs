//! A node and what the language wants in its place come in; the typed value goes out, or the report of what stands there instead.

use crate::diagnostic::Diagnostic;
use crate::document::{AnyOr, Named, Text};
use crate::fields::{self, Mapping};
use crate::origin::shorten;
use crate::span::{Span, Spanned};
use crate::suggest;
use crate::yaml::{Meaning, Node, Scalar, Value, glued};

pub(crate) struct Decoder<'r> {
    pub(crate) report: &'r mut Vec<Diagnostic>,
}

/// The keys and values of a mapping.
#[derive(Default)]
pub(crate) struct Fields<'n, 's>(pub(crate) &'n [(Node<'s>, Node<'s>)]);

impl<'n, 's> Fields<'n, 's> {
    /// The keys and values of a node, if it is a mapping.
    pub(crate) fn of(node: &'n Node<'s>) -> Option<Self> {
        match &node.value {
            Value::Map(entries) => Some(Self(entries)),
            _ => None,
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&'n Node<'s>> {
        self.entry(key).map(|(_, value)| value)
    }

    /// Where a key stands.
    pub(crate) fn key(&self, key: &str) -> Option<Span> {
        self.entry(key).map(|(name, _)| name.span)
    }

    fn entry(&self, key: &str) -> Option<&'n (Node<'s>, Node<'s>)> {
        self.0.iter().find(|(name, _)| matches!(&name.value, Value::Scalar(scalar) if scalar.text == key))
    }
}

impl Decoder<'_> {
    /// A mapping with a fixed set of keys: unknown and missing ones are reported.
    pub(crate) fn mapping<'n, 's>(&mut self, node: &'n Node<'s>, mapping: &'static Mapping) -> Option<Fields<'n, 's>> {
        let Value::Map(entries) = &node.value else {
            self.no_mapping(node, mapping);
            return None;
        };
        let mut meant = Vec::new();
        for (key, _) in entries {
            let Value::Scalar(Scalar { text, .. }) = &key.value else { continue };
            let extension = std::ptr::eq(mapping, &fields::FILE) && text.starts_with("x-");
            if !extension && mapping.field(text).is_none() {
                meant.extend(self.unknown_key(key.span, text, mapping));
            }
        }
        let fields = Fields(entries);
        // A key that is there under a misspelt name is not missed as well.
        for field in mapping.fields.iter().filter(|field| field.required && fields.get(field.key).is_none() && !meant.contains(&field.key)) {
            self.report.push(
                Diagnostic::error("missing-key", node.span, format!("{} needs the key `{}`", mapping.name, field.key))
                    .label(format!("`{}` is missing here", field.key))
                    .help(format!("add `{}: {}`", field.key, field.example)),
            );
        }
        Some(fields)
    }

    /// Reports a key, and gives the one that was probably meant.
    fn unknown_key(&mut self, span: Span, key: &str, mapping: &'static Mapping) -> Option<&'static str> {
        let alone = glued(key).and_then(|key| mapping.field(key)).map(|field| field.key);
        let nearest = alone.or_else(|| meant(key, mapping));
        let help = match nearest {
            Some(key) if alone.is_some() => blank_missing(key),
            Some(nearest) => format!("write `{nearest}`"),
            None => format!("the keys known here are {}", suggest::list(mapping.keys())),
        };
        self.report.push(
            Diagnostic::error("unknown-key", span, format!("{} has no key `{}`", mapping.name, shorten(key)))
                .reason("a key that is passed over in silence is a rule that somebody believes in and nobody enforces")
                .help(help),
        );
        nearest
    }

    /// A mapping whose keys are names that the file chooses.
    pub(crate) fn named<'s, T>(&mut self, node: Option<&Node<'s>>, mut read: impl FnMut(&mut Self, &Node<'s>) -> T) -> Vec<Named<'s, T>> {
        let Some(node) = node else { return Vec::new() };
        let mut all = Vec::new();
        for (key, value) in self.entries(node, "names") {
            let Some(name) = self.name(key) else { continue };
            let value = read(self, value);
            all.push(Named { name, value });
        }
        all
    }

    /// The entries of a mapping, which may be empty.
    pub(crate) fn entries<'n, 's>(&mut self, node: &'n Node<'s>, what: &str) -> &'n [(Node<'s>, Node<'s>)] {
        match &node.value {
            Value::Map(entries) => entries,
            _ => {
                self.wrong_type(node, &format!("a mapping of {what}"));
                &[]
            }
        }
    }

    /// A key that is a name of the file's own.
    pub(crate) fn name<'s>(&mut self, key: &Node<'s>) -> Option<Spanned<Text<'s>>> {
        let Value::Scalar(Scalar { text, .. }) = &key.value else { return None };
        let name = Spanned::new(text.clone(), key.span);
        self.check_name(&name);
        Some(name)
    }

    pub(crate) fn check_name(&mut self, name: &Spanned<Text<'_>>) {
        if !suggest::is_kebab_case(&name.value) {
            let mut diagnostic = Diagnostic::error("invalid-name", name.span, format!("`{}` is no name", shorten(&name.value)))
                .reason("names go into generated files: they are words of `a-z` and `0-9` joined by `-`, begin with a letter and have at most 40 characters");
            diagnostic = diagnostic.help(match suggest::kebab_case(&name.value) {
                Some(better) => format!("write `{better}`"),
                None => "choose a short name such as `public-api`".to_owned(),
            });
            self.report.push(diagnostic);
        }
    }

    /// A list, of which there must be one item at least.
    pub(crate) fn list<'n, 's>(&mut self, node: &'n Node<'s>, what: &str) -> &'n [Node<'s>] {
        self.refuse_empty(node, "add an entry, or remove the key");
        self.items(node, what)
    }

    /// A list, which may be empty.
    pub(crate) fn items<'n, 's>(&mut self, node: &'n Node<'s>, what: &str) -> &'n [Node<'s>] {
        match &node.value {
            Value::List(items) => items,
            _ => {
                self.wrong_type(node, &format!("a list of {what}"));
                &[]
            }
        }
    }

    pub(crate) fn refuse_empty(&mut self, node: &Node<'_>, help: &str) {
        let empty = match &node.value {
            Value::List(items) => items.is_empty(),
            Value::Map(entries) => entries.is_empty(),
            _ => false,
        };
        if empty {
            self.report.push(
                Diagnostic::error("empty-value", node.span, "nothing stands here")
                    .reason("an empty value would allow nobody, or everybody, depending on the reader")
                    .help(help),
            );
        }
    }

    pub(crate) fn texts<'s>(&mut self, node: &Node<'s>) -> Vec<Spanned<Text<'s>>> {
        self.items(node, "words").iter().filter_map(|node| self.text(node)).collect()
    }

    pub(crate) fn non_empty_texts<'s>(&mut self, node: &Node<'s>) -> Vec<Spanned<Text<'s>>> {
        self.list(node, "words").iter().filter_map(|node| self.text(node)).collect()
    }

    /// `"*"`, or what `read` makes of anything else. `item` writes a word as an item of the list, where it can be one.
    pub(crate) fn any_or<'s, T>(
        &mut self,
        node: &Node<'s>,
        item: impl Fn(&str) -> Option<String>,
        read: impl FnOnce(&mut Self, &Node<'s>) -> Vec<T>,
    ) -> AnyOr<T> {
        match &node.value {
            Value::Scalar(scalar) if scalar.text == "*" => AnyOr::Any(node.span),
            Value::Scalar(scalar) if scalar.meaning() == Meaning::Text => {
                let words = scalar.text.split([',', ' ', '\n']).map(|word| word.trim_start_matches('-')).filter(|word| !word.is_empty());
                let list = words.filter_map(item).collect::<Vec<_>>().join(", ");
                let diagnostic = Diagnostic::error("wrong-type", node.span, format!("`{}` stands where a list is wanted", shorten(&scalar.text)));
                self.report.push(if scalar.text.starts_with('-') {
                    diagnostic
                        .label("a blank is missing after the `-`")
                        .help(format!("put a blank after each `-`, or write the list in brackets: `[{}]`", shorten(&list)))
                } else if list.is_empty() {
                    diagnostic.help("write a list in brackets; the only word that may stand here alone is \"*\"")
                } else {
                    diagnostic.help(format!("write a list: `[{}]`; the only word that may stand here alone is \"*\"", shorten(&list)))
                });
                AnyOr::List(Vec::new())
            }
            _ => AnyOr::List(read(self, node)),
        }
    }

    /// A string.
    pub(crate) fn text<'s>(&mut self, node: &Node<'s>) -> Option<Spanned<Text<'s>>> {
        match &node.value {
            Value::Scalar(scalar) if scalar.meaning() == Meaning::Text => Some(Spanned::new(scalar.text.clone(), node.span)),
            Value::Scalar(scalar) if !scalar.text.is_empty() => {
                let is = kind_of(node);
                self.report.push(
                    Diagnostic::error("wrong-type", node.span, format!("`{}` is {is} in YAML, and a string is wanted here", shorten(&scalar.text)))
                        .reason("without quotes, words such as `true`, `null` and `12` are no strings to YAML")
                        .help(format!("write it in quotes: \"{}\"", scalar.text)),
                );
                None
            }
            _ => {
                self.wrong_type(node, "a string");
                None
            }
        }
    }

    /// A string that is one of a few.
    pub(crate) fn word<'s>(&mut self, node: &Node<'s>, wanted: &str) -> Option<Spanned<Text<'s>>> {
        match &node.value {
            Value::Scalar(scalar) if scalar.meaning() == Meaning::Text => self.text(node),
            _ => {
                self.wrong_type(node, wanted);
                None
            }
        }
    }

    pub(crate) fn boolean(&mut self, node: &Node<'_>) -> Option<Spanned<bool>> {
        let Value::Scalar(Scalar { text, quoted }) = &node.value else {
            self.wrong_type(node, "`true` or `false`");
            return None;
        };
        match (&**text, quoted) {
            ("true", false) => return Some(Spanned::new(true, node.span)),
            ("false", false) => return Some(Spanned::new(false, node.span)),
            ("", _) => self.wrong_type(node, "`true` or `false`"),
            _ => self.no_boolean(node.span, text, *quoted),
        }
        None
    }

    fn no_boolean(&mut self, span: Span, text: &str, quoted: bool) {
        let meant = match text.to_ascii_lowercase().as_str() {
            "yes" | "on" | "true" | "1" | "y" => "true",
            "no" | "off" | "false" | "0" | "n" => "false",
            _ => "true` or `false",
        };
        let (is, reason) = match quoted {
            true => ("is a string in quotes, and `true` or `false` is wanted here", "what stands in quotes is a string to YAML, whatever it says"),
            false => ("is neither `true` nor `false`", "YAML 1.2 knows no other words for yes and no"),
        };
        let message = format!("`{}` {is}", shorten(text));
        self.report.push(Diagnostic::error("wrong-type", span, message).reason(reason).help(format!("write `{meant}`, in lower case and without quotes")));
    }

    /// The digits of an integer.
    pub(crate) fn integer<'s>(&mut self, node: &Node<'s>) -> Option<Spanned<Text<'s>>> {
        match &node.value {
            Value::Scalar(scalar) if matches!(scalar.meaning(), Meaning::Integer | Meaning::Float) => Some(Spanned::new(scalar.text.clone(), node.span)),
            _ => {
                self.wrong_type(node, "a number");
                None
            }
        }
    }

    pub(crate) fn number_or_text<'s>(&mut self, node: &Node<'s>) -> Option<Spanned<Scalar<'s>>> {
        match &node.value {
            Value::Scalar(scalar) if !matches!(scalar.meaning(), Meaning::Null | Meaning::Bool(_)) => Some(Spanned::new(scalar.clone(), node.span)),
            _ => {
                self.wrong_type(node, "a number of seconds or a duration such as `10m`");
                None
            }
        }
    }

    pub(crate) fn version(&mut self, file: &Fields<'_, '_>) {
        let Some(node) = file.get("version") else { return };
        match &node.value {
            Value::Scalar(scalar) if !scalar.quoted && scalar.text == "1" => {}
            Value::Scalar(scalar) if matches!(scalar.meaning(), Meaning::Integer | Meaning::Float) => {
                let message = format!("version {} of the language is not known to this compiler", scalar.text);
                self.report.push(Diagnostic::error("unsupported-version", node.span, message).help("write `version: 1`"));
            }
            _ => self.wrong_type(node, "the number `1`"),
        }
    }

    fn wrong_type(&mut self, node: &Node<'_>, wanted: &str) {
        if node.value != Value::Reported {
            let is = kind_of(node);
            let mut diagnostic =
                Diagnostic::error("wrong-type", node.span, format!("{is} stands where {wanted} is wanted")).help(format!("write {wanted} here"));
            if !wanted.starts_with("a list") {
                diagnostic = diagnostic.reason("the language says for each place what stands there, so that no reader has to guess");
            }
            self.report.push(diagnostic);
        }
    }

    fn no_mapping(&mut self, node: &Node<'_>, mapping: &'static Mapping) {
        if node.value != Value::Reported {
            let field = mapping.fields.iter().find(|field| field.required).unwrap_or(&mapping.fields[0]);
            let help = match glued_key(node) {
                Some(key) => blank_missing(key),
                None => format!("begin with `{}: {}`", field.key, field.example),
            };
            self.report.push(
                Diagnostic::error("wrong-type", node.span, format!("{} stands where the keys of {} are wanted", kind_of(node), mapping.name))
                    .reason(format!("{} is a mapping: keys, each followed by a colon and its value", mapping.name))
                    .help(help),
            );
        }
    }
}

/// The key that was probably meant: misspelt, called as the header is, or without its other words.
fn meant(key: &str, mapping: &'static Mapping) -> Option<&'static str> {
    let folded = key.to_ascii_lowercase().replace('-', "_");
    let bare = folded.strip_prefix("access_control_").unwrap_or(&folded);
    let word = format!("_{}", bare.trim_end_matches('s'));
    let part_of = |known: &&str| bare.len() > 3 && format!("_{known}").contains(&word);
    suggest::nearest(bare, mapping.keys()).or_else(|| mapping.keys().find(part_of))
}

/// The key of a node that would be a mapping if there were a blank after its colon.
pub(crate) fn glued_key<'n>(node: &'n Node<'_>) -> Option<&'n str> {
    match &node.value {
        Value::Scalar(Scalar { text, quoted: false }) => glued(text),
        _ => None,
    }
}

fn blank_missing(key: &str) -> String {
    format!("put a blank after the colon: `{key}: ...`")
}

/// A word as an item of a list in brackets.
pub(crate) fn item(word: &str) -> String {
    let plain = Scalar { text: word.into(), quoted: false };
    if plain.meaning() == Meaning::Text && !word.starts_with(|first| "*&!|>'%@`[]{}#".contains(first)) { word.to_owned() } else { format!("\"{word}\"") }
}

fn kind_of(node: &Node<'_>) -> &'static str {
    match &node.value {
        Value::List(_) => "a list",
        Value::Map(_) => "a mapping",
        Value::Reported => "a mistake",
        Value::Scalar(scalar) => match scalar.meaning() {
            Meaning::Null => "nothing",
            Meaning::Bool(_) => "a boolean",
            Meaning::Integer | Meaning::Float => "a number",
            Meaning::Text => "a string",
        },
    }
}
