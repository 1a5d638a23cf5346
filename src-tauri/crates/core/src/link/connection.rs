//! The streams of a transport as one connection.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{join_all, select_all, try_join_all};
use url::Url;

use super::session::Session;
use super::supervisor::Tools;
use crate::model::TransportKind;
use crate::profile::{Profile, Resume, Settings, Stream, Transport};
use crate::transport::sse::{EventSource, SseItem};
use crate::transport::websocket::{Heartbeat, WebSocket};
use crate::transport::{Frame, Incoming, TransportError};

/// The longest that a server may take to confirm what was subscribed.
const CONFIRM_LIMIT: Duration = Duration::from_secs(20);
/// What may come before that, in bytes of memory: many times what a busy server tells meanwhile.
const EARLY_LIMIT: usize = 8 << 20;

/// What came of waiting on a connection, and on which of its streams.
pub(super) type Arrived = (usize, Incoming);

/// The streams of a transport, open. Polling has none: nothing ever arrives.
pub(super) struct Connection {
    streams: Vec<Open>,
    /// Of which stream the last thing came: the next is asked first.
    turn: usize,
    /// Whether anything has ever arrived.
    pub heard: bool,
}

/// An open stream.
struct Open {
    line: Line,
    /// Whether it begins with what was before: from the last position, or from the very first.
    replays: bool,
    profile: Stream,
    settings: Arc<Settings>,
    /// Subscriptions that the server has still to confirm.
    unconfirmed: usize,
    /// What came before all were confirmed.
    early: VecDeque<Frame>,
}

enum Line {
    WebSocket(Box<WebSocket>),
    Sse(Box<EventSource>),
}

impl Connection {
    /// Opens all streams of a transport, each from the position that `position` knows by its name.
    pub async fn dial(
        tools: &Tools,
        transport: &Transport,
        base: &Url,
        settings: &Settings,
        session: &Session,
        position: &(dyn Fn(&str) -> Option<String> + Sync),
        profile: &Profile,
    ) -> Result<Self, TransportError> {
        // A server may know connections by this name: no two must have the same.
        let mut settings = settings.clone();
        settings.insert("client_id".to_owned(), vec![format!("vigie-{:016x}", rand::random::<u64>())]);
        let settings = Arc::new(settings);
        let dials = transport.streams.iter().map(|stream| {
            let position = position(&stream.name).filter(|position| !position.is_empty());
            let dial = Open::dial(tools, transport.kind, stream, base, Arc::clone(&settings), session, position);
            async {
                let mut open = dial.await?;
                tokio::select! {
                    confirmed = open.confirm(profile) => confirmed?,
                    () = tools.clock.sleep(CONFIRM_LIMIT) => return Err(TransportError::Silent(CONFIRM_LIMIT)),
                }
                Ok(open)
            }
        });
        Ok(Self { streams: try_join_all(dials).await?, turn: 0, heard: false })
    }

    /// Waits for what arrives next on any stream. May be dropped and called again without losing anything.
    pub async fn next(&mut self, profile: &Profile) -> Result<Arrived, TransportError> {
        let count = self.streams.len();
        if count == 0 {
            return std::future::pending().await;
        }
        let turn = self.turn % count;
        let arrived = if let [only] = &mut self.streams[..] {
            (0, only.next(profile).await?)
        } else {
            // Each stream gets its turn, however much arrives on another.
            let mut waiting: Vec<_> = self
                .streams
                .iter_mut()
                .enumerate()
                .map(|(index, stream)| async move { (index, stream.next(profile).await) }.boxed())
                .collect();
            waiting.rotate_left(turn);
            let ((index, incoming), _, _) = select_all(waiting).await;
            (index, incoming?)
        };
        self.turn = arrived.0 + 1;
        self.heard = true;
        Ok(arrived)
    }

    /// What arrives next, if it is there already.
    pub fn ready(&mut self, profile: &Profile) -> Option<Result<Arrived, TransportError>> {
        self.next(profile).now_or_never()
    }

    /// Lets its WebSockets rest until they are waited for again: what arrives meanwhile wakes nobody. An event stream
    /// rests by itself, from the next piece on that arrives.
    pub fn rest(&mut self) {
        for stream in &mut self.streams {
            if let Line::WebSocket(socket) = &mut stream.line {
                socket.rest();
            }
        }
    }

    /// Sees what has arrived during a rest, so that it can be taken at once; a WebSocket sees it by itself. May be
    /// dropped without losing anything.
    pub async fn look(&mut self) {
        for stream in &mut self.streams {
            if let Line::Sse(source) = &mut stream.line {
                source.look().await;
            }
        }
    }

    /// How long the server wants us to wait before we come back, if it said so.
    pub fn retry(&self) -> Option<Duration> {
        self.streams
            .iter()
            .filter_map(|stream| match &stream.line {
                Line::Sse(source) => source.retry(),
                Line::WebSocket(_) => None,
            })
            .max()
    }

