//! The figures as they are shown, kept and saved. There is no name, address or path in them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::model::{SourceId, Time};

/// What the program did since it started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FiguresView {
    /// When the program started.
    pub since: Time,
    /// When these figures were taken.
    pub until: Time,
    /// Of each source that anything came from, in the order they were added.
    pub sources: Vec<SourceFigures>,
    /// What became of alerts.
    pub notifications: NotificationFigures,
    /// How long the program took.
    pub latency: LatencyFigures,
    /// What the store holds.
    pub store: StoreFigures,
}

/// Figures of one source. What was received was stored, known already or not readable, unless the store does not take
/// it yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SourceFigures {
    /// The source.
    pub source: SourceId,
    /// Events, and messages that could not be read.
    pub received: u64,
    /// Events stored.
    pub stored: u64,
    /// Events that were stored already.
    pub duplicates: u64,
    /// Messages that could not be read, by reason.
    pub rejected: Vec<ReasonFigure>,
    /// How often the link came live again; tries that failed are not counted.
    pub reconnects: u64,
    /// What may have been missed, also before the program started.
    pub gaps: GapFigures,
    /// From when things happened, as the server says, until they were read; only of what arrived as news, where the two
    /// clocks can both be right, and since this computer's was last set.
    pub lag: Option<SpreadView>,
}

/// Messages that could not be read for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReasonFigure {
    /// Why: `not_json`, `too_large`, …
    pub reason: String,
    /// How many.
    pub frames: u64,
}

/// Gaps that are stored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct GapFigures {
    /// All of them.
    pub all: u64,
    /// Those that last.
    pub lasting: u64,
    /// Those that are over and cannot be filled.
    pub lost: u64,
}

/// What became of alerts: announced, or why not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NotificationFigures {
    /// Notifications about one alert.
    pub alone: u64,
    /// Storms: notifications about what came beyond a few in a short time.
    #[serde(default)]
    pub storms: u64,
    /// Alerts in those.
    #[serde(default)]
    pub in_storms: u64,
    /// Notifications about several.
    pub digests: u64,
    /// Alerts in those.
    pub in_digests: u64,
    /// Notifications that could not be shown.
    pub failed: u64,
    /// Alerts that are not bad enough.
    pub below_level: u64,
    /// Not announced: a rule wants it so.
    pub by_rule: u64,
    /// Alerts that were announced before and are no worse.
    pub known: u64,
    /// Alerts that somebody has dealt with.
    pub closed: u64,
    /// Alerts that the analyst has seen.
    pub acknowledged: u64,
    /// Alerts that were announced together because they arrived while their source was catching up.
    #[serde(default)]
    pub missed: u64,
    /// Alerts that a pause has held back.
    pub held: u64,
    /// Alerts that quiet hours have held back.
    #[serde(default)]
    pub quiet_hours: u64,
    /// Alerts that a snooze of their customer or scenario has held back.
    #[serde(default)]
    pub snoozed: u64,
    /// Alerts that wait for a digest now.
    pub waiting: u64,
}

/// How long the program took from reading a frame.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LatencyFigures {
    /// Until its events were committed.
    pub committed: Option<SpreadView>,
    /// Until a notification about one alert was asked for; what is announced together waits on purpose.
    pub asked_for: Option<SpreadView>,
    /// Until the window was handed an overview with its events in it.
    pub handed: Option<SpreadView>,
}

/// How long something took, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SpreadView {
    /// How many times.
    pub times: u64,
    /// Half of the times no longer than this.
    pub p50: u64,
    /// 99 of 100 times no longer than this.
    pub p99: u64,
    /// Never longer than this.
    pub max: u64,
}

/// What the store holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct StoreFigures {
    /// Events.
    pub events: u64,
    /// The size of the database and its journal, in bytes.
    pub bytes: u64,
}
