//! The WebSocket transport.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::error::{CapacityError, ProtocolError};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};
use url::Url;

use super::http::{self, Credential};
use super::lenient::{Heard, Lenient};
use super::{Frame, Incoming, Resting, Tls, TransportError};
use crate::clock::Clock;
use crate::profile::FRAME_LIMIT;

/// The largest message that the connection survives, in bytes. What is above [`FRAME_LIMIT`] is not decoded,
/// but it must be read to its end for the next one to be understood.
const MESSAGE_LIMIT: usize = 64 << 20;
/// The longest that address, encryption and handshake may take together.
const DIAL_LIMIT: Duration = Duration::from_secs(20);
/// Pings on their way at once: with none returned the connection counts as silent long before.
const PINGS_LIMIT: usize = 8;
/// Texts that wait to be said: subscriptions, and answers to a server that asks faster than it listens.
const UNSAID_LIMIT: usize = 1_000;
/// How much of a frame that is too large is kept, in bytes.
const HEAD_LENGTH: usize = 8 << 10;

/// How a connection is kept alive.
#[derive(Debug, Clone)]
pub struct Heartbeat {
    /// Time between our pings.
    pub ping_every: Duration,
    /// A ping of the server's own kind; `None`: the protocol's.
    pub ping: Option<String>,
    /// Time without any frame after which the server counts as gone.
    pub silence: Duration,
}

/// What a WebSocket runs on, encrypted or not.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {
    /// See [`Resting::rest`].
    fn rest(&mut self);
}

impl Stream for Resting {
    fn rest(&mut self) {
        Self::rest(self);
    }
}

impl Stream for TlsStream<Resting> {
    fn rest(&mut self) {
        self.get_mut().0.rest();
    }
}

/// An open WebSocket. Whoever waits on it with [`WebSocket::next`] also keeps its heartbeat.
pub struct WebSocket {
    stream: WebSocketStream<Lenient<Box<dyn Stream>>>,
    clock: Arc<dyn Clock>,
    heartbeat: Heartbeat,
    /// What is to be said before anything else is heard.
    unsaid: VecDeque<String>,
    /// When anything last arrived.
    heard: Arc<Heard>,
    /// When somebody last waited here: who does not listen cannot call the other silent.
    listened: Arc<Heard>,
    /// When the next ping is due.
    ping_due: Duration,
    /// When each ping on its way was sent, with its number.
    pings: VecDeque<(u32, Duration)>,
    ping_number: u32,
}

/// Somebody waits on the connection until this is dropped.
struct Listening {
    until: Arc<Heard>,
    clock: Arc<dyn Clock>,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.until.set(self.clock.elapsed());
    }
}

