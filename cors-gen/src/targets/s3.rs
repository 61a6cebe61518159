//! A policy comes in, the CORS configuration of an S3 bucket goes out.

use serde_json::{Map, Value, json};

use super::object::{self, AnyHeader, Reader, Unsaid};
use super::{Limit, Target, Template, Tested, Writer};
use crate::diagnostic::Diagnostic;
use crate::policy::{Entry, Origins, Policy, PolicySet};

pub(super) static TARGET: Target = Target {
    name: "s3",
    server: "Amazon S3",
    summary: "One file of JSON: `aws s3api put-bucket-cors --bucket NAME --cors-configuration file://cors.json`. The console takes what stands under `CORSRules`.",
    files: &[Template { file: "cors.json", place: "the `--cors-configuration` of a bucket", text: "" }],
    limits: LIMITS,
    tested: Tested::Documented,
    results: "",
    writer: Writer::Printer(|set, _| configuration(set)),
};

static LIMITS: &[Limit] = &[
    Limit { topic: "paths", refused: true, text: "The rules of a bucket know no paths. A file for this target has one policy, for `/**`." },
    Limit {
        topic: "origins",
        refused: true,
        text: "Exact ones alone: the `*` of S3 stands for any characters, which is more than a wildcard of this language means. No `null`, no regex.",
    },
    Limit {
        topic: "listed origins without `allow_credentials`",
        refused: true,
        text: "S3 has no switch for credentials: to an origin that is listed it answers `Access-Control-Allow-Credentials: true`. Say `allow_credentials: true` if \
               that is fine; S3 itself reads no cookies.",
    },
    Limit { topic: "methods", refused: true, text: "GET, HEAD, POST, PUT and DELETE alone, and no \"any\"." },
    Limit {
        topic: "request headers",
        refused: true,
        text: "\"Any\" only as `[\"*\", Authorization]`: S3 names whatever was asked for. No name may hold a `*`.",
    },
    Limit { topic: "response headers", refused: true, text: "S3 exposes no \"any\", and no name with a `*`." },
    Limit { topic: "`max_age: 0`", refused: true, text: "What S3 makes of it is not documented." },
    Limit { topic: "64 KB", refused: true, text: "A configuration is no larger." },
    Limit { topic: "private networks", refused: true, text: "There is no word for them." },
    Limit {
        topic: "safelisted methods",
        refused: false,
        text: "S3 looks at the method of each request, so GET, HEAD and POST, which every policy allows, are always written.",
    },
    Limit {
        topic: "preflights",
        refused: false,
        text: "S3 looks at method and headers by itself: it answers 200 with what was asked for, or 403 with a text, so a browser's console does not name the header \
               that is missing.",
    },
    Limit {
        topic: "`Vary` and requests without `Origin`",
        refused: false,
        text: "S3 sends neither CORS headers nor `Vary` with a response to a request without `Origin`.",
    },
    Limit { topic: "no first line", refused: false, text: "JSON has no place to say what the file was made from." },
];

const METHODS: [&str; 5] = ["GET", "HEAD", "POST", "PUT", "DELETE"];
const LARGEST: usize = 64 * 1024;

fn configuration(set: &PolicySet<'_>) -> Result<String, Vec<Diagnostic>> {
    Reader::new("S3").only(set, |reader, policy| {
        reader.rest(policy);
        credentials(reader, policy);
        if let Some(zero) = policy.max_age.filter(|max_age| max_age.value == 0) {
            reader.refuse(zero.span, "may not forbid that a preflight is cached", "what it makes of 0 is not documented", "write `max_age: 1`");
        }
        let mut rule = Map::new();
        rule.insert("ID".to_owned(), json!(policy.name.value));
        rule.insert("AllowedOrigins".to_owned(), json!(reader.origins(policy, "*".to_owned(), origin)));
        rule.insert("AllowedMethods".to_owned(), json!(methods(reader, policy)));
        let lists = [("AllowedHeaders", headers(reader, policy)), ("ExposeHeaders", exposed(reader, policy))];
        rule.extend(lists.into_iter().filter(|(_, names)| !names.is_empty()).map(|(key, names)| (key.to_owned(), json!(names))));
        rule.extend(policy.max_age.map(|max_age| ("MaxAgeSeconds".to_owned(), json!(max_age.value))));
        let text = format!("{:#}\n", json!({ "CORSRules": [Value::Object(rule)] }));
        if size_as_xml(policy, &text) > LARGEST {
            reader.refuse(policy.name.span, "takes no configuration this large", "the document is limited to 64 KB", "shorten the lists");
        }
        text
    })
}

/// The limit is on the XML that the text becomes, which is no larger than this.
fn size_as_xml(policy: &Policy<'_>, text: &str) -> usize {
    let elements = policy.origins.entries().len() + policy.headers.names.len() + policy.expose.names.len();
    let escaped = text.matches(['&', '\'', '"', '<', '>']).count();
    text.len() + elements * "<AllowedOrigin></AllowedOrigin>".len() + escaped * "&quot;".len()
}

fn credentials(reader: &mut Reader, policy: &Policy<'_>) {
    if matches!(policy.origins, Origins::Listed(_)) && !policy.credentials.value {
        let reason = "it answers listed origins with `Access-Control-Allow-Credentials: true`, and has no switch for it";
        reader.refuse(policy.credentials.span, "cannot withhold credentials from listed origins", reason, "say `allow_credentials: true` if that is fine");
    }
}

fn origin(entry: &Entry<'_>) -> Result<String, Unsaid> {
    match object::exact(entry)?.as_str() {
        "null" => Err(Unsaid { reason: "what it makes of the opaque origin is not documented", help: "remove `\"null\"`" }),
        text => Ok(text.to_owned()),
    }
}

/// The safelisted methods first: S3 asks for them, too.
fn methods(reader: &mut Reader, policy: &Policy<'_>) -> Vec<String> {
    if let Some(any) = policy.methods.any {
        reader.refuse(any, "has no word for any method", "it knows GET, HEAD, POST, PUT and DELETE alone", "list the methods");
    }
    let asked = reader.methods(policy, &METHODS);
    let written = |method: &&str| matches!(*method, "GET" | "HEAD" | "POST") || asked.iter().any(|asked| asked == method);
    METHODS.into_iter().filter(written).map(str::to_owned).collect()
}

fn headers(reader: &mut Reader, policy: &Policy<'_>) -> Vec<String> {
    for name in policy.headers.names.iter().filter(|name| name.value.contains('*')) {
        reader.refuse(name.span, "would take the `*` in this name for a wildcard", "it has no way to say the character itself", "use another name");
    }
    reader.headers(policy, AnyHeader::Echoed)
}

fn exposed(reader: &mut Reader, policy: &Policy<'_>) -> Vec<String> {
    let wild = policy.expose.names.iter().filter(|name| name.value.contains('*')).map(|name| name.span);
    for span in policy.expose.any.into_iter().chain(wild) {
        reader.refuse(span, "exposes no header by a `*`", "it takes names alone", "list the headers");
    }
    object::exposed(policy)
}
