//! What a check has found.

use serde::Serialize;
use vigie_core::figures::FiguresView;
use vigie_system::Missing;

/// How a thing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    /// All is well.
    Ok,
    /// Vigie goes on without it, or it could not be checked.
    Warn,
    /// Something that Vigie needs does not work.
    Fail,
}

/// What a check has found: one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    state: State,
    what: String,
    words: String,
    /// The same as numbers, where there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    figures: Option<Box<FiguresView>>,
}

impl Finding {
    /// All is well.
    pub fn ok(what: impl Into<String>, words: impl Into<String>) -> Self {
        Self { state: State::Ok, what: what.into(), words: words.into(), figures: None }
    }

    /// Vigie goes on without it, or it could not be checked: what is wrong, a colon, and the cure.
    pub fn warn(what: impl Into<String>, words: impl Into<String>) -> Self {
        Self { state: State::Warn, what: what.into(), words: words.into(), figures: None }
    }

    /// It does not work: what is wrong, a colon, and the cure.
    pub fn fail(what: impl Into<String>, words: impl Into<String>) -> Self {
        Self { state: State::Fail, what: what.into(), words: words.into(), figures: None }
    }

    /// With the numbers that it tells in words.
    pub fn with(self, figures: FiguresView) -> Self {
        Self { figures: Some(Box::new(figures)), ..self }
    }

    /// What the system says: all is well in these words, or something is missing.
    pub fn of(what: &str, outcome: Result<String, Missing>) -> Self {
        match outcome {
            Ok(words) => Self::ok(what, words),
            Err(missing) => Self::fail(what, missing.to_string()),
        }
    }

    /// The same, where Vigie goes on without it.
    pub fn or_warn(self) -> Self {
        let state = if self.state == State::Fail { State::Warn } else { self.state };
        Self { state, ..self }
    }

    /// Whether something that Vigie needs does not work.
    pub fn has_failed(&self) -> bool {
        self.state == State::Fail
    }

    /// As a line.
    pub fn line(&self) -> String {
        let state = match self.state {
            State::Ok => "ok",
            State::Warn => "warn",
            State::Fail => "fail",
        };
        format!("{state:<4}  {:<14}  {}", self.what, self.words)
    }
}
