//! Texts come in; the perfect hash by which they are found goes out.

use cors_decision::{Keys, Tagged, hash};

/// What `cors_decision::Keys` borrows from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KeyTable {
    text: Vec<u8>,
    slots: Vec<u8>,
    displacements: Vec<u8>,
    seed: u64,
}

/// A key that a table can hold.
pub(super) trait Key {
    fn hash(&self, seed: u64) -> u64;
    fn write(&self, text: &mut Vec<u8>);
}

impl Key for &str {
    fn hash(&self, seed: u64) -> u64 {
        hash(seed, self.as_bytes())
    }

    fn write(&self, text: &mut Vec<u8>) {
        text.extend_from_slice(self.as_bytes());
    }
}

impl Key for Tagged<'_> {
    fn hash(&self, seed: u64) -> u64 {
        Tagged::hash(self, seed)
    }

    fn write(&self, text: &mut Vec<u8>) {
        text.extend_from_slice(&self.tag.to_le_bytes());
        text.extend_from_slice(self.head);
        text.extend_from_slice(self.tail);
    }
}

/// The keys that share a bucket, on average. More would make the search for displacements slow, fewer the table large.
const PER_BUCKET: usize = 4;
/// One slot in so many stays free, or the last keys would find none.
const SLOTS_PER_FREE: usize = 32;
/// One or two seeds do. Equal keys, which the callers rule out, would defeat all of them.
const MOST_SEEDS: u64 = 64;

impl KeyTable {
    /// The table of these keys, and for each slot the index of its key. Precondition: no two keys are equal, none is empty.
    pub(super) fn new<K: Key>(keys: &[K]) -> (Self, Vec<Option<usize>>) {
        // One key is hashed like a hundred thousand: a look-up takes the same time in every table.
        let found = if keys.is_empty() { None } else { (1..=MOST_SEEDS).map(seed).find_map(|seed| Some((seed, displace(keys, seed)?))) };
        let (seed, Displaced { displacements, slots }) =
            found.unwrap_or_else(|| (0, Displaced { displacements: Vec::new(), slots: (0..keys.len()).map(Some).collect() }));
        let mut table = Self { text: Vec::new(), slots: Vec::with_capacity(slots.len() * 8 + 8), displacements, seed };
        for key in &slots {
            let key = key.map(|index| &keys[index]);
            table.begin(key.map_or(0, |key| Keys::check(key.hash(seed))));
            if let Some(key) = key {
                key.write(&mut table.text);
            }
        }
        table.begin(0);
        (table, slots)
    }

    fn begin(&mut self, check: u32) {
        self.slots.extend((self.text.len() as u32).to_le_bytes());
        self.slots.extend(check.to_le_bytes());
    }

    pub(super) fn view(&self) -> Keys<'_> {
        Keys::new(&self.text, &self.slots, &self.displacements, self.seed)
    }
}

/// What lies beside the keys: for each slot what `value` says of its key, zero where nobody has it.
pub(super) fn beside<T: Default>(slots: &[Option<usize>], value: impl Fn(usize) -> T) -> Vec<T> {
    slots.iter().map(|slot| slot.map_or_else(T::default, &value)).collect()
}

/// The seeds in the order in which they are tried: numbers with as many ones as zeros or so.
/// (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014.)
fn seed(index: u64) -> u64 {
    let state = index.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let state = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ state >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ state >> 31
}

struct Displaced {
    displacements: Vec<u8>,
    slots: Vec<Option<usize>>,
}

/// Gives each bucket, the fullest first, the smallest displacement that leads its keys to free slots; nothing where one finds none.
fn displace<K: Key>(keys: &[K], seed: u64) -> Option<Displaced> {
    let buckets = keys.len().div_ceil(PER_BUCKET);
    let count = keys.len() + keys.len() / SLOTS_PER_FREE + 1;
    let hashes: Vec<u64> = keys.iter().map(|key| key.hash(seed)).collect();
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_by_key(|&key| Keys::bucket(hashes[key], buckets));
    let mut groups: Vec<&[usize]> = order.chunk_by(|&one, &other| Keys::bucket(hashes[one], buckets) == Keys::bucket(hashes[other], buckets)).collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
    let mut displacements = vec![[0; 2]; buckets];
    let mut slots = vec![None; count];
    for group in groups {
        let displacement = fitting(group, &hashes, &mut slots)?;
        displacements[Keys::bucket(hashes[group[0]], buckets)] = displacement.to_le_bytes();
    }
    Some(Displaced { displacements: displacements.concat(), slots })
}

/// The smallest displacement that fits, after putting the keys of the group into their slots.
fn fitting(group: &[usize], hashes: &[u64], slots: &mut [Option<usize>]) -> Option<u16> {
    (0..=u16::MAX).find(|&displacement| {
        for (at, &key) in group.iter().enumerate() {
            let slot = &mut slots[Keys::slot(hashes[key], displacement, slots.len())];
            if slot.is_none() {
                *slot = Some(key);
                continue;
            }
            for &key in &group[..at] {
                slots[Keys::slot(hashes[key], displacement, slots.len())] = None;
            }
            return false;
        }
        true
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_a_table_is_found_in_its_slot() {
        for count in [0, 1, 2, 3, 50, 1_000, 20_000] {
            let names: Vec<String> = (0..count).map(|at| format!("https://app-{at}.example.com")).collect();
            let keys: Vec<&str> = names.iter().map(String::as_str).collect();
            let (table, slots) = KeyTable::new(&keys);
            assert_eq!(table.displacements.is_empty(), count == 0, "{count}");
            for (slot, key) in slots.iter().enumerate() {
                match key {
                    Some(key) => assert_eq!(table.view().find(keys[*key].as_bytes()), Some(slot), "{count}"),
                    None => assert_eq!(table.view().entry(slot), b"", "{count}"),
                }
            }
            assert_eq!(slots.iter().flatten().count(), count);
            assert_eq!(table, KeyTable::new(&keys).0, "the same keys give the same bytes");
        }
    }

    #[test]
    fn keys_of_parts_are_found_in_their_slots() {
        let keys: Vec<Tagged<'_>> = (0..1_000).map(|tag| Tagged { tag: tag << 8 | 2, head: b"ab", tail: b"c" }).collect();
        let (table, slots) = KeyTable::new(&keys);
        for (slot, key) in slots.iter().enumerate().filter_map(|(slot, key)| Some((slot, (*key)?))) {
            assert_eq!(table.view().find_tagged(&keys[key]), Some(slot));
        }
    }

    #[test]
    fn short_keys_are_hashed_too() {
        let names: Vec<String> = (0..2_000).map(|at| format!("{at:b}")).collect();
        for key in [0, 1, 5] {
            let keys: Vec<Tagged<'_>> = names.iter().flat_map(|name| (0..=key).map(|tag| Tagged { tag: tag << 8, head: b"", tail: name.as_bytes() })).collect();
            assert!(!KeyTable::new(&keys).0.displacements.is_empty());
        }
    }

    #[test]
    fn keys_that_no_hash_keeps_apart_are_tried_in_turn() {
        let (table, _) = KeyTable::new(&["same"; 2]);
        assert_eq!(table.view().find(b"same"), Some(0));
        assert_eq!(table.view().find(b"other"), None);
    }
}
