//! HTTP: sign-in, lists, and the request that opens an event stream.
//!
//! Redirects are followed by hand, so that a credential never reaches another origin. Everything that a server can
//! make large or slow has a limit here, and its bytes are counted unpacked.

mod credential;
mod message;
mod redirect;
mod trouble;

use std::time::Duration;

use bytes::Bytes;
use reqwest::Response;
use reqwest::header::{ACCEPT, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, DATE, RETRY_AFTER};
use url::Url;

use super::{Tls, TransportError};

pub use credential::Credential;
pub use message::{Answer, Cookie, Request, Validators};
pub use redirect::target as redirect_target;
pub use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
pub use reqwest::{Method, StatusCode};
pub(super) use trouble::failed;

/// The largest answer that is read, in bytes, unpacked: a page of the largest events.
pub const ANSWER_LIMIT: usize = 32 << 20;
/// The largest answer to a sign-in that is read, in bytes: many times a token.
pub const SIGN_IN_LIMIT: usize = 64 << 10;
/// The longest a whole exchange may take, with its redirects: a page over a bad line.
const EXCHANGE_LIMIT: Duration = Duration::from_secs(60);
/// The longest a connection may take to stand.
const CONNECT_LIMIT: Duration = Duration::from_secs(15);
/// The longest wait that a server may impose on us. More than that is a mistake, and the analyst is waiting.
const RETRY_AFTER_LIMIT: Duration = Duration::from_secs(15 * 60);
/// The most redirects of one request. A path that moved needs one; more than a few go round in circles.
const REDIRECTS_LIMIT: usize = 5;
/// How often an HTTP/2 connection that is waited on is asked whether it still stands, and how long it may take to
/// say so: one that a sleeping computer has lost must not be used again and again. A stream is watched by its silence:
/// while it rests, no answer to a ping would be heard.
const PING: Duration = Duration::from_secs(10);

/// An HTTP client, cheap to clone.
#[derive(Debug, Clone)]
pub struct Http {
    exchanges: Clients,
    /// A stream has a connection of its own: it begins with one that stands, and holds up nothing else.
    streams: Clients,
}

#[derive(Debug, Clone)]
struct Clients {
    secure: reqwest::Client,
    /// For unencrypted addresses, which only this computer has: no proxy may see what goes there.
    direct: reqwest::Client,
}

impl Http {
    /// A client that trusts what `tls` trusts.
    pub fn new(tls: &Tls) -> Result<Self, TransportError> {
        let mut config = (*tls.shared()).clone();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let builder = || {
            reqwest::Client::builder()
                .tls_backend_preconfigured(config.clone())
                .redirect(reqwest::redirect::Policy::none())
                .connect_timeout(CONNECT_LIMIT)
                .user_agent(concat!("Vigie/", env!("CARGO_PKG_VERSION")))
        };
        Ok(Self {
            exchanges: Clients::new(|| {
                builder().http2_keep_alive_interval(PING).http2_keep_alive_timeout(PING)
            })?,
            streams: Clients::new(|| builder().pool_max_idle_per_host(0))?,
        })
    }

    /// Sends `request` and reads the answer to its end. A status that is no success is an error.
    pub async fn send(&self, request: Request) -> Result<Answer, TransportError> {
        match tokio::time::timeout(EXCHANGE_LIMIT, self.exchange(request)).await {
            Ok(answer) => answer,
            Err(_) => Err(TransportError::Silent(EXCHANGE_LIMIT)),
        }
    }

    async fn exchange(&self, request: Request) -> Result<Answer, TransportError> {
        let Request { method, url, credential, body, conditional, limit } = request;
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        if method == Method::GET {
            headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
        if let Some(validators) = &conditional {
            validators.add_to(&mut headers)?;
        }
        let body = body.map(|(content_type, body)| {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
            Bytes::from(body)
        });
        let response = self.exchanges.ask(method, url, &credential, headers, body).await?;
        let not_modified = conditional.is_some() && response.status() == StatusCode::NOT_MODIFIED;
        if !response.status().is_success() && !not_modified {
            return Err(refused(&response));
        }
        let answer = Answer {
            body: Vec::new(),
            validators: Validators::of(response.headers()),
            retry_after: retry_after(response.headers()),
            not_modified,
            cookies: Cookie::all(response.headers()),
        };
        Ok(Answer { body: read(response, limit).await?, ..answer })
    }

    /// Asks for an event stream and gives the answer's head, whatever it says. Nothing of the time it takes is
    /// limited here but the connecting.
    pub(super) async fn open(
        &self,
        url: Url,
        credential: &Credential,
        mut headers: HeaderMap,
    ) -> Result<Response, TransportError> {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        self.streams.ask(Method::GET, url, credential, headers, None).await
    }
}

impl Clients {
    fn new(builder: impl Fn() -> reqwest::ClientBuilder) -> Result<Self, TransportError> {
        let secure = builder().build().map_err(failed)?;
        let direct = builder().no_proxy().build().map_err(failed)?;
        Ok(Self { secure, direct })
    }

