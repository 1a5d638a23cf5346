//! Signing in: what the analyst has becomes what goes with each request. It stays in memory.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize as _;
use url::Url;

use super::connection::Connection;
use super::supervisor::Tools;
use crate::clock::Clock;
use crate::model::{Time, TransportKind, Trouble};
use crate::profile::{BodyFormat, Carrier, Gives, PasswordSignIn, Profile, Settings, SignIn, Stream};
use crate::transport::TransportError;
use crate::transport::http::{Cookie, Credential, HeaderName, Http, Method, Request, SIGN_IN_LIMIT};

/// A session is renewed this long before it runs out, so that it does not do so on its way; of a short one, at half its
/// time.
const RENEWED_BEFORE: Duration = Duration::from_secs(30);

/// What a source is asked with.
#[derive(Debug, Clone)]
pub struct Session {
    credential: Credential,
    token: Option<SecretString>,
    /// When it should no longer be used, by [`Clock::elapsed`].
    pub usable_until: Option<Duration>,
    /// Whether the password can give a new one.
    pub is_renewable: bool,
}

impl Session {
    /// A session that proves nothing.
    const fn open() -> Self {
        let credential = Credential { headers: Vec::new(), query: Vec::new() };
        Self { credential, token: None, usable_until: None, is_renewable: false }
    }

    /// What goes with a request.
    pub const fn credential(&self) -> &Credential {
        &self.credential
    }

    /// What goes with a stream, which may want the token in its address.
    pub fn credential_for(&self, stream: &Stream) -> Credential {
        match (&stream.token_parameter, &self.token) {
            (Some(parameter), Some(token)) => Credential::query(parameter, token),
            _ => self.credential.clone(),
        }
    }
}

/// The session of a link, for whoever asks the same server something.
#[derive(Debug, Clone, Default)]
pub struct SharedSession(Arc<Mutex<Option<Session>>>);

impl SharedSession {
    /// The session, if there is one.
    pub fn get(&self) -> Option<Session> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Replaces the session; gives the one before.
    pub fn set(&self, session: Option<Session>) -> Option<Session> {
        std::mem::replace(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner), session)
    }
}

/// Why signing in failed.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The server refused the name or the password.
    #[error("the server refused the name or the password")]
    PasswordRefused,
    /// The server refused the token or key, or wants one.
    #[error("the server does not take this user, token or key")]
    CredentialRefused,
    /// The server could not be asked, or answered something else.
    #[error(transparent)]
    Transport(#[from] TransportError),
}

impl SignInError {
    /// What an analyst can tell it by; `None` for a refused password or token.
    pub const fn trouble(&self) -> Option<Trouble> {
        match self {
            Self::PasswordRefused | Self::CredentialRefused => None,
            Self::Transport(error) => Some(error.trouble()),
        }
    }
}

/// Signs in as the profile says. Only a password is shown to the server here; anything else shows with the first request
/// whether it counts.
pub async fn sign_in(
    http: &Http,
    clock: &dyn Clock,
    profile: &Profile,
    base: &Url,
    settings: &Settings,
    secret: Option<&SecretString>,
) -> Result<Session, SignInError> {
    let secret = secret.filter(|secret| !secret.expose_secret().is_empty());
    match (&profile.sign_in, secret) {
        (SignIn::None | SignIn::User | SignIn::Token { optional: true, .. }, None) => Ok(Session::open()),
        (SignIn::None | SignIn::User, Some(_)) => Ok(Session::open()),
        (SignIn::Token { .. }, None) => Err(SignInError::CredentialRefused),
        (SignIn::Password(_), None) => Err(SignInError::PasswordRefused),
        (SignIn::Token { carrier, .. }, Some(token)) => {
            let credential = match carrier {
                Carrier::Bearer => Credential::bearer(token),
                Carrier::Query(parameter) => Credential::query(parameter, token),
                Carrier::Header(name) => {
                    let name = HeaderName::try_from(name.as_str()).map_err(|_| {
                        TransportError::Protocol("the profile's header cannot be one".to_owned())
                    })?;
                    Credential::header(name, token)
                }
            };
            Ok(Session { credential, token: Some(token.clone()), ..Session::open() })
        }
        (SignIn::Password(way), Some(password)) => {
            with_password(http, clock, way, base, settings, password).await
        }
    }
}

