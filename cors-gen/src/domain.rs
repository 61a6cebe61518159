//! A host comes in; the part of it that somebody registered goes out, by the public suffix list.
//!
//! The list is a text. As code it would cost every build of a program with a policy more than all lints together.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::LazyLock;

/// The terms of the list, an empty line, and its rules in the order of their bytes: `com`, `*.ck`, `!www.ck`, in the form that browsers send.
static LIST: &str = include_str!("domain/public_suffixes.txt");

static RULES: LazyLock<HashMap<&str, Rule>> = LazyLock::new(rules);

/// What the list says of a name.
#[derive(Clone, Copy, Default)]
struct Rule {
    /// It is a public suffix.
    itself: bool,
    /// So is every name directly below it.
    below: bool,
    /// It is not one, whatever the name above it says of those below.
    exception: bool,
}

fn rules() -> HashMap<&'static str, Rule> {
    let lines = LIST.split_once("\n\n").map_or("", |(_, rules)| rules).lines();
    let mut rules: HashMap<&str, Rule> = HashMap::with_capacity(lines.clone().count());
    for line in lines {
        if let Some(name) = line.strip_prefix("*.") {
            rules.entry(name).or_default().below = true;
        } else if let Some(name) = line.strip_prefix('!') {
            rules.entry(name).or_default().exception = true;
        } else {
            rules.entry(line).or_default().itself = true;
        }
    }
    rules
}

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

/// The end of a host that the longest rule speaks of. An exception speaks of what is above.
fn listed_suffix(host: &str) -> Option<&str> {
    let rule_of = |name: Option<&str>| name.and_then(|name| RULES.get(name)).copied().unwrap_or_default();
    let beyond = host.split('.').count().saturating_sub(MOST_LABELS);
    let mut end = std::iter::successors(Some(host), |end| above(end)).nth(beyond);
    let mut rule = rule_of(end);
    while let Some(name) = end {
        let above = above(name);
        let rule_above = rule_of(above);
        if rule.exception {
            return above;
        }
        if rule.itself || rule_above.below {
            return Some(name);
        }
        (end, rule) = (above, rule_above);
    }
    None
}

/// A public suffix somewhere below this host, if there is one: `s3.amazonaws.com` below `amazonaws.com`. Where all names directly below a name are
/// suffixes, one of them stands for all.
pub(crate) fn suffix_below(host: &str) -> Option<String> {
    let host = host.strip_suffix('.').unwrap_or(host);
    BELOW.get(host).map(|rule| rule.replacen('*', "a", 1))
}

/// Every public suffix somewhere below this host, as the list has it: `*.compute.amazonaws.com` among them.
pub(crate) fn suffixes_below(host: &str) -> Vec<&'static str> {
    if !BELOW.contains_key(host) {
        return Vec::new();
    }
    suffixes().filter(|rule| rule.strip_suffix(host).is_some_and(|rest| rest.ends_with('.'))).collect()
}

/// For every name above a public suffix such a suffix, as the list has it.
static BELOW: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
    let names = |rule: &'static str| std::iter::successors(above(rule), |name| above(name)).map(move |name| (name, rule));
    suffixes().flat_map(names).collect()
});

fn suffixes() -> impl Iterator<Item = &'static str> {
    LIST.split_once("\n\n").map_or("", |(_, rules)| rules).lines().filter(|rule| !rule.starts_with('!'))
}

fn above(host: &str) -> Option<&str> {
    host.split_once('.').map(|(_, above)| above)
}
