//! A text comes in; its place in a set of texts goes out, after one probe and one comparison, however large the set.

use crate::bytes::{ODD, Usual, eq, hash, number, part};

/// A set of texts, each with a slot of its own: a perfect hash over one byte string. (One byte string is one token to the Rust compiler, and
/// no entry is a pointer, so a `static` needs no relocation.)
///
/// Permitted: any table that the compiler wrote. A damaged one finds nothing, or a slot where the text stands; it never panics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keys<'a> {
    /// The texts, by slot.
    pub text: &'a [u8],
    /// For each slot where its text begins and the [`check`](Self::check) of its hash, and after the last slot the end of all and a zero:
    /// numbers of four bytes, the low one first. The text of a slot that nobody has is empty.
    pub slots: &'a [u8],
    /// For each bucket of hashes the displacement that leads each of them to a slot of its own: numbers of two bytes, the low one first.
    /// None at all in a table that was written by hand, or where no seed keeps the texts apart: then the slots are tried in turn.
    pub displacements: &'a [u8],
    /// The seed of the hash.
    pub seed: u64,
}

/// A key of several parts: a number, and a text in two pieces that need not lie side by side in what is asked.
///
/// In the table it stands as one text: the number in four bytes, the low one first, and the two pieces.
/// Precondition: two keys of a set with the same number have first pieces of the same length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tagged<'k> {
    /// The number.
    pub tag: u32,
    /// The first piece.
    pub head: &'k [u8],
    /// The second piece.
    pub tail: &'k [u8],
}

impl<'a> Keys<'a> {
    /// The set without a text.
    pub const EMPTY: Keys<'static> = Keys::new(b"", b"\0\0\0\0\0\0\0\0", b"", 0);

    /// A table as the compiler prints it.
    ///
    /// Precondition: the beginnings in `slots` ascend and end at the length of `text`, and each text stands in the slot where its hash leads,
    /// see [`bucket`](Self::bucket) and [`slot`](Self::slot).
    #[must_use]
    pub const fn new(text: &'a [u8], slots: &'a [u8], displacements: &'a [u8], seed: u64) -> Self {
        Self { text, slots, displacements, seed }
    }

