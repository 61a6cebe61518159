//! Origins, regexes (after a `~`) and paths come in, a line each, and after an empty line what is asked of them; tables that say something else
//! than a naive reading of the lines are found.
#![no_main]

#[path = "../../cors-gen/tests/truth/file.rs"]
mod file;
#[path = "../../cors-gen/tests/truth/naive.rs"]
mod naive;

use std::collections::BTreeSet;

use cors_gen::{Options, Source, Storage, compile};
use file::{ELSEWHERE, Policy, REGEX, file};
use libfuzzer_sys::fuzz_target;

/// More than enough for tables of every kind, and few enough for thousands of runs in a second.
const MOST_WORDS: usize = 24;
const MOST_ASKED: usize = 8;

fuzz_target!(|text: &[u8]| {
    let at = text.windows(2).position(|two| two == b"\n\n").unwrap_or(text.len());
    let (words, asked) = text.split_at(at);
    let asked: Vec<&[u8]> = asked.split(|&byte| byte == b'\n').take(MOST_ASKED).collect();
    // No word holds a control character, nor what YAML wants escaped, which the other targets look at.
    let is_plain = |word: &&str| !word.is_empty() && !word.chars().any(|char| char.is_control() || char == '\u{feff}');
    let words: BTreeSet<&str> = words.split(|&byte| byte == b'\n').filter_map(|word| str::from_utf8(word).ok()).filter(is_plain).take(MOST_WORDS).collect();
    let (paths, origins): (Vec<&str>, Vec<&str>) = words.into_iter().partition(|word| word.starts_with('/'));
    check_origins(&origins, &asked);
    check_paths(&paths, &asked);
});

fn check_origins(words: &[&str], asked: &[&[u8]]) {
    let policy = |words: &[String]| vec![Policy::new("api", &["/**".to_owned()], words)];
    let words = words.iter().map(|word| word.strip_prefix('~').map_or_else(|| (*word).to_owned(), |regex| format!("{REGEX}{regex}")));
    let mut words: Vec<String> = words.filter(|word| is_known(word)).collect();
    let source = keep_sound(&mut words, policy);
    let compilation = compile(&source, &Options::default());
    let set = compilation.policies.unwrap_or_else(|| panic!("each entry is sound alone, all together are not: {:?}", compilation.diagnostics));
    let regexes: Vec<_> = words.iter().filter_map(|word| naive::regex(word.strip_prefix(REGEX)?)).collect();
    let storage = Storage::new(&set);
    let tables = storage.policies();
    for origin in near(&words, asked).chain([ELSEWHERE.as_bytes().to_vec()]) {
        let listed = words.iter().any(|word| !word.starts_with(REGEX) && naive::entry_allows(word, &origin));
        let expected = listed || regexes.iter().any(|regex| naive::regex_allows(regex, &origin));
        assert_eq!(tables[0].allows_origin(&origin), expected, "`{}` in {words:?}", origin.escape_ascii());
    }
}

/// Whether the naive reading knows the syntax. A comment in a regex would swallow the end that it adds.
fn is_known(word: &str) -> bool {
    word.strip_prefix(REGEX).is_none_or(|regex| !regex.contains('#') && naive::regex(regex).is_some())
}

/// The file of these words, once those are dropped that are errors by themselves.
fn keep_sound(words: &mut Vec<String>, policies: impl Fn(&[String]) -> Vec<Policy>) -> Source {
    let compiles = |source: &Source| compile(source, &Options::default()).policies.is_some();
    let source = file(&policies(words));
    if compiles(&source) {
        return source;
    }
    words.retain(|word| compiles(&file(&policies(std::slice::from_ref(word)))));
    file(&policies(words))
}

fn check_paths(words: &[&str], asked: &[&[u8]]) {
    let policy = |(at, path): (usize, &String)| Policy::new(format!("p{at}"), std::slice::from_ref(path), &[]);
    let mut words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    let source = keep_sound(&mut words, |words| words.iter().enumerate().map(policy).collect());
    if words.is_empty() {
        return;
    }
    let compilation = compile(&source, &Options::default());
    let Some(set) = compilation.policies else {
        assert!(compilation.diagnostics.iter().all(|diagnostic| diagnostic.code == "too-many-paths"), "{:?}", compilation.diagnostics);
        return;
    };
    let storage = Storage::new(&set);
    let tables = storage.policies();
    let decision = storage.set(&tables);
    let patterns: Vec<&str> = words.iter().map(String::as_str).collect();
    for path in near(&words, asked) {
        let expected = naive::pattern_for(&patterns, &path).map(|pattern| format!("p{pattern}"));
        assert_eq!(decision.policy_for(&path).map(|policy| policy.name), expected.as_deref(), "`{}` in {words:?}", path.escape_ascii());
    }
}

/// What is asked: the lines themselves, and in the places of the wildcards of each word; the words, whole and a byte too short or too long.
fn near(words: &[String], asked: &[&[u8]]) -> impl Iterator<Item = Vec<u8>> {
    let filled =
        |word: &String, filling: &&[u8]| -> Vec<u8> { word.bytes().flat_map(|byte| if byte == b'*' { filling.to_vec() } else { vec![byte] }).collect() };
    let near =
        |word: &String| [word.as_bytes().to_vec(), word.as_bytes()[1..].to_vec(), word.as_bytes()[..word.len() - 1].to_vec(), format!("{word}0").into_bytes()];
    asked
        .iter()
        .map(|line| line.to_vec())
        .chain(words.iter().filter(|word| word.contains('*')).flat_map(move |word| asked.iter().map(move |filling| filled(word, filling))))
        .chain(words.iter().flat_map(near))
}
