//! Lists of origins come in; sets and regular expressions of JavaScript go out.

use minijinja::{Value, context};

use super::{regex_literal, string};
use crate::targets::lists::{OriginList, array};

/// A list in the words of the template.
pub(super) fn view(list: &OriginList<'_>) -> Value {
    let [exact, patterns] = [array("    ", "  ", list.exact().map(string)), array("    ", "  ", list.patterns().map(|(_, regex)| whole(&regex)))];
    context! { exact, patterns }
}

/// A literal that matches the whole of an origin.
fn whole(regex: &str) -> String {
    regex_literal(&format!("^{regex}$"))
}
