//! Bytes come in; whether they are equal, or their hash, goes out. All of it `const`, which the comparison of slices in `core` is not.

/// Whether two texts are equal.
#[inline]
pub(crate) const fn eq(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let (Some(last), Some(other_last)) = (one.last_chunk(), other.last_chunk()) else {
        let ((low, high), (other_low, other_high)) = (short(one), short(other));
        return low == other_low && high == other_high;
    };
    let (mut one, mut other) = (one, other);
    while one.len() > 16
        && let (Some((chunk, after)), Some((other_chunk, other_after))) = (one.split_first_chunk(), other.split_first_chunk())
    {
        if differ(chunk, other_chunk) != 0 {
            return false;
        }
        (one, other) = (after, other_after);
    }
    // The last chunk overlaps the one before it, so that no rest is left over.
    differ(last, other_last) == 0
}

#[inline]
const fn differ(one: &[u8; 16], other: &[u8; 16]) -> u64 {
    let both = u128::from_ne_bytes(*one) ^ u128::from_ne_bytes(*other);
    both as u64 | (both >> 64) as u64
}

/// The bytes `from..to`, or nothing where a damaged table says what cannot be.
#[inline]
pub(crate) const fn part(bytes: &[u8], from: usize, to: usize) -> &[u8] {
    match bytes.split_at_checked(to) {
        Some((head, _)) => match head.split_at_checked(from) {
            Some((_, part)) => part,
            None => &[],
        },
        None => &[],
    }
}

/// The number at `index` of a table of numbers, four bytes each, the low byte first.
#[inline]
pub(crate) const fn number(table: &[u8], index: usize) -> Option<u32> {
    let (numbers, _) = table.as_chunks();
    if index < numbers.len() { Some(u32::from_le_bytes(numbers[index])) } else { None }
}

/// An odd number without a pattern in its bits (the fraction of the golden ratio).
pub(crate) const ODD: u64 = 0x9e37_79b9_7f4a_7c15;

/// The hash by which the tables are laid out: every byte counts, sixteen at a time. The compiler looks for a `seed` that keeps the keys of a
/// table apart; whoever asks cannot make a look-up longer, so the hash need not withstand an enemy.
#[must_use]
#[inline]
pub const fn hash(seed: u64, bytes: &[u8]) -> u64 {
    if let Some(usual) = Usual::new(bytes) {
        return usual.hash(seed);
    }
    let mut state = begin(seed, bytes.len());
    let Some(last) = bytes.last_chunk() else {
        let (low, high) = short(bytes);
        return fold(state ^ low, seed ^ high);
    };
    let mut rest = bytes;
    while rest.len() > 16
        && let Some((chunk, after)) = rest.split_first_chunk()
    {
        state = absorb(state, seed, chunk);
        rest = after;
    }
    absorb(state, seed, last)
}

/// The length is multiplied, so that no byte can undo it.
#[inline]
const fn begin(seed: u64, len: usize) -> u64 {
    seed.wrapping_add((len as u64).wrapping_mul(ODD))
}

#[inline]
const fn absorb(state: u64, seed: u64, chunk: &[u8; 16]) -> u64 {
    let both = u128::from_le_bytes(*chunk);
    fold(state ^ both as u64, seed ^ (both >> 64) as u64)
}

#[inline]
const fn fold(one: u64, other: u64) -> u64 {
    let product = one as u128 * other as u128;
    product as u64 ^ (product >> 64) as u64
}

/// All of at most fifteen bytes; where the two words overlap, the length tells what is said twice.
#[inline]
const fn short(bytes: &[u8]) -> (u64, u64) {
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        return (u64::from_le_bytes(*first), u64::from_le_bytes(*last));
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        return (u32::from_le_bytes(*first) as u64, u32::from_le_bytes(*last) as u64);
    }
    match bytes {
        [] => (0, 0),
        [first, ..] => (*first as u64, bytes[bytes.len() / 2] as u64 | (bytes[bytes.len() - 1] as u64) << 8),
    }
}