/// Finds out whether the server takes a session that it has not given itself: dials as the profile says, once.
pub async fn probe(
    tools: &Tools,
    profile: &Profile,
    base: &Url,
    settings: &Settings,
    session: &Session,
) -> Result<(), SignInError> {
    let refused = |error: TransportError| match error {
        TransportError::Status { status: 401, .. } => SignInError::CredentialRefused,
        error => error.into(),
    };
    let mut first = None;
    for transport in &profile.transports {
        let tried = if transport.streams.is_empty() {
            let lists = transport.poll.iter().filter_map(|list| profile.lists.get(*list));
            let Some(list) = lists.into_iter().next() else { continue };
            let request = Request::get(list.address.below(base, settings), session.credential().clone());
            tools.http.send(request).await.map(|_answer| ())
        } else {
            let dialled =
                Connection::dial(tools, transport, base, settings, session, &|_| None, profile).await;
            match dialled {
                Ok(connection) => {
                    connection.close().await;
                    Ok(())
                }
                Err(error) => Err(error),
            }
        };
        match tried {
            Ok(()) => return Ok(()),
            // A handshake that is forbidden may only be a server that knows no WebSocket here.
            Err(error @ TransportError::Status { status: 403, .. })
                if transport.kind == TransportKind::WebSocket =>
            {
                first = first.or(Some(error));
            }
            Err(error) if error.is_final() => return Err(refused(error)),
            Err(error) => first = first.or(Some(error)),
        }
    }
    first.map_or(Ok(()), |error| Err(refused(error)))
}

async fn with_password(
    http: &Http,
    clock: &dyn Clock,
    way: &PasswordSignIn,
    base: &Url,
    settings: &Settings,
    password: &SecretString,
) -> Result<Session, SignInError> {
    let user = settings.get("user").and_then(|values| values.first()).map_or("", String::as_str);
    let (user_field, password_field) = (way.user_field.as_str(), way.password_field.as_str());
    let body = match way.format {
        BodyFormat::Json => {
            let fields = serde_json::json!({ user_field: user, password_field: password.expose_secret() });
            ("application/json", fields.to_string().into_bytes())
        }
        BodyFormat::Form => {
            let form = url::form_urlencoded::Serializer::new(String::new())
                .append_pair(user_field, user)
                .append_pair(password_field, password.expose_secret())
                .finish();
            ("application/x-www-form-urlencoded", form.into_bytes())
        }
    };
    let request = Request {
        method: Method::POST,
        url: way.address.below(base, settings),
        credential: Credential::none(),
        body: Some(body),
        conditional: None,
        limit: SIGN_IN_LIMIT,
    };
    let answer = match http.send(request).await {
        Ok(answer) => answer,
        Err(TransportError::Status { status, .. }) if way.refused.contains(&status) => {
            return Err(SignInError::PasswordRefused);
        }
        Err(error) => return Err(error.into()),
    };
    let (credential, token, lifetime) = match &way.gives {
        Gives::Cookie => {
            let (cookies, lifetime) = session_cookies(&answer.cookies).ok_or_else(|| {
                TransportError::Protocol("the answer to the sign-in sets no cookie".to_owned())
            })?;
            (Credential::cookie(&cookies), None, lifetime)
        }
        Gives::Token { token, expires_in } => {
            let (token, lifetime) = read_token(&answer.body, token, expires_in.as_deref(), clock.now())?;
            (Credential::bearer(&token), Some(token), lifetime)
        }
    };
    // A lifetime beyond all time is none.
    let usable_until = lifetime.and_then(|lifetime| {
        let usable = lifetime.saturating_sub(RENEWED_BEFORE).max(lifetime / 2);
        clock.elapsed().checked_add(usable)
    });
    Ok(Session { credential, token, usable_until, is_renewable: true })
}

