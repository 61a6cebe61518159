//! A domain comes in; what it looks like goes out: its skeleton, in which characters that are taken for one another are one.
//!
//! Only pairs that hardly ever tell two honest names apart: `0` and `o`, `1` and `l` or `i`, `rn` and `m`, `vv` and `w`, and letters of other scripts
//! drawn like Latin ones. Not `i` and `l`, `5` and `s`, `cl` and `d` (mail and mall, a5 and as, close and dose), and no accents: `müller` and `muller` are
//! mostly one owner.

use std::borrow::Cow;

use crate::punycode;

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
pub(super) const READINGS: [u8; 2] = [b'l', b'i'];

/// A number that is the same for domains that look alike, and else different, but for rare chance.
pub(super) fn fingerprint(domain: &str, one: u8) -> u64 {
    const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;
    let mut hash = FNV_OFFSET;
    fold(&in_latin(domain), one, |byte| hash = (hash ^ u64::from(byte)).wrapping_mul(FNV_PRIME));
    hash
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
    domain
        .contains("xn--")
        .then(|| domain.split('.').map(|label| punycode::decode_label(label).unwrap_or_else(|| label.to_owned())).collect::<Vec<_>>().join("."))
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
    let mut bytes = text.bytes().peekable();
    while let Some(byte) = bytes.next() {
        emit(match byte {
            b'0' => b'o',
            b'1' => one,
            b'r' if bytes.next_if_eq(&b'n').is_some() => b'm',
            b'v' if bytes.next_if_eq(&b'v').is_some() => b'w',
            _ => byte,
        });
    }
}
