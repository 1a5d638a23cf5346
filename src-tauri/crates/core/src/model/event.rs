//! Events: normalised things that happened. They are appended and never changed.

use std::sync::Arc;

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
    /// A credit analysis, or a risk score that follows from one.
    Analysis,
    /// How far a calculation is.
    Progress,
    /// What a portfolio is worth.
    Portfolio,
    /// An order to buy or sell.
    Order,
    /// What is held of something.
    Position,
    /// The money of an account.
    Balance,
    /// What is watched.
    Watchlist,
    /// A payment that flows over time.
    PaymentStream,
    /// Something the profile does not know; kept and shown as it is.
    Other,
}

impl Kind {
    /// All kinds, each at the place of the number that the store keeps.
    pub const ALL: [Self; 12] = [
        Self::Other,
        Self::Transaction,
        Self::Alert,
        Self::Metrics,
        Self::Analysis,
        Self::Progress,
        Self::Portfolio,
        Self::Order,
        Self::Position,
        Self::Balance,
        Self::Watchlist,
        Self::PaymentStream,
    ];

    /// The number the store keeps.
    pub const fn code(self) -> i64 {
        match self {
            Self::Other => 0,
            Self::Transaction => 1,
            Self::Alert => 2,
            Self::Metrics => 3,
            Self::Analysis => 4,
            Self::Progress => 5,
            Self::Portfolio => 6,
            Self::Order => 7,
            Self::Position => 8,
            Self::Balance => 9,
            Self::Watchlist => 10,
            Self::PaymentStream => 11,
        }
    }

    /// The kind with this number.
    pub fn from_code(code: i64) -> Self {
        Self::ALL.into_iter().find(|kind| kind.code() == code).unwrap_or(Self::Other)
    }

    /// The word that profiles use.
    pub fn word(self) -> String {
        // As serde has it, so that there is one list of words.
        serde_json::to_value(self).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// Whether an event of this kind says how something stands, so that only the newest of each thing is of interest.
    pub const fn is_standing(self) -> bool {
        matches!(self, Self::Metrics | Self::Progress | Self::Portfolio | Self::Position | Self::Balance)
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
    /// How far a calculation is, 0 to 1.
    pub progress: Option<f64>,
    /// What the backend's judgement rests on, in its order.
    pub factors: Vec<Factor>,
    /// What else the profile reads, in its order.
    pub details: Vec<Detail>,
}

/// Something that a backend's judgement rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Factor {
    /// What it is.
    pub name: String,
    /// How much it counts; the backend says in which unit.
    pub weight: Option<f64>,
    /// What it is, in a sentence.
    pub text: Option<String>,
}

/// A named value that has no field of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Detail {
    /// Its name, as the profile has it: `quantity`. Shared, for it is the same in every message.
    pub name: Arc<str>,
    /// Its value, as the server wrote it.
    pub value: String,
}

/// One normalised thing that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// What sort of thing.
    pub kind: Kind,
    /// What happened to it, as the server names the message: `order_placed`.
    pub what: Option<String>,
    /// Whether it was fetched or replayed to catch up: it is no news.
    pub is_history: bool,
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

/// A row of the activity feed: what is neither a transaction nor an alert.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Activity {
    /// Number of its event.
    pub id: EventId,
    /// Where it comes from.
    pub source: SourceId,
    /// What sort of thing.
    pub kind: Kind,
    /// What happened to it, as the server names the message: `order_placed`.
    pub what: Option<String>,
    /// The server's identifier of the thing.
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
    /// What happened to it, as the server names the message.
    pub what: Option<String>,
    /// The server's identifier of the thing.
    pub subject: String,
    /// When it arrived here.
    pub received_at: Time,
    /// What is known of it.
    pub facts: Facts,
    /// The message as it came: JSON.
    pub raw: String,
}
