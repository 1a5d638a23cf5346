//! Why an alert waits to be announced together with others. It is stored with the alert.

/// Why an alert waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Wait {
    /// It arrived while its source was catching up.
    CatchingUp,
    /// The analyst has paused notifications.
    Pause,
    /// It is quiet, by the hours that are set.
    QuietHours,
    /// Its customer or scenario is snoozed, or it comes back from a snooze of its own.
    Snooze,
    /// Its notification could not be shown.
    NotShown,
}

impl Wait {
    const ALL: [Self; 5] = [Self::CatchingUp, Self::Pause, Self::QuietHours, Self::Snooze, Self::NotShown];

    /// The number the store keeps; zero is of what does not wait.
    pub const fn code(self) -> i64 {
        self as i64 + 1
    }

    /// Its name in the message table.
    pub const fn word(self) -> &'static str {
        match self {
            Self::CatchingUp => "catching_up",
            Self::Pause => "pause",
            Self::QuietHours => "quiet_hours",
            Self::Snooze => "snooze",
            Self::NotShown => "not_shown",
        }
    }

    /// What the store keeps as this number: what nobody wrote counts as missed.
    pub fn from_code(code: i64) -> Option<Self> {
        (code != 0)
            .then(|| Self::ALL.into_iter().find(|wait| wait.code() == code).unwrap_or(Self::CatchingUp))
    }
}
