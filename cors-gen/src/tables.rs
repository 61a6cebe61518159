//! The entries and path rules of the policies come in; the tables that the decision reads go out, as owned bytes. Same input, same bytes.

mod exact;
mod keys;
mod paths;
mod wildcards;

pub(crate) use exact::ExactTable;
pub(crate) use paths::{PathTable, TooManyPaths};
pub(crate) use wildcards::WildcardTable;
