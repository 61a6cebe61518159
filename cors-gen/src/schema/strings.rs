//! In: nothing. Out: the rules for strings (origins, names, methods, headers, paths, durations) as pieces of JSON schema.
//!
//! A string is held against one rule after the other, and only the first that it breaks speaks. The patterns do without look-around, so that
//! every validator understands them; the regular expressions of ECMA-262 and of the `regex` crate read them alike.

use serde_json::{Value, json};

use crate::errors::{self, ErrorCode};
use crate::{header, method};

/// The longest name of a policy, a set or a profile.
const NAME_LENGTH: u32 = 40;
/// The largest `Access-Control-Max-Age` that every browser reads: 2^31 - 1.
pub(super) const MAX_AGE: u64 = 2_147_483_647;

const TOKEN: &str = "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$";
/// Matches no string. A rule that prohibits a pattern says in its `then` that nothing will do; `not` would leave editors without a message.
const NOTHING: &str = "[^\\s\\S]";

/// One rule of a string: a pattern, and the error where it is broken.
enum Rule {
    /// The string must match.
    Must(String, &'static ErrorCode),
    /// The string must not match.
    MustNot(String, &'static ErrorCode),
    /// A string that matches is fine, whatever the rules after this one say.
    Fine(String),
}

/// The rules as nested conditions. Each concerns strings only, so the result can stand beside the keywords for lists and mappings.
fn chain(rules: Vec<Rule>) -> Value {
    rules.into_iter().rev().fold(json!({}), |next, rule| match rule {
        Rule::Must(pattern, code) => {
            let broken = json!({ "pattern": pattern, "patternErrorMessage": message(code) });
            if next == json!({}) { broken } else { json!({ "if": { "pattern": pattern }, "then": next, "else": broken }) }
        }
        Rule::MustNot(pattern, code) => {
            let broken = json!({ "pattern": NOTHING, "patternErrorMessage": message(code) });
            let mut condition = json!({ "if": { "pattern": pattern }, "then": broken });
            if next != json!({}) {
                condition["else"] = next;
            }
            condition
        }
        Rule::Fine(pattern) => json!({ "if": { "pattern": pattern }, "else": next }),
    })
}

/// What an editor shows for an error: the same sentences as everywhere, and the name to look it up by.
pub(super) fn message(code: &ErrorCode) -> String {
    format!("{} {} ({})", errors::sentence(code.summary), code.why, code.name)
}

/// An entry of a list of origins, where it is a string.
pub(super) fn origin() -> Value {
    let port = format!("(?::{})?", number_up_to("65535"));
    let any_port = format!("(?::(?:\\*|{}))?", number_up_to("65535"));
    let label = "[a-z0-9_-]{1,63}";
    let host = format!("{label}(?:\\.{label})*");
    let wildcard = "[a-z0-9-]{0,62}\\*[a-z0-9-]{0,62}";
    chain(vec![
        Rule::MustNot("^\\*$".into(), &errors::ANY_ORIGIN_IN_LIST),
        Rule::Fine("^null$".into()),
        Rule::Must("://".into(), &errors::ORIGIN_MISSING_SCHEME),
        Rule::MustNot("[\\s,;]|://.*://".into(), &errors::ORIGIN_SEVERAL),
        Rule::Must("^[^/?#\\\\]*://[^/?#\\\\]*$".into(), &errors::ORIGIN_PATH),
        Rule::Must("^[^@]*$".into(), &errors::ORIGIN_USER_INFO),
        Rule::Must("^[ -~]*$".into(), &errors::ORIGIN_NON_ASCII_HOST),
        Rule::Must("^[^A-Z]*$".into(), &errors::ORIGIN_UPPER_CASE),
        Rule::Must("^[a-z][a-z0-9+.-]{0,63}://".into(), &errors::ORIGIN_INVALID_SCHEME),
        Rule::Must("^[^*]*$|^https?://(?:[^*.:_]*\\*[^*.:_]*\\.)?[^*]+(?::[^:]*)?$".into(), &errors::ORIGIN_INVALID_WILDCARD),
        Rule::Must(format!("^[^:]+://(?:\\[[^\\]]*\\]|[^:\\[\\]]*){any_port}$"), &errors::ORIGIN_INVALID_PORT),
        Rule::MustNot("^http://.*:80$|^https://.*:443$".into(), &errors::ORIGIN_DEFAULT_PORT),
        Rule::MustNot(LONG_IPV6.into(), &errors::ORIGIN_INVALID_IP),
        Rule::Fine(format!("^https?://{}{any_port}$|^[^:]+://{}{any_port}$", ipv4(), ipv6())),
        Rule::MustNot("\\[|^https?://(?:[^:]*\\.)?(?:[0-9]+|0x[0-9a-f]*)\\.?(?::|$)".into(), &errors::ORIGIN_INVALID_IP),
        Rule::MustNot("://[^:]{254}".into(), &errors::ORIGIN_INVALID_HOST),
        Rule::Must(format!("^https?://(?:{wildcard}\\.)?{host}\\.?{any_port}$|^[a-z0-9+.-]+://{host}{port}$"), &errors::ORIGIN_INVALID_HOST),
    ])
}

/// An IPv4 address as the URL standard serialises it.
fn ipv4() -> String {
    let byte = "(?:[0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])";
    format!("{byte}(?:\\.{byte}){{3}}")
}

/// An IPv6 address of as many pieces as one can have: eight, or at most six and one `::`.
fn ipv6() -> String {
    let piece = "(?:0|[1-9a-f][0-9a-f]{0,3})";
    let after = |most: usize| if most == 0 { String::new() } else { format!("(?:{piece}(?::{piece}){{0,{}}})?", most - 1) };
    let shortened = (1..=6).map(|before| format!("{piece}(?::{piece}){{{}}}::{}", before - 1, after(6 - before)));
    let forms: Vec<String> = [format!("{piece}(?::{piece}){{7}}"), format!("::{}", after(6))].into_iter().chain(shortened).collect();
    format!("\\[(?:{})\\]", forms.join("|"))
}

/// An IPv6 address with zeros that `::` should stand for. That `::` stands for the longest run of zeros, and the first of several, is left to
/// the compiler: a pattern would have to count.
const LONG_IPV6: &str = "\\[(?:[0-9a-f]+:)*0:0(?::[0-9a-f]+)*\\]|[\\[:]0::|::0[:\\]]";

/// The keys of a mapping of names, or a declared name.
pub(super) fn name() -> Value {
    json!({
        "pattern": "^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$",
        "patternErrorMessage": message(&errors::INVALID_NAME),
        "maxLength": NAME_LENGTH,
    })
}

/// A method that a policy allows.
pub(super) fn method() -> Value {
    chain(vec![
        Rule::Must(TOKEN.into(), &errors::INVALID_METHOD),
        Rule::MustNot(any_case(&method::FORBIDDEN, "$"), &errors::FORBIDDEN_METHOD),
        Rule::Fine(format!("^(?:{})$", method::NORMALIZED.join("|"))),
        Rule::MustNot(any_case(&method::NORMALIZED, "$"), &errors::UNNORMALIZED_METHOD),
    ])
}

/// A method of a test, which a policy need not know.
pub(super) fn any_method() -> Value {
    chain(vec![Rule::Must(TOKEN.into(), &errors::INVALID_METHOD)])
}

/// A request header that a policy allows.
pub(super) fn request_header() -> Value {
    chain(vec![
        Rule::Must(TOKEN.into(), &errors::INVALID_HEADER),
        Rule::MustNot(any_case(&header::FORBIDDEN_REQUEST, "$"), &errors::FORBIDDEN_HEADER),
        Rule::MustNot(any_case(&header::FORBIDDEN_PREFIXES, ""), &errors::FORBIDDEN_HEADER),
    ])
}

/// A response header that a policy exposes.
pub(super) fn response_header() -> Value {
    chain(vec![
        Rule::Must(TOKEN.into(), &errors::INVALID_HEADER),
        Rule::MustNot(any_case(&header::FORBIDDEN_RESPONSE, "$"), &errors::FORBIDDEN_RESPONSE_HEADER),
    ])
}

/// A header of a test, which a policy need not know.
pub(super) fn any_header() -> Value {
    chain(vec![Rule::Must(TOKEN.into(), &errors::INVALID_HEADER)])
}

/// A path pattern of a policy.
pub(super) fn path_pattern() -> Value {
    let segment = "(?:\\*|[!$%&'()+,.:;=@\\[\\]\\\\_|~0-9A-Za-z-]*)";
    let unreserved = "3[0-9]|[46][1-9A-Fa-f]|[57][0-9Aa]|2[DdEe]|5[Ff]|7[Ee]";
    let bad_escape = "%(?:$|[^0-9A-Fa-f]|[0-9A-Fa-f](?:$|[^0-9A-Fa-f]))";
    chain(vec![
        Rule::Must(format!("^(?:/{segment})+$|^(?:/{segment})*/\\*\\*$"), &errors::INVALID_PATH),
        Rule::MustNot(format!("//|[;\\\\]|/\\.\\.?(?:/|$)|%(?:2[Ff]|5[Cc]|{unreserved})|{bad_escape}"), &errors::UNREACHABLE_PATH),
    ])
}

/// A path of a test.
pub(super) fn path() -> Value {
    chain(vec![Rule::Must("^/".into(), &errors::INVALID_PATH)])
}

/// A duration, at most `MAX_AGE` seconds.
pub(super) fn duration() -> Value {
    let unit = |seconds: u64, unit: &str| format!("{}{unit}", number_up_to(&(MAX_AGE / seconds).to_string()));
    let forms = ["0[smhd]".to_owned(), unit(1, "s"), unit(60, "m"), unit(3600, "h"), unit(86400, "d")];
    chain(vec![Rule::Must(format!("^(?:{})$", forms.join("|")), &errors::INVALID_MAX_AGE)])
}

/// The level of a lint.
pub(super) fn level() -> Value {
    chain(vec![Rule::Must("^(?:allow|warn|deny)$".into(), &errors::INVALID_LEVEL)])
}

/// A string other than `"*"`.
pub(super) fn no_asterisk(code: &'static ErrorCode) -> Value {
    chain(vec![Rule::Must("^(?:[^*]|\\*[\\s\\S]|$)".into(), code)])
}

/// The numbers from 1 to `limit` without leading zeros.
///
/// First those with fewer digits; then, from the left, those that agree with the limit up to a digit and are smaller there.
fn number_up_to(limit: &str) -> String {
    let rest = |count: usize| if count == 0 { String::new() } else { format!("[0-9]{{{count}}}") };
    let mut forms = vec![format!("[1-9][0-9]{{0,{}}}", limit.len() - 2)];
    for (index, digit) in limit.bytes().enumerate() {
        let lowest = if index == 0 { b'1' } else { b'0' };
        if digit > lowest {
            forms.push(format!("{}[{}-{}]{}", &limit[..index], char::from(lowest), char::from(digit - 1), rest(limit.len() - index - 1)));
        }
    }
    forms.push(limit.to_owned());
    format!("(?:{})", forms.join("|"))
}

/// Any of the words in any case of letters, from the beginning of the string; `end` closes the pattern.
fn any_case(words: &[&str], end: &str) -> String {
    let letter = |letter: char| {
        let (upper, lower) = (letter.to_ascii_uppercase(), letter.to_ascii_lowercase());
        if upper == lower { letter.to_string() } else { format!("[{upper}{lower}]") }
    };
    let words: Vec<String> = words.iter().map(|word| word.chars().map(letter).collect()).collect();
    format!("^(?:{}){end}", words.join("|"))
}
