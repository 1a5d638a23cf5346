//! For how long notifications are paused.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// For how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PauseFor {
    /// A quarter of an hour.
    QuarterHour,
    /// An hour.
    Hour,
    /// Until tomorrow morning, here.
    Tomorrow,
}

impl PauseFor {
    /// All pauses, the shortest first.
    pub const ALL: [Self; 3] = [Self::QuarterHour, Self::Hour, Self::Tomorrow];
}
