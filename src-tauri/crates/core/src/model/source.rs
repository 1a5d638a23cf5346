//! Sources: backends that the analyst is signed in to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use url::Url;

/// A source's number in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
pub struct SourceId(pub i64);

impl std::fmt::Display for SourceId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(formatter)
    }
}

/// What the analyst has set for a source: the values of its profile's parameters, by name.
pub type Parameters = BTreeMap<String, Vec<String>>;

/// A backend that the analyst is, or was, signed in to. Its credential is in the vault, never here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its number.
    pub id: SourceId,
    /// What the analyst calls it.
    pub name: String,
    /// Where it is.
    pub url: Url,
    /// The name of its profile.
    pub profile: String,
    /// Who signs in; empty where the profile asks for nobody.
    pub user: String,
    /// What of the backend is wanted.
    pub parameters: Parameters,
    /// Whether the analyst signed out of it.
    pub signed_out: bool,
    /// Whether the analyst has paused it.
    pub paused: bool,
    /// Whether it is the simulation in this very process.
    pub simulated: bool,
    /// Whether the password is in the system's vault, and not only here until the program ends.
    pub remembered: bool,
}
