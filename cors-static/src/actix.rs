//! A middleware for actix-web 4: requests go on unless they are preflights of a policy, responses come back with the policy's headers.
//!
//! ```
//! use actix_web::{App, HttpServer, web};
//! use cors_static::actix::Cors;
//! # use cors_static::swap::{Options, Shared, Source};
//! # let yaml = "version: 1\npolicies:\n  api:\n    allow_origins: [https://app.example.com]\n";
//! # let policies = Shared::compile(Source::new("cors.yaml", yaml), &Options::default()).unwrap();
//!
//! // A program whose policies are fixed says `Cors::new(cors!("cors.yaml"))`.
//! let cors = Cors::watching(&policies);
//! let server = HttpServer::new(move || App::new().wrap(cors.clone()).route("/api/items", web::get().to(|| async { "[]" })));
//! ```
//!
//! # Where it stands
//! The `wrap` that comes last is the outermost: let this be the last one on the `App`, so that the answers of all others carry its headers.
//! An error that another middleware returns stays an error, in a wrapper that says the same and puts the headers into each response that outer
//! middleware has made of it. A panic closes the connection before any middleware sees it, and there is no response.

use core::fmt;
use core::future::{Future, Ready, ready};
use core::pin::Pin;
use core::task::{Context, Poll};
use std::vec::Vec;

use actix_web::body::EitherBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode, header};
use actix_web::{Error, HttpResponse, ResponseError};
use cors_decision::{OriginHeader, Request};
use pin_project_lite::pin_project;

use crate::copied::Copied;
use crate::lines;
use crate::policies::{CORS_HEADERS, Policies, builders};
use crate::vary;

/// The middleware. A clone shares the policies.
#[derive(Clone)]
pub struct Cors {
    policies: Policies,
}

builders!(Cors { policies: Policies });

impl Cors {
    fn decide(&self, request: &ServiceRequest) -> Option<Copied<HeaderValue>> {
        let headers = request.headers();
        let value = |name| headers.get(name).map(HeaderValue::as_bytes);
        let mut lines = headers.get_all(header::ORIGIN);
        let origin = match (lines.next(), lines.next()) {
            (None, _) => OriginHeader::Absent,
            (Some(origin), None) => OriginHeader::One(origin.as_bytes()),
            (Some(_), Some(_)) => OriginHeader::Several,
        };
        let asked_headers;
        let mut asked = Request::new(request.method().as_str().as_bytes(), request.uri().path().as_bytes(), origin);
        if request.method() == Method::OPTIONS {
            asked.request_method = value("access-control-request-method");
            asked_headers = lines::joined(headers.get_all(header::ACCESS_CONTROL_REQUEST_HEADERS).map(HeaderValue::as_bytes));
            asked.request_headers = asked_headers.as_deref();
            asked.request_private_network = value("access-control-request-private-network");
        }
        self.policies.decide(&asked, |answer| Copied::new(answer, |bytes| HeaderValue::from_bytes(bytes).ok()))
    }
}

impl<S, B> Transform<S, ServiceRequest> for Cors
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = CorsMiddleware<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(CorsMiddleware { inner, cors: self.clone() }))
    }
}

/// A service behind the middleware.
#[derive(Debug)]
pub struct CorsMiddleware<S> {
    inner: S,
    cors: Cors,
}

impl<S, B> Service<ServiceRequest> for CorsMiddleware<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = CorsFuture<S::Future, B>;

    forward_ready!(inner);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let copied = self.cors.decide(&request);
        match copied {
            Some(copied @ Copied { preflight: Some(status), .. }) => {
                // The compiler lets no other status through.
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::NO_CONTENT);
                let mut response = request.into_response(HttpResponse::new(status)).map_into_right_body();
                apply(&copied, response.headers_mut());
                CorsFuture { state: State::Answered { response: Some(response) } }
            }
            _ => CorsFuture { state: State::Inner { future: self.inner.call(request), copied } },
        }
    }
}

pin_project! {
    /// The response to come.
    pub struct CorsFuture<F, B> {
        #[pin]
        state: State<F, B>,
    }
}

pin_project! {
    #[project = Projected]
    enum State<F, B> {
        Inner { #[pin] future: F, copied: Option<Copied<HeaderValue>> },
        Answered { response: Option<ServiceResponse<EitherBody<B>>> },
    }
}

impl<F, B> fmt::Debug for CorsFuture<F, B> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("CorsFuture").finish_non_exhaustive()
    }
}

impl<F, B> Future for CorsFuture<F, B>
where
    F: Future<Output = Result<ServiceResponse<B>, Error>>,
{
    type Output = Result<ServiceResponse<EitherBody<B>>, Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().state.project() {
            Projected::Inner { future, copied } => future.poll(context).map(|outcome| match outcome {
                Ok(mut response) => {
                    if let Some(copied) = copied {
                        apply(copied, response.headers_mut());
                    }
                    Ok(response.map_into_left_body())
                }
                Err(error) => Err(match copied.take() {
                    Some(copied) => Readable { error, copied }.into(),
                    None => error,
                }),
            }),
            Projected::Answered { response } => match response.take() {
                Some(response) => Poll::Ready(Ok(response)),
                // A future that is done must not be polled; one that is polled nevertheless never ends.
                None => Poll::Pending,
            },
        }
    }
}

/// An error whose responses carry the headers, however many are made of it.
struct Readable {
    error: Error,
    copied: Copied<HeaderValue>,
}

impl ResponseError for Readable {
    fn status_code(&self) -> StatusCode {
        self.error.as_response_error().status_code()
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = self.error.error_response();
        apply(&self.copied, response.headers_mut());
        response
    }
}

impl fmt::Debug for Readable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.error, formatter)
    }
}

impl fmt::Display for Readable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.error, formatter)
    }
}

fn apply(copied: &Copied<HeaderValue>, headers: &mut HeaderMap) {
    for name in CORS_HEADERS {
        headers.remove(name);
    }
    for (name, value) in &copied.headers {
        if name.eq_ignore_ascii_case("vary") {
            add_vary(headers, value);
        } else if let Ok(name) = HeaderName::from_bytes(name.as_bytes()) {
            headers.insert(name, value.clone());
        }
    }
}

fn add_vary(headers: &mut HeaderMap, ours: &HeaderValue) {
    let Ok(ours) = ours.to_str() else { return };
    let missing = vary::missing(|| headers.get_all(header::VARY).map(HeaderValue::as_bytes), ours).collect::<Vec<_>>().join(", ");
    if let Some(line) = HeaderValue::from_str(&missing).ok().filter(|_| !missing.is_empty()) {
        headers.append(header::VARY, line);
    }
}
