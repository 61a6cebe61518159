//! Origins: insecure ones, loopback, public suffixes, regexes, look-alikes.

use std::collections::BTreeSet;

use cors_gen::{Level, Options};

use super::{OTHER, check, codes, diagnostics, found, origins, policy};

#[test]
fn every_insecure_entry_is_spoken_of_once() {
    let with_credentials = |list: &str| policy(&[&format!("allow_origins: {list}"), "allow_credentials: true"]);
    check(&origins("[http://a.example.com]"), &["insecure-origin: `http://a.example.com` is an origin without TLS"]);
    check(&origins("[http://10.0.0.1:8080]"), &["insecure-origin: `http://10.0.0.1:8080` is an origin without TLS"]);
    check(&origins("[http://*.example.com:*]"), &["insecure-origin: `http://*.example.com:*` is an origin without TLS"]);
    check(
        &with_credentials("[http://a.example.com]"),
        &["insecure-origin-with-credentials: `http://a.example.com` is trusted with credentials over plain http"],
    );
    check(&origins("[http://a.example.com, https://a.example.com]"), &["http-twin: `http://a.example.com` is listed with https as well"]);
    check(
        &with_credentials("[http://a.example.com, https://a.example.com]"),
        &["insecure-origin-with-credentials: `http://a.example.com` is trusted with credentials over plain http"],
    );
    check(&origins("[http://a.example.com:8080, https://a.example.com]"), &["insecure-origin: `http://a.example.com:8080` is an origin without TLS"]);
    check(&origins("[{ regex: 'https?://a[0-9]\\.example\\.com' }]"), &["insecure-origin: this regex matches `http://a0.example.com`, an origin without TLS"]);
    check(
        &with_credentials("[{ regex: 'https?://a\\.example\\.com(:[0-9]+)?' }]"),
        &["insecure-origin-with-credentials: this regex matches `http://a.example.com`, which is trusted with credentials over plain http"],
    );
}

#[test]
fn an_insecure_entry_that_may_be_allowed_hides_no_other() {
    let text = policy(&["allow_origins: [http://a.example.com, https://a.example.com, http://b.example.com]", "lints: { http-twin: allow }"]);
    check(&text, &["insecure-origin: `http://b.example.com` is an origin without TLS"]);
}

#[test]
fn loopback_belongs_into_a_profile_and_is_never_insecure() {
    for origin in [
        "http://localhost",
        "https://localhost:3000",
        "http://localhost:*",
        "http://app.localhost",
        "http://*.localhost:*",
        "http://127.0.0.1:8080",
        "http://127.8.8.8",
        "http://[::1]:*",
    ] {
        check(
            &policy(&[&format!("allow_origins: ['{origin}']"), "allow_credentials: true"]),
            &[&format!("loopback-outside-profile: `{origin}` is allowed in every profile, production included")],
        );
        let text = format!(
            "version: 1\nprofiles: [dev]\npolicies:\n  api:\n    allow_origins: [{{ origin: '{origin}', profiles: [dev] }}]\n    allow_credentials: true\n"
        );
        check(&text, &[]);
    }
    check(
        &origins("[{ regex: 'https?://localhost(:[0-9]+)?' }]"),
        &["loopback-outside-profile: this regex matches `http://localhost` in every profile, production included"],
    );
    check(
        &origins("[{ regex: '(http://localhost:[0-9]+|https://app\\.example\\.com)' }]"),
        &["loopback-outside-profile: this regex matches `http://localhost:1` in every profile, production included"],
    );
    for origin in ["capacitor://localhost", "tauri://localhost", "https://localhost.example.com", "https://mylocalhost.com", "https://127.example.com"] {
        check(&origins(&format!("[{origin}]")), &[]);
    }
}

