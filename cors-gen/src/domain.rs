//! A host comes in; the part of it that somebody registered goes out, by the public suffix list.
//!
//! The list is a text. As code it would cost every build of a program with a policy more than all lints together.

#[cfg(test)]
mod tests;

use std::sync::LazyLock;

/// The terms of the list, an empty line, and its rules in the order of their bytes: `com`, `*.ck`, `!www.ck`, in the form that browsers send.
static LIST: &str = include_str!("domain/public_suffixes.txt");

static RULES: LazyLock<Vec<&str>> = LazyLock::new(|| LIST.split_once("\n\n").map_or("", |(_, rules)| rules).lines().collect());

/// No rule has more labels.
const MOST_LABELS: usize = 7;

/// The registrable domain of a host (`example.co.uk` of `a.b.example.co.uk`), or nothing where the host is a public suffix or no domain.
pub(crate) fn registrable(host: &str) -> Option<&str> {
    let host = host.strip_suffix('.').unwrap_or(host);
    if host.starts_with('[') || crate::host::ends_in_number(host) {
        return None;
    }
    let length = listed_suffix(host).or_else(|| host.rsplit('.').next())?.len();
    let above = host.get(..host.len() - length)?.strip_suffix('.')?;
    host.get(above.rfind('.').map_or(0, |dot| dot + 1)..)
}

/// Whether anyone can register a name directly below this host: `com`, `co.uk`, `github.io`, `vercel.app`.
/// A made-up top-level domain is not known to be one.
pub(crate) fn is_public_suffix(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    listed_suffix(host) == Some(host)
}

/// The end of a host that the longest rule speaks of. A rule with `!` is an exception to one with `*`: it speaks of what is above.
fn listed_suffix(host: &str) -> Option<&str> {
    let labels = host.split('.').count();
    let ends = std::iter::successors(Some(host), |end| above(end)).skip(labels.saturating_sub(MOST_LABELS));
    for end in ends {
        if is_rule(&format!("!{end}")) {
            return above(end);
        }
        if is_rule(end) || above(end).is_some_and(|above| is_rule(&format!("*.{above}"))) {
            return Some(end);
        }
    }
    None
}

fn above(host: &str) -> Option<&str> {
    host.split_once('.').map(|(_, above)| above)
}

fn is_rule(rule: &str) -> bool {
    RULES.binary_search(&rule).is_ok()
}
