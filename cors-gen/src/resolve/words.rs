//! Paths, methods, header names, durations and statuses: words come in, checked values go out.

use std::borrow::Cow;

use super::{Resolver, default_methods};
use crate::diagnostic::Diagnostic;
use crate::document::{AnyOr, Text};
use crate::header;
use crate::method::{self, MethodError};
use crate::origin::shorten;
use crate::path::{self, PathError};
use crate::policy::List;
use crate::span::{Span, Spanned};
use crate::yaml::{Meaning, Scalar};

/// The longest time that the 31 bits hold which caches must understand ([RFC 9111, 1.2.2](https://www.rfc-editor.org/rfc/rfc9111#section-1.2.2)).
const MAX_SECONDS: u64 = i32::MAX as u64;

type Words<'s> = Option<AnyOr<Spanned<Text<'s>>>>;

impl<'s> Resolver<'_, 's> {
    pub(super) fn paths(&mut self, paths: Option<Vec<Spanned<Text<'s>>>>, place: Span) -> Vec<Spanned<Text<'s>>> {
        let Some(paths) = paths else {
            return vec![Spanned::new(Cow::Borrowed("/**"), place)];
        };
        paths.into_iter().filter(|pattern| self.path(pattern)).collect()
    }

    fn path(&mut self, pattern: &Spanned<Text<'s>>) -> bool {
        let fault = path::check(&pattern.value).err();
        self.report.extend(fault.iter().map(|fault| explain_path(fault, pattern.span)));
        fault.is_none()
    }

    pub(super) fn methods(&mut self, words: Words<'s>, place: Span) -> List<'s> {
        let Some(words) = words else { return default_methods(place) };
        self.list(words, |method| match method::check(&method.value) {
            Ok(()) => None,
            Err(fault) => Some(explain_method(method, fault)),
        })
    }

    pub(super) fn request_headers(&mut self, words: Words<'s>) -> List<'s> {
        let Some(words) = words else { return List::default() };
        self.list(words, |name| {
            invalid_header(name).or_else(|| {
                header::is_forbidden_request(&name.value).then(|| {
                    Diagnostic::error("forbidden-header", name.span, format!("no script can set the header `{}`", name.value))
                        .reason("it is a forbidden request-header: the browser sets it itself, or drops it")
                        .help("remove it: the header works without a permission, and none would help a script")
                })
            })
        })
    }

    pub(super) fn response_headers(&mut self, words: Words<'s>) -> List<'s> {
        let Some(words) = words else { return List::default() };
        self.list(words, |name| {
            invalid_header(name).or_else(|| {
                header::is_forbidden_response(&name.value).then(|| {
                    Diagnostic::error("forbidden-response-header", name.span, format!("no script can read the header `{}`", name.value))
                        .reason("it is a forbidden response-header name: browsers hide cookies from scripts of other origins, whatever a policy says")
                        .help("remove it; send what the script needs in the body, or in a header of another name")
                })
            })
        })
    }

    fn list(&mut self, words: AnyOr<Spanned<Text<'s>>>, check: impl Fn(&Spanned<Text<'s>>) -> Option<Diagnostic>) -> List<'s> {
        let mut list = List { written: true, ..List::default() };
        let words = match words {
            AnyOr::Any(span) => return List { any: Some(span), ..list },
            AnyOr::List(words) => words,
        };
        for word in words {
            if word.value == "*" {
                list.any = list.any.or(Some(word.span));
                continue;
            }
            match check(&word) {
                Some(diagnostic) => self.report.push(diagnostic),
                None => list.names.push(word),
            }
        }
        list
    }

    /// Seconds, or a duration with a unit.
    pub(super) fn max_age(&mut self, written: &Spanned<Scalar<'s>>) -> Option<Spanned<u32>> {
        let Scalar { text, quoted } = &written.value;
        let number = written.value.meaning() != Meaning::Text;
        let seconds = if number { plain_number(text) } else { duration(text) };
        if let Some(seconds) = seconds.filter(|&seconds| seconds <= MAX_SECONDS) {
            return Some(Spanned::new(seconds as u32, written.span));
        }
        let shown = if *quoted { format!("\"{}\"", shorten(text)) } else { shorten(text).into_owned() };
        let help = match better_max_age(text) {
            _ if seconds.is_some() => format!("write at most {MAX_SECONDS} (68 years); `{shown}` is longer than any browser caches a preflight"),
            Some(seconds) if *quoted && plain_number(&seconds).is_some() => format!("write it without quotes: `{seconds}`"),
            Some(better) => format!("write `{better}`"),
            None => "write a number of seconds (`600`), or a number with a unit: `90s`, `10m`, `24h`, `1d`; `0` disables the cache".to_owned(),
        };
        self.report.push(Diagnostic::error("invalid-max-age", written.span, format!("`{shown}` is no duration")).help(help));
        None
    }

    pub(super) fn status(&mut self, written: &Spanned<Text<'s>>) -> Option<Spanned<u16>> {
        match plain_number(&written.value).filter(|status| (200..=299).contains(status)) {
            Some(status) => Some(Spanned::new(status as u16, written.span)),
            None => {
                self.report.push(
                    Diagnostic::error("invalid-status", written.span, format!("`{}` is no status that a preflight can pass with", shorten(&written.value)))
                        .reason("a browser takes 200 to 299 for a yes and anything else for a no")
                        .help("write `204`, or `200` for clients that know no better"),
                );
                None
            }
        }
    }
}

pub(super) fn explain_path(fault: &PathError, span: Span) -> Diagnostic {
    Diagnostic::error(fault.code, span, fault.message.as_str()).reason(fault.reason).help(fault.help())
}

/// Decimal digits without a leading zero: `0600` is 600 to some readers of YAML and 384 to others.
fn plain_number(text: &str) -> Option<u64> {
    let plain = text == "0" || (!text.starts_with('0') && !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()));
    if plain { Some(text.parse().unwrap_or(u64::MAX)) } else { None }
}

