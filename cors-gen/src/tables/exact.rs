//! The entries of a policy come in; the table of the exact origins among them goes out.

use cors_decision::Keys;

use super::keys::KeyTable;
use crate::policy::Entry;

/// What the exact origins of a policy borrow from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ExactTable(KeyTable);

impl ExactTable {
    pub(crate) fn new(entries: &[Entry<'_>]) -> Self {
        let exact = entries.iter().filter_map(Entry::origin).filter(|origin| origin.pattern().is_none());
        let mut texts: Vec<&str> = exact.map(|origin| origin.as_str()).collect();
        texts.sort_unstable();
        texts.dedup();
        Self(KeyTable::new(&texts).0)
    }

    pub(crate) fn view(&self) -> Keys<'_> {
        self.0.view()
    }
}
