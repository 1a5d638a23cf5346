//! The stream of news.

use std::{sync::Arc, time::Duration};

use axum::{
    body::Bytes,
    extract::{
        Query, State,
        ws::{
            CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code,
            rejection::WebSocketUpgradeRejection,
        },
    },
    response::{IntoResponse, Response},
};
use futures_util::{
    SinkExt as _, StreamExt as _,
    stream::{SplitSink, SplitStream},
};
use jiff::Timestamp;
use serde::Deserialize;
use tokio::time::{MissedTickBehavior, interval};

use super::{messages::frame, refusal::Refusal};
use crate::{
    access::TokenError,
    backend::Backend,
    clock::Clock,
    hub::{Ending, News, Seat},
};

/// How often a client is asked whether it is still there: less than what routers take for silence.
const PING_EVERY: Duration = Duration::from_secs(20);

/// The pings in a row that may go unanswered.
const PINGS_UNANSWERED: u32 = 2;

/// The largest message of a client, in bytes: none of them is read.
const LARGEST_MESSAGE: usize = 4 * 1024;

/// What may wait to be written to a socket, in bytes; what is more waits in the queue.
const WRITE_BUFFER: usize = 64 * 1024;

/// How long a client that is told to go may take to hear it.
const FAREWELL: Duration = Duration::from_secs(10);

/// The news written before the socket is flushed.
const NEWS_AT_ONCE: usize = 64;

/// The token travels in the address, since a browser's WebSocket cannot send a header.
#[derive(Deserialize)]
pub(super) struct Address {
    token: Option<String>,
}

/// `GET /ws`: who may not come in is told so before the upgrade.
pub(super) async fn open(
    State(backend): State<Arc<Backend>>,
    Query(address): Query<Address>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Refusal> {
    let session = backend.tokens.check(&address.token.unwrap_or_default())?;
    let bank = backend.accounts.bank_of(&session.user).ok_or(TokenError::Invalid)?;
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(rejection) => return Ok(rejection.into_response()),
    };
    // Taken before the upgrade is answered: a client that is connected misses nothing from then on.
    let seat = backend.hub.join(&session.user, bank)?;
    let (clock, token) = (backend.clock.clone(), backend.connections.token());
    let upgrade = upgrade
        .max_message_size(LARGEST_MESSAGE)
        .max_frame_size(LARGEST_MESSAGE)
        .write_buffer_size(WRITE_BUFFER)
        .max_write_buffer_size(2 * WRITE_BUFFER + 1024 * 1024);
    Ok(upgrade.on_upgrade(async move |socket| {
        let _token = token;
        serve(socket, seat, clock, session.expires).await;
    }))
}

type Outgoing = SplitSink<WebSocket, Message>;

/// Serves a connection until one side has enough of it.
async fn serve(socket: WebSocket, mut seat: Seat, clock: Clock, expires: Timestamp) {
    let (mut outgoing, mut incoming) = socket.split();
    let close = tokio::select! {
        close = told_to_go(&mut seat.ending) => close,
        () = clock.sleep_until(expires) => Some((close_code::POLICY, "token expired")),
        close = talk(&mut outgoing, &mut incoming, &mut seat.news) => close,
    };
    if let Some((code, reason)) = close {
        let farewell = Message::Close(Some(CloseFrame { code, reason: reason.into() }));
        // A client that reads nothing does not hear it, and is cut.
        let _ = tokio::time::timeout(FAREWELL, async {
            outgoing.send(farewell).await?;
            // The connection is over when the client says so as well.
            while let Some(Ok(_)) = incoming.next().await {}
            Ok::<_, axum::Error>(())
        })
        .await;
    }
}

/// What a connection ends with: a code and a reason, or not a word.
type Close = Option<(u16, &'static str)>;

async fn told_to_go(ending: &mut tokio::sync::oneshot::Receiver<Ending>) -> Close {
    match ending.await {
        Ok(Ending::Lagging) => Some((close_code::AGAIN, "too far behind: reconnect and catch up")),
        Ok(Ending::Revoked) => Some((close_code::POLICY, "token revoked")),
        Ok(Ending::GoingAway) => Some((close_code::AWAY, "the gateway stops")),
        Ok(Ending::Cut) | Err(_) => None,
    }
}

/// Sends news and pings; ends when the client is gone.
async fn talk(
    outgoing: &mut Outgoing,
    incoming: &mut SplitStream<WebSocket>,
    news: &mut tokio::sync::mpsc::Receiver<News>,
) -> Close {
    let mut pings = interval(PING_EVERY);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    pings.reset();
    let mut unanswered = 0;
    let mut waiting = Vec::with_capacity(NEWS_AT_ONCE);
    loop {
        let sent = tokio::select! {
            heard = incoming.next() => match heard {
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                // Whatever it says, it is there.
                Some(Ok(_)) => { unanswered = 0; Ok(()) }
            },
            _ = pings.tick() => {
                if unanswered == PINGS_UNANSWERED {
                    return None;
                }
                unanswered += 1;
                outgoing.send(Message::Ping(Bytes::new())).await
            }
            count = news.recv_many(&mut waiting, NEWS_AT_ONCE) => {
                if count == 0 {
                    // The hub has let go of this connection, and says why in a moment.
                    return std::future::pending().await;
                }
                send(outgoing, &mut waiting).await
            }
        };
        if sent.is_err() {
            return None;
        }
    }
}

async fn send(outgoing: &mut Outgoing, waiting: &mut Vec<News>) -> Result<(), axum::Error> {
    for news in waiting.drain(..) {
        match frame(&news) {
            Ok(frame) => outgoing.feed(Message::Text(frame.into())).await?,
            // To skip it would be a lie: the client comes back and asks for it.
            Err(error) => {
                tracing::error!(%error, sequence = news.sequence(), "news cannot be told");
                return Err(axum::Error::new(error));
            }
        }
    }
    outgoing.flush().await
}
