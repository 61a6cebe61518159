//! A target and the programs that it is for come in. Each is put through the request table, and a browser's fetches end on it as the decision says.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::io;

use cors_gen::browser::{Fetch, Verdict};
use cors_gen::targets::{self, Target};
use cors_gen::{Options, Source, Storage, compile, evaluate};
use cors_testbed::browser;
use cors_testbed::http::{Request, Response};
use cors_testbed::http2;
use cors_testbed::judge::{self, CORS_HEADERS, check, widens};
use cors_testbed::program::{Program, Site};
use cors_testbed::requests::{self, Case, ROWS};

use crate::part;

/// What is put through the table.
pub(crate) struct Subject {
    target: &'static Target,
    programs: Vec<Box<dyn Program>>,
    differs: fn(&Case, &Response) -> Option<&'static str>,
    methods: Vec<&'static str>,
    without: &'static [&'static str],
    rewritten: fn(&str) -> Option<&'static str>,
    rewriting: &'static str,
}

impl Subject {
    /// A target and its programs, of which there are at least so many.
    pub(crate) fn new(target: &str, programs: Vec<Box<dyn Program>>, least: usize) -> Self {
        let names: Vec<String> = programs.iter().map(|program| program.name()).collect();
        assert!(programs.len() >= least, "{target} needs {least} programs, and there are {names:?}: run ./test");
        let target = targets::find(target).expect("a target");
        Self {
            target,
            programs,
            differs: |_, _| None,
            methods: vec!["GET", "HEAD", "POST", "PUT", "put", "PATCH", "PURGE", "OPTIONS"],
            without: &[],
            rewritten: |_| None,
            rewriting: "",
        }
    }

    /// Without these policies of the table, which the target refuses.
    pub(crate) fn without(self, policies: &'static [&'static str]) -> Self {
        Self { without: policies, ..self }
    }

    /// The table, as far as the target says its policies.
    fn cases(&self) -> impl Iterator<Item = Case> {
        requests::table().into_iter().filter(|case| !part::policy(case).is_some_and(|policy| self.without.contains(&policy)))
    }

    /// The program reads a path in another way before anything else, and passes it on so: the policy is that of the path which the service gets. The topic is
    /// the limit that says so.
    pub(crate) fn rewriting(self, rewritten: fn(&str) -> Option<&'static str>, topic: &'static str) -> Self {
        Self { rewritten, rewriting: topic, ..self }
    }

    /// Where a response differs from the table: which of the target's limits says so.
    pub(crate) fn differing(self, differs: fn(&Case, &Response) -> Option<&'static str>) -> Self {
        Self { differs, ..self }
    }
}

/// How the requests of a row were answered: so many as the decision says, and so many as a limit says.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Row {
    equal: usize,
    differing: BTreeMap<&'static str, usize>,
}

pub(crate) fn conform(subject: &Subject) {
    record(subject.target.name, &results(subject));
}

/// The results, as Markdown.
pub(crate) fn results(subject: &Subject) -> String {
    let generate = |text: &str| {
        let source = Source::new("probe.yaml", text);
        let compilation = compile(&source, &Options::default());
        subject.target.generate(compilation.sound().expect("the probe policy is sound"), &source)
    };
    let refused = generate(requests::POLICY).err().unwrap_or_default();
    assert_eq!(!refused.is_empty(), !subject.without.is_empty(), "{refused:#?}");
    let source = Source::new("probe.yaml", part::without(requests::POLICY, subject.without));
    let compilation = compile(&source, &Options::default());
    let set = compilation.sound().expect("the probe policy is sound");
    let files = subject.target.generate(set, &source).unwrap_or_else(|refusals| panic!("{refusals:#?}"));
    let files: Vec<(&str, &str)> = files.iter().map(|file| (file.name, file.text.as_str())).collect();
    let storage = Storage::new(set);
    let policies = storage.policies();
    let decision = storage.set(&policies);
    let mut columns = Vec::new();
    for program in &subject.programs {
        let name = program.name();
        let site = Site::start(&**program, &files).unwrap_or_else(|error| panic!("{name}: {error}"));
        program.check(site.server.dir()).unwrap_or_else(|error| panic!("{name} refuses the files: {error}"));
        let rows = put_through(subject, &name, &site, |request| Some(site.ask(request)));
        if program.speaks_http2() {
            put_through_http2(subject, &format!("{name} by HTTP/2"), &site);
        }
        columns.push((if program.speaks_http2() { format!("{name}, by HTTP/2 too") } else { name.clone() }, rows));
        verdicts(subject, &name, &site, &decision);
    }
    table(&columns)
}

/// The requests that HTTP/2 can carry, which are nearly all.
fn put_through_http2(subject: &Subject, name: &str, site: &Site) {
    let client = http2::Client::new(site.server.addr()).unwrap_or_else(|error| panic!("{name}: {error}\n{}", site.server.error_log()));
    let rows = put_through(subject, name, site, |request| http2::can_carry(request).then(|| site.ask_by(|| client.send(request))));
    let asked: usize = rows.iter().map(|row| row.equal + row.differing.values().sum::<usize>()).sum();
    let all = subject.cases().count() * judge::QUERIES.len();
    assert!(asked * 10 > all * 9, "{name}: {asked} of {all} requests are no table");
}

