//! In: nothing. Out: the errors of origins, origin sets and profiles.

use super::{ErrorCode, Topic};

/// `["*"]`.
pub static ANY_ORIGIN_IN_LIST: ErrorCode = ErrorCode {
    name: "any-origin-in-list",
    topic: Topic::Origins,
    summary: "`\"*\"` stands in a list of origins",
    why: "Any origin is another kind of policy than a list: the answer is the same for everyone. Beside `\"*\"` every other entry would be idle. Write \
          `allow_origins: \"*\"` if that is what is meant, or remove the entry.",
    bad: policy!("allow_origins: [\"*\"]"),
    good: policy!("allow_origins: \"*\""),
    structural: true,
};

/// `null` without quotes.
pub static UNQUOTED_NULL: ErrorCode = ErrorCode {
    name: "unquoted-null",
    topic: Topic::Origins,
    summary: "`null` without quotes in a list of origins",
    why: "To YAML an unquoted `null` is the absence of a value. The opaque origin is the string `\"null\"`. Any sandboxed frame and any local file can \
          send it, so make sure that it is meant.",
    bad: policy!("allow_origins: [null]"),
    good: policy!("allow_origins: [\"null\"]", "lints: { null-origin: { level: allow, because: the player runs in a sandboxed frame } }"),
    structural: true,
};

/// `app.example.com`.
pub static ORIGIN_MISSING_SCHEME: ErrorCode = ErrorCode {
    name: "origin-missing-scheme",
    topic: Topic::Origins,
    summary: "an origin without its scheme",
    why: "A browser sends `scheme://host`, and a policy names exactly that: `http` and `https` are two origins, of which one can be read and changed on \
          its way. Write `https://` before the host.",
    bad: policy!("allow_origins: [app.example.com]"),
    good: policy!("allow_origins: [https://app.example.com]"),
    structural: true,
};

/// Several origins in one string.
pub static ORIGIN_SEVERAL: ErrorCode = ErrorCode {
    name: "origin-several",
    topic: Topic::Origins,
    summary: "several origins in one string",
    why: "A browser sends one origin, and an answer names one. Write each as an entry of its own.",
    bad: policy!("allow_origins: [\"https://app.example.com, https://shop.example.com\"]"),
    good: policy!("allow_origins: [https://app.example.com, https://shop.example.com]"),
    structural: true,
};

/// A path, query, fragment or trailing slash.
pub static ORIGIN_PATH: ErrorCode = ErrorCode {
    name: "origin-path",
    topic: Topic::Origins,
    summary: "something follows the host and port of an origin: a slash, a path, a query or a fragment",
    why: "An origin ends with its host or port; browsers send no more, not even a slash, and compare byte for byte. All pages of a host are one origin. \
          Remove what follows.",
    bad: policy!("allow_origins: [https://app.example.com/]"),
    good: policy!("allow_origins: [https://app.example.com]"),
    structural: true,
};

/// `user@host`.
pub static ORIGIN_USER_INFO: ErrorCode = ErrorCode {
    name: "origin-user-info",
    topic: Topic::Origins,
    summary: "a user name or password in an origin",
    why: "An origin has no user, so no browser sends one. What stands before an `@` is easily taken for the host. Remove it.",
    bad: policy!("allow_origins: [https://user@app.example.com]"),
    good: policy!("allow_origins: [https://app.example.com]"),
    structural: true,
};

/// Upper-case letters.
pub static ORIGIN_UPPER_CASE: ErrorCode = ErrorCode {
    name: "origin-upper-case",
    topic: Topic::Origins,
    summary: "an upper-case letter in an origin",
    why: "Browsers send schemes and hosts in lower case, and origins are compared byte for byte. Write it in lower case.",
    bad: policy!("allow_origins: [https://App.example.com]"),
    good: policy!("allow_origins: [https://app.example.com]"),
    structural: true,
};

/// `https://host:443`.
pub static ORIGIN_DEFAULT_PORT: ErrorCode = ErrorCode {
    name: "origin-default-port",
    topic: Topic::Origins,
    summary: "an origin names the default port of its scheme",
    why: "Browsers leave out port 80 of `http` and port 443 of `https`, and origins are compared byte for byte. Remove the port.",
    bad: policy!("allow_origins: [https://app.example.com:443]"),
    good: policy!("allow_origins: [https://app.example.com]"),
    structural: true,
};

