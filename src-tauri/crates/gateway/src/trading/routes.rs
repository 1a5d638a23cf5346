//! What can be asked for.

use std::{sync::Arc, time::Duration};

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, FromRequestParts, Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode, Uri, header, request::Parts},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use secrecy::SecretString;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{
    account::{
        ACCOUNT, Account, ORDER, ORDERS, Order, POSITION, Position, WATCHED, Watched, user_tag, watchlist,
    },
    messages::{AccountItem, Envelope, OrderItem, PositionItem, WatchedItem},
};
use crate::{
    access::{Session, TokenError},
    backend::Backend,
    contract::Contract,
    feed::{Feed, Manner},
    hub::Visitor,
    refusal::{Body, LARGEST_BODY, Refusal, understood},
    store::StoreError,
};

/// The name of the cookie.
const COOKIE: &str = "session";

/// The most of a list that is bounded by nothing else: more than there are merchants.
const MOST: u32 = 10_000;

static MANNER: Manner = Manner {
    contract: Contract::Trading,
    named: false,
    comment: "heartbeat",
    every: Duration::from_secs(30),
};

/// Why a request is refused, in this contract's words.
struct Refused(Refusal);

impl<E: Into<Refusal>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let (status, retry_after, reason) = self.0.parts();
        let mut response = (status, Json(json!({ "error": reason }))).into_response();
        if let Some(after) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, after.as_secs().into());
        }
        response
    }
}

/// The endpoints, all of them below this path.
pub(crate) fn router(backend: Arc<Backend>, prefix: &str) -> Router {
    let path = if prefix.is_empty() { "/" } else { prefix }.to_owned();
    let (log_in_path, log_out_path) = (path.clone(), path);
    Router::new()
        .route("/api/auth/login", post(async |state, body| log_in(state, body, log_in_path).await))
        .route("/api/auth/logout", post(async |state, user| log_out(state, user, log_out_path).await))
        .route("/api/realtime/stream", get(stream))
        .route("/api/trading/orders/list", get(orders))
        .route("/api/trading/positions/list", get(positions))
        .route("/api/trading/account", get(account))
        .route("/api/watchlists", get(watchlists))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(backend)
}

/// Who asks, by the cookie.
struct Caller(Session);

impl FromRequestParts<Arc<Backend>> for Caller {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, backend: &Arc<Backend>) -> Result<Self, Refused> {
        let lines = parts.headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
        let cookies =
            lines.flat_map(|line| line.split(';')).filter_map(|cookie| cookie.trim().split_once('='));
        let token = cookies.into_iter().find(|(name, _)| *name == COOKIE).map(|(_, token)| token);
        let session = backend.tokens.check(token.unwrap_or_default())?;
        backend.accounts.bank_of(&session.user).ok_or(TokenError::Invalid)?;
        Ok(Self(session))
    }
}

/// The header that sets the cookie, for so many seconds.
fn cookie(token: &str, path: &str, seconds: u64) -> [(header::HeaderName, String); 1] {
    let cookie = format!("{COOKIE}={token}; Path={path}; HttpOnly; SameSite=Lax; Max-Age={seconds}");
    [(header::SET_COOKIE, cookie)]
}

#[derive(Deserialize)]
struct Credentials {
    email: String,
    password: SecretString,
}

async fn log_in(
    State(backend): State<Arc<Backend>>,
    body: Body<Credentials>,
    path: String,
) -> Result<Response, Refused> {
    let Credentials { email, password } = understood(body)?;
    backend.accounts.sign_in(&email, password).await?;
    let token = backend.tokens.issue(&email)?;
    let cookie = cookie(&token, &path, backend.tokens.lifetime().as_secs());
    Ok((cookie, Json(json!({ "user": { "id": email } }))).into_response())
}

/// Ends the session and the streams that were opened with it.
async fn log_out(
    State(backend): State<Arc<Backend>>,
    Caller(session): Caller,
    path: String,
) -> Result<Response, Refused> {
    backend.store.end_session(&session, backend.clock.now()).await?;
    backend.tokens.end(&session);
    backend.hub.end_session(session.id);
    Ok((cookie("", &path, 0), Json(json!({ "success": true }))).into_response())
}

#[derive(Deserialize)]
struct Whose {
    #[serde(rename = "userId")]
    user_id: String,
}

async fn stream(
    State(backend): State<Arc<Backend>>,
    Caller(session): Caller,
    whose: Result<Query<Whose>, QueryRejection>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let malformed = |status, text: String| Refusal::Malformed(status, text);
    let Query(whose) = whose.map_err(|error| malformed(StatusCode::BAD_REQUEST, error.body_text()))?;
    if whose.user_id != session.user {
        return Err(malformed(StatusCode::FORBIDDEN, "another user's events".to_owned()).into());
    }
    let welcome = Envelope {
        event: "connected",
        data: json!({ "userId": session.user }),
        timestamp: backend.clock.now(),
    };
    let tag = user_tag(&session.user);
    let mut feed = Feed::new(&MANNER, Arc::new(move |message| message.concerns(&tag)));
    feed.greeting = Some(serde_json::to_string(&welcome).map_err(StoreError::from)?);
    feed.until = Some(session.expires);
    feed.visitor = Visitor { session: Some(session.id), ..Visitor::user(Contract::Trading, &session.user) };
    Ok(feed.open(&backend, &uri, &headers).await?)
}

/// A user's things of a kind, the newest first.
async fn things<T: DeserializeOwned>(
    backend: &Backend,
    session: &Session,
    kind: &str,
    limit: u32,
) -> Result<Vec<T>, Refused> {
    Ok(backend.store.things(Contract::Trading, kind, &session.user, limit).await?)
}

fn list<'a, T: 'a, I: Serialize + From<&'a T>>(name: &str, things: &'a [T]) -> Result<Json<Value>, Refused> {
    let items: Vec<I> = things.iter().map(I::from).collect();
    let items = serde_json::to_value(items).map_err(StoreError::from)?;
    Ok(Json(json!({ "success": true, name: items })))
}

async fn orders(
    State(backend): State<Arc<Backend>>,
    Caller(session): Caller,
) -> Result<Json<Value>, Refused> {
    list::<Order, OrderItem<'_>>("orders", &things(&backend, &session, ORDER, ORDERS).await?)
}

async fn positions(
    State(backend): State<Arc<Backend>>,
    Caller(session): Caller,
) -> Result<Json<Value>, Refused> {
    list::<Position, PositionItem<'_>>("positions", &things(&backend, &session, POSITION, MOST).await?)
}

async fn account(
    State(backend): State<Arc<Backend>>,
    Caller(session): Caller,
) -> Result<Json<Value>, Refused> {
    let known: Vec<Account> = things(&backend, &session, ACCOUNT, 1).await?;
    let account = known.into_iter().next().unwrap_or_else(|| Account::of(&session.user));
    Ok(Json(json!({ "success": true, "account": AccountItem::from(&account) })))
}

async fn watchlists(
    State(backend): State<Arc<Backend>>,
    Caller(session): Caller,
) -> Result<Json<Value>, Refused> {
    let watched: Vec<Watched> = things(&backend, &session, WATCHED, MOST).await?;
    let items: Vec<_> = watched.iter().map(WatchedItem::from).collect();
    let watchlist = json!({ "id": watchlist(&session.user), "name": "Watchlist", "items": items });
    Ok(Json(json!({ "success": true, "watchlists": [watchlist] })))
}
