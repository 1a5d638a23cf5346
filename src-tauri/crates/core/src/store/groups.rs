//! Groups open alerts by what they are of.

use serde::{Deserialize, Serialize};
use sqlx::AssertSqlSafe;
use ts_rs::TS;

use super::alerts::{NEWEST, page_of};
use super::{Store, StoreError};
use crate::desk::view::AlertFilter;
use crate::model::{Severity, Time};

/// The open alerts that are grouped at the most, the worst first: so many take 50 to 75 ms of a million events
/// (measured), and more are nobody's day.
pub const GROUPED_LIMIT: u32 = 10_000;
/// The most groups: more than anybody reads through.
pub const GROUPS_LIMIT: usize = 500;

/// What alerts are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum GroupBy {
    /// The customer: its identifier, or name where there is none.
    Customer,
    /// The scenario's code.
    Scenario,
    /// The source.
    Source,
}

/// Open alerts that have something in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct AlertGroup {
    /// What they have in common: the customer's identifier (or name), the scenario's code, the source's number.
    pub value: String,
    /// The customer's name; else the same.
    pub name: String,
    /// The worst of them.
    pub worst: Severity,
    /// How many they are.
    pub open: u32,
    /// When the newest of them happened.
    pub newest: Time,
}

/// Open alerts by what they have in common, the worst groups first, and of those that are as bad the largest.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct AlertGroups {
    /// The groups, at most [`GROUPS_LIMIT`].
    pub rows: Vec<AlertGroup>,
    /// Alerts that do not say.
    pub without: u32,
    /// How many alerts were looked at, where those are as many as may be: the worst [`GROUPED_LIMIT`].
    pub looked_at: Option<u32>,
    /// Whether there are more groups.
    pub more: bool,
}

#[derive(sqlx::FromRow)]
struct GroupRecord {
    value: Option<String>,
    name: Option<String>,
    worst: i64,
    open: u32,
    newest: i64,
}

impl Store {
    /// The open alerts of a filter's severities and source, in groups.
    pub async fn alert_groups(&self, by: GroupBy, filter: &AlertFilter) -> Result<AlertGroups, StoreError> {
        let (value, name) = match by {
            GroupBy::Customer => ("COALESCE(customer, customer_name)", "customer_name"),
            GroupBy::Scenario => ("scenario", "scenario"),
            GroupBy::Source => ("CAST(alert.source AS TEXT)", "CAST(alert.source AS TEXT)"),
        };
        let worst = AlertFilter { closed: false, snoozed: false, worst_first: true, ..filter.clone() };
        let page = page_of(&worst, NEWEST.severity, false);
        // Letter case is no difference, as in a search.
        let query = format!(
            "SELECT MIN({value}) AS value, MAX({name}) AS name, MAX(alert.severity) AS worst, COUNT(*) AS open,
                 MAX(alert.occurred_at) AS newest
             FROM ({page}) AS worst CROSS JOIN alert ON alert.id = worst.id CROSS JOIN event ON event.id = alert.event
             GROUP BY {value} COLLATE NOCASE ORDER BY worst DESC, open DESC, newest DESC"
        );
        let records = sqlx::query_as::<_, GroupRecord>(AssertSqlSafe(query))
            .bind(NEWEST.occurred_at.0)
            .bind(NEWEST.id)
            .bind(filter.source.map(|source| source.0))
            .bind(GROUPED_LIMIT)
            .fetch_all(&self.readers)
            .await?;
        let looked_at: u32 = records.iter().map(|record| record.open).sum();
        let mut groups = AlertGroups {
            looked_at: (looked_at >= GROUPED_LIMIT).then_some(looked_at),
            ..AlertGroups::default()
        };
        for GroupRecord { value, name, worst, open, newest } in records {
            match value {
                None => groups.without = open,
                Some(_) if groups.rows.len() == GROUPS_LIMIT => groups.more = true,
                Some(value) => groups.rows.push(AlertGroup {
                    name: name.unwrap_or_else(|| value.clone()),
                    value,
                    worst: Severity::from_rank(worst),
                    open,
                    newest: Time(newest),
                }),
            }
        }
        Ok(groups)
    }
}
