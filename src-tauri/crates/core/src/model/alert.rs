//! Alerts: the current state of each fraud alert, folded from its events.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{EventId, Facts, Severity, SourceId, Time};

/// An alert's number in the store.
pub type AlertId = i64;

/// What has become of an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AlertState {
    /// Nobody has decided anything.
    Open,
    /// Somebody is looking at it.
    Investigating,
    /// It was handed to somebody else.
    Escalated,
    /// It was fraud, and is dealt with.
    Resolved,
    /// It was not fraud.
    FalsePositive,
}

impl AlertState {
    /// All states.
    pub const ALL: [Self; 5] =
        [Self::Open, Self::Investigating, Self::Escalated, Self::Resolved, Self::FalsePositive];

    /// The word that profiles and the store use.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Investigating => "investigating",
            Self::Escalated => "escalated",
            Self::Resolved => "resolved",
            Self::FalsePositive => "false_positive",
        }
    }

    /// The state with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    /// Whether there is nothing left to do.
    pub const fn is_closed(self) -> bool {
        matches!(self, Self::Resolved | Self::FalsePositive)
    }
}

/// An alert as it stands now.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Alert {
    /// Its number here.
    pub id: AlertId,
    /// Where it comes from.
    pub source: SourceId,
    /// The server's identifier.
    pub subject: String,
    /// How bad it is.
    pub severity: Severity,
    /// What has become of it.
    pub state: AlertState,
    /// When it happened, by the server's clock; when it arrived, if the server did not say.
    pub occurred_at: Time,
    /// When its first event arrived here.
    pub received_at: Time,
    /// What is known of it.
    pub facts: Facts,
    /// Whether the analyst has said "seen" on this desk.
    pub acknowledged: bool,
    /// Until when the analyst has snoozed it.
    pub snoozed_until: Option<Time>,
    /// Grows whenever any alert changes; ask for what is above the greatest you have.
    pub change: i64,
}

/// One step in an alert's life.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct HistoryEntry {
    /// The event.
    pub event: EventId,
    /// When it arrived here.
    pub received_at: Time,
    /// The state it brought.
    pub state: Option<AlertState>,
    /// The severity it brought.
    pub severity: Option<Severity>,
    /// Who had it then.
    pub owner: Option<String>,
    /// What it said.
    pub title: Option<String>,
}

/// Everything about one alert.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct AlertDetail {
    /// The alert.
    pub alert: Alert,
    /// Its events, newest first, at most `store::HISTORY_LIMIT`.
    pub history: Vec<HistoryEntry>,
    /// What the analyst has done to it, newest first, at most as many.
    pub deeds: Vec<super::Deed>,
    /// The transaction that it is about, if it is stored.
    pub transaction: Option<super::Transaction>,
    /// Its newest message as it came: JSON.
    pub raw: String,
}
