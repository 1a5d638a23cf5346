//! Snoozes: what the analyst wants to hear of later.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{AlertId, SourceId, Time};

/// A snooze's number in the store.
pub type SnoozeId = i64;

/// What is snoozed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SnoozeOf {
    /// The alert: it leaves the list until then.
    Alert,
    /// Its customer: what is not critical is announced only then.
    Customer,
    /// Its scenario, likewise.
    Scenario,
}

/// For how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SnoozeFor {
    /// An hour.
    Hour,
    /// Four hours.
    FourHours,
    /// Until tomorrow morning, here.
    Tomorrow,
}

/// What the analyst asks for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SnoozeRequest {
    /// These alerts, or what they are of.
    pub alerts: Vec<AlertId>,
    /// Which of the two.
    pub of: SnoozeOf,
    /// For how long.
    pub lasts: SnoozeFor,
}

/// What was snoozed, and how it was before: by this it can be undone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Snoozed {
    /// The alerts.
    pub alerts: Vec<SnoozedAlert>,
    /// The customers and scenarios.
    pub others: Vec<SnoozedOther>,
}

/// An alert that was snoozed, as it was before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SnoozedAlert {
    /// Which.
    pub id: AlertId,
    /// Until when it was snoozed, if it was.
    pub until: Option<Time>,
    /// When the analyst had seen it, if that was.
    pub acknowledged_at: Option<Time>,
}

/// A customer or scenario that was snoozed, as it was before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SnoozedOther {
    /// Its number.
    pub id: SnoozeId,
    /// Until when it was snoozed, if it was.
    pub until: Option<Time>,
}

/// A customer or scenario that is snoozed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Snooze {
    /// Its number.
    pub id: SnoozeId,
    /// The source of which it is one.
    pub source: SourceId,
    /// Which of the two.
    pub of: SnoozeOf,
    /// The customer's name, or the scenario's code.
    pub name: String,
    /// Until when.
    pub until: Time,
}
