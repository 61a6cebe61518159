//! In: nothing. Out: the keys of a policy.

use super::{Field, Mapping};

/// One policy.
pub static POLICY: Mapping = Mapping {
    name: "a policy",
    doc: "Who may read the responses of some paths, and with what requests. CORS is no access control: a request whose origin is refused can \
          still run on the server; the browser only keeps the answer from the script.",
    fields: &[
        Field {
            key: "paths",
            required: false,
            value: "list of path patterns",
            default: Some("[\"/**\"]"),
            doc: "Where the policy applies. A pattern begins with `/`; a segment is literal or `*` for exactly one segment, and the last may \
                  be `**` for all that remain, none included. The most specific pattern wins; the same pattern twice is an error. Matching is on \
                  the path as received, case-sensitive, without the query.",
            example: "[/api/**, \"/items/*/comments\"]",
        },
        Field {
            key: "allow_origins",
            required: true,
            value: "\"*\", or a list of origins",
            default: None,
            doc: "Who may read the responses: `\"*\"` for any origin, or a list with at least one entry. `\"*\"` stands alone, in quotes, and \
                  is prohibited with `allow_credentials`. Everyone who controls a listed origin, or can register a host that a wildcard \
                  matches, reads what the user may read.",
            example: "[\"https://app.example.com\", \"https://*.preview.example.com\"]",
        },
        Field {
            key: "allow_methods",
            required: false,
            value: "list of methods, or \"*\"",
            default: Some("[\"GET\", \"HEAD\", \"POST\"]"),
            doc: "The methods that scripts may use. Browsers never ask about GET, HEAD and POST, so leaving them out forbids nothing. Methods \
                  are case-sensitive: `PATCH` is written so. CONNECT, TRACE and TRACK are prohibited. `\"*\"` is any method, with credentials too.",
            example: "[GET, POST, PUT, PATCH, DELETE]",
        },
        Field {
            key: "allow_headers",
            required: false,
            value: "list of header names, or \"*\"",
            default: Some("[]"),
            doc: "The request headers that scripts may set, beyond the safelisted ones. Names are case-insensitive. Headers that no script can set, \
                  such as `Cookie` or `Origin`, are prohibited. `\"*\"` is any header but `Authorization`: say `[\"*\", Authorization]` for both.",
            example: "[Content-Type, Authorization, X-Request-Id]",
        },
        Field {
            key: "expose_headers",
            required: false,
            value: "list of header names, or \"*\"",
            default: Some("[]"),
            doc: "The response headers that scripts may read, beyond the safelisted ones. `\"*\"` is prohibited with `allow_credentials`, where \
                  the Fetch standard gives it no meaning; `Set-Cookie` is prohibited, as no script can ever read it.",
            example: "[X-Request-Id, ETag]",
        },
        Field {
            key: "allow_credentials",
            required: false,
            value: "true or false",
            default: Some("false"),
            doc: "Whether scripts may read responses to requests that carry cookies, TLS client certificates or HTTP authentication. Prohibited \
                  together with `allow_origins: \"*\"` and with `\"*\"` in `expose_headers`. With it an allowed origin acts as the user: list only \
                  origins that deserve the trust.",
            example: "true",
        },
        Field {
            key: "max_age",
            required: false,
            value: "seconds, or a duration such as 10m",
            default: None,
            doc: "How long a browser may keep the answer to a preflight: seconds as an integer, or a duration in `s`, `m`, `h` or `d`. `0` \
                  turns the cache off; without the key the header is absent and browsers keep the answer for 5 seconds. At most 2147483647 seconds. \
                  A permission that is taken back stays with browsers for this long.",
            example: "10m",
        },
        Field {
            key: "allow_private_network",
            required: false,
            value: "true or false",
            default: Some("false"),
            doc: "Whether a preflight with `Access-Control-Request-Private-Network: true` is answered with a permission: a public website may \
                  then reach this server in a private network. Browsers have put this mechanism on hold.",
            example: "true",
        },
        Field {
            key: "preflight_status",
            required: false,
            value: "200 to 299",
            default: Some("204"),
            doc: "The status of an answered preflight. Browsers take any from 200 to 299, and nothing else.",
            example: "200",
        },
        Field {
            key: "lints",
            required: false,
            value: "mapping of lint names to levels",
            default: Some("{}"),
            doc: "Levels of lints for this policy; they go before those of the file. An allowed lint is an accepted risk; `because` tells the \
                  next reader why.",
            example: "{ null-origin: { level: allow, because: the embedded player has an opaque origin } }",
        },
    ],
};
