//! The folders of `examples/` come in. Each compiles without a word, passes its own tests and runs on a real nginx as on paper; each of
//! `examples/mistakes/` is told what its `expected.txt` says.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use cors_gen::browser::{Fetch, Verdict};
use cors_gen::policy::{Case, PolicySet};
use cors_gen::targets::{self, TARGETS, Tested};
use cors_gen::{Options, Source, compile, verdict};
use cors_testbed::browser;
use cors_testbed::nginx::{Nginx, NginxBinary, RunningNginx, test_tools};
use cors_testbed::python::Framework;
use cors_testbed::sweep::{Subject, sweep};
use cors_testbed::upstream::Upstream;

const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples");

/// The folders in a folder that hold a policy, in order of name.
fn folders(of: &str) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = fs::read_dir(of).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.join("cors.yaml").is_file()).collect();
    folders.sort();
    folders
}

/// Every ordinary example: the name of its folder, and its policy.
fn examples() -> Vec<(String, Source)> {
    let examples: Vec<(String, Source)> = folders(EXAMPLES)
        .iter()
        .map(|folder| {
            let name = folder.file_name().unwrap().to_string_lossy().into_owned();
            (name, Source::new("cors.yaml", fs::read_to_string(folder.join("cors.yaml")).unwrap()))
        })
        .collect();
    assert!(examples.len() >= 12, "examples are missing: {}", examples.len());
    examples
}

/// The strict reading and each declared profile.
fn readings(source: &Source) -> Vec<Option<String>> {
    let compilation = compile(source, &Options::default());
    let set = compilation.all_profiles.expect("a policy without errors");
    std::iter::once(None).chain(set.profiles.iter().map(|profile| Some(profile.name.value.to_string()))).collect()
}

/// They hold one policy for every path.
const OF_ONE_POLICY: [&str; 2] = ["tower-http", "traefik-middleware"];

#[test]
fn every_example_compiles_without_a_word_for_every_target_that_can_say_all() {
    let mut able = BTreeSet::new();
    for (name, source) in examples() {
        for profile in readings(&source) {
            let compilation = compile(&source, &Options { profile: profile.clone(), lint_all_profiles: true, ..Options::default() });
            assert_eq!(compilation.diagnostics, [], "{name}, profile {profile:?}");
            let set = compilation.sound().unwrap();
            for target in TARGETS {
                let files = match target.generate(set, &source) {
                    Ok(files) => files,
                    // The objects of gateways and clouds have few words, and so have the settings of a middleware.
                    Err(_) if target.tested != Tested::Live || OF_ONE_POLICY.contains(&target.name) => continue,
                    // It repeats nothing that was asked for.
                    Err(refusals) if target.name == "traefik" && refusals.iter().all(|refusal| refusal.message.ends_with("with credentials")) => continue,
                    Err(refusals) => panic!("{name} for {}: {refusals:#?}", target.name),
                };
                able.insert(target.name);
                assert_eq!(files.len(), target.files.len(), "{name} for {}", target.name);
            }
        }
    }
    let unable: Vec<&str> = TARGETS.iter().map(|target| target.name).filter(|name| !able.contains(name)).collect();
    assert_eq!(unable, [] as [&str; 0], "targets that can say no example");
}

#[test]
fn every_example_has_tests_that_allow_deny_and_reach_every_policy() {
    for (name, source) in examples() {
        let compilation = compile(&source, &Options::default());
        let set = compilation.all_profiles.unwrap();
        let results = verdict::run(&set, &source.name);
        assert_eq!((results.failures, results.unreached_policies), (vec![], vec![]), "{name}");
        let cases = || set.tests.iter().flat_map(|test| &test.cases);
        assert!(cases().any(|case| case.allow) && cases().any(|case| !case.allow), "{name}: tests of one verdict prove little");
    }
}

#[test]
fn the_list_of_customers_is_what_its_generator_makes() {
    let folder = Path::new(EXAMPLES).join("customer-domains");
    let export = fs::read(folder.join("customers.csv")).unwrap();
    let mut generator = Command::new("sh").arg(folder.join("generate.sh")).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    generator.stdin.take().unwrap().write_all(&export).unwrap();
    let output = generator.wait_with_output().unwrap();
    assert!(output.status.success());
    let made = String::from_utf8(output.stdout).unwrap();
    assert_eq!(made, fs::read_to_string(folder.join("cors.yaml")).unwrap(), "run: ./generate.sh < customers.csv > cors.yaml");
}

#[test]
fn every_mistake_is_told_what_its_expected_txt_says() {
    let folders = folders(&format!("{EXAMPLES}/mistakes"));
    assert!(folders.len() >= 10, "mistakes are missing");
    for folder in folders {
        let output = Command::new(env!("CARGO_BIN_EXE_cors-gen")).args(["check", "cors.yaml", "--color", "never"]).current_dir(&folder).output().unwrap();
        let said = format!("{}{}", String::from_utf8(output.stderr).unwrap(), String::from_utf8(output.stdout).unwrap());
        assert!(said.contains('['), "{}: no mistake was found", folder.display());
        let expected = folder.join("expected.txt");
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&expected, &said).unwrap();
        }
        let before = fs::read_to_string(&expected).unwrap_or_default();
        assert_eq!(said, before, "{}: if this is what it should say, run UPDATE=1 cargo test -p cors-gen --test examples", folder.display());
    }
}

/// A running nginx over the files that were generated for an example.
struct Site {
    nginx: RunningNginx,
    _upstream: Upstream,
}

