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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_repeated_number_is_a_candidate_and_few_others_are() {
        let mut numbers: Vec<u64> = (0..10_000_u64).map(|number| cors_decision::hash(0, &number.to_le_bytes())).collect();
        assert!(candidates(&numbers).len() < 2_000);
        numbers.extend_from_within(4_000..4_003);
        let found = candidates(&numbers);
        assert!([4_000, 4_001, 4_002, 10_000, 10_001, 10_002].iter().all(|index| found.contains(index)));
        assert!(candidates(&[]).is_empty());
        assert!(candidates(&[7]).is_empty());
    }
}