/// Every case of the table with every query, as far as it can be asked.
fn put_through(subject: &Subject, name: &str, site: &Site, ask: impl Fn(&Request) -> Option<io::Result<(Response, usize)>>) -> Vec<Row> {
    let mut rows = vec![Row::default(); ROWS.len()];
    for case in subject.cases() {
        let row = ROWS.iter().position(|(row, _)| *row == case.row).expect("a row");
        for query in judge::QUERIES {
            let request = judge::request(&case, query);
            let Some(answer) = ask(&request) else { continue };
            let (response, hits) = answer.unwrap_or_else(|error| panic!("{name}: {case:?}: {error}\n{}", site.server.error_log()));
            let Err(fault) = check(&case, query, &response, hits) else {
                rows[row].equal += 1;
                continue;
            };
            if let Some(path) = (subject.rewritten)(&case.target) {
                let passed_on = Case { target: path.to_owned(), ..case.clone() };
                let (other, _) = site.ask(&judge::request(&passed_on, query)).expect("a response");
                assert_eq!(seen(&response), seen(&other), "{name}: {case:?}");
                *rows[row].differing.entry(subject.rewriting).or_default() += 1;
                continue;
            }
            let context = || format!("{name}, query {query:?}: {fault}\n{case:#?}\n{response:#?}");
            assert!(!widens(&case, &response), "more is let through: {}", context());
            let topic = (subject.differs)(&case, &response).unwrap_or_else(|| panic!("{}", context()));
            let limit = subject.target.limits.iter().find(|limit| limit.topic == topic && !limit.refused);
            assert!(limit.is_some(), "`{topic}` is no difference that {} declares: {}", subject.target.name, context());
            *rows[row].differing.entry(topic).or_default() += 1;
        }
    }
    rows
}

/// What of a response is the policy's.
fn seen(response: &Response) -> (u16, Vec<Vec<&str>>) {
    (response.status, CORS_HEADERS.into_iter().chain(["vary"]).map(|name| response.header_values(name)).collect())
}

/// For a script nothing may differ: each fetch, preflight and all, ends as the decision says.
fn verdicts(subject: &Subject, name: &str, site: &Site, decision: &cors_decision::PolicySet<'_>) {
    let origins = ["https://app.example.org", "https://a.example.com", "http://localhost:3000", "null", "https://evilexample.com"];
    let headers: [&[&str]; 6] = [&[], &["content-type"], &["x-request-id", "authorization"], &["x-other"], &["authorization"], &["accept"]];
    let (mut allowed, mut denied) = (0, 0);
    for path in ["/api/items", "/api/internal/x", "/public/x", "/echo", "/echo-all", "/opaque", "/none", "/api//x"] {
        for (origin, method) in origins.iter().flat_map(|origin| subject.methods.iter().map(move |method| (origin, method))) {
            for (headers, credentials) in headers.iter().flat_map(|headers| [(headers, false), (headers, true)]) {
                let fetch = Fetch { origin, method, path, headers, credentials };
                let passed_on = Fetch { path: (subject.rewritten)(path).unwrap_or(path), ..fetch };
                let decided = evaluate::fetch(decision, &passed_on).verdict;
                assert_eq!(decided, browser::verdict(site.server.addr(), &fetch), "{name}: {fetch:?}");
                *(if decided == Verdict::Allow { &mut allowed } else { &mut denied }) += 1;
            }
        }
    }
    assert!(allowed > 400 && denied > 400, "{allowed} allowed and {denied} denied: the table is lopsided");
}

/// The rows by program, as Markdown.
fn table(columns: &[(String, Vec<Row>)]) -> String {
    let mut text = String::from("| requests |");
    columns.iter().for_each(|(name, _)| {
        let _ = write!(text, " {name} |");
    });
    let _ = write!(text, "\n|---|{}\n", "---|".repeat(columns.len()));
    for (index, (row, _)) in ROWS.iter().enumerate() {
        let _ = write!(text, "| {row} |");
        columns.iter().for_each(|(_, rows)| {
            let _ = write!(text, " {} |", outcome(&rows[index]));
        });
        text.push('\n');
    }
    text
}

fn outcome(row: &Row) -> String {
    let differing: usize = row.differing.values().sum();
    let all = row.equal + differing;
    if all == 0 {
        return "refused".to_owned();
    }
    if differing == 0 {
        return format!("all {all} as decided");
    }
    let topics: Vec<String> = row.differing.iter().map(|(topic, count)| format!("{count} {topic}")).collect();
    format!("{} of {all} as decided; differing: {}", row.equal, topics.join(", "))
}

/// Holds the table against the one that stands beside the target.
pub(crate) fn record(target: &str, table: &str) {
    let path = format!("{}/src/targets/{target}.results.md", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, table).expect("the results can be written");
    }
    let before = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(table, before, "if this is what it should be: UPDATE=1 ./test, or this test alone");
}
