//! The tree of a file comes in, its [`Document`] goes out: every key known, every value of the right type, nothing interpreted yet.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::decode::{Decoder, Fields, glued_key, item};
use crate::diagnostic::Diagnostic;
use crate::fields;
use crate::span::{Span, Spanned};
use crate::yaml::{Node, Scalar, Value};

/// Text as written, borrowed from the source where nothing had to be unescaped.
pub(crate) type Text<'s> = Cow<'s, str>;

/// A policy file as written.
#[derive(Debug, Default)]
pub(crate) struct Document<'s> {
    pub(crate) profiles: Vec<Spanned<Text<'s>>>,
    pub(crate) sets: Vec<Named<'s, Vec<Entry<'s>>>>,
    pub(crate) policies: Vec<Named<'s, Policy<'s>>>,
    pub(crate) lints: Vec<LintLevel<'s>>,
    pub(crate) tests: Vec<Test<'s>>,
}

/// What stands under a name.
#[derive(Debug)]
pub(crate) struct Named<'s, T> {
    pub(crate) name: Spanned<Text<'s>>,
    pub(crate) value: T,
}

/// An entry of a list of origins.
#[derive(Debug)]
pub(crate) struct Entry<'s> {
    pub(crate) kind: EntryKind,
    pub(crate) text: Spanned<Text<'s>>,
    pub(crate) profiles: Vec<Spanned<Text<'s>>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EntryKind {
    Origin,
    Set,
    Regex,
}

/// `"*"`, or a list.
#[derive(Debug)]
pub(crate) enum AnyOr<T> {
    Any(Span),
    List(Vec<T>),
}

#[derive(Debug)]
pub(crate) struct Policy<'s> {
    pub(crate) paths: Option<Vec<Spanned<Text<'s>>>>,
    pub(crate) allow_origins: Option<AnyOr<Entry<'s>>>,
    pub(crate) allow_methods: Option<AnyOr<Spanned<Text<'s>>>>,
    pub(crate) allow_headers: Option<AnyOr<Spanned<Text<'s>>>>,
    pub(crate) expose_headers: Option<AnyOr<Spanned<Text<'s>>>>,
    pub(crate) allow_credentials: Option<Spanned<bool>>,
    pub(crate) max_age: Option<Spanned<Scalar<'s>>>,
    pub(crate) allow_private_network: Option<Spanned<bool>>,
    pub(crate) preflight_status: Option<Spanned<Text<'s>>>,
    pub(crate) lints: Vec<LintLevel<'s>>,
}

#[derive(Debug)]
pub(crate) struct LintLevel<'s> {
    pub(crate) lint: Spanned<Text<'s>>,
    pub(crate) level: Spanned<Text<'s>>,
}

#[derive(Debug)]
pub(crate) struct Test<'s> {
    pub(crate) name: Spanned<Text<'s>>,
    pub(crate) profile: Option<Spanned<Text<'s>>>,
    pub(crate) form: TestForm<'s>,
}

#[derive(Debug)]
pub(crate) enum TestForm<'s> {
    /// Origins by verdict, at some paths.
    Short { paths: Vec<Spanned<Text<'s>>>, allow: Vec<Spanned<Text<'s>>>, deny: Vec<Spanned<Text<'s>>> },
    /// One request.
    Exact { request: Request<'s>, expect: Spanned<Text<'s>> },
}

#[derive(Debug)]
pub(crate) struct Request<'s> {
    pub(crate) origin: Spanned<Text<'s>>,
    pub(crate) path: Option<Spanned<Text<'s>>>,
    pub(crate) method: Option<Spanned<Text<'s>>>,
    pub(crate) headers: Vec<Spanned<Text<'s>>>,
    pub(crate) credentials: bool,
}

