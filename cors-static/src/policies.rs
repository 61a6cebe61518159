//! A request comes in; the policies in force, then the application's own predicates are asked; the answer goes out to an adapter.

use std::borrow::ToOwned;
use std::string::String;
use std::sync::Arc;
use std::vec::Vec;

use cors_decision::{Answer, Policy, PolicySet, Request};

#[cfg(feature = "swap")]
use crate::swap::Shared;

/// The headers that CORS owns: where a policy applies, none of an inner service survives.
pub(crate) const CORS_HEADERS: [&str; 7] = [
    "access-control-allow-origin",
    "access-control-allow-credentials",
    "access-control-allow-methods",
    "access-control-allow-headers",
    "access-control-expose-headers",
    "access-control-max-age",
    "access-control-allow-private-network",
];

/// What every adapter asks. A clone shares it.
#[derive(Clone)]
pub(crate) struct Policies(Arc<Asked>);

#[derive(Clone)]
struct Asked {
    source: Source,
    predicates: Vec<Predicate>,
}

#[derive(Clone)]
enum Source {
    Fixed(&'static PolicySet<'static>, Ready),
    #[cfg(feature = "swap")]
    Shared(Shared),
}

#[derive(Clone)]
struct Predicate {
    policy: String,
    allow: Arc<Allow>,
}

type Allow = dyn Fn(&[u8]) -> bool + Send + Sync;

/// The ways to make an adapter, the same for all: what it holds in its one field, [`Policies`] or another adapter, is made in the same ways.
macro_rules! builders {
    ($adapter:ident { $field:ident: $held:ty }) => {
        impl $adapter {
            /// Enforces these policies, for as long as the program runs.
            #[must_use]
            pub fn new(policies: &'static cors_decision::PolicySet<'static>) -> Self {
                Self { $field: <$held>::new(policies) }
            }

            /// Enforces whatever policies are in force when a request comes.
            #[cfg(feature = "swap")]
            #[must_use]
            pub fn watching(policies: &$crate::swap::Shared) -> Self {
                Self { $field: <$held>::watching(policies) }
            }

            /// Lets the application allow origins that only it knows: where the policy of this name does not list the origin of a request, `allow`
            /// is asked. Several for one policy are asked in turn until one says yes.
            ///
            /// Permitted: comparing the whole value, or looking it up. Prohibited: waiting; looking for a part of the value, because
            /// `https://example.com.evil.io` has many parts that look well.
            ///
            /// # Panics
            /// The policies are fixed and none has this name: the predicate would never be asked.
            #[must_use]
            pub fn allow_origin_if(self, policy: &str, allow: impl Fn(&[u8]) -> bool + Send + Sync + 'static) -> Self {
                Self { $field: self.$field.allow_origin_if(policy, allow) }
            }
        }

        impl core::fmt::Debug for $adapter {
            fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                formatter.debug_struct(stringify!($adapter)).finish_non_exhaustive()
            }
        }
    };
}
pub(crate) use builders;

impl Policies {
    pub(crate) fn new(set: &'static PolicySet<'static>) -> Self {
        Self::of(Source::Fixed(set, Ready::of_static(set)))
    }

    #[cfg(feature = "swap")]
    pub(crate) fn watching(shared: &Shared) -> Self {
        Self::of(Source::Shared(shared.clone()))
    }

    fn of(source: Source) -> Self {
        Self(Arc::new(Asked { source, predicates: Vec::new() }))
    }

    /// Panics where the policies never change and none has this name: the predicate would never be asked.
    pub(crate) fn allow_origin_if(mut self, policy: &str, allow: impl Fn(&[u8]) -> bool + Send + Sync + 'static) -> Self {
        match &self.0.source {
            Source::Fixed(set, _) => assert!(set.policy(policy).is_some(), "there is no policy `{policy}` to ask a predicate for"),
            #[cfg(feature = "swap")]
            Source::Shared(_) => {}
        }
        Arc::make_mut(&mut self.0).predicates.push(Predicate { policy: policy.to_owned(), allow: Arc::new(allow) });
        self
    }

    /// The answer in an adapter's own words, or nothing where the path has no policy.
    #[cfg(any(feature = "actix", feature = "rocket"))]
    pub(crate) fn decide<R>(&self, request: &Request<'_>, translate: impl FnOnce(&Answer<'_>) -> R) -> Option<R> {
        self.lend(|set, _| set.policy_for(request.path).map(|policy| translate(&self.ask(policy, request))))
    }

    /// Lends the policies in force.
    #[inline]
    pub(crate) fn lend<R>(&self, read: impl FnOnce(&PolicySet<'_>, &Ready) -> R) -> R {
        match &self.0.source {
            Source::Fixed(set, ready) => read(set, ready),
            #[cfg(feature = "swap")]
            Source::Shared(shared) => shared.lend(read),
        }
    }

    /// The answer of a policy, once the path has chosen it.
    #[inline]
    pub(crate) fn ask<'r, 'a: 'r>(&self, policy: &'a Policy<'a>, request: &Request<'r>) -> Answer<'r> {
        let answer = policy.decide_or(request, |policy, origin| self.allows(policy, origin));
        #[cfg(feature = "tracing")]
        crate::log::refusal(&answer, request.origin);
        answer
    }

    /// Apart, because most applications have no predicate.
    #[inline(never)]
    fn allows(&self, policy: &Policy<'_>, origin: &[u8]) -> bool {
        self.0.predicates.iter().any(|predicate| predicate.policy == policy.name && (predicate.allow)(origin))
    }
}

/// What is laid out once for a set of policies, so that no request has to.
#[derive(Debug, Clone)]
pub(crate) struct Ready {
    /// The index of the policy for every path: a path costs something to be taken out of its URI, and many applications have one policy for all.
    #[cfg(feature = "http")]
    everywhere: Option<usize>,
    /// By the index of the policy.
    #[cfg(feature = "http")]
    values: Vec<crate::http::Values>,
}

#[cfg(not(feature = "http"))]
impl Ready {
    fn of_static(_: &'static PolicySet<'static>) -> Self {
        Self {}
    }

    #[cfg(feature = "swap")]
    pub(crate) fn of(_: &PolicySet<'_>) -> Self {
        Self {}
    }
}

#[cfg(feature = "http")]
impl Ready {
    fn of_static(set: &'static PolicySet<'static>) -> Self {
        Self { everywhere: set.index_for_every_path(), values: set.policies.iter().map(crate::http::Values::of_static).collect() }
    }

    #[cfg(feature = "swap")]
    pub(crate) fn of(set: &PolicySet<'_>) -> Self {
        Self { everywhere: set.index_for_every_path(), values: set.policies.iter().map(crate::http::Values::of).collect() }
    }

    /// The policy for what is asked for, and its values. Precondition: this was laid out for this set.
    #[inline(always)]
    pub(crate) fn policy_for<'r, 'a: 'r>(&'r self, set: &PolicySet<'a>, uri: &::http::Uri) -> Option<(&'a Policy<'a>, &'r crate::http::Values)> {
        let index = match self.everywhere {
            Some(index) => index,
            None => set.index_for(uri.path().as_bytes())?,
        };
        Some((set.policies.get(index)?, self.values.get(index)?))
    }
}
