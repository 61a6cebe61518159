//! What a CORS policy means at run time: a path finds its policy, an origin is allowed or not, and the answer's headers follow.
//!
//! One procedure, [`PolicySet::decide`], serves everything that needs the answer: the compiler's `test` and `eval`, the checks of
//! every generated configuration, and a running server. All data is borrowed, nothing is allocated, nothing depends on `std`.
//!
//! The server decides on path and origin; the browser decides on method and headers, from the lists that the answer to its
//! preflight carries ([Fetch, CORS protocol](https://fetch.spec.whatwg.org/#http-cors-protocol)). So nothing of
//! `Access-Control-Request-*` is parsed, and the answer to a preflight is a constant of the policy, with one exception: see [`List::Echo`].
//!
//! CORS protects the user of a browser from other origins' scripts. It is no access control: a request with a refused origin still runs.
#![no_std]

mod answer;
mod bytes;
mod decision;
mod dfa;
mod keys;
mod origin;
mod path;
mod policy;
mod wildcards;

pub use answer::{Answer, Headers, Kind, Refusal, echoes};
pub use bytes::hash;
pub use decision::{OriginHeader, Request};
pub use dfa::Dfa;
pub use keys::{Keys, Tagged};
pub use origin::{MAX_ORIGIN_LEN, Origins, Patterns};
pub use path::{Paths, is_ambiguous};
pub use policy::{List, Policy, PolicySet};
pub use wildcards::{Grants, Wildcards};
