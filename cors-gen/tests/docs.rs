//! The documents come in: what is made from the code is up to date, every example in them does what it says, and the sources keep to the
//! layers that ARCHITECTURE.md names.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

#[path = "docs/layers.rs"]
mod layers;
#[path = "docs/markdown.rs"]
mod markdown;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use cors_gen::{Options, Source, compile, reference, targets};
use cors_testbed::apache::Apache;
use cors_testbed::caddy::Caddy;
use cors_testbed::envoy::Envoy;
use cors_testbed::express::Express;
use cors_testbed::haproxy::Haproxy;
use cors_testbed::http::Request;
use cors_testbed::nginx::Nginx;
use cors_testbed::program::{Program, Site};
use cors_testbed::python::Framework;
use cors_testbed::scenarios::WITH_CREDENTIALS;
use cors_testbed::spring::Spring;
use cors_testbed::traefik::Traefik;
use markdown::{Block, blocks, documents};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

fn updating() -> bool {
    std::env::var_os("UPDATE").is_some()
}

const REPAIR: &str = "if this is what it should say, run: UPDATE=1 cargo test -p cors-gen --test docs";

#[test]
fn the_pages_of_the_reference_are_made_from_the_code() {
    for page in reference::pages() {
        let path = Path::new(ROOT).join("docs").join(page.name);
        if updating() {
            fs::write(&path, &page.text).unwrap();
        }
        let on_disk = fs::read_to_string(&path).unwrap_or_default();
        assert!(on_disk == page.text, "docs/{} is not what the code says; {REPAIR}", page.name);
    }
}

/// The names of what the compiler says of a file, pedantic lints included.
fn codes(text: &str, pedantic: bool) -> BTreeSet<&'static str> {
    let options = Options { pedantic, lint_all_profiles: true, ..Options::default() };
    compile(&Source::new("cors.yaml", text), &options).diagnostics.iter().map(|diagnostic| diagnostic.code).collect()
}

#[test]
fn every_policy_in_the_documents_compiles_or_is_told_what_it_announces() {
    let mut seen = 0;
    for (document, block) in documents().iter().flat_map(|document| blocks(document, "yaml").map(move |block| (document, block))) {
        let found = |pedantic| codes(&block.text, pedantic);
        let context = format!("{}:{}\n{}", document.name, block.line, block.text);
        match block.note.split_once('=') {
            None if block.note == "fragment" => assert!(!block.text.contains("\npolicies:"), "a whole file is no fragment: {context}"),
            None => assert_eq!((block.note, found(false)), ("", BTreeSet::new()), "{context}"),
            Some(("lint" | "error", name)) => assert_eq!(found(block.note.starts_with("lint")), BTreeSet::from([name]), "{context}"),
            Some(_) => panic!("unknown note `{}`: {context}", block.note),
        }
        seen += 1;
    }
    assert!(seen > 100, "only {seen} blocks were found");
}

