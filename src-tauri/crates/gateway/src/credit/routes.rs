//! What can be asked for.

use std::{sync::Arc, time::Duration};

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Path, State},
    http::{HeaderMap, StatusCode, Uri},
    response::Response,
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::Value;

use super::{
    analysis::{CALCULATION, calculation_tag, user_tag},
    messages::{MARKET_ALERT, PORTFOLIO_UPDATE},
    socket,
};
use crate::{
    backend::Backend,
    contract::Contract,
    feed::{Feed, Manner},
    hub::Visitor,
    ledger::LedgerError,
    model::Sequence,
    projection::{Position, Request},
    refusal::{Body, LARGEST_BODY, Refusal, understood},
};

static MANNER: Manner = Manner {
    contract: Contract::Credit,
    named: false,
    comment: "keep-alive",
    every: Duration::from_secs(15),
};

/// The endpoints.
pub(crate) fn router(backend: Arc<Backend>) -> Router {
    Router::new()
        .route("/realtime/ws/{client_id}", get(socket::client))
        .route("/realtime/ws/dashboard/{user_id}", get(socket::dashboard))
        .route("/realtime/sse/credit-score/{user_id}", get(credit_score))
        .route("/realtime/sse/market-updates", get(market_updates))
        .route("/realtime/sse/calculation/{calculation_id}", get(calculation))
        .route("/api/analyze-credit/{user_id}", post(analyze))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(backend)
}

/// Whether there is such a user: whoever says so is taken for them, as this contract has it.
pub(super) fn known(user: &str, backend: &Backend) -> Result<(), Refusal> {
    let unknown = || Refusal::Malformed(StatusCode::UNAUTHORIZED, "unknown user".to_owned());
    backend.accounts.bank_of(user).map(drop).ok_or_else(unknown)
}

/// `GET /realtime/sse/credit-score/{user_id}`
async fn credit_score(
    State(backend): State<Arc<Backend>>,
    Path(user): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    known(&user, &backend)?;
    let tag = user_tag(&user);
    let mut feed = Feed::new(&MANNER, Arc::new(move |message| message.concerns(&tag)));
    feed.visitor = Visitor::user(Contract::Credit, &user);
    feed.open(&backend, &uri, &headers).await
}

/// `GET /realtime/sse/market-updates`
async fn market_updates(
    State(backend): State<Arc<Backend>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let wanted = |kind: &str| kind == PORTFOLIO_UPDATE || kind == MARKET_ALERT;
    let feed = Feed::new(&MANNER, Arc::new(move |message| wanted(&message.kind)));
    feed.open(&backend, &uri, &headers).await
}

/// `GET /realtime/sse/calculation/{calculation_id}`: its progress from the beginning to the end.
async fn calculation(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let known: Option<Sequence> = backend.store.thing(Contract::Credit, CALCULATION, &id).await?;
    let sequence = known.ok_or(LedgerError::NotFound)?;
    let told = backend.store.told(Contract::Credit, sequence, 1).await?;
    if told.first().is_none_or(|told| told.sequence != sequence) {
        // It was so long ago that nobody knows its progress any more.
        return Err(LedgerError::NotFound.into());
    }
    let tag = calculation_tag(&id);
    let mut feed = Feed::new(&MANNER, Arc::new(move |message| message.concerns(&tag)));
    feed.since = Some(Position::behind(sequence.saturating_sub(1)));
    // A calculation is done when anybody hears of it.
    feed.is_past = true;
    feed.open(&backend, &uri, &headers).await
}

#[derive(Deserialize)]
struct Wanted {
    customer_id: String,
}

/// `POST /api/analyze-credit/{user_id}`
async fn analyze(
    State(backend): State<Arc<Backend>>,
    Path(user): Path<String>,
    body: Body<Wanted>,
) -> Result<Json<Value>, Refusal> {
    known(&user, &backend)?;
    let customer = understood(body)?.customer_id;
    Ok(Json(backend.ledger.request(Contract::Credit, Request::Analysis { user, customer }).await?))
}
