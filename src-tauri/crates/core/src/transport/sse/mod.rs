//! Server-Sent Events: the client, and the parser without input and output: bytes in, items out. The rules are
//! those of the HTML standard (WHATWG, 9.2, "Server-sent events"); what it leaves open is decided here:
//!
//! - Data is handed on as bytes. Whether it is text is found out when it is decoded, so one broken character
//!   costs one frame and not the stream. An event's type and id are decoded as the standard has it: what is no
//!   UTF-8 becomes U+FFFD.
//! - Nothing that a server sends makes the parser keep more than [`Limits`] allow. An event above them is read
//!   to its end and told as [`Item::TooLarge`]; for what follows, it was not there.
//! - A `retry` without a number is ignored, one with an unreasonable number is clamped.

mod body;
mod client;
mod parser;
mod silence;

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crate::profile::FRAME_LIMIT;

pub use client::{EventSource, SseItem};
pub use parser::Parser;

/// The longest event type or id, in bytes. An id comes back in a header, and servers take 8 KB of them in all.
pub const FIELD_LIMIT: usize = 4 << 10;
/// How much is kept of what is too large, in bytes.
pub const HEAD_LIMIT: usize = 8 << 10;
/// The shortest wait that a server can ask for: an accident must not make a thousand desktops hammer it.
pub const RETRY_SHORTEST: Duration = Duration::from_millis(100);
/// The longest wait that a server can ask for: a mistake in the unit must not keep the analyst blind for a day.
pub const RETRY_LONGEST: Duration = Duration::from_secs(300);

/// What a stream says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// An event in the standard's sense: what becomes a frame.
    Event {
        /// Its type; `message` if it names none.
        event_type: Cow<'static, str>,
        /// Its data, which need not be UTF-8.
        data: Bytes,
        /// The last id up to and with this event; empty if there is none, or if the server cleared it.
        last_event_id: Arc<str>,
    },
    /// The wait before a new connection that the server asks for, between [`RETRY_SHORTEST`] and
    /// [`RETRY_LONGEST`].
    Retry(Duration),
    /// A comment: the server is alive.
    Comment,
    /// An event that is too large. Its id does not count: the last event id is what it was before.
    TooLarge {
        /// What of it was.
        part: Part,
        /// How long that part is, in bytes.
        length: usize,
        /// That part's beginning.
        head: Bytes,
    },
}

/// A part of an event that has a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Its data, all lines of it.
    Data,
    /// Its type.
    EventType,
    /// Its id.
    Id,
}

/// How much a parser keeps. Comments and unknown fields may be of any length, since nothing of them is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most data of one event, in bytes.
    pub data: usize,
    /// The longest event type or id, in bytes.
    pub field: usize,
    /// How much is kept of what is above these limits, in bytes; never more than they allow.
    pub head: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { data: FRAME_LIMIT, field: FIELD_LIMIT, head: HEAD_LIMIT }
    }
}
