//! Policies come in, one script for Envoy's Lua filter goes out: the decision over tables of the policies' words.
//!
//! The `cors` filter cannot say a policy: it sends no `Vary`, no literal `*` and no refusal of its own choice, and tries origins in turn. A script
//! is part of Envoy as well, finds exact origins, wildcards and paths in hash tables, and walks the automata of regexes, so it refuses nothing.

use std::collections::BTreeMap;
use std::fmt::Write;

use cors_decision::{Dfa, List};
use minijinja::{Value, context};

use super::lists::OriginLists;
use super::values::vary;
use super::{DIGEST, Limit, Target, Template, Tested, View, Writer, number, pcre, safe};
use crate::diagnostic::Diagnostic;
use crate::lower::Storage;
use crate::policy::{Entry, Matcher, PolicySet};
use crate::regex::Regex;
use crate::wildcard::{HostPattern, OriginPattern};

pub(super) static TARGET: Target = Target {
    name: "envoy",
    server: "Envoy 1.40 and newer, with its Lua filter, as the usual builds are",
    summary: "One file, `cors.lua`. Make it the first of the `http_filters` of a connection manager: a filter of the type \
              `envoy.extensions.filters.http.lua.v3.Lua` with `default_source_code: { filename: /etc/envoy/cors.lua }`. A virtual host or a route takes another \
              policy file by `source_code` of a `LuaPerRoute` under its `typed_per_filter_config`, or none by `disabled: true`. The script decides path, origin \
              and preflight by itself; it replaces the CORS headers of what is behind where a policy applies, and leaves them alone where none does.",
    files: &[Template { file: "cors.lua", place: "named in the first of the `http_filters`", text: include_str!("envoy.lua.j2") }],
    limits: LIMITS,
    tested: Tested::Live,
    results: include_str!("envoy.results.md"),
    writer: Writer::Templates { quote: |text| Ok(quote(text)), view },
};

static LIMITS: &[Limit] = &[
    Limit {
        topic: "filters before the script",
        refused: false,
        text: "What a filter answers by itself that stands before the script carries no CORS headers, so the script should be the first. Preflights are then answered before any \
               filter that asks for credentials, which a browser never sends with them.",
    },
    Limit {
        topic: "requests that Envoy refuses to read",
        refused: false,
        text: "A request that Envoy answers before any filter, such as 400 or 431, carries no CORS headers; one with a `#` in its target, after the `?` included, is among them.",
    },
    Limit {
        topic: "paths that Envoy mends",
        refused: false,
        text: "With `normalize_path`, `merge_slashes` or `path_with_escaped_slashes_action`, Envoy changes a path before any filter sees it, and passes the changed one on: that path \
               is the one that counts. After an internal redirect it is the new one.",
    },
    Limit {
        topic: "origins with a comma",
        refused: false,
        text: "Envoy may join several `Origin` lines by a comma before the script sees them, so a value that holds one is taken for several, and refused. Only a `regex:` could allow one.",
    },
    Limit {
        topic: "regexes and shapes of labels",
        refused: false,
        text: "Exact origins, paths and wildcards are found by hash, however many they are. The regexes of a policy are walked in turn, a step for each character of the origin; \
               wildcards inside a label (`pr-*`) cost a look-up for each pair of lengths before and after the `*` that stands under the same parent.",
    },
    Limit { topic: "memory", refused: false, text: "Each worker thread holds tables of its own: some 250 bytes for an exact origin." },
    Limit {
        topic: "changes of the file",
        refused: false,
        text: "Envoy reads the script when it reads the configuration that names it: restart it, or send the listener or route anew, to have another policy enforced.",
    },
];

