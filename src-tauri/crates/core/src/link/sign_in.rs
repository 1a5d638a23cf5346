//! Signing in: a name and a password give a token, which stays in memory.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize as _;
use serde_json::value::RawValue;
use url::Url;

use crate::clock::Clock;
use crate::model::Trouble;
use crate::profile::{Profile, SignInFile};
use crate::transport::TransportError;
use crate::transport::http::{Http, Request};

/// A token is renewed this long before it runs out, so that it does not do so on its way.
const RENEWED_BEFORE: Duration = Duration::from_secs(30);

/// What the server gave for the password.
pub struct Token {
    /// The token itself.
    pub secret: SecretString,
    /// When it should no longer be used, by [`Clock::elapsed`].
    pub usable_until: Option<Duration>,
}

/// Why signing in failed.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The server refused the name or the password.
    #[error("the server refused the name or the password")]
    Refused,
    /// The server could not be asked, or answered something else.
    #[error(transparent)]
    Transport(#[from] TransportError),
}

impl SignInError {
    /// What an analyst can tell it by; `None` for a refused password.
    pub const fn trouble(&self) -> Option<Trouble> {
        match self {
            Self::Refused => None,
            Self::Transport(error) => Some(error.trouble()),
        }
    }
}

/// Signs in as the profile says.
pub async fn sign_in(
    http: &Http,
    clock: &dyn Clock,
    profile: &Profile,
    base: &Url,
    user: &str,
    password: &SecretString,
) -> Result<Token, SignInError> {
    let SignInFile::Password { path, token, expires_in, refused } = &profile.sign_in;
    let request = serde_json::json!({ "username": user, "password": password.expose_secret() });
    let request = Request::sign_in(super::join(base, path), request.to_string().into_bytes());
    let answer = match http.send(request).await {
        Ok(answer) => answer.body,
        Err(TransportError::Status { status, .. }) if refused.contains(&status) => {
            return Err(SignInError::Refused);
        }
        Err(error) => return Err(error.into()),
    };
    let answer: &RawValue = serde_json::from_slice(&answer)
        .map_err(|_| TransportError::Protocol("the answer to the sign-in is not JSON".to_owned()))?;
    let found = profile.read_sign_in(answer.get(), token, expires_in.as_deref());
    let (Some(secret), lifetime) = found else {
        return Err(TransportError::Protocol("the answer to the sign-in has no token".to_owned()).into());
    };
    // A lifetime beyond all time is none.
    let usable_until =
        lifetime.and_then(|lifetime| clock.elapsed().checked_add(lifetime.saturating_sub(RENEWED_BEFORE)));
    Ok(Token { secret, usable_until })
}

impl Profile {
    fn read_sign_in(
        &self,
        answer: &str,
        token: &str,
        expires_in: Option<&str>,
    ) -> (Option<SecretString>, Option<Duration>) {
        let value = serde_json::Value::deserialize(&mut serde_json::Deserializer::from_str(answer))
            .unwrap_or_default();
        let secret = value.pointer(token).and_then(serde_json::Value::as_str).map(SecretString::from);
        let seconds =
            expires_in.and_then(|pointer| value.pointer(pointer)).and_then(serde_json::Value::as_u64);
        (secret, seconds.map(Duration::from_secs))
    }
}
