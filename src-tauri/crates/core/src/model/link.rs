//! Links: how the connection of a source stands.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Time;

/// The state of a source's connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Link {
    /// Nothing is tried until the analyst signs in.
    SignedOut {
        /// Why.
        reason: SignedOutReason,
    },
    /// The analyst has paused it: nothing is connected, and the credential stays.
    Paused,
    /// Signing in or dialling.
    Connecting,
    /// Connected; fetching what was missed.
    CatchingUp {
        /// How many events have been fetched so far, with messages that could not be read: all of them count as
        /// received.
        fetched: u32,
    },
    /// Everything arrives as it happens.
    Live {
        /// Time a ping takes there and back, in milliseconds; `None` until the first has returned, and on a transport
        /// that has no pings.
        round_trip_ms: Option<u32>,
        /// How the events come.
        transport: TransportKind,
        /// Whether a better transport did not come up; it is tried again by itself.
        fallback: bool,
    },
    /// Broken; tried again by itself.
    Retrying {
        /// When.
        until: Time,
        /// What broke it.
        why: Trouble,
        /// How many tries have failed in a row.
        attempts: u32,
    },
    /// The server will not have us; trying again would not help.
    Refused {
        /// What it said.
        why: Trouble,
    },
}

/// How frames come from a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TransportKind {
    /// A WebSocket.
    #[serde(rename = "websocket")]
    WebSocket,
    /// Server-Sent Events.
    Sse,
    /// We ask again and again.
    Polling,
}

/// Why a source is signed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SignedOutReason {
    /// The analyst signed out.
    ByAnalyst,
    /// No credential is stored: a session-only one ended with the program, or the vault lost it.
    NoCredential,
    /// The server refused the name or the password.
    PasswordRefused,
    /// The server ended the session and a new sign-in did not help.
    SessionEnded,
    /// The server does not, or no longer, take the token or key.
    CredentialRefused,
}

/// What went wrong with a connection, in the kinds that an analyst can tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// The server could not be reached: no network, no such host, nobody listening.
    Unreachable,
    /// The server's certificate is not trusted here, or the encryption failed.
    Insecure,
    /// The server closed the connection.
    Closed,
    /// The server says that there is nothing more to come (204).
    Ended,
    /// The server stopped answering.
    Silent,
    /// The server said it is busy or broken (429, 5xx).
    Unavailable,
    /// The server forbids it (403).
    Forbidden,
    /// The server did not speak as the profile says.
    NotUnderstood,
    /// What arrived could not be stored here.
    StoreFailed,
    /// The disk is full: nothing is read until there is room.
    DiskFull,
    /// The vault is locked or did not answer.
    VaultLocked,
    /// The program itself made a mistake.
    Failed,
}

impl Trouble {
    /// Its word, as it is serialized.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Insecure => "insecure",
            Self::Closed => "closed",
            Self::Ended => "ended",
            Self::Silent => "silent",
            Self::Unavailable => "unavailable",
            Self::Forbidden => "forbidden",
            Self::NotUnderstood => "not_understood",
            Self::StoreFailed => "store_failed",
            Self::DiskFull => "disk_full",
            Self::VaultLocked => "vault_locked",
            Self::Failed => "failed",
        }
    }
}
