//! The resolved policies: every word has its meaning, sets are expanded, defaults filled in. A [`PolicySet`] that exists is well-formed.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use crate::diagnostic::Level;
use crate::origin::Origin;
use crate::path;
use crate::regex::Regex;
use crate::repeated;
use crate::span::{Source, Span, Spanned};

/// All policies of a file, with the entries of every profile or, after [`PolicySet::for_profile`], of one.
#[derive(Debug, Clone)]
pub struct PolicySet<'s> {
    /// The policies, in the order of the file.
    pub policies: Vec<Policy<'s>>,
    /// The path rules, the most specific first.
    pub rules: Vec<Rule<'s>>,
    /// The origin sets, as declared.
    pub sets: Vec<Declared<'s>>,
    /// The profiles, as declared.
    pub profiles: Vec<Declared<'s>>,
    /// The profile these are the policies of; `None` is the strict reading, without entries of any profile.
    pub profile: Option<String>,
    /// The levels of lints that the file sets.
    pub lints: Vec<LintLevel>,
    /// The tests of the file, for whatever profile.
    pub tests: Vec<Test<'s>>,
}

/// A path pattern and the policy it leads to.
#[derive(Debug, Clone)]
pub struct Rule<'s> {
    /// The pattern.
    pub pattern: Spanned<Cow<'s, str>>,
    /// The index of the policy.
    pub policy: usize,
}

impl Rule<'_> {
    /// Whether the pattern matches a path, whichever rule is the most specific.
    pub fn matches(&self, path: &[u8]) -> bool {
        path::matches(&self.pattern.value, path)
    }
}

/// A declared name, and whether anything refers to it.
#[derive(Debug, Clone)]
pub struct Declared<'s> {
    /// The name.
    pub name: Spanned<Cow<'s, str>>,
    /// Whether anything refers to it.
    pub used: bool,
}

/// One policy.
#[derive(Debug, Clone)]
pub struct Policy<'s> {
    /// Its name in the file.
    pub name: Spanned<Cow<'s, str>>,
    /// The paths where it applies.
    pub paths: Vec<Spanned<Cow<'s, str>>>,
    /// Who may read.
    pub origins: Origins<'s>,
    /// Methods beyond the safelisted ones.
    pub methods: List<'s>,
    /// Request headers beyond the safelisted ones.
    pub headers: List<'s>,
    /// Response headers that scripts may read, beyond the safelisted ones.
    pub expose: List<'s>,
    /// Whether credentials go with the requests.
    pub credentials: Spanned<bool>,
    /// How long a preflight may be cached, in seconds.
    pub max_age: Option<Spanned<u32>>,
    /// Whether `Access-Control-Request-Private-Network: true` is answered.
    pub private_network: Spanned<bool>,
    /// The status of an answered preflight.
    pub preflight_status: Spanned<u16>,
    /// The levels of lints that the policy sets for itself.
    pub lints: Vec<LintLevel>,
}

/// Who may read.
#[derive(Debug, Clone)]
pub enum Origins<'s> {
    /// `"*"`, written here.
    Any(Span),
    /// These.
    Listed(Arc<Vec<Entry<'s>>>),
}

impl<'s> Origins<'s> {
    /// The entries; none for any origin.
    pub fn entries(&self) -> &[Entry<'s>] {
        match self {
            Self::Any(_) => &[],
            Self::Listed(entries) => entries,
        }
    }

    /// The indices of the entries whose origin stands in the list more than once, in order, and few others with them.
    pub(crate) fn maybe_repeated(&self) -> Vec<usize> {
        let hash = |entry: &Entry<'_>| entry.origin().map_or(0, |origin| cors_decision::hash(0, origin.as_str().as_bytes()));
        repeated::candidates(&self.entries().iter().map(hash).collect::<Vec<u64>>())
    }
}

/// An entry of a list of origins.
#[derive(Debug, Clone)]
pub struct Entry<'s> {
    /// Where it is written.
    pub span: Span,
    /// What it allows.
    pub matcher: Matcher<'s>,
    /// The index of the origin set that it comes from.
    pub set: Option<u32>,
    /// The indices of the profiles that it exists in; none for every profile.
    pub profiles: Box<[u16]>,
}

/// What an entry allows.
#[derive(Debug, Clone)]
pub enum Matcher<'s> {
    /// An exact origin or a wildcard.
    Origin(Origin<'s>),
    /// A regex over the whole origin.
    Regex(Arc<Regex>),
}

impl Entry<'_> {
    /// Whether this entry allows the value of an `Origin` header.
    pub fn matches(&self, origin: &[u8]) -> bool {
        match &self.matcher {
            Matcher::Origin(entry) => entry.matches(origin),
            Matcher::Regex(regex) => origin.len() <= cors_decision::MAX_ORIGIN_LEN && regex.matches(origin),
        }
    }

    /// The origin, where the entry stands for one alone.
    pub fn exact(&self) -> Option<&str> {
        self.origin().filter(|origin| origin.pattern().is_none()).map(Origin::as_str)
    }

    /// The origin or wildcard, where the entry is no regex.
    pub fn origin(&self) -> Option<&Origin<'_>> {
        match &self.matcher {
            Matcher::Origin(origin) => Some(origin),
            Matcher::Regex(_) => None,
        }
    }
}

