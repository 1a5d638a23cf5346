//! Events: normalised things that happened. They are appended and never changed.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{AlertState, Severity, SourceId, Time};

/// An event's number in the store; later events have greater ones.
pub type EventId = i64;

/// What sort of thing happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A payment.
    Transaction,
    /// A fraud alert, new or changed.
    Alert,
    /// The backend's own figures.
    Metrics,
    /// Something the profile does not know; kept and shown as it is.
    Other,
}

impl Kind {
    /// The number the store keeps.
    pub const fn code(self) -> i64 {
        match self {
            Self::Transaction => 1,
            Self::Alert => 2,
            Self::Metrics => 3,
            Self::Other => 0,
        }
    }

    /// The kind with this number.
    pub const fn from_code(code: i64) -> Self {
        match code {
            1 => Self::Transaction,
            2 => Self::Alert,
            3 => Self::Metrics,
            _ => Self::Other,
        }
    }
}

/// What a profile could read from a message. Every text is untrusted and bounded; what is absent or unreadable
/// is `None`, and the raw message still has it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct Facts {
    /// When it happened, by the server's clock.
    pub occurred_at: Option<Time>,
    /// How bad it is (alerts).
    pub severity: Option<Severity>,
    /// The backend's fraud probability or risk score, 0 to 1.
    pub score: Option<f64>,
    /// What has become of it (alerts).
    pub state: Option<AlertState>,
    /// Who has it (alerts).
    pub owner: Option<String>,
    /// The scenario's code, `card_testing` say.
    pub scenario: Option<String>,
    /// A sentence that says what happened.
    pub title: Option<String>,
    /// The customer's identifier.
    pub customer: Option<String>,
    /// The customer's name.
    pub customer_name: Option<String>,
    /// A decimal number, exactly as the server wrote it.
    pub amount: Option<String>,
    /// ISO 4217 code of the amount's currency.
    pub currency: Option<String>,
    /// ISO 3166 code of the country where it happened.
    pub country: Option<String>,
    /// The city where it happened.
    pub city: Option<String>,
    /// The way it was paid: card, transfer, …
    pub channel: Option<String>,
    /// Who was paid.
    pub merchant: Option<String>,
    /// The identifier of the transaction that an alert is about.
    pub transaction: Option<String>,
}

/// One normalised thing that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// What sort of thing.
    pub kind: Kind,
    /// The server's identifier of the thing; a digest of the message where it gave none.
    pub subject: String,
    /// Tells versions of one thing apart: a digest of what the profile calls its identity. Zero where a thing
    /// never changes.
    pub digest: i64,
    /// Orders versions of one thing: of two, the greater is the newer.
    pub version: Option<i64>,
    /// What the profile could read.
    pub facts: Facts,
    /// Fields that were there but could not be read, by name.
    pub unreadable: Vec<&'static str>,
    /// When it arrived here.
    pub received_at: Time,
    /// The message as it came: JSON.
    pub raw: String,
}

/// A row of the transactions feed.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Transaction {
    /// Number of its event.
    pub id: EventId,
    /// Where it comes from.
    pub source: SourceId,
    /// The server's identifier.
    pub subject: String,
    /// When it arrived here.
    pub received_at: Time,
    /// What is known of it.
    pub facts: Facts,
}

/// Everything about one event.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct EventDetail {
    /// Number of the event.
    pub id: EventId,
    /// Where it comes from.
    pub source: SourceId,
    /// What sort of thing.
    pub kind: Kind,
    /// The server's identifier of the thing.
    pub subject: String,
    /// When it arrived here.
    pub received_at: Time,
    /// What is known of it.
    pub facts: Facts,
    /// The message as it came: JSON.
    pub raw: String,
}
