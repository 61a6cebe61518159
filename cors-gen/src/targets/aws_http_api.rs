//! A policy comes in, the CORS configuration of an HTTP API of Amazon API Gateway goes out.

use serde_json::{Map, Value, json};

use super::object::{self, AnyHeader, METHODS, Reader, Unsaid};
use super::{Limit, Target, Template, Tested, Writer};
use crate::diagnostic::Diagnostic;
use crate::policy::{Entry, Policy, PolicySet};

pub(super) static TARGET: Target = Target {
    name: "aws-http-api",
    server: "HTTP APIs of Amazon API Gateway (not REST APIs)",
    summary: "One file of JSON: `aws apigatewayv2 update-api --api-id ID --cors-configuration file://cors.json`; in CloudFormation it is the `CorsConfiguration` of an \
              `AWS::ApiGatewayV2::Api`.",
    files: &[Template { file: "cors.json", place: "the `--cors-configuration` of an API", text: "" }],
    limits: LIMITS,
    tested: Tested::Documented,
    results: "",
    writer: Writer::Printer(|set, _| configuration(set)),
};

static LIMITS: &[Limit] = &[
    Limit { topic: "paths", refused: true, text: "The configuration holds for a whole API. A file for this target has one policy, for `/**`." },
    Limit { topic: "origins", refused: true, text: "Exact ones of http and https alone. No wildcard, no `null`, no regex." },
    Limit { topic: "methods", refused: true, text: "Those that an HTTP API routes by name; \"any\" only without credentials, where `*` means something." },
    Limit { topic: "request headers", refused: true, text: "\"Any\" only as `[\"*\", Authorization]`, and without credentials." },
    Limit { topic: "`max_age`", refused: true, text: "From 1 to 86,400 seconds." },
    Limit { topic: "private networks", refused: true, text: "There is no word for them." },
    Limit {
        topic: "preflights",
        refused: false,
        text: "API Gateway answers them before any route. The status, and the answer to a refused one, are not documented; a refused one gets no \
               `Access-Control-Allow-Origin`.",
    },
    Limit { topic: "requests without `Origin`", refused: false, text: "Their responses carry no CORS headers." },
    Limit { topic: "`Vary`", refused: false, text: "It is not documented. Where responses are cached, let the integration send `Vary: Origin`." },
    Limit {
        topic: "responses of API Gateway itself",
        refused: false,
        text: "The headers are documented for responses of an integration. Whether an error that API Gateway answers by itself carries them is not.",
    },
    Limit {
        topic: "an authorizer on the route `$default`",
        refused: false,
        text: "It is asked about preflights, too, and refuses them. Add a route `OPTIONS /{proxy+}` without an authorizer.",
    },
    Limit { topic: "no first line", refused: false, text: "JSON has no place to say what the file was made from." },
];

const LONGEST_MAX_AGE: u32 = 86_400;

fn configuration(set: &PolicySet<'_>) -> Result<String, Vec<Diagnostic>> {
    Reader::new("API Gateway").only(set, |reader, policy| {
        reader.rest(policy);
        if let Some(beyond) = policy.max_age.filter(|max_age| !(1..=LONGEST_MAX_AGE).contains(&max_age.value)) {
            reader.refuse(beyond.span, "cannot say this `max_age`", "it takes up to 86,400 seconds, and does not say what 0 does", "write 1 to 86400 seconds");
        }
        let mut object = Map::new();
        object.insert("AllowOrigins".to_owned(), json!(reader.origins(policy, "*".to_owned(), origin)));
        object.insert("AllowMethods".to_owned(), json!(methods(reader, policy)));
        let lists = [("AllowHeaders", reader.headers(policy, AnyHeader::Literal)), ("ExposeHeaders", object::exposed(policy))];
        object.extend(lists.into_iter().filter(|(_, names)| !names.is_empty()).map(|(key, names)| (key.to_owned(), json!(names))));
        object.insert("AllowCredentials".to_owned(), json!(policy.credentials.value));
        object.extend(policy.max_age.map(|max_age| ("MaxAge".to_owned(), json!(max_age.value))));
        format!("{:#}\n", Value::Object(object))
    })
}

fn origin(entry: &Entry<'_>) -> Result<String, Unsaid> {
    let origin = object::exact(entry)?;
    match origin.scheme() {
        "http" | "https" => Ok(origin.as_str().to_owned()),
        _ => Err(Unsaid { reason: "it is documented for origins of http and https alone", help: "remove this origin" }),
    }
}

fn methods(reader: &mut Reader, policy: &Policy<'_>) -> Vec<String> {
    if let Some(any) = policy.methods.any.filter(|_| policy.credentials.value) {
        let reason = "it answers `*`, which means nothing to a request with credentials";
        reader.refuse(any, "cannot say \"any method\" with credentials", reason, "list the methods");
    }
    reader.methods(policy, &METHODS)
}
