//! Files that somebody wrote to do harm, each kind at growing sizes.

use std::fmt::Write;

/// A kind of hostile file: its name, the size that it is first looked at with, and its text.
pub(crate) type Family = (&'static str, usize, fn(usize) -> String);

pub(crate) const FAMILIES: &[Family] = &[
    ("lists in lists", 1_000, |size| format!("version: {}{}", "[".repeat(size), "]".repeat(size))),
    ("mappings in mappings", 1_000, |size| format!("version: {}1{}", "{a: ".repeat(size), "}".repeat(size))),
    ("lists in lists, without brackets", 1_000, |size| format!("version: {}1", "- ".repeat(size))),
    ("mappings in mappings, by indentation", 200, |size| (0..size).fold(String::new(), |text, depth| text + &" ".repeat(depth) + "a:\n")),
    ("brackets that nobody closes", 1_000, |size| format!("version: {}", "[{".repeat(size))),
    ("aliases of aliases", 8, |size| {
        (1..size).fold("x-0: &a0 [1, 2]\n".to_owned(), |text, at| format!("{text}x-{at}: &a{at} [*a{0}, *a{0}, *a{0}]\n", at - 1))
    }),
    ("aliases of a long text", 200, |size| format!("x-a: &a \"{}\\n\"\n{}", "x".repeat(size * 50), policy(size, |_| "allow_headers: [*a, *a, *a]".to_owned()))),
    ("anchors around anchors", 200, |size| format!("x-a: {}{}{}", "&a [".repeat(50), "b, ".repeat(size), "]".repeat(50))),
    ("aliases of nothing", 500, |size| origins(size, |at| format!("*a{at}"))),
    ("aliases of nothing beside anchors", 500, |size| {
        format!("x-a: [{}]\n{}", (0..size).map(|at| format!("&b{at} b, ")).collect::<String>(), origins(size, |at| format!("*a{at}")))
    }),
    ("asterisks without quotes", 500, |size| origins(size, |_| "*".to_owned())),
    ("keys that stand twice", 500, |size| "version: 1\n".repeat(size)),
    ("keys that nobody knows", 500, |size| numbered(size, |at| format!("kee{at}: 1"))),
    ("a long key", 10_000, |size| format!("{}: 1", "k".repeat(size))),
    ("a long key in quotes", 10_000, |size| format!("? \"{}\"\n: 1", "policies ".repeat(size))),
    ("nothing but tabs", 1_000, |size| "\t".repeat(size)),
    ("nothing but line ends", 1_000, |size| "\n".repeat(size)),
    ("a long comment", 10_000, |size| format!("#{}", "-".repeat(size))),
    ("documents", 500, |size| "---\nversion: 1\n".repeat(size)),
    ("tags", 500, |size| origins(size, |_| "!!str https://a.example".to_owned())),
    ("a long origin", 5_000, |size| origins(1, |_| format!("https://{}", "a.".repeat(size)))),
    ("a long origin in Unicode", 5_000, |size| origins(1, |_| format!("https://{}", "ü".repeat(size)))),
    ("a long origin of many schemes", 5_000, |size| origins(1, |_| "https://".repeat(size))),
    ("a long number in a host", 5_000, |size| origins(1, |_| format!("https://{}", "9".repeat(size)))),
    ("a long port", 5_000, |size| origins(1, |_| format!("https://a.example:{}", "9".repeat(size)))),
    ("a long path", 2_000, |size| policy(1, |_| format!("paths: [{}]", "/a".repeat(size)))),
    ("a path of asterisks", 2_000, |size| policy(1, |_| format!("paths: [\"{}\"]", "/*".repeat(size)))),
    ("a path of mixed segments", 200, |size| policy(1, |_| format!("paths: [\"{}\"]", "/a*".repeat(size)))),
    ("a long duration", 5_000, |size| policy(1, |_| format!("max_age: {}s", "9".repeat(size)))),
    ("a long number", 5_000, |size| policy(1, |_| format!("preflight_status: {}", "9".repeat(size)))),
    ("a long float", 5_000, |size| policy(1, |_| format!("max_age: 1.{}e5", "9".repeat(size)))),
    ("a long name", 5_000, |size| format!("version: 1\npolicies:\n  {}: {{ allow_origins: \"*\" }}\n", "a-".repeat(size))),
    ("origins with an error each", 500, |size| origins(size, |at| format!("HTTPS://a{at}.example/"))),
    ("origins with an error each, in one line", 200, |size| {
        format!("version: 1\npolicies: {{ a: {{ allow_origins: [{}] }} }}", (0..size).map(|at| format!("HTTPS://a{at}.example/, ")).collect::<String>())
    }),
    ("origins with a warning each, in one line", 200, |size| {
        format!("version: 1\npolicies: {{ a: {{ allow_origins: [{}] }} }}", (0..size).map(|at| format!("http://a{at}.example, ")).collect::<String>())
    }),
    ("exact origins", 500, |size| origins(size, |at| format!("https://a{at}.example"))),
    ("one origin again and again", 500, |size| origins(size, |_| "https://a.example".to_owned())),
    ("wildcards", 500, |size| origins(size, |at| format!("https://*.a{at}.example"))),
    ("wildcards in one domain", 500, |size| origins(size, |at| format!("https://a{at}-*.a.example"))),
    ("wildcards of every shape", 300, |size| origins(size, |at| format!("https://{}*{}.a.example", "a".repeat(at % 29), "b".repeat(at % 31)))),
    ("wildcards above one another", 100, |size| origins(size, |at| format!("https://*.{}example", "a.".repeat(at % 120)))),
    ("regexes", 40, |size| origins(size, |at| format!("regex: https://a{at}[0-9]{{1,3}}\\.example\\.com"))),
    ("large regexes", 10, |size| origins(size, |at| format!("regex: https://(a|b|c){{1,20}}x{at}(a|b){{1,20}}\\.example\\.com"))),
    ("a long regex", 2_000, |size| origins(1, |_| format!("regex: https://{}", "a".repeat(size)))),
    ("a regex in itself", 2_000, |size| origins(1, |_| format!("regex: https://{}{}", "(".repeat(size), ")".repeat(size)))),
    ("a regex of choices", 500, |size| {
        origins(1, |_| format!("regex: https://({})\\.example\\.com", numbered(size, |at| format!("a{at}")).trim_end().replace('\n', "|")))
    }),
    ("a regex repeated beyond measure", 10, |size| origins(size, |_| "regex: https://((a{1000}){1000}){1000}".to_owned())),
    ("look-alikes", 500, |size| origins(size, |at| format!("https://exarnple{}.com", at.to_string().replace('1', "l")))),
    ("names in punycode", 500, |size| origins(size, |at| format!("https://xn--exmple-4nf{at}.com"))),
    ("policies", 200, |size| policies(size, |at| format!("paths: [/a{at}/**], allow_origins: [https://a{at}.example]"))),
    ("policies with a header of their own", 200, |size| {
        policies(size, |at| format!("paths: [/a{at}], allow_origins: [https://a.example], allow_headers: [x-{at}], max_age: {at}"))
    }),
    ("policies with one path", 200, |size| policies(size, |_| "allow_origins: [https://a.example]".to_owned())),
    ("policies inside one another", 60, |size| policies(size, |at| format!("paths: [\"{}/**\"], allow_origins: [https://a{at}.example]", "/a".repeat(at)))),
    ("paths", 200, |size| policy(1, |_| format!("paths: [{}]", (0..size).map(|at| format!("/a{at}, ")).collect::<String>()))),
    ("paths with asterisks at every place", 200, |size| {
        policy(1, |_| format!("paths: [{}]", (0..size).map(|at| format!("{}, ", bits(at))).collect::<String>()))
    }),
    ("policies with asterisks at every place", 200, |size| policies(size, |at| format!("paths: [{}], allow_origins: [https://a{at}.example]", bits(at)))),
    ("methods", 1_000, |size| policy(1, |_| format!("allow_methods: [{}]", (0..size).map(|at| format!("M{at}, ")).collect::<String>()))),
    ("headers", 1_000, |size| policy(1, |_| format!("allow_headers: [{}]", (0..size).map(|at| format!("x-{at}, ")).collect::<String>()))),
    ("exposed headers", 1_000, |size| policy(1, |_| format!("expose_headers: [{}]", (0..size).map(|at| format!("x-{at}, ")).collect::<String>()))),
    ("sets", 200, |size| sets(size, |at| format!("set: s{at}"))),
    ("sets that are not there", 200, |size| sets(size, |at| format!("set: s{at}-not"))),
    ("sets far from their names", 200, |size| sets(size, |at| format!("set: nothing-of-this-kind-{at}"))),
    ("one set in many policies", 100, |size| {
        let members: String = (0..50).map(|at| format!("https://a{at}.example, ")).collect();
        format!("origin_sets: {{ s: [{members}] }}\n{}", policies(size, |at| format!("paths: [/a{at}], allow_origins: [set: s]")))
    }),
    ("profiles that nobody uses", 30, |size| format!("profiles: [{}]\n{}", profiles(size), origins(1, |_| "https://a.example".to_owned()))),
    ("profiles that are not there", 200, |size| {
        format!("profiles: [{}]\n{}", profiles(30), origins(size, |at| format!("{{ origin: https://a.example, profiles: [q{at}] }}")))
    }),
    ("one profile again and again", 500, |size| {
        format!("profiles: [p]\n{}", origins(1, |_| format!("{{ origin: https://a.example, profiles: [{}] }}", "p, ".repeat(size))))
    }),
    ("tests", 200, |size| tests(size, |at| format!("path: /a{at}, deny: [https://b.example]"))),
    ("tests that fail", 200, |size| tests(size, |at| format!("path: /a{at}, allow: [https://b.example]"))),
    ("tests of paths that nobody has", 100, |size| {
        let paths: String = (0..size).map(|at| format!("/a{at}, ")).collect();
        let tests = numbered(size, |at| format!("  - {{ name: t{at}, path: /b{at}, deny: [https://b.example] }}"));
        format!("{}tests:\n{tests}", policy(1, |_| format!("paths: [{paths}]")))
    }),
    ("a test of many origins", 500, |size| tests(1, |_| format!("deny: [{}]", (0..size).map(|at| format!("https://b{at}.example, ")).collect::<String>()))),
    ("a test of many headers", 300, |size| {
        let names: String = (0..size).map(|at| format!("x-{at}, ")).collect();
        tests(1, |_| format!("request: {{ origin: https://a.example, headers: [{names}] }}, expect: deny"))
    }),
    ("lint levels", 200, |size| {
        policies(size, |at| format!("paths: [/a{at}], allow_origins: [http://a{at}.example], lints: {{ insecure-origin: allow, http-twin: deny }}"))
    }),
    ("lints that nobody knows", 200, |size| {
        format!("lints:\n{}{}", numbered(size, |at| format!("  insecure-origin-{at}: allow")), origins(1, |_| "https://a.example".to_owned()))
    }),
];

fn numbered(size: usize, line: impl Fn(usize) -> String) -> String {
    (0..size).fold(String::new(), |mut text, at| {
        writeln!(text, "{}", line(at)).unwrap();
        text
    })
}

fn origins(size: usize, entry: impl Fn(usize) -> String) -> String {
    format!("version: 1\npolicies:\n  a:\n    allow_origins:\n{}", numbered(size, |at| format!("      - {}", entry(at))))
}

/// So many policies, each with an origin and these fields in a line of its own.
fn policy(size: usize, fields: impl Fn(usize) -> String) -> String {
    format!("version: 1\npolicies:\n{}", numbered(size, |at| format!("  a{at}:\n    allow_origins: [https://a.example]\n    {}", fields(at))))
}

fn policies(size: usize, fields: impl Fn(usize) -> String) -> String {
    format!("version: 1\npolicies:\n{}", numbered(size, |at| format!("  a{at}: {{ {} }}", fields(at))))
}

fn sets(size: usize, reference: impl Fn(usize) -> String) -> String {
    format!("origin_sets:\n{}{}", numbered(size, |at| format!("  s{at}: [https://a{at}.example]")), origins(size, reference))
}

fn profiles(size: usize) -> String {
    (0..size).map(|at| format!("p{at}, ")).collect()
}

fn tests(size: usize, fields: impl Fn(usize) -> String) -> String {
    let policy = origins(1, |_| "https://a.example".to_owned());
    format!("{policy}tests:\n{}", numbered(size, |at| format!("  - {{ name: t{at}, {} }}", fields(at))))
}

/// A path with a literal or an asterisk at each of twelve places, as the bits of a number say.
fn bits(number: usize) -> String {
    (0..12).map(|bit| if number >> bit & 1 == 1 { "/*" } else { "/a" }).collect()
}
