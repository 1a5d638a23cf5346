//! What can be asked for.

use std::{sync::Arc, time::Duration};

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode, Uri},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::streams::{NewStream, stream_tag, user_tag};
use crate::{
    backend::Backend,
    contract::Contract,
    feed::{Feed, Manner},
    guest::Guest,
    projection::Request,
    refusal::{Body, LARGEST_BODY, Refusal, understood},
};

/// The longest address, in characters.
const LONGEST_ADDRESS: usize = 120;

/// The most streams and users that one listener chooses.
const MOST_CHOSEN: usize = 1_000;

/// The largest amount, in units of 1e-7: the largest 128-bit integer of that network is of this length.
const LARGEST_AMOUNT: u128 = 10_u128.pow(38);

static MANNER: Manner =
    Manner { contract: Contract::Flowfi, named: true, comment: "keep-alive", every: Duration::from_secs(15) };

/// The endpoints.
pub(crate) fn router(backend: Arc<Backend>) -> Router {
    Router::new()
        .route("/events/subscribe", get(subscribe))
        .route("/events/stats", get(stats))
        .route("/streams", post(create))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(backend)
}

/// What a listener chooses.
#[derive(Default)]
struct Choice {
    streams: Vec<String>,
    users: Vec<String>,
    all: bool,
}

impl Choice {
    fn of(query: &[(String, String)]) -> Result<Self, Refusal> {
        let bad = |detail: &str| Refusal::Malformed(StatusCode::BAD_REQUEST, detail.to_owned());
        let mut choice = Self::default();
        for (name, value) in query {
            match (name.as_str(), value.as_str()) {
                ("streams", stream) if !stream.is_empty() => choice.streams.push(stream_tag(stream)),
                ("users", user) if !user.is_empty() => choice.users.push(user_tag(user)),
                ("all", "true" | "1") => choice.all = true,
                _ => {}
            }
        }
        match choice.streams.len() + choice.users.len() {
            0 if !choice.all => Err(bad("choose with streams=…, users=… or all=true")),
            chosen if chosen > MOST_CHOSEN => Err(bad("too many streams and users for one connection")),
            _ => Ok(choice),
        }
    }
}

async fn subscribe(
    State(backend): State<Arc<Backend>>,
    _guest: Guest,
    query: Result<Query<Vec<(String, String)>>, QueryRejection>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let Query(query) =
        query.map_err(|error| Refusal::Malformed(StatusCode::BAD_REQUEST, error.body_text()))?;
    let choice = Choice::of(&query)?;
    let interests =
        [(!choice.streams.is_empty(), "streams"), (!choice.users.is_empty(), "users"), (choice.all, "all")];
    let mut feed = Feed::new(
        &MANNER,
        Arc::new(move |message| {
            let mut chosen = choice.streams.iter().chain(&choice.users);
            choice.all || chosen.any(|tag| message.concerns(tag))
        }),
    );
    feed.visitor.interests = interests.into_iter().filter_map(|(is, name)| is.then_some(name)).collect();
    feed.open(&backend, &uri, &headers).await
}

async fn stats(State(backend): State<Arc<Backend>>, _guest: Guest) -> Json<Value> {
    let of = |interest| backend.hub.count_of(Contract::Flowfi, interest);
    Json(json!({
        "activeConnections": of(None),
        "capacity": backend.hub.capacity(),
        "byFilter": { "streams": of(Some("streams")), "users": of(Some("users")), "all": of(Some("all")) },
    }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wished {
    sender: String,
    recipient: String,
    token_address: String,
    rate_per_second: String,
    deposited_amount: String,
    start_time: i64,
}

async fn create(
    State(backend): State<Arc<Backend>>,
    _guest: Guest,
    body: Body<Wished>,
) -> Result<Response, Refusal> {
    let wished = understood(body)?;
    let address = |name: &str, address: String| match address.chars().count() {
        1..=LONGEST_ADDRESS => Ok(address),
        _ => Err(Refusal::unprocessable(format!("{name} has to have 1 to {LONGEST_ADDRESS} characters"))),
    };
    let amount = |name: &str, text: &str| {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let amount = text.parse().ok().filter(|amount| digits && (1..=LARGEST_AMOUNT).contains(amount));
        amount.ok_or_else(|| {
            Refusal::unprocessable(format!("{name} has to be a whole number above zero, as text"))
        })
    };
    let new = NewStream {
        sender: address("sender", wished.sender)?,
        recipient: address("recipient", wished.recipient)?,
        token_address: address("tokenAddress", wished.token_address)?,
        rate_per_second: amount("ratePerSecond", &wished.rate_per_second)?,
        deposited_amount: amount("depositedAmount", &wished.deposited_amount)?,
        start_time: wished.start_time,
    };
    let stream = backend.ledger.request(Contract::Flowfi, Request::Stream(new)).await?;
    Ok((StatusCode::CREATED, Json(stream)).into_response())
}
