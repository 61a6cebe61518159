//! poem's middleware, around an endpoint.

use poem::http::{HeaderMap, HeaderValue, Method, header};
use poem::middleware::Cors;
use poem::{Endpoint, EndpointExt, Request, Response};

use super::tower::seen;
use crate::asks::Ask;
use crate::origins::{HEADERS, MAX_AGE, METHODS};
use crate::subject::{Seen, Stack, now};

struct Poem<E>(E);

impl<E: Endpoint> Stack for Poem<E> {
    type Request = Request;
    type Response = Response;

    fn request(&self, ask: Ask) -> Request {
        let (parts, ()) = ask.request::<()>().into_parts();
        let mut request = Request::builder().method(parts.method).uri(parts.uri).finish();
        *request.headers_mut() = parts.headers;
        request
    }

    #[inline]
    fn call(&mut self, request: Request) -> Response {
        now(self.0.get_response(request))
    }

    fn seen(response: &Response) -> Seen {
        let headers: &HeaderMap = response.headers();
        seen(response.status().as_u16(), headers)
    }
}

fn application() -> impl Endpoint<Output = Response> {
    poem::endpoint::make_sync(|request: Request| {
        let mut response = Response::default();
        if *request.method() != Method::OPTIONS {
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        response
    })
}

pub(super) fn without() -> impl Stack + use<> {
    Poem(application())
}

pub(super) fn with(origins: &[String]) -> impl Stack + use<> {
    let cors = Cors::new().allow_methods(METHODS).allow_headers(HEADERS).allow_credentials(true).max_age(MAX_AGE as i32);
    Poem(application().with(cors.allow_origins(origins.iter().map(String::as_str))))
}