    /// For each stream, whether it begins with what was before.
    pub fn replays(&self) -> impl Iterator<Item = bool> {
        self.streams.iter().map(|stream| stream.replays)
    }

    /// Whether all streams go on after the last id that they gave.
    pub fn resumes(&self) -> bool {
        let resumes = |stream: &Open| stream.replays && stream.profile.resume == Resume::LastEventId;
        !self.streams.is_empty() && self.streams.iter().all(resumes)
    }

    /// Whether a stream that goes on after its last id had none yet: the first that it gives is younger than everything
    /// that was missed.
    pub fn begins_anew(&self) -> bool {
        self.streams.iter().any(|stream| !stream.replays && stream.profile.resume == Resume::LastEventId)
    }

    /// Says good-bye.
    pub async fn close(self) {
        join_all(self.streams.into_iter().map(|stream| async move {
            if let Line::WebSocket(socket) = stream.line {
                socket.close().await;
            }
        }))
        .await;
    }
}

impl Open {
    async fn dial(
        tools: &Tools,
        kind: TransportKind,
        stream: &Stream,
        base: &Url,
        settings: Arc<Settings>,
        session: &Session,
        position: Option<String>,
    ) -> Result<Self, TransportError> {
        let url = stream.address.below(base, &settings);
        let credential = session.credential_for(stream);
        let clock = Arc::clone(&tools.clock);
        // Without an id the stream begins where it always begins.
        let replays =
            stream.resume == Resume::Replay || (stream.resume == Resume::LastEventId && position.is_some());
        let mut unconfirmed = 0;
        let line = if kind == TransportKind::WebSocket {
            let heartbeat = Heartbeat {
                ping_every: stream.ping_every,
                ping: stream.ping.as_ref().and_then(|ping| ping.json(&settings).into_iter().next()),
                silence: stream.silence,
            };
            let mut socket = WebSocket::dial(url, &credential, heartbeat, &tools.tls, clock).await?;
            for text in stream.subscribe.iter().flat_map(|text| text.json(&settings)) {
                socket.say(text);
                unconfirmed += usize::from(stream.confirmed.is_some());
            }
            Line::WebSocket(Box::new(socket))
        } else {
            let position = position.as_deref();
            let source =
                EventSource::open(&tools.http, url, &credential, position, stream.silence, clock).await?;
            Line::Sse(Box::new(source))
        };
        let (profile, early) = (stream.clone(), VecDeque::new());
        Ok(Self { line, replays, profile, settings, unconfirmed, early })
    }

    /// Waits until the server has confirmed what was subscribed: what happens before need not come.
    async fn confirm(&mut self, profile: &Profile) -> Result<(), TransportError> {
        let mut bytes = 0;
        while self.unconfirmed > 0 {
            let Incoming::Frame(frame) = self.hear(profile).await? else { continue };
            if profile.type_of(&frame) == self.profile.confirmed {
                self.unconfirmed -= 1;
            }
            bytes += frame.weight();
            if bytes > EARLY_LIMIT {
                let detail = "it tells more than is kept before it confirms what was subscribed";
                return Err(TransportError::Protocol(detail.to_owned()));
            }
            self.early.push_back(frame);
        }
        Ok(())
    }

    async fn next(&mut self, profile: &Profile) -> Result<Incoming, TransportError> {
        match self.early.pop_front() {
            Some(frame) => Ok(Incoming::Frame(frame)),
            None => self.hear(profile).await,
        }
    }

    async fn hear(&mut self, profile: &Profile) -> Result<Incoming, TransportError> {
        match &mut self.line {
            Line::Sse(source) => Ok(match source.next().await? {
                SseItem::Frame(frame) => Incoming::Frame(frame),
                SseItem::Alive => Incoming::Alive(None),
            }),
            Line::WebSocket(socket) => {
                let incoming = socket.next().await?;
                let Incoming::Frame(frame) = incoming else { return Ok(incoming) };
                let answer = Self::talk(&self.profile, &self.settings, profile, socket, &frame);
                Ok(answer.unwrap_or(Incoming::Frame(frame)))
            }
        }
    }

    /// Answers what a backend's programs say to each other in messages of their own.
    fn talk(
        stream: &Stream,
        settings: &Settings,
        profile: &Profile,
        socket: &mut WebSocket,
        frame: &Frame,
    ) -> Option<Incoming> {
        if stream.pong.is_none() && stream.answer.is_empty() {
            return None;
        }
        let message_type = profile.type_of(frame)?;
        if stream.pong.as_ref() == Some(&message_type) {
            return Some(Incoming::Alive(socket.answered()));
        }
        for text in stream.answer.get(&message_type)?.json(settings) {
            socket.say(text);
        }
        None
    }
}
