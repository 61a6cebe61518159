//! A target that writes settings which can say a part of the language only: beside the probe policy it is given reduced ones, for every path. Those that
//! the settings can say, it must say by them; the rest it must refuse, or decide by itself.
//!
//! What is asked is suggested by each policy, and what must come back is the decision's answer; or, under settings, that answer with all that the target
//! declares to do in another way: nothing else will do. No difference may let anything more through, and for a script nothing may differ at all.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

use cors_gen::browser::{Fetch, Verdict};
use cors_gen::policy::{Origins, Policy};
use cors_gen::targets::{self, Target};
use cors_gen::{Options, Source, Storage, compile, evaluate};
use cors_testbed::http::{Request, Response};
use cors_testbed::judge::{QUERIES, Wanted, check_headers};
use cors_testbed::program::{Program, Site};
use cors_testbed::sweep::{Due, due};
use cors_testbed::upstream::OWN_CORS_HEADERS;
use cors_testbed::{browser, suggest};

/// A policy for every path, and the targets of this kind whose settings can say it.
struct Reduced {
    name: &'static str,
    text: &'static str,
    said_by: &'static [&'static str],
}

macro_rules! reduced {
    ($name:literal, $($target:literal),+) => {
        Reduced { name: $name, text: include_str!(concat!("reduced/", $name, ".yaml")), said_by: &[$($target),+] }
    };
}

const POLICIES: [Reduced; 10] = [
    reduced!("listed-origins", "django", "fastapi", "flask", "traefik-middleware", "tower-http"),
    reduced!("any-origin", "django", "fastapi", "flask", "tower-http"),
    reduced!("any-origin-of-the-internet", "django", "fastapi", "flask", "traefik-middleware", "tower-http"),
    reduced!("null-origin", "django", "fastapi", "flask", "traefik-middleware", "tower-http"),
    reduced!("odd-names", "django", "fastapi", "flask", "traefik-middleware", "tower-http"),
    reduced!("nothing-but-origins", "django", "flask", "traefik-middleware", "tower-http"),
    reduced!("any-method-and-header", "django", "traefik-middleware", "tower-http"),
    reduced!("any-header-but-authorization", "flask"),
    reduced!("any-header-with-credentials", "fastapi", "flask", "tower-http"),
    reduced!("no-cache", "fastapi", "flask", "traefik-middleware", "tower-http"),
];

/// A request, and how the decision sees it.
pub(crate) struct Exchange<'a> {
    pub(crate) request: &'a Request,
    pub(crate) policy: &'a Policy<'a>,
    /// Whether the origin is allowed.
    pub(crate) is_allowed: bool,
    /// Whether it is a preflight.
    pub(crate) is_preflight: bool,
}

/// A difference that the target declares, by its topic, and what it makes of the answer that is wanted.
pub(crate) type Difference = (&'static str, fn(&Exchange<'_>, &mut Wanted));

/// What is put through the reduced policies.
pub(crate) struct Subject {
    pub(crate) target: &'static str,
    pub(crate) programs: Vec<Box<dyn Program>>,
    pub(crate) differences: &'static [Difference],
    /// Whether the first of several `Origin` lines counts, under which topic.
    pub(crate) first_origin_counts: Option<&'static str>,
    /// Whether the file decides by itself what settings cannot say, and is not refused.
    pub(crate) decides_all_else: bool,
}

#[derive(Default)]
struct Row {
    equal: usize,
    differing: BTreeMap<&'static str, usize>,
    declared: usize,
    fetches: usize,
}

/// The results, as Markdown.
pub(crate) fn results(subject: &Subject) -> String {
    assert!(!subject.programs.is_empty(), "{} is not installed: run ./test", subject.target);
    let target = targets::find(subject.target).expect("a target");
    let declared = |topic: &str| target.limits.iter().any(|limit| limit.topic == topic && !limit.refused);
    let topics = subject.differences.iter().map(|(topic, _)| *topic).chain(subject.first_origin_counts);
    topics.for_each(|topic| assert!(declared(topic), "`{topic}` is no difference that {} declares", target.name));
    let mut met = BTreeMap::new();
    let mut columns = Vec::new();
    for program in &subject.programs {
        let rows: Vec<Option<Row>> = POLICIES.iter().map(|reduced| put_through(subject, target, &**program, reduced)).collect();
        rows.iter().flatten().flat_map(|row| &row.differing).for_each(|(topic, count)| *met.entry(*topic).or_insert(0) += count);
        columns.push((program.name(), rows));
    }
    let unmet: Vec<&str> =
        subject.differences.iter().map(|(topic, _)| *topic).chain(subject.first_origin_counts).filter(|topic| !met.contains_key(topic)).collect();
    assert!(unmet.is_empty(), "{}: no request shows {unmet:?}", target.name);
    table(&columns)
}

