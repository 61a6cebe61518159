//! The resolved policies come in, the tables of the decision go out: the last step that every consumer of the decision shares.

use cors_decision::{Dfa, ExactOrigins, OriginPattern, PathRule};

use crate::policy::{Entry, List, Matcher, Origins, Policy, PolicySet};

/// What the decision's tables borrow from: one for each policy.
pub struct Storage<'p> {
    policies: Vec<Stored<'p>>,
    rules: Vec<PathRule<'p>>,
}

struct Stored<'p> {
    policy: &'p Policy<'p>,
    exact: String,
    ends: Vec<u32>,
    patterns: Vec<OriginPattern<'p>>,
    regexes: Vec<Dfa<'p>>,
    methods: Option<String>,
    headers: Option<String>,
    expose: Option<String>,
    max_age: Option<String>,
}

impl<'p> Storage<'p> {
    /// Lays out the tables of these policies.
    pub fn new(set: &'p PolicySet<'p>) -> Self {
        let rules = set.rules.iter().map(|rule| PathRule { pattern: &rule.pattern.value, policy: rule.policy }).collect();
        Self { policies: set.policies.iter().map(Stored::new).collect(), rules }
    }

    /// The tables but for the exact origins: for a back end that asks only what is answered to an origin, not to which.
    pub(crate) fn without_exact_origins(set: &'p PolicySet<'p>) -> Self {
        let policies = set.policies.iter().map(|policy| Stored::of(policy, (String::new(), Vec::new()))).collect();
        Self { policies, rules: Vec::new() }
    }

    /// The policies, as the decision reads them.
    pub fn policies(&self) -> Vec<cors_decision::Policy<'_>> {
        self.policies.iter().map(Stored::view).collect()
    }

    /// The whole set over those policies.
    pub fn set<'a>(&'a self, policies: &'a [cors_decision::Policy<'a>]) -> cors_decision::PolicySet<'a> {
        cors_decision::PolicySet { rules: &self.rules, policies }
    }
}

impl<'p> Stored<'p> {
    fn new(policy: &'p Policy<'p>) -> Self {
        Self::of(policy, exact_origins(policy.origins.entries()))
    }

    fn of(policy: &'p Policy<'p>, (exact, ends): (String, Vec<u32>)) -> Self {
        let entries = policy.origins.entries();
        Self {
            policy,
            exact,
            ends,
            patterns: entries.iter().filter_map(|entry| entry.origin()?.pattern()).collect(),
            regexes: entries.iter().filter_map(regex).collect(),
            methods: policy.methods.header_value(),
            headers: policy.headers.header_value(),
            expose: policy.expose.header_value(),
            max_age: policy.max_age.map(|max_age| max_age.value.to_string()),
        }
    }

    fn view(&self) -> cors_decision::Policy<'_> {
        let credentials = self.policy.credentials.value;
        cors_decision::Policy {
            name: &self.policy.name.value,
            origins: match self.policy.origins {
                Origins::Any(_) => cors_decision::Origins::Any,
                Origins::Listed(_) => cors_decision::Origins::Listed {
                    exact: ExactOrigins { text: &self.exact, ends: &self.ends },
                    patterns: &self.patterns,
                    regexes: &self.regexes,
                },
            },
            allow_methods: list(&self.policy.methods, self.methods.as_deref(), credentials),
            allow_headers: list(&self.policy.headers, self.headers.as_deref(), credentials),
            expose_headers: self.expose.as_deref(),
            allow_credentials: credentials,
            max_age: self.max_age.as_deref(),
            allow_private_network: self.policy.private_network.value,
            preflight_status: self.policy.preflight_status.value,
        }
    }
}

fn exact_origins(entries: &[Entry<'_>]) -> (String, Vec<u32>) {
    let exact = entries.iter().filter_map(Entry::origin).filter(|origin| origin.pattern().is_none());
    let mut exact: Vec<(u128, &str)> = exact.map(|origin| (head(origin.as_str()), origin.as_str())).collect();
    exact.sort_unstable();
    exact.dedup();
    let mut text = String::with_capacity(exact.iter().map(|(_, origin)| origin.len()).sum());
    let mut ends = Vec::with_capacity(exact.len());
    for (_, origin) in exact {
        text.push_str(origin);
        ends.push(text.len() as u32);
    }
    (text, ends)
}

/// The beginning of an origin as a number, in the same order: most pairs of a hundred thousand are told apart without a look at the texts.
fn head(origin: &str) -> u128 {
    let Some(host) = origin.strip_prefix("https://") else {
        return if origin < "https://" { 0 } else { u128::MAX };
    };
    let mut head = [0; 16];
    let known = host.len().min(15);
    head[0] = 1;
    head[1..=known].copy_from_slice(&host.as_bytes()[..known]);
    u128::from_be_bytes(head)
}

fn regex<'p>(entry: &'p Entry<'_>) -> Option<Dfa<'p>> {
    match &entry.matcher {
        Matcher::Regex(regex) => Some(regex.table()),
        Matcher::Origin(_) => None,
    }
}

/// With credentials `*` means nothing to a browser, so "any" must name what was asked for.
fn list<'a>(list: &List<'_>, value: Option<&'a str>, credentials: bool) -> cors_decision::List<'a> {
    match value {
        Some(_) if list.any.is_some() && credentials => cors_decision::List::Echo { authorization: list.names_header("authorization") },
        Some(value) => cors_decision::List::Constant(value),
        None => cors_decision::List::Absent,
    }
}
