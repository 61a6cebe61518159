//! The tables of the decision at every size and at every limit, against a plain loop over the policy and a naive reading of its words. What random
//! policies say is in `truth.rs`.

#[path = "truth/file.rs"]
mod file;
#[path = "truth/naive.rs"]
mod naive;

use std::collections::HashSet;

use cors_decision::MAX_ORIGIN_LEN;
use cors_gen::policy::PolicySet;
use cors_gen::{Options, Source, Storage, compile};

use file::{Policy, REGEX, file};

/// A file with one policy for these origins.
fn file_of_origins(origins: &[String]) -> Source {
    file(&[Policy::new("api", &["/**".to_owned()], origins)])
}

/// A file with a policy for each of these paths.
fn file_of_paths(paths: &[String]) -> Source {
    let policy = |(at, path): (usize, &String)| Policy::new(format!("p{at}"), std::slice::from_ref(path), &["https://app.example.com".to_owned()]);
    file(&paths.iter().enumerate().map(policy).collect::<Vec<_>>())
}

fn policies(source: &Source) -> PolicySet<'_> {
    let compilation = compile(source, &Options::default());
    compilation.policies.unwrap_or_else(|| panic!("{:#?}\n{}", compilation.diagnostics, source.text))
}

/// Whether the tables, the loop and the words agree on every origin, and how many they allow.
fn check_origins<'o>(set: &PolicySet<'_>, words: &[String], origins: impl IntoIterator<Item = &'o [u8]>) -> usize {
    let storage = Storage::new(set);
    let tables = storage.policies();
    let entries = set.policies[0].origins.entries();
    let mut allowed = 0;
    for origin in origins {
        let expected = words.iter().any(|word| match word.strip_prefix(REGEX) {
            Some(regex) => naive::regex(regex).is_some_and(|regex| naive::regex_allows(&regex, origin)),
            None => naive::entry_allows(word, origin),
        });
        assert_eq!(tables[0].allows_origin(origin), expected, "`{}` in {words:#?}", origin.escape_ascii());
        assert_eq!(entries.iter().any(|entry| entry.matches(origin)), expected, "`{}` in {words:#?}", origin.escape_ascii());
        allowed += usize::from(expected);
    }
    allowed
}

/// The text with each byte in each place.
fn with_every_byte(text: &str) -> impl Iterator<Item = Vec<u8>> {
    (0..text.len()).flat_map(move |at| {
        (0..=255u8).flat_map(move |byte| {
            let (head, tail) = text.as_bytes().split_at(at);
            [[head, &[byte], &tail[1..]].concat(), [head, &[byte], tail].concat()]
        })
    })
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
        let allowed = check_origins(&policies(&source), &origins, asked.iter().map(String::as_bytes));
        assert!(allowed > 0 && allowed < asked.len(), "{allowed} of {}", asked.len());
    }
}

#[test]
fn every_byte_in_every_place_of_an_origin_is_read_as_the_language_says() {
    let regex = format!("{REGEX}https://.[a-y]-[^b]\\.c\\.ex");
    let entries = ["https://*.a.ex", "https://pr-*-x.b.ex:8443", "http://localhost:*", "http://[::1]:*", "https://app.ex", "null", &regex].map(str::to_owned);
    let source = file_of_origins(&entries);
    let set = policies(&source);
    for origin in ["https://x.y.a.ex", "https://pr-1-x.b.ex:8443", "http://localhost:3000", "http://[::1]:3000", "https://app.ex", "null", "https://ab-c.c.ex"]
    {
        let asked: Vec<Vec<u8>> = with_every_byte(origin).collect();
        assert!(check_origins(&set, &entries, asked.iter().map(Vec::as_slice)) >= origin.len());
    }
}

#[test]
fn every_byte_in_every_place_of_a_path_is_read_as_the_language_says() {
    let patterns = ["/**", "/api/*", "/api/*/x", "/api/items/", "/api/%C3%A9/**"].map(str::to_owned);
    let source = file_of_paths(&patterns);
    let set = policies(&source);
    let storage = Storage::new(&set);
    let tables = storage.policies();
    let decision = storage.set(&tables);
    let patterns = patterns.each_ref().map(String::as_str);
    let paths = ["/api/items", "/api/items/x", "/api/items/", "/api/%C3%A9/a-long-segment", "/a"].into_iter().flat_map(with_every_byte);
    let escapes = (0..=255u8).flat_map(|byte| [format!("/a%{byte:02x}/b"), format!("/api/%{byte:02X}")]);
    for path in paths.chain(escapes.map(String::into_bytes)) {
        let expected = naive::pattern_for(&patterns, &path).map(|pattern| format!("p{pattern}"));
        assert_eq!(decision.policy_for(&path).map(|policy| policy.name), expected.as_deref(), "{}", path.escape_ascii());
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
        check_origins(&set, &entries, asked.iter().map(String::as_bytes));
    }
    for len in MAX_ORIGIN_LEN - 2..=MAX_ORIGIN_LEN + 2 {
        let origin = format!("http://{}ex:80", labels(len - "http://ex:80".len()));
        assert_eq!(origin.len(), len);
        assert_eq!(check_origins(&set, &entries, [origin.as_bytes()]), usize::from(len <= MAX_ORIGIN_LEN), "{origin}");
    }
    let entries = [format!("{REGEX}https://.*")];
    let source = file_of_origins(&entries);
    let set = policies(&source);
    for len in ["https://".len(), MAX_ORIGIN_LEN, MAX_ORIGIN_LEN + 1] {
        let origin = format!("https://{}", "x".repeat(len - "https://".len()));
        assert_eq!(check_origins(&set, &entries, [origin.as_bytes()]), usize::from(len <= MAX_ORIGIN_LEN), "{origin}");
    }
}

/// Labels of one or two letters with a dot after each, so many bytes of them.
fn labels(len: usize) -> String {
    let start = if len % 2 == 1 { "bb." } else { "" };
    format!("{start}{}", "a.".repeat((len - start.len()) / 2))
}

/// Texts are compared and hashed in chunks, so each length is another case; alone, where they are tried in turn, and all in one table.
#[test]
fn exact_origins_of_every_length_are_told_from_their_neighbours() {
    let scheme = "s".repeat(64);
    let longest = [format!("{scheme}://{}.ex:65535", "l".repeat(63)), format!("https://{}ex:65535", labels(251))];
    let every: Vec<String> = (1..=251).map(|len| format!("https://{}ex", if len < 2 { String::new() } else { labels(len) })).chain(longest).collect();
    let every: Vec<String> = every.into_iter().collect::<HashSet<_>>().into_iter().collect();
    let together = file_of_origins(&every);
    let together = policies(&together);
    let together = Storage::new(&together);
    let together = together.policies();
    for origin in &every {
        let alone = file_of_origins(std::slice::from_ref(origin));
        let alone = policies(&alone);
        let alone = Storage::new(&alone);
        let alone = alone.policies();
        let bytes = origin.as_bytes();
        assert!(alone[0].allows_origin(bytes) && together[0].allows_origin(bytes), "{origin}");
        for at in 0..bytes.len() {
            let mut other = bytes.to_vec();
            other[at] ^= 0x10;
            assert!(!alone[0].allows_origin(&other) && !together[0].allows_origin(&other), "{}", other.escape_ascii());
        }
        for other in [&bytes[..bytes.len() - 1], &bytes[1..]] {
            assert!(!alone[0].allows_origin(other), "{}", other.escape_ascii());
        }
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
