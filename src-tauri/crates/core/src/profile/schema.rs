//! The profile file: every field that it may have. An unknown field is an error, so that a slip of the pen is
//! found when the file is loaded and not when an alert is missing.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::model::Kind;

/// How one kind of backend speaks.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProfileFile {
    /// Its name: lower case, as in the file's name.
    pub name: String,
    /// What to call it on screen.
    pub title: String,
    /// The address it is usually found at.
    pub url: String,
    /// How to sign in.
    pub sign_in: SignInFile,
    /// The WebSocket that pushes frames.
    pub websocket: WebSocketFile,
    /// Where the parts of a frame are.
    pub frame: FrameFile,
    /// Requests that give what was missed.
    #[serde(default)]
    pub list: Vec<ListFile>,
    /// What each type of message means.
    pub message: Vec<MessageFile>,
}

/// How to sign in.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum SignInFile {
    /// A name and a password, posted as JSON `{username, password}`, give a bearer token.
    Password {
        /// Where to post them.
        path: String,
        /// Where in the answer the token is.
        token: String,
        /// Where in the answer its lifetime in seconds is.
        expires_in: Option<String>,
        /// The statuses that mean "wrong name or password".
        refused: Vec<u16>,
    },
}

/// The WebSocket that pushes frames.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebSocketFile {
    /// Its path.
    pub path: String,
    /// The query parameter that carries the token, where the backend knows no other way; else it goes in
    /// the `Authorization` header.
    pub token_parameter: Option<String>,
    /// Seconds between our pings.
    pub ping_seconds: u16,
    /// Seconds without any frame after which the server counts as gone; more than `ping_seconds`.
    pub silence_seconds: u16,
}

/// Where the parts of a frame are: JSON Pointers (RFC 6901).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrameFile {
    /// The message's type.
    #[serde(rename = "type")]
    pub message_type: String,
    /// The message itself; a frame without it is its own message.
    pub body: String,
    /// The server's number of this frame in its stream.
    pub position: Option<String>,
}

/// A request that gives what was missed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListFile {
    /// Its name; the position is kept under it.
    pub name: String,
    /// Its path.
    pub path: String,
    /// The type of message that each item is.
    pub message: String,
    /// Where in the answer the items are; an answer that is an array needs none.
    pub items: String,
    /// The query parameter that carries the position.
    pub since: String,
    /// Where in the answer the next position is.
    pub next: String,
    /// Where in the answer it says that there is more.
    pub more: String,
    /// How many items to ask for.
    pub page: PageFile,
}

/// How many items to ask for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageFile {
    /// The query parameter.
    pub parameter: String,
    /// Its value.
    pub size: u16,
}

/// What one type of message means.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MessageFile {
    /// The type, as the frame names it.
    #[serde(rename = "type")]
    pub message_type: String,
    /// What sort of event it becomes.
    pub kind: Kind,
    /// The list that also gives these messages: a live frame moves its position.
    pub list: Option<String>,
    /// The server's identifier of the thing; without one, the content is its identity.
    pub id: Option<Rule>,
    /// What, besides the identifier, makes it another version of the thing. Empty: it never changes.
    #[serde(default)]
    pub identity: Vec<String>,
    /// A number or a time that grows with each version.
    pub version: Option<Rule>,
    /// Where its facts are, by the names of [`crate::model::Facts`].
    #[serde(default)]
    pub facts: BTreeMap<String, Rule>,
}

/// How to read one value.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Rule {
    /// A JSON Pointer.
    Pointer(String),
    /// JSON Pointers: the first that has a value counts.
    First(Vec<String>),
    /// Pointers, and what to make of the value.
    Table(RuleTable),
}

/// Pointers, and what to make of the value.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleTable {
    /// JSON Pointers: the first that has a value counts.
    #[serde(default)]
    pub from: Vec<String>,
    /// Words of the backend and what they are here.
    #[serde(default)]
    pub values: BTreeMap<String, String>,
    /// What it is where the message does not say, or says it unreadably.
    pub default: Option<String>,
}
