//! The resolved policies come in, the tables of the decision go out: the last step that every consumer of the decision shares.

use cors_decision::Dfa;

use crate::policy::{Entry, List, Matcher, Origins, Policy, PolicySet};
use crate::tables::{ExactTable, PathTable, WildcardTable};

/// What the decision's tables borrow from.
pub struct Storage<'p> {
    policies: Vec<Stored<'p>>,
    /// Missing where nobody asks for a path. (Rules too many for a table are an error of the file.)
    paths: Option<PathTable>,
}

struct Stored<'p> {
    policy: &'p Policy<'p>,
    origins: Option<StoredOrigins<'p>>,
    methods: Option<String>,
    headers: Option<String>,
    expose: Option<String>,
    max_age: Option<String>,
}

struct StoredOrigins<'p> {
    exact: ExactTable,
    wildcards: WildcardTable,
    regexes: Vec<Dfa<'p>>,
}

impl<'p> Storage<'p> {
    /// Lays out the tables of these policies.
    pub fn new(set: &'p PolicySet<'p>) -> Self {
        let policies = set.policies.iter().map(|policy| Stored { origins: Some(StoredOrigins::new(policy.origins.entries())), ..Stored::new(policy) });
        Self { policies: policies.collect(), paths: PathTable::new(&set.rules).ok() }
    }

    /// Lays out the values of the headers alone, for whoever says origins and paths in another way: no path leads to a policy then, and none
    /// allows an origin that it would have to look up.
    #[cfg(feature = "cli")]
    pub(crate) fn of_headers(set: &'p PolicySet<'p>) -> Self {
        Self { policies: set.policies.iter().map(Stored::new).collect(), paths: None }
    }

    /// The policies, as the decision reads them.
    pub fn policies(&self) -> Vec<cors_decision::Policy<'_>> {
        self.policies.iter().map(Stored::view).collect()
    }

    /// The whole set over those policies.
    pub fn set<'a>(&'a self, policies: &'a [cors_decision::Policy<'a>]) -> cors_decision::PolicySet<'a> {
        cors_decision::PolicySet::new(self.paths.as_ref().map_or(cors_decision::Paths::EMPTY, PathTable::view), policies)
    }
}

impl<'p> Stored<'p> {
    fn new(policy: &'p Policy<'p>) -> Self {
        Self {
            policy,
            origins: None,
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
                Origins::Listed(_) => self.origins.as_ref().map_or(cors_decision::Origins::NONE, StoredOrigins::view),
            },
            // No method is kept out of "any"; of the headers, `Authorization` is.
            allow_methods: list(&self.policy.methods, self.methods.as_deref(), credentials, true),
            allow_headers: list(&self.policy.headers, self.headers.as_deref(), credentials, self.policy.headers.names_header("authorization")),
            expose_headers: self.expose.as_deref(),
            allow_credentials: credentials,
            max_age: self.max_age.as_deref(),
            allow_private_network: self.policy.private_network.value,
            preflight_status: self.policy.preflight_status.value,
        }
    }
}

impl<'p> StoredOrigins<'p> {
    fn new(entries: &'p [Entry<'p>]) -> Self {
        Self { exact: ExactTable::new(entries), wildcards: WildcardTable::new(entries), regexes: entries.iter().filter_map(regex).collect() }
    }

    fn view(&self) -> cors_decision::Origins<'_> {
        let patterns = cors_decision::Patterns { wildcards: self.wildcards.view(), regexes: &self.regexes };
        let has_patterns = patterns.wildcards != cors_decision::Wildcards::EMPTY || !patterns.regexes.is_empty();
        cors_decision::Origins::Listed { exact: self.exact.view(), patterns: has_patterns.then_some(patterns) }
    }
}

fn regex<'p>(entry: &'p Entry<'_>) -> Option<Dfa<'p>> {
    match &entry.matcher {
        Matcher::Regex(regex) => Some(regex.table()),
        Matcher::Origin(_) => None,
    }
}

/// With credentials `*` means nothing to a browser, so "any" must name what was asked for.
fn list<'a>(list: &List<'_>, value: Option<&'a str>, credentials: bool, authorization: bool) -> cors_decision::List<'a> {
    match value {
        Some(_) if list.any.is_some() && credentials => cors_decision::List::Echo { authorization },
        Some(value) => cors_decision::List::Constant(value),
        None => cors_decision::List::Absent,
    }
}
