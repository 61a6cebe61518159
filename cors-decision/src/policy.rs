//! The compiled policies, as borrowed data: the compiler lends its own vectors, an application its statics.

use crate::{Origins, PathRule, is_ambiguous, path_matches};

/// All policies of one file, and the paths where they apply.
#[derive(Debug, Clone, Copy)]
pub struct PolicySet<'a> {
    /// The path rules, the most specific first: the first that matches answers.
    pub rules: &'a [PathRule<'a>],
    /// The policies that the rules point to.
    pub policies: &'a [Policy<'a>],
}

/// One policy: who may read, and what the answers say.
#[derive(Debug, Clone, Copy)]
pub struct Policy<'a> {
    /// The name it has in the file.
    pub name: &'a str,
    /// Who may read. Precondition: [`Origins::Any`] never stands with `allow_credentials`.
    pub origins: Origins<'a>,
    /// The value of `Access-Control-Allow-Methods`.
    pub allow_methods: List<'a>,
    /// The value of `Access-Control-Allow-Headers`.
    pub allow_headers: List<'a>,
    /// The value of `Access-Control-Expose-Headers`.
    pub expose_headers: Option<&'a str>,
    /// Whether cookies, TLS client certificates and HTTP authentication go with the requests.
    pub allow_credentials: bool,
    /// The value of `Access-Control-Max-Age`, in seconds.
    pub max_age: Option<&'a str>,
    /// Whether `Access-Control-Request-Private-Network: true` is answered.
    pub allow_private_network: bool,
    /// The status of an answered preflight, 200 to 299.
    pub preflight_status: u16,
}

/// What the answer to a preflight says of methods, or of headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List<'a> {
    /// Nothing beyond what a browser never asks about: the header is absent.
    Absent,
    /// This value, the same for every preflight.
    Constant(&'a str),
    /// The value that was asked for. `*` means nothing to a browser once credentials go with the request
    /// ([Fetch, 4.9](https://fetch.spec.whatwg.org/#cors-preflight-fetch)), so "any, with credentials" must name it.
    /// What is echoed, and what is not, is said by [`echoes`](crate::echoes).
    Echo {
        /// Whether `Authorization` is among what may be echoed: `*` alone never covers it.
        authorization: bool,
    },
}

impl<'a> PolicySet<'a> {
    /// The policy for a path (as received, without the query), or none: then no CORS header is set and no preflight answered.
    ///
    /// A path that a later hop could read in another way has no policy, unless one policy covers every path anyway.
    pub fn policy_for(&self, path: &[u8]) -> Option<&'a Policy<'a>> {
        self.rule_for(path).and_then(|rule| self.policies.get(rule.policy))
    }

    /// The rule by which [`policy_for`](Self::policy_for) chooses.
    pub fn rule_for(&self, path: &[u8]) -> Option<&'a PathRule<'a>> {
        if let [only @ PathRule { pattern: "/**", .. }] = self.rules {
            return Some(only);
        }
        if is_ambiguous(path) {
            return None;
        }
        self.rules.iter().find(|rule| path_matches(rule.pattern, path))
    }

    /// The policy of a name.
    pub fn policy(&self, name: &str) -> Option<&'a Policy<'a>> {
        self.policies.iter().find(|policy| policy.name == name)
    }
}

impl Policy<'_> {
    /// Whether a browser's script at this origin (the value of its `Origin` header) may read.
    pub fn allows_origin(&self, origin: &[u8]) -> bool {
        self.origins.allow(origin)
    }
}
