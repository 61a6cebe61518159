//! The lines of a header come in; their value goes out.

use std::borrow::Cow;
use std::vec::Vec;

/// The value of a header that is a list: its one line, or its lines joined, which means the same
/// ([RFC 9110, 5.3](https://www.rfc-editor.org/rfc/rfc9110#section-5.3)). Some gateways split what a browser sent as one line. Only what is joined is
/// allocated.
pub(crate) fn joined<'l>(lines: impl IntoIterator<Item = &'l [u8]>) -> Option<Cow<'l, [u8]>> {
    let mut lines = lines.into_iter();
    let first = lines.next()?;
    Some(match lines.next() {
        None => first.into(),
        Some(second) => [first, second].into_iter().chain(lines).collect::<Vec<_>>().join(&b", "[..]).into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_lines_are_one_value() {
        let check = |lines: &[&str], expected: Option<&str>| {
            let value = joined(lines.iter().map(|line| line.as_bytes()));
            assert_eq!(value.as_deref(), expected.map(str::as_bytes), "{lines:?}");
            assert_eq!(matches!(value, Some(Cow::Owned(_))), lines.len() > 1, "{lines:?}");
        };
        check(&[], None);
        check(&[""], Some(""));
        check(&["x-a,x-b"], Some("x-a,x-b"));
        check(&["x-a", "x-b,x-c", "x-d"], Some("x-a, x-b,x-c, x-d"));
    }
}
