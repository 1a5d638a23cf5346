//! What a kind of backend asks for and can be asked.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What signing in asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct SignInView {
    /// Whether it asks who signs in.
    pub user: bool,
    /// What secret it asks for.
    pub secret: Option<SecretKind>,
    /// Whether the secret may be left empty.
    pub optional: bool,
}

/// What a secret is, in the words of whoever has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SecretKind {
    /// What a person knows.
    Password,
    /// What an administrator gave.
    Token,
    /// The same, as an API key.
    Key,
}

/// What a backend can be asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ActionKind {
    /// Take note of an alert.
    Acknowledge,
    /// Give an alert to somebody.
    Assign,
    /// Say what has become of an alert.
    ChangeState,
    /// Judge a transaction anew.
    Analyse,
}

impl ActionKind {
    /// The word that profiles use.
    pub fn word(self) -> String {
        serde_json::to_value(self).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// The action with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        serde_json::from_value(serde_json::Value::from(word)).ok()
    }
}

/// A profile file of the analyst's own that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ProfileProblem {
    /// The file.
    pub file: String,
    /// The line, the field and the cure, in words.
    pub message: String,
}
