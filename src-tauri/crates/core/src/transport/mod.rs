//! Transports: they turn bytes into frames and know nothing of fraud.

pub mod http;
pub mod lenient;
mod resting;
pub mod sse;
mod tls;
pub mod websocket;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crate::model::{Time, Trouble};

pub use resting::Resting;
pub use tls::Tls;

/// One message as a transport delivered it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Its bytes; of one that is too large, the beginning.
    pub bytes: Bytes,
    /// Its whole length in bytes.
    pub length: usize,
    /// When it arrived.
    pub received_at: Time,
    /// The type of the event that it came as, if the transport has such types and this one is not the default.
    pub event: Option<Arc<str>>,
    /// The last event id as of this frame, if the transport gave any; empty if the server cleared it.
    pub event_id: Option<Arc<str>>,
}

impl Frame {
    /// What it takes in memory, in bytes: of many small ones, most is not their text.
    pub fn weight(&self) -> usize {
        let texts = [&self.event, &self.event_id].into_iter().flatten().map(|text| text.len());
        size_of::<Self>() + self.bytes.len() + texts.sum::<usize>()
    }
}

/// What came of waiting on a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Incoming {
    /// A frame.
    Frame(Frame),
    /// A sign of life; if it is the answer to a ping, how long that took.
    Alive(Option<Duration>),
}

/// Why a transport failed. No text of it holds an address with a query or a credential.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// Nobody answered.
    #[error("the server cannot be reached: {0}")]
    Unreachable(String),
    /// Encryption failed, or the certificate is not trusted.
    #[error("the server's certificate is not trusted here, or the encryption failed: {0}")]
    Insecure(String),
    /// The server answered with a status that is no success.
    #[error("the server answered with status {status}")]
    Status {
        /// The HTTP status.
        status: u16,
        /// How long the server asks us to wait.
        retry_after: Option<Duration>,
    },
    /// The server closed the connection.
    #[error("the server closed the connection{}", .0.map(|code| format!(" with code {code}")).unwrap_or_default())]
    Closed(Option<u16>),
    /// The server has nothing for us and does not want to be asked again.
    #[error("the server says that there is nothing more to come")]
    Stopped,
    /// The server stopped answering.
    #[error("the server has been silent for {} s", .0.as_secs())]
    Silent(Duration),
    /// The answer is larger than we read.
    #[error("the server's answer is larger than {0} bytes")]
    TooLarge(usize),
    /// What arrived is not what the protocol allows.
    #[error("the server did not speak as expected: {0}")]
    Protocol(String),
}

impl TransportError {
    /// Whether the server itself has answered that it will not have us, or not now: no other transport would help.
    pub const fn is_final(&self) -> bool {
        matches!(
            self,
            Self::Stopped
                | Self::Status { status: 401 | 403 | 429, .. }
                | Self::Status { status: 503, retry_after: Some(_) }
        )
    }

    /// What an analyst can tell it by.
    pub const fn trouble(&self) -> Trouble {
        match self {
            Self::Unreachable(_) => Trouble::Unreachable,
            Self::Insecure(_) => Trouble::Insecure,
            Self::Status { status: 403, .. } => Trouble::Forbidden,
            Self::Status { status: 429 | 500..=599, .. } => Trouble::Unavailable,
            Self::Closed(_) => Trouble::Closed,
            Self::Stopped => Trouble::Ended,
            Self::Silent(_) => Trouble::Silent,
            Self::Status { .. } | Self::TooLarge(_) | Self::Protocol(_) => Trouble::NotUnderstood,
        }
    }
}
