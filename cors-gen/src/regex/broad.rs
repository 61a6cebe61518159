//! A compiled pattern comes in; two origins that no one owner has both go out, if it matches such.
//!
//! Of what the pattern matches only well-formed origins count: `scheme://host[:port]` as a browser writes it. The hosts are read from
//! their ends. As long as one spelling only is possible, or all spellings agree on the registrable domain, nothing further left can
//! lead out of it, but into a public suffix that stands below the domain; two spellings with different registrable domains are the witness. A host
//! without one (an address, a bare name, a public suffix) counts as its own. Loopback hosts count as nobody's.

use std::{
    collections::{BTreeMap, HashMap},
    sync::LazyLock,
};

use cors_decision::Dfa;

use super::Regex;
use super::walk::TooFar;

/// Two origins of different owners that one pattern matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broad {
    /// The one that was more likely meant.
    pub inside: String,
    /// The one that was less likely meant.
    pub outside: String,
}

/// Whose origins a pattern matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ownership {
    /// One owner's, or nobody's.
    One,
    /// Those of several.
    Several(Broad),
    /// The pattern matches too many to tell.
    Unknown,
}

/// Who has which host.
#[derive(Clone, Copy)]
pub struct Owners<'a> {
    /// Answers `example.com` for `app.example.com`, and nothing for a public suffix or a bare name.
    pub registrable_domain: &'a dyn Fn(&str) -> Option<String>,
    /// The public suffixes somewhere below a domain: `s3.amazonaws.com` and `*.compute.amazonaws.com` below `amazonaws.com`.
    pub suffixes_below: &'a dyn Fn(&str) -> Vec<&'static str>,
}

const MAX_HOST: usize = 253;
const MAX_LABEL: usize = 63;
const MAX_STATES: usize = 20_000;
const MAX_NODES: usize = 5_000;

/// The order in which bytes are tried, so that a witness reads well.
const PREFERENCE: &[u8] = b"/.xabcdefghijklmnopqrstuvwyz0123456789-_";

/// A host whose last label is a number is an IPv4 address, for a browser as here. How long a label may be is not looked at: to count would multiply the
/// states, and a pattern that leads to another owner by a label of 64 characters leads there by a shorter one, too.
macro_rules! host {
    () => {
        concat!(
            r"(?:(?:[a-z0-9_-]+\.)*[a-z0-9_-]*[a-z_-][a-z0-9_-]*",
            r"|(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\.(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])){3})",
            r"|\[[0-9a-f:]+\])"
        )
    };
}

static WEB: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(concat!("https?://", host!())).ok());
static ANY: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(concat!("[a-z][a-z0-9+.-]*://", host!())).ok());
static LOOPBACK: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"[a-z][a-z0-9+.-]*://(?:(?:[a-z0-9_-]+\.)*localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])").ok());

impl Regex {
    /// Whose origins this pattern matches; of several owners two are shown.
    #[must_use]
    pub fn ownership(&self, owners: Owners<'_>) -> Ownership {
        for shape in [&WEB, &ANY].into_iter().filter_map(|shape| shape.as_ref()) {
            let Some(hosts) = Hosts::new(self.table(), shape.table()) else { return Ownership::Unknown };
            match hosts.two_owners(&owners) {
                Err(TooFar) => return Ownership::Unknown,
                Ok(None) => {}
                Ok(Some([one, other])) => {
                    let likely = hosts.shortest().filter(|origin| owners.of_origin(origin) != owners.of_origin(&other));
                    return Ownership::Several(Broad { inside: likely.unwrap_or(one), outside: other });
                }
            }
        }
        Ownership::One
    }
}

/// Where the pattern, the shape of origins, and the shape of loopback origins stand.
type State = (u16, u16, u16);

/// The well-formed origins, without ports, that a pattern matches: all states that are reached, and the way back.
struct Hosts<'a> {
    pattern: Dfa<'a>,
    shape: Dfa<'a>,
    loopback: Dfa<'a>,
    states: Vec<State>,
    /// For each state but the first the state and the byte by which it was reached first.
    reached_by: Vec<(usize, u8)>,
    /// For each state the length of the shortest way to it.
    depths: Vec<usize>,
    /// For each state the bytes that lead to it and where they come from. Of bytes that are never told apart two stand for all:
    /// enough to see that there is a choice.
    sources: Vec<BTreeMap<usize, Vec<usize>>>,
    /// The bytes in the order of preference, by the index that `sources` uses.
    bytes: Vec<u8>,
}

impl<'a> Hosts<'a> {
    fn new(pattern: Dfa<'a>, shape: Dfa<'a>) -> Option<Self> {
        let loopback = LOOPBACK.as_ref()?.table();
        let start = (pattern.start, shape.start, loopback.start);
        let mut hosts = Self {
            pattern,
            shape,
            loopback,
            states: vec![start],
            reached_by: vec![(0, 0)],
            depths: vec![0],
            sources: vec![BTreeMap::new()],
            bytes: representatives([pattern, shape, loopback]),
        };
        hosts.explore(start).then_some(hosts)
    }

