//! actix-cors, around an actix service.

use actix_cors::Cors;
use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, fn_service};
use actix_web::http::header::{ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, HeaderName, HeaderValue, VARY};
use actix_web::http::{Method, StatusCode};
use actix_web::{Error, HttpResponse, test::TestRequest};

use crate::asks::Ask;
use crate::origins::{HEADERS, MAX_AGE, METHODS};
use crate::subject::{Seen, Stack, now};

struct Actix<S>(S);

impl<S, B> Stack for Actix<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    type Request = ServiceRequest;
    type Response = ServiceResponse<B>;

    fn request(&self, ask: Ask) -> ServiceRequest {
        let method = if ask.is_preflight() { Method::OPTIONS } else { Method::GET };
        let request = TestRequest::with_uri("/api/items").method(method);
        let value = |bytes| HeaderValue::from_maybe_shared::<bytes::Bytes>(bytes).expect("a value");
        ask.headers().into_iter().fold(request, |request, (name, bytes)| request.insert_header((HeaderName::from_static(name), value(bytes)))).to_srv_request()
    }

    #[inline]
    fn call(&mut self, request: ServiceRequest) -> Self::Response {
        now(self.0.call(request)).expect("a response")
    }

    fn seen(response: &Self::Response) -> Seen {
        let value = |name| response.headers().get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        Seen {
            status: response.status().as_u16(),
            allow_origin: value(ACCESS_CONTROL_ALLOW_ORIGIN),
            allow_methods: value(ACCESS_CONTROL_ALLOW_METHODS).is_some(),
            varies: value(VARY).is_some(),
        }
    }
}

fn application() -> impl Service<ServiceRequest, Response = ServiceResponse, Error = Error, Future: 'static> {
    let factory = fn_service(|request: ServiceRequest| {
        let response = if *request.method() == Method::OPTIONS {
            HttpResponse::new(StatusCode::OK)
        } else {
            HttpResponse::Ok().insert_header(("content-type", "application/json")).finish()
        };
        std::future::ready(Ok::<_, Error>(request.into_response(response)))
    });
    now(actix_web::dev::ServiceFactory::<ServiceRequest>::new_service(&factory, ())).expect("a service")
}

pub(super) fn without() -> impl Stack + use<> {
    Actix(application())
}

pub(super) fn with(origins: &[String]) -> impl Stack + use<> {
    let cors = Cors::default().allowed_methods(METHODS).allowed_headers(HEADERS).supports_credentials().max_age(MAX_AGE as usize);
    let cors = origins.iter().fold(cors, |cors, origin| cors.allowed_origin(origin));
    Actix(now(cors.new_transform(application())).expect("a service"))
}
