//! The profile file: every field that it may have, with its meaning, unit and default. An unknown field is an error, so
//! that a slip of the pen is found when the file is loaded and not when an alert is missing. `profiles/README.md` tells
//! the same to whoever writes one.

mod action;
mod list;
mod message;
mod one_or_many;
mod ordered;
mod sign_in;
mod transport;

use std::collections::BTreeMap;

use serde::Deserialize;

pub use action::ActionFile;
pub use list::{ListFile, PageFile, SinceFile, SinceKind};
pub use message::{FactorsFile, FrameFile, KindFile, MessageFile, Rule, RuleTable, TimeUnit, When};
pub use one_or_many::OneOrMany;
pub use ordered::Ordered;
pub use sign_in::{BodyFormat, SignInFile, SignInKind};
pub use transport::{QueryFile, Resume, StreamFile, TransportFile};

use crate::model::ActionKind;

/// How one kind of backend speaks.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProfileFile {
    /// Its name: lower case letters, digits and hyphens. A file of the analyst's own takes the place of a built-in one
    /// of the same name.
    pub name: String,
    /// What to call it on screen.
    pub title: String,
    /// The address it is usually found at.
    pub url: String,
    /// What can be chosen for each source.
    #[serde(default)]
    pub parameter: Vec<ParameterFile>,
    /// How to sign in. Default: not at all.
    #[serde(default)]
    pub sign_in: SignInFile,
    /// The ways in which news come, the best first.
    pub transport: Vec<TransportFile>,
    /// Where the parts of a frame are.
    #[serde(default)]
    pub frame: FrameFile,
    /// Requests that give what is there, or what was missed.
    #[serde(default)]
    pub list: Vec<ListFile>,
    /// What each type of message means.
    #[serde(default)]
    pub message: Vec<MessageFile>,
    /// What the backend can be asked to do.
    #[serde(default)]
    pub action: BTreeMap<ActionKind, ActionFile>,
}

/// Something that can be chosen for each source; used as `{name}` in paths, queries and subscriptions.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParameterFile {
    /// Its name. `user` and `client_id` are always there: who signs in, and a name made up for each run.
    pub name: String,
    /// What to call it on screen.
    pub title: String,
    /// An example of a value. Default: none.
    #[serde(default)]
    pub example: String,
    /// Whether it may have several values. Default: one.
    #[serde(default)]
    pub many: bool,
    /// Whether it must have one. Default: no.
    #[serde(default)]
    pub required: bool,
    /// Its value, or values, where none is chosen.
    #[serde(default)]
    pub default: OneOrMany,
}
