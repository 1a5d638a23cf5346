//! Credentials: what goes into a request to prove who asks.

use std::fmt;

use reqwest::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use crate::transport::TransportError;

/// What proves who we are. It is sent to the origin that was asked and to no other, and never printed.
#[derive(Clone, Default)]
pub struct Credential {
    /// Headers with their values.
    pub headers: Vec<(HeaderName, SecretString)>,
    /// Parameters of the address with their values, as they are before they are encoded.
    pub query: Vec<(String, SecretString)>,
}

impl Credential {
    /// Nothing: the server does not ask who we are, or does not yet know.
    pub fn none() -> Self {
        Self::default()
    }

    /// A token in the `Authorization` header.
    pub fn bearer(token: &SecretString) -> Self {
        Self::header(AUTHORIZATION, &format!("Bearer {}", token.expose_secret()).into())
    }

    /// A header of the server's own, such as an API key.
    pub fn header(name: HeaderName, value: &SecretString) -> Self {
        Self { headers: vec![(name, value.clone())], query: Vec::new() }
    }

    /// Cookies as they stand in the `Cookie` header: `name=value`, more of them after `; `.
    pub fn cookie(cookies: &SecretString) -> Self {
        Self::header(COOKIE, cookies)
    }

    /// A parameter of the address. It ends up in the logs of proxies, so it is for servers that know no other way.
    pub fn query(name: impl Into<String>, value: &SecretString) -> Self {
        Self { headers: Vec::new(), query: vec![(name.into(), value.clone())] }
    }

    /// Puts it into `headers`, marked as not to be printed. Fails if a header cannot carry it.
    pub fn add_to_headers(&self, headers: &mut HeaderMap) -> Result<(), TransportError> {
        for (name, secret) in &self.headers {
            let mut value = HeaderValue::try_from(secret.expose_secret()).map_err(|_| {
                TransportError::Protocol("the credential has characters that no header can carry".to_owned())
            })?;
            value.set_sensitive(true);
            headers.append(name, value);
        }
        Ok(())
    }

    /// Puts it into the query of `url`, in the place of parameters of the same name.
    pub fn add_to_url(&self, url: &mut Url) {
        let is_ours = |name: &str| self.query.iter().any(|(ours, _)| ours == name);
        if url.query_pairs().any(|(name, _)| is_ours(&name)) {
            let others: Vec<_> = url.query_pairs().into_owned().filter(|(name, _)| !is_ours(name)).collect();
            url.query_pairs_mut().clear().extend_pairs(others);
        }
        if !self.query.is_empty() {
            let pairs = self.query.iter().map(|(name, value)| (name, value.expose_secret()));
            url.query_pairs_mut().extend_pairs(pairs);
        }
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<_> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        let query: Vec<_> = self.query.iter().map(|(name, _)| name).collect();
        f.debug_struct("Credential").field("headers", &headers).field("query", &query).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(credential: &Credential, url: &str) -> String {
        let mut url = Url::parse(url).unwrap();
        credential.add_to_url(&mut url);
        url.into()
    }

    #[test]
    fn a_parameter_stands_in_the_address_once() {
        let key = Credential::query("key", &"a&b".into());
        for (url, expected) in [
            ("http://bank.example/", "http://bank.example/?key=a%26b"),
            ("http://bank.example/?x=%20", "http://bank.example/?x=%20&key=a%26b"),
            ("http://bank.example/?key=old&x=1&key=older", "http://bank.example/?x=1&key=a%26b"),
        ] {
            assert_eq!(with(&key, url), expected);
        }
        assert_eq!(with(&Credential::none(), "http://bank.example/"), "http://bank.example/");
    }

    #[test]
    fn a_value_that_no_header_can_carry_is_an_error_that_does_not_tell_it() {
        let credential = Credential::bearer(&"top\nsecret".into());
        let error = credential.add_to_headers(&mut HeaderMap::new()).unwrap_err();
        assert!(!format!("{error:?}{error}").contains("secret"), "{error:?}");
    }
}
