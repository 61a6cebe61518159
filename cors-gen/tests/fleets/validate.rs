//! An object comes in; what its published schema, or the documentation, has against it goes out.

use std::io::Write;
use std::process::{Command, Stdio};

use cors_testbed::nginx::test_tools;
use serde_json::{Value, json};

use crate::server::full_match;

/// The limits that stand in the documentation and in no schema, and those of the schemas that matter most.
pub(crate) fn documented(target: &str, object: &Value) -> Result<(), String> {
    let most =
        |list: &Value, most: usize| if list.as_array().is_none_or(|list| list.len() <= most) { Ok(()) } else { Err(format!("more than {most}: {list}")) };
    let star_stands_alone = |list: &Value| match list.as_array() {
        Some(list) if list.len() > 1 && list.contains(&json!("*")) => Err(format!("`*` beside others: {list:?}")),
        _ => Ok(()),
    };
    // An empty list may mean none to one reader, and any to another.
    if let Some(empty) = empty_list(object, "") {
        return Err(format!("{empty} is empty"));
    }
    match target {
        "gateway-api" => {
            let cors = &object["spec"]["rules"][0]["filters"][0]["cors"];
            for (key, limit) in [("allowOrigins", 64), ("allowMethods", 9), ("allowHeaders", 64), ("exposeHeaders", 64)] {
                most(&cors[key], limit)?;
                star_stands_alone(&cors[key])?;
                is_a_set(&cors[key])?;
            }
            if cors["maxAge"] == 0 { Err("maxAge is 0".to_owned()) } else { Ok(()) }
        }
        "istio" => {
            for route in object["spec"]["http"].as_array().into_iter().flatten() {
                let policy = &route["corsPolicy"];
                let origins = policy["allowOrigins"].as_array().into_iter().flatten().filter_map(|entry| entry["regex"].as_str());
                let paths = route["match"].as_array().into_iter().flatten().filter_map(|path| path["uri"]["regex"].as_str());
                if let Some(regex) = origins.clone().find(|regex| full_match(regex, "*")).or(origins.chain(paths).find(|regex| regex.len() > 1_024)) {
                    return Err(format!("Istio takes no such regex: {regex}"));
                }
                star_stands_alone(&policy["allowMethods"])?;
                star_stands_alone(&policy["allowHeaders"])?;
            }
            Ok(())
        }
        "s3" => {
            most(&object["CORSRules"], 100)?;
            let rule = &object["CORSRules"][0];
            let known = |method: &Value| ["GET", "HEAD", "POST", "PUT", "DELETE"].iter().any(|known| method == known);
            if !rule["AllowedMethods"].as_array().is_some_and(|methods| methods.iter().all(known)) {
                return Err(format!("unknown methods: {rule}"));
            }
            match rule["ExposeHeaders"].to_string().contains('*') || rule.to_string().len() > 64 * 1024 {
                true => Err("a `*` among exposed headers, or too large".to_owned()),
                false => Ok(()),
            }
        }
        "aws-http-api" => {
            let seconds = object["MaxAge"].as_i64();
            let any_with_credentials = object["AllowCredentials"] == true && object.to_string().contains("\"*\"");
            if any_with_credentials || seconds.is_some_and(|seconds| !(-1..=86_400).contains(&seconds)) { Err(object.to_string()) } else { Ok(()) }
        }
        _ => Ok(()),
    }
}

/// Where an empty list stands, or nothing at all.
fn empty_list(value: &Value, pointer: &str) -> Option<String> {
    match value {
        Value::Null => Some(pointer.to_owned()),
        Value::Array(items) if items.is_empty() => Some(pointer.to_owned()),
        Value::Array(items) => items.iter().enumerate().find_map(|(index, item)| empty_list(item, &format!("{pointer}/{index}"))),
        Value::Object(fields) => fields.iter().find_map(|(key, field)| empty_list(field, &format!("{pointer}/{key}"))),
        _ => None,
    }
}

fn is_a_set(list: &Value) -> Result<(), String> {
    let items: Vec<&Value> = list.as_array().into_iter().flatten().collect();
    let twice = items.iter().enumerate().find(|(index, item)| items[..*index].contains(item));
    twice.map_or(Ok(()), |(_, item)| Err(format!("{item} stands twice")))
}

/// The validators that are made from the custom resource definitions, and where each lies among the npm packages.
const KUBERNETES: &str = "
import { pathToFileURL } from 'node:url';
import { text } from 'node:stream/consumers';
const [module, kind] = process.argv.slice(2);
const { [kind]: Model } = await import(pathToFileURL(module));
const finding = (object) => { try { new Model(object).validate(); return null; } catch (error) { return String(error.message); } };
console.log(JSON.stringify(JSON.parse(await text(process.stdin)).map(finding)));
";

/// The models of the AWS APIs, as the SDK for Python checks the parameters of a call by them.
const AWS: &str = "
import json, sys
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator
service, shape = sys.argv[1:]
shape = ServiceModel(Loader().load_service_model(service, 'service-2')).shape_for(shape)
finding = lambda value: ParamValidator().validate(value, shape).generate_report() or None
print(json.dumps([finding(value) for value in json.load(sys.stdin)]))
";

/// What the schema has against each of the objects.
pub(crate) fn published(target: &str, objects: &[Value]) -> Vec<Option<String>> {
    let kubernetes = |path: &str, kind: &str| {
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("validate.mjs");
        std::fs::write(&script, KUBERNETES).unwrap();
        let module = test_tools().join("node_modules/@kubernetes-models").join(path).join(format!("{kind}.js"));
        run(Command::new("node").arg(script).arg(module).arg(kind), objects)
    };
    let aws = |service: &str, shape: &str| run(Command::new(test_tools().join("venv/bin/python")).args(["-c", AWS, service, shape]), objects);
    match target {
        "gateway-api" => kubernetes("gateway-api/gateway.networking.k8s.io/v1", "HTTPRoute"),
        "istio" => kubernetes("istio/networking.istio.io/v1", "VirtualService"),
        "envoy-gateway" => kubernetes("envoy-gateway/gateway.envoyproxy.io/v1alpha1", "SecurityPolicy"),
        "s3" => aws("s3", "CORSConfiguration"),
        "aws-http-api" => aws("apigatewayv2", "Cors"),
        _ => panic!("{target} has no schema"),
    }
}

fn run(command: &mut Command, objects: &[Value]) -> Vec<Option<String>> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the tools are installed: run ./test");
    child.stdin.take().unwrap().write_all(json!(objects).to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{command:?}: run ./test");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The object with one of its values replaced by one of another type, for each of its values below `metadata`, `kind` and the like.
pub(crate) fn spoiled(object: &Value) -> Vec<Value> {
    let mut pointers = Vec::new();
    collect(object, "", &mut pointers);
    let spoil = |pointer: &String| {
        let mut spoiled = object.clone();
        let value = spoiled.pointer_mut(pointer).unwrap();
        *value = if value.is_object() || value.is_array() { json!("spoiled") } else { json!({ "spoiled": [1] }) };
        spoiled
    };
    pointers.iter().map(spoil).collect()
}

fn collect(value: &Value, pointer: &str, pointers: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(key, value)| (format!("{pointer}/{key}"), value)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(index, value)| (format!("{pointer}/{index}"), value)).collect(),
        _ => Vec::new(),
    };
    for (pointer, value) in children {
        // The model of a kind sets these by itself.
        if pointer != "/kind" && pointer != "/apiVersion" {
            pointers.push(pointer.clone());
            collect(value, &pointer, pointers);
        }
    }
}