fn view<'p>(set: &'p PolicySet<'p>) -> Result<View<'p>, Vec<Diagnostic>> {
    let storage = Storage::of_headers(set);
    let lowered = storage.policies();
    let OriginLists { lists, of_policies } = OriginLists::new(set);
    let policies: Vec<Value> = set
        .policies
        .iter()
        .zip(&lowered)
        .zip(of_policies)
        .map(|((policy, lowered), list)| {
            let list = list.map(|index| number(index + 1));
            context! { name => &*policy.name.value, list, status => number(lowered.preflight_status), fields => fields(lowered) }
        })
        .collect();
    let words = context! {
        digest => safe(DIGEST),
        policies,
        lists => lists.iter().enumerate().map(|(index, list)| OriginTables::new(list.origins.entries()).view(index + 1)).collect::<Vec<_>>(),
        catch_all => set.policy_for_every_path().map(|policy| &*policy.name.value),
        paths => Tree::new(set).view(),
        longest_origin => number(cors_decision::MAX_ORIGIN_LEN),
    };
    Ok(View { words, blocks: Vec::new() })
}

/// What a policy answers, as fields of a table.
fn fields(policy: &cors_decision::Policy<'_>) -> Vec<Value> {
    let is = |flag: bool| flag.then_some("true");
    let constant = |list| if let List::Constant(value) = list { Some(value) } else { None };
    let echo = |list| match list {
        List::Echo { authorization } => Some(if authorization { "authorization too" } else { "but authorization" }),
        List::Absent | List::Constant(_) => None,
    };
    let fields = [
        ("credentials", is(policy.allow_credentials)),
        ("methods", constant(policy.allow_methods)),
        ("any_method", echo(policy.allow_methods)),
        ("headers", constant(policy.allow_headers)),
        ("any_header", echo(policy.allow_headers)),
        ("max_age", policy.max_age),
        ("private_network", is(policy.allow_private_network)),
        ("expose", policy.expose_headers),
        ("vary_actual", vary(policy, false)),
        ("vary_preflight", vary(policy, true)),
    ];
    fields.into_iter().filter_map(|(name, value)| Some(context! { name => safe(name), value => value? })).collect()
}

/// A list of origins.
#[derive(Default)]
struct OriginTables {
    /// A line each: a hundred thousand of them are written here and not by the template.
    exact: String,
    /// As in the policy.
    wildcards: Vec<String>,
    /// Under what follows a label with a `*`, how long the text before and after the `*` is.
    labels: BTreeMap<String, Vec<(usize, usize)>>,
    /// Each with its text.
    regexes: Vec<(String, Table)>,
}

impl OriginTables {
    fn new(entries: &[Entry<'_>]) -> Self {
        let mut list = Self::default();
        for entry in entries {
            match &entry.matcher {
                Matcher::Origin(origin) => match origin.pattern() {
                    None => {
                        let _ = writeln!(list.exact, "    [{}] = true,", quote(origin.as_str()));
                    }
                    Some(wildcard) => {
                        list.wildcards.push(origin.as_str().to_owned());
                        list.add_label(&wildcard, origin.port());
                    }
                },
                Matcher::Regex(regex) => list.regexes.push((pcre::to_pcre(regex), Table::new(regex))),
            }
        }
        list
    }

    fn add_label(&mut self, wildcard: &OriginPattern<'_>, port: &str) {
        let HostPattern::Label { prefix, suffix, parent } = wildcard.host else { return };
        let colon = if port.is_empty() { "" } else { ":" };
        let shapes = self.labels.entry(format!("{}://.{parent}{colon}{port}", wildcard.scheme)).or_default();
        let shape = (prefix.len(), suffix.len());
        if !shapes.contains(&shape) {
            shapes.push(shape);
        }
    }

    fn view(&self, index: usize) -> Value {
        let shapes = |shapes: &[(usize, usize)]| shapes.iter().map(|(before, after)| format!("{before}+{after}")).collect::<Vec<_>>().join(" ");
        context! {
            number => number(index),
            exact => safe(&*self.exact),
            wildcards => &self.wildcards,
            labels => self.labels.iter().map(|(rest, all)| context! { rest, shapes => shapes(all) }).collect::<Vec<_>>(),
            regexes => self.regexes.iter().map(|(text, table)| table.view(text)).collect::<Vec<_>>(),
        }
    }
}

/// An automaton over the characters that an origin can hold.
#[derive(PartialEq, Eq, Hash)]
struct Table {
    classes: Vec<u8>,
    next: Vec<u16>,
    width: u16,
    start: u16,
    accepting: u16,
}

impl Table {
    fn new(regex: &Regex) -> Self {
        let Dfa { classes, transitions, class_count, start, first_accepting } = regex.table();
        let next = transitions.as_chunks().0.iter().map(|&state| u16::from_le_bytes(state)).collect();
        Self { classes: classes.to_vec(), next, width: class_count, start, accepting: first_accepting }
    }

