//! In: the table of keys, and the lints by name. Out: the JSON schema (draft-07) of the policy language, for editors.
//!
//! Its shapes suit what editors show: a string or a mapping side by side instead of `oneOf`, conditions instead of `not`, and a message at
//! every pattern. What needs more than one place of the file (sets, profiles, tests) is left to the compiler.

mod strings;

use serde_json::{Map, Value, json};

use crate::errors::{self, ErrorCode};
use crate::fields::{FILE, Field, LINT_LEVEL, Mapping, ORIGIN_ENTRY, POLICY, REQUEST, TEST};

/// The schema, given every lint by name and summary.
#[must_use]
pub fn schema(lints: &[(&str, &str)]) -> Value {
    let mut root = json!({ "$schema": "http://json-schema.org/draft-07/schema#", "title": "CORS policies" });
    merge(&mut root, mapping(&FILE, file_value));
    root["patternProperties"] = json!({ "^x-": { "description": "Ignored by the compiler: a home for YAML anchors." } });
    root["defaultSnippets"] = json!([{
        "label": "a policy for one origin",
        "body": { "version": 1, "policies": { "${1:default}": { "allow_origins": ["https://${2:app.example.com}"] } } },
    }]);
    root["definitions"] = json!({
        "origin": strings::origin(),
        "origin_entry": origin_entry(),
        "set_entry": set_entry(),
        "policy": policy(),
        "lints": lint_levels(lints),
        "lint_level": lint_level(),
        "test": test(),
        "request": mapping(&REQUEST, request_value),
    });
    root
}

/// A mapping with its keys, each explained by its field and shaped by `value`.
fn mapping(mapping: &Mapping, value: fn(&str) -> Value) -> Value {
    let keys = |required: bool| mapping.fields.iter().filter(move |field| field.required == required).map(|field| field.key);
    let list = |required: bool| keys(required).map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
    let properties: Map<String, Value> = mapping.fields.iter().map(|field| (field.key.to_owned(), described(field, value(field.key)))).collect();
    let mut object = json!({
        "description": mapping.doc,
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    });
    let required: Vec<&str> = keys(true).collect();
    if required.is_empty() {
        object["errorMessage"] = json!(format!("The keys of {} are {}.", mapping.name, list(false)));
    } else {
        object["required"] = json!(required);
        object["errorMessage"] = json!(format!("The keys of {} are {} (required), {}.", mapping.name, list(true), list(false)));
    }
    object
}

/// A value under the words of its field.
fn described(field: &Field, value: Value) -> Value {
    let default = field.default.map_or_else(String::new, |default| format!("\n\nDefault: `{default}`."));
    let mut property = json!({
        "title": format!("{}: {}", field.key, field.value),
        "description": field.doc,
        "markdownDescription": format!("{}{default}\n\n```yaml\n{}: {}\n```", field.doc, field.key, field.example),
    });
    if let Some(Ok(default)) = field.default.map(serde_json::from_str::<Value>) {
        property["default"] = default;
    }
    if value.get("type").is_some() && value.get("errorMessage").is_none() {
        property["errorMessage"] = json!(format!("`{}` is {}.", field.key, with_article(field.value)));
    }
    merge(&mut property, value);
    property
}

/// "a list of methods", "seconds": the words of a field as they stand in a sentence.
fn with_article(value: &str) -> String {
    let singular = ["list", "mapping", "name", "string", "regular"];
    if singular.iter().any(|word| value.starts_with(word)) { format!("a {value}") } else { value.to_owned() }
}

/// The keys of `more`, put into `object`.
fn merge(object: &mut Value, more: Value) {
    if let (Value::Object(object), Value::Object(more)) = (object, more) {
        object.extend(more);
    }
}

/// `first` with the keys of `second`.
fn with(mut first: Value, second: Value) -> Value {
    merge(&mut first, second);
    first
}

fn reference(definition: &str) -> Value {
    json!({ "$ref": format!("#/definitions/{definition}") })
}

fn list_of(items: Value) -> Value {
    json!({ "type": "array", "items": items, "minItems": 1 })
}

/// A list of strings that may be empty, or `"*"`.
fn list_or_asterisk(item: Value, examples: Value) -> Value {
    json!({
        "type": ["array", "string"],
        "pattern": "^\\*$",
        "patternErrorMessage": "Either \"*\" in quotes, for any, or a list: one name is a list with one entry.",
        "items": with(json!({ "type": "string", "examples": examples }), item),
    })
}

