//! A domain comes in; what it looks like goes out: its skeleton, in which characters that are taken for one another are one.
//!
//! Only pairs that hardly ever tell two honest names apart: `0` and `o`, `1` and `l` or `i`, `rn` and `m`, `vv` and `w`, and letters of other scripts
//! drawn like Latin ones. Not `i` and `l`, `5` and `s`, `cl` and `d` (mail and mall, a5 and as, close and dose), and no accents: `müller` and `muller` are
//! mostly one owner.

use std::borrow::Cow;

use crate::punycode;
use crate::repeated::mix;

/// Letters of other scripts, and the Latin ones they are drawn like.
const DRAWN_ALIKE: &[(&str, char)] = &[
    ("аαɑ", 'a'),
    ("сϲ", 'c'),
    ("ԁ", 'd'),
    ("еҽ", 'e'),
    ("ցɡ", 'g'),
    ("һհ", 'h'),
    ("іιı", 'i'),
    ("јϳ", 'j'),
    ("кκ", 'k'),
    ("ӏ", 'l'),
    ("ոη", 'n'),
    ("оοօ", 'o'),
    ("рρ", 'p'),
    ("ԛզ", 'q'),
    ("ѕ", 's'),
    ("τ", 't'),
    ("սυ", 'u'),
    ("ѵν", 'v'),
    ("ԝω", 'w'),
    ("хχ", 'x'),
    ("уγ", 'y'),
];

/// What `1` is read as: both readings are tried.
const READINGS: [u8; 2] = [b'l', b'i'];

/// Numbers that are the same for domains that look alike, and else different, but for rare chance: one for each reading of `1`.
/// Without a `1` there is only one reading.
pub(super) fn fingerprints(domain: &str) -> (u64, Option<u64>) {
    let domain = in_latin(domain);
    let print = |one| {
        let (mut hash, mut word, mut length) = (0, 0, 0_u64);
        fold(&domain, one, |byte| {
            word = word << 8 | u64::from(byte);
            length += 1;
            if length % 8 == 0 {
                hash = mix(hash, word);
            }
        });
        mix(mix(hash, word), length)
    };
    (print(READINGS[0]), domain.as_bytes().contains(&b'1').then(|| print(READINGS[1])))
}

/// Whether two domains look alike.
pub(super) fn alike(one: &str, other: &str) -> bool {
    READINGS.into_iter().any(|reading| skeleton(one, reading) == skeleton(other, reading))
}

/// How far a domain is from its skeleton: the one of a pair that is further imitates the other.
pub(super) fn oddity(domain: &str) -> usize {
    let foreign = if domain.contains("xn--") { domain.len() } else { 0 };
    let digits = domain.bytes().filter(|byte| matches!(byte, b'0' | b'1')).count();
    foreign + digits + domain.matches("rn").count() + domain.matches("vv").count()
}

/// The domain as it is shown, where it is not as it is written: with its `xn--` labels decoded.
pub(super) fn decoded(domain: &str) -> Option<String> {
    // Two hyphens are rarer than dots: most domains are told by one look at their bytes.
    let hyphens = domain.as_bytes().windows(2).any(|pair| pair == b"--");
    if !hyphens || !domain.split('.').any(|label| label.starts_with("xn--")) {
        return None;
    }
    Some(domain.split('.').map(|label| punycode::decode_label(label).unwrap_or_else(|| label.to_owned())).collect::<Vec<_>>().join("."))
}

fn skeleton(domain: &str, one: u8) -> Vec<u8> {
    let mut skeleton = Vec::with_capacity(domain.len());
    fold(&in_latin(domain), one, |byte| skeleton.push(byte));
    skeleton
}

fn in_latin(domain: &str) -> Cow<'_, str> {
    let drawn = |char: char| DRAWN_ALIKE.iter().find(|(drawn, _)| drawn.contains(char)).map_or(char, |(_, latin)| *latin);
    match decoded(domain) {
        Some(decoded) => Cow::Owned(decoded.chars().map(drawn).collect()),
        None => Cow::Borrowed(domain),
    }
}

fn fold(text: &str, one: u8, mut emit: impl FnMut(u8)) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let pair = |second| bytes.get(at + 1) == Some(&second);
        let (read, length) = match byte {
            b'0' => (b'o', 1),
            b'1' => (one, 1),
            b'r' if pair(b'n') => (b'm', 2),
            b'v' if pair(b'v') => (b'w', 2),
            _ => (byte, 1),
        };
        emit(read);
        at += length;
    }
}