    fn view(&self, text: &str) -> Value {
        context! {
            comment => safe(text),
            classes => safe(entries(&self.classes)),
            next => safe(entries(&self.next)),
            width => number(self.width),
            start => number(self.start),
            accepting => number(self.accepting),
        }
    }
}

/// The numbers at their indices, without those that are 0.
fn entries(numbers: &[impl Into<u32> + Copy]) -> String {
    let entries = numbers.iter().map(|&number| number.into()).enumerate().filter(|&(_, number)| number != 0);
    entries.map(|(index, number)| format!("[{index}]={number}")).collect::<Vec<_>>().join(",")
}

/// The patterns of paths, as tables over the numbers of nodes. A path visits each node once at most.
struct Tree<'p> {
    set: &'p PolicySet<'p>,
    nodes: usize,
    literals: BTreeMap<(usize, &'p str), usize>,
    stars: BTreeMap<usize, usize>,
    ends: BTreeMap<usize, usize>,
    rests: BTreeMap<usize, usize>,
}

impl<'p> Tree<'p> {
    fn new(set: &'p PolicySet<'p>) -> Self {
        let mut tree = Self { set, nodes: 1, literals: BTreeMap::new(), stars: BTreeMap::new(), ends: BTreeMap::new(), rests: BTreeMap::new() };
        set.rules.iter().for_each(|rule| tree.insert(&rule.pattern.value, rule.policy));
        tree
    }

    fn insert(&mut self, pattern: &'p str, policy: usize) {
        let mut node = 1;
        for segment in pattern.split('/').skip(1) {
            let new = self.nodes + 1;
            node = match segment {
                "**" => {
                    self.rests.insert(node, policy);
                    return;
                }
                "*" => *self.stars.entry(node).or_insert(new),
                literal => *self.literals.entry((node, literal)).or_insert(new),
            };
            self.nodes = self.nodes.max(node);
        }
        self.ends.insert(node, policy);
    }

    fn view(&self) -> Vec<Value> {
        let name = |policy: &usize| Value::from(&*self.set.policies[*policy].name.value);
        let entry = |key: Value, value: Value| context! { key, value };
        let policies = |table: &BTreeMap<usize, usize>| table.iter().map(|(node, policy)| entry(number(node), name(policy))).collect();
        let table = |name: &str, entries: Vec<Value>| context! { name => safe(name), entries };
        vec![
            table("LITERALS", self.literals.iter().map(|((node, segment), next)| entry(format!("{node}/{segment}").into(), number(next))).collect()),
            table("STARS", self.stars.iter().map(|(node, next)| entry(number(node), number(next))).collect()),
            table("ENDS", policies(&self.ends)),
            table("RESTS", policies(&self.rests)),
        ]
    }
}

/// A string of Lua: nothing has a meaning in it but its end and the backslash. Controls are written by their numbers.
fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for char in text.chars() {
        match char {
            '"' | '\\' => quoted.extend(['\\', char]),
            char if char.is_ascii_control() => quoted.extend(format!("\\{:03}", u32::from(char)).chars()),
            char => quoted.push(char),
        }
    }
    quoted + "\""
}
