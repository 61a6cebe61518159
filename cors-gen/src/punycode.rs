//! A label of a host name in Unicode comes in, its `xn--` form goes out, and back (RFC 3492, RFC 5891).
//!
//! Only what is certain is said: a label with characters that the mapping of UTS #46 treats specially, beyond lower case, has no answer.
//! The answers stand in help texts; nothing is decided by them.

/// What an encoded label begins with.
pub(crate) const PREFIX: &str = "xn--";
const BASE: u32 = 36;
const T_MIN: u32 = 1;
const T_MAX: u32 = 26;
const SKEW: u32 = 38;
const DAMP: u32 = 700;
const INITIAL_BIAS: u32 = 72;
const INITIAL_N: u32 = 128;
const MAX_LABEL: usize = 63;

/// Letters, digits, syllables and pictures that stand for themselves: in lower case, composed, written from left to right.
const CERTAIN: &[(char, char)] = &[
    ('0', '9'),
    ('a', 'z'),
    ('ß', 'ö'),
    ('ø', 'ı'),
    ('ĵ', 'ľ'),
    ('ł', 'ň'),
    ('ŋ', 'ž'),
    ('ά', 'ώ'),
    ('а', 'џ'),
    ('ґ', 'ӿ'),
    ('ა', 'ჰ'),
    ('ぁ', 'ゖ'),
    ('ァ', 'ヺ'),
    ('ー', 'ー'),
    ('一', '鿿'),
    ('가', '힣'),
    ('ạ', 'ỹ'),
    ('🌀', '🙏'),
    ('🚀', '🛅'),
    ('🤌', '🧿'),
];

/// The form in which a browser sends the label, `xn--mnchen-3ya` for `München`, or nothing where that is not certain.
#[must_use]
pub(crate) fn to_ascii_label(label: &str) -> Option<String> {
    let lower: Vec<char> = label.chars().map(half_width).flat_map(char::to_lowercase).collect();
    let hyphen = |at: usize| lower.get(at) == Some(&'-');
    let misplaced = hyphen(0) || hyphen(lower.len().checked_sub(1)?) || (hyphen(2) && hyphen(3));
    let certain = |&c: &char| c == '-' || CERTAIN.iter().any(|&(first, last)| (first..=last).contains(&c));
    if misplaced || label.contains('ẞ') || !lower.iter().all(certain) {
        return None;
    }
    let ascii: String = if lower.iter().all(char::is_ascii) { lower.into_iter().collect() } else { format!("{PREFIX}{}", encode(&lower)?) };
    (ascii.len() <= MAX_LABEL).then_some(ascii)
}

/// The letters, digits and signs of ASCII as East Asian keyboards type them.
fn half_width(typed: char) -> char {
    match typed {
        '！'..='～' => char::from_u32(u32::from(typed) - u32::from('！') + u32::from('!')).unwrap_or(typed),
        _ => typed,
    }
}

/// What the reader would see for an `xn--` label, or nothing if it is not one, or not well-formed.
#[must_use]
pub(crate) fn decode_label(label: &str) -> Option<String> {
    let encoded = label.strip_prefix(PREFIX)?;
    let decoded = decode(encoded)?;
    let printable = |c: &char| !c.is_control() && !c.is_whitespace();
    let sound = decoded.iter().any(|c| !c.is_ascii()) && decoded.iter().all(printable) && encode(&decoded).as_deref() == Some(encoded);
    sound.then(|| decoded.into_iter().collect())
}

fn adapt(delta: u32, count: u32, first: bool) -> u32 {
    let mut delta = delta / if first { DAMP } else { 2 };
    delta += delta / count;
    let mut k = 0;
    while delta > ((BASE - T_MIN) * T_MAX) / 2 {
        delta /= BASE - T_MIN;
        k += BASE;
    }
    k + (BASE - T_MIN + 1) * delta / (delta + SKEW)
}

fn threshold(k: u32, bias: u32) -> u32 {
    k.saturating_sub(bias).clamp(T_MIN, T_MAX)
}

/// RFC 3492 section 6.3.
fn encode(input: &[char]) -> Option<String> {
    let mut output: String = input.iter().filter(|c| c.is_ascii()).collect();
    let basic = u32::try_from(output.len()).ok()?;
    if basic > 0 {
        output.push('-');
    }
    let (mut n, mut delta, mut bias, mut handled) = (INITIAL_N, 0_u32, INITIAL_BIAS, basic);
    while let Some(next) = input.iter().map(|&c| u32::from(c)).filter(|&c| c >= n).min() {
        delta = delta.checked_add((next - n).checked_mul(handled + 1)?)?;
        n = next;
        for c in input.iter().map(|&c| u32::from(c)) {
            if c < n {
                delta = delta.checked_add(1)?;
            }
            if c == n {
                variable_length(&mut output, delta, bias)?;
                bias = adapt(delta, handled + 1, handled == basic);
                delta = 0;
                handled += 1;
            }
        }
        delta = delta.checked_add(1)?;
        n += 1;
    }
    Some(output)
}

fn variable_length(output: &mut String, delta: u32, bias: u32) -> Option<()> {
    let mut q = delta;
    let mut k = BASE;
    loop {
        let t = threshold(k, bias);
        if q < t {
            output.push(char::from_digit(q, BASE).map(shift)?);
            return Some(());
        }
        output.push(char::from_digit(t + (q - t) % (BASE - t), BASE).map(shift)?);
        q = (q - t) / (BASE - t);
        k += BASE;
    }
}

