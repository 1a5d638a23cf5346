//! How news come.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::OneOrMany;
use crate::model::TransportKind;

/// One way in which news come. It is up when all its streams are.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransportFile {
    /// `websocket`, `sse` or `polling`: what its streams are, and what it is called on screen.
    pub kind: TransportKind,
    /// Its streams; `polling` has none.
    #[serde(default)]
    pub stream: Vec<StreamFile>,
    /// The lists to fetch at each connect. Default: all that are not polled.
    pub fetch: Option<Vec<String>>,
    /// The lists to fetch again and again.
    #[serde(default)]
    pub poll: Vec<String>,
    /// Seconds between two fetches while something is new. Default: 2.
    pub fast_seconds: Option<u16>,
    /// Seconds between two fetches when nothing has been new for long. Default: 30.
    pub slow_seconds: Option<u16>,
}

/// A connection on which frames come.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StreamFile {
    /// Its path below the source's address; may hold `{parameters}`. Empty: the address itself.
    pub path: String,
    /// Its query: texts with `{parameters}`. One whose parameter has no value is left out; one of several values is
    /// there several times.
    #[serde(default)]
    pub query: BTreeMap<String, QueryFile>,
    /// The query parameter that carries the token on this stream, where the backend knows no other way.
    pub token_parameter: Option<String>,
    /// The type of its frames, which are messages without an envelope then. Default: each frame is a whole one.
    pub message: Option<String>,
    /// Messages to send once the stream stands (WebSocket): JSON with `{parameters}`. One whose parameter has several
    /// values is sent for each.
    #[serde(default)]
    pub subscribe: OneOrMany,
    /// The type of the message that confirms a subscription (WebSocket): before each has come, something may be
    /// missing.
    pub confirmed: Option<String>,
    /// What the backend can give of what was missed. Default: `none`.
    #[serde(default)]
    pub resume: Resume,
    /// Seconds between our pings (WebSocket). Default: 20.
    pub ping_seconds: Option<u16>,
    /// A ping of the backend's own kind (WebSocket): JSON. Default: the protocol's ping.
    pub ping: Option<String>,
    /// The type of the message that answers it.
    pub pong: Option<String>,
    /// Messages that want an answer (WebSocket), by type, and the answer: JSON.
    #[serde(default)]
    pub answer: BTreeMap<String, String>,
    /// Seconds without any sign of life after which the server counts as gone: more than it ever is silent. Default:
    /// 45.
    pub silence_seconds: Option<u16>,
    /// Milliseconds of quiet after which what was replayed counts as over. Default: 1500.
    pub settled_milliseconds: Option<u16>,
}

/// What a backend can give of what was missed on a stream.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resume {
    /// Nothing; a gap stays.
    #[default]
    None,
    /// The stream goes on after the last id, if the server gives ids.
    LastEventId,
    /// The stream begins with everything at each connect.
    Replay,
    /// The lists give it.
    Lists,
}

/// A value of a query: a text, or a text with conditions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryFile(pub QueryTable);

/// A text with conditions.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QueryTable {
    /// The text, with `{parameters}`.
    pub value: String,
    /// It is left out where one of these parameters has a value.
    #[serde(default)]
    pub unless: OneOrMany,
}

impl<'de> Deserialize<'de> for QueryFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = QueryFile;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a text, or a table with `value`")
            }

            fn visit_str<E>(self, text: &str) -> Result<QueryFile, E> {
                Ok(QueryFile(QueryTable { value: text.to_owned(), unless: OneOrMany::default() }))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<QueryFile, A::Error> {
                QueryTable::deserialize(MapAccessDeserializer::new(map)).map(QueryFile)
            }
        }

        deserializer.deserialize_any(Either)
    }
}