    fn explore(&mut self, start: State) -> bool {
        let mut known = HashMap::from([(start, 0)]);
        let mut at = 0;
        while let Some(&(pattern, shape, loopback)) = self.states.get(at) {
            for (index, &byte) in self.bytes.iter().enumerate() {
                let next = (self.pattern.next(pattern, byte), self.shape.next(shape, byte), self.loopback.next(loopback, byte));
                if next.0 == 0 || next.1 == 0 {
                    continue;
                }
                let target = *known.entry(next).or_insert_with(|| {
                    self.states.push(next);
                    self.reached_by.push((at, byte));
                    self.depths.push(self.depths[at] + 1);
                    self.sources.push(BTreeMap::new());
                    self.states.len() - 1
                });
                self.sources[target].entry(index).or_default().push(at);
            }
            at += 1;
            if self.states.len() > MAX_STATES {
                return false;
            }
        }
        true
    }

    fn ends_host(&self, state: usize) -> bool {
        let (pattern, shape, _) = self.states[state];
        self.shape.accepts(shape) && self.port(pattern).is_some()
    }

    /// The shortest `:port` after which the pattern accepts, or nothing at all if it does already.
    fn port(&self, state: u16) -> Option<String> {
        if self.pattern.accepts(state) {
            return Some(String::new());
        }
        let mut ports = vec![(self.pattern.next(state, b':'), ":".to_owned())];
        for length in 0..5 {
            let mut longer: Vec<(u16, String)> = Vec::new();
            for (state, port) in ports {
                let digits = if length == 0 { '1'..='9' } else { '0'..='9' };
                for digit in digits {
                    let next = self.pattern.next(state, digit as u8);
                    if self.pattern.accepts(next) {
                        return Some(format!("{port}{digit}"));
                    }
                    if next != 0 && !longer.iter().any(|(known, _)| *known == next) {
                        longer.push((next, format!("{port}{digit}")));
                    }
                }
            }
            ports = longer;
        }
        None
    }

    fn is_loopback(&self, state: usize) -> bool {
        self.loopback.accepts(self.states[state].2)
    }

    fn shortest(&self) -> Option<String> {
        let state = (0..self.states.len()).find(|&state| self.ends_host(state) && !self.is_loopback(state))?;
        Some(self.origin(state, &[]))
    }

    /// The whole origin that reaches `state` and then reads `suffix`, which is stored from its end.
    fn origin(&self, state: usize, suffix: &[u8]) -> String {
        let mut reversed = suffix.to_vec();
        let mut at = state;
        while at != 0 {
            let (before, byte) = self.reached_by[at];
            reversed.push(byte);
            at = before;
        }
        let origin = text(&reversed);
        let end = origin.bytes().fold(self.pattern.start, |state, byte| self.pattern.next(state, byte));
        origin + &self.port(end).unwrap_or_default()
    }

    /// The bytes that can stand before any of `states`, and where they lead back to.
    fn before(&self, states: &[usize]) -> BTreeMap<usize, Vec<usize>> {
        let mut before: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for &state in states {
            for (&index, sources) in &self.sources[state] {
                before.entry(index).or_default().extend(sources);
            }
        }
        for sources in before.values_mut() {
            sources.sort_unstable();
            sources.dedup();
        }
        before
    }

    fn two_owners(&self, owners: &Owners<'_>) -> Result<Option<[String; 2]>, TooFar> {
        let ends = (0..self.states.len()).filter(|&state| self.ends_host(state) && !self.is_loopback(state)).collect();
        let mut first: Option<(String, String)> = None;
        let mut nodes = vec![Node { states: ends, suffix: Vec::new(), owner: None }];
        for _ in 0..MAX_NODES {
            let Some(node) = nodes.pop() else { return Ok(None) };
            for step in self.steps(node, owners).into_iter().rev() {
                match (step, &first) {
                    (Step::Further(node), _) => nodes.push(node),
                    (Step::Owned(owned), None) => first = Some(owned),
                    (Step::Owned((owner, outside)), Some((known, inside))) if *known != owner => {
                        return Ok(Some([inside.clone(), outside]));
                    }
                    (Step::Owned(_), Some(_)) => {}
                }
            }
        }
        Err(TooFar)
    }

    /// What can stand before a node, the shortest way to the start of the host first.
    fn steps(&self, node: Node, owners: &Owners<'_>) -> Vec<Step> {
        let before = self.before(&node.states);
        if let (Some(owner), Some(&state)) = (&node.owner, node.states.first())
            && before.len() > 1
        {
            let origin = self.origin(state, &node.suffix);
            let below = (owners.suffixes_below)(owner).into_iter().filter_map(|suffix| self.under(&node, suffix));
            return below.chain([Step::Owned((owners.of_origin(&origin), origin))]).collect();
        }
        let mut before: Vec<_> = before.into_iter().collect();
        before.sort_by_key(|(_, states)| states.first().map(|&state| self.depths[state]));
        before.into_iter().filter_map(|(index, states)| self.step(&node, self.bytes[index], states, owners)).collect()
    }

