//! Redirects: where a server may send us.

use reqwest::header::{HeaderMap, LOCATION};
use reqwest::{Method, StatusCode};
use url::Url;

use crate::transport::TransportError;

/// How much of a host's name is told, in bytes: no name of the domain name system is longer.
const HOST_LENGTH: usize = 253;

/// Where an answer to `method` at `from` sends us; `None` if it is no redirect. Only what is asked without a body may
/// be asked again elsewhere, and only of the same origin: a credential is meant for that, and a path that moved needs
/// no other.
pub fn target(
    method: &Method,
    from: &Url,
    status: StatusCode,
    headers: &HeaderMap,
) -> Result<Option<Url>, TransportError> {
    let location = match (status.as_u16(), headers.get(LOCATION)) {
        (301 | 302 | 303 | 307 | 308, Some(location)) => location,
        _ => return Ok(None),
    };
    let to = std::str::from_utf8(location.as_bytes()).ok().and_then(|location| from.join(location).ok());
    let Some(mut to) = to else {
        return Err(TransportError::Protocol("it redirects to an address that cannot be read".to_owned()));
    };
    if origin(&to) != origin(from) {
        let detail =
            format!("it redirects to {}, and what is meant for one server goes to no other", name(&to));
        return Err(TransportError::Protocol(detail));
    }
    if *method != Method::GET {
        let detail = format!("it redirects a {method} to {}, and only a GET is asked again", name(&to));
        return Err(TransportError::Protocol(detail));
    }
    // Who asks is ours to say. Both fail only for addresses without a host.
    let _no_user = to.set_username("");
    let _no_password = to.set_password(None);
    Ok(Some(to))
}

fn origin(url: &Url) -> (&str, Option<&str>, Option<u16>) {
    (url.scheme(), url.host_str(), url.port_or_known_default())
}

/// Scheme, host and port of an address, and nothing of what could be a secret.
fn name(url: &Url) -> String {
    let Some(host) = url.host_str().filter(|_| matches!(url.scheme(), "http" | "https")) else {
        return "something that is no web address".to_owned();
    };
    let host = host.get(..HOST_LENGTH).unwrap_or(host);
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{host}{port}", url.scheme())
}