#[test]
fn a_wildcard_under_a_public_suffix_allows_strangers() {
    // A suffix may also stand further below, among the labels that `*.` stands for.
    let below = ["https://*.run.app", "https://*.amazonaws.com", "https://*.elb.amazonaws.com", "https://*.ck", "https://*.windows.net:8443"];
    for wildcard in below {
        check(&origins(&format!("['{wildcard}']")), &[&format!("public-suffix-wildcard: `{wildcard}` allows names that anyone can register")]);
    }
    for wildcard in ["https://*.com", "https://*.co.uk", "https://*.github.io", "https://app-*.vercel.app", "https://*-acme.netlify.app", "https://*.com."] {
        check(&origins(&format!("['{wildcard}']")), &[&format!("public-suffix-wildcard: `{wildcard}` allows names that anyone can register")]);
    }
    // Below this domain of a well-known wiki anyone can have a tool: it is on the list.
    assert_eq!(found(&policy(&["allow_origins: ['https://*.wmflabs.org']", "allow_credentials: true"]), false), [("public-suffix-wildcard", Level::Deny)]);
    for wildcard in [
        "https://*.example.com",
        "https://*.acme.github.io",
        "https://pr-*.acme.vercel.app",
        "https://*.internal",
        "https://*.corp",
        "https://*.lan:8443",
        "https://acme.github.io",
    ] {
        check(&origins(&format!("['{wildcard}']")), &[]);
    }
}

#[test]
fn the_https_form_of_an_origin_is_one() {
    for lines in ["insecure-origin: warn }", "insecure-origin: warn }\n    allow_credentials: true"] {
        let text = policy(&["allow_origins: [\"http://app.example.com:443\", http://app.example.org:8443]", &format!("lints: {{ {lines}")]);
        let helps: Vec<String> = diagnostics(&text, &Options::default()).into_iter().map(|found| found.help).collect();
        assert!(helps[0].starts_with("write `https://app.example.com`;") && helps[1].starts_with("write `https://app.example.org:8443`;"), "{helps:?}");
    }
}

#[test]
fn a_dot_that_is_missing_after_an_asterisk_is_suggested() {
    let help = |wildcard: &str| diagnostics(&origins(&format!("['{wildcard}']")), &Options::default())[0].help.clone();
    assert!(help("https://*example.com").starts_with("write `https://*.example.com` for the subdomains of `example.com`, or "));
    assert!(help("https://*example.co.uk:8443").starts_with("write `https://*.example.co.uk:8443` for"));
    for other in ["https://*github.io", "https://*-acme.netlify.app", "https://app*.vercel.app"] {
        assert!(help(other).starts_with("use a domain of your own"), "{other}");
    }
}

#[test]
fn a_regex_stays_inside_one_domain() {
    for regex in [
        "https://app.example\\.com",
        "https://app\\.example.com",
        "https://.*example\\.com",
        "https://.*",
        "https://[a-z]+\\.com",
        "https://app\\.example\\.(com|de)",
        "chrome-extension://[a-p]{32}",
        "https://.{1,253}",
        "https://example\\.com.{0,200}",
        "https://.*\\.amazonaws\\.com",
        "https://[a-z0-9.-]+\\.run\\.app",
    ] {
        assert_eq!(codes(&origins(&format!("[{{ regex: '{regex}' }}]")), false), BTreeSet::from(["broad-regex"]), "{regex}");
    }
    for regex in ["https://pr-[0-9]{1,5}\\.preview\\.example\\.dev", "https://([a-z0-9-]+\\.)*example\\.com", "https://(app|shop)\\.example\\.co\\.uk(:8443)?"]
    {
        check(&origins(&format!("[{{ regex: '{regex}' }}]")), &[]);
    }
}

#[test]
fn credentials_with_a_regex_that_means_any_origin_are_never_allowed() {
    let errors = |regex: &str| {
        let lines = [format!("allow_origins: [{{ regex: '{regex}' }}]"), "allow_credentials: true".to_owned(), "lints: { broad-regex: allow }".to_owned()];
        codes(&policy(&lines.each_ref().map(String::as_str)), false)
    };
    for regex in ["https://.*", "https?://.+", "https://[a-z0-9.-]{1,250}(:[0-9]{1,5})?", ".*"] {
        assert!(errors(regex).contains("credentials-with-every-site"), "{regex}");
    }
    for regex in ["https://.*\\.example\\.(com|org)", "https://app\\.[a-z]+", "https://[a-z]+\\.com"] {
        assert!(!errors(regex).contains("credentials-with-every-site"), "{regex}");
    }
}