/// A key whose presence is the mistake. No other node asks for null, so any value breaks it, and in these words.
fn conflicting() -> Value {
    json!({ "type": "null", "errorMessage": strings::message(&errors::CONFLICTING_KEYS) })
}

fn file_value(key: &str) -> Value {
    match key {
        "version" => json!({
            "type": "integer",
            "examples": [1],
            "if": { "type": "integer" },
            "then": { "const": 1, "errorMessage": strings::message(&errors::UNSUPPORTED_VERSION) },
        }),
        "profiles" => json!({ "type": "array", "items": with(json!({ "type": "string" }), strings::name()) }),
        "origin_sets" => json!({ "type": "object", "propertyNames": strings::name(), "additionalProperties": list_of(reference("set_entry")) }),
        "policies" => json!({
            "type": "object",
            "propertyNames": strings::name(),
            "additionalProperties": reference("policy"),
            "minProperties": 1,
            "defaultSnippets": [{ "label": "a policy", "body": {
                "${1:api}": { "paths": ["/${2:api}/**"], "allow_origins": ["https://${3:app.example.com}"] },
            } }],
        }),
        "lints" => json!({ "allOf": [reference("lints")] }),
        "tests" => json!({ "type": "array", "items": reference("test") }),
        _ => json!({ "type": "string" }),
    }
}

/// An entry of `allow_origins`.
fn origin_entry() -> Value {
    let conflict = json!({
        "if": { "required": ["origin"] },
        "then": { "properties": { "set": conflicting(), "regex": conflicting() } },
        "else": {
            "if": { "required": ["set"] },
            "then": { "properties": { "regex": conflicting() } },
            "else": { "required": ["regex"], "errorMessage": strings::message(&errors::CONFLICTING_KEYS) },
        },
    });
    let words = json!({
        "type": ["string", "object"],
        "allOf": [reference("origin"), conflict],
        "examples": ["https://app.example.com", "https://*.example.com", "https://app.example.com:8443", "chrome-extension://abcdefghijklmnopabcdefghijklmnop"],
        "defaultSnippets": [
            { "label": "an origin for a profile", "body": { "origin": "http://localhost:*", "profiles": ["${1:dev}"] } },
            { "label": "an origin set", "body": { "set": "${1:frontends}" } },
            { "label": "a regular expression", "body": { "regex": "https://${1:pr-[0-9]+}\\.example\\.com" } },
        ],
        "errorMessage": "An entry is an origin, in quotes where YAML would read something else (\"null\"), or a mapping with exactly one of `origin`, `set` \
                         and `regex`, and optionally `profiles`.",
    });
    with(mapping(&ORIGIN_ENTRY, origin_entry_value), words)
}

/// An entry of an origin set: it cannot take in another set.
fn set_entry() -> Value {
    let mut entry = origin_entry();
    if let Some(Value::Object(properties)) = entry.get_mut("properties") {
        properties.remove("set");
    }
    if let Some(Value::Array(snippets)) = entry.get_mut("defaultSnippets") {
        snippets.retain(|snippet| snippet["body"].get("set").is_none());
    }
    let conflict = json!({
        "if": { "required": ["origin"] },
        "then": { "properties": { "regex": conflicting() } },
        "else": { "if": { "required": ["set"] }, "else": { "required": ["regex"], "errorMessage": strings::message(&errors::CONFLICTING_KEYS) } },
    });
    entry["allOf"] = json!([reference("origin"), conflict]);
    entry["errorMessage"] = json!(
        "An entry is an origin, in quotes where YAML would read something else (\"null\"), or a mapping with exactly one of `origin` and `regex`, and \
         optionally `profiles`. A set cannot contain another set."
    );
    entry
}

fn origin_entry_value(key: &str) -> Value {
    match key {
        "origin" => json!({ "type": "string", "allOf": [reference("origin")] }),
        "profiles" => list_of(json!({ "type": "string" })),
        _ => json!({ "type": "string" }),
    }
}

fn policy() -> Value {
    let named_only = |code: &'static ErrorCode| strings::no_asterisk(code);
    let exposed = with(json!({ "items": named_only(&errors::CREDENTIALS_WITH_EXPOSED_WILDCARD) }), named_only(&errors::CREDENTIALS_WITH_EXPOSED_WILDCARD));
    let trap = json!({
        "if": { "properties": { "allow_credentials": { "const": true } }, "required": ["allow_credentials"] },
        "then": { "properties": { "allow_origins": named_only(&errors::CREDENTIALS_WITH_ANY_ORIGIN), "expose_headers": exposed } },
    });
    with(mapping(&POLICY, policy_value), trap)
}

