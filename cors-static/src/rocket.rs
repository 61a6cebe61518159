//! A fairing for Rocket 0.5: preflights of a policy are answered, all other responses get the policy's headers.
//!
//! ```
//! use cors_static::rocket::Cors;
//! # use cors_static::swap::{Options, Shared, Source};
//! # let yaml = "version: 1\npolicies:\n  api:\n    allow_origins: [https://app.example.com]\n";
//! # let policies = Shared::compile(Source::new("cors.yaml", yaml), &Options::default()).unwrap();
//!
//! // A program whose policies are fixed says `Cors::new(cors!("cors.yaml"))`.
//! let rocket = rocket::build().attach(Cors::watching(&policies));
//! ```
//!
//! A fairing of Rocket cannot answer a request. So this one mounts a route of its own for `OPTIONS` on every path, before all others, which
//! answers preflights and forwards the rest to the application's routes; it needs nothing mounted by hand.
//!
//! Catchers' responses carry the headers too, those of a 404 and of a panic among them. What Rocket refuses before it looks for a
//! route, an unknown method for one, passes no fairing. Rocket drops a header that is no UTF-8 before anyone sees it.

use std::boxed::Box;
use std::string::String;
use std::vec::Vec;

use cors_decision::{OriginHeader, Request as Asked};
use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::{Method, Status};
use rocket::route::{Handler, Outcome, Route};
use rocket::{Build, Data, Request, Response, Rocket};

use crate::copied::Copied;
use crate::lines;
use crate::policies::{CORS_HEADERS, Policies, builders};
use crate::vary;

/// The fairing. A clone shares the policies. Of several that are attached, the last counts.
#[derive(Clone)]
pub struct Cors {
    policies: Policies,
}

builders!(Cors { policies: Policies });

impl Cors {
    fn decide(&self, request: &Request<'_>) -> Decided {
        let headers = request.headers();
        let value = |name| headers.get_one(name).map(str::as_bytes);
        let mut lines = headers.get("Origin");
        let origin = match (lines.next(), lines.next()) {
            (None, _) => OriginHeader::Absent,
            (Some(origin), None) => OriginHeader::One(origin.as_bytes()),
            (Some(_), Some(_)) => OriginHeader::Several,
        };
        let asked_headers = lines::joined(headers.get("Access-Control-Request-Headers").map(str::as_bytes));
        let asked = Asked {
            request_method: value("Access-Control-Request-Method"),
            request_headers: asked_headers.as_deref(),
            request_private_network: value("Access-Control-Request-Private-Network"),
            ..Asked::new(request.method().as_str().as_bytes(), request.uri().path().as_str().as_bytes(), origin)
        };
        Decided(self.policies.decide(&asked, |answer| Copied::new(answer, |bytes| String::from_utf8(bytes.into()).ok())))
    }
}

/// What was decided of a request, kept with it: its route and its response ask again.
struct Decided(Option<Copied<String>>);

#[rocket::async_trait]
impl Fairing for Cors {
    fn info(&self) -> Info {
        Info { name: "CORS", kind: Kind::Ignite | Kind::Request | Kind::Response | Kind::Singleton }
    }

    async fn on_ignite(&self, rocket: Rocket<Build>) -> rocket::fairing::Result {
        Ok(rocket.mount("/", [Route::ranked(isize::MIN, Method::Options, "/<path..>", AnswerPreflight)]))
    }

    async fn on_request(&self, request: &mut Request<'_>, _: &mut Data<'_>) {
        request.local_cache(|| self.decide(request));
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        if let Decided(Some(copied)) = request.local_cache(|| self.decide(request)) {
            apply(copied, response);
        }
    }
}

#[derive(Clone)]
struct AnswerPreflight;

#[rocket::async_trait]
impl Handler for AnswerPreflight {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r> {
        match request.local_cache(|| Decided(None)) {
            Decided(Some(Copied { preflight: Some(status), .. })) => Outcome::Success(Response::build().status(Status::new(*status)).finalize()),
            _ => Outcome::forward(data, Status::NotFound),
        }
    }
}

fn apply<'r>(copied: &'r Copied<String>, response: &mut Response<'r>) {
    for name in CORS_HEADERS {
        response.remove_header(name);
    }
    for (name, value) in &copied.headers {
        if name.eq_ignore_ascii_case("vary") {
            let missing = vary::missing(|| response.headers().get("vary").map(str::as_bytes), value).collect::<Vec<_>>().join(", ");
            if !missing.is_empty() {
                response.adjoin_raw_header("Vary", missing);
            }
        } else {
            response.set_raw_header(*name, value.as_str());
        }
    }
}
