//! warp's wrapper, around a filter.

use bytes::Bytes;
use http::{HeaderValue, Method, Request, header};
use http_body_util::Empty;
use tower::Service;
use warp::Filter;
use warp::reply::Response;

use super::tower::seen;
use crate::asks::Ask;
use crate::origins::{HEADERS, MAX_AGE, METHODS};
use crate::subject::{Seen, Stack, now};

struct Warp<S>(S);

impl<S: Service<Request<Empty<Bytes>>, Response = Response, Error = std::convert::Infallible>> Stack for Warp<S> {
    type Request = Request<Empty<Bytes>>;
    type Response = Response;

    fn request(&self, ask: Ask) -> Self::Request {
        ask.request()
    }

    #[inline]
    fn call(&mut self, request: Self::Request) -> Response {
        let Ok(response) = now(self.0.call(request));
        response
    }

    fn seen(response: &Response) -> Seen {
        seen(response.status().as_u16(), response.headers())
    }
}

fn application() -> impl Filter<Extract = (Response,), Error = std::convert::Infallible, Future: Send> + Clone + Send + Sync + 'static {
    warp::any().and(warp::method()).map(|method: Method| {
        let mut response = Response::default();
        if method != Method::OPTIONS {
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        response
    })
}

pub(super) fn without() -> impl Stack + use<> {
    Warp(warp::service(application()))
}

pub(super) fn with(origins: &[String]) -> impl Stack + use<> {
    let cors = warp::cors().allow_methods(METHODS).allow_headers(HEADERS).allow_credentials(true).max_age(MAX_AGE);
    Warp(warp::service(application().with(cors.allow_origins(origins.iter().map(String::as_str)).build())))
}
