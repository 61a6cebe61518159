//! The back ends: resolved policies come in, files in a server's own tongue go out, or a refusal that names what the server cannot say.
//!
//! A target is one file here, its templates, and one row in [`TARGETS`]. Decisions are made in its `view`; a template only places words.
//! What a template prints is quoted by the target's own rule unless the view marks it safe.

mod nginx;
mod pattern;
pub mod pcre;

use minijinja::{Environment, Error, UndefinedBehavior, Value};

use crate::diagnostic::Diagnostic;
use crate::policy::PolicySet;
use crate::span::{Source, Span};

/// A back end.
pub struct Target {
    /// The name for `--target`.
    pub name: &'static str,
    /// The server and its versions.
    pub server: &'static str,
    /// What is generated and how it is used, in whole sentences.
    pub summary: &'static str,
    /// The files it writes.
    pub files: &'static [Template],
    /// What the target cannot say, or says in another way.
    pub limits: &'static [Limit],
    /// How a value is written so that it stays a value. An error names a character that cannot be written at all.
    quote: fn(&str) -> Result<String, String>,
    /// The policies in the words of the templates, or everything that the server cannot say.
    view: fn(&PolicySet<'_>) -> Result<Value, Vec<Diagnostic>>,
}

/// A file that a target writes.
pub struct Template {
    /// The name of the file.
    pub file: &'static str,
    /// Where it belongs, in a few words.
    pub place: &'static str,
    text: &'static str,
}

/// A difference between what policies can say and what a target can.
pub struct Limit {
    /// What it concerns, in a few words.
    pub topic: &'static str,
    /// Whether the target refuses the policy, or behaves in another way that lets nothing more through.
    pub refused: bool,
    /// What happens, in whole sentences.
    pub text: &'static str,
}

/// All targets, in the order of the reference.
pub static TARGETS: &[&Target] = &[&nginx::TARGET];

/// A generated file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name.
    pub name: &'static str,
    /// Where it belongs, in a few words.
    pub place: &'static str,
    /// What it holds.
    pub text: String,
}

/// The target of a name.
pub fn find(name: &str) -> Option<&'static Target> {
    TARGETS.iter().copied().find(|target| target.name == name)
}

/// Stands in for a short digest of the file it is in, until that is known. No value can hold this character.
const DIGEST: char = '\u{1}';

impl Target {
    /// Writes the policies of `source` for this target. The same policies give the same bytes.
    ///
    /// # Errors
    /// Everything that the target cannot say, each with its place in the policy and what could be changed.
    pub fn generate(&self, set: &PolicySet<'_>, source: &Source) -> Result<Vec<File>, Vec<Diagnostic>> {
        let view = (self.view)(set)?;
        let environment = self.environment().map_err(internal)?;
        let origin = safe(made_from(set, source));
        let render = |template: &Template| -> Result<File, Error> {
            let context = minijinja::context! { made_from => origin.clone(), ..view.clone() };
            let text = environment.template_from_named_str(template.file, template.text)?.render(context)?;
            Ok(File { name: template.file, place: template.place, text })
        };
        let mut files = self.files.iter().map(render).collect::<Result<Vec<File>, Error>>().map_err(internal)?;
        name_by_digest(&mut files);
        Ok(files)
    }

    fn environment(&self) -> Result<Environment<'static>, Error> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        environment.set_syntax(minijinja::syntax::SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build()?);
        let quote = self.quote;
        environment.set_formatter(move |out, _state, value| match value.as_str().filter(|_| value.is_safe()) {
            Some(text) => out.write_str(text).map_err(Error::from),
            None => {
                let quoted = quote(&value.to_string()).map_err(|fault| Error::new(minijinja::ErrorKind::InvalidOperation, fault))?;
                out.write_str(&quoted).map_err(Error::from)
            }
        });
        Ok(environment)
    }
}

/// A value that a template prints as it is.
fn safe(text: impl Into<String>) -> Value {
    Value::from_safe_string(text.into())
}

/// What the first line of a generated file says. The name of a file may hold anything; a comment may not.
fn made_from(set: &PolicySet<'_>, source: &Source) -> String {
    let name = source.name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = name.chars().map(|char| if char.is_ascii_graphic() || char == ' ' { char } else { '?' }).collect();
    let profile = set.profile.as_ref().map(|profile| format!(", profile {profile}")).unwrap_or_default();
    format!("Made by cors-gen {} from {name}{profile}. Edits will be lost: change the policy and make it anew.", env!("CARGO_PKG_VERSION"))
}

/// Puts a digest of all files in the place of [`DIGEST`], so that the names they define cannot collide with those of other policies.
fn name_by_digest(files: &mut [File]) {
    if !files.iter().any(|file| file.text.contains(DIGEST)) {
        return;
    }
    let bodies = files.iter().map(|file| file.text.split_once('\n').map_or("", |(_, body)| body));
    let hash = bodies.fold(0, |hash, body| fingerprint(hash, body.as_bytes()));
    let digest = format!("{:08x}", (hash >> 32) ^ (hash & 0xffff_ffff));
    for file in files {
        file.text = file.text.replace(DIGEST, &digest);
    }
}

/// A hash that is the same on every machine and in every release, which the standard library's does not promise.
fn fingerprint(seed: u64, bytes: &[u8]) -> u64 {
    let mut chunks = bytes.chunks_exact(8);
    let words = chunks.by_ref().map(|chunk| chunk.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte)));
    let rest = |bytes: &[u8]| bytes.iter().rev().fold(bytes.len() as u64, |word, &byte| word << 8 | u64::from(byte));
    let mix = |hash: u64, word: u64| {
        let product = u128::from(hash ^ word ^ 0x9e37_79b9_7f4a_7c15) * 0xd6e8_feb8_6659_fd93_u128;
        (product >> 64) as u64 ^ product as u64
    };
    let hash = words.fold(seed, mix);
    mix(hash, rest(chunks.remainder()) ^ bytes.len() as u64)
}

/// What the target cannot say, at its place in the policy.
fn refuse(span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::error("not-expressible", span, message)
}

/// A template that does not fit its view: a fault of the compiler, said as one.
fn internal(error: Error) -> Vec<Diagnostic> {
    vec![refuse(Span::default(), format!("the template failed: {error:#}")).help("this is a fault of cors-gen: please report it with the policy")]
}
