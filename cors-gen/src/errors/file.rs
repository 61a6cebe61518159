//! In: nothing. Out: the errors of a file as text and as YAML.

use super::{ErrorCode, Topic};

/// The shortest file that means something; the mend of whatever cannot be mended in place.
const SMALLEST: &str = file!("version: 1", "policies:", "  default:", "    allow_origins: [https://app.example.com]");

/// Not UTF-8. The bad file is empty because it could not be written as text.
pub static NOT_UTF8: ErrorCode = ErrorCode {
    name: "not-utf8",
    topic: Topic::File,
    summary: "the file is not UTF-8",
    why: "YAML is Unicode text, and this compiler reads it as UTF-8, with or without a byte order mark. A file in another encoding, or a binary \
          file, could be read in more than one way. Save the file as UTF-8.",
    bad: "",
    good: SMALLEST,
    structural: false,
};

/// Nothing in the file.
pub static EMPTY_FILE: ErrorCode = ErrorCode {
    name: "empty-file",
    topic: Topic::File,
    summary: "the file holds no document",
    why: "A file without content, or with comments alone, allows nothing and says nothing. It is more often a lost edit than an intention. \
          `cors-gen init` writes a file to start from.",
    bad: file!("# The policies will come here."),
    good: SMALLEST,
    structural: true,
};

/// More bytes than the compiler reads. The bad file is empty because it would be too long to show.
pub static FILE_TOO_LARGE: ErrorCode = ErrorCode {
    name: "file-too-large",
    topic: Topic::File,
    summary: "the file is larger than the compiler reads",
    why: "The limit is far above any list of origins that people keep, so a larger file is not what it was taken for. Split the policies over \
          several files, or say with a wildcard or a `regex` what a long list repeats.",
    bad: "",
    good: SMALLEST,
    structural: false,
};

/// Not YAML.
pub static YAML_SYNTAX: ErrorCode = ErrorCode {
    name: "yaml-syntax",
    topic: Topic::File,
    summary: "the file is not YAML 1.2",
    why: "Brackets and quotes have to be closed, indentation is made of spaces, and a value that begins with one of ``@`%&!{[`` is written in \
          quotes. Nothing after the mistake can be read with certainty, so it is the only one reported.",
    bad: policy!("allow_origins: [https://app.example.com"),
    good: policy!("allow_origins: [https://app.example.com]"),
    structural: false,
};

/// `*` without quotes.
pub static UNQUOTED_ASTERISK: ErrorCode = ErrorCode {
    name: "unquoted-asterisk",
    topic: Topic::File,
    summary: "a `*` without quotes",
    why: "To YAML an unquoted value that begins with `*` is an alias, a reference to an anchor elsewhere in the file. Write it in quotes: `\"*\"`.",
    bad: policy!("allow_origins: *"),
    good: policy!("allow_origins: \"*\""),
    structural: false,
};

/// An alias without an anchor.
pub static UNKNOWN_ANCHOR: ErrorCode = ErrorCode {
    name: "unknown-anchor",
    topic: Topic::File,
    summary: "an alias that names no anchor above it",
    why: "An alias (`*name`) repeats the value that an anchor (`&name`) marks, and YAML is read from top to bottom: the anchor comes first. Write the \
          name as the anchor has it, or move the anchor up.",
    bad: file!("version: 1", "x-common: &common [https://app.example.com]", "policies:", "  api:", "    allow_origins: *comon"),
    good: file!("version: 1", "x-common: &common [https://app.example.com]", "policies:", "  api:", "    allow_origins: *common"),
    structural: false,
};

/// A second document.
pub static MULTIPLE_DOCUMENTS: ErrorCode = ErrorCode {
    name: "multiple-documents",
    topic: Topic::File,
    summary: "the file holds more than one YAML document",
    why: "A line `---` begins a new document. One file is one set of policies: it could not be told which document a server should obey. Put all \
          policies under one `policies:`, or into files of their own.",
    bad: file!(
        "version: 1",
        "policies: { one: { allow_origins: [https://app.example.com] } }",
        "---",
        "version: 1",
        "policies: { two: { allow_origins: [https://shop.example.com] } }",
    ),
    good: file!(
        "version: 1",
        "policies:",
        "  one: { paths: [/one/**], allow_origins: [https://app.example.com] }",
        "  two: { paths: [/two/**], allow_origins: [https://shop.example.com] }",
    ),
    structural: false,
};

/// The same key twice.
pub static DUPLICATE_KEY: ErrorCode = ErrorCode {
    name: "duplicate-key",
    topic: Topic::File,
    summary: "a mapping has the same key twice",
    why: "YAML prohibits it, and readers disagree on which value holds: a permission that looks revoked in one line may live on in the other. Keep one.",
    bad: policy!("allow_origins: [https://app.example.com]", "max_age: 10m", "max_age: 1h"),
    good: policy!("allow_origins: [https://app.example.com]", "max_age: 10m"),
    structural: false,
};

/// `<<`.
pub static MERGE_KEY: ErrorCode = ErrorCode {
    name: "merge-key",
    topic: Topic::File,
    summary: "a merge key, `<<`",
    why: "Merge keys are no part of YAML 1.2: some readers merge, others see a key named `<<`, and a permission would depend on the reader. \
          Use an alias for a whole value, or an origin set.",
    bad: file!(
        "version: 1",
        "x-common: &common { allow_origins: [https://app.example.com] }",
        "policies:",
        "  api:",
        "    <<: *common",
        "    allow_origins: [https://app.example.com]",
    ),
    good: file!("version: 1", "x-common: &common [https://app.example.com]", "policies:", "  api:", "    allow_origins: *common",),
    structural: false,
};

/// `!tag`.
pub static YAML_TAG: ErrorCode = ErrorCode {
    name: "yaml-tag",
    topic: Topic::File,
    summary: "a YAML tag",
    why: "Tags change what a value is, and differently in every reader. The language needs none: its place decides what a value means. Remove the \
          tag, and put quotes around what should be a string.",
    bad: policy!("allow_origins: [https://app.example.com]", "max_age: !!str 10m"),
    good: policy!("allow_origins: [https://app.example.com]", "max_age: 10m"),
    structural: false,
};

/// Aliases that multiply.
pub static ALIAS_BUDGET: ErrorCode = ErrorCode {
    name: "alias-budget",
    topic: Topic::File,
    summary: "the aliases of the file expand to more than the compiler follows",
    why: "An alias that repeats a list of aliases multiplies: ten short lines can stand for billions of values. The budget is far above what anchors \
          are good for. Write the values out, or share them as an origin set.",
    bad: file!(
        "version: 1",
        "x-a: &a [x, x, x, x, x, x, x, x, x, x]",
        "x-b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]",
        "x-c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]",
        "x-d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]",
        "x-e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]",
        "x-f: &f [*e, *e, *e, *e, *e, *e, *e, *e, *e, *e]",
        "x-g: &g [*f, *f, *f, *f, *f, *f, *f, *f, *f, *f]",
        "x-h: &h [*g, *g, *g, *g, *g, *g, *g, *g, *g, *g]",
        "policies: { default: { allow_origins: [https://app.example.com] } }",
    ),
    good: SMALLEST,
    structural: false,
};

/// Lists in lists in lists. The bad file is empty because it would be all brackets.
pub static NESTING_TOO_DEEP: ErrorCode = ErrorCode {
    name: "nesting-too-deep",
    topic: Topic::File,
    summary: "lists and mappings are nested deeper than the compiler follows",
    why: "The language itself is a few levels deep. A file that goes far deeper is made to exhaust its reader.",
    bad: "",
    good: SMALLEST,
    structural: false,
};
