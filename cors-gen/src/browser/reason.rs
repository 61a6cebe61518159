//! A fault that a browser finds comes in; its names and its message go out.

/// Why a browser keeps a response from a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Chromium's name for it (`CorsError` of its network service), or `TypeError` if nothing is sent at all.
    pub chromium: &'static str,
    /// MDN's name for it, as in the addresses of its pages and in Firefox's console, or `TypeError`.
    pub mdn: &'static str,
    /// What Chromium's console says, after "has been blocked by CORS policy: ".
    pub message: String,
}

/// To which request an answer was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    ToPreflight,
    ToRequest,
}

const ALLOW_ORIGIN: &str = "The 'Access-Control-Allow-Origin' header";

impl Reason {
    pub(super) fn type_error(message: String) -> Self {
        Self { chromium: "TypeError", mdn: "TypeError", message }
    }

    /// A fault that has one name in answers to preflights and another in answers to requests.
    fn of_answer(answer: Answer, names: [&'static str; 2], mdn: &'static str, message: &str) -> Self {
        let [preflight, request] = names;
        match answer {
            Answer::ToPreflight => Self::of_preflight(preflight, mdn, message),
            Answer::ToRequest => Self { chromium: request, mdn, message: message.to_owned() },
        }
    }

    fn of_preflight(chromium: &'static str, mdn: &'static str, message: &str) -> Self {
        Self { chromium, mdn, message: format!("Response to preflight request doesn't pass access control check: {message}") }
    }

    pub(super) fn missing_allow_origin(answer: Answer) -> Self {
        Self::of_answer(
            answer,
            ["PreflightMissingAllowOriginHeader", "MissingAllowOriginHeader"],
            "CORSMissingAllowOrigin",
            "No 'Access-Control-Allow-Origin' header is present on the requested resource.",
        )
    }

    pub(super) fn wildcard_origin(answer: Answer) -> Self {
        Self::of_answer(
            answer,
            ["PreflightWildcardOriginNotAllowed", "WildcardOriginNotAllowed"],
            "CORSNotSupportingCredentials",
            "The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' \
             when the request's credentials mode is 'include'.",
        )
    }

    pub(super) fn multiple_origins(answer: Answer, value: &str) -> Self {
        Self::of_answer(
            answer,
            ["PreflightMultipleAllowOriginValues", "MultipleAllowOriginValues"],
            "CORSMultipleAllowOriginNotAllowed",
            &format!(
                "{ALLOW_ORIGIN} contains multiple values '{value}', but only one is allowed. \
                 Have the server send the header with a valid value."
            ),
        )
    }

    pub(super) fn invalid_origin(answer: Answer, value: &str) -> Self {
        Self::of_answer(
            answer,
            ["PreflightInvalidAllowOriginValue", "InvalidAllowOriginValue"],
            "CORSAllowOriginNotMatchingOrigin",
            &format!(
                "{ALLOW_ORIGIN} contains the invalid value '{value}'. \
                 Have the server send the header with a valid value."
            ),
        )
    }

    pub(super) fn other_origin(answer: Answer, value: &str) -> Self {
        Self::of_answer(
            answer,
            ["PreflightAllowOriginMismatch", "AllowOriginMismatch"],
            "CORSAllowOriginNotMatchingOrigin",
            &format!(
                "{ALLOW_ORIGIN} has a value '{value}' that is not equal to the supplied origin. \
                 Have the server send the header with a valid value."
            ),
        )
    }

    /// MDN's name has a capital too many; it is the page's address.
    pub(super) fn no_credentials(answer: Answer, value: &str) -> Self {
        Self::of_answer(
            answer,
            ["PreflightInvalidAllowCredentials", "InvalidAllowCredentials"],
            "CORSMIssingAllowCredentials",
            &format!(
                "The value of the 'Access-Control-Allow-Credentials' header in the response is '{value}' \
                 which must be 'true' when the request's credentials mode is 'include'."
            ),
        )
    }

    pub(super) fn preflight_status() -> Self {
        Self::of_preflight("PreflightInvalidStatus", "CORSPreflightDidNotSucceed", "It does not have HTTP ok status.")
    }

    pub(super) fn preflight_redirect() -> Self {
        Self::of_preflight("PreflightDisallowedRedirect", "CORSExternalRedirectNotAllowed", "Redirect is not allowed for a preflight request.")
    }

    pub(super) fn unreadable_methods() -> Self {
        Self {
            chromium: "InvalidAllowMethodsPreflightResponse",
            mdn: "CORSInvalidAllowMethod",
            message: "Cannot parse Access-Control-Allow-Methods response header field in preflight response.".to_owned(),
        }
    }

    pub(super) fn unreadable_headers() -> Self {
        Self {
            chromium: "InvalidAllowHeadersPreflightResponse",
            mdn: "CORSInvalidAllowHeader",
            message: "Cannot parse Access-Control-Allow-Headers response header field in preflight response.".to_owned(),
        }
    }

    pub(super) fn method(method: &str) -> Self {
        Self {
            chromium: "MethodDisallowedByPreflightResponse",
            mdn: "CORSMethodNotFound",
            message: format!("Method {method} is not allowed by Access-Control-Allow-Methods in preflight response."),
        }
    }

    pub(super) fn header(name: &str) -> Self {
        Self {
            chromium: "HeaderDisallowedByPreflightResponse",
            mdn: "CORSMissingAllowHeaderFromPreflight",
            message: format!("Request header field {name} is not allowed by Access-Control-Allow-Headers in preflight response."),
        }
    }
}
