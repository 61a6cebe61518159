//! A domain comes in; what it looks like goes out: its skeleton, in which characters that are taken for one another are one.
//!
//! Only pairs that hardly ever tell two honest names apart: `0` and `o`, `1` and `l` or `i`, `rn` and `m`, `vv` and `w`, and letters of other scripts
//! drawn like Latin ones. Not `i` and `l`, `5` and `s`, `cl` and `d` (mail and mall, a5 and as, close and dose), and no accents: `müller` and `muller` are
//! mostly one owner.

use std::borrow::Cow;

use cors_decision::hash;

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
const READINGS: [u8; 2] = [b'l', b'i'];

/// What each byte does to a fingerprint: `number * factor + term`. Two such steps are one such step, so `m` can be that of `r` and then that of `n`.
const STEPS: [Step; 256] = {
    let mut steps = [Step { factor: 1, term: 0 }; 256];
    let mut byte = 0;
    while byte < steps.len() {
        steps[byte] = Step { factor: hash(1, &[byte as u8]) | 1, term: hash(2, &[byte as u8]) };
        byte += 1;
    }
    steps[b'0' as usize] = steps[b'o' as usize];
    steps[b'1' as usize] = steps[b'l' as usize];
    steps[b'i' as usize] = steps[b'l' as usize];
    steps[b'm' as usize] = steps[b'r' as usize].and_then(steps[b'n' as usize]);
    steps[b'w' as usize] = steps[b'v' as usize].and_then(steps[b'v' as usize]);
    steps
};

#[derive(Clone, Copy)]
struct Step {
    factor: u64,
    term: u64,
}

impl Step {
    const fn of(self, number: u64) -> u64 {
        number.wrapping_mul(self.factor).wrapping_add(self.term)
    }

    const fn and_then(self, next: Self) -> Self {
        Self { factor: self.factor.wrapping_mul(next.factor), term: next.of(self.term) }
    }
}

/// A number that is the same for domains that look alike, and also where only `i` and `l` differ; else different, but for rare chance.
pub(super) fn fingerprint(domain: &str) -> u64 {
    let number = in_latin(domain).bytes().fold(0, |number, byte| STEPS[byte as usize].of(number));
    hash(0, &number.to_le_bytes())
}

/// What is the same for domains that look alike, and for no others: one for each reading of `1`, and two domains are alike that share one.
pub(super) fn skeletons(domain: &str) -> impl Iterator<Item = Vec<u8>> {
    let domain = in_latin(domain);
    let readings = if domain.contains('1') { &READINGS[..] } else { &READINGS[..1] };
    readings.iter().map(move |&reading| skeleton(domain.as_bytes(), reading))
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

fn in_latin(domain: &str) -> Cow<'_, str> {
    let drawn = |char: char| DRAWN_ALIKE.iter().find(|(drawn, _)| drawn.contains(char)).map_or(char, |(_, latin)| *latin);
    match decoded(domain) {
        Some(decoded) => Cow::Owned(decoded.chars().map(drawn).collect()),
        None => Cow::Borrowed(domain),
    }
}

fn skeleton(domain: &[u8], one: u8) -> Vec<u8> {
    let mut skeleton = Vec::with_capacity(domain.len());
    let mut rest = domain;
    while let [byte, after @ ..] = rest {
        let (read, after) = match (byte, after) {
            (b'0', _) => (b'o', after),
            (b'1', _) => (one, after),
            (b'r', [b'n', after @ ..]) => (b'm', after),
            (b'v', [b'v', after @ ..]) => (b'w', after),
            _ => (*byte, after),
        };
        skeleton.push(read);
        rest = after;
    }
    skeleton
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_that_share_a_skeleton_share_a_fingerprint() {
        for (one, other) in [
            ("example.com", "exarnple.com"),
            ("wave.org", "vvave.org"),
            ("google.com", "g00gle.com"),
            ("mail.io", "ma1l.io"),
            ("mail.io", "mai1.io"),
            ("1rn.vv", "lm.w"),
            ("xn--exmple-4nf.com", "example.com"),
        ] {
            assert_eq!(fingerprint(one), fingerprint(other), "{one} {other}");
            assert!(skeletons(one).any(|skeleton| skeletons(other).any(|second| skeleton == second)), "{one} {other}");
        }
    }

    #[test]
    fn other_domains_do_not() {
        let domains = ["example.com", "exmaple.com", "example.co", "eample.com", "wave.org", "vave.org", "a12.io", "a21.io", "nr.io", "m.io", ""];
        for (at, one) in domains.iter().enumerate() {
            for other in &domains[..at] {
                assert_ne!(fingerprint(one), fingerprint(other), "{one} {other}");
            }
        }
        assert!(skeletons("mail.io").all(|skeleton| skeletons("mall.io").all(|other| skeleton != other)));
    }
}
