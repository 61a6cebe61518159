//! Random policies with everything that a policy can say; and requests and fetches for them, most of them near to what they allow.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::file::Policy;
use crate::reading::Received;
use crate::script::{DROPPED, FREE};
use crate::words::{Change, Filling, change, filled, filling, origin, path, path_of};

/// Header names that a script has to ask for.
const ASKING: [&str; 8] = ["X-A", "x-b", "X-Request-Id", "Content-Type", "Authorization", "If-Match", "!#$%&'+-.^_`|~1", "*"];
/// Methods that a policy can name.
const METHODS: [&str; 10] = ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "patch", "FOO", "M-SEARCH", "Authorization"];

/// Up to four policies whose paths differ, all of which compile.
pub(crate) fn policies() -> impl Strategy<Value = Vec<Policy>> {
    vec(policy(), 1..5).prop_map(|mut policies| {
        let mut taken = Vec::new();
        for (at, policy) in policies.iter_mut().enumerate() {
            policy.name = format!("p{at}");
            policy.paths.retain(|path| {
                let new = !taken.contains(path);
                taken.push(path.clone());
                new
            });
        }
        policies.retain(|policy| !policy.paths.is_empty());
        policies
    })
}

fn policy() -> impl Strategy<Value = Policy> {
    let words = |names: &[&'static str], least: usize| vec(select(names.iter().copied().chain(["*"]).collect::<Vec<_>>()).prop_map(str::to_owned), least..4);
    let lists = (option::weighted(0.8, words(&METHODS, 1)), words(&ASKING, 0), words(&["X-A", "ETag", "x-a", "Content-Type"], 0));
    let rest = (any::<bool>(), option::of(0u32..100_000), any::<bool>(), 200u16..300);
    let paths = vec(prop_oneof![1 => Just("/**".to_owned()), 4 => path()], 1..4);
    (paths, option::weighted(0.85, vec(origin(), 1..12)), lists, rest).prop_map(|(paths, origins, (methods, headers, mut expose), rest)| {
        let (credentials, max_age, private_network, status) = rest;
        // Neither any origin nor any exposed header goes with credentials.
        let credentials = credentials && origins.is_some();
        expose.retain(|name| !credentials || name != "*");
        Policy { name: String::new(), paths, origins, methods, headers, expose, credentials, max_age, private_network, status }
    })
}

/// Words that a policy of the file leads to, or that have nothing to do with it.
#[derive(Debug, Clone)]
pub(crate) struct Near {
    policy: Index,
    path: Index,
    origin: Index,
    filling: Filling,
    strange: Option<(String, String)>,
    changes: (Change, Change),
}

impl Near {
    pub(crate) fn path(&self, policies: &[Policy]) -> Vec<u8> {
        let strange = self.strange.as_ref().map(|(path, _)| path);
        self.changes.0.of(&path_of(strange.unwrap_or_else(|| self.path.get::<String>(&self.policy.get(policies).paths))))
    }

    pub(crate) fn origin(&self, policies: &[Policy]) -> Vec<u8> {
        let entry = self.policy.get(policies).origins.as_deref().map(|origins| self.filling.of(self.origin.get::<String>(origins)));
        let strange = self.strange.as_ref().map(|(_, origin)| origin.clone());
        self.changes.1.of(&strange.or(entry).unwrap_or_else(|| "https://a.ex".to_owned()))
    }
}

pub(crate) fn near() -> impl Strategy<Value = Near> {
    let change = || prop_oneof![3 => Just(Change::Nothing), 1 => change()];
    let indices = (any::<Index>(), any::<Index>(), any::<Index>());
    (indices, filling(), option::weighted(0.2, (path(), filled())), (change(), change())).prop_map(|(indices, filling, strange, changes)| Near {
        policy: indices.0,
        path: indices.1,
        origin: indices.2,
        filling,
        strange,
        changes,
    })
}

/// A request of anybody, browser or not.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    near: Near,
    method: &'static str,
    origins: Vec<Option<Vec<u8>>>,
    asked: [Option<Vec<u8>>; 3],
}

impl Request {
    /// The request for one of these policies.
    pub(crate) fn to(&self, policies: &[Policy]) -> Received {
        let [request_method, request_headers, request_private_network] = self.asked.clone();
        let origins = self.origins.iter().map(|other| other.clone().unwrap_or_else(|| self.near.origin(policies)));
        Received {
            method: self.method.to_owned(),
            path: self.near.path(policies),
            origins: origins.collect(),
            request_method,
            request_headers,
            request_private_network,
        }
    }
}

pub(crate) fn request() -> impl Strategy<Value = Request> {
    let bytes = |text: &str| text.as_bytes().to_vec();
    let origins = prop_oneof![6 => Just(vec![None]), 1 => vec(prop_oneof![2 => Just(None), 1 => Just(Some(Vec::new())), 1 => noise().prop_map(Some)], 0..3)];
    let method = prop_oneof![8 => select(METHODS.to_vec()).prop_map(bytes), 1 => Just(Vec::new()), 1 => noise()];
    let name = select(ASKING.to_vec());
    let separator = select(vec![",", ", ", " ", "\t,", ",,"]);
    let names = (vec(name, 0..4), separator).prop_map(|(names, separator)| names.join(separator).into_bytes());
    let long = (1020usize..1030).prop_map(|len| vec![b'a'; len]);
    let headers = prop_oneof![6 => names, 1 => noise(), 1 => long];
    let network = select(vec!["true", "false", "TRUE", ""]).prop_map(bytes);
    let asked = (option::weighted(0.8, method), option::weighted(0.8, headers), option::of(network));
    let sent = prop_oneof![2 => Just("OPTIONS"), 1 => select(vec!["GET", "PUT", "options", ""])];
    (near(), sent, origins, asked).prop_map(|(near, method, origins, (one, two, three))| Request { near, method, origins, asked: [one, two, three] })
}

/// Any bytes, few or more than an origin has.
pub(crate) fn noise() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![vec(any::<u8>(), 0..20), vec(any::<u8>(), 300..400)]
}

/// What a script asks for, but for where.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    pub(crate) near: Near,
    pub(crate) method: String,
    pub(crate) headers: Vec<String>,
    pub(crate) credentials: bool,
}

pub(crate) fn script() -> impl Strategy<Value = Script> {
    let other = select(vec!["get", "Post", "delete", "HEAD", "foo", "TRACE", "connect", "*", "", "A B", "é"]);
    let method = prop_oneof![4 => select(METHODS.to_vec()), 1 => other];
    let names: Vec<&str> = ASKING.into_iter().chain(ASKING).chain(FREE).chain(DROPPED).collect();
    let name = prop_oneof![20 => select(names).prop_map(str::to_owned), 1 => "[a-z]{1,8}", 1 => select(vec!["", "a b", "x:"]).prop_map(str::to_owned)];
    let cased = (name, 0..3).prop_map(|(name, case)| match case {
        0 => name,
        1 => name.to_ascii_uppercase(),
        _ => name.to_ascii_lowercase(),
    });
    (near(), method, vec(cased, 0..4), any::<bool>()).prop_map(|(near, method, headers, credentials)| Script {
        near,
        method: method.to_owned(),
        headers,
        credentials,
    })
}