/// What the command says at the root of the project: diagnostics first.
fn run(command: &str) -> String {
    let arguments = command.strip_prefix("cors-gen ").unwrap_or_else(|| panic!("`{command}` is no command of this project"));
    let arguments = arguments.split_whitespace().chain(["--color", "never"]);
    let output = Command::new(env!("CARGO_BIN_EXE_cors-gen")).args(arguments).current_dir(ROOT).output().unwrap();
    assert_ne!(output.status.code(), Some(2), "{command}: {output:?}");
    String::from_utf8(output.stderr).unwrap() + &String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_command_in_the_documents_prints_what_they_show() {
    let mut seen = 0;
    for document in documents() {
        let mut mended = document.text.clone();
        for Block { text, line, .. } in blocks(&document, "console") {
            let command = text.lines().next().and_then(|first| first.strip_prefix("$ ")).expect("a console block begins with `$ `");
            let shown = format!("$ {command}\n{}", run(command));
            if updating() {
                mended = mended.replacen(&format!("```console\n{text}```"), &format!("```console\n{}\n```", shown.trim_end()), 1);
            } else {
                assert_eq!(text.trim_end(), shown.trim_end(), "{}:{line}; {REPAIR}", document.name);
            }
            seen += 1;
        }
        if mended != document.text {
            fs::write(Path::new(ROOT).join(&document.name), mended).unwrap();
        }
    }
    assert!(seen >= 3, "only {seen} blocks were found");
}

/// A block of code that names a file is quoted from there, but for the indentation: the tests build and run that file.
#[test]
fn every_quotation_in_the_documents_stands_in_its_file() {
    let lines = |text: &str| -> Vec<String> { text.lines().map(|line| line.trim().to_owned()).collect() };
    let mut seen = 0;
    for document in documents() {
        for block in ["rs", "toml"].into_iter().flat_map(|language| blocks(&document, language)) {
            let context = format!("{}:{}: {}", document.name, block.line, block.note);
            let file = fs::read_to_string(Path::new(ROOT).join(block.note)).unwrap_or_else(|error| panic!("{context}: {error}"));
            let quoted = lines(&block.text);
            assert!(!quoted.is_empty() && lines(&file).windows(quoted.len()).any(|window| window == quoted), "{context}\n{}", block.text);
            seen += 1;
        }
        assert_eq!(blocks(&document, "rust").count(), 0, "{}: quote a file that is built: ```rs path", document.name);
    }
    assert!(seen >= 10, "only {seen} blocks were found");
}

#[test]
fn every_link_between_the_documents_leads_somewhere() {
    let mut seen = 0;
    for document in documents() {
        let folder = Path::new(ROOT).join(&document.name).parent().unwrap().to_owned();
        for link in markdown::links(&document.text) {
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            assert!(folder.join(file).exists(), "{}: {link}", document.name);
            assert!(anchor.is_empty() || document.text.lines().any(|line| line.trim_start_matches('#') == format!(" {anchor}")), "{}: {link}", document.name);
            seen += 1;
        }
    }
    assert!(seen > 20, "only {seen} links were found");
}

/// A whole configuration around a block: as it stands, or a server around its locations.
fn configuration(block: &str) -> String {
    let here = "access_log off; client_body_temp_path b; proxy_temp_path p; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;";
    let whole = match block.trim_start() {
        whole if whole.contains("http {") => whole.to_owned(),
        server => format!("events {{ }}\nhttp {{\nvariables_hash_max_size 2048;\ninclude cors/cors.http.conf;\n{server}\n}}\n"),
    };
    format!("pid nginx.pid;\n{}", whole.replacen("http {", &format!("http {{\n{here}"), 1))
}

/// The files of the quickstart in a folder `cors` of a new one.
fn folder_with_quickstart(target: &str) -> tempfile::TempDir {
    let source = Source::new("cors.yaml", fs::read_to_string(Path::new(ROOT).join("examples/quickstart/cors.yaml")).unwrap());
    let compilation = compile(&source, &Options::default());
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("cors")).unwrap();
    for file in targets::find(target).unwrap().generate(compilation.sound().unwrap(), &source).unwrap() {
        fs::write(folder.path().join("cors").join(file.name), &file.text).unwrap();
    }
    folder
}

#[test]
#[ignore = "live: needs Caddy; ./test runs it"]
fn every_configuration_in_the_documents_is_accepted_by_caddy() {
    let binaries = Caddy::installed();
    assert!(binaries.len() >= 2, "Caddy must be installed: run ./test; found {binaries:?}");
    let mut seen = 0;
    for (document, block) in documents().iter().flat_map(|document| blocks(document, "caddyfile").map(move |block| (document, block))) {
        let folder = folder_with_quickstart("caddy");
        fs::write(folder.path().join("Caddyfile"), &block.text).unwrap();
        for binary in &binaries {
            let said = binary.check(folder.path());
            assert_eq!(said.as_deref(), Ok(""), "{}:{}, Caddy {}", document.name, block.line, binary.version);
        }
        seen += 1;
    }
    assert!(seen >= 3, "only {seen} blocks were found");
}

#[test]
#[ignore = "live: needs nginx; ./test runs it"]
fn every_configuration_in_the_documents_is_accepted_by_nginx() {
    let binaries = Nginx::installed();
    assert!(binaries.len() >= 2, "nginx must be installed: run ./test; found {binaries:?}");
    let mut seen = 0;
    for (document, block) in documents().iter().flat_map(|document| blocks(document, "nginx").map(move |block| (document, block))) {
        let folder = folder_with_quickstart("nginx");
        fs::write(folder.path().join("nginx.conf"), configuration(&block.text)).unwrap();
        for binary in &binaries {
            let said = binary.check(folder.path());
            assert_eq!(said.as_deref(), Ok(""), "{}:{}, nginx {}", document.name, block.line, binary.version);
        }
        seen += 1;
    }
    assert!(seen >= 3, "only {seen} blocks were found");
}

