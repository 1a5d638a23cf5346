//! Server-Sent Events: a connection that only listens.

use std::{fmt::Write as _, io, sync::Arc, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures_util::stream;
use tokio::sync::mpsc;

use crate::{
    backend::Backend,
    hub::{Bulletin, Ending, Seat},
    journal::Channel,
};

/// Pieces of a stream that wait for the connection's own buffer: what is more waits in the queue of the hub.
const WAITING: usize = 1;

/// How long a connection that is to break may take to notice.
const BREAKING: Duration = Duration::from_secs(10);

/// An event as it is written.
pub(crate) struct Event<'a> {
    /// What a client that comes back says it has, if it is told such things.
    pub id: Option<String>,
    /// Its name; an event without one is a message.
    pub name: Option<&'a str>,
    /// One line of JSON.
    pub data: &'a str,
}

impl Event<'_> {
    fn write(&self, text: &mut String) {
        // Nothing fails that is written to memory.
        if let Some(id) = &self.id {
            let _ = writeln!(text, "id: {id}");
        }
        if let Some(name) = self.name {
            let _ = writeln!(text, "event: {name}");
        }
        let _ = write!(text, "data: {}\n\n", self.data);
    }
}

/// The writing end of a stream.
pub(crate) struct Outlet {
    pieces: mpsc::Sender<io::Result<Bytes>>,
    channel: Channel,
}

/// The client is gone, or what it would be told cannot be written down.
pub(crate) struct Over;

impl Outlet {
    /// Sends events in one piece, as soon as the client has taken the one before.
    pub async fn send(&self, events: impl IntoIterator<Item = Event<'_>>) -> Result<(), Over> {
        let room = self.pieces.reserve().await.map_err(|_| Over)?;
        let mut text = String::new();
        let mut written = Ok(());
        for event in events {
            if let Err(error) = self.channel.record(event.name, event.id.as_deref(), event.data) {
                tracing::error!(%error, "the journal cannot be written, and a connection ends");
                written = Err(Over);
                break;
            }
            event.write(&mut text);
        }
        if !text.is_empty() {
            room.send(Ok(text.into()));
        }
        written
    }

    /// Sends a comment, which no client tells its user.
    pub async fn comment(&self, text: &str) -> Result<(), Over> {
        self.pieces.send(Ok(format!(": {text}\n\n").into())).await.map_err(|_| Over)
    }
}

/// Answers with a stream, and runs what writes the news to it until one side has enough.
pub(crate) fn open<W>(
    backend: &Backend,
    seat: Seat,
    channel: Channel,
    write: impl FnOnce(mpsc::Receiver<Arc<Bulletin>>, Outlet) -> W,
) -> Response
where
    W: Future<Output = Result<(), Over>> + Send + 'static,
{
    let (pieces, waiting) = mpsc::channel(WAITING);
    let Seat { place, news, ending } = seat;
    let writing = write(news, Outlet { pieces: pieces.clone(), channel });
    backend.connections.spawn(async move {
        let _place = place;
        let why = tokio::select! {
            _ = writing => None,
            () = pieces.closed() => None,
            why = ending => why.ok(),
        };
        if why == Some(Ending::Cut) {
            let broken = io::Error::from(io::ErrorKind::ConnectionAborted);
            let _ = tokio::time::timeout(BREAKING, pieces.send(Err(broken))).await;
        }
    });
    let body =
        stream::unfold(waiting, async |mut waiting| waiting.recv().await.map(|piece| (piece, waiting)));
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-cache"),
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    (headers, Body::from_stream(body)).into_response()
}

/// What a client that comes back has got last, if the gateway goes by that.
pub(crate) fn last_event_id(backend: &Backend, headers: &HeaderMap) -> Option<String> {
    let given = headers.get("last-event-id").filter(|_| backend.event_ids);
    given.map(HeaderValue::to_str)?.ok().map(str::to_owned)
}
