//! Every case of every table, in one order for the clock and for callgrind.

use crate::asks::{ASKS, Ask};
use crate::goals::PEERS;
use crate::origins::{ALLOWED, REFUSED, origins, policies, wildcards};
use crate::subjects::{Pair, alone, pairs, put};

/// So many origins.
pub const COUNTS: [usize; 6] = [1, 10, 100, 1_000, 10_000, 100_000];

/// What is compared in one table: libraries that are asked the same.
pub struct Group {
    /// What is measured: `layer`, `alone`, `in-turn`, `put`, `wildcards`.
    pub what: &'static str,
    /// The number of origins.
    pub count: usize,
    /// What is asked.
    pub asks: Vec<Ask>,
    /// Who is asked.
    pub pairs: Vec<Pair>,
}

/// The cases with so many exact origins.
pub fn of_exact(count: usize) -> Vec<Group> {
    let origins = origins(count);
    let policies = policies(&origins);
    let decisions = vec![Ask::Allowed, Ask::Refused];
    let mut groups = vec![
        Group { what: "layer", count, asks: ASKS.to_vec(), pairs: pairs(&origins, policies) },
        Group { what: "alone", count, asks: decisions.clone(), pairs: alone(&origins, policies, false) },
        Group { what: "put", count, asks: decisions, pairs: put(&origins, policies) },
    ];
    if count > 1 {
        let mut pairs = alone(&origins, policies, true);
        // Nobody knows the right entry of all of them.
        pairs.retain(|pair| pair.name != "floor");
        groups.push(Group { what: "in-turn", count, asks: vec![Ask::Allowed], pairs });
    }
    groups
}

/// The cases with wildcards: few and many of them.
pub fn of_wildcards() -> Vec<Group> {
    [1, 100]
        .map(|count| {
            let policies = policies(&wildcards(count));
            let mut pairs = alone(&[], policies, false);
            pairs.retain(|pair| pair.name == "cors-static");
            Group { what: "wildcards", count, asks: vec![Ask::Allowed, Ask::Refused], pairs }
        })
        .into()
}

/// Whether everyone answers as the table says: what is not the same is not compared.
pub fn check(groups: &mut [Group]) {
    for group in groups.iter_mut().filter(|group| group.what == "layer") {
        for pair in &mut group.pairs {
            for ask in ASKS {
                let seen = pair.with.see(ask);
                let allowed = ask.origin() == Some(ALLOWED);
                assert_eq!(seen.allow_origin.as_deref(), allowed.then_some(ALLOWED), "{}, {ask:?}: {seen:?}", pair.name);
                assert!(!allowed || seen.allow_methods == ask.is_preflight(), "{}, {ask:?}: {seen:?}", pair.name);
                if let Some(peer) = PEERS.iter().find(|peer| peer.name == pair.name)
                    && ask == Ask::Allowed
                {
                    assert_eq!(seen.varies, peer.varies, "{}", pair.name);
                }
                assert!(pair.without.see(ask).allow_origin.is_none(), "{}, {ask:?}", pair.name);
            }
        }
    }
    assert_ne!(ALLOWED, REFUSED);
}
