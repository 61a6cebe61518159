//! A word that is not known comes in, and the known one that was probably meant goes out.

/// The nearest of the known words, if one is near enough to have been meant.
pub(crate) fn nearest<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    // The comparison takes time and memory by the square of the length, and no key or name is anywhere near this long.
    if word.len() > 100 {
        return None;
    }
    let folded = word.to_ascii_lowercase().replace(['-', ' '], "_");
    known
        .map(|candidate| (strsim::damerau_levenshtein(&folded, &candidate.to_ascii_lowercase().replace('-', "_")), candidate))
        .min()
        .filter(|(distance, candidate)| *distance <= candidate.len().max(word.len()).div_ceil(3))
        .map(|(_, candidate)| candidate)
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
