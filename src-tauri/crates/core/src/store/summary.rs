//! What is stored, in a few numbers.

use super::{Store, StoreError};
use crate::model::{EventId, Kind, Severity, SeverityCounts};

/// What is stored at one moment. All of it is kept by triggers: nothing is counted when it is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Open alerts by severity.
    pub open: SeverityCounts,
    /// Those of them that are not acknowledged.
    pub unacknowledged: SeverityCounts,
    /// Alerts that are snoozed.
    pub snoozed: u32,
    /// Customers and scenarios that are snoozed.
    pub snoozes: u32,
    /// The greatest change of any alert.
    pub alerts_change: i64,
    /// The transactions.
    pub transactions: Feed,
    /// What is neither a transaction nor an alert.
    pub activity: Feed,
}

/// What is stored of a feed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Feed {
    /// The number of the newest event; zero when there is none.
    pub newest: EventId,
    /// How many there are.
    pub events: u64,
}

/// What a row of the answer tells of.
const ALERT_CHANGES: i64 = 0;
const EVENTS: i64 = 1;
const SNOOZED: i64 = 3;
const SNOOZES: i64 = 4;

impl Store {
    /// What is stored. One statement, because the desk asks after each batch.
    pub async fn summary(&self) -> Result<Summary, StoreError> {
        let rows = sqlx::query_as::<_, (i64, i64, i64, i64)>(
            "SELECT 0, 0, latest, 0 FROM alert_changes
             UNION ALL
             SELECT 1, kind, MAX(newest), SUM(events) FROM tally
             WHERE source IN (SELECT id FROM source WHERE removed = 0) GROUP BY kind
             UNION ALL
             SELECT 2, severity, acknowledged, SUM(alerts) FROM alert_tally WHERE closed = 0
             GROUP BY severity, acknowledged
             UNION ALL
             SELECT 3, 0, 0, COALESCE(SUM(alerts), 0) FROM alert_tally WHERE closed = 2
             UNION ALL
             SELECT 4, 0, 0, COUNT(*) FROM snooze",
        )
        .fetch_all(&self.readers)
        .await?;
        let mut summary = Summary::default();
        for (what, of, value, count) in rows {
            match what {
                ALERT_CHANGES => summary.alerts_change = value,
                EVENTS => {
                    let feed = match Kind::from_code(of) {
                        Kind::Alert => continue,
                        Kind::Transaction => &mut summary.transactions,
                        _ => &mut summary.activity,
                    };
                    feed.newest = feed.newest.max(value);
                    feed.events += u64::try_from(count).unwrap_or(0);
                }
                SNOOZED => summary.snoozed = bounded(count),
                SNOOZES => summary.snoozes = bounded(count),
                _ => {
                    let (severity, alerts) = (Severity::from_rank(of), bounded(count));
                    *summary.open.of(severity) += alerts;
                    if value == 0 {
                        *summary.unacknowledged.of(severity) += alerts;
                    }
                }
            }
        }
        Ok(summary)
    }
}

/// A number of rows, as the window takes it.
fn bounded(rows: i64) -> u32 {
    u32::try_from(rows).unwrap_or(u32::MAX)
}