#[test]
#[ignore = "live: needs Apache httpd; ./test runs it"]
fn every_configuration_in_the_documents_is_accepted_by_apache() {
    let source = Source::new("cors.yaml", fs::read_to_string(Path::new(ROOT).join("examples/quickstart/cors.yaml")).unwrap());
    let compilation = compile(&source, &Options::default());
    let files = targets::find("apache").unwrap().generate(compilation.sound().unwrap(), &source).unwrap();
    let binary = Apache::installed().pop().expect("Apache httpd must be installed: run ./test");
    let mut seen = 0;
    for (document, block) in documents().iter().flat_map(|document| blocks(document, "apache").map(move |block| (document, block))) {
        let folder = tempfile::tempdir().unwrap();
        binary.write_configuration(folder.path(), "127.0.0.1:8080".parse().unwrap(), &[("cors/cors.conf", &files[0].text)], &block.text).unwrap();
        assert_eq!(binary.check(folder.path()).as_deref(), Ok(""), "{}:{}", document.name, block.line);
        seen += 1;
    }
    assert!(seen >= 2, "only {seen} blocks were found");
}

/// In one document, what comes first is the base of all that follows.
#[test]
#[ignore = "live: needs HAProxy; ./test runs it"]
fn every_configuration_in_the_documents_is_accepted_by_haproxy() {
    let source = Source::new("cors.yaml", fs::read_to_string(Path::new(ROOT).join("examples/quickstart/cors.yaml")).unwrap());
    let compilation = compile(&source, &Options::default());
    let files = targets::find("haproxy").unwrap().generate(compilation.sound().unwrap(), &source).unwrap();
    let binaries = Haproxy::installed();
    assert!(binaries.len() >= 2, "HAProxy must be installed: run ./test; found {binaries:?}");
    let mut seen = 0;
    for document in documents() {
        let mut blocks = blocks(&document, "haproxy").filter(|block| block.note != "fragment");
        let Some(base) = blocks.next() else { continue };
        for block in blocks {
            let folder = tempfile::tempdir().unwrap();
            files.iter().for_each(|file| fs::write(folder.path().join(file.name), &file.text).unwrap());
            fs::write(folder.path().join("a-base.cfg"), &base.text).unwrap();
            fs::write(folder.path().join("z-frontends.cfg"), &block.text).unwrap();
            for binary in &binaries {
                let said = binary.check(folder.path());
                assert_eq!(said.as_deref(), Ok(""), "{}:{}, HAProxy {}", document.name, block.line, binary.version);
            }
            seen += 1;
        }
    }
    assert!(seen >= 1, "no block was found");
}

#[test]
#[ignore = "live: needs Envoy; ./test runs it"]
fn every_configuration_in_the_documents_is_accepted_by_envoy() {
    let source = Source::new("cors.yaml", fs::read_to_string(Path::new(ROOT).join("examples/quickstart/cors.yaml")).unwrap());
    let compilation = compile(&source, &Options::default());
    let files = targets::find("envoy").unwrap().generate(compilation.sound().unwrap(), &source).unwrap();
    let binary = Envoy::installed().pop().expect("Envoy must be installed: run ./test");
    let documents = documents();
    let mut seen = 0;
    for document in &documents {
        let mut whole = String::new();
        for block in blocks(document, "envoy") {
            let text = if block.note == "fragment" { with_hosts(&whole, &block.text) } else { block.text };
            let folder = tempfile::tempdir().unwrap();
            fs::create_dir(folder.path().join("shop")).unwrap();
            ["", "shop/"].iter().for_each(|place| fs::write(folder.path().join(format!("{place}cors.lua")), &files[0].text).unwrap());
            fs::write(folder.path().join("envoy.yaml"), text.replace("/etc/envoy/", "")).unwrap();
            binary.check(folder.path()).unwrap_or_else(|said| panic!("{}:{}: {said}", document.name, block.line));
            whole = text;
            seen += 1;
        }
    }
    assert!(seen >= 2, "only {seen} blocks were found");
}

