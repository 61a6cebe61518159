//! Random policies, and random, mutated and hostile origins and paths: the tables of the decision say what a plain loop over the policy says.

use std::collections::HashSet;
use std::fmt::Write;

use cors_decision::{MAX_ORIGIN_LEN, is_ambiguous};
use cors_gen::policy::PolicySet;
use cors_gen::{Options, Source, Storage, compile};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// A file with one policy for these origins.
fn file_of_origins(origins: &[String]) -> Source {
    let mut text =
        String::from("version: 1\nprofiles: [dev]\npolicies:\n  api:\n    allow_origins:\n      - { origin: 'https://dev.example', profiles: [dev] }\n");
    for origin in origins {
        let _ = match origin.strip_prefix("regex:") {
            Some(regex) => writeln!(text, "      - {{ regex: '{regex}' }}"),
            None => writeln!(text, "      - '{origin}'"),
        };
    }
    Source::new("cors.yaml", text)
}

/// A file with a policy for each of these paths, the same one once.
fn file_of_paths(paths: &[String]) -> Source {
    let mut seen = HashSet::new();
    let mut text = String::from("version: 1\npolicies:\n");
    for (index, path) in paths.iter().enumerate().filter(|(_, path)| seen.insert(*path)) {
        let _ = writeln!(text, "  p{index}: {{ paths: ['{path}'], allow_origins: [https://app.example.com] }}");
    }
    Source::new("cors.yaml", text)
}

fn policies(source: &Source) -> PolicySet<'_> {
    let compilation = compile(source, &Options::default());
    compilation.policies.unwrap_or_else(|| panic!("{:#?}\n{}", compilation.diagnostics, source.text))
}

/// Whether the tables and the loop agree on every origin, and how many they allow.
fn check_origins<'o>(set: &PolicySet<'_>, origins: impl IntoIterator<Item = &'o [u8]>) -> usize {
    let storage = Storage::new(set);
    let tables = storage.policies();
    let entries = set.policies[0].origins.entries();
    let mut allowed = 0;
    for origin in origins {
        let expected = entries.iter().any(|entry| entry.matches(origin));
        assert_eq!(tables[0].allows_origin(origin), expected, "`{}` in {entries:#?}", origin.escape_ascii());
        allowed += usize::from(expected);
    }
    allowed
}

/// Few labels, so that hosts are within one another, and entries share what they begin and end with.
fn label() -> impl Strategy<Value = String> {
    prop_oneof![8 => select(vec!["a", "b", "ab", "aa", "a-b", "x_y", "pr-1", "com"]).prop_map(str::to_owned), 1 => "[a-z0-9]{1,20}", 1 => Just("l".repeat(63))]
}

fn host() -> impl Strategy<Value = String> {
    vec(label(), 1..4).prop_map(|labels| labels.join(".") + ".ex")
}

fn origin() -> impl Strategy<Value = String> {
    let wild = select(vec!["", "", "*.", "*.", "a*.", "*a.", "a*b.", "pr-*-x.", "ab*."]);
    let port = select(vec!["", "", "", ":*", ":1", ":8443", ":65535"]);
    prop_oneof![
        12 => (select(vec!["http", "https", "https"]), wild, host(), port).prop_map(|(scheme, wild, host, port)| format!("{scheme}://{wild}{host}{port}")),
        1 => select(vec!["null", "http://[::1]:*", "http://localhost:*", "http://127.0.0.1:3000", "app://a.ex", "capacitor://localhost", "https://*.ex."]).prop_map(str::to_owned),
        1 => select(vec!["regex:https://a[0-9]+\\.ex", "regex:https?://(a|b)\\.ab\\.ex(:[0-9]+)?"]).prop_map(str::to_owned),
    ]
}

/// What a wildcard might allow.
fn filled() -> impl Strategy<Value = String> {
    let filling = select(vec!["", "a", "b", "ab", "x_y", "1", "a.b", "-", ".", "a.", "A"]);
    let port = select(vec!["", ":", ":0", ":1", ":01", ":8443", ":65535", ":65536", ":99999", ":100000"]);
    (origin(), filling, port).prop_map(|(origin, filling, port)| origin.replace(":*", port).replace('*', filling))
}

/// One change of one place.
#[derive(Debug, Clone)]
enum Change {
    Nothing,
    Replace(Index, u8),
    Insert(Index, u8),
    Remove(Index),
    Cut(Index),
    Twice,
}

