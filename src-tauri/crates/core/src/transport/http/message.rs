//! Requests and answers. Their addresses, bodies and cookies can hold secrets, so none of that is printed.

use std::fmt;
use std::time::Duration;

use reqwest::header::{
    ETAG, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, SET_COOKIE,
};
use secrecy::SecretString;
use url::Url;

use super::{ANSWER_LIMIT, Credential, Method, SIGN_IN_LIMIT};
use crate::transport::TransportError;

/// What is asked of a server.
pub struct Request {
    /// How.
    pub method: Method,
    /// Where.
    pub url: Url,
    /// Who asks.
    pub credential: Credential,
    /// What is sent: its media type and its bytes.
    pub body: Option<(&'static str, Vec<u8>)>,
    /// What we have already, so that the server need not send it again.
    pub conditional: Option<Validators>,
    /// The largest answer that is read, in bytes, unpacked.
    pub limit: usize,
}

impl Request {
    /// Fetches a list, up to [`ANSWER_LIMIT`].
    pub fn get(url: Url, credential: Credential) -> Self {
        Self { method: Method::GET, url, credential, body: None, conditional: None, limit: ANSWER_LIMIT }
    }

    /// Posts a sign-in as JSON, whose answer is short.
    pub fn sign_in(url: Url, json: Vec<u8>) -> Self {
        Self {
            method: Method::POST,
            url,
            credential: Credential::none(),
            body: Some(("application/json", json)),
            conditional: None,
            limit: SIGN_IN_LIMIT,
        }
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("origin", &self.url.origin().ascii_serialization())
            .field("path", &self.url.path())
            .field("credential", &self.credential)
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

/// What a server said to a request.
pub struct Answer {
    /// Its body, unpacked.
    pub body: Vec<u8>,
    /// What the body can be told by next time.
    pub validators: Validators,
    /// How long the server asks us to wait before we ask again.
    pub retry_after: Option<Duration>,
    /// Whether we have the body already: then this one is empty. Only for a conditional request.
    pub not_modified: bool,
    /// The cookies that the server sets, in its order.
    pub cookies: Vec<Cookie>,
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("length", &self.body.len())
            .field("validators", &self.validators)
            .field("retry_after", &self.retry_after)
            .field("not_modified", &self.not_modified)
            .field("cookies", &self.cookies)
            .finish()
    }
}

/// What a server tells versions of an answer apart by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validators {
    /// Its entity tag, with its quotes.
    pub etag: Option<String>,
    /// When it was last changed, in the server's words.
    pub last_modified: Option<String>,
}

impl Validators {
    /// Those that an answer's `headers` name.
    pub fn of(headers: &HeaderMap) -> Self {
        let text = |name: HeaderName| Some(headers.get(name)?.to_str().ok()?.to_owned());
        Self { etag: text(ETAG), last_modified: text(LAST_MODIFIED) }
    }

    pub(super) fn add_to(&self, headers: &mut HeaderMap) -> Result<(), TransportError> {
        for (name, value) in [(IF_NONE_MATCH, &self.etag), (IF_MODIFIED_SINCE, &self.last_modified)] {
            let Some(value) = value else { continue };
            let value = HeaderValue::try_from(value).map_err(|_| {
                TransportError::Protocol("a validator has characters that no header can carry".to_owned())
            })?;
            headers.insert(name, value);
        }
        Ok(())
    }
}

/// A cookie that a server sets. Where and how long it counts is ours to decide, but for its age.
#[derive(Debug, Clone)]
pub struct Cookie {
    /// Its name.
    pub name: String,
    /// Its value, which is as good as a password.
    pub value: SecretString,
    /// How long it counts from now on: zero takes it back, `None` is as long as the session.
    pub max_age: Option<Duration>,
}

impl Cookie {
    /// All that `headers` set. One that cannot be read is left out, as browsers do.
    pub fn all(headers: &HeaderMap) -> Vec<Self> {
        headers.get_all(SET_COOKIE).iter().filter_map(|value| Self::read(value.to_str().ok()?)).collect()
    }

    /// Reads one as RFC 6265, 5.2 has it.
    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split(';');
        let (name, value) = parts.next()?.split_once('=')?;
        let max_age = parts
            .filter_map(|part| part.split_once('='))
            .filter(|(name, _)| name.trim().eq_ignore_ascii_case("max-age"))
            .filter_map(|(_, seconds)| seconds_from(seconds.trim()))
            .next_back();
        let name = name.trim();
        (!name.is_empty()).then(|| Self { name: name.to_owned(), value: value.trim().into(), max_age })
    }
}

/// Seconds that may be negative, which is none, or more than can be counted.
fn seconds_from(text: &str) -> Option<Duration> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let seconds = if text.starts_with('-') { 0 } else { digits.parse().unwrap_or(u64::MAX) };
    Some(Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn a_cookie_is_read_with_its_age_and_nothing_else() {
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        for (text, name, value, max_age) in [
            ("session=abc", "session", "abc", None),
            (" session = abc ; Path=/; HttpOnly; Secure", "session", "abc", None),
            ("session=a=b; max-age=60", "session", "a=b", seconds(60)),
            ("session=; Max-Age=0", "session", "", seconds(0)),
            ("session=abc; Max-Age=-1", "session", "abc", seconds(0)),
            ("session=abc; Max-Age=soon", "session", "abc", None),
            ("session=abc; Max-Age=1; MAX-AGE = 2", "session", "abc", seconds(2)),
            ("session=abc; Max-Age=99999999999999999999", "session", "abc", seconds(u64::MAX)),
            ("s=\"quoted\"; Expires=Thu, 01 Jan 2026 00:00:00 GMT", "s", "\"quoted\"", None),
        ] {
            let cookie = Cookie::read(text).unwrap();
            let read = (cookie.name.as_str(), cookie.value.expose_secret(), cookie.max_age);
            assert_eq!(read, (name, value, max_age), "{text}");
        }
        for text in ["", "session", "=abc", " = ; Max-Age=1"] {
            assert!(Cookie::read(text).is_none(), "{text}");
        }
    }
}
