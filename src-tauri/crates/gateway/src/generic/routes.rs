//! `/events`, asked for as a socket, as a stream or as a list.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{
        Query, State,
        rejection::QueryRejection,
        ws::{WebSocket, WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{
    backend::Backend,
    big_defend::frame,
    clock::Clock,
    contract::Contract,
    feed::{Feed, Manner},
    guest::Guest,
    hub::{News, Seat, Visitor},
    journal::Channel,
    model::Sequence,
    refusal::Refusal,
    socket::{farewell, limited, split, tell, told_to_go},
    store::{Page, StoreError},
};

/// The most frames of a list.
const MOST: u32 = 200;

static MANNER: Manner = Manner {
    contract: Contract::Generic,
    named: false,
    comment: "keep-alive",
    every: Duration::from_secs(15),
};

/// The endpoint.
pub(crate) fn router(backend: Arc<Backend>) -> Router {
    Router::new().route("/events", get(events)).with_state(backend)
}

/// What is asked for.
#[derive(Deserialize)]
struct Wanted {
    since: Option<Sequence>,
}

async fn events(
    State(backend): State<Arc<Backend>>,
    _guest: Guest,
    uri: Uri,
    headers: HeaderMap,
    asked: Result<Query<Wanted>, QueryRejection>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Refusal> {
    let says = |name: header::HeaderName, what: &str| {
        headers
            .get_all(name)
            .iter()
            .any(|value| value.to_str().is_ok_and(|value| value.to_ascii_lowercase().contains(what)))
    };
    match upgrade {
        Ok(upgrade) => socket(backend, upgrade, &uri),
        Err(rejection) if says(header::UPGRADE, "websocket") => Ok(rejection.into_response()),
        _ if says(header::ACCEPT, "text/event-stream") => {
            Feed::new(&MANNER, Arc::new(|_| true)).open(&backend, &uri, &headers).await
        }
        _ => {
            let Query(wanted) = asked.map_err(|error| Refusal::unprocessable(error.body_text()))?;
            let page = backend.store.changes(wanted.since, MOST).await?;
            list(&page, &headers).map_err(|error| StoreError::from(error).into())
        }
    }
}

#[derive(Serialize)]
struct List {
    items: Vec<Box<RawValue>>,
    more: bool,
}

/// A list, unless the client has it already.
fn list(page: &Page<News>, headers: &HeaderMap) -> Result<Response, serde_json::Error> {
    let number = |news: Option<&News>| news.map_or(0, News::sequence);
    // The number of a change says all of it, and none comes between two others.
    let (first, last, count) = (number(page.items.first()), number(page.items.last()), page.items.len());
    let tag = format!("\"{first}-{last}-{count}-{}\"", u8::from(page.more));
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let same = |known: &str| known.trim() == "*" || known.trim().trim_start_matches("W/") == tag;
    let is_known = known.flat_map(|known| known.split(',')).any(same);
    let fresh = [(header::ETAG, tag), (header::CACHE_CONTROL, "no-cache".to_owned())];
    if is_known {
        return Ok((StatusCode::NOT_MODIFIED, fresh).into_response());
    }
    let items =
        page.items.iter().map(|news| RawValue::from_string(frame(news)?)).collect::<Result<_, _>>()?;
    Ok((fresh, axum::Json(List { items, more: page.more })).into_response())
}

fn socket(backend: Arc<Backend>, upgrade: WebSocketUpgrade, uri: &Uri) -> Result<Response, Refusal> {
    let seat =
        backend.hub.join(Visitor::anybody(Contract::Generic), |news| !matches!(news, News::Told(_)))?;
    let channel = backend.channel(Contract::Generic, None, &seat, uri);
    let token = backend.connections.token();
    Ok(limited(upgrade).on_upgrade(async move |socket| {
        let _token = token;
        serve(socket, channel, seat, backend.clock.clone()).await;
    }))
}

async fn serve(socket: WebSocket, channel: Channel, seat: Seat, clock: Clock) {
    let Seat { place: _place, mut news, mut ending } = seat;
    let (mut outgoing, mut incoming) = split(socket, channel);
    let close = tokio::select! {
        close = told_to_go(&mut ending) => close,
        close = tell(&mut outgoing, &mut incoming, &mut news, clock) => close,
    };
    farewell(outgoing, incoming, close).await;
}
