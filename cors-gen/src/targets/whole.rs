//! For libraries that know no paths: policies come in, the one of the whole application goes out, or why there is none.

use super::refuse;
use crate::diagnostic::Diagnostic;
use crate::policy::{Policy, PolicySet};

/// The policy of the whole application; paths are refused, for a reason that is the library's own.
pub(super) fn only<'p>(set: &'p PolicySet<'p>, library: &str, reason: &str, refusals: &mut Vec<Diagnostic>) -> Option<&'p Policy<'p>> {
    for rule in set.rules.iter().filter(|rule| rule.pattern.value != "/**") {
        refusals.push(
            refuse(rule.pattern.span, format!("{library} cannot hold a policy for some paths alone"))
                .reason(reason)
                .help("write `paths: [\"/**\"]` in a file for each application, or let a server in front decide by path: `--target nginx`"),
        );
    }
    set.policies.first()
}