/// Each with what is suggested, which passes.
#[test]
fn a_regex_that_no_origin_matches_is_an_error() {
    for (regex, better) in [
        (r"app\.example\.com", r"https://app\.example\.com"),
        (r"^app\.example\.com$", r"https://app\.example\.com"),
        (r"https://app\.example\.com/", r"https://app\.example\.com"),
        (r"https://app\.example\.com/.*", r"https://app\.example\.com"),
        (r"https://app\.example\.com:443", r"https://app\.example\.com"),
        (r"https://\*\.example\.com", r"https://[a-z0-9-]+\.example\.com"),
        (r"https://user@app\.example\.com", ""),
        (r"https:\\\\app\.example\.com", ""),
    ] {
        let found = diagnostics(&origins(&format!("[{{ regex: '{regex}' }}]")), &Options::default());
        assert_eq!(found.iter().map(|found| found.code).collect::<Vec<_>>(), ["invalid-regex"], "{regex}");
        if better.is_empty() {
            assert!(found[0].help.starts_with("write what matches an origin"), "{}", found[0].help);
        } else {
            assert_eq!(found[0].help, format!("write `{better}`"));
            check(&origins(&format!("[{{ regex: '{better}' }}]")), &[]);
        }
    }
    for regex in ["null", "capacitor://localhost", r"https://app\.example\.com:(443|8443)", r"https://app\.example\.com(/.*)?"] {
        assert!(!codes(&origins(&format!("[{{ regex: '{regex}' }}]")), false).contains("invalid-regex"), "{regex}");
    }
}

#[test]
fn domains_that_look_alike_are_shown_to_the_reader() {
    for (one, other, imitation, original) in [
        ("example.com", "examp1e.com", "examp1e.com", "example.com"),
        ("examp1e.com", "example.com", "examp1e.com", "example.com"),
        ("example.com", "exarnple.com", "exarnple.com", "example.com"),
        ("github.com", "g1thub.com", "g1thub.com", "github.com"),
        ("google.com", "g00gle.com", "g00gle.com", "google.com"),
        ("wikipedia.org", "vvikipedia.org", "vvikipedia.org", "wikipedia.org"),
        ("a.example.co.uk", "b.examp1e.co.uk", "examp1e.co.uk", "example.co.uk"),
        ("*.example.com", "examp1e.com:8443", "examp1e.com", "example.com"),
    ] {
        check(&origins(&format!("['https://{one}', 'https://{other}']")), &[&format!("lookalike-origin: `{imitation}` looks like `{original}`")]);
    }
    check(
        &origins("[https://example.com, https://xn--exmple-4nf.com]"),
        &["lookalike-origin: `xn--exmple-4nf.com`, shown as `ex\u{430}mple.com`, looks like `example.com`"],
    );
    let (cyrillic, shown) = ("xn--paypl-7ve.com", "payp\u{430}l.com");
    check(
        &origins(&format!("[https://paypal.com, https://{cyrillic}]")),
        &[&format!("lookalike-origin: `{cyrillic}`, shown as `{shown}`, looks like `paypal.com`")],
    );
}

#[test]
fn names_of_one_family_do_not_look_alike() {
    for list in [
        "shop1.com, https://shop2.com, https://shop10.com, https://shop11.com",
        "app1.example.com, https://appl.example.com, https://appi.example.com",
        "example.com, https://example.org, https://example.co.uk, https://examples.com",
        "mail.com, https://mall.com",
        "xn--mller-kva.de, https://muller.de, https://mueller.de",
        "10.0.0.1, https://1o.example.com",
        "wikipedia.org, https://wikimedia.org, https://wikinews.org, https://wiktionary.org",
    ] {
        check(&origins(&format!("[https://{list}]")), &[]);
    }
}

#[test]
fn a_look_alike_is_found_in_another_policy_and_allowed_by_its_own() {
    let text = |lints: &str| {
        format!(
            "version: 1\npolicies:\n  a: {{ paths: [/a], allow_origins: [https://example.com] }}\n  b: {{ paths: [/b], allow_origins: [https://examp1e.com], lints: {lints} }}\n"
        )
    };
    check(&text(OTHER), &["lookalike-origin: `examp1e.com` looks like `example.com`"]);
    check(&text("{ lookalike-origin: allow }"), &[]);
}
