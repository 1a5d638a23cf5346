//! Streams: a look at a table twice a second, and what is new since the look before.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{
        State,
        ws::{Message, WebSocket, WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    http::{HeaderMap, Uri},
    response::{IntoResponse, Response},
};
use futures_util::StreamExt as _;
use serde::Serialize;

use super::messages::{AlertRow, TransactionRow};
use crate::{
    backend::Backend,
    clock::later,
    contract::Contract,
    guest::Guest,
    hub::{Seat, Visitor},
    journal::Channel,
    model::Sequence,
    refusal::Refusal,
    socket::{Close, Outgoing, farewell, limited, split, told_to_go},
    sse::{self, Event, Outlet, Over},
    store::StoreError,
};

/// The time between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// The tables, each with the rows of one look.
#[derive(Clone, Copy)]
enum Table {
    Transactions { limit: u32 },
    Alerts { limit: u32 },
}

/// The rows of a look after the row of this number, as JSON, each with its own number.
type Rows = Vec<(Sequence, String)>;

impl Table {
    async fn after(self, last: Sequence, backend: &Backend) -> Result<Rows, StoreError> {
        let row = |id, row: Result<String, _>| Ok((id, row?));
        match self {
            Self::Transactions { limit } => {
                let rows = backend.store.transactions(Some(last), limit).await?.items;
                rows.iter().map(|item| row(item.sequence, json(&TransactionRow::from(item)))).collect()
            }
            Self::Alerts { limit } => {
                let rows = backend.store.alerts_added(last, limit).await?;
                rows.iter().map(|item| row(item.added, json(&AlertRow::from(item)))).collect()
            }
        }
    }
}

fn json(row: &impl Serialize) -> Result<String, serde_json::Error> {
    serde_json::to_string(row)
}

/// `GET /api/stream/transactions`
pub(super) async fn transactions(
    State(backend): State<Arc<Backend>>,
    _guest: Guest,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    stream(backend, Table::Transactions { limit: 50 }, &uri, &headers)
}

/// `GET /api/stream/alerts`
pub(super) async fn alerts(
    State(backend): State<Arc<Backend>>,
    _guest: Guest,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    stream(backend, Table::Alerts { limit: 20 }, &uri, &headers)
}

fn stream(backend: Arc<Backend>, table: Table, uri: &Uri, headers: &HeaderMap) -> Result<Response, Refusal> {
    let seat = backend.hub.join(Visitor::anybody(Contract::Aml), |_| false)?;
    let channel = backend.channel(Contract::Aml, None, &seat, uri);
    let last = sse::last_event_id(&backend, headers).and_then(|id| id.parse().ok()).unwrap_or(0);
    let looking = Arc::clone(&backend);
    Ok(sse::open(&backend, seat, channel, |_, outlet| look(looking, table, last, outlet)))
}

/// Looks, tells and waits, for as long as somebody listens.
async fn look(backend: Arc<Backend>, table: Table, mut last: Sequence, outlet: Outlet) -> Result<(), Over> {
    loop {
        let next = later(backend.clock.now(), LOOK_EVERY);
        let rows = table.after(last, &backend).await.map_err(unreadable)?;
        let shown = |id: &Sequence| backend.event_ids.then(|| id.to_string());
        outlet.send(rows.iter().map(|(id, row)| Event { id: shown(id), name: None, data: row })).await?;
        last = rows.last().map_or(last, |(id, _)| *id);
        backend.clock.sleep_until(next).await;
    }
}

fn unreadable(error: StoreError) -> Over {
    tracing::error!(%error, "a stream ends");
    Over
}

/// `GET /ws/transactions`
pub(super) async fn socket(
    State(backend): State<Arc<Backend>>,
    _guest: Guest,
    uri: Uri,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Refusal> {
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(rejection) => return Ok(rejection.into_response()),
    };
    let seat = backend.hub.join(Visitor::anybody(Contract::Aml), |_| false)?;
    let channel = backend.channel(Contract::Aml, None, &seat, &uri);
    let token = backend.connections.token();
    Ok(limited(upgrade).on_upgrade(async move |socket| {
        let _token = token;
        serve(socket, channel, seat, &backend).await;
    }))
}

async fn serve(socket: WebSocket, channel: Channel, seat: Seat, backend: &Backend) {
    let Seat { place: _place, news: _, mut ending } = seat;
    let (mut outgoing, mut incoming) = split(socket, channel);
    let gone = async {
        // What a client says is not looked at.
        while let Some(Ok(heard)) = incoming.next().await {
            if matches!(heard, Message::Close(_)) {
                break;
            }
        }
    };
    let close = tokio::select! {
        close = told_to_go(&mut ending) => close,
        () = gone => None,
        close = look_aloud(&mut outgoing, backend) => close,
    };
    farewell(outgoing, incoming, close).await;
}

#[derive(Serialize)]
struct Frame<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    data: TransactionRow<'a>,
}

/// Looks, tells and waits, for as long as the socket is open.
async fn look_aloud(outgoing: &mut Outgoing, backend: &Backend) -> Close {
    const LIMIT: u32 = 10;
    let mut last = 0;
    loop {
        let next = later(backend.clock.now(), LOOK_EVERY);
        let rows = backend.store.transactions(Some(last), LIMIT).await.map_err(unreadable).ok()?.items;
        for item in rows {
            let frame = Frame { kind: "transaction", data: (&item).into() };
            outgoing.feed(json(&frame).ok()?).await.ok()?;
            last = item.sequence;
        }
        outgoing.flush().await.ok()?;
        backend.clock.sleep_until(next).await;
    }
}
