//! The back ends: resolved policies come in, files in a server's own tongue go out, or a refusal that names what the server cannot say.
//!
//! A target is one file here, its templates, and one row in [`TARGETS`]. Decisions are made in its `view`; a template only places words.
//! What a template prints is quoted by the target's own rule unless the view marks it safe.

mod apache;
mod aws_http_api;
mod caddy;
mod django;
mod dynamic;
mod envoy;
mod envoy_gateway;
mod express;
mod fastapi;
mod flask;
mod gateway_api;
mod haproxy;
mod istio;
mod lists;
mod nginx;
mod object;
mod pattern;
pub mod pcre;
mod python;
mod re2;
mod rust;
mod s3;
mod spring;
mod tower_http;
mod traefik;
mod traefik_middleware;
mod values;

use cors_decision::hash;
use minijinja::{Environment, Error, UndefinedBehavior, Value};

use crate::diagnostic::Diagnostic;
use crate::header::CORS_RESPONSE;
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
    /// How far what it writes was tested.
    pub tested: Tested,
    /// What came of the request table on every program at hand: a table in Markdown, which a test writes. Empty where there is none.
    pub results: &'static str,
    /// How the files come about.
    writer: Writer,
}

/// How far what a target writes was tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tested {
    /// The program itself was asked, request by request.
    Live,
    /// What is written was validated against the published schema. No program was asked: what it means is as documented.
    Schema,
    /// What is written was held against the documented limits. No service was asked: what it means is as documented.
    Documented,
}

impl Tested {
    /// One word for programs.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Schema => "schema",
            Self::Documented => "documented",
        }
    }

    /// A sentence for people.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Live => "Tested on the real program.",
            Self::Schema => {
                "Not run by any test: what is written is validated against the published schema, and how it is read is taken from the documentation."
            }
            Self::Documented => {
                "Not run by any test: what is written is held against the documented limits, and how it is read is taken from the documentation."
            }
        }
    }
}

/// How the files of a target come about.
enum Writer {
    /// Templates are filled in.
    Templates {
        /// How a value is written so that it stays a value. An error names a character that cannot be written at all.
        quote: fn(&str) -> Result<String, String>,
        /// The policies in the words of the templates, or everything that the server cannot say.
        view: for<'p> fn(&'p PolicySet<'p>) -> Result<View<'p>, Vec<Diagnostic>>,
    },
    /// A printer of its own writes the only file, or names everything that cannot be said. It is told what the file is made from.
    Printer(fn(&PolicySet<'_>, &str) -> Result<String, Vec<Diagnostic>>),
}

/// The policies in the words of the templates.
struct View<'p> {
    /// What the templates name.
    words: Value,
    /// What is too long to go through a template, in the order of its [places](place_of_block).
    blocks: Vec<Box<dyn Block + 'p>>,
}

impl From<Value> for View<'_> {
    fn from(words: Value) -> Self {
        Self { words, blocks: Vec::new() }
    }
}

/// Lines by the hundred thousand: they are written once, to the place in the file where they stay.
trait Block {
    /// What tells this block from another.
    fn hash(&self) -> u64;
    /// About how many bytes it takes.
    fn size(&self) -> usize;
    /// Writes it, with the digest that stands in the names of the files.
    fn write(&self, digest: &str, text: &mut String);
}

/// A file that a target writes.
pub struct Template {
    /// The name of the file.
    pub file: &'static str,
    /// Where it belongs, in a few words.
    pub place: &'static str,
    /// What is filled in; nothing for a file that a printer writes.
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
pub static TARGETS: &[&Target] = &[
    &apache::TARGET,
    &caddy::TARGET,
    &envoy::TARGET,
    &haproxy::TARGET,
    &nginx::TARGET,
    &traefik::TARGET,
    &traefik_middleware::TARGET,
    &django::TARGET,
    &express::TARGET,
    &fastapi::TARGET,
    &flask::TARGET,
    &spring::TARGET,
    &rust::TARGET,
    &tower_http::TARGET,
    &gateway_api::TARGET,
    &envoy_gateway::TARGET,
    &istio::TARGET,
    &s3::TARGET,
    &aws_http_api::TARGET,
];

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

/// Stands in for a short digest of the policies, until that is known. No value can hold this character.
const DIGEST: &str = "\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}";

/// Stands around the index of a block, where a template wants the block to stand. No value can hold this character.
const BLOCK: char = '\u{2}';

fn place_of_block(index: usize) -> Value {
    safe(format!("{BLOCK}{index}{BLOCK}"))
}

impl Target {
    /// Writes the policies of `source` for this target. The same policies give the same bytes.
    ///
    /// # Errors
    /// Everything that the target cannot say, each with its place in the policy and what could be changed.
    pub fn generate(&self, set: &PolicySet<'_>, source: &Source) -> Result<Vec<File>, Vec<Diagnostic>> {
        let made_from = set.made_from(source);
        let files = match self.writer {
            Writer::Templates { quote, view } => view(set).and_then(|view| self.fill(quote, view, &made_from).map_err(internal)),
            Writer::Printer(print) => self.files.iter().map(|file| Ok(file.holding(print(set, &made_from)?))).collect(),
        };
        files.map_err(|mut refusals| {
            // In the order of the file, and once, however many policies have the set that an entry stands in.
            refusals.sort_by_key(|refusal| refusal.span.start);
            refusals.dedup_by(|one, other| (one.span, &one.message) == (other.span, &other.message));
            refusals
        })
    }

