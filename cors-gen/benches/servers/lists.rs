//! A number of origins comes in; a policy that lists them, and what may be asked of it, with the answers, go out.
//!
//! Origins are as customers' own domains are: they have nothing in common but their length, so that the lists differ in nothing but theirs.

use std::fmt::Write;

use cors_testbed::http::Request;

/// The origins that a policy lists, and others of the same kind.
#[derive(Clone, Copy)]
pub(crate) struct List {
    /// What they are, for the title of a table.
    pub(crate) title: &'static str,
    host: fn(&str) -> String,
}

pub(crate) const LISTS: [List; 2] = [
    List { title: "origins of 25 bytes", host: |name| format!("app.{name}.com") },
    List { title: "origins of 80 bytes", host: |name| format!("{name}.customers-of-the-northern-regions.tenants.platform.example.com") },
];

impl List {
    pub(crate) fn origin(&self, index: usize) -> String {
        format!("https://{}", (self.host)(&name(index)))
    }

    pub(crate) fn policy(&self, size: usize) -> String {
        let mut policy = String::from(
            "version: 1\npolicies:\n  api:\n    paths: [/api/**]\n    allow_credentials: true\n    allow_methods: [GET, HEAD, POST, PUT, DELETE]\n    \
             allow_headers: [Content-Type, Authorization]\n    expose_headers: [X-Request-Id]\n    max_age: 10m\n    allow_origins:\n",
        );
        (0..size).for_each(|index| writeln!(policy, "      - {}", self.origin(index)).unwrap());
        policy
    }
}

/// Nine letters that no other index has.
fn name(index: usize) -> String {
    // An odd factor takes each number below a power of two to another one.
    let number = index.wrapping_mul(0x9E_3779_B97F) % (1 << 40);
    (0..9).map(|place| char::from(b"abcdefghijklmnopqrstuvwxyz"[number / 26_usize.pow(place) % 26])).collect()
}

/// What is asked, again and again.
pub(crate) struct Question {
    pub(crate) name: &'static str,
    is_preflight: bool,
    /// Of a list of so many origins, the origin that asks when so many have asked before; those behind the end of the list are refused.
    asking: fn(usize, usize) -> usize,
}

pub(crate) const QUESTIONS: [Question; 5] = [
    Question { name: "allowed, the last of the list", is_preflight: false, asking: |size, _| size - 1 },
    Question { name: "allowed, each in turn", is_preflight: false, asking: in_turn },
    Question { name: "refused", is_preflight: false, asking: behind_the_end },
    Question { name: "preflight, allowed", is_preflight: true, asking: in_turn },
    Question { name: "preflight, refused", is_preflight: true, asking: behind_the_end },
];

/// In steps, so that neighbours of the list are not asked for one after the other.
fn in_turn(size: usize, before: usize) -> usize {
    before * 7_919 % size
}

fn behind_the_end(size: usize, before: usize) -> usize {
    size + before
}

/// One request, and what must be in its answer.
pub(crate) struct Ask {
    pub(crate) request: Request,
    pub(crate) status: u16,
    pub(crate) allowed: Option<String>,
}

impl Question {
    pub(crate) fn ask(&self, list: List, size: usize, before: usize) -> Ask {
        let index = (self.asking)(size, before);
        let origin = list.origin(index);
        let is_allowed = index < size;
        let method = if self.is_preflight { "OPTIONS" } else { "GET" };
        let mut request = Request::new(method, "/api/items").header("Connection", "keep-alive").header("Origin", &origin);
        if self.is_preflight {
            request = request.header("Access-Control-Request-Method", "PUT").header("Access-Control-Request-Headers", "content-type");
        }
        let status = match (self.is_preflight, is_allowed) {
            (false, _) => 200,
            (true, true) => 204,
            (true, false) => 403,
        };
        Ask { request, status, allowed: is_allowed.then_some(origin) }
    }
}
