//! In: nothing. Out: the keys of a test and of its request.

use super::{Field, Mapping};

/// One test of the file.
pub static TEST: Mapping = Mapping {
    name: "a test",
    doc: "A test of the policies, in one of two forms: origins by verdict, with `allow` and `deny` (GET without credentials, at `path`), or \
          one exact request, with `request` and `expect`. A test has exactly one of the two.",
    fields: &[
        Field {
            key: "name",
            required: true,
            value: "string",
            default: None,
            doc: "What the test says, as a sentence. It is shown when the test fails.",
            example: "the shop can write",
        },
        Field {
            key: "profile",
            required: false,
            value: "name of a profile",
            default: None,
            doc: "The profile for which the test holds, one of the `profiles` of the file. Without the key it holds without a profile.",
            example: "dev",
        },
        Field {
            key: "path",
            required: false,
            value: "a path, or a list of paths",
            default: Some("\"/\""),
            doc: "The path or paths of the requests that `allow` and `deny` are about. A path begins with `/`; it is a path, not a pattern. \
                  Characters that a browser percent-encodes are sent so.",
            example: "[/api/items, /api/orders]",
        },
        Field {
            key: "allow",
            required: false,
            value: "list of origins",
            default: None,
            doc: "The origins, at least one, whose scripts a browser lets read the response at every one of the paths. An origin is given as it would be \
                  sent, without wildcards.",
            example: "[\"https://shop.example.com\"]",
        },
        Field {
            key: "deny",
            required: false,
            value: "list of origins",
            default: None,
            doc: "The origins, at least one, from whose scripts a browser keeps the response at every one of the paths. Look-alikes of allowed \
                  origins and the quoted `\"null\"` belong here; a spelling that no browser sends belongs in a `request`.",
            example: "[\"null\", \"https://evilexample.com\", \"https://shop.example.com.evil.test\"]",
        },
        Field {
            key: "request",
            required: false,
            value: "a request",
            default: None,
            doc: "One exact request, as a script would make it. `expect` says what becomes of it.",
            example: "{ origin: \"https://shop.example.com\", path: /api/items, method: PUT, headers: [content-type], credentials: true }",
        },
        Field {
            key: "expect",
            required: false,
            value: "allow or deny",
            default: None,
            doc: "`allow`: a browser that follows the Fetch standard hands the response to the script, after a preflight where it needs one. \
                  `deny`: it does not.",
            example: "allow",
        },
    ],
};

/// The request of a test.
pub static REQUEST: Mapping = Mapping {
    name: "a request",
    doc: "A request as a script makes it. Whether the browser sends a preflight first follows from it.",
    fields: &[
        Field {
            key: "origin",
            required: true,
            value: "an origin",
            default: None,
            doc: "The origin of the page whose script makes the request, as the browser sends it. It need not be one that a policy names: hostile \
                  values are welcome.",
            example: "https://shop.example.com",
        },
        Field {
            key: "path",
            required: false,
            value: "a path",
            default: Some("\"/\""),
            doc: "The path of the request. It begins with `/`; it is a path, not a pattern. Characters that a browser percent-encodes are sent so.",
            example: "/api/items",
        },
        Field {
            key: "method",
            required: false,
            value: "a method",
            default: Some("\"GET\""),
            doc: "The method of the request. Methods are case-sensitive.",
            example: "PUT",
        },
        Field {
            key: "headers",
            required: false,
            value: "list of header names",
            default: Some("[]"),
            doc: "The names of the headers that the script sets. `content-type` stands for a value that is not safelisted, such as \
                  `application/json`.",
            example: "[content-type, x-request-id]",
        },
        Field {
            key: "credentials",
            required: false,
            value: "true or false",
            default: Some("false"),
            doc: "Whether the script asks for credentials: cookies, TLS client certificates, HTTP authentication.",
            example: "true",
        },
    ],
};
