//! What the place "Overview" of the window draws: one span of time in figures, all of it bounded.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::model::{Activity, SeverityCounts, Time};

/// The stretch of time that is looked at; it ends now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// The last hour.
    Hour,
    /// The last 24 hours.
    Day,
    /// The last seven days.
    Week,
}

/// One span in figures. What is a list by time has a value for each stretch, oldest first; the last one is not over
/// yet.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Charts {
    /// What was asked for.
    pub span: Span,
    /// When the first stretch begins.
    pub from: Time,
    /// How long a stretch is, in milliseconds.
    pub step: i64,
    /// When it was read.
    pub read_at: Time,
    /// Alerts that were raised, by severity.
    pub alerts: Vec<SeverityCounts>,
    /// How many payments there were.
    pub transactions: Vec<u32>,
    /// What was paid in the currencies with the most payments, most first; at most `store::CURRENCIES_LIMIT`.
    pub amounts: Vec<CurrencyAmounts>,
    /// The scenarios with the most alerts; this and the following lists have at most `store::TOP_LIMIT` values.
    pub scenarios: Vec<Ranked>,
    /// The countries with the most alerts.
    pub countries: Vec<Ranked>,
    /// The ways of payment with the most alerts.
    pub channels: Vec<Ranked>,
    /// The customers with the most alerts, by identifier, and name where a late alert has it.
    pub customers: Vec<Ranked>,
    /// Alerts that are open now, whenever they were raised.
    pub open: SeverityCounts,
    /// Those of them that the analyst has acknowledged.
    pub acknowledged: SeverityCounts,
    /// What was decided within the span.
    pub decisions: Decisions,
    /// The newest figures of each backend's own, newest first, at most `store::METRICS_LIMIT`.
    pub metrics: Vec<Activity>,
}

/// What was paid in one currency. Different currencies are never added up.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct CurrencyAmounts {
    /// Its code, as the server wrote it.
    pub currency: String,
    /// How many payments.
    pub payments: u32,
    /// Their sum.
    pub sum: f64,
    /// The sum of each stretch.
    pub sums: Vec<f64>,
}

/// A value that many have in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Ranked {
    /// The value, as the server wrote it.
    pub value: String,
    /// What it is called, of a customer whose name is known.
    pub name: Option<String>,
    /// How many alerts that were raised have it.
    pub alerts: u32,
    /// How many payments have it; none where only alerts are told apart by it.
    pub transactions: u32,
}

/// Alerts that this desk saw come and saw decided.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
pub struct Decisions {
    /// How many.
    pub made: u32,
    /// How long half of them took at the most, from the alert's arrival here to its first decision, in milliseconds;
    /// `None` where there are none.
    pub median_ms: Option<i64>,
}