fn duration(text: &str) -> Option<u64> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 60 * 60,
        "d" => 24 * 60 * 60,
        _ => return None,
    };
    Some(plain_number(number)?.saturating_mul(seconds))
}

/// The duration that was certainly meant: digits, alone or with a unit in another spelling. Elsewhere a negative number turns a cache off.
fn better_max_age(text: &str) -> Option<String> {
    if text.strip_prefix('-').is_some_and(|rest| plain_number(rest).is_some()) {
        return Some("0".to_owned());
    }
    let (digits, unit) = text.split_at(text.find(|char: char| !char.is_ascii_digit()).unwrap_or(text.len()));
    let unit = match unit.trim().to_ascii_lowercase().as_str() {
        "" => "",
        "s" | "sec" | "secs" | "second" | "seconds" => "s",
        "m" | "min" | "mins" | "minute" | "minutes" => "m",
        "h" | "hr" | "hrs" | "hour" | "hours" => "h",
        "d" | "day" | "days" => "d",
        _ => return None,
    };
    let number = match digits.trim_start_matches('0') {
        "" if digits.is_empty() => return None,
        "" => "0",
        number => number,
    };
    let better = format!("{number}{unit}");
    plain_number(&better).or_else(|| duration(&better)).is_some_and(|seconds| seconds <= MAX_SECONDS).then_some(better)
}

fn explain_method(method: &Spanned<Text<'_>>, fault: MethodError) -> Diagnostic {
    let (name, span) = (shorten(&method.value), method.span);
    match fault {
        MethodError::Invalid => Diagnostic::error("invalid-method", span, format!("`{name}` is no method"))
            .reason("a method is a token: letters, digits and !#$%&'*+-.^_`|~, one method an entry")
            .help("write each method as an entry of its own: `[GET, PUT]`"),
        MethodError::Forbidden => Diagnostic::error("forbidden-method", span, format!("no script can send the method `{name}`"))
            .reason("browsers forbid CONNECT, TRACE and TRACK to scripts")
            .help("remove it"),
        MethodError::Unnormalized => Diagnostic::error("unnormalized-method", span, format!("no browser sends the method `{name}`"))
            .reason("methods are case-sensitive, and a browser writes this one in upper case, whatever the script wrote")
            .help(format!("write `{}`", method.value.to_ascii_uppercase())),
    }
}

pub(super) fn invalid_header(name: &Spanned<Text<'_>>) -> Option<Diagnostic> {
    (!header::is_token(&name.value)).then(|| {
        let shown = shorten(&name.value);
        let help = if name.value.contains(',') {
            "write each name as an entry of its own: `[X-A, X-B]`".to_owned()
        } else {
            "write the name alone, without colon, value or blanks".to_owned()
        };
        Diagnostic::error("invalid-header", name.span, format!("`{shown}` is no header name"))
            .reason("a header name is a token: letters, digits and !#$%&'*+-.^_`|~")
            .help(help)
    })
}