/// The cookies that a server sets, as they go back to it, and the shortest of their lives.
fn session_cookies(cookies: &[Cookie]) -> Option<(SecretString, Option<Duration>)> {
    let kept = || cookies.iter().filter(|cookie| cookie.max_age != Some(Duration::ZERO));
    let pairs: Vec<String> =
        kept().map(|cookie| format!("{}={}", cookie.name, cookie.value.expose_secret())).collect();
    if pairs.is_empty() {
        return None;
    }
    Some((pairs.join("; ").into(), kept().filter_map(|cookie| cookie.max_age).min()))
}

fn read_token(
    answer: &[u8],
    token: &str,
    expires_in: Option<&str>,
    now: Time,
) -> Result<(SecretString, Option<Duration>), TransportError> {
    let answer = serde_json::Value::deserialize(&mut serde_json::Deserializer::from_slice(answer))
        .map_err(|_| TransportError::Protocol("the answer to the sign-in is not JSON".to_owned()))?;
    let token =
        answer
            .pointer(token)
            .and_then(serde_json::Value::as_str)
            .filter(|token| !token.is_empty())
            .ok_or_else(|| TransportError::Protocol("the answer to the sign-in has no token".to_owned()))?;
    let said = expires_in.and_then(|pointer| answer.pointer(pointer)).and_then(|seconds| match seconds {
        serde_json::Value::String(text) => text.parse::<f64>().ok(),
        other => other.as_f64(),
    });
    let lifetime = match said.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()) {
        Some(lifetime) => Some(lifetime),
        None => lifetime_of(token, now),
    };
    Ok((token.into(), lifetime))
}

/// How long a JSON Web Token (RFC 7519) counts from `now` on, by its own word: two times of the server's clock, so that
/// ours does not matter; ours, where it does not say when it was made.
fn lifetime_of(token: &str, now: Time) -> Option<Duration> {
    use base64::Engine as _;
    let claims = token.split('.').nth(1)?;
    let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(claims).ok()?;
    let claims: serde_json::Value = serde_json::from_slice(&claims).ok()?;
    let at = |name: &str| claims.get(name).and_then(serde_json::Value::as_f64);
    let made = at("iat").unwrap_or(Duration::from_millis(u64::try_from(now.0).ok()?).as_secs_f64());
    Duration::try_from_secs_f64(at("exp")? - made).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_web_token_tells_how_long_it_counts() {
        // {"sub":"ada","iat":1790000000,"exp":1790000600}
        let token = "x.eyJzdWIiOiJhZGEiLCJpYXQiOjE3OTAwMDAwMDAsImV4cCI6MTc5MDAwMDYwMH0.y";
        assert_eq!(lifetime_of(token, Time(0)), Some(Duration::from_secs(600)));
        // {"sub":"ada","exp":1790000600}
        let undated = "x.eyJzdWIiOiJhZGEiLCJleHAiOjE3OTAwMDA2MDB9.y";
        assert_eq!(lifetime_of(undated, Time(1_790_000_000_000)), Some(Duration::from_secs(600)));
        for none in ["", "a.b.c", "x.e30.y"] {
            assert_eq!(lifetime_of(none, Time(0)), None, "{none}");
        }
    }

    #[test]
    fn cookies_go_back_together_and_count_as_long_as_the_shortest() {
        let cookie = |name: &str, value: &str, age: Option<u64>| Cookie {
            name: name.to_owned(),
            value: value.into(),
            max_age: age.map(Duration::from_secs),
        };
        let cookies =
            [cookie("session", "a", Some(60)), cookie("csrf", "b", None), cookie("old", "", Some(0))];
        let (pairs, lifetime) = session_cookies(&cookies).unwrap();
        assert_eq!((pairs.expose_secret(), lifetime), ("session=a; csrf=b", Some(Duration::from_secs(60))));
        assert!(session_cookies(&cookies[2..]).is_none());
    }
}