/// The virtual hosts of a fragment after those of a whole configuration.
fn with_hosts(whole: &str, fragment: &str) -> String {
    let (before, after) = whole.split_once("          http_filters:").expect("filters");
    let hosts: String = fragment.lines().skip(1).map(|line| format!("            {line}\n")).collect();
    format!("{before}{hosts}          http_filters:{after}")
}

/// Each block is a file for the file provider, or what stands below an entry point.
#[test]
#[ignore = "live: needs Traefik; ./test runs it"]
fn every_configuration_in_the_documents_is_accepted_by_traefik() {
    let generated = ["default", "public", "api"].map(|name| {
        let source = Source::new("cors.yaml", WITH_CREDENTIALS.replace("default:", &format!("{name}:")));
        let compilation = compile(&source, &Options::default());
        let file = targets::find("traefik-middleware").unwrap().generate(compilation.sound().unwrap(), &source).unwrap().remove(0);
        (format!("cors-{name}.yml"), file.text)
    });
    let source = Source::new("cors.yaml", fs::read_to_string(Path::new(ROOT).join("examples/quickstart/cors.yaml")).unwrap());
    let compilation = compile(&source, &Options::default());
    let routers = targets::find("traefik").unwrap().generate(compilation.sound().unwrap(), &source).unwrap().remove(0);
    let users = ("staff", "someone:$2a$04$W/hRBfoRLzcPSTfxUrxSOqMVtWFfVLb4hQwZ8Xah0KcihFNsC3tq");
    let binary = Traefik::installed().pop().expect("Traefik must be installed: run ./test");
    let mut seen = 0;
    for (document, block) in documents().iter().flat_map(|document| blocks(document, "traefik").map(move |block| (document, block))) {
        let between = block.text.contains("cors-entry").then_some((routers.name, routers.text.as_str()));
        let files: Vec<(&str, &str)> = generated.iter().map(|(name, text)| (name.as_str(), text.as_str())).chain([users]).chain(between).collect();
        let text = block.text.replace("/etc/traefik/", "dynamic/");
        let (files, entry_point) = match block.note {
            "entry-point" => (files, text.split_once("address: :8080\n").expect("an entry point").1),
            _ => ([&files[..], &[("site.yml", &text)]].concat(), ""),
        };
        let server = binary.start(&files, entry_point, "127.0.0.1:3000".parse().unwrap());
        let server = server.unwrap_or_else(|error| panic!("{}:{}: {error}", document.name, block.line));
        assert_eq!(binary.check(server.dir()).as_deref(), Ok(""), "{}:{}", document.name, block.line);
        seen += 1;
    }
    assert!(seen >= 4, "only {seen} blocks were found");
}

/// Each block is a whole application, or a whole file of settings, and is started.
#[test]
#[ignore = "live: needs Django, FastAPI and Flask; ./test runs it"]
fn every_application_in_the_documents_serves_with_its_policy() {
    const URLS: &str = "from django.http import HttpResponse\nfrom django.urls import path\n\nurlpatterns = [path('items', lambda request: HttpResponse())]\n";
    const POLICY: &str = "version: 1\npolicies:\n  default:\n    allow_origins: [https://yourdomain.com]\n    allow_headers: ['*', Authorization]\n";
    let sources = [POLICY.to_owned(), format!("{POLICY}    paths: [/items]\n")].map(|policy| Source::new("cors.yaml", policy));
    let mut seen = 0;
    let documents = documents();
    let blocks = documents.iter().flat_map(|document| blocks(document, "python").map(move |block| (document, block)));
    for ((document, block), source) in blocks.flat_map(|block| sources.iter().map(move |source| (block.clone(), source))) {
        // In Django, one line depends on what was generated.
        let is_by_path = source.text.contains("paths");
        if block.note == "django" && block.text.contains("project.cors_settings.CorsMiddleware") != is_by_path {
            continue;
        }
        let framework = match block.note {
            "django" => Framework::Django,
            "fastapi" => Framework::FastApi,
            "flask" => Framework::Flask,
            other => panic!("{}:{}: unknown note `{other}`", document.name, block.line),
        };
        let compilation = compile(source, &Options::default());
        let files = targets::find(block.note).unwrap().generate(compilation.sound().unwrap(), source).unwrap();
        let [program] = &framework.installed()[..] else { panic!("{framework:?} must be installed: run ./test") };
        let own = [("main.py", &*block.text), ("settings.py", &*block.text), ("urls.py", URLS)];
        let files: Vec<(&str, &str)> = files.iter().map(|file| (file.name, &*file.text)).chain(own).collect();
        let site = Site::start(program, &files).unwrap_or_else(|error| panic!("{}:{}: {error}", document.name, block.line));
        program.check(site.server.dir()).unwrap();
        let (response, _) = site.ask(&Request::new("GET", "/items").header("Origin", "https://yourdomain.com")).unwrap();
        assert_eq!((response.status, response.header_values("access-control-allow-origin")), (200, vec!["https://yourdomain.com"]), "{response:#?}");
        seen += 1;
    }
    assert!(seen >= 6, "only {seen} applications were found");
}

