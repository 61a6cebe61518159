//! In: nothing. Out: the one table of every mapping and key of the policy language, with the words that explain it.
//!
//! The decoder takes unknown keys and suggestions from here, the JSON schema its descriptions, the reference its pages.

mod policy;
mod test;

pub use self::policy::POLICY;
pub use self::test::{REQUEST, TEST};

/// A mapping of the language and the keys it may hold.
#[derive(Debug)]
pub struct Mapping {
    /// What the mapping is called in a sentence: "a policy", "the file".
    pub name: &'static str,
    /// What the mapping is for, in whole sentences.
    pub doc: &'static str,
    /// The keys, in the order in which a careful author writes them.
    pub fields: &'static [Field],
}

/// One key of a mapping.
#[derive(Debug)]
pub struct Field {
    /// The key as it is written.
    pub key: &'static str,
    /// Whether the mapping is incomplete without it.
    pub required: bool,
    /// What may stand behind the key, in a few words.
    pub value: &'static str,
    /// What holds when the key is absent, as YAML that is JSON too; `None` where absence is a meaning of its own.
    pub default: Option<&'static str>,
    /// What the key means; what is permitted and prohibited; what it does to security.
    pub doc: &'static str,
    /// A value that may stand behind the key, as YAML.
    pub example: &'static str,
}

impl Mapping {
    /// The keys that the mapping may hold, in order.
    pub fn keys(&self) -> impl Iterator<Item = &'static str> {
        self.fields.iter().map(|field| field.key)
    }

    /// The field of that key, if the mapping may hold it.
    #[must_use]
    pub fn field(&self, key: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.key == key)
    }
}

/// Every mapping of the language, from the outside in.
pub static MAPPINGS: &[&Mapping] = &[&FILE, &ORIGIN_ENTRY, &POLICY, &LINT_LEVEL, &TEST, &REQUEST];

/// The file itself.
pub static FILE: Mapping = Mapping {
    name: "the file",
    doc: "A file of CORS policies: who may read what, what the compiler should think of it, and the tests that hold it to that. \
          Beside the keys below, keys that begin with `x-` are allowed here and ignored: a home for YAML anchors.",
    fields: &[
        Field {
            key: "version",
            required: true,
            value: "the integer 1",
            default: None,
            doc: "The version of the policy language. Only `1` exists. A later compiler goes on reading a file of version 1 as it was meant.",
            example: "1",
        },
        Field {
            key: "profiles",
            required: false,
            value: "list of names",
            default: Some("[]"),
            doc: "The names that `profiles:` of an origin entry, `profile:` of a test and the option `--profile` may use. A name is kebab-case \
                  with at most 40 characters. Without a chosen profile only entries without `profiles` exist, so the strict reading is the default.",
            example: "[dev, staging]",
        },
        Field {
            key: "origin_sets",
            required: false,
            value: "mapping of names to lists of origin entries",
            default: Some("{}"),
            doc: "Lists of origins to share between policies, each under a kebab-case name of at most 40 characters. A policy takes one in \
                  with `set: name`. A set has at least one entry and cannot contain another set.",
            example: "{ frontends: [\"https://app.example.com\", \"https://*.example.com\"] }",
        },
        Field {
            key: "policies",
            required: true,
            value: "mapping of names to policies",
            default: None,
            doc: "The policies, each under a kebab-case name of at most 40 characters; at least one. Exactly one policy answers a request: the \
                  one with the most specific path. Where no policy applies no CORS header is sent, and browsers let no other origin read the response.",
            example: "{ default: { allow_origins: [\"https://app.example.com\"] } }",
        },
        Field {
            key: "lints",
            required: false,
            value: "mapping of lint names to levels",
            default: Some("{}"),
            doc: "What the compiler should think of policies that are legal but risky, for the whole file: `allow`, `warn` or `deny` for each \
                  lint, or a mapping with `level` and `because`. A policy can have `lints` of its own, which go before these. An allowed lint is \
                  an accepted risk; `because` tells the next reader why.",
            example: "{ insecure-origin: { level: allow, because: the intranet has no TLS } }",
        },
        Field {
            key: "tests",
            required: false,
            value: "list of tests",
            default: Some("[]"),
            doc: "The unit tests of the policies. A file whose tests fail does not compile. A test that denies a look-alike origin protects \
                  against the next careless wildcard.",
            example: "[{ name: who may read, allow: [\"https://app.example.com\"], deny: [\"https://evilexample.com\"] }]",
        },
        Field {
            key: "$schema",
            required: false,
            value: "string",
            default: None,
            doc: "Where an editor finds the JSON schema of this language. The compiler ignores it.",
            example: "./schema/cors.schema.json",
        },
    ],
};

/// An entry of a list of origins, where it is a mapping and not a string.
pub static ORIGIN_ENTRY: Mapping = Mapping {
    name: "an origin entry",
    doc: "An entry of a list of origins. A string is one origin or wildcard; a mapping has exactly one of `origin`, `set` and `regex`, and \
          optionally the `profiles` in which it exists.",
    fields: &[
        Field {
            key: "origin",
            required: false,
            value: "an origin, a wildcard, or \"null\"",
            default: None,
            doc: "An origin exactly as a browser sends it, `scheme://host` or `scheme://host:port`: lower case, no default port, no path, no \
                  trailing slash. For `http` and `https`, `*.` before the host stands for one or more whole labels but never for none, a `*` \
                  inside the first label for one or more of `[a-z0-9-]`, and `:*` for any port or none. Other schemes are accepted for exact \
                  origins. `\"null\"`, in quotes, is the opaque origin, which any sandboxed frame can send.",
            example: "https://*.example.com",
        },
        Field {
            key: "set",
            required: false,
            value: "name of an origin set",
            default: None,
            doc: "All entries of that set of `origin_sets`. It is permitted in `allow_origins` only: a set cannot contain a set.",
            example: "frontends",
        },
        Field {
            key: "regex",
            required: false,
            value: "regular expression",
            default: None,
            doc: "A regular expression that is matched against the whole origin: the compiler anchors it at both ends. The syntax is that of \
                  Rust's `regex`, ASCII, without look-around and back-references, and its automaton has a size limit. An unescaped dot \
                  matches any character, and so lets in hosts that somebody else can register.",
            example: "'https://pr-[0-9]{1,5}\\.preview\\.example\\.dev'",
        },
        Field {
            key: "profiles",
            required: false,
            value: "list of profile names",
            default: None,
            doc: "The entry exists only when the file is compiled for one of these profiles, each of which the `profiles` of the file names. \
                  The list has at least one name. This is the place for localhost: it never reaches production by mistake.",
            example: "[dev]",
        },
    ],
};

/// The level of a lint, where it is a mapping and not a word.
pub static LINT_LEVEL: Mapping = Mapping {
    name: "a lint level",
    doc: "What the compiler does when a lint finds something: `allow`, `warn` or `deny`, or a mapping with the level and the reason for it.",
    fields: &[
        Field {
            key: "level",
            required: true,
            value: "allow, warn or deny",
            default: None,
            doc: "`allow` is silent, `warn` speaks and goes on, `deny` fails the compilation.",
            example: "allow",
        },
        Field {
            key: "because",
            required: false,
            value: "string",
            default: None,
            doc: "Why this level is right here. Whoever reviews the file next year will want to know.",
            example: "the intranet has no TLS",
        },
    ],
};