impl Site {
    fn start(binary: &NginxBinary, set: &PolicySet<'_>, source: &Source) -> Self {
        let files = targets::find("nginx").unwrap().generate(set, source).unwrap();
        let files: Vec<(&str, &str)> = files.iter().map(|file| (file.name, file.text.as_str())).collect();
        let upstream = Upstream::start().unwrap();
        let server = "include cors.server.conf;\nlocation / { proxy_pass http://{upstream}; }";
        let nginx = binary.start(&files, server, "variables_hash_max_size 2048; include cors.http.conf;", upstream.addr());
        Self { nginx: nginx.unwrap_or_else(|error| panic!("nginx {}: {error}", binary.version)), _upstream: upstream }
    }
}

/// What a browser makes of the case on a server.
fn on(server: SocketAddr, case: &Case<'_>) -> Verdict {
    let headers: Vec<&str> = case.headers.iter().map(|name| &**name).collect();
    let fetch = Fetch { origin: &case.origin.value, method: &case.method, path: &case.path, headers: &headers, credentials: case.credentials };
    browser::verdict(server, &fetch)
}

/// The linter for nginx has no complaint.
fn lint(site: &Site, context: &str) {
    let configuration = site.nginx.dir().join("linted.conf");
    // The linter looks at the whole configuration: the fixture runs without this limit, and any port that holds the digits 443 is taken for TLS.
    let text = fs::read_to_string(site.nginx.dir().join("nginx.conf")).unwrap().replace(&site.nginx.addr().to_string(), "127.0.0.1:8080");
    fs::write(&configuration, format!("worker_rlimit_nofile 1024;\n{text}")).unwrap();
    let output = Command::new(test_tools().join("venv/bin/gixy")).arg(configuration).output().expect("gixy must be installed: run ./test");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("No issues found"), "{context}: {said}{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
#[ignore = "live: needs nginx; ./test runs it"]
fn every_example_runs_on_nginx_and_passes_its_tests_there() {
    let binaries = Nginx::installed();
    assert!(binaries.len() >= 2, "nginx must be installed: run ./test; found {binaries:?}");
    for (name, source) in examples() {
        let all = compile(&source, &Options::default()).all_profiles.unwrap();
        for (binary, profile) in binaries.iter().flat_map(|binary| readings(&source).into_iter().map(move |profile| (binary, profile))) {
            let context = format!("{name}, profile {profile:?}, nginx {}", binary.version);
            let site = Site::start(binary, &all.for_profile(profile.as_deref()).unwrap(), &source);
            let said = binary.check(site.nginx.dir()).unwrap_or_else(|error| panic!("{context}: {error}"));
            assert_eq!(said, "", "{context}");
            lint(&site, &context);
            for case in all.tests.iter().filter(|test| test.profile.as_deref() == profile.as_deref()).flat_map(|test| &test.cases) {
                let verdict = on(site.nginx.addr(), case);
                assert_eq!(verdict == Verdict::Allow, case.allow, "{context}: {case:?}: {verdict:?}");
            }
        }
    }
}

/// Those that are for a framework, in their framework; a file of options answers as its library does, and lets in the same.
#[test]
#[ignore = "live: needs Django, FastAPI and Flask; ./test runs it"]
fn every_example_for_a_framework_runs_there() {
    let frameworks = [("django", Framework::Django), ("fastapi", Framework::FastApi), ("flask", Framework::Flask)];
    let mut swept = 0;
    for (name, source) in examples() {
        let Some((target, framework)) = frameworks.iter().find(|(target, _)| name.starts_with(target)) else { continue };
        let [program] = &framework.installed()[..] else { panic!("{framework:?} must be installed: run ./test") };
        let compilation = compile(&source, &Options::default());
        let set = compilation.sound().unwrap();
        let file = targets::find(target).unwrap().generate(set, &source).unwrap().remove(0);
        let site = cors_testbed::program::Site::start(program, &[(file.name, &file.text)]).unwrap_or_else(|error| panic!("{name}: {error}"));
        for case in set.tests.iter().flat_map(|test| &test.cases) {
            let verdict = on(site.server.addr(), case);
            assert_eq!(verdict == Verdict::Allow, case.allow, "{name}: {case:?}: {verdict:?}");
        }
        if file.text.contains("def decide(") {
            sweep(&Subject { name: &name, addr: site.server.addr(), first_origin_may_count: false }, set, &[]);
            swept += 1;
        }
    }
    assert_eq!(swept, 3, "examples of policies that need a middleware");
}

/// The examples that are programs: each is put through the same sweep, request by request, in `examples/*/tests`.
#[test]
#[ignore = "live: needs nginx; ./test runs it"]
fn nginx_answers_as_the_programs_among_the_examples_do() {
    let programs: Vec<(String, Source)> = examples().into_iter().filter(|(name, _)| Path::new(EXAMPLES).join(name).join("src").is_dir()).collect();
    assert!(programs.len() >= 5, "programs are missing");
    for (name, source) in programs {
        let all = compile(&source, &Options::default()).all_profiles.unwrap();
        for (binary, profile) in Nginx::installed().iter().flat_map(|binary| readings(&source).into_iter().map(move |profile| (binary, profile))) {
            let set = all.for_profile(profile.as_deref()).unwrap();
            let site = Site::start(binary, &set, &source);
            let name = format!("{name}, profile {profile:?}, nginx {}", binary.version);
            sweep(&Subject { name: &name, addr: site.nginx.addr(), first_origin_may_count: true }, &set, &[]).assert_all_kinds();
        }
    }
}
