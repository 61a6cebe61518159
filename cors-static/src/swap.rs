//! Policies that are compiled while the program runs: the text of a policy file comes in, a running server uses it from the next request on.
//!
//! The price is the compiler in the program. Where a new policy can wait for a new build, the macro is the better way.
//!
//! ```
//! use cors_static::swap::{Options, Shared, Source};
//!
//! let yaml = |origin: &str| Source::new("cors.yaml", format!("version: 1\npolicies:\n  api:\n    allow_origins: [{origin}]\n"));
//! let policies = Shared::compile(yaml("https://app.example.com"), &Options::default())?;
//! let cors = cors_static::http::Cors::watching(&policies); // the same in every adapter
//!
//! // Later, when the application has seen that the file is another (it reads the file, this crate does not):
//! policies.replace(yaml("https://new.example.com"), &Options::default())?;
//!
//! // A file with an error, a failing test, or a lint that is denied in the profile asked for, changes nothing.
//! let rejected = policies.replace(yaml("https://new.example.com/"), &Options::default()).unwrap_err();
//! assert_eq!(rejected.diagnostics[0].code, "origin-path");
//! assert!(rejected.to_string().contains("write `https://new.example.com`"));
//!
//! let request = http::Request::get("/").header("Origin", "https://new.example.com").body(()).unwrap().into_parts().0;
//! assert_eq!(cors.decide(&request).refusal(), None);
//! # Ok::<(), cors_static::swap::Rejected>(())
//! ```

use std::fmt;
use std::string::String;
use std::sync::Arc;
use std::vec::Vec;

use arc_swap::ArcSwap;
use cors_decision::{Policy, PolicySet};
use cors_gen::{Diagnostic, Storage, compile, policy};
use self_cell::self_cell;

#[cfg(any(feature = "http", feature = "actix", feature = "rocket"))]
use crate::policies::Ready;

pub use cors_gen::{Options, Source};

/// Policies that can be exchanged while servers use them. A clone is the same policies: what one is given, all have.
///
/// A request asks the policies that are in force when it comes, without waiting for anyone, and is answered by them to its end.
#[derive(Clone)]
pub struct Shared {
    current: Arc<ArcSwap<Compiled>>,
}

impl Shared {
    /// Compiles the policies of a file, with which a server can start.
    ///
    /// # Errors
    /// The file has an error, a denied lint or a failing test.
    pub fn compile(source: Source, options: &Options) -> Result<Self, Rejected> {
        Ok(Self { current: Arc::new(ArcSwap::from_pointee(Compiled::new(source, options)?)) })
    }

    /// Compiles the policies of a file and puts them in the place of those in force.
    ///
    /// # Errors
    /// As [`compile`](Self::compile); then those in force stay.
    pub fn replace(&self, source: Source, options: &Options) -> Result<(), Rejected> {
        self.current.store(Arc::new(Compiled::new(source, options)?));
        Ok(())
    }

    /// Lends the policies in force.
    pub fn with<R>(&self, look: impl FnOnce(&PolicySet<'_>) -> R) -> R {
        self.current.load().with(look)
    }

    #[cfg(any(feature = "http", feature = "actix", feature = "rocket"))]
    pub(crate) fn lend<R>(&self, look: impl FnOnce(&PolicySet<'_>, &Ready) -> R) -> R {
        let current = self.current.load();
        current.with(|set| look(set, &current.ready))
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.with(|set| formatter.debug_tuple("Shared").field(set).finish())
    }
}

/// Why a file is not put into force.
#[derive(Debug, Clone)]
pub struct Rejected {
    /// What is wrong with it, and what is only noteworthy, in the order of places.
    pub diagnostics: Vec<Diagnostic>,
    text: String,
}

impl Rejected {
    fn new(source: &Source, diagnostics: Vec<Diagnostic>) -> Self {
        let text = diagnostics.iter().map(|diagnostic| diagnostic.render(source, false)).collect::<Vec<_>>().join("\n");
        Self { diagnostics, text }
    }
}

impl fmt::Display for Rejected {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl std::error::Error for Rejected {}

/// The data of one file: each stage borrows from the one before, and all live in one place.
struct Compiled {
    views: Views,
    #[cfg(any(feature = "http", feature = "actix", feature = "rocket"))]
    ready: Ready,
}

type Resolved<'s> = policy::PolicySet<'s>;
type Policies<'p> = Vec<Policy<'p>>;

self_cell! {
    struct Text {
        owner: Source,
        #[covariant]
        dependent: Resolved,
    }
}

self_cell! {
    struct Tables {
        owner: Text,
        #[covariant]
        dependent: Storage,
    }
}

self_cell! {
    struct Views {
        owner: Tables,
        #[covariant]
        dependent: Policies,
    }
}

impl Compiled {
    fn new(source: Source, options: &Options) -> Result<Self, Rejected> {
        let text = Text::try_new(source, |source| {
            let compilation = compile(source, options);
            let is_sound = compilation.sound().is_some();
            compilation.policies.filter(|_| is_sound).ok_or_else(|| Rejected::new(source, compilation.diagnostics))
        })?;
        let tables = Tables::new(text, |text| Storage::new(text.borrow_dependent()));
        let views = Views::new(tables, |tables| tables.borrow_dependent().policies());
        Ok(Self {
            #[cfg(any(feature = "http", feature = "actix", feature = "rocket"))]
            ready: with(&views, Ready::of),
            views,
        })
    }

    fn with<R>(&self, look: impl FnOnce(&PolicySet<'_>) -> R) -> R {
        with(&self.views, look)
    }
}

fn with<R>(views: &Views, look: impl FnOnce(&PolicySet<'_>) -> R) -> R {
    views.with_dependent(|tables, policies| look(&tables.borrow_dependent().set(policies)))
}
