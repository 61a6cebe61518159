//! Lists of origins: entries are read, sets expanded.

use std::sync::Arc;

use super::{MOST_SUGGESTED, Resolver};
use crate::diagnostic::Diagnostic;
use crate::document::{self, AnyOr, EntryKind, Named, Text};
use crate::origin::{Origin, OriginError, shorten};
use crate::policy::{Entry, Matcher, Origins};
use crate::regex::{Regex, RegexErrorKind};
use crate::span::{Span, Spanned};
use crate::suggest;

/// How many origins the policies of a file may list together, sets counted where they are used.
const MAX_LISTED: usize = 1_000_000;

/// An origin set, read.
pub(super) struct Set<'s> {
    pub(super) name: Spanned<Text<'s>>,
    pub(super) used: bool,
    entries: Vec<Entry<'s>>,
}

impl<'s> Resolver<'_, 's> {
    pub(super) fn sets(&mut self, sets: Vec<Named<'s, Vec<document::Entry<'s>>>>) -> Vec<Set<'s>> {
        let mut read = Vec::with_capacity(sets.len());
        for (index, named) in sets.into_iter().enumerate() {
            let mut entries = Vec::with_capacity(named.value.len());
            for entry in named.value {
                let profiles = self.profile_indices(&entry.profiles);
                entries.extend(self.entry(entry, profiles).map(|entry| Entry { set: Some(index as u32), ..entry }));
            }
            read.push(Set { name: named.name, used: false, entries });
        }
        read
    }

    pub(super) fn origins(&mut self, origins: AnyOr<document::Entry<'s>>, sets: &mut [Set<'s>]) -> Origins<'s> {
        let entries = match origins {
            AnyOr::Any(span) => return Origins::Any(span),
            AnyOr::List(entries) => entries,
        };
        let mut listed = Vec::with_capacity(entries.len());
        let mut any = None;
        for entry in entries {
            let place = entry.text.span;
            if entry.text.value == "*" {
                any = Some(place);
            }
            let profiles = self.profile_indices(&entry.profiles);
            if entry.kind == EntryKind::Set {
                self.expand(&entry.text, &profiles, sets, &mut listed);
            } else {
                listed.extend(self.entry(entry, profiles));
            }
            if self.listed + listed.len() > MAX_LISTED {
                self.report.push(too_many(place));
                listed.clear();
                break;
            }
        }
        self.listed += listed.len();
        // A `"*"` in a list was reported; that it goes badly with credentials is worth hearing in the same run.
        any.map_or_else(|| Origins::Listed(listed.into()), Origins::Any)
    }

    fn expand(&mut self, name: &Spanned<Text<'s>>, profiles: &[u16], sets: &mut [Set<'s>], listed: &mut Vec<Entry<'s>>) {
        let Some(set) = self.set_index.get(&name.value).map(|&index| &mut sets[index]) else {
            self.report.push(unknown_set(name, sets));
            return;
        };
        set.used = true;
        if self.listed + listed.len() + set.entries.len() > MAX_LISTED {
            self.report.push(too_many(name.span));
            return;
        }
        listed.extend(set.entries.iter().filter_map(|entry| Some(Entry { profiles: both(&entry.profiles, profiles)?, ..entry.clone() })));
    }

    fn entry(&mut self, entry: document::Entry<'s>, profiles: Box<[u16]>) -> Option<Entry<'s>> {
        let text = entry.text;
        let matcher = match entry.kind {
            EntryKind::Regex => Matcher::Regex(self.regex(&text)?),
            _ => match Origin::parse(&text.value) {
                Ok(origin) => Matcher::Origin(origin),
                Err(fault) => {
                    self.report.push(explain(fault, &text));
                    return None;
                }
            },
        };
        Some(Entry { span: text.span, matcher, set: None, profiles })
    }

    fn regex(&mut self, text: &Spanned<Text<'s>>) -> Option<Arc<Regex>> {
        match Regex::new(&text.value) {
            Ok(regex) if regex.example() == Ok(None) => {
                self.report.push(matches_no_origin(text));
                None
            }
            Ok(regex) => Some(Arc::new(regex)),
            Err(fault) => {
                let code = if fault.kind == RegexErrorKind::TooLarge { "regex-too-large" } else { "invalid-regex" };
                let diagnostic = Diagnostic::error(code, text.span, format!("`{}`: {}", shorten(&text.value), fault.message));
                self.report.push(
                    diagnostic
                        .reason("a regex is matched against the whole origin; it is ASCII, in the syntax of Rust's `regex`, and becomes a table at build time")
                        .help(fault.help.unwrap_or_else(|| PLAIN_REGEX.to_owned())),
                );
                None
            }
        }
    }

    fn profile_indices(&mut self, names: &[Spanned<Text<'s>>]) -> Box<[u16]> {
        let mut indices: Vec<u16> = names.iter().filter_map(|name| self.profile(name)).collect();
        indices.sort_unstable();
        indices.dedup();
        indices.iter().for_each(|&index| self.profiles[index as usize].used = true);
        indices.into()
    }
}

/// The profiles of an entry that is reached through an entry with profiles of its own; nothing where it exists in none.
fn both(inner: &[u16], outer: &[u16]) -> Option<Box<[u16]>> {
    match (inner, outer) {
        (profiles, []) | ([], profiles) => Some(profiles.into()),
        (inner, outer) => {
            let common: Box<[u16]> = inner.iter().copied().filter(|profile| outer.binary_search(profile).is_ok()).collect();
            (!common.is_empty()).then_some(common)
        }
    }
}

pub(super) fn explain(fault: OriginError, text: &Spanned<Text<'_>>) -> Diagnostic {
    if text.value == "*" {
        return Diagnostic::error("any-origin-in-list", text.span, "\"*\" stands in a list of origins")
            .reason("any origin makes every other entry pointless, so it stands alone")
            .help("write `allow_origins: \"*\"`, or list the origins that are meant");
    }
    let help = match fault.better {
        Some(better) => format!("write `{better}`"),
        None => general_advice(fault.code).to_owned(),
    };
    Diagnostic::error(fault.code, text.span, fault.message).reason(fault.reason).help(help)
}

const PLAIN_REGEX: &str = r"close what is open and put a `\` before what is meant as it stands: `https://pr-[0-9]+\.example\.com`";

fn matches_no_origin(text: &Spanned<Text<'_>>) -> Diagnostic {
    let pattern = &*text.value;
    let whole = pattern.trim_start_matches('^').trim_end_matches('$');
    let spellings = [
        format!("https://{whole}"),
        whole.trim_end_matches(".*").trim_end_matches(['/', '\\']).to_owned(),
        whole.replace(":443", ""),
        whole.replace(r"\*", "[a-z0-9-]+"),
    ];
    let matches_some = |spelling: &&String| Regex::new(spelling).is_ok_and(|regex| regex.example().is_ok_and(|example| example.is_some()));
    let help = match spellings.iter().find(matches_some) {
        Some(spelling) => format!("write `{spelling}`"),
        None => r"write what matches an origin from its first character to its last: `https://pr-[0-9]+\.example\.com`".to_owned(),
    };
    Diagnostic::error("invalid-regex", text.span, format!("`{}` matches no origin that a browser sends", shorten(pattern)))
        .reason("a regex is matched against the whole origin: scheme, `://` and host in lower case, the port unless it is the default one, and nothing else")
        .help(help)
}

/// What to write where the origin that was meant cannot be told.
fn general_advice(code: &str) -> &'static str {
    match code {
        "origin-several" => "write each origin as an entry of its own",
        "origin-invalid-wildcard" => "list the origins, or vary the leftmost part of one domain: `https://*.example.com`",
        "origin-invalid-scheme" => "begin with `https://`, `http://` or the scheme of an app (`capacitor://localhost`)",
        "origin-invalid-port" => "remove the port for the default one, give the one that the browser shows, or write `:*` for any",
        "origin-non-ascii-host" => "write the host in ASCII; it may hold characters that do not show",
        _ => "write the origin as a browser shows it in `location.origin`: `https://app.example.com`",
    }
}

fn unknown_set(name: &Spanned<Text<'_>>, sets: &[Set<'_>]) -> Diagnostic {
    let known = || sets.iter().take(MOST_SUGGESTED).map(|set| &*set.name.value);
    let help = match suggest::nearest(&name.value, known()) {
        Some(nearest) => format!("write `{nearest}`"),
        None if sets.is_empty() => format!("declare it at the top of the file: `origin_sets: {{ {}: [https://app.example.com] }}`", shorten(&name.value)),
        None => format!("declare it under `origin_sets:`; declared are {}", suggest::list(known())),
    };
    Diagnostic::error("unknown-set", name.span, format!("there is no origin set `{}`", name.value)).help(help)
}

fn too_many(span: Span) -> Diagnostic {
    Diagnostic::error("too-many-origins", span, format!("the policies of this file list more than {MAX_LISTED} origins together"))
        .reason("a set counts wherever it is used, so a small file could ask for endless tables")
        .help("let the policies with the same origins be one policy with several `paths`")
}
