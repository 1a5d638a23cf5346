//! What can be asked for over HTTP.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, FromRequestParts, Path, State},
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
    routing::{get, patch, post},
};
use jiff::Timestamp;
use secrecy::SecretString;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{json, value::RawValue};

use super::{
    lists,
    messages::{AlertPayload, Numbered},
    socket,
};
use crate::{
    access::TokenError,
    backend::Backend,
    ledger::LedgerError,
    model::{Alert, AlertChange, Channel, Factor, NewTransaction, Sequence, Status},
    money::{Currency, Money},
    refusal::{Body, LARGEST_BODY, Refusal, understood},
};

/// The longest name of whoever an alert is assigned to, in characters.
const LONGEST_NAME: usize = 120;

/// The fraud probability from which a payment is stopped.
const STOP: f64 = 0.85;

/// The fraud probability from which a payment is looked at first.
const HOLD: f64 = 0.5;

/// The endpoints.
pub(crate) fn router(backend: Arc<Backend>) -> Router {
    Router::new()
        .route("/health", get(async || Json(json!({ "status": "ok" }))))
        .route("/auth/login", post(log_in))
        .route("/ws", get(socket::open))
        .route("/transactions", get(lists::transactions))
        .route("/transactions/add", post(add))
        .route("/transactions/{id}/analyze", post(analyze))
        .route("/alerts", get(lists::alerts))
        .route("/alerts/{id}", patch(change))
        .route("/risk-metrics", get(lists::risk_metrics))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(backend)
}

/// Who asks, by the bearer token.
pub(super) struct Caller {
    /// The bank whose alerts they see; without one, those of every bank.
    pub bank: Option<String>,
}

impl FromRequestParts<Arc<Backend>> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, backend: &Arc<Backend>) -> Result<Self, Refusal> {
        let authorization = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let (scheme, token) = authorization.and_then(|value| value.split_once(' ')).unwrap_or_default();
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(TokenError::Invalid.into());
        }
        let session = backend.tokens.check(token.trim())?;
        let bank = backend.accounts.bank_of(&session.user).ok_or(TokenError::Invalid)?;
        Ok(Self { bank: bank.map(str::to_owned) })
    }
}

#[derive(Deserialize)]
struct Credentials {
    username: String,
    password: SecretString,
}

#[derive(Serialize)]
struct Token {
    access_token: String,
    token_type: &'static str,
    /// In seconds.
    expires_in: u64,
}

async fn log_in(
    State(backend): State<Arc<Backend>>,
    body: Body<Credentials>,
) -> Result<Json<Token>, Refusal> {
    let Credentials { username, password } = understood(body)?;
    backend.accounts.sign_in(&username, password).await?;
    let access_token = backend.tokens.issue(&username)?;
    let expires_in = backend.tokens.lifetime().as_secs();
    Ok(Json(Token { access_token, token_type: "bearer", expires_in }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Added {
    customer_id: String,
    customer_name: String,
    bank: String,
    merchant: String,
    merchant_category: String,
    /// As it was written: a float would not keep the decimals.
    amount: Box<RawValue>,
    currency: String,
    country: String,
    city: String,
    channel: Channel,
    timestamp: Option<Timestamp>,
}

async fn add(
    State(backend): State<Arc<Backend>>,
    _caller: Caller,
    body: Body<Added>,
) -> Result<Response, Refusal> {
    let added = understood(body)?;
    let currency = Currency::of(&added.currency).ok_or_else(|| Refusal::unprocessable("unknown currency"))?;
    let amount = Money::parse(added.amount.get(), currency).ok_or_else(|| {
        Refusal::unprocessable("amount has to be a plain number with no more decimals than its currency")
    })?;
    let new = NewTransaction {
        customer_id: added.customer_id,
        customer_name: added.customer_name,
        bank: added.bank,
        merchant: added.merchant,
        merchant_category: added.merchant_category,
        amount,
        country: added.country,
        city: added.city,
        channel: added.channel,
        timestamp: added.timestamp,
    };
    let transaction = backend.ledger.add(new).await?;
    Ok(Json(Numbered::from(transaction.as_ref())).into_response())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Change {
    status: Option<Status>,
    /// Nobody (`null`) is something else than nothing said.
    #[serde(default, deserialize_with = "said")]
    assigned_to: Option<Option<String>>,
    expected_sequence: Option<Sequence>,
}

fn said<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

async fn change(
    State(backend): State<Arc<Backend>>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body<Change>,
) -> Result<Response, Refusal> {
    let Change { status, assigned_to, expected_sequence } = understood(body)?;
    if status.is_none() && assigned_to.is_none() {
        return Err(Refusal::unprocessable("status or assignedTo has to be given"));
    }
    let mut names = assigned_to.iter().flatten();
    if names.any(|name| name.trim().is_empty() || name.chars().count() > LONGEST_NAME) {
        return Err(Refusal::unprocessable(format!("assignedTo has to have 1 to {LONGEST_NAME} characters")));
    }
    let change = AlertChange { status, assigned_to, expected_sequence };
    match backend.ledger.change(id, change, caller.bank).await {
        Ok(alert) => Ok(Json(Numbered::from(alert.as_ref())).into_response()),
        Err(LedgerError::Conflict(alert)) => {
            let detail = LedgerError::Conflict(alert.clone()).to_string();
            Ok((StatusCode::CONFLICT, Json(Conflict::new(detail, &alert))).into_response())
        }
        Err(error) => Err(error.into()),
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

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Analysis {
    transaction_id: String,
    fraud_probability: f64,
    factors: Vec<Factor>,
    recommendation: &'static str,
}

async fn analyze(
    State(backend): State<Arc<Backend>>,
    _caller: Caller,
    Path(transaction_id): Path<String>,
) -> Result<Json<Analysis>, Refusal> {
    let judgement = backend.ledger.analyze(&transaction_id).await?;
    let recommendation = match judgement.risk {
        risk if risk >= STOP => "Block the payment and call the customer",
        risk if risk >= HOLD => "Hold the payment until somebody has looked at it",
        _ => "Let the payment pass",
    };
    let (fraud_probability, factors) = (judgement.risk, judgement.factors);
    Ok(Json(Analysis { transaction_id, fraud_probability, factors, recommendation }))
}
