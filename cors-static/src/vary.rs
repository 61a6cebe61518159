//! The `Vary` lines of a response and what an answer varies on come in; what must be added goes out.

/// The names of `ours` that no line holds yet. A line that holds `*` holds everything ([RFC 9110, 12.5.5](https://www.rfc-editor.org/rfc/rfc9110#section-12.5.5)).
///
/// `lines` is asked anew for each name.
pub(crate) fn missing<'l, 'o, L>(lines: impl Fn() -> L, ours: &'o str) -> impl Iterator<Item = &'o str>
where
    L: Iterator<Item = &'l [u8]>,
{
    names(ours.as_bytes()).zip(ours.split(',')).filter_map(move |(name, text)| {
        let held = lines().flat_map(names).any(|held| held == b"*" || held.eq_ignore_ascii_case(name));
        (!held).then_some(text.trim_matches([' ', '\t']))
    })
}

fn names(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(|&byte| byte == b',').map(<[u8]>::trim_ascii)
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::missing;

    #[test]
    fn only_what_no_line_holds_is_missing() {
        let check = |lines: &[&str], ours, expected: &[&str]| {
            let found: Vec<_> = missing(|| lines.iter().map(|line| line.as_bytes()), ours).collect();
            assert_eq!(found, expected, "{ours} beside {lines:?}");
        };
        check(&[], "Origin", &["Origin"]);
        check(&["Accept-Encoding"], "Origin", &["Origin"]);
        check(&["origin"], "Origin", &[]);
        check(&["Accept-Encoding,ORIGIN ,x"], "Origin", &[]);
        check(&["Accept-Encoding", "x, Origin"], "Origin", &[]);
        check(&["*"], "Origin", &[]);
        check(&["Accept", "x, *"], "Origin, Accept", &[]);
        check(&["X-Origin", "Origins"], "Origin", &["Origin"]);
        check(&[""], "Origin", &["Origin"]);
        check(
            &["access-control-request-method"],
            "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
            &["Origin", "Access-Control-Request-Headers"],
        );
    }
}
