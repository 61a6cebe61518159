//! A word that is not known comes in, and the known one that was probably meant goes out.

/// The nearest of the known words, if one is near enough to have been meant.
pub(crate) fn nearest<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    // The comparison takes time and memory by the square of the length, and no key or name is anywhere near this long.
    if word.len() > 100 {
        return None;
    }
    let folded = word.to_ascii_lowercase().replace(['-', ' '], "_");
    known
        .map(|candidate| (distance(&folded, &candidate.to_ascii_lowercase().replace('-', "_")), candidate))
        .min()
        .filter(|(distance, candidate)| *distance <= candidate.len().max(word.len()).div_ceil(3))
        .map(|(_, candidate)| candidate)
}

/// How many letters are to be inserted, removed, replaced or swapped with their neighbour to make one word of the other: the distance of optimal
/// string alignment.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    // The distances from what of `one` was looked at to each start of `other`; before that, and before that again.
    let (mut row, mut before, mut twice_before): (Vec<usize>, _, _) = ((0..=other.len()).collect(), Vec::new(), Vec::new());
    let mut last = None;
    for letter in one.chars() {
        (twice_before, before, row) = (before, row, twice_before);
        row.clear();
        row.push(before[0] + 1);
        for (at, &facing) in other.iter().enumerate() {
            let replaced = before[at] + usize::from(letter != facing);
            let mut least = replaced.min(before[at + 1] + 1).min(row[at] + 1);
            if at > 0 && last == Some(facing) && letter == other[at - 1] {
                least = least.min(twice_before[at - 1] + 1);
            }
            row.push(least);
        }
        last = Some(letter);
    }
    row.last().copied().unwrap_or_default()
}

/// `` `a`, `b` and `c` ``
pub(crate) fn list<'k>(words: impl Iterator<Item = &'k str>) -> String {
    let words: Vec<String> = words.map(|word| format!("`{word}`")).collect();
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => "none".to_owned(),
    }
}

/// A name that a file may give: words of `a-z` and `0-9` joined by `-`, a letter first, at most 40 characters.
pub(crate) fn is_kebab_case(name: &str) -> bool {
    name.len() <= 40
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.split('-').all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()))
}

/// The nearest name that a file may give.
pub(crate) fn kebab_case(name: &str) -> Option<String> {
    let mut better = String::new();
    let mut after_lower = false;
    for char in name.chars() {
        if char.is_ascii_alphanumeric() {
            if char.is_ascii_uppercase() && after_lower {
                better.push('-');
            }
            better.push(char.to_ascii_lowercase());
        } else if !better.ends_with('-') {
            better.push('-');
        }
        after_lower = char.is_ascii_lowercase();
    }
    let better = better.trim_matches('-').to_owned();
    is_kebab_case(&better).then_some(better)
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest};

    #[test]
    fn a_distance_counts_what_a_typist_does() {
        let cases = [
            ("", "", 0),
            ("", "abc", 3),
            ("allow_origins", "allow_origins", 0),
            ("allow_origin", "allow_origins", 1),
            ("alow_origins", "allow_origins", 1),
            ("allow_orgiins", "allow_origins", 1),
            ("allov_origins", "allow_origins", 1),
            ("ab", "ba", 1),
            ("ca", "abc", 3),
            ("abcd", "badc", 2),
            ("kitten", "sitting", 3),
            ("héllo", "hello", 1),
        ];
        for (one, other, expected) in cases {
            assert_eq!((distance(one, other), distance(other, one)), (expected, expected), "{one} {other}");
        }
    }

    #[test]
    fn only_what_is_near_is_meant() {
        let known = ["max_age", "paths", "allow_origins"];
        for (word, expected) in [("maxAge", Some("max_age")), ("path", Some("paths")), ("Allow-Origin", Some("allow_origins")), ("colour", None)] {
            assert_eq!(nearest(word, known.into_iter()), expected, "{word}");
        }
        assert_eq!(nearest(&"paths".repeat(1_000), known.into_iter()), None);
    }
}