/// Reads a file's tree. Where something is wrong it is reported, and the rest is read all the same.
pub(crate) fn decode<'s>(root: &Node<'s>, report: &mut Vec<Diagnostic>) -> Document<'s> {
    let mut decoder = Decoder { report };
    let mut document = Document::default();
    let Some(file) = decoder.mapping(root, &fields::FILE) else { return document };
    decoder.version(&file);
    if let Some(schema) = file.get("$schema") {
        decoder.text(schema);
    }
    document.profiles = file.get("profiles").map(|node| decoder.texts(node)).unwrap_or_default();
    document.sets =
        decoder.named(file.get("origin_sets"), |decoder, node| decoder.list(node, "origins").iter().filter_map(|node| set_entry(decoder, node)).collect());
    let sets = document.sets.iter().map(|set| &*set.name.value).collect();
    document.policies = file.get("policies").map(|node| policies(&mut decoder, node, &sets)).unwrap_or_default();
    document.lints = file.get("lints").map(|node| lints(&mut decoder, node)).unwrap_or_default();
    if let Some(tests) = file.get("tests") {
        document.tests = decoder.items(tests, "tests").iter().filter_map(|node| test(&mut decoder, node)).collect();
    }
    document
}

/// The policies by name. Keys of a policy in the column of its name are a slip that is reported once; they are read as keys of the policy above.
fn policies<'s>(decoder: &mut Decoder<'_>, node: &Node<'s>, sets: &HashSet<&str>) -> Vec<Named<'s, Policy<'s>>> {
    decoder.refuse_empty(node, "add a policy: `default: { allow_origins: [https://app.example.com] }`");
    let mut all = Vec::new();
    for chunk in decoder.entries(node, "names").chunk_by(|_, next| has_slipped(next)) {
        let Some(((key, value), slipped)) = chunk.split_first().filter(|(first, _)| !has_slipped(first)) else {
            decoder.report.push(slip(&chunk[0].0, "put it under the name of a policy, such as `default:`, and indent it".to_owned()));
            continue;
        };
        let Some(name) = decoder.name(key) else { continue };
        let value = match slipped {
            [] => policy(decoder, value, sets),
            [(first, _), ..] => {
                decoder.report.push(slip(first, format!("indent it, so that it stands under `{}:`", name.value)));
                let own = Fields::of(value).map(|fields| fields.0).unwrap_or_default();
                policy(decoder, &Node { span: value.span, value: Value::Map([own, slipped].concat()) }, sets)
            }
        };
        all.push(Named { name, value });
    }
    all
}

/// Whether this is a key of a policy among the names of policies, and no policy of that name.
fn has_slipped((key, value): &(Node<'_>, Node<'_>)) -> bool {
    let is_key = matches!(&key.value, Value::Scalar(Scalar { text, .. }) if fields::POLICY.field(text).is_some());
    is_key && !Fields::of(value).is_some_and(|fields| fields::POLICY.keys().any(|key| fields.get(key).is_some()))
}

fn slip(key: &Node<'_>, help: String) -> Diagnostic {
    let text = match &key.value {
        Value::Scalar(scalar) => &scalar.text,
        _ => "",
    };
    Diagnostic::error("unknown-key", key.span, format!("`{text}` is a key of a policy, and stands among the names of policies"))
        .reason("what begins in the column of a name is beside it, not under it")
        .help(help)
}

fn policy<'s>(decoder: &mut Decoder<'_>, node: &Node<'s>, sets: &HashSet<&str>) -> Policy<'s> {
    let fields = decoder.mapping(node, &fields::POLICY).unwrap_or_default();
    Policy {
        paths: fields.get("paths").map(|node| decoder.non_empty_texts(node)),
        allow_origins: fields.get("allow_origins").map(|node| decoder.any_or(node, |word| origin_item(word, sets), allowed_origins)),
        allow_methods: words(decoder, &fields, "allow_methods"),
        allow_headers: words(decoder, &fields, "allow_headers"),
        expose_headers: words(decoder, &fields, "expose_headers"),
        allow_credentials: fields.get("allow_credentials").and_then(|node| decoder.boolean(node)),
        max_age: fields.get("max_age").and_then(|node| decoder.number_or_text(node)),
        allow_private_network: fields.get("allow_private_network").and_then(|node| decoder.boolean(node)),
        preflight_status: fields.get("preflight_status").and_then(|node| decoder.integer(node)),
        lints: fields.get("lints").map(|node| lints(decoder, node)).unwrap_or_default(),
    }
}

