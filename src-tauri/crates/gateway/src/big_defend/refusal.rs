//! Answers to what cannot be done: a status and `{"detail": …}`.

use std::time::Duration;

use axum::{
    Json,
    http::{HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::json;

use super::messages::{AlertPayload, Numbered};
use crate::{
    access::{SignInError, TokenError},
    hub::Full,
    ledger::LedgerError,
    model::Alert,
    store::StoreError,
};

/// When to come back to a gateway that is full or stops.
const COME_BACK: Duration = Duration::from_secs(5);

/// Why a request is refused.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
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

/// The alert as it is now, beside the reason for showing it.
#[derive(Serialize)]
struct Conflict<'a> {
    detail: String,
    #[serde(flatten)]
    alert: Numbered<AlertPayload<'a>>,
}

impl<'a> Conflict<'a> {
    fn new(detail: String, alert: &'a Alert) -> Self {
        Self { detail, alert: alert.into() }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = self.status();
        let detail = match status {
            StatusCode::INTERNAL_SERVER_ERROR => {
                tracing::error!(error = %self, "a request failed");
                "internal error".to_owned()
            }
            _ => self.to_string(),
        };
        let mut headers: Vec<(HeaderName, String)> = Vec::new();
        if status == StatusCode::UNAUTHORIZED {
            headers.push((header::WWW_AUTHENTICATE, "Bearer".to_owned()));
        }
        if let Some(after) = self.retry_after() {
            headers.push((header::RETRY_AFTER, after.as_secs().to_string()));
        }
        let body = match &self {
            Self::Ledger(LedgerError::Conflict(alert)) => Json(Conflict::new(detail, alert)).into_response(),
            _ => Json(json!({ "detail": detail })).into_response(),
        };
        let mut response = (status, body).into_response();
        for (name, value) in headers {
            if let Ok(value) = value.parse() {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}
