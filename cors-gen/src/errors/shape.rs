//! In: nothing. Out: the errors of keys, types and names.

use super::{ErrorCode, Topic};

/// A key that the language does not have.
pub static UNKNOWN_KEY: ErrorCode = ErrorCode {
    name: "unknown-key",
    topic: Topic::Shape,
    summary: "a key that the language does not have in this place",
    why: "An ignored key is a rule that its author believes in and no server obeys, so unknown keys are errors everywhere; the message suggests the \
          nearest known one. Only at the top level, keys that begin with `x-` are free.",
    bad: policy!("allow_origins: [https://app.example.com]", "allow_header: [X-Request-Id]"),
    good: policy!("allow_origins: [https://app.example.com]", "allow_headers: [X-Request-Id]"),
    structural: true,
};

/// A required key is absent.
pub static MISSING_KEY: ErrorCode = ErrorCode {
    name: "missing-key",
    topic: Topic::Shape,
    summary: "a required key is missing",
    why: "A file needs `version` and `policies`, a policy `allow_origins`, a test a `name`. There is no default for these that would be right for everyone.",
    bad: policy!("max_age: 10m"),
    good: policy!("allow_origins: [https://app.example.com]", "max_age: 10m"),
    structural: true,
};

/// A value of another type.
pub static WRONG_TYPE: ErrorCode = ErrorCode {
    name: "wrong-type",
    topic: Topic::Shape,
    summary: "a value of the wrong type",
    why: "A list is written in brackets or with dashes, even for one entry. Only `true` and `false` are booleans: `yes` and `on` are strings. Where a \
          string is wanted, write what looks like a number, a boolean or null in quotes.",
    bad: policy!("allow_origins: https://app.example.com"),
    good: policy!("allow_origins: [https://app.example.com]"),
    structural: true,
};

/// An empty list or mapping.
pub static EMPTY_VALUE: ErrorCode = ErrorCode {
    name: "empty-value",
    topic: Topic::Shape,
    summary: "an empty list or mapping where at least one entry is needed",
    why: "A policy for no path, for no origin, or a test of nothing is a policy or a test that does not exist, and looks as if it did. Add an entry, \
          or remove what holds the empty list.",
    bad: policy!("allow_origins: []"),
    good: policy!("allow_origins: [https://app.example.com]"),
    structural: true,
};

/// Another version of the language.
pub static UNSUPPORTED_VERSION: ErrorCode = ErrorCode {
    name: "unsupported-version",
    topic: Topic::Shape,
    summary: "a version of the policy language that this compiler does not know",
    why: "The version says how the rest of the file is to be read. This compiler reads version 1; a file of a later version may mean something else by \
          the same words.",
    bad: file!("version: 2", "policies: { default: { allow_origins: [https://app.example.com] } }"),
    good: file!("version: 1", "policies: { default: { allow_origins: [https://app.example.com] } }"),
    structural: true,
};

/// A name that is not kebab-case.
pub static INVALID_NAME: ErrorCode = ErrorCode {
    name: "invalid-name",
    topic: Topic::Shape,
    summary: "the name of a policy, an origin set or a profile is not kebab-case, or longer than 40 characters",
    why: "Names become part of identifiers in the configuration of every server, so they keep to what all of them take: words of lower-case \
          letters and digits with single hyphens between them, the first beginning with a letter.",
    bad: file!("version: 1", "policies:", "  Public_API:", "    allow_origins: [https://app.example.com]"),
    good: file!("version: 1", "policies:", "  public-api:", "    allow_origins: [https://app.example.com]"),
    structural: true,
};

/// Two forms at once, or none.
pub static CONFLICTING_KEYS: ErrorCode = ErrorCode {
    name: "conflicting-keys",
    topic: Topic::Shape,
    summary: "keys of two forms stand together, or of none",
    why: "An origin entry has exactly one of `origin`, `set` and `regex`. A test has either `allow` or `deny`, or both, or else `request` and `expect`. \
          Write two entries or two tests.",
    bad: policy!("allow_origins:", "  - { origin: https://app.example.com, regex: 'https://[a-z]+\\.example\\.com' }"),
    good: policy!("allow_origins:", "  - origin: https://app.example.com", "  - regex: 'https://pr-[0-9]+\\.example\\.com'"),
    structural: true,
};
