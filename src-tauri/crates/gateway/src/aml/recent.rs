//! What happened of late, for those who ask again and again.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderName, header},
    response::{IntoResponse, Response},
};
use jiff::{SignedDuration, Timestamp, civil::DateTime, tz::TimeZone};
use serde::Deserialize;

use super::messages::{AlertRow, TransactionRow};
use crate::{backend::Backend, guest::Guest, refusal::Refusal};

/// The most rows of an answer.
const MOST: u32 = 100;

/// How far back an answer goes if nothing is said.
const USUAL: SignedDuration = SignedDuration::from_mins(5);

/// No cache keeps any of this.
const UNCACHED: [(HeaderName, &str); 3] = [
    (header::CACHE_CONTROL, "no-cache, no-store, must-revalidate"),
    (header::PRAGMA, "no-cache"),
    (header::EXPIRES, "0"),
];

/// What is asked for.
#[derive(Deserialize)]
pub(super) struct Wanted {
    since: Option<String>,
}

type Asked = Result<Query<Wanted>, QueryRejection>;

/// The instant that is asked for; one without an offset is taken for Greenwich's.
fn since(asked: Asked, backend: &Backend) -> Result<Timestamp, Refusal> {
    let Query(wanted) = asked.map_err(|error| Refusal::unprocessable(error.body_text()))?;
    let Some(text) = wanted.since else {
        let now = backend.clock.now();
        return Ok(now.checked_sub(USUAL).unwrap_or(now));
    };
    let without_offset = || text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok();
    text.parse()
        .ok()
        .or_else(|| without_offset().map(|at| at.timestamp()))
        .ok_or_else(|| Refusal::unprocessable("since has to be a time as in ISO 8601, its + written as %2B"))
}

/// `GET /transactions/recent`
pub(super) async fn transactions(
    State(backend): State<Arc<Backend>>,
    _guest: Guest,
    asked: Asked,
) -> Result<Response, Refusal> {
    let rows = backend.store.transactions_since(since(asked, &backend)?, MOST).await?;
    let rows: Vec<_> = rows.iter().map(TransactionRow::from).collect();
    Ok((UNCACHED, Json(rows)).into_response())
}

/// `GET /alerts/recent`
pub(super) async fn alerts(
    State(backend): State<Arc<Backend>>,
    _guest: Guest,
    asked: Asked,
) -> Result<Response, Refusal> {
    let rows = backend.store.alerts_since(since(asked, &backend)?, MOST).await?;
    let rows: Vec<_> = rows.iter().map(AlertRow::from).collect();
    Ok((UNCACHED, Json(rows)).into_response())
}