    /// How many slots there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        (self.slots.len() / 8).saturating_sub(1)
    }

    /// Whether there is no slot.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The slot of a text. The empty text is in no set.
    #[must_use]
    #[inline]
    pub const fn find(&self, key: &[u8]) -> Option<usize> {
        let Some(usual) = Usual::new(key) else { return self.find_any(key) };
        let hash = self.hash_usual(&usual);
        match self.probe(hash) {
            Some(slot) if self.is_in(slot, hash, &usual) => Some(slot),
            Some(_) => None,
            None => self.find_among_few(key),
        }
    }

    #[inline]
    pub(crate) const fn hash_usual(&self, key: &Usual<'_>) -> u64 {
        key.hash(self.seed)
    }

    /// Whether a text of this hash is that of a slot, which the hash leads to.
    #[inline]
    pub(crate) const fn is_in(&self, slot: usize, hash: u64, key: &Usual<'_>) -> bool {
        let (slots, _) = self.slots.as_chunks();
        if slot + 1 >= slots.len() {
            return false;
        }
        // A stranger is turned away here, unless it has 32 bits in common: its text is not looked at.
        if check(&slots[slot]) != Self::check(hash) {
            return false;
        }
        let start_of_text = start(&slots[slot]);
        if start(&slots[slot + 1]).wrapping_sub(start_of_text) as usize != key.text().len() {
            return false;
        }
        match self.text.split_at_checked(start_of_text as usize) {
            Some((_, text)) => key.begins(text),
            None => false,
        }
    }

    /// Apart from the usual way, so that each saves only the registers that it needs.
    #[inline(never)]
    const fn find_any(&self, key: &[u8]) -> Option<usize> {
        let Some(slot) = self.probe(hash(self.seed, key)) else { return self.find_among_few(key) };
        if !key.is_empty() && eq(self.entry(slot), key) { Some(slot) } else { None }
    }

    #[inline(never)]
    const fn find_among_few(&self, key: &[u8]) -> Option<usize> {
        let mut slot = 0;
        while slot < self.len() {
            if !key.is_empty() && eq(self.entry(slot), key) {
                return Some(slot);
            }
            slot += 1;
        }
        None
    }

    /// The slot of a key of several parts.
    #[must_use]
    pub const fn find_tagged(&self, key: &Tagged<'_>) -> Option<usize> {
        let Some(slot) = self.probe(key.hash(self.seed)) else { return self.find_tagged_among_few(key) };
        if key.is(self.entry(slot)) { Some(slot) } else { None }
    }

    const fn find_tagged_among_few(&self, key: &Tagged<'_>) -> Option<usize> {
        let len = 4 + key.head.len() + key.tail.len();
        let (slots, _) = self.slots.as_chunks();
        let (mut begins, mut at) = (0, 1);
        while at < slots.len() {
            let end = start(&slots[at]);
            if end.wrapping_sub(begins) as usize == len && key.is(self.entry(at - 1)) {
                return Some(at - 1);
            }
            begins = end;
            at += 1;
        }
        None
    }

    /// The text of a slot, empty where nobody has it.
    #[must_use]
    #[inline]
    pub const fn entry(&self, slot: usize) -> &'a [u8] {
        let (slots, _) = self.slots.as_chunks();
        if slot >= slots.len() || slot + 1 >= slots.len() {
            return b"";
        }
        part(self.text, start(&slots[slot]) as usize, start(&slots[slot + 1]) as usize)
    }

    /// The slot where a text of this hash must stand, or nothing where the texts are not hashed.
    #[inline]
    pub(crate) const fn probe(&self, hash: u64) -> Option<usize> {
        let (displacements, _) = self.displacements.as_chunks();
        let bucket = Self::bucket(hash, displacements.len());
        if bucket >= displacements.len() {
            return None;
        }
        // A table without a slot leads beyond its end, where nothing is found.
        Some(Self::slot(hash, u16::from_le_bytes(displacements[bucket]), (self.slots.len() / 8).wrapping_sub(1)))
    }

    /// The bucket of a hash, by its low half.
    #[must_use]
    #[inline]
    pub const fn bucket(hash: u64, buckets: usize) -> usize {
        (((hash & 0xffff_ffff) * buckets as u64) >> 32) as usize
    }

    /// What a slot keeps of the hash of its text.
    #[must_use]
    #[inline]
    pub const fn check(hash: u64) -> u32 {
        hash as u32
    }

    /// The slot of a hash under the displacement of its bucket: another multiplier, another place.
    #[must_use]
    #[inline]
    pub const fn slot(hash: u64, displacement: u16, slots: usize) -> usize {
        ((hash.wrapping_mul(displacement as u64 * 2 + 1) >> 32).wrapping_mul(slots as u64) >> 32) as usize
    }
}

/// Where the text of a slot begins.
#[inline]
const fn start(slot: &[u8; 8]) -> u32 {
    let [first, second, third, fourth, ..] = *slot;
    u32::from_le_bytes([first, second, third, fourth])
}

/// The check of the hash of a slot's text.
#[inline]
const fn check(slot: &[u8; 8]) -> u32 {
    let [.., first, second, third, fourth] = *slot;
    u32::from_le_bytes([first, second, third, fourth])
}

impl Tagged<'_> {
    /// The hash of this key.
    #[must_use]
    pub const fn hash(&self, seed: u64) -> u64 {
        let seed = seed.wrapping_add((self.tag as u64).wrapping_mul(ODD));
        if self.head.is_empty() { hash(seed, self.tail) } else { hash(hash(seed, self.head), self.tail) }
    }

    #[inline]
    const fn is(&self, entry: &[u8]) -> bool {
        let Some((tag, text)) = entry.split_first_chunk() else { return false };
        u32::from_le_bytes(*tag) == self.tag
            && text.len() == self.head.len() + self.tail.len()
            && eq(part(text, 0, self.head.len()), self.head)
            && eq(part(text, self.head.len(), text.len()), self.tail)
    }
}

