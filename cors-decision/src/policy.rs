//! The compiled policies, as borrowed data: the compiler lends its own vectors, an application its statics.

use crate::bytes::eq;
use crate::{Origins, Paths};

/// All policies of one file, and the paths where they apply.
///
/// Everything can be asked at compile time, so a program can hold its policy to what it relies on:
///
/// ```
/// use cors_decision::{Keys, List, Origins, Paths, Policy, PolicySet};
///
/// const SET: PolicySet<'_> = PolicySet::new(
///     Paths { states: b"\0\0\0\0\0\0\0\0", policies: b"\0\0\0\0", ..Paths::EMPTY },
///     &[Policy {
///         name: "api",
///         origins: Origins::Listed {
///             exact: Keys::new(b"https://app.example.com", b"\0\0\0\0\0\0\0\0\x17\0\0\0\0\0\0\0", b"", 0),
///             patterns: None,
///         },
///         allow_methods: List::Constant("GET, HEAD, POST"),
///         allow_headers: List::Absent,
///         expose_headers: None,
///         allow_credentials: false,
///         max_age: None,
///         allow_private_network: false,
///         preflight_status: 204,
///     }],
/// );
/// const _: () = assert!(SET.policy("api").unwrap().allows_origin(b"https://app.example.com"));
/// const _: () = assert!(!SET.policy_for(b"/items").unwrap().allows_origin(b"https://evil.example"));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct PolicySet<'a> {
    /// The path rules: the most specific that matches answers.
    pub paths: Paths<'a>,
    /// The policies that the rules lead to.
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
    /// A set as the compiler prints it.
    #[must_use]
    pub const fn new(paths: Paths<'a>, policies: &'a [Policy<'a>]) -> Self {
        Self { paths, policies }
    }

    /// The policy for a path (as received, without the query), or none: then no CORS header is set and no preflight answered.
    ///
    /// A path that a later hop could read in another way has no policy, unless one policy covers every path anyway.
    #[must_use]
    #[inline]
    pub const fn policy_for(&self, path: &[u8]) -> Option<&'a Policy<'a>> {
        match self.index_for(path) {
            Some(index) => Some(&self.policies[index]),
            None => None,
        }
    }

    /// As [`policy_for`](Self::policy_for), but the index of the policy in [`policies`](Self::policies): for who keeps something of its own for each.
    #[must_use]
    #[inline]
    pub const fn index_for(&self, path: &[u8]) -> Option<usize> {
        self.index_of(self.paths.rule_for(path))
    }

    /// The index of the policy for every path, where no path needs to be looked at to know it.
    #[must_use]
    #[inline]
    pub const fn index_for_every_path(&self) -> Option<usize> {
        self.index_of(self.paths.rule_for_every_path())
    }

    #[inline]
    const fn index_of(&self, rule: Option<usize>) -> Option<usize> {
        let Some(rule) = rule else { return None };
        match self.paths.policy_of(rule) {
            Some(index) if index < self.policies.len() => Some(index),
            _ => None,
        }
    }

    /// The policy of a name.
    #[must_use]
    pub const fn policy(&self, name: &str) -> Option<&'a Policy<'a>> {
        let mut at = 0;
        while at < self.policies.len() {
            if eq(self.policies[at].name.as_bytes(), name.as_bytes()) {
                return Some(&self.policies[at]);
            }
            at += 1;
        }
        None
    }
}

impl Policy<'_> {
    /// Whether a browser's script at this origin (the value of its `Origin` header) may read.
    ///
    /// It can be asked at compile time: `const _: () = assert!(POLICY.allows_origin(b"https://app.example.com"));`
    #[must_use]
    #[inline]
    pub const fn allows_origin(&self, origin: &[u8]) -> bool {
        self.origins.allow(origin)
    }
}