/// A list of methods or header names.
#[derive(Debug, Clone, Default)]
pub struct List<'s> {
    /// Whether it stands in the file; otherwise it is the default.
    pub written: bool,
    /// Where `"*"` stands, alone or in the list.
    pub any: Option<Span>,
    /// The names, as written.
    pub names: Vec<Spanned<Cow<'s, str>>>,
}

impl List<'_> {
    /// Whether a header of this name is named, in any case.
    pub fn names_header(&self, name: &str) -> bool {
        self.names.iter().any(|listed| listed.value.eq_ignore_ascii_case(name))
    }

    /// The value of the header that says this list, `*` first; nothing for an empty list.
    pub fn header_value(&self) -> Option<String> {
        let mut seen = HashSet::new();
        let any = self.any.iter().map(|_| "*");
        let names: Vec<&str> = any.chain(self.names.iter().map(|name| &*name.value)).filter(|name| seen.insert(*name)).collect();
        (!names.is_empty()).then(|| names.join(", "))
    }

    /// Where the list, or the part of it that matters, is written.
    pub fn span(&self) -> Option<Span> {
        self.any.or_else(|| self.names.first().map(|name| name.span))
    }
}

/// The level that a file or a policy sets for a lint.
#[derive(Debug, Clone, Copy)]
pub struct LintLevel {
    /// The name of the lint.
    pub lint: &'static str,
    /// Its level; `None` allows what the lint finds.
    pub level: Option<Level>,
    /// Where it is set.
    pub span: Span,
}

/// A test of the file.
#[derive(Debug, Clone)]
pub struct Test<'s> {
    /// Its name.
    pub name: Spanned<Cow<'s, str>>,
    /// The profile it holds for.
    pub profile: Option<Cow<'s, str>>,
    /// What it asks, and what it expects.
    pub cases: Vec<Case<'s>>,
}

/// One question of a test.
#[derive(Debug, Clone)]
pub struct Case<'s> {
    /// The origin of the script.
    pub origin: Spanned<Cow<'s, str>>,
    /// The path asked for.
    pub path: Cow<'s, str>,
    /// The method.
    pub method: Cow<'s, str>,
    /// The headers that the script sets.
    pub headers: Vec<Cow<'s, str>>,
    /// Whether credentials go with the request.
    pub credentials: bool,
    /// Whether the script is expected to read the response.
    pub allow: bool,
}

impl<'s> PolicySet<'s> {
    /// The same policies with the entries that exist in this profile; `None` is the strict reading. An unknown profile gives nothing.
    pub fn for_profile(&self, profile: Option<&str>) -> Option<PolicySet<'s>> {
        let index = match profile {
            None => None,
            Some(name) => Some(self.profiles.iter().position(|declared| declared.name.value == name)? as u16),
        };
        let exists = |entry: &Entry<'_>| entry.profiles.is_empty() || index.is_some_and(|index| entry.profiles.contains(&index));
        let mut selected = self.clone();
        selected.profile = profile.map(str::to_owned);
        selected.keep_entries(exists);
        Some(selected)
    }

    /// What the first line of a generated file says. The name of a policy file may hold anything; a comment may
    /// not, and some servers expand `{$NAME}` even there.
    pub fn made_from(&self, source: &Source) -> String {
        let name = source.name.rsplit(['/', '\\']).next().unwrap_or_default();
        let name: String = name.chars().map(|char| if char.is_ascii_alphanumeric() || " ._-<>".contains(char) { char } else { '?' }).collect();
        let profile = self.profile.as_ref().map(|profile| format!(", profile {profile}")).unwrap_or_default();
        format!("Made by cors-gen {} from {name}{profile}. Edits will be lost: change the policy and make it anew.", env!("CARGO_PKG_VERSION"))
    }

    /// Drops the entries that are not wanted. A list that loses none stays shared with the set that this one was cloned from.
    pub(crate) fn keep_entries(&mut self, wanted: impl Fn(&Entry<'_>) -> bool) {
        for policy in &mut self.policies {
            if let Origins::Listed(entries) = &mut policy.origins
                && !entries.iter().all(&wanted)
            {
                *entries = Arc::new(entries.iter().filter(|entry| wanted(entry)).cloned().collect());
            }
        }
    }

    /// The regexes of all policies, each where it is written.
    pub fn regexes(&self) -> impl Iterator<Item = (Span, &Regex)> {
        self.policies.iter().flat_map(|policy| policy.origins.entries()).filter_map(|entry| match &entry.matcher {
            Matcher::Origin(_) => None,
            Matcher::Regex(regex) => Some((entry.span, &**regex)),
        })
    }

    /// The policy for every path, where one rule is all there is.
    pub fn policy_for_every_path(&self) -> Option<&Policy<'s>> {
        match &self.rules[..] {
            [only] if only.pattern.value == "/**" => Some(&self.policies[only.policy]),
            _ => None,
        }
    }

    /// The policy of a name.
    pub fn policy(&self, name: &str) -> Option<&Policy<'s>> {
        self.policies.iter().find(|policy| policy.name.value == name)
    }
}