/// Each block is a whole application, and is started.
#[test]
#[ignore = "live: needs Express; ./test runs it"]
fn every_application_for_express_in_the_documents_serves_with_its_policy() {
    let source = Source::new("cors.yaml", "version: 1\npolicies:\n  default:\n    paths: [/items]\n    allow_origins: [https://yourdomain.com]\n");
    let compilation = compile(&source, &Options::default());
    let files = targets::find("express").unwrap().generate(compilation.sound().unwrap(), &source).unwrap();
    let versions = Express::installed();
    assert_eq!(versions.len(), 2, "Express must be installed: run ./test; found {versions:?}");
    let mut seen = 0;
    for (document, block) in documents().iter().flat_map(|document| blocks(document, "js").map(move |block| (document, block))) {
        let main = if block.note == "module" { "main.mjs" } else { "main.cjs" };
        let here = block.text.replace("app.listen(3000)", "app.listen(process.env.PORT, process.env.HOST)");
        assert_ne!(here, block.text, "{}:{}", document.name, block.line);
        for version in &versions {
            let context = format!("{}:{}, {}", document.name, block.line, version.name());
            let text = version.spelled(&here);
            let site = Site::start(version, &[(files[0].name, &files[0].text), (main, &text)]).unwrap_or_else(|error| panic!("{context}: {error}"));
            version.check(site.server.dir()).unwrap_or_else(|error| panic!("{context}: {error}"));
            let (response, _) = site.ask(&Request::new("GET", "/items").header("Origin", "https://yourdomain.com")).unwrap();
            assert_eq!((response.status, response.header_values("access-control-allow-origin")), (200, vec!["https://yourdomain.com"]), "{context}");
        }
        seen += 1;
    }
    assert!(seen >= 3, "only {seen} blocks were found");
}

/// Each block is a whole application, and is started.
#[test]
#[ignore = "live: needs Spring and Java; ./test runs it"]
fn every_application_for_spring_in_the_documents_serves_with_its_policy() {
    let source = Source::new("cors.yaml", "version: 1\npolicies:\n  default:\n    paths: [/items]\n    allow_origins: [https://yourdomain.com]\n");
    let compilation = compile(&source, &Options::default());
    let files = targets::find("spring").unwrap().generate(compilation.sound().unwrap(), &source).unwrap();
    let spring = Spring::installed().pop().expect("Spring must be installed: run ./test");
    let mut seen = 0;
    for (document, block) in documents().iter().flat_map(|document| blocks(document, "java").map(move |block| (document, block))) {
        let files = [(files[0].name, &*files[0].text), ("Application.java", &*block.text)];
        let site = Site::start(&spring, &files).unwrap_or_else(|error| panic!("{}:{}: {error}", document.name, block.line));
        let (response, _) = site.ask(&Request::new("GET", "/items").header("Origin", "https://yourdomain.com")).unwrap();
        assert_eq!((response.status, response.header_values("access-control-allow-origin")), (200, vec!["https://yourdomain.com"]), "{response:#?}");
        seen += 1;
    }
    assert!(seen >= 1, "only {seen} blocks were found");
}
