//! `cors-gen eval`: one request comes in, the answer and the browser's reasoning go out.

use serde_json::{Value, json};

use super::check::show;
use super::format::{FORMAT_VERSION, pretty};
use super::input;
use super::{DataFormat, Eval, Exit, Failure, Outcome};
use crate::browser::{Exchange, Fetch, Verdict};
use crate::diagnostic::printable;
use crate::explain::{Explanation, explain};
use crate::input::Input;
use crate::path;
use crate::{Level, Options};

pub(super) fn run(arguments: &Eval) -> Outcome {
    let path = path::requested(&arguments.path).map_err(|fault| Failure::new(format!("the path {}", fault.message), fault.help()))?;
    let input = input::read(arguments.file.as_deref())?;
    let compilation = input.compile(&Options { profile: arguments.profile.clone(), ..Options::default() });
    let Some(set) = &compilation.policies else {
        show(&input, &compilation.diagnostics, Level::Error);
        return Ok(Exit::No);
    };
    let headers: Vec<&str> = arguments.header.iter().map(String::as_str).collect();
    let fetch = Fetch { origin: &arguments.origin, method: &arguments.method, path: &path, headers: &headers, credentials: arguments.credentials };
    let explanation = explain(set, &fetch);
    super::print(&match arguments.format {
        DataFormat::Text => text(&input, &explanation),
        DataFormat::Json => pretty(&json(&input, &explanation)),
    })
}

fn text(input: &Input, explanation: &Explanation) -> String {
    let mut text = String::new();
    for step in &explanation.steps {
        let place = step.place.map(|span| format!("  [{}]", input.source.locate(span))).unwrap_or_default();
        text.push_str(&format!("{}{place}\n", printable(&step.text)));
    }
    for (title, exchange) in [("preflight", &explanation.outcome.preflight), ("response", &explanation.outcome.response)] {
        if let Some((_, response)) = exchange {
            text.push_str(&format!("\n{title}: {}\n", response.status));
            text.extend(response.headers.iter().map(|(name, value)| format!("  {name}: {value}\n")));
        }
    }
    text.push('\n');
    match &explanation.outcome.verdict {
        Verdict::Allow => text.push_str("ALLOW: the script reads the response.\n"),
        Verdict::Deny(reason) => text.push_str(&format!("DENY: {}\n  Chromium: {}\n  Firefox:  {}\n", reason.message, reason.chromium, reason.mdn)),
    }
    text
}

fn json(input: &Input, explanation: &Explanation) -> Value {
    let outcome = &explanation.outcome;
    let headers = |exchange: &Exchange| exchange.1.headers.iter().map(|(name, value)| json!([name, value])).collect::<Vec<_>>();
    let (verdict, reason) = match &outcome.verdict {
        Verdict::Allow => ("allow", Value::Null),
        Verdict::Deny(reason) => ("deny", json!({ "chromium": reason.chromium, "mdn": reason.mdn, "message": reason.message })),
    };
    json!({
        "format_version": FORMAT_VERSION,
        "verdict": verdict,
        "policy": explanation.policy,
        "preflight": outcome.preflight.as_ref().map(|exchange| json!({ "status": exchange.1.status, "headers": headers(exchange) })),
        "response": { "headers": outcome.response.as_ref().map(headers).unwrap_or_default() },
        "reason": reason,
        "steps": explanation.steps.iter().map(|step| json!({ "text": step.text, "place": step.place.map(|span| input.source.locate(span)) })).collect::<Vec<_>>(),
    })
}