fn words<'s>(decoder: &mut Decoder<'_>, fields: &Fields<'_, 's>, key: &'static str) -> Option<AnyOr<Spanned<Text<'s>>>> {
    fields.get(key).map(|node| decoder.any_or(node, |word| Some(item(word)), |decoder, node| decoder.texts(node)))
}

fn allowed_origins<'s>(decoder: &mut Decoder<'_>, node: &Node<'s>) -> Vec<Entry<'s>> {
    decoder.refuse_empty(node, "add an origin, such as `https://app.example.com`");
    decoder.items(node, "origins").iter().filter_map(|node| entry(decoder, node)).collect()
}

/// A word as an entry of a list of origins, where `"*"` cannot stand.
fn origin_item(word: &str, sets: &HashSet<&str>) -> Option<String> {
    match word {
        "*" => None,
        set if sets.contains(set) => Some(format!("{{ set: {set} }}")),
        origin => Some(item(origin)),
    }
}

/// An entry of an origin set: as in a policy, but for `set`, so that sets cannot refer to each other in circles.
fn set_entry<'s>(decoder: &mut Decoder<'_>, node: &Node<'s>) -> Option<Entry<'s>> {
    let entry = entry(decoder, node)?;
    if entry.kind == EntryKind::Set {
        let key = Fields::of(node).and_then(|fields| fields.key("set")).unwrap_or(node.span);
        decoder.report.push(
            Diagnostic::error("unknown-key", key, "a set cannot refer to another set")
                .reason("a set is a plain list, so that one look tells who is in it")
                .help("list both sets in the policy: `allow_origins: [{ set: one }, { set: other }]`"),
        );
        return None;
    }
    Some(entry)
}

fn entry<'s>(decoder: &mut Decoder<'_>, node: &Node<'s>) -> Option<Entry<'s>> {
    // Of a hundred thousand entries each is asked, so nothing is looked for in the whole of its text.
    let begins_like_one = |text: &str| fields::ORIGIN_ENTRY.keys().any(|key| text.strip_prefix(key).is_some_and(|rest| rest.starts_with(':')));
    let is_mapping = match &node.value {
        Value::Map(_) => true,
        Value::Scalar(scalar) => begins_like_one(&scalar.text) && glued_key(node).is_some(),
        _ => false,
    };
    if is_mapping { entry_mapping(decoder, node) } else { Some(Entry { kind: EntryKind::Origin, text: origin(decoder, node)?, profiles: Vec::new() }) }
}

/// An origin, which `null` is in quotes alone.
fn origin<'s>(decoder: &mut Decoder<'_>, node: &Node<'s>) -> Option<Spanned<Text<'s>>> {
    match &node.value {
        Value::Scalar(scalar) if scalar.is_null() && !scalar.text.is_empty() => {
            decoder.report.push(
                Diagnostic::error("unquoted-null", node.span, format!("an unquoted `{}` is YAML's word for nothing", scalar.text))
                    .label("no origin stands here")
                    .help("write \"null\", in quotes and lower case, for the opaque origin, or remove the entry"),
            );
            None
        }
        _ => decoder.text(node),
    }
}

fn entry_mapping<'s>(decoder: &mut Decoder<'_>, node: &Node<'s>) -> Option<Entry<'s>> {
    let fields = decoder.mapping(node, &fields::ORIGIN_ENTRY)?;
    let forms = [("origin", EntryKind::Origin), ("set", EntryKind::Set), ("regex", EntryKind::Regex)];
    let present: Vec<_> = forms.iter().filter_map(|&(key, kind)| Some((fields.key(key)?, fields.get(key)?, kind))).collect();
    let text = match present[..] {
        [(_, value, EntryKind::Origin)] => origin(decoder, value).map(|text| (text, EntryKind::Origin)),
        [(_, value, kind)] => decoder.text(value).map(|text| (text, kind)),
        _ => {
            // Of several, the one that is written later is the one too many.
            let place = present.iter().map(|(key, ..)| *key).max().unwrap_or(node.span);
            decoder.report.push(
                Diagnostic::error("conflicting-keys", place, "an entry is exactly one of `origin`, `set` and `regex`")
                    .reason("with two of them it would be two entries, with none it would allow nobody")
                    .help("write one entry for each; `profiles` may stand beside any of them"),
            );
            None
        }
    };
    let profiles = fields.get("profiles").map(|node| decoder.non_empty_texts(node)).unwrap_or_default();
    text.map(|(text, kind)| Entry { kind, text, profiles })
}

