//! The Server-Sent Events client: one open stream. Whoever keeps it open again after its end is elsewhere.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Buf as _, Bytes, BytesMut};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Response, StatusCode};
use url::Url;

use super::body::{Body, Part};
use super::parser::DEFAULT_TYPE;
use super::silence::Silence;
use super::{Item, Limits, Parser};
use crate::clock::Clock;
use crate::profile::FRAME_LIMIT;
use crate::transport::http::{Credential, Http, check_encoding, refused};
use crate::transport::{Frame, TransportError};

/// The longest that address, encryption, redirects and the answer's head may take together.
const DIAL_LIMIT: Duration = Duration::from_secs(20);
/// How much of a content type is told, in bytes: the longest that are registered.
const TYPE_LENGTH: usize = 80;
/// The most that a look reads, in bytes, but for the rest of a part: what a commit may have.
const LOOK_LIMIT: usize = 8 << 20;
const EVENT_STREAM: &str = "text/event-stream";
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// What came of waiting on a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SseItem {
    /// An event. Of one that is too large the beginning, with a length above [`FRAME_LIMIT`].
    Frame(Frame),
    /// A comment or a `retry`: no event, but the server is alive.
    Alive,
}

/// An open event stream. Little is read ahead of what is taken, so a server that is faster than we are waits.
pub struct EventSource {
    body: Body,
    parser: Parser,
    /// What was read and not parsed yet.
    unread: BytesMut,
    /// What is told after that: why nothing more comes.
    end: Option<TransportError>,
    silence: Silence,
    clock: Arc<dyn Clock>,
    retry: Option<Duration>,
    /// The last event id that we came with; the very same as long as the stream gives none.
    resumed_from: Arc<str>,
}

impl EventSource {
    /// Opens the stream at `url`, from after `last_event_id` on. A server that then sends no byte for `silence`,
    /// while somebody waits for one, counts as gone.
    pub async fn open(
        http: &Http,
        url: Url,
        credential: &Credential,
        last_event_id: Option<&str>,
        silence: Duration,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, TransportError> {
        let last_event_id = last_event_id.unwrap_or_default();
        let (http, credential, headers) = (http.clone(), credential.clone(), headers(last_event_id));
        let opening = Body::open(async move {
            let response = http.open(url, &credential, headers).await?;
            check(&response)?;
            Ok(response)
        });
        let body = tokio::select! {
            body = opening => body?,
            () = clock.sleep(DIAL_LIMIT) => return Err(TransportError::Silent(DIAL_LIMIT)),
        };
        let parser = Parser::new(Limits::default(), last_event_id);
        let resumed_from = Arc::clone(parser.last_event_id());
        let silence = Silence::new(silence, Arc::clone(&clock));
        let unread = BytesMut::new();
        Ok(Self { body, parser, unread, end: None, silence, clock, retry: None, resumed_from })
    }

    /// Waits for the next item. May be dropped and called again without losing anything. The stream's end is
    /// [`TransportError::Closed`]; an event that it cuts off is gone, and the server sends it again.
    pub async fn next(&mut self) -> Result<SseItem, TransportError> {
        loop {
            if let Some(item) = self.parse() {
                return Ok(item);
            }
            if let Some(end) = self.end.take() {
                return Err(end);
            }
            // A flood without an event must not keep this thread from everybody else.
            tokio::task::coop::consume_budget().await;
            let part = self.silence.watch(self.body.next()).await?;
            self.take(part);
        }
    }

    /// Reads what has arrived while nobody waited, for [`Self::next`] to give at once. May be dropped and called again
    /// without losing anything.
    pub async fn look(&mut self) {
        while self.end.is_none()
            && self.unread.len() < LOOK_LIMIT
            && let Some(part) = self.body.look().await
        {
            self.silence.broken();
            self.take(part);
        }
    }

    fn take(&mut self, part: Part) {
        self.unread.unsplit(part.bytes);
        self.end = part.end;
    }

    /// How long the server wants us to wait before we open the stream again: the last that it said, between
    /// [`super::RETRY_SHORTEST`] and [`super::RETRY_LONGEST`].
    pub const fn retry(&self) -> Option<Duration> {
        self.retry
    }

    /// The last event id: what to open the stream with again. Empty if there is none.
    pub fn last_event_id(&self) -> &Arc<str> {
        self.parser.last_event_id()
    }

    fn parse(&mut self) -> Option<SseItem> {
        let mut rest = &self.unread[..];
        let item = self.parser.pull(&mut rest);
        let used = self.unread.len() - rest.len();
        self.unread.advance(used);
        Some(match item? {
            Item::Event { event_type, data, .. } => {
                let event = (event_type != DEFAULT_TYPE).then(|| event_type.into());
                self.frame(event, data.len(), data)
            }
            Item::TooLarge { part, length, head } => {
                tracing::warn!(?part, length, "an event is too large");
                self.frame(None, length.max(FRAME_LIMIT + 1), head)
            }
            Item::Retry(wait) => {
                self.retry = Some(wait);
                SseItem::Alive
            }
            Item::Comment => SseItem::Alive,
        })
    }

    fn frame(&self, event: Option<Arc<str>>, length: usize, bytes: Bytes) -> SseItem {
        let last_event_id = self.last_event_id();
        let event_id = (!Arc::ptr_eq(last_event_id, &self.resumed_from)).then(|| Arc::clone(last_event_id));
        SseItem::Frame(Frame { bytes, length, received_at: self.clock.now(), event, event_id })
    }
}

fn headers(last_event_id: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static(EVENT_STREAM));
    if !last_event_id.is_empty() {
        match HeaderValue::try_from(last_event_id) {
            Ok(value) => {
                headers.insert(LAST_EVENT_ID, value);
            }
            Err(_) => {
                tracing::warn!(
                    "no header can carry the last event id; the stream begins where the server likes"
                );
            }
        }
    }
    headers
}

/// Whether the answer is an event stream.
fn check(response: &Response) -> Result<(), TransportError> {
    match response.status() {
        StatusCode::OK => {}
        StatusCode::NO_CONTENT => return Err(TransportError::Stopped),
        _ => return Err(refused(response)),
    }
    check_encoding(response)?;
    let Some(content_type) = response.headers().get(CONTENT_TYPE) else {
        return Err(TransportError::Protocol(
            "the answer does not say that it is an event stream".to_owned(),
        ));
    };
    let essence = content_type.as_bytes().split(|byte| *byte == b';').next().unwrap_or_default();
    let essence = essence.trim_ascii();
    if essence.eq_ignore_ascii_case(EVENT_STREAM.as_bytes()) {
        return Ok(());
    }
    let told = &essence[..essence.len().min(TYPE_LENGTH)];
    let detail = format!("the answer is no event stream but {}", told.escape_ascii());
    Err(TransportError::Protocol(detail))
}