    fn fill(&self, quote: fn(&str) -> Result<String, String>, view: View<'_>, made_from: &str) -> Result<Vec<File>, Error> {
        let View { words, blocks } = view;
        let environment = environment(quote)?;
        let made_from = safe(made_from);
        let render = |template: &Template| {
            let context = minijinja::context! { made_from => made_from.clone(), ..words.clone() };
            environment.template_from_named_str(template.file, template.text)?.render(context)
        };
        let texts = self.files.iter().map(render).collect::<Result<Vec<String>, Error>>()?;
        let digest = digest(&texts, &blocks);
        Ok(self.files.iter().zip(texts).map(|(template, text)| template.holding(complete(&text, &digest, &blocks))).collect())
    }
}

impl Template {
    fn holding(&self, text: String) -> File {
        File { name: self.file, place: self.place, text }
    }
}

fn environment(quote: fn(&str) -> Result<String, String>) -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    // What of a service's own headers is replaced where a policy applies.
    environment.add_global("cors_headers", CORS_RESPONSE.to_vec());
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    environment.set_syntax(minijinja::syntax::SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build()?);
    environment.set_formatter(move |out, _state, value| match value.as_str().filter(|_| value.is_safe()) {
        Some(text) => out.write_str(text).map_err(Error::from),
        None => {
            let quoted = quote(&value.to_string()).map_err(|fault| Error::new(minijinja::ErrorKind::InvalidOperation, fault))?;
            out.write_str(&quoted).map_err(Error::from)
        }
    });
    Ok(environment)
}

/// A value that a template prints as it is.
fn safe(text: impl Into<String>) -> Value {
    Value::from_safe_string(text.into())
}

/// A number, which a template prints as it is.
fn number(number: impl ToString) -> Value {
    safe(number.to_string())
}

/// A digest of all files but for their first lines, so that the names they define cannot collide with those of other policies.
fn digest(texts: &[String], blocks: &[Box<dyn Block + '_>]) -> String {
    let bodies = texts.iter().map(|text| text.split_once('\n').map_or("", |(_, body)| body));
    let number = bodies.fold(0, |seed, body| hash(seed, body.as_bytes()));
    let number = blocks.iter().fold(number, |seed, block| hash(seed, &block.hash().to_le_bytes()));
    format!("{:08x}", (number >> 32) ^ (number & 0xffff_ffff))
}

/// The text of a file, with the digest and the blocks in their places.
fn complete(text: &str, digest: &str, blocks: &[Box<dyn Block + '_>]) -> String {
    // Every second part is the index of a block.
    let parts: Vec<(&str, Option<&Box<dyn Block + '_>>)> =
        text.split(BLOCK).enumerate().map(|(at, part)| (part, part.parse().ok().filter(|_| at % 2 == 1).and_then(|index: usize| blocks.get(index)))).collect();
    let mut complete = String::with_capacity(parts.iter().map(|(part, block)| block.map_or(part.len(), |block| block.size())).sum());
    for (part, block) in parts {
        match block {
            Some(block) => block.write(digest, &mut complete),
            None => complete.push_str(&part.replace(DIGEST, digest)),
        }
    }
    complete
}

/// What the target cannot say, at its place in the policy.
fn refuse(span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::error("not-expressible", span, message)
}

/// A template that does not fit its view: a fault of the compiler, said as one.
fn internal(error: Error) -> Vec<Diagnostic> {
    vec![refuse(Span::default(), format!("the template failed: {error:#}")).help("this is a fault of cors-gen: please report it with the policy")]
}
