//! One request of a browser comes in; the answer, and the reasoning step by step with its places in the policy, goes out.

use crate::browser::{Fetch, Outcome, Stage, Verdict};
use crate::evaluate;
use crate::lower::Storage;
use crate::policy::{Origins, Policy, PolicySet};
use crate::span::Span;

/// What became of a request, and why.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// The policy that answers at the path.
    pub policy: Option<String>,
    /// What the browser sent, got, and made of it.
    pub outcome: Outcome,
    /// The reasoning.
    pub steps: Vec<Step>,
}

/// One step of the reasoning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What was found.
    pub text: String,
    /// The place in the policy that decided.
    pub place: Option<Span>,
}

/// Explains what these policies answer to a fetch.
pub fn explain(set: &PolicySet<'_>, fetch: &Fetch<'_>) -> Explanation {
    let storage = Storage::new(set);
    let policies = storage.policies();
    let decision = storage.set(&policies);
    let outcome = evaluate::fetch(&decision, fetch);
    let path = fetch.path.split('?').next().unwrap_or_default();
    let rule = decision.paths.rule_for(path.as_bytes()).and_then(|index| set.rules.get(index));
    let policy = rule.map(|rule| &set.policies[rule.policy]);
    let mut steps = Vec::new();
    match (rule, policy) {
        (Some(rule), Some(policy)) => {
            let text = format!("The path `{path}` is under `{}`: the policy `{}` answers.", rule.pattern.value, policy.name.value);
            steps.push(Step { text, place: Some(rule.pattern.span) });
            steps.push(origin_step(policy, fetch.origin));
        }
        _ => steps.push(Step { text: no_policy(path), place: None }),
    }
    steps.extend(outcome.steps.iter().map(|step| Step { text: step.text.clone(), place: policy.and_then(|policy| place_of(policy, &outcome, step.stage)) }));
    Explanation { policy: policy.map(|policy| policy.name.value.to_string()), outcome, steps }
}

fn no_policy(path: &str) -> String {
    if cors_decision::is_ambiguous(path.as_bytes()) {
        format!("The path `{path}` can be read in more than one way, so no policy answers: no CORS header is set.")
    } else {
        format!("No policy is for the path `{path}`: no CORS header is set.")
    }
}

fn origin_step(policy: &Policy<'_>, origin: &str) -> Step {
    let name = &policy.name.value;
    match &policy.origins {
        Origins::Any(span) => Step { text: format!("The policy `{name}` allows any origin."), place: Some(*span) },
        Origins::Listed(_) if origin.len() > cors_decision::MAX_ORIGIN_LEN => {
            Step { text: format!("The origin is longer than any origin can be ({} bytes): it is refused.", cors_decision::MAX_ORIGIN_LEN), place: None }
        }
        Origins::Listed(entries) => match entries.iter().find(|entry| entry.matches(origin.as_bytes())) {
            Some(entry) => Step { text: format!("The origin `{origin}` is allowed by this entry."), place: Some(entry.span) },
            None => {
                let count = match entries.len() {
                    1 => "the one entry".to_owned(),
                    count => format!("none of the {count} entries"),
                };
                let verb = if entries.len() == 1 { "does not allow" } else { "allows" };
                Step { text: format!("Of the policy `{name}`, {count} {verb} the origin `{origin}`."), place: entries.first().map(|entry| entry.span) }
            }
        },
    }
}

/// The part of the policy that a judgement of the browser hangs on: only a refusal has one.
fn place_of(policy: &Policy<'_>, outcome: &Outcome, stage: Stage) -> Option<Span> {
    let Verdict::Deny(reason) = &outcome.verdict else { return None };
    let last = outcome.steps.last().map(|step| step.stage);
    if Some(stage) != last || !matches!(stage, Stage::PreflightCheck | Stage::ResponseCheck) {
        return None;
    }
    match reason.chromium {
        "MethodDisallowedByPreflightResponse" => policy.methods.span(),
        "HeaderDisallowedByPreflightResponse" => policy.headers.span(),
        "WildcardOriginNotAllowed" | "PreflightWildcardOriginNotAllowed" | "InvalidAllowCredentials" | "PreflightInvalidAllowCredentials" => {
            Some(policy.credentials.span)
        }
        _ => None,
    }
}
