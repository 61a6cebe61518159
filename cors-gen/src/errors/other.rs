//! In: nothing. Out: the errors of lints, tests and targets.

use super::{ErrorCode, Topic};

/// A lint that does not exist.
pub static UNKNOWN_LINT: ErrorCode = ErrorCode {
    name: "unknown-lint",
    topic: Topic::Checks,
    summary: "a lint that does not exist, or that a policy does not have",
    why: "A level for a lint that does not exist changes nothing, and its author believes that it does. The message suggests the nearest lint; \
          `cors-gen rule` lists them all. `unused-origin-set` and `unused-profile` look at the whole file: their levels stand in its `lints`, not in \
          those of a policy.",
    bad: policy!("allow_origins: [https://app.example.com]", "lints: { nul-origin: deny }"),
    good: policy!("allow_origins: [https://app.example.com]", "lints: { null-origin: deny }"),
    structural: true,
};

/// A level that does not exist.
pub static INVALID_LEVEL: ErrorCode = ErrorCode {
    name: "invalid-level",
    topic: Topic::Checks,
    summary: "the level of a lint is none of `allow`, `warn` and `deny`",
    why: "`allow` is silent, `warn` speaks and goes on, `deny` fails the compilation. There is no other level.",
    bad: policy!("allow_origins: [https://app.example.com]", "lints: { null-origin: error }"),
    good: policy!("allow_origins: [https://app.example.com]", "lints: { null-origin: deny }"),
    structural: true,
};

/// A test of the file fails.
pub static FAILING_TEST: ErrorCode = ErrorCode {
    name: "failing-test",
    topic: Topic::Checks,
    summary: "a test of the file expects another verdict than a browser would come to",
    why: "The tests say what the author means, the policies what servers will do. Where they disagree one of them is wrong, and no configuration is \
          made from either. The message gives the step at which the browser decided otherwise.",
    bad: file!(
        "version: 1",
        "policies: { default: { allow_origins: [https://app.example.com] } }",
        "tests: [{ name: the shop can read, allow: [https://shop.example.com] }]",
    ),
    good: file!(
        "version: 1",
        "policies: { default: { allow_origins: [https://app.example.com, https://shop.example.com] } }",
        "tests: [{ name: the shop can read, allow: [https://shop.example.com] }]",
    ),
    structural: false,
};

/// A target cannot say what the policy says. No `bad`: which policy that is depends on the target, and the file itself is in order.
pub static NOT_EXPRESSIBLE: ErrorCode = ErrorCode {
    name: "not-expressible",
    topic: Topic::Checks,
    summary: "a target cannot say what the policy says",
    why: "A configuration that says something else than the policy is worse than none, so nothing is generated. The message names the place in the \
          policy and what could be changed; `cors-gen targets` lists what each target cannot express.",
    bad: "",
    good: policy!("allow_origins: [https://app.example.com]"),
    structural: false,
};
