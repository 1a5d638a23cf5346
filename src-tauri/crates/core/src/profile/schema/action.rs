//! What a backend can be asked to do.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::model::AlertState;

/// A request that does something. `{id}` is what it is about, `{user}` who asks, `{state}` the state that an alert is
/// to have, `{owner}` who is to have it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionFile {
    /// `POST`, `PUT` or `PATCH`.
    pub method: String,
    /// Its path below the source's address.
    pub path: String,
    /// JSON to send. Default: nothing.
    pub body: Option<String>,
    /// What the backend calls each state. One that is not here cannot be asked for; without any, our own words are
    /// sent.
    #[serde(default)]
    pub states: BTreeMap<AlertState, String>,
}
