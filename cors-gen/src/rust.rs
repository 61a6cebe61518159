//! Policies come in, Rust goes out: the tables of the decision as constants. The macro `cors!`, [`Build`](crate::Build) and `--target rust` all
//! print by this.
//!
//! The names and types that are printed are the same for every policy file. Tables are byte strings: one token to the Rust compiler, however
//! many origins there are, and without a pointer that would have to be relocated.

use std::fmt::Write;

use cors_decision::{Dfa, Keys, List, Origins, Paths, Patterns, Policy, Wildcards};

use crate::lower::Storage;
use crate::policy::PolicySet;

/// The crate that the printed code names, unless another one passes it on.
pub const CRATE: &str = "::cors_static";

/// Whatever a program itself calls `Some` plays no part.
const SOME: &str = "::core::option::Option::Some";

/// How many characters of a value stand in one line.
const MOST_IN_LINE: usize = 60;

/// For a file among those of a program. The attribute of rustfmt itself is no name where there is no prelude, so it is given to rustfmt alone.
const ATTRIBUTES: &str = "#[allow(unreachable_pub, clippy::deprecated_cfg_attr, clippy::unreadable_literal, reason = \"generated\")]\n\
                          #[cfg_attr(rustfmt, rustfmt::skip)]\n";

/// The policies as a constant expression of type `&'static PolicySet<'static>`.
///
/// `path` leads to what `cors-static` exports.
#[must_use]
pub fn expression(set: &PolicySet<'_>, path: &str) -> String {
    let mut out = Printer::new(path, 1);
    out.set(set);
    format!("{{\n    static SET: {path}::PolicySet<'static> = {};\n    &SET\n}}", out.text)
}

/// The policies as the text of a file, which holds one item: `pub static CORS: &PolicySet<'static>`.
///
/// rustfmt leaves it as it is, whatever its settings, so that it can be compared with what is printed anew. `made_from` is a comment for its first
/// line, `path` leads to what `cors-static` exports.
#[must_use]
pub fn file(set: &PolicySet<'_>, made_from: &str, path: &str) -> String {
    let mut out = Printer::new(path, 0);
    out.set(set);
    format!("// {made_from}\n\n/// The compiled policies.\n{ATTRIBUTES}pub static CORS: &{path}::PolicySet<'static> = &{};\n", out.text)
}

/// Prints as a person would who reads the differences: a line for each field, long tables in many.
struct Printer<'a> {
    path: &'a str,
    text: String,
    depth: usize,
}

impl<'a> Printer<'a> {
    fn new(path: &'a str, depth: usize) -> Self {
        Self { path, text: String::new(), depth }
    }

    fn set(&mut self, set: &PolicySet<'_>) {
        let storage = Storage::new(set);
        let policies = storage.policies();
        let set = storage.set(&policies);
        self.structure("PolicySet", |out| {
            out.field("paths", |out| out.paths(&set.paths));
            out.field("policies", |out| out.list(set.policies, Self::policy));
        });
    }

    fn paths(&mut self, paths: &Paths<'_>) {
        if *paths == Paths::EMPTY {
            return self.name("Paths::EMPTY");
        }
        self.structure("Paths", |out| {
            out.field("literals", |out| out.keys(&paths.literals));
            out.field("targets", |out| out.bytes(paths.targets));
            out.field("states", |out| out.bytes(paths.states));
            out.field("first_sink", |out| out.debug(paths.first_sink));
            out.field("policies", |out| out.bytes(paths.policies));
        });
    }

    fn policy(&mut self, policy: &Policy<'_>) {
        self.structure("Policy", |out| {
            out.field("name", |out| out.debug(policy.name));
            out.field("origins", |out| out.origins(&policy.origins));
            out.field("allow_methods", |out| out.header(policy.allow_methods));
            out.field("allow_headers", |out| out.header(policy.allow_headers));
            out.field("expose_headers", |out| out.option(policy.expose_headers));
            out.field("allow_credentials", |out| out.debug(policy.allow_credentials));
            out.field("max_age", |out| out.option(policy.max_age));
            out.field("allow_private_network", |out| out.debug(policy.allow_private_network));
            out.field("preflight_status", |out| out.debug(policy.preflight_status));
        });
    }

    fn origins(&mut self, origins: &Origins<'_>) {
        match origins {
            Origins::Any => self.name("Origins::Any"),
            Origins::Listed { exact, patterns } => self.structure("Origins::Listed", |out| {
                out.field("exact", |out| out.keys(exact));
                out.field("patterns", |out| out.patterns(patterns.as_ref()));
            }),
        }
    }

    fn patterns(&mut self, patterns: Option<&Patterns<'_>>) {
        let Some(patterns) = patterns else { return self.none() };
        self.text.push_str(SOME);
        self.text.push('(');
        self.structure("Patterns", |out| {
            out.field("wildcards", |out| out.wildcards(&patterns.wildcards));
            out.field("regexes", |out| out.list(patterns.regexes, Self::dfa));
        });
        self.text.push(')');
    }

