//! salvo's handler, before another handler.

use std::sync::Arc;

use salvo_core::http::uri::Scheme;
use salvo_core::http::{HeaderValue, Method, ReqBody, Request, Response, header};
use salvo_core::{Depot, FlowCtrl, Handler, async_trait};
use salvo_cors::Cors;

use super::tower::seen;
use crate::asks::Ask;
use crate::origins::{HEADERS, MAX_AGE, METHODS};
use crate::subject::{Seen, Stack, now};

struct Salvo(Vec<Arc<dyn Handler>>);

impl Stack for Salvo {
    type Request = Request;
    type Response = Response;

    fn request(&self, ask: Ask) -> Request {
        Request::from_hyper(ask.request::<()>().map(|()| ReqBody::None), Scheme::HTTPS)
    }

    #[inline]
    fn call(&mut self, mut request: Request) -> Response {
        let (mut depot, mut response) = (Depot::new(), Response::new());
        let mut flow = FlowCtrl::new(self.0.clone());
        now(flow.call_next(&mut request, &mut depot, &mut response));
        response
    }

    fn seen(response: &Response) -> Seen {
        seen(response.status_code.map_or(200, |status| status.as_u16()), response.headers())
    }
}

struct Application;

#[async_trait]
impl Handler for Application {
    async fn handle(&self, request: &mut Request, _: &mut Depot, response: &mut Response, _: &mut FlowCtrl) {
        if *request.method() != Method::OPTIONS {
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
    }
}

pub(super) fn without() -> impl Stack + use<> {
    Salvo(vec![Arc::new(Application)])
}

pub(super) fn with(origins: &[String]) -> impl Stack + use<> {
    let cors = Cors::new()
        .allow_origin(super::tower::values(origins).collect::<Vec<_>>())
        .allow_methods(METHODS.map(|method| method.parse::<Method>().expect("a method")).to_vec())
        .allow_headers(HEADERS.to_vec())
        .allow_credentials(true)
        .max_age(MAX_AGE as u64)
        .into_handler();
    Salvo(vec![Arc::new(cors), Arc::new(Application)])
}
