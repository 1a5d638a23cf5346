//! Deeds: what an analyst does to an alert at its server. Each is kept until the server has confirmed it, and after
//! that as long as its alert.

use serde::Serialize;
use ts_rs::TS;

use super::{ActionKind, AlertId, AlertState, Time};

/// A deed's number in the store; later deeds have greater ones.
pub type DeedId = i64;

/// How a deed stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Standing {
    /// It is sent as soon as there is a connection, and what was done before it has been.
    Waiting,
    /// The server has done it, or it was so already.
    Confirmed,
    /// The server will not do it.
    Refused {
        /// The HTTP status that it answered with; `None`: this backend cannot be asked to.
        status: Option<u16>,
    },
    /// Somebody else has changed the alert since: the analyst says which of the two holds.
    Conflict,
    /// The analyst no longer wants it.
    Withdrawn,
}

/// What an analyst has done to an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Deed {
    /// Its number.
    pub id: DeedId,
    /// What it was done to.
    pub alert: AlertId,
    /// What it is: not `analyse`, which is for transactions.
    pub action: ActionKind,
    /// The state that the alert is to have, of `change_state`.
    pub state: Option<AlertState>,
    /// Who is to have it, of `assign`.
    pub owner: Option<String>,
    /// The state that it had before.
    pub before_state: AlertState,
    /// Who had it before.
    pub before_owner: Option<String>,
    /// When the analyst asked for it.
    pub asked_at: Time,
    /// How it stands.
    pub standing: Standing,
    /// When it came to stand so; `None` while it waits.
    pub settled_at: Option<Time>,
}
