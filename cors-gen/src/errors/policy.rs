//! In: nothing. Out: the errors of a policy's fields other than its origins.

use super::{ErrorCode, Topic};

/// Any origin, with credentials.
pub static CREDENTIALS_WITH_ANY_ORIGIN: ErrorCode = ErrorCode {
    name: "credentials-with-any-origin",
    topic: Topic::Policies,
    summary: "credentials are allowed for any origin",
    why: "Browsers refuse `Access-Control-Allow-Origin: *` on a response to a request with credentials, and to reflect every origin instead would let \
          every website in the world act as the user. List the origins that deserve the trust, or do without credentials.",
    bad: policy!("allow_origins: \"*\"", "allow_credentials: true"),
    good: policy!("allow_origins: [https://app.example.com]", "allow_credentials: true"),
    structural: true,
};

/// A regex that every site matches, with credentials.
pub static CREDENTIALS_WITH_EVERY_SITE: ErrorCode = ErrorCode {
    name: "credentials-with-every-site",
    topic: Topic::Policies,
    summary: "credentials are allowed for a regex that every site matches",
    why: "`https://.*` is any origin in other words. A browser refuses `*` for a request with credentials, but it takes the echo of an origin, so no browser would \
          stop any website in the world from acting as the user. Let the regex match names inside your own domains, or do without credentials.",
    bad: policy!("allow_origins: [{ regex: 'https://.*' }]", "allow_credentials: true"),
    good: policy!("allow_origins: [{ regex: 'https://pr-[0-9]+\\.example\\.com' }]", "allow_credentials: true"),
    structural: false,
};

/// `expose_headers: "*"`, with credentials.
pub static CREDENTIALS_WITH_EXPOSED_WILDCARD: ErrorCode = ErrorCode {
    name: "credentials-with-exposed-wildcard",
    topic: Topic::Policies,
    summary: "`expose_headers` holds `\"*\"`, and credentials are allowed",
    why: "On a response to a request with credentials the Fetch standard reads `*` as the name of a header, so nothing would be exposed. Name the \
          headers that scripts need.",
    bad: policy!("allow_origins: [https://app.example.com]", "expose_headers: \"*\"", "allow_credentials: true"),
    good: policy!("allow_origins: [https://app.example.com]", "expose_headers: [ETag]", "allow_credentials: true"),
    structural: true,
};

/// Not a token.
pub static INVALID_METHOD: ErrorCode = ErrorCode {
    name: "invalid-method",
    topic: Topic::Policies,
    summary: "a method that is not a token",
    why: "RFC 9110 makes methods of letters, digits and ``!#$%&'*+-.^_`|~``. A value with a space or a comma is several methods in one string: write \
          each as an entry of its own.",
    bad: policy!("allow_origins: [https://app.example.com]", "allow_methods: [\"GET, PUT\"]"),
    good: policy!("allow_origins: [https://app.example.com]", "allow_methods: [GET, PUT]"),
    structural: true,
};

/// CONNECT, TRACE, TRACK.
pub static FORBIDDEN_METHOD: ErrorCode = ErrorCode {
    name: "forbidden-method",
    topic: Topic::Policies,
    summary: "a method that no browser lets a script use",
    why: "The Fetch standard forbids CONNECT, TRACE and TRACK in any case of letters, because they would give scripts what headers hide from them. The \
          permission could never be used. Remove it.",
    bad: policy!("allow_origins: [https://app.example.com]", "allow_methods: [GET, TRACE]"),
    good: policy!("allow_origins: [https://app.example.com]", "allow_methods: [GET]"),
    structural: true,
};

/// `get`.
pub static UNNORMALIZED_METHOD: ErrorCode = ErrorCode {
    name: "unnormalized-method",
    topic: Topic::Policies,
    summary: "a method that browsers send in upper case is written otherwise",
    why: "The Fetch standard turns every spelling of DELETE, GET, HEAD, OPTIONS, POST and PUT into upper case before it asks, so the spelling in the \
          file matches no request. Write it in upper case. (Other methods, PATCH among them, are left as the script spelled them.)",
    bad: policy!("allow_origins: [https://app.example.com]", "allow_methods: [GET, put]"),
    good: policy!("allow_origins: [https://app.example.com]", "allow_methods: [GET, PUT]"),
    structural: true,
};

/// Not a token.
pub static INVALID_HEADER: ErrorCode = ErrorCode {
    name: "invalid-header",
    topic: Topic::Policies,
    summary: "a header name that is not a token",
    why: "RFC 9110 makes header names of letters, digits and ``!#$%&'*+-.^_`|~``. A value with a space or a comma is several names in one string, and \
          one with a colon a whole header: write each name as an entry of its own.",
    bad: policy!("allow_origins: [https://app.example.com]", "allow_headers: [\"X-Request-Id, X-Trace-Id\"]"),
    good: policy!("allow_origins: [https://app.example.com]", "allow_headers: [X-Request-Id, X-Trace-Id]"),
    structural: true,
};

