//! Messages, and where they stand in the order of all.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use crate::{contract::Contract, model::Sequence};

/// One message of a contract.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Message {
    /// What it says, by the contract's own name.
    pub kind: String,
    /// Whom or what it concerns, as far as listeners choose by that.
    pub tags: Vec<String>,
    /// What is sent: an object in one line of JSON.
    pub data: Box<RawValue>,
}

impl Message {
    /// A message of this kind that concerns these.
    pub fn new(kind: &str, tags: Vec<String>, data: &impl Serialize) -> Result<Self, serde_json::Error> {
        Ok(Self { kind: kind.to_owned(), tags, data: to_raw_value(data)? })
    }

    /// Whether it concerns this.
    pub fn concerns(&self, tag: &str) -> bool {
        self.tags.iter().any(|own| own == tag)
    }
}

/// What a contract tells of one change.
#[derive(Debug)]
pub(crate) struct Told {
    /// Whose messages they are.
    pub contract: Contract,
    /// The change.
    pub sequence: Sequence,
    /// The messages, in their order.
    pub messages: Vec<Message>,
}

impl Told {
    /// The messages, each with where it stands.
    pub fn placed(&self) -> impl Iterator<Item = (Position, &Message)> {
        let place = |ordinal| Position { sequence: self.sequence, ordinal };
        (0..).map(place).zip(&self.messages)
    }
}

/// Where a message stands: the change that it tells of, and its number among that change's messages. This is what
/// the id of an event says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    pub sequence: Sequence,
    pub ordinal: u32,
}

impl Position {
    /// Behind everything that is told of a change and those before it.
    pub fn behind(sequence: Sequence) -> Self {
        Self { sequence, ordinal: u32::MAX }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.ordinal {
            0 => write!(out, "{}", self.sequence),
            ordinal => write!(out, "{}-{ordinal}", self.sequence),
        }
    }
}

impl FromStr for Position {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (sequence, ordinal) = text.split_once('-').unwrap_or((text, "0"));
        Ok(Self { sequence: sequence.parse()?, ordinal: ordinal.parse()? })
    }
}