/// From `0` to `9`, `a` to `z`, the order of other numbers, to `a` to `z`, `0` to `9`, the order of this encoding.
fn shift(digit: char) -> char {
    match digit {
        '0'..='9' => char::from(b'a' + digit as u8 - b'0'),
        'a'..='p' => char::from(b'k' + digit as u8 - b'a'),
        _ => char::from(b'0' + digit as u8 - b'q'),
    }
}

fn digit(byte: u8) -> Option<u32> {
    match byte {
        b'a'..=b'z' => Some(u32::from(byte - b'a')),
        b'0'..=b'9' => Some(u32::from(byte - b'0') + 26),
        _ => None,
    }
}

/// RFC 3492 section 6.2, for lower case.
fn decode(encoded: &str) -> Option<Vec<char>> {
    let (basic, rest) = encoded.rsplit_once('-').unwrap_or(("", encoded));
    let mut output: Vec<char> = basic.chars().collect();
    let sound = |byte: u8| b"-_".contains(&byte) || digit(byte).is_some();
    if encoded.len() > MAX_LABEL || !encoded.bytes().all(sound) {
        return None;
    }
    let (mut n, mut i, mut bias) = (INITIAL_N, 0_u32, INITIAL_BIAS);
    let mut bytes = rest.bytes();
    while bytes.len() > 0 {
        let before = i;
        let (mut weight, mut k) = (1_u32, BASE);
        loop {
            let value = digit(bytes.next()?)?;
            i = i.checked_add(value.checked_mul(weight)?)?;
            let t = threshold(k, bias);
            if value < t {
                break;
            }
            weight = weight.checked_mul(BASE - t)?;
            k += BASE;
        }
        let length = u32::try_from(output.len()).ok()? + 1;
        bias = adapt(i - before, length, before == 0);
        n = n.checked_add(i / length)?;
        i %= length;
        output.insert(usize::try_from(i).ok()?, char::from_u32(n)?);
        i += 1;
    }
    Some(output)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use proptest::prelude::*;

    use super::{decode_label, to_ascii_label};

    /// What the reference implementation of UTS #46 says.
    fn oracle(label: &str) -> Option<String> {
        idna::domain_to_ascii_strict(label).ok()
    }

    #[test]
    fn known_labels_go_both_ways() {
        for (unicode, ascii) in [
            ("münchen", "xn--mnchen-3ya"),
            ("bücher", "xn--bcher-kva"),
            ("straße", "xn--strae-oqa"),
            ("пример", "xn--e1afmkfd"),
            ("例え", "xn--r8jz45g"),
            ("中国", "xn--fiqs8s"),
            ("한국", "xn--3e0b707e"),
            ("ελλάδα", "xn--hxakic4aa"),
        ] {
            assert_eq!(to_ascii_label(unicode).as_deref(), Some(ascii), "{unicode}");
            assert_eq!(decode_label(ascii).as_deref(), Some(unicode), "{ascii}");
        }
        assert_eq!(to_ascii_label("MÜNCHEN").as_deref(), Some("xn--mnchen-3ya"));
        assert_eq!(to_ascii_label("App1").as_deref(), Some("app1"));
        assert_eq!(to_ascii_label("Ａｐｐ１－x").as_deref(), Some("app1-x"));
        assert_eq!(to_ascii_label("🚀").as_deref(), Some("xn--158h"));
    }

    #[test]
    fn what_is_not_certain_has_no_answer() {
        for label in ["", "-a", "a-", "ab--c", "xn--mnchen-3ya", "a b", "a.b", "a*", "a_b", "u\u{308}", "ﬁ", "½", "א", "a\u{200d}b", "☃", "ẞ", "ŉ"] {
            assert_eq!(to_ascii_label(label), None, "{label:?}");
        }
        assert_eq!(to_ascii_label(&"ü".repeat(80)), None, "longer than a label");
    }

    #[test]
    fn what_is_not_well_formed_is_not_decoded() {
        for label in ["app", "xn--", "xn--a", "xn--a-", "xn--ü", "xn--99999999", "xn--MNCHEN-3ya", "xn--a-ecp.ru", "xn--\0", "xn---"] {
            assert_eq!(decode_label(label), None, "{label:?}");
        }
    }

    #[test]
    fn every_single_character_agrees_with_the_reference() {
        for c in (0..0x11_0000).filter_map(char::from_u32) {
            let label = c.to_string();
            if let Some(ascii) = to_ascii_label(&label) {
                assert_eq!(Some(ascii), oracle(&label), "{c:?} {:x}", u32::from(c));
            }
        }
    }

    proptest! {
        #[test]
        fn words_agree_with_the_reference(label in "[a-zA-Zà-ýÀ-Ýа-яЀ-Яά-ώ一-鿿가-힣ぁ-ゖ0-9！-～😀-🙏-]{1,20}") {
            if let Some(ascii) = to_ascii_label(&label) {
                prop_assert_eq!(Some(ascii.clone()), oracle(&label));
                if let Some(unicode) = decode_label(&ascii) {
                    prop_assert_eq!(to_ascii_label(&unicode), Some(ascii));
                }
            }
        }

        #[test]
        fn what_is_not_decoded_is_no_host_to_the_reference(label in "xn--[a-z0-9_-]{0,12}") {
            if decode_label(&label).is_none() {
                prop_assert!(idna::domain_to_ascii(&label).is_err());
            }
        }

        #[test]
        fn hostile_labels_do_no_harm(label in "(xn--)?.{0,80}") {
            let _ = (to_ascii_label(&label), decode_label(&label));
        }

        #[test]
        fn hostile_digits_do_no_harm(label in "xn--[a-z0-9-]{0,70}") {
            if let Some(unicode) = decode_label(&label) {
                prop_assert!(!unicode.is_ascii());
            }
        }
    }
}