impl WebSocket {
    /// Dials `url`, which is a web address: http and https count as ws and wss.
    pub async fn dial(
        url: Url,
        credential: &Credential,
        heartbeat: Heartbeat,
        tls: &Tls,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, TransportError> {
        let dialling = Self::connect(url, credential, tls, Arc::clone(&clock));
        let stream = tokio::select! {
            stream = dialling => stream?,
            () = clock.sleep(DIAL_LIMIT) => return Err(TransportError::Silent(DIAL_LIMIT)),
        };
        let now = clock.elapsed();
        let heard = stream.get_ref().heard();
        Ok(Self {
            stream,
            heard,
            clock,
            heartbeat,
            unsaid: VecDeque::new(),
            listened: Arc::new(Heard::from(now)),
            // The first goes out at once: it tells the delay.
            ping_due: now,
            pings: VecDeque::new(),
            ping_number: 0,
        })
    }

    async fn connect(
        mut url: Url,
        credential: &Credential,
        tls: &Tls,
        clock: Arc<dyn Clock>,
    ) -> Result<WebSocketStream<Lenient<Box<dyn Stream>>>, TransportError> {
        let secure = url.scheme() == "https";
        url.set_scheme(if secure { "wss" } else { "ws" })
            .map_err(|()| TransportError::Protocol("the address is no web address".to_owned()))?;
        credential.add_to_url(&mut url);
        let host = url.host_str().unwrap_or_default().to_owned();
        let port = url.port_or_known_default().unwrap_or_default();
        let unreachable = |error: std::io::Error| TransportError::Unreachable(error.to_string());
        let bare_host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let tcp = TcpStream::connect((bare_host.as_str(), port)).await.map_err(unreachable)?;
        tcp.set_nodelay(true).map_err(unreachable)?;
        let tcp = Resting::from(tcp);
        let stream: Box<dyn Stream> =
            if secure { Box::new(tls.encrypt(bare_host, tcp).await?) } else { Box::new(tcp) };
        let mut request = url.as_str().into_client_request().map_err(failed)?;
        credential.add_to_headers(request.headers_mut())?;
        let config = WebSocketConfig::default()
            .max_message_size(Some(MESSAGE_LIMIT))
            .max_frame_size(Some(MESSAGE_LIMIT));
        let stream = Lenient::new(stream, clock);
        let (stream, _) = tokio_tungstenite::client_async_with_config(request, stream, Some(config))
            .await
            .map_err(failed)?;
        Ok(stream)
    }

    /// Waits for the next frame, pinging meanwhile. May be dropped and called again without losing anything.
    pub async fn next(&mut self) -> Result<Incoming, TransportError> {
        let began = self.clock.elapsed();
        if began.saturating_sub(self.listened.at()) >= self.heartbeat.silence {
            self.heard.set(began);
        }
        let _listening = Listening { until: Arc::clone(&self.listened), clock: Arc::clone(&self.clock) };
        loop {
            let now = self.clock.elapsed();
            while let Some(text) = self.unsaid.front().cloned() {
                self.send(Message::Text(text.into())).await?;
                self.unsaid.pop_front();
            }
            if now >= self.ping_due {
                self.ping(now).await?;
            }
            let wait = self.ping_due.min(self.heard.at() + self.heartbeat.silence).saturating_sub(now);
            let clock = Arc::clone(&self.clock);
            let message = tokio::select! {
                biased;
                message = self.stream.next() => message,
                () = clock.sleep(wait) => {
                    if self.clock.elapsed() >= self.heard.at() + self.heartbeat.silence {
                        return Err(TransportError::Silent(self.heartbeat.silence));
                    }
                    continue;
                }
            };
            match message {
                None => return Err(TransportError::Closed(None)),
                Some(Err(error)) => return Err(failed(error)),
                Some(Ok(Message::Text(text))) => return Ok(Incoming::Frame(self.frame(text.into()))),
                Some(Ok(Message::Binary(bytes))) => return Ok(Incoming::Frame(self.frame(bytes))),
                Some(Ok(Message::Pong(payload))) => {
                    if let Some(round_trip) = self.returned(&payload) {
                        return Ok(Incoming::Alive(Some(round_trip)));
                    }
                }
                Some(Ok(Message::Close(reason))) => {
                    return Err(TransportError::Closed(reason.map(|reason| reason.code.into())));
                }
                Some(Ok(Message::Ping(_) | Message::Frame(_))) => {}
            }
        }
    }

    /// Lets it rest until it is waited for again: what arrives meanwhile wakes nobody.
    pub fn rest(&mut self) {
        self.stream.get_mut().get_mut().rest();
    }

    /// Says good-bye; a server that does not answer is not waited for.
    pub async fn close(mut self) {
        let clock = Arc::clone(&self.clock);
        tokio::select! {
            _closed = self.stream.close(None) => {}
            () = clock.sleep(Duration::from_secs(1)) => {}
        }
    }

    async fn ping(&mut self, now: Duration) -> Result<(), TransportError> {
        self.ping_due = now + self.heartbeat.ping_every;
        self.ping_number = self.ping_number.wrapping_add(1);
        if self.pings.len() == PINGS_LIMIT {
            self.pings.pop_front();
        }
        self.pings.push_back((self.ping_number, now));
        let ping = match &self.heartbeat.ping {
            Some(text) => Message::Text(text.into()),
            None => Message::Ping(Bytes::copy_from_slice(&self.ping_number.to_be_bytes())),
        };
        self.send(ping).await
    }

    async fn send(&mut self, message: Message) -> Result<(), TransportError> {
        let clock = Arc::clone(&self.clock);
        tokio::select! {
            sent = self.stream.send(message) => sent.map_err(failed),
            () = clock.sleep(self.heartbeat.silence) => Err(TransportError::Silent(self.heartbeat.silence)),
        }
    }

    /// Says `text` before the next frame is waited for.
    pub fn say(&mut self, text: String) {
        if self.unsaid.len() < UNSAID_LIMIT {
            self.unsaid.push_back(text);
        }
    }

    /// The server has answered a ping of its own kind: how long that took.
    pub fn answered(&mut self) -> Option<Duration> {
        let (_, sent) = self.pings.pop_front()?;
        Some(self.clock.elapsed().saturating_sub(sent))
    }

    fn returned(&mut self, payload: &[u8]) -> Option<Duration> {
        let number = u32::from_be_bytes(payload.try_into().ok()?);
        let at = self.pings.iter().position(|(sent, _)| *sent == number)?;
        let (_, sent) = self.pings.drain(..=at).next_back()?;
        Some(self.clock.elapsed().saturating_sub(sent))
    }

    fn frame(&self, bytes: Bytes) -> Frame {
        let length = bytes.len();
        let bytes = if length > FRAME_LIMIT { Bytes::copy_from_slice(&bytes[..HEAD_LENGTH]) } else { bytes };
        Frame { bytes, length, received_at: self.clock.now(), event: None, event_id: None }
    }
}

/// The error without what could hold an address.
fn failed(error: Error) -> TransportError {
    match error {
        Error::ConnectionClosed | Error::AlreadyClosed => TransportError::Closed(None),
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => TransportError::Closed(None),
        Error::Io(error) => TransportError::Unreachable(error.to_string()),
        Error::Tls(error) => TransportError::Insecure(error.to_string()),
        Error::Http(response) => TransportError::Status {
            status: response.status().as_u16(),
            retry_after: http::retry_after(response.headers()),
        },
        Error::Capacity(CapacityError::MessageTooLong { size, max_size }) => {
            TransportError::Protocol(format!("a message of {size} bytes; at most {max_size} are read"))
        }
        Error::Protocol(error) => TransportError::Protocol(error.to_string()),
        Error::Url(_) => TransportError::Protocol("the address cannot be dialled".to_owned()),
        Error::HttpFormat(_) => TransportError::Protocol("the request could not be made".to_owned()),
        other => TransportError::Protocol(other.to_string()),
    }
}