fn policy_value(key: &str) -> Value {
    match key {
        "paths" => list_of(with(json!({ "type": "string", "examples": ["/api/**", "/items/*"] }), strings::path_pattern())),
        "allow_origins" => json!({
            "type": ["array", "string"],
            "pattern": "^\\*$",
            "patternErrorMessage": "Either \"*\" in quotes, for any origin, or a list: one origin is a list with one entry.",
            "items": reference("origin_entry"),
            "minItems": 1,
        }),
        "allow_methods" => list_or_asterisk(strings::method(), json!(["GET", "POST", "PUT", "PATCH", "DELETE", "*"])),
        "allow_headers" => list_or_asterisk(strings::request_header(), json!(["Content-Type", "Authorization", "*"])),
        "expose_headers" => list_or_asterisk(strings::response_header(), json!(["ETag", "Link", "Location"])),
        "max_age" => with(
            json!({ "type": ["integer", "string"], "minimum": 0, "maximum": strings::MAX_AGE, "examples": [600, "10m", "2h", "24h"] }),
            strings::duration(),
        ),
        "preflight_status" => json!({ "type": "integer", "minimum": 200, "maximum": 299 }),
        "lints" => json!({ "allOf": [reference("lints")] }),
        _ => json!({ "type": "boolean" }),
    }
}

/// The levels of all lints.
fn lint_levels(lints: &[(&str, &str)]) -> Value {
    let levels: Map<String, Value> = lints
        .iter()
        .map(|(name, summary)| ((*name).to_owned(), json!({ "title": name, "description": summary, "allOf": [reference("lint_level")] })))
        .collect();
    json!({
        "type": "object",
        "properties": levels,
        "additionalProperties": false,
        "errorMessage": strings::message(&errors::UNKNOWN_LINT),
    })
}

fn lint_level() -> Value {
    let words = json!({
        "type": ["string", "object"],
        "examples": ["allow", "warn", "deny"],
        "defaultSnippets": [{ "label": "allow, with the reason", "body": { "level": "allow", "because": "${1:the reason}" } }],
        "errorMessage": "A level is `allow`, `warn` or `deny`, or a mapping with `level` and optionally `because`.",
    });
    with(with(mapping(&LINT_LEVEL, lint_level_value), words), strings::level())
}

fn lint_level_value(key: &str) -> Value {
    match key {
        "level" => with(json!({ "type": "string", "examples": ["allow", "warn", "deny"] }), strings::level()),
        _ => json!({ "type": "string" }),
    }
}

fn test() -> Value {
    let message = strings::message(&errors::CONFLICTING_KEYS);
    let forms = json!({
        "if": { "anyOf": [{ "required": ["request"] }, { "required": ["expect"] }] },
        "then": {
            "properties": { "path": conflicting(), "allow": conflicting(), "deny": conflicting() },
            "required": ["request", "expect"],
            "errorMessage": message,
        },
        "else": { "if": { "required": ["allow"] }, "else": { "required": ["deny"], "errorMessage": message } },
        "defaultSnippets": [
            { "label": "who may read", "body": {
                "name": "${1:who may read}",
                "path": "${2:/}",
                "allow": ["https://${3:app.example.com}"],
                "deny": ["https://${4:evilexample.com}"],
            } },
            { "label": "one request", "body": {
                "name": "${1:the app can write}",
                "request": { "origin": "https://${2:app.example.com}", "path": "${3:/}", "method": "${4:PUT}" },
                "expect": "allow",
            } },
        ],
    });
    with(mapping(&TEST, test_value), forms)
}

fn test_value(key: &str) -> Value {
    match key {
        "path" => with(json!({ "type": ["string", "array"], "items": with(json!({ "type": "string" }), strings::path()), "minItems": 1 }), strings::path()),
        "allow" | "deny" => list_of(json!({ "type": "string", "errorMessage": "An origin is a string: write \"null\" in quotes." })),
        "request" => json!({ "allOf": [reference("request")] }),
        "expect" => json!({ "enum": ["allow", "deny"] }),
        _ => json!({ "type": "string" }),
    }
}

fn request_value(key: &str) -> Value {
    match key {
        "origin" => json!({ "type": "string" }),
        "path" => with(json!({ "type": "string" }), strings::path()),
        "method" => with(json!({ "type": "string" }), strings::any_method()),
        "headers" => json!({ "type": "array", "items": with(json!({ "type": "string" }), strings::any_header()) }),
        _ => json!({ "type": "boolean" }),
    }
}
