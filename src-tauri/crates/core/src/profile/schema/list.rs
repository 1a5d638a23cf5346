//! Requests that give what is there, or what was missed.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{OneOrMany, QueryFile};
use crate::model::Time;

/// A request that gives what is there, or what was missed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListFile {
    /// Its name; the position is kept under it.
    pub name: String,
    /// Its path below the source's address; may hold `{parameters}`.
    pub path: String,
    /// Its query, as that of a stream.
    #[serde(default)]
    pub query: BTreeMap<String, QueryFile>,
    /// The type of message that an item is where it names none. Default: each item is a frame.
    pub message: Option<String>,
    /// Where the items are: a JSON Pointer to an array. Several: each leads further into what the one before gave, so
    /// that arrays within arrays become one list. Default: the answer itself.
    #[serde(default)]
    pub items: OneOrMany,
    /// How to ask for what is new. Without it the list is what stands at present, and fetched as a whole.
    pub since: Option<SinceFile>,
    /// Where in the answer the next position is (`since.by = "position"`).
    pub next: Option<String>,
    /// Where in the answer it says that there is more.
    pub more: Option<String>,
    /// How many items to ask for.
    pub page: Option<PageFile>,
    /// The most items that an answer can have, where there are no pages: with so many, some may be missing.
    pub most: Option<u16>,
    /// Whether some backends of this kind do not have it: a 404 is no failure, and what was missed stays a gap.
    /// Default: no.
    #[serde(default)]
    pub optional: bool,
}

/// How to ask for what is new.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SinceFile {
    /// The query parameter.
    pub parameter: String,
    /// What goes into it.
    pub by: SinceKind,
    /// `time`: how to write it. Default: `iso`.
    #[serde(default)]
    pub format: TimeFormat,
    /// `time`: seconds to ask for again, because things may appear later than they happened. Default: 5.
    pub overlap_seconds: Option<u16>,
}

/// What says how far into a list we are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SinceKind {
    /// What the server gave as `next`, or a frame as `frame.position`.
    Position,
    /// The greatest `id` of an item: whole numbers that grow.
    Id,
    /// The latest `occurred_at` of an item.
    Time,
}

/// How a time is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeFormat {
    /// ISO 8601 with `Z`.
    #[default]
    Iso,
    /// Seconds since 1970.
    Seconds,
    /// Milliseconds since 1970.
    Milliseconds,
}

/// How many items to ask for.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageFile {
    /// The query parameter.
    pub parameter: String,
    /// Its value, at least 1.
    pub size: u16,
}

impl TimeFormat {
    /// A time in this format.
    pub fn write(self, at: Time) -> String {
        match self {
            Self::Iso => jiff::Timestamp::from_millisecond(at.0).map(|at| at.to_string()).unwrap_or_default(),
            Self::Seconds => (at.0 / 1_000).to_string(),
            Self::Milliseconds => at.0.to_string(),
        }
    }
}
