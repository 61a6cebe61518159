//! The table's policies without those that a target refuses.

use cors_testbed::requests::{Case, Expect};

/// The policy file with some of its policies left out.
pub(crate) fn without(text: &str, policies: &[&str]) -> String {
    let mut left_out = false;
    let mut kept = |line: &&str| {
        let begins_something = line.starts_with(|first: char| first.is_ascii_lowercase()) || (line.starts_with("  ") && !line.starts_with("   "));
        if begins_something {
            left_out = policies.iter().any(|policy| *line == format!("  {policy}:"));
        }
        !left_out
    };
    text.lines().filter(&mut kept).map(|line| format!("{line}\n")).collect()
}

/// The policy that a case is about.
pub(crate) fn policy(case: &Case) -> Option<&'static str> {
    match case.expect {
        Expect::Granted(policy) | Expect::Refused(policy) | Expect::Preflight(policy) | Expect::RefusedPreflight(policy) => Some(policy),
        Expect::NeverGranted(_) | Expect::Untouched | Expect::NoPolicy => None,
    }
}