/// The number that belongs to a slot, in a table beside a set.
pub(crate) const fn value(table: &[u8], slot: Option<usize>) -> Option<u32> {
    match slot {
        Some(slot) => number(table, slot),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FEW: Keys<'_> = Keys::new(b"https://a.exhttps://b.exnull", b"\0\0\0\0\0\0\0\0\x0c\0\0\0\0\0\0\0\x18\0\0\0\0\0\0\0\x1c\0\0\0\0\0\0\0", b"", 0);

    #[test]
    fn texts_are_found_and_nothing_else() {
        for (slot, origin) in ["https://a.ex", "https://b.ex", "null"].iter().enumerate() {
            assert_eq!(FEW.find(origin.as_bytes()), Some(slot), "{origin}");
        }
        for origin in ["https://a.e", "https://a.exh", "https://c.ex", "", "nul", "nullx"] {
            assert_eq!(FEW.find(origin.as_bytes()), None, "{origin}");
        }
        assert_eq!(Keys::EMPTY.find(b""), None);
        assert_eq!(Keys::EMPTY.find(b"null"), None);
    }

    #[test]
    fn a_hashed_text_is_found_in_the_slot_where_its_hash_leads() {
        let seed = (0..).find(|&seed| Keys::slot(hash(seed, b"null"), 0, 2) == 1).unwrap();
        let keys = Keys::new(b"null", b"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x04\0\0\0\0\0\0\0", b"\0\0", seed);
        assert_eq!(keys.find(b"null"), Some(1));
        for other in [&b""[..], b"nul", b"nulk", b"https://a.ex"] {
            assert_eq!(keys.find(other), None);
        }
    }

    #[test]
    fn the_parts_of_a_key_are_not_taken_for_one_another() {
        let keys = Keys::new(b"\x02\0\0\0abcd", b"\0\0\0\0\0\0\0\0\x08\0\0\0\0\0\0\0", b"", 0);
        assert_eq!(keys.find_tagged(&Tagged { tag: 2, head: b"ab", tail: b"cd" }), Some(0));
        for (tag, head, tail) in [(1, "ab", "cd"), (2, "ab", "c"), (2, "ab", "ce"), (2, "bb", "cd"), (2, "", "")] {
            assert_eq!(keys.find_tagged(&Tagged { tag, head: head.as_bytes(), tail: tail.as_bytes() }), None, "{tag} {head} {tail}");
        }
    }

    #[test]
    fn a_damaged_table_finds_nothing_and_does_not_panic() {
        let origin = b"https://app.example.com";
        let check = Keys::check(hash(1, origin)).to_le_bytes();
        // One slot that the origin's hash leads to: where its text begins, the check, where the text ends.
        let slot = |start: u32, end: u32| {
            let mut slots = [0; 16];
            slots[..4].copy_from_slice(&start.to_le_bytes());
            slots[4..8].copy_from_slice(&check);
            slots[8..12].copy_from_slice(&end.to_le_bytes());
            slots
        };
        let sound = Keys { text: origin, slots: &slot(0, 23), displacements: b"\0\0", seed: 1 };
        assert_eq!(sound.find(origin), Some(0));
        let damaged = [(9, 1), (0, u32::MAX), (u32::MAX, 22), (3, 26), (24, 0)].map(|(start, end)| slot(start, end));
        for slots in [&b""[..], b"\0", &[0; 8]].into_iter().chain(damaged.iter().map(|slots| &slots[..])) {
            for displacements in [&b""[..], b"\xff", b"\xff\xff"] {
                let keys = Keys::new(origin, slots, displacements, 1);
                for key in [&b""[..], b"null", origin] {
                    assert_eq!(keys.find(key), None, "{slots:?}");
                }
                assert_eq!(keys.find_tagged(&Tagged { tag: 0, head: b"", tail: b"" }), None, "{slots:?}");
            }
        }
    }

    #[test]
    fn a_text_can_be_looked_up_at_compile_time() {
        const { assert!(FEW.find(b"null").is_some() && FEW.find(b"nil").is_none()) }
    }
}
