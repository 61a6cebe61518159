//! The origins of a policy come in; tables of Rust go out, each with the expression that looks an origin up in it.

use std::fmt::Write;

use cors_decision::Dfa;
use minijinja::{Value, context};

use super::string;
use crate::policy::{Matcher, Origins};
use crate::regex::Regex;
use crate::targets::{pcre, safe};
use crate::wildcard::{HostPattern, OriginPattern, PortPattern};

/// A table, and how it is asked.
pub(super) struct Table {
    name: &'static str,
    /// The type of an item.
    kind: &'static str,
    what: &'static str,
    /// Whether `origin` is in it.
    test: &'static str,
    items: Vec<String>,
}

impl Table {
    /// Whether its test names this function.
    pub(super) fn asks(&self, function: &str) -> bool {
        self.test.contains(function)
    }

    /// The table in the words of the template.
    pub(super) fn view(&self) -> Value {
        let mut items = String::with_capacity(self.items.iter().map(|item| item.len() + 6).sum());
        self.items.iter().for_each(|item| {
            // Writing to a string cannot fail.
            let _ = writeln!(items, "    {item},");
        });
        context! {
            name => safe(self.name),
            kind => safe(self.kind),
            what => safe(self.what),
            test => safe(self.test),
            length => safe(self.items.len().to_string()),
            items => safe(items),
        }
    }
}

/// Every kind of entry, in the order in which they are asked; its items are filled in.
fn kinds() -> [Table; 7] {
    let table = |name, kind, what, test| Table { name, kind, what, test, items: Vec::new() };
    let around = "(&str, &str)";
    [
        table("ORIGINS", "&str", "Exact origins, sorted.", "ORIGINS.binary_search(&origin).is_ok()"),
        table("HOSTS", "&str", "What stands before any port or none.", "HOSTS.contains(&without_port(origin))"),
        table("SUBDOMAINS", around, "What stands around any labels.", "SUBDOMAINS.iter().any(|&around| is_subdomain(origin, around))"),
        table(
            "SUBDOMAINS_AND_PORTS",
            around,
            "What stands around any labels, before any port or none.",
            "SUBDOMAINS_AND_PORTS.iter().any(|&around| is_subdomain(without_port(origin), around))",
        ),
        table("PARTS", around, "What stands around any part of a label.", "PARTS.iter().any(|&around| is_part(origin, around))"),
        table("PARTS_AND_PORTS", around, "The same, with any port, or none.", "PARTS_AND_PORTS.iter().any(|&around| is_part(without_port(origin), around))"),
        table("REGEXES", "Regex", "Regexes, which match the whole of an origin.", "REGEXES.iter().any(|regex| regex.matches(origin))"),
    ]
}

/// The tables that are needed; where nobody is allowed, an empty one.
pub(super) fn tables(origins: &Origins<'_>) -> Vec<Table> {
    let mut tables = kinds();
    for entry in origins.entries() {
        let (index, item) = match &entry.matcher {
            Matcher::Origin(origin) => match origin.pattern() {
                None => (0, string(origin.as_str())),
                Some(wildcard) => item(&wildcard),
            },
            Matcher::Regex(regex) => (6, automaton(regex)),
        };
        tables[index].items.push(item);
    }
    // No exact origin holds a character that is escaped, or that comes before the quote: the literals are in the order of what they say.
    tables[0].items.sort_unstable();
    tables[0].items.dedup();
    let [exact, rest @ ..] = tables;
    let mut needed: Vec<Table> = rest.into_iter().filter(|table| !table.items.is_empty()).collect();
    if matches!(origins, Origins::Listed(_)) && (needed.is_empty() || !exact.items.is_empty()) {
        needed.insert(0, exact);
    }
    needed
}

/// The table of a wildcard, and its item there.
fn item(wildcard: &OriginPattern<'_>) -> (usize, String) {
    let scheme = wildcard.scheme;
    let (port, any_port) = match wildcard.port {
        PortPattern::Default => (String::new(), 0),
        PortPattern::Exact(port) => (format!(":{port}"), 0),
        PortPattern::Any => (String::new(), 1),
    };
    match wildcard.host {
        HostPattern::Exact(host) => (any_port, string(&format!("{scheme}://{host}{port}"))),
        HostPattern::Subdomains { parent } => (2 + any_port, around(&format!("{scheme}://"), &format!(".{parent}{port}"))),
        HostPattern::Label { prefix, suffix, parent } => (4 + any_port, around(&format!("{scheme}://{prefix}"), &format!("{suffix}.{parent}{port}"))),
    }
}

fn around(before: &str, behind: &str) -> String {
    format!("({}, {})", string(before), string(behind))
}

fn automaton(regex: &Regex) -> String {
    let Dfa { classes, transitions, class_count, start, first_accepting } = regex.table();
    let next = transitions.as_chunks().0.iter().map(|&state| u16::from_le_bytes(state));
    let (classes, next) = (numbers(classes.iter()), numbers(next));
    let text = pcre::to_pcre(regex);
    format!(
        "// {text}\n    Regex {{\n        classes: [{classes}],\n        next: &[{next}],\n        width: {class_count},\n        start: {start},\n        \
         accepting: {first_accepting},\n    }}"
    )
}

fn numbers(numbers: impl Iterator<Item = impl ToString>) -> String {
    numbers.map(|number| number.to_string()).collect::<Vec<_>>().join(",")
}
