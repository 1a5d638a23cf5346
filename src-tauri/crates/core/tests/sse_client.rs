//! The event stream's client keeps the promises of the HTML standard (WHATWG, 9.2) on a real connection.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed, and says where"
)]

#[path = "sse_client/cutting.rs"]
mod cutting;
#[path = "sse_client/limits.rs"]
mod limits;
#[path = "sse_client/opening.rs"]
mod opening;
#[path = "sse_client/silence.rs"]
mod silence;
#[path = "sse_client/stream.rs"]
mod stream;
#[path = "wire/mod.rs"]
mod wire;

use std::sync::Arc;
use std::time::Duration;

use vigie_core::transport::sse::{EventSource, SseItem};
use vigie_core::transport::{Frame, TransportError};

use wire::{ManualClock, Peer, Server, credential, http};

/// How long the streams of these tests may be silent.
const SILENCE: Duration = Duration::from_secs(60);
/// The head of a stream that ends with its connection.
const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";

/// Opens a stream with a credential.
async fn open(
    server: &Server,
    last_event_id: Option<&str>,
    clock: &Arc<ManualClock>,
) -> Result<EventSource, TransportError> {
    let url = server.url("/stream");
    EventSource::open(&http(), url, &credential(), last_event_id, SILENCE, Arc::clone(clock) as _).await
}

/// A stream that has been opened, and the other end of it.
async fn opened(server: &Server, head: &str, clock: &Arc<ManualClock>) -> (EventSource, Peer) {
    let (stream, peer) = tokio::join!(open(server, None, clock), async {
        let mut peer = server.accept().await;
        peer.send(head).await;
        peer
    });
    (stream.unwrap(), peer)
}

/// A stream of these bytes, whose connection is closed after them.
async fn streamed(bytes: impl Into<Vec<u8>>) -> EventSource {
    let server = Server::start().await;
    let clock = Arc::new(ManualClock::default());
    let (stream, mut peer) = opened(&server, HEAD, &clock).await;
    let bytes = bytes.into();
    tokio::spawn(async move {
        // Who has heard enough may go.
        let _gone = peer.offer(&bytes).await;
    });
    stream
}

/// All items of a stream up to its end.
async fn all(stream: &mut EventSource) -> (Vec<Told>, TransportError) {
    let mut items = Vec::new();
    loop {
        match stream.next().await {
            Ok(item) => items.push(item.into()),
            Err(error) => return (items, error),
        }
    }
}

/// An item without the time of its arrival.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Told {
    Alive,
    Frame { event: Option<String>, data: Vec<u8>, length: usize, event_id: Option<String> },
}

impl From<SseItem> for Told {
    fn from(item: SseItem) -> Self {
        match item {
            SseItem::Alive => Self::Alive,
            SseItem::Frame(Frame { bytes, length, event, event_id, .. }) => Self::Frame {
                event: event.map(|event| event.to_string()),
                data: bytes.into(),
                length,
                event_id: event_id.map(|id| id.to_string()),
            },
        }
    }
}

/// A whole event.
fn event(event: Option<&str>, data: &str, event_id: Option<&str>) -> Told {
    Told::Frame {
        event: event.map(str::to_owned),
        data: data.into(),
        length: data.len(),
        event_id: event_id.map(str::to_owned),
    }
}