const LEVELS: &str = "`allow`, `warn` or `deny`";

fn lints<'s>(decoder: &mut Decoder<'_>, node: &Node<'s>) -> Vec<LintLevel<'s>> {
    let mut levels = Vec::new();
    for (key, value) in decoder.entries(node, "lints") {
        let Some(lint) = decoder.text(key) else { continue };
        let level = match &value.value {
            Value::Map(_) => decoder.mapping(value, &fields::LINT_LEVEL).and_then(|fields| {
                if let Some(because) = fields.get("because") {
                    decoder.text(because);
                }
                decoder.word(fields.get("level")?, LEVELS)
            }),
            _ => decoder.word(value, LEVELS),
        };
        levels.extend(level.map(|level| LintLevel { lint, level }));
    }
    levels
}

fn test<'s>(decoder: &mut Decoder<'_>, node: &Node<'s>) -> Option<Test<'s>> {
    let fields = decoder.mapping(node, &fields::TEST)?;
    let name = fields.get("name").and_then(|node| decoder.text(node));
    let profile = fields.get("profile").and_then(|node| decoder.text(node));
    let short = ["path", "allow", "deny"].iter().any(|key| fields.get(key).is_some());
    let exact = ["request", "expect"].iter().any(|key| fields.get(key).is_some());
    let form = match (short, exact) {
        (true, false) => short_form(decoder, node, &fields),
        (false, true) => exact_form(decoder, node, &fields),
        _ => {
            let place = ["path", "allow", "deny"].iter().find_map(|key| fields.key(key));
            decoder.report.push(conflicting_forms(place.unwrap_or(node.span)));
            None
        }
    };
    Some(Test { name: name?, profile, form: form? })
}

fn conflicting_forms(span: Span) -> Diagnostic {
    Diagnostic::error("conflicting-keys", span, "a test has one of two forms")
        .reason("a mixture of both could be read as either question")
        .help("keep either `path`, `allow` and `deny` (origins by verdict), or `request` and `expect` (one request)")
}

fn short_form<'s>(decoder: &mut Decoder<'_>, node: &Node<'s>, fields: &Fields<'_, 's>) -> Option<TestForm<'s>> {
    let paths = match fields.get("path") {
        Some(node) if matches!(node.value, Value::List(_)) => decoder.non_empty_texts(node),
        Some(node) => decoder.text(node).into_iter().collect(),
        None => Vec::new(),
    };
    if fields.get("allow").is_none() && fields.get("deny").is_none() {
        decoder.report.push(conflicting_forms(node.span));
        return None;
    }
    let mut origins = |key| fields.get(key).map(|node| decoder.non_empty_texts(node)).unwrap_or_default();
    Some(TestForm::Short { paths, allow: origins("allow"), deny: origins("deny") })
}

fn exact_form<'s>(decoder: &mut Decoder<'_>, node: &Node<'s>, fields: &Fields<'_, 's>) -> Option<TestForm<'s>> {
    let (Some(request), Some(expect)) = (fields.get("request"), fields.get("expect")) else {
        decoder.report.push(conflicting_forms(node.span));
        return None;
    };
    let expect = decoder.word(expect, "`allow` or `deny`");
    let fields = decoder.mapping(request, &fields::REQUEST)?;
    let origin = fields.get("origin").and_then(|node| decoder.text(node));
    let path = fields.get("path").and_then(|node| decoder.text(node));
    let method = fields.get("method").and_then(|node| decoder.text(node));
    let headers = fields.get("headers").map(|node| decoder.texts(node)).unwrap_or_default();
    let credentials = fields.get("credentials").and_then(|node| decoder.boolean(node)).is_some_and(|flag| flag.value);
    Some(TestForm::Exact { request: Request { origin: origin?, path, method, headers, credentials }, expect: expect? })
}