impl Change {
    fn of(&self, origin: &str) -> Vec<u8> {
        let mut bytes = origin.as_bytes().to_vec();
        match self {
            _ if bytes.is_empty() => {}
            Self::Nothing => {}
            Self::Replace(at, byte) => *at.get_mut(&mut bytes) = *byte,
            Self::Insert(at, byte) => bytes.insert(at.index(bytes.len() + 1), *byte),
            Self::Remove(at) => drop(bytes.remove(at.index(bytes.len()))),
            Self::Cut(at) => bytes.truncate(at.index(bytes.len())),
            Self::Twice => bytes.extend_from_within(..),
        }
        bytes
    }
}

fn change() -> impl Strategy<Value = Change> {
    let byte = || prop_oneof![select(b"./:*@[]-_aA0\0\n\xff".to_vec()), any::<u8>()];
    prop_oneof![
        6 => Just(Change::Nothing),
        2 => (any::<Index>(), byte()).prop_map(|(at, byte)| Change::Replace(at, byte)),
        2 => (any::<Index>(), byte()).prop_map(|(at, byte)| Change::Insert(at, byte)),
        1 => any::<Index>().prop_map(Change::Remove),
        1 => any::<Index>().prop_map(Change::Cut),
        1 => Just(Change::Twice),
    ]
}