    /// Where the search goes on directly under a public suffix, if that can end as a node does. `*.` is filled in with a short label that can stand there.
    fn under(&self, node: &Node, suffix: &'static str) -> Option<Step> {
        let (is_any, named) = suffix.strip_prefix("*.").map_or((false, suffix), |named| (true, named));
        let (named, known) = (format!(".{named}"), text(&node.suffix));
        let mut at = (node.states.clone(), node.suffix.clone());
        let mut label = "";
        match (named.strip_suffix(&*known), known.strip_suffix(&*named)) {
            (Some(rest), _) => at = self.read(at, rest)?,
            (None, Some(end)) if is_any && !end.contains('.') => label = end,
            // It has been passed, or is another one.
            (None, _) => return None,
        }
        if is_any {
            let rest = self.label_before(&at.0, label.is_empty())?;
            at = self.read(at, &format!(".{rest}"))?;
        }
        let (states, suffix) = at;
        Some(Step::Further(Node { states, suffix, owner: None }))
    }

    /// Goes on from some states, and what follows them, to what stands before this text.
    fn read(&self, (mut states, mut reversed): (Vec<usize>, Vec<u8>), text: &str) -> Option<(Vec<usize>, Vec<u8>)> {
        let classes = |byte: u8| [self.pattern, self.shape, self.loopback].map(|automaton| automaton.classes[usize::from(byte)]);
        for byte in text.bytes().rev() {
            let index = self.bytes.iter().position(|&other| classes(other) == classes(byte))?;
            states = self.before(&states).remove(&index)?;
            reversed.push(byte);
        }
        Some((states, reversed))
    }

    /// The shortest label, or end of one that is not empty, that can stand before `states`, behind a dot.
    fn label_before(&self, states: &[usize], is_whole: bool) -> Option<String> {
        let mut ways = vec![(states.to_vec(), String::new())];
        for _ in 0..=MAX_LABEL {
            let mut longer: Vec<(Vec<usize>, String)> = Vec::new();
            for (states, label) in ways {
                for (index, states) in self.before(&states) {
                    let byte = self.bytes[index];
                    if byte == b'.' && !(is_whole && label.is_empty()) {
                        return Some(label);
                    }
                    let is_new = |(known, _): &(Vec<usize>, String)| *known != states;
                    if !b"./".contains(&byte) && longer.iter().all(is_new) {
                        longer.push((states, format!("{}{label}", char::from(byte))));
                    }
                }
            }
            ways = longer;
        }
        None
    }

    fn step(&self, node: &Node, byte: u8, states: Vec<usize>, owners: &Owners<'_>) -> Option<Step> {
        let host = text(&node.suffix);
        let mut suffix = node.suffix.clone();
        suffix.push(byte);
        let owner = match byte {
            b'/' => {
                let origin = self.origin(*states.first()?, &suffix);
                return Some(Step::Owned((owners.of_host(host), origin)));
            }
            b'.' => owners.domain(&host),
            _ => node.owner.clone(),
        };
        (suffix.len() <= MAX_HOST).then_some(Step::Further(Node { states, suffix, owner }))
    }
}

impl Owners<'_> {
    fn domain(&self, host: &str) -> Option<String> {
        if is_address(host) {
            return None;
        }
        (self.registrable_domain)(host)
    }

    fn of_host(&self, host: String) -> String {
        self.domain(&host).unwrap_or(host)
    }

    fn of_origin(&self, origin: &str) -> String {
        let (_, host) = origin.split_once("://").unwrap_or(("", origin));
        let port = host.rfind(':').filter(|_| !host.ends_with(']'));
        self.of_host(host[..port.unwrap_or(host.len())].to_owned())
    }
}

/// All matched hosts that end alike.
struct Node {
    states: Vec<usize>,
    /// How they end, from the end.
    suffix: Vec<u8>,
    /// The registrable domain of the whole labels among it.
    owner: Option<String>,
}

enum Step {
    Further(Node),
    /// The owner of all hosts that end so, and an origin with such a host.
    Owned((String, String)),
}

fn text(reversed: &[u8]) -> String {
    reversed.iter().rev().map(|&byte| char::from(byte)).collect()
}

fn is_address(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or_default();
    host.ends_with(']') || last.bytes().all(|byte| byte.is_ascii_digit())
}

/// Two bytes of each class that the automata do not tell apart, the preferred ones, in the order of preference.
fn representatives(automata: [Dfa<'_>; 3]) -> Vec<u8> {
    let mut bytes: Vec<u8> = (0x21..=0x7E).collect();
    bytes.sort_by_key(|byte| PREFERENCE.iter().position(|other| other == byte).unwrap_or(usize::MAX));
    let mut seen: HashMap<[u8; 3], u8> = HashMap::new();
    bytes.retain(|&byte| {
        let count = seen.entry(automata.map(|automaton| automaton.classes[usize::from(byte)])).or_default();
        *count += 1;
        *count <= 2
    });
    bytes
}