/// A text of the length that nearly every origin has, as three chunks that overlap: it is hashed and compared without a branch.
#[derive(Clone, Copy)]
pub(crate) struct Usual<'t> {
    text: &'t [u8],
    first: &'t [u8; 16],
    second: &'t [u8; 16],
    last: &'t [u8; 16],
}

impl<'t> Usual<'t> {
    /// From 17 to 48 bytes; nothing for any other length.
    #[inline]
    pub(crate) const fn new(text: &'t [u8]) -> Option<Self> {
        if text.len() <= 16 || text.len() > 48 {
            return None;
        }
        let (Some((first, rest)), Some(last)) = (text.split_first_chunk(), text.last_chunk()) else { return None };
        let second = match rest.first_chunk() {
            Some(second) => second,
            None => last,
        };
        Some(Self { text, first, second, last })
    }

    #[inline]
    pub(crate) const fn text(&self) -> &'t [u8] {
        self.text
    }

    /// What [`hash`] says of this text.
    #[inline]
    pub(crate) const fn hash(&self, seed: u64) -> u64 {
        absorb(absorb(absorb(begin(seed, self.text.len()), seed, self.first), seed, self.second), seed, self.last)
    }

    /// Whether another text begins with this one. What differs is gathered and looked at once: most that are compared are equal.
    #[inline]
    pub(crate) const fn begins(&self, other: &[u8]) -> bool {
        if other.len() < self.text.len() {
            return false;
        }
        let Some(other) = Usual::new(other.split_at(self.text.len()).0) else { return false };
        differ(self.first, other.first) | differ(self.second, other.second) | differ(self.last, other.last) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_equal_if_every_byte_is() {
        let text: [u8; 40] = core::array::from_fn(|at| at as u8);
        for len in 0..text.len() {
            assert!(eq(&text[..len], &text[..len]), "{len}");
            assert!(!eq(&text[..len], &text[..len + 1]), "{len}");
            for at in 0..len {
                let mut other = text;
                other[at] ^= 0x80;
                assert!(!eq(&text[..len], &other[..len]), "{len}, {at}");
            }
        }
    }

    #[test]
    fn every_byte_and_the_length_change_the_hash() {
        let text = [b'a'; 70];
        for len in 0..text.len() {
            let whole = hash(1, &text[..len]);
            assert_ne!(whole, hash(1, &text[..len + 1]), "{len}");
            assert_ne!(whole, hash(2, &text[..len]), "{len}");
            for at in 0..len {
                let mut other = text;
                other[at] ^= 1;
                assert_ne!(whole, hash(1, &other[..len]), "{len}, {at}");
            }
        }
    }

    /// Such pairs would collide under every seed, if the length were mixed in as it is.
    #[test]
    fn a_byte_does_not_make_up_for_the_length() {
        for (one, other) in [("b", "ab"), ("11111111", "011111111"), ("", "\x01")] {
            assert_ne!(hash(1, one.as_bytes()), hash(1, other.as_bytes()), "{one} and {other}");
        }
    }

    #[test]
    fn the_hash_is_the_same_on_every_machine() {
        assert_eq!([hash(0, b""), hash(7, b"null"), hash(7, b"https://a.ex"), hash(7, b"https://app.example.com:8443")], HASHES);
    }

    const HASHES: [u64; 4] = [0, 4588390750847240648, 1288903599363328650, 17044620755540845293];

    #[test]
    fn a_part_that_is_not_there_is_empty() {
        assert_eq!(part(b"abc", 1, 3), b"bc");
        for (from, to) in [(2, 1), (0, 4), (4, 4), (4, 3)] {
            assert_eq!(part(b"abc", from, to), b"", "{from}..{to}");
        }
        assert_eq!((number(b"\x01\x02\0\0\xff", 0), number(b"\x01\x02\0\0\xff", 1)), (Some(0x201), None));
    }
}
