//! An answer comes in; where it refuses an origin, one line goes out to the subscribers of `tracing`.

use core::fmt;

use cors_decision::{Answer, Kind, OriginHeader, Refusal};

/// A request without an origin is refused like any other, but asks for nothing, so nothing is said of it.
pub(crate) fn refusal(answer: &Answer<'_>, origin: OriginHeader<'_>) {
    let Some(reason @ (Refusal::SeveralOrigins | Refusal::OriginNotAllowed)) = answer.refusal else {
        return;
    };
    let preflight = matches!(answer.kind, Kind::Preflight { .. });
    tracing::debug!(target: "cors_static", policy = answer.policy.name, ?reason, origin = %Quoted(origin), preflight, "origin refused");
}

/// What a stranger sent, fit for a log: one line of ASCII, of a length that fills no disk.
struct Quoted<'r>(OriginHeader<'r>);

/// No origin of a browser that people look for in a log is longer.
const LONGEST: usize = 128;

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            OriginHeader::Absent => formatter.write_str("none"),
            OriginHeader::Several => formatter.write_str("several"),
            OriginHeader::One(origin) => match origin.get(..LONGEST) {
                Some(start) if origin.len() > LONGEST => write!(formatter, "\"{}\"... ({} bytes)", start.escape_ascii(), origin.len()),
                _ => write!(formatter, "\"{}\"", origin.escape_ascii()),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    #[test]
    fn what_is_logged_is_quoted_and_bounded() {
        let quoted = |origin: &[u8]| Quoted(OriginHeader::One(origin)).to_string();
        assert_eq!(quoted(b"https://evil.io"), "\"https://evil.io\"");
        assert_eq!(quoted(b"a\"\n\x1b[31m\xc3\xa9\\"), r#""a\"\n\x1b[31m\xc3\xa9\\""#);
        assert_eq!(quoted(&[b'a'; LONGEST]).len(), LONGEST + 2);
        assert!(quoted(&[b'a'; LONGEST + 1]).ends_with("a\"... (129 bytes)"));
        assert!(quoted(&[0xff; 100_000]).len() < 600);
        assert_eq!(Quoted(OriginHeader::Several).to_string(), "several");
    }
}