/// A forbidden request-header.
pub static FORBIDDEN_HEADER: ErrorCode = ErrorCode {
    name: "forbidden-header",
    topic: Topic::Policies,
    summary: "a request header that no browser lets a script set",
    why: "The Fetch standard keeps headers such as `Cookie`, `Origin`, `Host` and all that begin with `Sec-` or `Proxy-` to the browser. A script \
          cannot set them, so a permission changes nothing. For cookies the key is `allow_credentials`.",
    bad: policy!("allow_origins: [https://app.example.com]", "allow_headers: [X-Request-Id, Cookie]"),
    good: policy!("allow_origins: [https://app.example.com]", "allow_headers: [X-Request-Id]"),
    structural: true,
};

/// `Set-Cookie`.
pub static FORBIDDEN_RESPONSE_HEADER: ErrorCode = ErrorCode {
    name: "forbidden-response-header",
    topic: Topic::Policies,
    summary: "a response header that no browser lets a script read",
    why: "The Fetch standard hides `Set-Cookie` and `Set-Cookie2` from scripts whatever a server exposes. Browsers store the cookie by themselves \
          where `allow_credentials` permits it.",
    bad: policy!("allow_origins: [https://app.example.com]", "expose_headers: [ETag, Set-Cookie]"),
    good: policy!("allow_origins: [https://app.example.com]", "expose_headers: [ETag]"),
    structural: true,
};

/// Not a path pattern.
pub static INVALID_PATH: ErrorCode = ErrorCode {
    name: "invalid-path",
    topic: Topic::Policies,
    summary: "a path or a path pattern that is not one",
    why: "A pattern begins with `/` and has no query and no fragment. A segment is literal, or `*` for exactly one segment; `**` stands last, for all \
          segments that remain. A `*` beside other characters of a segment is not supported, because servers disagree on what it matches. The path of a \
          test is no pattern but one path, as a browser asks for it: without fragment, backslash and dot segments.",
    bad: policy!("paths: [/api*]", "allow_origins: [https://app.example.com]"),
    good: policy!("paths: [/api/**]", "allow_origins: [https://app.example.com]"),
    structural: true,
};

/// A pattern for paths that get no policy.
pub static UNREACHABLE_PATH: ErrorCode = ErrorCode {
    name: "unreachable-path",
    topic: Topic::Policies,
    summary: "a path pattern that no request can match",
    why: "A path that a later hop could read in another way gets no policy: one with an empty or a dot segment, a `;`, a backslash, or a percent-encoded \
          slash, backslash, letter, digit, `-`, `.`, `_` or `~`. A pattern that spells such a path would never be used. Write the plain form.",
    bad: policy!("paths: [/api/../admin]", "allow_origins: [https://app.example.com]"),
    good: policy!("paths: [/admin]", "allow_origins: [https://app.example.com]"),
    structural: true,
};

/// The same pattern twice.
pub static DUPLICATE_PATH: ErrorCode = ErrorCode {
    name: "duplicate-path",
    topic: Topic::Policies,
    summary: "the same path pattern twice",
    why: "Exactly one policy answers a request, and here two would have the same claim. A policy without `paths` has `/**`.",
    bad: file!(
        "version: 1",
        "policies:",
        "  one: { paths: [/api/**], allow_origins: [https://app.example.com] }",
        "  two: { paths: [/api/**], allow_origins: [https://shop.example.com] }",
    ),
    good: file!(
        "version: 1",
        "policies:",
        "  one: { paths: [/api/**], allow_origins: [https://app.example.com] }",
        "  two: { paths: [/shop/**], allow_origins: [https://shop.example.com] }",
    ),
    structural: false,
};

/// More ways through the patterns than a table holds. The bad file is empty because it would be too long to show.
pub static TOO_MANY_PATHS: ErrorCode = ErrorCode {
    name: "too-many-paths",
    topic: Topic::Policies,
    summary: "the path patterns overlap in too many ways",
    why: "All patterns become one table that finds the most specific in one walk. Many names after a `*` beside many names in its place must be told \
          apart in every combination, and here the table would be too large. Name what the `*` stands for, or end patterns with `/**` earlier.",
    bad: "",
    good: policy!("paths: [/api/*/items, /shop/**]", "allow_origins: [https://app.example.com]"),
    structural: false,
};

/// Not a duration.
pub static INVALID_MAX_AGE: ErrorCode = ErrorCode {
    name: "invalid-max-age",
    topic: Topic::Policies,
    summary: "`max_age` is neither seconds nor a duration",
    why: "Seconds are an integer without leading zeros, a duration is a number with one of `s`, `m`, `h` and `d`; either is at most 2147483647 seconds. \
          Browsers ignore a header with anything else in it.",
    bad: policy!("allow_origins: [https://app.example.com]", "max_age: 10 minutes"),
    good: policy!("allow_origins: [https://app.example.com]", "max_age: 10m"),
    structural: true,
};

/// Not a successful status.
pub static INVALID_STATUS: ErrorCode = ErrorCode {
    name: "invalid-status",
    topic: Topic::Policies,
    summary: "`preflight_status` is not from 200 to 299",
    why: "A browser takes an answer to a preflight only if its status says that it went well. With any other, every request that needs a preflight fails.",
    bad: policy!("allow_origins: [https://app.example.com]", "preflight_status: 302"),
    good: policy!("allow_origins: [https://app.example.com]", "preflight_status: 204"),
    structural: true,
};
