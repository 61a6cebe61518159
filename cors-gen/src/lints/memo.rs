//! A regex comes in; what was found out about it goes out, found out once: a set with regexes can stand in thousands of policies.

use std::collections::HashMap;
use std::sync::Arc;

use crate::regex::Regex;

/// Answers by regex.
pub(crate) struct Memo<T> {
    known: HashMap<*const Regex, T>,
}

impl<T> Default for Memo<T> {
    fn default() -> Self {
        Self { known: HashMap::new() }
    }
}

impl<T> Memo<T> {
    /// The answer for this regex. Precondition: the regexes of one memo outlive it, so no address stands for two.
    pub(crate) fn get(&mut self, regex: &Arc<Regex>, find: impl FnOnce(&Regex) -> T) -> &T {
        self.known.entry(Arc::as_ptr(regex)).or_insert_with(|| find(regex))
    }
}
