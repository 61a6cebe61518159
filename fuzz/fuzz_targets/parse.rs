//! Any bytes come in as a policy file; a panic, or something that takes too long, is found.
#![no_main]

use cors_gen::browser::Fetch;
use cors_gen::policy::{Matcher, PolicySet};
use cors_gen::{Options, Source, Storage, compile, evaluate, explain, targets};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let source = Source::new("cors.yaml", text);
    let first = compile(&source, &Options { profile: None, pedantic: true, lint_all_profiles: true });
    for diagnostic in &first.diagnostics {
        assert!(!diagnostic.message.is_empty());
        assert!(diagnostic.span.start <= diagnostic.span.end && diagnostic.span.end as usize <= text.len(), "{diagnostic:?}");
    }
    // To render is the dearest part, and the same for each.
    for diagnostic in first.diagnostics.iter().take(8) {
        diagnostic.render(&source, true);
        source.locate(diagnostic.span);
    }
    let (Some(policies), Some(all)) = (&first.policies, &first.all_profiles) else {
        assert!(first.diagnostics.iter().any(|diagnostic| diagnostic.is_fatal()), "no policies, and nobody says why");
        return;
    };
    let last = all.profiles.last().map(|profile| profile.name.value.to_string());
    let profiled = compile(&source, &Options { profile: last, ..Options::default() });
    for set in [Some(policies), Some(all), profiled.policies.as_ref()].into_iter().flatten() {
        ask(set);
        for target in targets::TARGETS {
            let written = target.generate(set, &source);
            assert_eq!(written, target.generate(set, &source), "the same policies give the same bytes");
            let _ = written.map_err(|refusals| assert!(refusals.iter().all(|refusal| refusal.is_fatal())));
        }
    }
});

/// Asks the policies about origins and paths of their own, and about their neighbours.
fn ask(set: &PolicySet<'_>) {
    let storage = Storage::new(set);
    let policies = storage.policies();
    let decision = storage.set(&policies);
    for (index, policy) in set.policies.iter().enumerate().take(4) {
        for entry in policy.origins.entries().iter().take(4) {
            let Matcher::Origin(written) = &entry.matcher else { continue };
            let origin = written.as_str().replace('*', "x");
            let path = policy.paths.first().map_or("/", |path| &path.value).replace("**", "x/y").replace('*', "z");
            let method = policy.methods.names.first().map_or("PUT", |name| &name.value);
            let header = policy.headers.names.first().map_or("x-other", |name| &name.value);
            let asked = Fetch { origin: &origin, method, path: &path, headers: &[header], credentials: policy.credentials.value };
            evaluate::fetch(&decision, &asked);
            explain::explain(set, &asked);
            // An exact origin is allowed by the policy that lists it.
            if written.pattern().is_none() && policies[index].origins.allow(written.as_str().as_bytes()) != entry.matches(written.as_str().as_bytes()) {
                panic!("the tables and the entry `{}` disagree", written.as_str());
            }
            evaluate::fetch(&decision, &Fetch { origin: &format!("{origin}.evil.test"), ..asked });
        }
    }
}
