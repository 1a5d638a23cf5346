//! How bad an alert is.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How bad an alert is; ordered, `Critical` is the greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    Low,
    /// To be looked at today.
    Medium,
    /// To be looked at now.
    High,
    /// Money is leaving.
    Critical,
}

impl Severity {
    /// All severities, least first.
    pub const ALL: [Self; 4] = [Self::Low, Self::Medium, Self::High, Self::Critical];

    /// The word that profiles and messages use.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// The severity with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.word() == word)
    }

    /// The number the store keeps: 0 is the least.
    pub const fn rank(self) -> i64 {
        self as i64
    }

    /// The severity with this number; a number nobody wrote counts as the greatest, so that it is not overlooked.
    pub fn from_rank(rank: i64) -> Self {
        Self::ALL.into_iter().find(|severity| severity.rank() == rank).unwrap_or(Self::Critical)
    }
}

/// A number of alerts for each severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SeverityCounts {
    /// Number of low ones.
    pub low: u32,
    /// Number of medium ones.
    pub medium: u32,
    /// Number of high ones.
    pub high: u32,
    /// Number of critical ones.
    pub critical: u32,
}

impl SeverityCounts {
    /// The count of one severity.
    pub fn of(&mut self, severity: Severity) -> &mut u32 {
        match severity {
            Severity::Low => &mut self.low,
            Severity::Medium => &mut self.medium,
            Severity::High => &mut self.high,
            Severity::Critical => &mut self.critical,
        }
    }

    /// All of them together.
    pub const fn total(&self) -> u32 {
        self.low + self.medium + self.high + self.critical
    }
}
