//! Many numbers come in; those that may stand there more than once go out, at the cost of a bit or two each.

/// The indices of the numbers that occur more than once, in order, and few others with them. The numbers must be spread evenly, as hashes are.
///
/// To find the few twins among a hundred thousand, a table of bits that fits the processor's cache is many times quicker than sorting, or than a
/// set of them all: what remains is small enough for either.
pub(crate) fn candidates(numbers: &[u64]) -> Vec<usize> {
    let bits = (numbers.len() * 16).next_power_of_two().max(64);
    let place = |number: u64| {
        let bit = number as usize & (bits - 1);
        (bit / 64, 1_u64 << (bit % 64))
    };
    let mut once = vec![0_u64; bits / 64];
    let mut again = once.clone();
    for &number in numbers {
        let (word, bit) = place(number);
        again[word] |= once[word] & bit;
        once[word] |= bit;
    }
    let repeated = |number: u64| {
        let (word, bit) = place(number);
        again[word] & bit != 0
    };
    numbers.iter().enumerate().filter(|&(_, &number)| repeated(number)).map(|(index, _)| index).collect()
}

#[cfg(feature = "cli")]
/// A hash that is the same on every machine and in every release, which the standard library's does not promise.
pub(crate) fn fingerprint(seed: u64, bytes: &[u8]) -> u64 {
    let mut chunks = bytes.chunks_exact(8);
    let number = |bytes: &[u8]| bytes.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte));
    let hash = chunks.by_ref().map(number).fold(seed, mix);
    mix(mix(hash, number(chunks.remainder())), bytes.len() as u64)
}

/// Takes one more word into a hash: the folded product of two numbers of 64 bits.
pub(crate) fn mix(hash: u64, word: u64) -> u64 {
    let product = u128::from(hash ^ word ^ 0x9e37_79b9_7f4a_7c15) * 0xd6e8_feb8_6659_fd93_u128;
    (product >> 64) as u64 ^ product as u64
}

#[cfg(all(test, feature = "cli"))]
mod tests {
    use super::*;

    #[test]
    fn every_repeated_number_is_a_candidate_and_few_others_are() {
        let mut numbers: Vec<u64> = (0..10_000_u64).map(|number| fingerprint(0, &number.to_le_bytes())).collect();
        assert!(candidates(&numbers).len() < 2_000);
        numbers.extend_from_within(4_000..4_003);
        let found = candidates(&numbers);
        assert!([4_000, 4_001, 4_002, 10_000, 10_001, 10_002].iter().all(|index| found.contains(index)));
        assert!(candidates(&[]).is_empty());
        assert!(candidates(&[7]).is_empty());
    }

    #[test]
    fn a_fingerprint_tells_texts_apart_and_never_changes() {
        assert_ne!(fingerprint(0, b"12345678"), fingerprint(0, b"12345678\0"));
        assert_ne!(fingerprint(0, b""), fingerprint(0, b"\0"));
        assert_eq!(fingerprint(0, b"https://app.example.com"), fingerprint(0, b"https://app.example.com"));
    }
}
