//! The entries of a policy come in; the tables of the wildcards among them go out.

use std::collections::{BTreeMap, BTreeSet};

use cors_decision::{Grants, Tagged, Wildcards};

use super::keys::{KeyTable, beside};
use crate::origin::Origin;
use crate::policy::Entry;
use crate::wildcard::{HostPattern, OriginPattern, PortPattern};

/// What the wildcards of a policy borrow from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WildcardTable {
    hosts: KeyTable,
    rules: Vec<u8>,
    shapes: Vec<u8>,
    labels: KeyTable,
    label_grants: Vec<u8>,
    ports: KeyTable,
    shallowest: u8,
    deepest: u8,
}

/// What is granted under one host.
#[derive(Default)]
struct Rule {
    below: u8,
    itself: u8,
    shapes: BTreeSet<[u8; 2]>,
}

/// The wildcards, sorted by what they are found by.
#[derive(Default)]
struct Sorted<'p> {
    hosts: BTreeMap<&'p str, Rule>,
    /// By the text before the `*` and all that follows it.
    labels: BTreeMap<(&'p str, &'p str), u8>,
    /// Scheme, port, and the same two texts; the first is missing where whole labels are wild.
    ports: BTreeSet<(bool, u16, Option<&'p str>, &'p str)>,
}

impl WildcardTable {
    pub(crate) fn new(entries: &[Entry<'_>]) -> Self {
        let mut sorted = Sorted::default();
        for origin in entries.iter().filter_map(Entry::origin) {
            if let Some(pattern) = origin.pattern() {
                sorted.insert(origin, &pattern);
            }
        }
        sorted.lay_out()
    }

    pub(crate) fn view(&self) -> Wildcards<'_> {
        Wildcards {
            hosts: self.hosts.view(),
            rules: &self.rules,
            shapes: &self.shapes,
            labels: self.labels.view(),
            label_grants: &self.label_grants,
            ports: self.ports.view(),
            shallowest: self.shallowest,
            deepest: self.deepest,
        }
    }
}

impl<'p> Sorted<'p> {
    fn insert(&mut self, origin: &'p Origin<'_>, pattern: &OriginPattern<'p>) {
        let https = pattern.scheme == "https";
        let (bits, port) = match pattern.port {
            PortPattern::Default => (Grants::DEFAULT_PORT, None),
            PortPattern::Any => (Grants::ANY_PORT, None),
            PortPattern::Exact(port) => (Grants::SOME_PORTS, port.parse::<u16>().ok()),
        };
        let grants = Grants::of(https, bits);
        let port_of = |label, rest| port.map(|port| (https, port, label, rest));
        match pattern.host {
            HostPattern::Exact(host) => self.hosts.entry(host).or_default().itself |= grants,
            HostPattern::Subdomains { parent } => {
                self.hosts.entry(parent).or_default().below |= grants;
                self.ports.extend(port_of(None, parent));
            }
            HostPattern::Label { prefix, suffix, parent } => {
                self.hosts.entry(parent).or_default().shapes.insert([prefix.len() as u8, suffix.len() as u8]);
                let rest = &origin.host()[prefix.len() + 1..];
                *self.labels.entry((prefix, rest)).or_default() |= grants;
                self.ports.extend(port_of(Some(prefix), rest));
            }
        }
    }

    fn lay_out(self) -> WildcardTable {
        let mut shapes: Vec<[u8; 2]> = Vec::new();
        let mut rules = Vec::with_capacity(self.hosts.len());
        for rule in self.hosts.values() {
            let words = [u32::from_le_bytes([rule.below, rule.itself, 0, 0]) | (rule.shapes.len() as u32) << 16, shapes.len() as u32];
            rules.push(words.map(u32::to_le_bytes));
            shapes.extend(&rule.shapes);
        }
        let depths = || self.hosts.keys().map(|host| host.split('.').count() as u8);
        let (shallowest, deepest) = (depths().min().unwrap_or(0), depths().max().unwrap_or(0));
        let hosts: Vec<&str> = self.hosts.keys().copied().collect();
        let (hosts, host_slots) = KeyTable::new(&hosts);
        let labels = |&(prefix, rest): &(&'p str, &'p str)| Tagged { tag: prefix.len() as u32, head: prefix.as_bytes(), tail: rest.as_bytes() };
        let grants: Vec<u8> = self.labels.values().copied().collect();
        let (labels, label_slots) = KeyTable::new(&self.labels.keys().map(labels).collect::<Vec<_>>());
        let port =
            |&(https, port, label, rest): &(bool, u16, Option<&'p str>, &'p str)| Wildcards::port_key(https, port, label.map(str::as_bytes), rest.as_bytes());
        let (ports, _) = KeyTable::new(&self.ports.iter().map(port).collect::<Vec<_>>());
        WildcardTable {
            rules: beside(&host_slots, |host| rules[host]).as_flattened().concat(),
            label_grants: beside(&label_slots, |label| grants[label]),
            shapes: shapes.concat(),
            hosts,
            labels,
            ports,
            shallowest,
            deepest,
        }
    }
}
