//! HTTP: sign-in and lists. Redirects are not followed, so that a credential never reaches another origin, and
//! every answer has a limit.

use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CACHE_CONTROL, HeaderValue, RETRY_AFTER};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::{Tls, TransportError};

/// The largest answer that is read, in bytes, unpacked: a page of the largest events.
pub const ANSWER_LIMIT: usize = 32 << 20;
/// The largest answer to a sign-in that is read, in bytes: many times a token.
const SIGN_IN_LIMIT: usize = 64 << 10;
/// The longest a whole exchange may take: a page over a bad line.
const EXCHANGE_LIMIT: Duration = Duration::from_secs(60);
/// The longest a connection may take to stand.
const CONNECT_LIMIT: Duration = Duration::from_secs(15);
/// The longest wait that a server may impose on us. More than that is a mistake, and the analyst is waiting.
const RETRY_AFTER_LIMIT: Duration = Duration::from_secs(15 * 60);

/// An HTTP client, cheap to clone.
#[derive(Debug, Clone)]
pub struct Http {
    client: reqwest::Client,
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
                .timeout(EXCHANGE_LIMIT)
                .user_agent(concat!("Vigie/", env!("CARGO_PKG_VERSION")))
        };
        let client = builder().build().map_err(failed)?;
        let direct = builder().no_proxy().build().map_err(failed)?;
        Ok(Self { client, direct })
    }

    fn client_for(&self, url: &Url) -> &reqwest::Client {
        if url.scheme() == "http" { &self.direct } else { &self.client }
    }

    /// Fetches `url` with a bearer token; gives the answer's body.
    pub async fn get(&self, url: Url, token: &SecretString) -> Result<Vec<u8>, TransportError> {
        let mut bearer =
            HeaderValue::try_from(format!("Bearer {}", token.expose_secret())).map_err(|_| {
                TransportError::Protocol("the token has characters that no header can carry".to_owned())
            })?;
        bearer.set_sensitive(true);
        let request =
            self.client_for(&url).get(url).header(AUTHORIZATION, bearer).header(CACHE_CONTROL, "no-store");
        read(request.header(ACCEPT, "application/json").send().await.map_err(failed)?, ANSWER_LIMIT).await
    }

    /// Posts `body`, a sign-in, as JSON; gives the answer's body.
    pub async fn post(&self, url: Url, body: Vec<u8>) -> Result<Vec<u8>, TransportError> {
        let request = self.client_for(&url).post(url).header("content-type", "application/json").body(body);
        read(request.header(ACCEPT, "application/json").send().await.map_err(failed)?, SIGN_IN_LIMIT).await
    }
}

async fn read(mut response: reqwest::Response, limit: usize) -> Result<Vec<u8>, TransportError> {
    let status = response.status();
    if !status.is_success() {
        return Err(TransportError::Status {
            status: status.as_u16(),
            retry_after: retry_after(response.headers()),
        });
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        if body.len() + chunk.len() > limit {
            return Err(TransportError::TooLarge(limit));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// How long the server asks us to wait, in seconds from now. A date is not read: the clocks may differ.
pub fn retry_after(headers: &reqwest::header::HeaderMap) -> Option<Duration> {
    let seconds: u64 = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(RETRY_AFTER_LIMIT))
}

fn failed(error: reqwest::Error) -> TransportError {
    let error = error.without_url();
    let mut words = error.to_string();
    let mut cause = std::error::Error::source(&error);
    let mut insecure = false;
    while let Some(inner) = cause {
        insecure |= inner.is::<rustls::Error>()
            || inner
                .downcast_ref::<std::io::Error>()
                .and_then(std::io::Error::get_ref)
                .is_some_and(|e| e.is::<rustls::Error>());
        words = inner.to_string();
        cause = inner.source();
    }
    if insecure {
        TransportError::Insecure(words)
    } else if error.is_timeout() {
        TransportError::Silent(EXCHANGE_LIMIT)
    } else if error.is_decode() || error.is_builder() {
        TransportError::Protocol(words)
    } else {
        TransportError::Unreachable(words)
    }
}
