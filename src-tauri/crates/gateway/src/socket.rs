//! WebSockets: what all contracts that have one do alike.

use std::{sync::Arc, time::Duration};

use axum::{
    body::Bytes,
    extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade, close_code},
};
use futures_util::{
    SinkExt as _, StreamExt as _,
    stream::{SplitSink, SplitStream},
};
use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};

use crate::{
    clock::{Clock, later},
    hub::{Bulletin, Ending},
    journal::Channel,
};

/// How often a client is asked whether it is still there: less than what routers take for silence.
const PING_EVERY: Duration = Duration::from_secs(20);

/// The pings in a row that may go unanswered.
const PINGS_UNANSWERED: u32 = 2;

/// The largest message of a client, in bytes: none says more than what it wants.
const LARGEST_MESSAGE: usize = 4 * 1024;

/// What may wait to be written to a socket, in bytes; what is more waits in the queue.
const WRITE_BUFFER: usize = 64 * 1024;

/// How long a client that is told to go may take to hear it.
const FAREWELL: Duration = Duration::from_secs(10);

/// The news written before the socket is flushed.
const NEWS_AT_ONCE: usize = 64;

/// What a connection ends with: a code and a reason, or not a word.
pub(crate) type Close = Option<(u16, &'static str)>;

/// The writing end of a socket.
pub(crate) struct Outgoing {
    socket: SplitSink<WebSocket, Message>,
    channel: Channel,
}

/// The reading end of a socket.
pub(crate) type Incoming = SplitStream<WebSocket>;

impl Outgoing {
    /// Sends a message (JSON) with the next ones.
    pub async fn feed(&mut self, frame: impl Into<Utf8Bytes>) -> Result<(), axum::Error> {
        let frame = frame.into();
        // To send what is not written down would be a lie: the client comes back and asks for it.
        self.channel.record(None, None, &frame).map_err(axum::Error::new).inspect_err(|error| {
            tracing::error!(%error, "the journal cannot be written, and a connection ends");
        })?;
        self.socket.feed(Message::Text(frame)).await
    }

    /// Sends what has been fed.
    pub async fn flush(&mut self) -> Result<(), axum::Error> {
        self.socket.flush().await
    }

    /// Sends a message (JSON) now.
    pub async fn send(&mut self, frame: impl Into<Utf8Bytes>) -> Result<(), axum::Error> {
        self.feed(frame).await?;
        self.flush().await
    }

    /// Asks whether the client is still there.
    async fn ping(&mut self) -> Result<(), axum::Error> {
        self.socket.send(Message::Ping(Bytes::new())).await
    }
}

/// An upgrade to a socket with our limits.
pub(crate) fn limited(upgrade: WebSocketUpgrade) -> WebSocketUpgrade {
    upgrade
        .max_message_size(LARGEST_MESSAGE)
        .max_frame_size(LARGEST_MESSAGE)
        .write_buffer_size(WRITE_BUFFER)
        .max_write_buffer_size(2 * WRITE_BUFFER + 1024 * 1024)
}

/// The two ends of a socket.
pub(crate) fn split(socket: WebSocket, channel: Channel) -> (Outgoing, Incoming) {
    let (socket, incoming) = socket.split();
    (Outgoing { socket, channel }, incoming)
}

/// Resolves when the gateway ends a connection.
pub(crate) async fn told_to_go(ending: &mut oneshot::Receiver<Ending>) -> Close {
    match ending.await {
        Ok(Ending::Lagging) => Some((close_code::AGAIN, "too far behind: reconnect and catch up")),
        Ok(Ending::Revoked) => Some((close_code::POLICY, "token revoked")),
        Ok(Ending::GoingAway) => Some((close_code::AWAY, "the gateway stops")),
        Ok(Ending::Cut) | Err(_) => None,
    }
}

/// Ends a connection.
pub(crate) async fn farewell(mut outgoing: Outgoing, mut incoming: Incoming, close: Close) {
    let Some((code, reason)) = close else { return };
    let farewell = Message::Close(Some(CloseFrame { code, reason: reason.into() }));
    // A client that reads nothing does not hear it, and is cut.
    let _ = tokio::time::timeout(FAREWELL, async {
        outgoing.socket.send(farewell).await?;
        // The connection is over when the client says so as well.
        while let Some(Ok(_)) = incoming.next().await {}
        Ok::<_, axum::Error>(())
    })
    .await;
}

/// The rhythm of pings, and how many were not answered.
pub(crate) struct Pings {
    clock: Clock,
    next: Timestamp,
    unanswered: u32,
}

impl Pings {
    /// Begins with a silence.
    pub fn new(clock: Clock) -> Self {
        Self { next: later(clock.now(), PING_EVERY), clock, unanswered: 0 }
    }

    /// Resolves when it is time for a ping; `false` if enough of them were not answered.
    pub async fn due(&mut self) -> bool {
        self.clock.sleep_until(self.next).await;
        self.next = later(self.clock.now(), PING_EVERY);
        self.unanswered += 1;
        self.unanswered <= PINGS_UNANSWERED
    }

    /// Whatever the client has said, it is there.
    pub fn answered(&mut self) {
        self.unanswered = 0;
    }
}

/// Sends news, each as a frame of the Big Defend contract, and pings; ends when the client is gone.
pub(crate) async fn tell(
    outgoing: &mut Outgoing,
    incoming: &mut Incoming,
    news: &mut mpsc::Receiver<Arc<Bulletin>>,
    clock: Clock,
) -> Close {
    let mut pings = Pings::new(clock);
    let mut waiting = Vec::with_capacity(NEWS_AT_ONCE);
    loop {
        let sent = tokio::select! {
            heard = incoming.next() => match heard {
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => { pings.answered(); Ok(()) }
            },
            there = pings.due() => if there { outgoing.ping().await } else { return None },
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

async fn send(outgoing: &mut Outgoing, waiting: &mut Vec<Arc<Bulletin>>) -> Result<(), axum::Error> {
    for bulletin in waiting.drain(..) {
        match bulletin.frame() {
            Ok(frame) => outgoing.feed(frame).await?,
            // To skip it would be a lie: the client comes back and asks for it.
            Err(error) => {
                tracing::error!(%error, sequence = bulletin.news.sequence(), "news cannot be told");
                return Err(axum::Error::new(error));
            }
        }
    }
    outgoing.flush().await
}