fn path() -> impl Strategy<Value = String> {
    let segment = select(vec!["a", "b", "c", "*", "*", "ab"]);
    (vec(segment, 0..5), select(vec!["", "", "/**", "/**", "/"])).prop_map(|(segments, end)| match format!("/{}{end}", segments.join("/")) {
        path if path.starts_with("//") => path[1..].to_owned(),
        path => path,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn origins_are_allowed_as_by_a_loop_over_the_entries(entries in vec(origin(), 0..40), others in vec((filled(), change()), 60), noise in vec(vec(any::<u8>(), 0..400), 4)) {
        let source = file_of_origins(&entries);
        let asked: Vec<Vec<u8>> = entries.iter().map(|entry| entry.as_bytes().to_vec()).chain(others.iter().map(|(origin, change)| change.of(origin))).chain(noise).collect();
        check_origins(&policies(&source), asked.iter().map(Vec::as_slice));
    }

    #[test]
    fn paths_find_the_first_rule_that_matches(paths in vec(path(), 1..30), asked in vec((path(), change()), 60)) {
        let source = file_of_paths(&paths);
        let set = policies(&source);
        let storage = Storage::new(&set);
        let tables = storage.policies();
        let decision = storage.set(&tables);
        let everything = set.rules.len() == 1 && set.rules[0].pattern.value == "/**";
        for (path, change) in &asked {
            let path = change.of(&path.replace("**", "c/d").replace('*', "c"));
            let expected = set.rules.iter().position(|rule| everything || (!is_ambiguous(&path) && rule.matches(&path)));
            prop_assert_eq!(decision.paths.rule_for(&path), expected, "`{}` in {:#?}", path.escape_ascii(), set.rules);
            let policy = expected.map(|rule| &*set.policies[set.rules[rule].policy].name.value);
            prop_assert_eq!(decision.policy_for(&path).map(|policy| policy.name), policy);
        }
    }

    #[test]
    fn the_same_entries_give_the_same_bytes_in_any_order(entries in vec(origin(), 0..60)) {
        let reversed: Vec<String> = entries.iter().rev().filter(|entry| !entry.starts_with("regex:")).cloned().collect();
        let straight: Vec<String> = reversed.iter().rev().cloned().collect();
        let sources = [file_of_origins(&straight), file_of_origins(&reversed)];
        let sets = sources.each_ref().map(policies);
        let storages = sets.each_ref().map(Storage::new);
        prop_assert_eq!(storages[0].policies()[0].origins, storages[1].policies()[0].origins);
    }
}

#[test]
fn exact_origins_are_found_at_every_size() {
    for count in [0, 1, 2, 3, 8, 9, 50, 1_000, 20_000] {
        let origins: Vec<String> = (0..count).map(|at| format!("https://{}{at}.app-{}.example.com", ["", "a", "www."][at % 3], at % 7)).collect();
        let source = file_of_origins(&origins);
        let set = policies(&source);
        let storage = Storage::new(&set);
        let tables = storage.policies();
        let listed: HashSet<&[u8]> = origins.iter().map(String::as_bytes).collect();
        for origin in origins.iter().step_by(1 + count / 2_000) {
            let bytes = origin.as_bytes();
            assert!(tables[0].allows_origin(bytes), "{origin} of {count}");
            for at in 0..bytes.len() {
                let mut other = bytes.to_vec();
                other[at] ^= 1;
                assert_eq!(tables[0].allows_origin(&other), listed.contains(&other[..]), "{} of {count}", other.escape_ascii());
            }
            for other in [&bytes[..bytes.len() - 1], &bytes[1..], &[bytes, b"x"].concat(), &[bytes, b":80"].concat(), b"", b"null"] {
                assert_eq!(tables[0].allows_origin(other), listed.contains(other), "{} of {count}", other.escape_ascii());
            }
        }
    }
}

#[test]
fn wildcards_are_found_at_every_number() {
    for count in [1, 2, 3, 8, 9, 50, 1_000] {
        let wildcard = |at: usize| match at % 4 {
            0 => format!("https://*.site{at}.example.com"),
            1 => format!("https://pr-*-{at}.example.com"),
            2 => format!("http://{at}-*.site{}.example.com:{}", at % 10, at + 1),
            _ => format!("https://*.site0.example.com:{}", at + 1),
        };
        let origins: Vec<String> = (0..count).map(wildcard).collect();
        let source = file_of_origins(&origins);
        let asked: Vec<String> =
            origins.iter().step_by(1 + count / 100).flat_map(|origin| ["x", "", "x.y", "x_y", "x-y"].map(|filling| origin.replace('*', filling))).collect();
        let others = asked.iter().flat_map(|origin| {
            [origin.clone(), origin.replace("https", "http"), format!("{origin}0"), origin.replace("site", "sit"), origin.replace("pr-", "px-")]
        });
        let asked: Vec<String> = others.collect();
        let allowed = check_origins(&policies(&source), asked.iter().map(String::as_bytes));
        assert!(allowed > 0 && allowed < asked.len(), "{allowed} of {}", asked.len());
    }
}

#[test]
fn every_byte_in_every_place_is_read_as_the_language_says() {
    let entries = ["https://*.a.ex", "https://pr-*-x.b.ex:8443", "http://localhost:*", "http://[::1]:*", "https://app.ex", "null"].map(str::to_owned);
    let source = file_of_origins(&entries);
    let set = policies(&source);
    for origin in ["https://x.y.a.ex", "https://pr-1-x.b.ex:8443", "http://localhost:3000", "http://[::1]:3000", "https://app.ex", "null"] {
        let asked = (0..origin.len()).flat_map(|at| {
            (0..=255u8).map(move |byte| {
                let mut bytes = origin.as_bytes().to_vec();
                bytes[at] = byte;
                bytes
            })
        });
        let asked: Vec<Vec<u8>> = asked.collect();
        assert!(check_origins(&set, asked.iter().map(Vec::as_slice)) >= origin.len());
    }
}

#[test]
fn lengths_end_where_the_language_says() {
    let entries = ["https://*.ex", "https://*-x.ex", "http://*.ex:*", "https://*.a.a.a.ex"].map(str::to_owned);
    let source = file_of_origins(&entries);
    let set = policies(&source);
    for label in [1, 62, 63, 64, 65, 200] {
        let label = "l".repeat(label);
        let asked = [format!("https://{label}.ex"), format!("https://a.{label}.ex"), format!("https://{label}.a.a.a.ex"), format!("https://{label}-x.ex")];
        check_origins(&set, asked.iter().map(String::as_bytes));
    }
    for len in MAX_ORIGIN_LEN - 2..=MAX_ORIGIN_LEN + 2 {
        let labels = "a.".repeat(len);
        let start = labels.len() - (len - "http://ex:80".len());
        let origin =
            format!("http://{}ex:80", labels[start..].strip_prefix('.').map_or(labels[start..].to_owned(), |rest| format!("b{rest}")).replacen("ba", "bb", 1));
        assert_eq!(origin.len(), len);
        assert_eq!(check_origins(&set, [origin.as_bytes()]), usize::from(len <= MAX_ORIGIN_LEN), "{origin}");
    }
}

#[test]
fn patterns_that_overlap_in_too_many_ways_are_an_error() {
    let names = |count: usize| (0..count).flat_map(|at| [format!("/*/a{at}"), format!("/b{at}/c")]).collect::<Vec<String>>();
    assert_eq!(policies(&file_of_paths(&names(100))).rules.len(), 200);
    let source = file_of_paths(&names(1_000));
    let compilation = compile(&source, &Options::default());
    assert_eq!(compilation.diagnostics.iter().map(|diagnostic| diagnostic.code).collect::<Vec<_>>(), ["too-many-paths"]);
}

#[test]
fn thousands_of_paths_are_no_matter() {
    let paths: Vec<String> = (0..5_000).map(|at| format!("/api/v{}/item{at}/**", at % 9)).collect();
    let source = file_of_paths(&paths);
    let set = policies(&source);
    let storage = Storage::new(&set);
    let tables = storage.policies();
    for (at, path) in paths.iter().enumerate() {
        let found = storage.set(&tables).policy_for(path.replace("**", "x").as_bytes()).map(|policy| policy.name);
        assert_eq!(found, Some(&*format!("p{at}")), "{path}");
    }
}
