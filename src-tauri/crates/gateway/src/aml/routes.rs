//! What can be asked for.

use std::sync::Arc;

use axum::{Router, routing::get};

use super::{recent, streams};
use crate::backend::Backend;

/// The endpoints.
pub(crate) fn router(backend: Arc<Backend>) -> Router {
    Router::new()
        .route("/api/stream/transactions", get(streams::transactions))
        .route("/api/stream/alerts", get(streams::alerts))
        .route("/ws/transactions", get(streams::socket))
        .route("/transactions/recent", get(recent::transactions))
        .route("/alerts/recent", get(recent::alerts))
        .with_state(backend)
}
