//! Signing in: what the analyst has becomes what goes with each request. It stays in memory.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::connection::Connection;
use super::granted;
use super::supervisor::Tools;
use crate::clock::Clock;
use crate::model::{TransportKind, Trouble};
use crate::profile::{BodyFormat, Carrier, Gives, PasswordSignIn, Profile, Settings, SignIn, Stream};
use crate::transport::TransportError;
use crate::transport::http::{Answer, Credential, HeaderName, Http, Method, Request, SIGN_IN_LIMIT};

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

/// Signs in as the profile says. Only a password is shown to the server here; anything else shows with the first
/// request whether it counts.
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
    if let (_, Up::Streams(connection)) = open_first(tools, profile, base, settings, session).await? {
        connection.close().await;
    }
    Ok(())
}

/// What came up of a transport.
pub(super) enum Up {
    /// Its streams.
    Streams(Connection),
    /// Of one that only asks, the answer to its first list, by its place in the profile.
    List(usize, Answer),
}

/// Opens the first of a profile's transports that comes up; gives its place, too.
pub(super) async fn open_first(
    tools: &Tools,
    profile: &Profile,
    base: &Url,
    settings: &Settings,
    session: &Session,
) -> Result<(usize, Up), SignInError> {
    let refused = |error: TransportError| match error {
        TransportError::Status { status: 401, .. } => SignInError::CredentialRefused,
        error => error.into(),
    };
    let mut first = None;
    for (index, transport) in profile.transports.iter().enumerate() {
        let tried = if transport.streams.is_empty() {
            let list = transport.poll.first().and_then(|list| Some((*list, profile.lists.get(*list)?)));
            let Some((place, list)) = list else { continue };
            let request = Request::get(list.address.below(base, settings), session.credential().clone());
            tools.http.send(request).await.map(|answer| Up::List(place, answer))
        } else {
            Connection::dial(tools, transport, base, settings, session, &|_| None, profile)
                .await
                .map(Up::Streams)
        };
        match tried {
            Ok(up) => return Ok((index, up)),
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
    // A profile has at least one transport, and one that only asks has a list.
    Err(refused(first.unwrap_or_else(|| TransportError::Protocol("the profile has no transport".to_owned()))))
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
            let (cookies, lifetime) = granted::cookies(&answer.cookies).ok_or_else(|| {
                TransportError::Protocol("the answer to the sign-in sets no cookie".to_owned())
            })?;
            (Credential::cookie(&cookies), None, lifetime)
        }
        Gives::Token { token, expires_in } => {
            let (token, lifetime) = granted::token(&answer.body, token, expires_in.as_deref(), clock.now())?;
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
