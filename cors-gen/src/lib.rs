//! The compiler for CORS policies: the text of a `cors.yaml` comes in; diagnostics, and policies that every back end can say, go out.
//!
//! ```
//! use cors_gen::{Options, Source, compile};
//!
//! let source = Source::new("cors.yaml", "version: 1\npolicies:\n  api:\n    allow_origins: [https://app.example.com/]\n");
//! let compilation = compile(&source, &Options::default());
//! assert!(compilation.policies.is_none());
//! let error = &compilation.diagnostics[0];
//! assert_eq!((error.code, source.locate(error.span)), ("origin-path", "cors.yaml:4:21".to_owned()));
//! assert_eq!(error.help, "write `https://app.example.com`");
//! ```
//!
//! The way of the data: text, the tree of [`yaml`](crate), the document as written, the policies as meant ([`policy`]), and from there the
//! [lints], the [tests of the file](verdict) and the back ends ([`targets`]). What a policy answers is decided by [`cors_decision`] alone.

mod build;
mod compile;
mod decode;
mod diagnostic;
mod document;
mod domain;
mod embed;
pub mod errors;
pub mod evaluate;
pub mod explain;
pub mod fields;
mod header;
mod host;
pub mod input;
pub mod lints;
mod lower;
mod method;
mod origin;
mod path;
pub mod policy;
mod punycode;
pub mod regex;
mod repeated;
mod resolve;
pub mod rust;
mod span;
mod suggest;
mod tables;
pub mod verdict;
mod wildcard;
mod yaml;

pub mod browser;
#[cfg(feature = "cli")]
pub mod commands;
#[cfg(feature = "cli")]
pub mod reference;
#[cfg(feature = "cli")]
pub mod schema;
#[cfg(feature = "cli")]
pub mod targets;

pub use build::{Build, BuildError};
pub use compile::{Compilation, Options, compile};
pub use diagnostic::{Diagnostic, Level};
pub use embed::{Embedded, embed};
pub use lower::Storage;
pub use origin::Origin;
pub use span::{Place, Source, Span, Spanned};
pub use wildcard::{HostPattern, OriginPattern, PortPattern};