/// `https://host:port`.
pub static ORIGIN_INVALID_PORT: ErrorCode = ErrorCode {
    name: "origin-invalid-port",
    topic: Topic::Origins,
    summary: "the port of an origin is no port",
    why: "A port is a number from 1 to 65535 without leading zeros, or `*` for any. Browsers send nothing else.",
    bad: policy!("allow_origins: [https://app.example.com:65536]"),
    good: policy!("allow_origins: [https://app.example.com:8443]"),
    structural: true,
};

/// `https://bücher.example`.
pub static ORIGIN_NON_ASCII_HOST: ErrorCode = ErrorCode {
    name: "origin-non-ascii-host",
    topic: Topic::Origins,
    summary: "a host in Unicode",
    why: "Browsers send hosts in ASCII: an internationalised name in its `xn--` form, which the message gives. That form also shows which of several \
          look-alike names is meant.",
    bad: policy!("allow_origins: [https://bücher.example]"),
    good: policy!("allow_origins: [https://xn--bcher-kva.example]"),
    structural: true,
};

/// A host that cannot be one.
pub static ORIGIN_INVALID_HOST: ErrorCode = ErrorCode {
    name: "origin-invalid-host",
    topic: Topic::Origins,
    summary: "the host of an origin cannot be one",
    why: "A host is made of labels of 1 to 63 characters, letters, digits, `-` and `_`, with single dots between them, 253 characters in all. A host \
          with an empty label, another character or more of them has no name in the DNS. A label that begins with `xn--` must be one that can be \
          decoded.",
    bad: policy!("allow_origins: [https://app..example.com]"),
    good: policy!("allow_origins: [https://app.example.com]"),
    structural: true,
};

/// An IP address in a form that no browser sends.
pub static ORIGIN_INVALID_IP: ErrorCode = ErrorCode {
    name: "origin-invalid-ip",
    topic: Topic::Origins,
    summary: "an IP address that is none, or not in the form that browsers send",
    why: "Browsers write IPv4 addresses as four decimal numbers, and IPv6 addresses in brackets, in lower case, shortened as far as the URL standard \
          shortens them. A host whose last label is a number is always taken for an IPv4 address.",
    bad: policy!("allow_origins: [https://192.168.001.010]"),
    good: policy!("allow_origins: [https://192.168.1.10]"),
    structural: true,
};

/// A scheme that is none.
pub static ORIGIN_INVALID_SCHEME: ErrorCode = ErrorCode {
    name: "origin-invalid-scheme",
    topic: Topic::Origins,
    summary: "the scheme of an origin cannot be one",
    why: "A scheme begins with a letter and goes on with letters, digits, `+`, `-` and `.`, 64 characters in all. Browsers send `http` and `https`; \
          extensions and web views send schemes of their own, and those are accepted too. A page that opens a WebSocket sends its own origin, never \
          one of `ws` or `wss`.",
    bad: policy!("allow_origins: [\"ht_tps://app.example.com\"]"),
    good: policy!("allow_origins: [https://app.example.com]"),
    structural: true,
};

/// A wildcard in a place where there is none.
pub static ORIGIN_INVALID_WILDCARD: ErrorCode = ErrorCode {
    name: "origin-invalid-wildcard",
    topic: Topic::Origins,
    summary: "a `*` in a place of an origin where it means nothing",
    why: "For `http` and `https`, a `*` may stand once in the first label of a host that goes on after it, alone or among other characters, and once for \
          the port. Elsewhere, and with other schemes, there is no wildcard: what a `*` in the middle of a host matches is too easily misjudged.",
    bad: policy!("allow_origins: [https://app.*.example.com]"),
    good: policy!("allow_origins: [https://*.example.com]"),
    structural: true,
};

