//! Lists: what changed, in the order in which it changed.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
    response::{IntoResponse, Response},
};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::{messages::Numbered, messages::RiskPayload, routes::Caller};
use crate::{backend::Backend, model::Sequence, refusal::Refusal, store::Page};

/// The items that a list has if it does not say.
const USUAL: u32 = 100;

/// The most items of a list: about half a megabyte.
const MOST: u32 = 1_000;

/// The age up to which risk metrics are as good as new: two rounds of a live stream.
const RECENT: SignedDuration = SignedDuration::from_secs(10);

/// What is asked for.
#[derive(Deserialize)]
pub(super) struct Wanted {
    since: Option<Sequence>,
    limit: Option<u32>,
}

type Asked = Result<Query<Wanted>, QueryRejection>;

#[derive(Serialize)]
struct List<T> {
    items: Vec<T>,
    sequence: Sequence,
    more: bool,
}

fn list<'a, T, P>(page: &'a Page<T>) -> Response
where
    Numbered<P>: From<&'a T> + Serialize,
{
    let items = page.items.iter().map(Numbered::<P>::from).collect();
    Json(List { items, sequence: page.sequence, more: page.more }).into_response()
}

fn understood(asked: Asked) -> Result<(Option<Sequence>, u32), Refusal> {
    let Query(wanted) = asked.map_err(|error| Refusal::unprocessable(error.body_text()))?;
    let limit = wanted.limit.unwrap_or(USUAL);
    if !(1..=MOST).contains(&limit) {
        return Err(Refusal::unprocessable(format!("limit has to be 1 to {MOST}")));
    }
    Ok((wanted.since, limit))
}

/// `GET /transactions`
pub(super) async fn transactions(
    State(backend): State<Arc<Backend>>,
    _caller: Caller,
    asked: Asked,
) -> Result<Response, Refusal> {
    let (since, limit) = understood(asked)?;
    Ok(list(&backend.store.transactions(since, limit).await?))
}

/// `GET /alerts`
pub(super) async fn alerts(
    State(backend): State<Arc<Backend>>,
    caller: Caller,
    asked: Asked,
) -> Result<Response, Refusal> {
    let (since, limit) = understood(asked)?;
    Ok(list(&backend.store.alerts(since, limit, caller.bank.as_deref()).await?))
}

/// `GET /risk-metrics`: what was sent last; if that is long ago, since nobody was connected, how it is now.
pub(super) async fn risk_metrics(
    State(backend): State<Arc<Backend>>,
    _caller: Caller,
) -> Result<Json<RiskPayload>, Refusal> {
    let now = backend.clock.now();
    Ok(Json(match backend.store.risk_metrics().await? {
        Some(metrics) if now.duration_since(metrics.timestamp) <= RECENT => (&metrics).into(),
        _ => backend.ledger.measure(false).await?.as_ref().into(),
    }))
}