fn put_through(subject: &Subject, target: &Target, program: &dyn Program, reduced: &Reduced) -> Option<Row> {
    let source = Source::new("cors.yaml", reduced.text);
    let compilation = compile(&source, &Options::default());
    let set = compilation.sound().unwrap_or_else(|| panic!("{}: {:#?}", reduced.name, compilation.diagnostics));
    let generated = target.generate(set, &source);
    let has_settings = reduced.said_by.contains(&target.name);
    assert_eq!(generated.is_ok(), has_settings || subject.decides_all_else, "{} for {}: {generated:?}", reduced.name, target.name);
    let files = generated.ok()?;
    assert_eq!(files[0].text.contains("def decide("), !has_settings, "{} for {}", reduced.name, target.name);
    let files: Vec<(&str, &str)> = files.iter().map(|file| (file.name, file.text.as_str())).collect();
    let name = format!("{}, {}", program.name(), reduced.name);
    let site = Site::start(program, &files).unwrap_or_else(|error| panic!("{name}: {error}"));
    program.check(site.server.dir()).unwrap_or_else(|error| panic!("{name} refuses the files: {error}"));
    let storage = Storage::new(set);
    let policies = storage.policies();
    let decision = storage.set(&policies);
    let subject = has_settings.then_some(subject);
    let held = Held { subject, name: &name, site: &site, policy: &set.policies[0], decision: &decision };
    let mut row = Row::default();
    let mut plain = HashMap::new();
    for (index, request) in suggest::requests(set, &[]).into_iter().enumerate() {
        let query = QUERIES[index % QUERIES.len()];
        let target = if query.is_empty() || request.target.contains('?') { request.target.clone() } else { format!("{}?{query}", request.target) };
        let request = Request { target, ..request };
        let status = *plain
            .entry((request.method.clone(), request.target.clone()))
            .or_insert_with(|| ask(&site, &Request::new(&request.method, &request.target)).0.status);
        held.compare(status, &request, &mut row);
    }
    for fetch in &suggest::fetches(set, &[]) {
        let fetch = Fetch { origin: &fetch.origin, method: &fetch.method, path: &fetch.path, headers: &fetch.headers(), credentials: fetch.credentials };
        let decided = evaluate::fetch(&decision, &fetch).verdict;
        // Why it is refused may be said in another way.
        let is_allowed = browser::verdict(site.server.addr(), &fetch) == Verdict::Allow;
        assert_eq!(is_allowed, decided == Verdict::Allow, "{name}: {fetch:?}: {decided:?}");
        row.fetches += usize::from(is_allowed);
    }
    assert!(row.fetches >= 4, "{name}: {} fetches are allowed", row.fetches);
    Some(row)
}

fn ask(site: &Site, request: &Request) -> (Response, usize) {
    site.ask(request).unwrap_or_else(|error| panic!("{request:?}: {error}\n{}", site.server.error_log()))
}

/// A running program and the policy that it is held to.
struct Held<'a> {
    /// What is declared of settings, if there are any.
    subject: Option<&'a Subject>,
    name: &'a str,
    site: &'a Site,
    policy: &'a Policy<'a>,
    decision: &'a cors_decision::PolicySet<'a>,
}

