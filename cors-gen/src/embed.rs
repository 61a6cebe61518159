//! A policy file comes in, what a Rust program holds of it goes out, and what the person who builds that program has to hear.

use crate::compile::{Compilation, Options};
use crate::diagnostic::Diagnostic;
use crate::input::Input;
use crate::policy::PolicySet;
use crate::span::Source;

/// What came of a policy file that a program is built with.
#[derive(Debug)]
pub struct Embedded {
    /// The code that holds the policies; or everything that keeps them from being compiled, each as [`Diagnostic::render`] shows it, behind its place.
    pub code: Result<String, Vec<String>>,
    /// The warnings, in the same form.
    pub warnings: Vec<String>,
}

/// Compiles a policy file, runs its tests, and prints the policies by `print`.
pub fn embed(input: &Input, profile: Option<&str>, print: impl FnOnce(&PolicySet<'_>, &Source) -> String) -> Embedded {
    let compilation = input.compile(&Options { profile: profile.map(str::to_owned), ..Options::default() });
    let show = |fatal: bool| show(&input.source, &compilation, fatal);
    let code = compilation.sound().map(|set| print(set, &input.source)).ok_or_else(|| show(true));
    Embedded { code, warnings: show(false) }
}

fn show(source: &Source, compilation: &Compilation<'_>, fatal: bool) -> Vec<String> {
    let shown = |diagnostic: &Diagnostic| format!("{}: {}", source.locate(diagnostic.span), diagnostic.render(source, false));
    compilation.diagnostics.iter().filter(|diagnostic| diagnostic.is_fatal() == fatal).map(shown).collect()
}
