//! What a policy costs at run time, beside what other libraries cost. Nothing here uses a network: a subject is asked by a call.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a benchmark that does not work is a failed benchmark")]

pub mod asks;
pub mod cases;
pub mod figures;
pub mod goals;
pub mod measured;
pub mod origins;
pub mod subject;
pub mod subjects;
