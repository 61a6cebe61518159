//! YAML comes in; what an independent reader makes of it goes out as JSON.

use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Map, Value, json};

/// The text as JSON, read by a YAML reader that is not the compiler's; nothing where it cannot be read as one document.
pub(crate) fn read(text: &str) -> Option<Value> {
    let documents = Yaml::load_from_str(text).ok()?;
    match documents.as_slice() {
        [] => Some(Value::Null),
        [document] => Some(to_json(document)),
        _ => None,
    }
}

fn to_json(yaml: &Yaml<'_>) -> Value {
    match yaml {
        Yaml::Value(Scalar::Null) => Value::Null,
        Yaml::Value(Scalar::Boolean(value)) => json!(value),
        Yaml::Value(Scalar::Integer(value)) => json!(value),
        Yaml::Value(Scalar::FloatingPoint(value)) => json!(value.into_inner()),
        Yaml::Value(Scalar::String(value)) => json!(value),
        Yaml::Sequence(items) => items.iter().map(to_json).collect(),
        Yaml::Mapping(entries) => entries.iter().map(|(key, value)| (key_to_json(key), to_json(value))).collect::<Map<_, _>>().into(),
        Yaml::Tagged(_, value) => to_json(value),
        other => panic!("not a node of a loaded document: {other:?}"),
    }
}

/// JSON has strings for keys only; an editor's reader makes them of other scalars too.
fn key_to_json(key: &Yaml<'_>) -> String {
    match to_json(key) {
        Value::String(key) => key,
        other => other.to_string(),
    }
}