impl Held<'_> {
    /// Asks one request. `plain` is the status that the application answers.
    fn compare(&self, plain: u16, request: &Request, row: &mut Row) {
        let (response, hits) = ask(self.site, request);
        let decided = self.due_to(request);
        assert!(decided.wanted.status.is_none() || hits == 0, "{}: a preflight reached the application: {request:#?}", self.name);
        if matches(&decided.wanted, plain, request, &response).is_ok() {
            row.equal += 1;
            return;
        }
        let (declared, topics) = self.declared(request);
        if let Err(fault) = matches(&declared.wanted, plain, request, &response) {
            panic!("{}: {fault}\n{request:#?}\n{response:#?}\nas decided: {:#?}\nas declared: {:#?}", self.name, decided.wanted, declared.wanted);
        }
        // Of several lines, none of which a browser sends, the first may count; and what a view says by itself is the view's.
        let granted = response.header_values("access-control-allow-origin");
        let lets_in = granted.iter().any(|value| *value != OWN_CORS_HEADERS[0].1);
        assert!(decided.is_allowed || declared.is_allowed || !lets_in, "{}: more is let through: {request:#?}\n{response:#?}", self.name);
        row.declared += 1;
        topics.into_iter().for_each(|topic| *row.differing.entry(topic).or_default() += 1);
    }

    fn due_to(&self, request: &Request) -> Due {
        due(self.decision, request).expect("the policy covers every path")
    }

    /// The decision's answer with all that the target declares to do in another way, and the topics that changed it.
    fn declared(&self, request: &Request) -> (Due, Vec<&'static str>) {
        let mut heard = request.clone();
        let mut topics = Vec::new();
        if let Some(topic) = self.subject.and_then(|subject| subject.first_origin_counts) {
            let mut origins = 0;
            heard.headers.retain(|(name, _)| {
                origins += usize::from(name == "Origin");
                name != "Origin" || origins == 1
            });
            topics.extend((origins > 1).then_some(topic));
        }
        let mut declared = self.due_to(&heard);
        let exchange = Exchange { request: &heard, policy: self.policy, is_allowed: declared.is_allowed, is_preflight: declared.wanted.status.is_some() };
        for (topic, change) in self.subject.map_or(&[][..], |subject| subject.differences) {
            let before = declared.wanted.clone();
            change(&exchange, &mut declared.wanted);
            if (before.status, &before.headers) != (declared.wanted.status, &declared.wanted.headers) {
                topics.push(*topic);
            }
        }
        (declared, topics)
    }
}

fn matches(wanted: &Wanted, plain: u16, request: &Request, response: &Response) -> Result<(), String> {
    let status = wanted.status.unwrap_or(plain);
    if response.status != status {
        return Err(format!("the status is {} and not {status}", response.status));
    }
    // What the application varies on is there wherever the application was asked.
    let varies = if request.target.contains("vary=1") && !response.header_values("x-upstream").is_empty() { Some("Accept-Encoding") } else { None };
    check_headers(wanted, varies, response)
}

impl Exchange<'_> {
    /// The value of a header of the request.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let value = self.request.headers.iter().find(|(header, _)| header.eq_ignore_ascii_case(name)).map(|(_, value)| value);
        value.map(|value| String::from_utf8_lossy(value).into_owned())
    }

    /// Whether the policy allows any origin.
    pub(crate) fn is_any(&self) -> bool {
        matches!(self.policy.origins, Origins::Any(_))
    }
}

/// Puts a header into the place of what there is of it.
pub(crate) fn set(wanted: &mut Wanted, name: &'static str, value: impl Into<String>) {
    remove(wanted, name);
    wanted.headers.push((name, value.into()));
}

pub(crate) fn remove(wanted: &mut Wanted, name: &str) {
    wanted.headers.retain(|(header, _)| *header != name);
}

/// The rows by program, as Markdown.
fn table(columns: &[(String, Vec<Option<Row>>)]) -> String {
    let mut text = String::from("| policy |");
    columns.iter().for_each(|(name, _)| {
        let _ = write!(text, " {name} |");
    });
    let _ = write!(text, "\n|---|{}\n", "---|".repeat(columns.len()));
    for (index, reduced) in POLICIES.iter().enumerate() {
        let _ = write!(text, "| {} |", reduced.name.replace('-', " "));
        columns.iter().for_each(|(_, rows)| {
            let _ = write!(text, " {} |", rows[index].as_ref().map_or("refused".to_owned(), outcome));
        });
        text.push('\n');
    }
    text
}

fn outcome(row: &Row) -> String {
    let all = row.equal + row.declared;
    if row.declared == 0 {
        return format!("all {all} as decided");
    }
    let topics: Vec<String> = row.differing.iter().map(|(topic, count)| format!("{count} {topic}")).collect();
    format!("{} of {all} as decided; differing: {}", row.equal, topics.join(", "))
}