    /// Asks, and goes where the server sends us, as long as that is the same origin.
    async fn ask(
        &self,
        method: Method,
        mut url: Url,
        credential: &Credential,
        mut headers: HeaderMap,
        body: Option<Bytes>,
    ) -> Result<Response, TransportError> {
        let client = if url.scheme() == "http" { &self.direct } else { &self.secure };
        credential.add_to_headers(&mut headers)?;
        for _ in 0..=REDIRECTS_LIMIT {
            let mut target = url.clone();
            credential.add_to_url(&mut target);
            let mut request = client.request(method.clone(), target).headers(headers.clone());
            if let Some(body) = &body {
                request = request.body(body.clone());
            }
            let response = request.send().await.map_err(failed)?;
            match redirect_target(&method, &url, response.status(), response.headers())? {
                Some(next) => url = next,
                None => return Ok(response),
            }
        }
        let detail = format!("it redirects more than {REDIRECTS_LIMIT} times");
        Err(TransportError::Protocol(detail))
    }
}

/// Reads an answer to its end, up to `limit` bytes.
async fn read(mut response: Response, limit: usize) -> Result<Vec<u8>, TransportError> {
    check_encoding(&response)?;
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        if body.len() + chunk.len() > limit {
            return Err(TransportError::TooLarge(limit));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Whether the answer can be read: what we asked for is unpacked by now, and no longer named.
pub(super) fn check_encoding(response: &Response) -> Result<(), TransportError> {
    let packed = |value: &HeaderValue| !value.as_bytes().eq_ignore_ascii_case(b"identity");
    if response.headers().get_all(CONTENT_ENCODING).iter().any(packed) {
        return Err(TransportError::Protocol("it packed the answer in a way that was not asked for".into()));
    }
    Ok(())
}

/// What an answer's status says, if it is not the one that was hoped for.
pub(super) fn refused(response: &Response) -> TransportError {
    TransportError::Status {
        status: response.status().as_u16(),
        retry_after: retry_after(response.headers()),
    }
}

/// How long the server asks us to wait from now on: seconds, or a date, which counts from the answer's own, because the
/// clocks may differ.
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: HeaderName| headers.get(name)?.to_str().ok().map(str::trim);
    let asked = text(RETRY_AFTER)?;
    let wait = match asked.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let at = |text: &str| jiff::fmt::rfc2822::parse(text).ok().map(|at| at.timestamp());
            at(asked)?.duration_since(at(text(DATE)?)?).try_into().unwrap_or_default()
        }
    };
    Some(wait.min(RETRY_AFTER_LIMIT))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(pairs: &[(HeaderName, &'static str)]) -> Option<u64> {
        let headers = pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
        retry_after(&headers.collect()).map(|wait| wait.as_secs())
    }

    #[test]
    fn a_wait_is_seconds_or_a_date_by_the_servers_own_clock() {
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        assert_eq!(asked(&[(RETRY_AFTER, "120")]), Some(120));
        assert_eq!(asked(&[(RETRY_AFTER, "Sun, 06 Nov 1994 08:51:07 GMT"), (DATE, date)]), Some(90));
        assert_eq!(asked(&[(RETRY_AFTER, "Sun, 06 Nov 1994 08:00:00 GMT"), (DATE, date)]), Some(0));
        assert_eq!(asked(&[(RETRY_AFTER, "999999999999")]), Some(RETRY_AFTER_LIMIT.as_secs()));
        for none in ["", "-1", "soon", date] {
            assert_eq!(asked(&[(RETRY_AFTER, none)]), None, "{none}");
        }
    }
}