    fn keys(&mut self, keys: &Keys<'_>) {
        if *keys == Keys::EMPTY {
            return self.name("Keys::EMPTY");
        }
        self.structure("Keys", |out| {
            out.field("text", |out| out.bytes(keys.text));
            out.field("slots", |out| out.bytes(keys.slots));
            out.field("displacements", |out| out.bytes(keys.displacements));
            out.field("seed", |out| out.debug(keys.seed));
        });
    }

    fn wildcards(&mut self, wildcards: &Wildcards<'_>) {
        if *wildcards == Wildcards::EMPTY {
            return self.name("Wildcards::EMPTY");
        }
        self.structure("Wildcards", |out| {
            out.field("hosts", |out| out.keys(&wildcards.hosts));
            out.field("rules", |out| out.bytes(wildcards.rules));
            out.field("shapes", |out| out.bytes(wildcards.shapes));
            out.field("labels", |out| out.keys(&wildcards.labels));
            out.field("label_grants", |out| out.bytes(wildcards.label_grants));
            out.field("ports", |out| out.keys(&wildcards.ports));
            out.field("shallowest", |out| out.debug(wildcards.shallowest));
            out.field("deepest", |out| out.debug(wildcards.deepest));
        });
    }

    fn dfa(&mut self, dfa: &Dfa<'_>) {
        self.structure("Dfa", |out| {
            out.field("classes", |out| out.bytes(dfa.classes));
            out.field("transitions", |out| out.bytes(dfa.transitions));
            out.field("class_count", |out| out.debug(dfa.class_count));
            out.field("start", |out| out.debug(dfa.start));
            out.field("first_accepting", |out| out.debug(dfa.first_accepting));
        });
    }

    fn header(&mut self, list: List<'_>) {
        match list {
            List::Absent => self.name("List::Absent"),
            List::Constant(value) => {
                self.name("List::Constant");
                self.argument(value);
            }
            List::Echo { authorization } => self.structure("List::Echo", |out| out.field("authorization", |out| out.debug(authorization))),
        }
    }

    fn option(&mut self, value: Option<&str>) {
        match value {
            Some(value) => {
                self.text.push_str(SOME);
                self.argument(value);
            }
            None => self.none(),
        }
    }

    fn none(&mut self) {
        self.text.push_str("::core::option::Option::None");
    }

    /// A long one stands on a line of its own.
    fn argument(&mut self, value: &str) {
        let value = format!("{value:?}");
        self.text.push('(');
        if value.len() > MOST_IN_LINE {
            self.depth += 1;
            self.line();
            self.text.push_str(&value);
            self.text.push(',');
            self.depth -= 1;
            self.line();
        } else {
            self.text.push_str(&value);
        }
        self.text.push(')');
    }

    fn name(&mut self, name: &str) {
        let _ = write!(self.text, "{}::{name}", self.path);
    }

    fn structure(&mut self, name: &str, fields: impl FnOnce(&mut Self)) {
        self.name(name);
        self.text.push_str(" {");
        self.depth += 1;
        fields(self);
        self.depth -= 1;
        self.line();
        self.text.push('}');
    }

    fn field(&mut self, name: &str, value: impl FnOnce(&mut Self)) {
        self.line();
        let _ = write!(self.text, "{name}: ");
        value(self);
        self.text.push(',');
    }

    fn list<T>(&mut self, items: &[T], mut print: impl FnMut(&mut Self, &T)) {
        self.text.push_str("&[");
        if let [only] = items {
            print(self, only);
        } else if !items.is_empty() {
            self.depth += 1;
            for item in items {
                self.line();
                print(self, item);
                self.text.push(',');
            }
            self.depth -= 1;
            self.line();
        }
        self.text.push(']');
    }

    fn debug(&mut self, value: impl std::fmt::Debug) {
        let _ = write!(self.text, "{value:?}");
    }

    /// A byte string over as many lines as it takes.
    fn bytes(&mut self, bytes: &[u8]) {
        self.text.push_str("b\"");
        let (mut start, mut before) = (self.text.len(), None);
        for &byte in bytes {
            if self.text.len() - start > MOST_IN_LINE {
                self.text.push('\\');
                self.line();
                start = self.text.len();
            }
            self.byte(before, byte);
            before = Some(byte);
        }
        self.text.push('"');
    }

    /// A space stands as its number, because those at the beginning of a line do not count; so does a digit after a zero byte, because a reader
    /// might take both for a number in octal.
    fn byte(&mut self, before: Option<u8>, byte: u8) {
        match byte {
            0 => self.text.push_str("\\0"),
            b'"' | b'\\' => self.text.extend(['\\', char::from(byte)]),
            0x21..=0x7e if !(before == Some(0) && byte.is_ascii_digit()) => self.text.push(char::from(byte)),
            _ => {
                const DIGITS: &[u8; 16] = b"0123456789abcdef";
                let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble)]);
                self.text.extend(['\\', 'x', digit(byte >> 4), digit(byte & 15)]);
            }
        }
    }

    fn line(&mut self) {
        self.text.push('\n');
        self.text.extend(std::iter::repeat_n("    ", self.depth));
    }
}
