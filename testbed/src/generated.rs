//! A policy as text comes in; what a target makes of it goes out.

use cors_gen::{Diagnostic, Options, Source, compile, targets};

/// What a target refuses, and the part of the policy that it points at.
pub type Refusal = (String, Diagnostic);

/// The texts of the files of a target, in its order.
///
/// # Errors
/// All that the target refuses.
///
/// # Panics
/// There is no such target, or the policy is not sound.
pub fn generate(target: &str, policy: &str) -> Result<Vec<String>, Vec<Refusal>> {
    let source = Source::new("cors.yaml", policy);
    let compilation = compile(&source, &Options::default());
    let Some(set) = compilation.sound() else { panic!("{:#?}", compilation.diagnostics) };
    let Some(target) = targets::find(target) else { panic!("{target} is no target") };
    let files = target.generate(set, &source).map_err(|refusals| {
        let place = |refusal: &Diagnostic| policy[refusal.span.start as usize..refusal.span.end as usize].to_owned();
        refusals.into_iter().map(|refusal| (place(&refusal), refusal)).collect::<Vec<_>>()
    })?;
    Ok(files.into_iter().map(|file| file.text).collect())
}

/// The same, all files in one text; each refusal as what it points at, and the message.
///
/// # Errors
/// As [`generate`].
///
/// # Panics
/// As [`generate`].
pub fn generate_or_place(target: &str, policy: &str) -> Result<String, Vec<(String, String)>> {
    let said = |refusals: Vec<Refusal>| refusals.into_iter().map(|(place, refusal)| (place, refusal.message)).collect();
    generate(target, policy).map(|texts| texts.concat()).map_err(said)
}

/// The same, each refusal as one line.
///
/// # Errors
/// As [`generate`].
///
/// # Panics
/// As [`generate`].
pub fn generate_or_say(target: &str, policy: &str) -> Result<String, Vec<String>> {
    let line = |(place, message)| format!("{place}: {message}");
    generate_or_place(target, policy).map_err(|refusals| refusals.into_iter().map(line).collect())
}
