//! A host comes in; the part of it that somebody registered goes out, by the public suffix list compiled into the crate `psl`.

/// The registrable domain of a host (`example.co.uk` of `a.b.example.co.uk`), or nothing where the host is a public suffix or no domain.
pub(crate) fn registrable(host: &str) -> Option<&str> {
    let host = host.strip_suffix('.').unwrap_or(host);
    if host.starts_with('[') || crate::host::ends_in_number(host) {
        return None;
    }
    let length = psl::domain(host.as_bytes())?.as_bytes().len();
    host.get(host.len() - length..)
}

/// Whether anyone can register a name directly below this host: `com`, `co.uk`, `github.io`, `vercel.app`.
/// A made-up top-level domain is not known to be one.
pub(crate) fn is_public_suffix(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    psl::suffix(host.as_bytes()).is_some_and(|suffix| suffix.is_known() && suffix.as_bytes() == host.as_bytes())
}
