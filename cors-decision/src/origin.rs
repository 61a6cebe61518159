//! Origins: exact ones, wildcards and regexes, matched against the bytes of an `Origin` header.

use crate::bytes::Usual;
use crate::{Dfa, Keys, Wildcards};

/// No origin is longer than this: scheme 64, `://`, host 253, `:`, port 5. A longer value is refused before it is scanned.
pub const MAX_ORIGIN_LEN: usize = 64 + 3 + 253 + 1 + 5;

/// Who may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "there are a few policies in a program, and a pointer more would be one more cache line for each request")]
pub enum Origins<'a> {
    /// Any origin: the answer is `*`.
    Any,
    /// The origins listed; the answer is the one that asked.
    Listed {
        /// Exact origins, `null` among them.
        exact: Keys<'a>,
        /// What stands for many origins; nothing where the exact ones are all.
        patterns: Option<Patterns<'a>>,
    },
}

/// Entries that stand for many origins each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patterns<'a> {
    /// Wildcards.
    pub wildcards: Wildcards<'a>,
    /// Regexes over the whole origin.
    pub regexes: &'a [Dfa<'a>],
}

impl Origins<'_> {
    /// Nobody: a list without an entry.
    pub const NONE: Origins<'static> = Origins::Listed { exact: Keys::EMPTY, patterns: None };

    /// Whether the value of an `Origin` header is allowed.
    #[must_use]
    #[inline]
    pub const fn allow(&self, origin: &[u8]) -> bool {
        let Self::Listed { exact, patterns } = self else { return true };
        let Some(usual) = Usual::new(origin) else { return self.allow_any(origin) };
        let hash = exact.hash_usual(&usual);
        let Some(slot) = exact.probe(hash) else { return self.allow_any(origin) };
        exact.is_in(slot, hash, &usual) || (patterns.is_some() && self.allow_any(origin))
    }

    /// Apart from the look-up of an exact origin of usual length, which is too short for saving registers, and the last thing that is called,
    /// so that it need not.
    #[inline(never)]
    const fn allow_any(&self, origin: &[u8]) -> bool {
        match self {
            Self::Any => true,
            Self::Listed { .. } if origin.len() > MAX_ORIGIN_LEN => false,
            Self::Listed { exact, patterns } => {
                (!exact.is_empty() && exact.find(origin).is_some())
                    || match patterns {
                        Some(patterns) => patterns.allow(origin),
                        None => false,
                    }
            }
        }
    }
}

impl Patterns<'_> {
    /// Whether the value of an `Origin` header matches one of them.
    const fn allow(&self, origin: &[u8]) -> bool {
        self.wildcards.allow(origin) || matches_any(self.regexes, origin)
    }
}

const fn matches_any(regexes: &[Dfa<'_>], origin: &[u8]) -> bool {
    let mut at = 0;
    while at < regexes.len() {
        if regexes[at].matches(origin) {
            return true;
        }
        at += 1;
    }
    false
}
