//! Answers to what cannot be done: a status and `{"detail": …}`.

use std::time::Duration;

use axum::{
    Json,
    extract::rejection::JsonRejection,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use crate::{
    access::{SignInError, TokenError},
    hub::Full,
    ledger::LedgerError,
    store::StoreError,
};

/// When to come back to a gateway that is full or stops.
const COME_BACK: Duration = Duration::from_secs(5);

/// The largest body of a request, in bytes: many times a transaction.
pub(crate) const LARGEST_BODY: usize = 64 * 1024;

/// A body as it came, or why it is none.
pub(crate) type Body<T> = Result<Json<T>, JsonRejection>;

/// What is in a body.
pub(crate) fn understood<T>(body: Body<T>) -> Result<T, Refusal> {
    body.map(|Json(body)| body).map_err(|error| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Refusal::Malformed(StatusCode::PAYLOAD_TOO_LARGE, error.body_text()),
        _ => Refusal::unprocessable(error.body_text()),
    })
}

/// Why a request is refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// There is no token, or a worthless one.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// There is no such user, or not with this password.
    #[error(transparent)]
    SignIn(#[from] SignInError),
    /// It is not what the contract says, with the status that says how.
    #[error("{1}")]
    Malformed(StatusCode, String),
    /// It was not done.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// It cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There are too many connections.
    #[error(transparent)]
    Full(#[from] Full),
}

impl Refusal {
    /// A value that the contract does not know.
    pub fn unprocessable(detail: impl Into<String>) -> Self {
        Self::Malformed(StatusCode::UNPROCESSABLE_ENTITY, detail.into())
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Token(TokenError::Unsigned(_)) | Self::SignIn(SignInError::Account(_)) | Self::Store(_) => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
            Self::Token(_) | Self::SignIn(SignInError::Wrong) => StatusCode::UNAUTHORIZED,
            Self::SignIn(SignInError::TooMany { .. }) | Self::Full(Full::User) => {
                StatusCode::TOO_MANY_REQUESTS
            }
            Self::Malformed(status, _) => *status,
            Self::Ledger(LedgerError::Invalid(_)) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Ledger(LedgerError::NotFound) => StatusCode::NOT_FOUND,
            Self::Ledger(LedgerError::Conflict(_)) => StatusCode::CONFLICT,
            Self::Ledger(LedgerError::Store(_)) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Ledger(LedgerError::Stopped) | Self::Full(Full::Gateway) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::SignIn(SignInError::TooMany { retry_after }) => Some(*retry_after),
            Self::Full(_) | Self::Ledger(LedgerError::Stopped) => Some(COME_BACK),
            _ => None,
        }
    }
}

impl Refusal {
    /// The status, when to come back, and the reason in words that give nothing away.
    pub fn parts(&self) -> (StatusCode, Option<Duration>, String) {
        let status = self.status();
        let reason = match status {
            StatusCode::INTERNAL_SERVER_ERROR => {
                tracing::error!(error = %self, "a request failed");
                "internal error".to_owned()
            }
            _ => self.to_string(),
        };
        (status, self.retry_after(), reason)
    }
}

/// An answer with the headers that belong to its status.
pub(crate) fn answer(status: StatusCode, retry_after: Option<Duration>, body: Value) -> Response {
    let mut response = (status, Json(body)).into_response();
    if status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(after) = retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, after.as_secs().into());
    }
    response
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, retry_after, reason) = self.parts();
        answer(status, retry_after, json!({ "detail": reason }))
    }
}