/// More origins than the compiler takes. The bad file is empty because it would be too long to show.
pub static TOO_MANY_ORIGINS: ErrorCode = ErrorCode {
    name: "too-many-origins",
    topic: Topic::Origins,
    summary: "more origins than the compiler takes",
    why: "The limit is far above the lists that people keep; each origin is a party that reads what its users may read. Say with a wildcard or a \
          `regex` what a long list repeats.",
    bad: "",
    good: policy!("allow_origins: [https://*.example.com]"),
    structural: false,
};

/// A set that does not exist.
pub static UNKNOWN_SET: ErrorCode = ErrorCode {
    name: "unknown-set",
    topic: Topic::Origins,
    summary: "an origin set that does not exist",
    why: "`set:` names one of the `origin_sets` of the same file. The message suggests the nearest.",
    bad: file!(
        "version: 1",
        "origin_sets: { frontends: [https://app.example.com] }",
        "policies:",
        "  api: { allow_origins: [{ set: frontend }, { set: frontends }] }",
    ),
    good: file!("version: 1", "origin_sets: { frontends: [https://app.example.com] }", "policies:", "  api: { allow_origins: [{ set: frontends }] }",),
    structural: false,
};

/// A profile that does not exist.
pub static UNKNOWN_PROFILE: ErrorCode = ErrorCode {
    name: "unknown-profile",
    topic: Topic::Origins,
    summary: "a profile that does not exist",
    why: "The `profiles` at the top of the file name all that there are, so that a misspelt one cannot silently drop an entry. The message suggests \
          the nearest.",
    bad: file!(
        "version: 1",
        "profiles: [dev]",
        "policies:",
        "  api:",
        "    allow_origins:",
        "      - https://app.example.com",
        "      - { origin: http://localhost:*, profiles: [dev, staging] }",
    ),
    good: file!(
        "version: 1",
        "profiles: [dev]",
        "policies:",
        "  api:",
        "    allow_origins:",
        "      - https://app.example.com",
        "      - { origin: http://localhost:*, profiles: [dev] }",
    ),
    structural: false,
};

/// Not a regular expression.
pub static INVALID_REGEX: ErrorCode = ErrorCode {
    name: "invalid-regex",
    topic: Topic::Origins,
    summary: "a regular expression that is none, uses what is not supported, or matches no origin",
    why: "The syntax is that of Rust's `regex`, in ASCII: without look-around and back-references, so that matching takes linear time whatever a client \
          sends. It is matched against the whole origin, from the scheme to the host or port. In YAML, single quotes keep backslashes as they are.",
    bad: policy!("allow_origins: [{ regex: 'https://pr-([0-9]+\\.example\\.com' }]"),
    good: policy!("allow_origins: [{ regex: 'https://pr-([0-9]+)\\.example\\.com' }]"),
    structural: false,
};

/// An automaton over the limit.
pub static REGEX_TOO_LARGE: ErrorCode = ErrorCode {
    name: "regex-too-large",
    topic: Topic::Origins,
    summary: "a regular expression whose automaton is larger than the limit",
    why: "Regular expressions are compiled to automata that servers carry with them, and counted repetitions within repetitions multiply. No origin is \
          longer than some three hundred characters: shorten the counts, or use a wildcard.",
    bad: policy!("allow_origins: [{ regex: 'https://(?:[a-z]{1,60}[0-9]{1,60}){1,500}\\.example\\.com' }]"),
    good: policy!("allow_origins: [{ regex: 'https://[a-z]{1,60}\\.example\\.com' }]"),
    structural: false,
};

/// More profiles than a file can have.
pub static TOO_MANY_PROFILES: ErrorCode = ErrorCode {
    name: "too-many-profiles",
    topic: Topic::Origins,
    summary: "more than 32 profiles",
    why: "Each profile is a reading of its own of the whole file, which every lint looks at. A profile is a kind of place, such as a developer's machine or \
          staging, and not one machine or one customer.",
    bad: file!(
        "version: 1",
        "profiles: [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z, a1, b1, c1, d1, e1, f1, g1]",
        "policies: { default: { allow_origins: [https://app.example.com] } }",
    ),
    good: file!(
        "version: 1",
        "profiles: [dev]",
        "policies: { default: { allow_origins: [https://app.example.com, { origin: \"http://localhost:3000\", profiles: [dev] }] } }",
    ),
    structural: false,
};
