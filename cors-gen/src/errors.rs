//! In: nothing. Out: the registry of every error that a policy can raise, each with its reason, a bad file and its mend.

/// A whole file, given by its lines.
macro_rules! file {
    ($($line:literal),+ $(,)?) => { concat!($($line, "\n"),+) };
}

/// A whole file with one policy, `api`, given by the lines of that policy.
macro_rules! policy {
    ($($line:literal),+ $(,)?) => { concat!("version: 1\npolicies:\n  api:\n", $("    ", $line, "\n"),+) };
}

mod file;
mod origin;
mod other;
mod policy;
mod shape;

pub use self::{file::*, origin::*, other::*, policy::*, shape::*};

/// One kind of error. An error stops the compilation and, unlike a lint, cannot be allowed.
#[derive(Debug)]
pub struct ErrorCode {
    /// The name, in kebab-case; it stands in every diagnostic and is what `cors-gen rule` takes.
    pub name: &'static str,
    /// What the error is about.
    pub topic: Topic,
    /// What is wrong, in a line.
    pub summary: &'static str,
    /// Why it is an error, and what would be right.
    pub why: &'static str,
    /// A whole small file that raises this error and no other. Empty where such a file cannot be a short text: the comment on the code says so.
    pub bad: &'static str,
    /// The same file mended. Never empty.
    pub good: &'static str,
    /// Whether the JSON schema refuses `bad` too, so that an editor shows the error while one types.
    pub structural: bool,
}

/// What an error is about; the order of the variants is the order of the registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// The file as text and as YAML. No JSON schema sees it: there is no document yet.
    File,
    /// The keys, types and names of the language.
    Shape,
    /// Origins, sets and profiles.
    Origins,
    /// The other fields of a policy.
    Policies,
    /// Lints and tests.
    Checks,
}

impl Topic {
    /// The heading of the topic in the reference.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::File => "The file and its YAML",
            Self::Shape => "Keys, types and names",
            Self::Origins => "Origins",
            Self::Policies => "Policies",
            Self::Checks => "Lints and tests",
        }
    }
}

/// A phrase as a sentence.
#[cfg(feature = "cli")]
pub(crate) fn sentence(phrase: &str) -> String {
    let mut chars = phrase.chars();
    let first: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", chars.as_str().trim_end_matches('.'))
}

/// The error of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static ErrorCode> {
    ERRORS.iter().copied().find(|code| code.name == name)
}

/// Every error, by topic, and within a topic as a reader meets them: the plain ones before the rare ones.
pub static ERRORS: &[&ErrorCode] = &[
    &NOT_UTF8,
    &EMPTY_FILE,
    &FILE_TOO_LARGE,
    &YAML_SYNTAX,
    &UNQUOTED_ASTERISK,
    &UNKNOWN_ANCHOR,
    &MULTIPLE_DOCUMENTS,
    &DUPLICATE_KEY,
    &MERGE_KEY,
    &YAML_TAG,
    &ALIAS_BUDGET,
    &NESTING_TOO_DEEP,
    &UNKNOWN_KEY,
    &MISSING_KEY,
    &WRONG_TYPE,
    &EMPTY_VALUE,
    &UNSUPPORTED_VERSION,
    &INVALID_NAME,
    &CONFLICTING_KEYS,
    &ANY_ORIGIN_IN_LIST,
    &UNQUOTED_NULL,
    &ORIGIN_MISSING_SCHEME,
    &ORIGIN_SEVERAL,
    &ORIGIN_PATH,
    &ORIGIN_USER_INFO,
    &ORIGIN_UPPER_CASE,
    &ORIGIN_DEFAULT_PORT,
    &ORIGIN_INVALID_PORT,
    &ORIGIN_NON_ASCII_HOST,
    &ORIGIN_INVALID_HOST,
    &ORIGIN_INVALID_IP,
    &ORIGIN_INVALID_SCHEME,
    &ORIGIN_INVALID_WILDCARD,
    &TOO_MANY_ORIGINS,
    &UNKNOWN_SET,
    &UNKNOWN_PROFILE,
    &TOO_MANY_PROFILES,
    &INVALID_REGEX,
    &REGEX_TOO_LARGE,
    &CREDENTIALS_WITH_ANY_ORIGIN,
    &CREDENTIALS_WITH_EVERY_SITE,
    &CREDENTIALS_WITH_EXPOSED_WILDCARD,
    &INVALID_METHOD,
    &FORBIDDEN_METHOD,
    &UNNORMALIZED_METHOD,
    &INVALID_HEADER,
    &FORBIDDEN_HEADER,
    &FORBIDDEN_RESPONSE_HEADER,
    &INVALID_PATH,
    &UNREACHABLE_PATH,
    &DUPLICATE_PATH,
    &TOO_MANY_PATHS,
    &INVALID_MAX_AGE,
    &INVALID_STATUS,
    &UNKNOWN_LINT,
    &INVALID_LEVEL,
    &FAILING_TEST,
    &NOT_EXPRESSIBLE,
];
