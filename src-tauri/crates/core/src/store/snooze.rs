//! Keeps snoozes. A snoozed alert is neither open nor closed: its lists and counts are those of a third kind, so that
//! they cost what the others cost.

use std::collections::HashMap;
use std::time::Duration;

use sqlx::Connection as _;

use super::fold::{latest_change, set_latest_change};
use super::ingest::Writing;
use super::{Store, StoreError};
use crate::model::{
    AlertId, Snooze, SnoozeId, SnoozeOf, Snoozed, SnoozedAlert, SnoozedOther, SourceId, Time,
};
use crate::policy::Wait;

/// The most alerts, customers and scenarios that are snoozed at once: more than anybody remembers to have put off.
pub const SNOOZES_LIMIT: i64 = 1_000;

/// No snooze lasts longer: from a midnight to the morning after the next, and an hour where clocks are changed. What
/// would was begun by a clock that was ahead.
const LONGEST: Duration = Duration::from_secs(33 * 3_600);

const CUSTOMER: i64 = 1;
const SCENARIO: i64 = 2;

#[derive(sqlx::FromRow)]
struct SnoozeRecord {
    id: i64,
    source: i64,
    what: i64,
    name: String,
    until: i64,
}

impl From<SnoozeRecord> for Snooze {
    fn from(record: SnoozeRecord) -> Self {
        Self {
            id: record.id,
            source: SourceId(record.source),
            of: if record.what == CUSTOMER { SnoozeOf::Customer } else { SnoozeOf::Scenario },
            name: record.name,
            until: Time(record.until),
        }
    }
}

impl Store {
    /// Snoozes these alerts, or their customers or scenarios, and tells how they were before. What is snoozed already
    /// is from now on until then. `NotFound`: no alert of these is open, or none has a customer or scenario.
    pub async fn snooze(&self, alerts: &[AlertId], of: SnoozeOf, until: Time) -> Result<Snoozed, StoreError> {
        let mut writer = self.writer().await?;
        let mut writing = writer.begin_with("BEGIN IMMEDIATE").await?;
        let snoozed = match of {
            SnoozeOf::Alert => {
                let alerts = snooze_alerts(&mut writing, alerts, until).await?;
                Snoozed { alerts, ..Snoozed::default() }
            }
            SnoozeOf::Customer => {
                let (value, name) =
                    ("COALESCE(customer, customer_name)", "COALESCE(MAX(customer_name), MAX(customer))");
                let others = snooze_what(&mut writing, alerts, (CUSTOMER, value, name), until).await?;
                Snoozed { others, ..Snoozed::default() }
            }
            SnoozeOf::Scenario => {
                let scenario = (SCENARIO, "scenario", "MAX(scenario)");
                let others = snooze_what(&mut writing, alerts, scenario, until).await?;
                Snoozed { others, ..Snoozed::default() }
            }
        };
        let all: i64 = sqlx::query_scalar(
            "SELECT (SELECT COUNT(*) FROM snooze) + (SELECT COUNT(*) FROM alert INDEXED BY alert_snoozed WHERE closed = 2)",
        )
        .fetch_one(&mut *writing)
        .await?;
        if all > SNOOZES_LIMIT {
            return Err(StoreError::SnoozesFull(SNOOZES_LIMIT));
        }
        writing.commit().await?;
        Ok(snoozed)
    }

    /// The analyst wants to hear of these again: the alerts are back in their list, and there is nothing to tell of
    /// them.
    pub async fn wake(&self, alerts: &[AlertId], snoozes: &[SnoozeId]) -> Result<(), StoreError> {
        let mut writer = self.writer().await?;
        let mut writing = writer.begin_with("BEGIN IMMEDIATE").await?;
        let change = latest_change(&mut writing).await?;
        let woken = sqlx::query(
            "UPDATE alert SET closed = 0, snoozed_until = NULL, change = ?1 + woken.number
             FROM (SELECT value AS id, key + 1 AS number FROM json_each(?2)) AS woken
             WHERE alert.id = woken.id AND closed = 2",
        )
        .bind(change)
        .bind(serde_json::json!(alerts).to_string())
        .execute(&mut *writing)
        .await?;
        if woken.rows_affected() > 0 {
            set_latest_change(&mut writing, change + count(alerts.len())).await?;
        }
        sqlx::query("DELETE FROM snooze WHERE id IN (SELECT value FROM json_each(?))")
            .bind(serde_json::json!(snoozes).to_string())
            .execute(&mut *writing)
            .await?;
        writing.commit().await?;
        Ok(())
    }

    /// Undoes a snooze: everything is as it was before. What has come back meanwhile, or was dealt with, stays as it
    /// is.
    pub async fn undo_snooze(&self, Snoozed { alerts, others }: &Snoozed) -> Result<(), StoreError> {
        let mut writer = self.writer().await?;
        let mut writing = writer.begin_with("BEGIN IMMEDIATE").await?;
        let change = latest_change(&mut writing).await?;
        let restored = sqlx::query(
            "UPDATE alert SET closed = iif(before.until IS NULL, 0, 2), snoozed_until = before.until,
                 acknowledged_at = before.acknowledged_at, change = ?1 + before.number
             FROM (SELECT value ->> 'id' AS id, value ->> 'until' AS until,
                       value ->> 'acknowledged_at' AS acknowledged_at, key + 1 AS number FROM json_each(?2)) AS before
             WHERE alert.id = before.id AND closed = 2",
        )
        .bind(change)
        .bind(serde_json::json!(alerts).to_string())
        .execute(&mut *writing)
        .await?;
        if restored.rows_affected() > 0 {
            set_latest_change(&mut writing, change + count(alerts.len())).await?;
        }
        let others = serde_json::json!(others).to_string();
        for statement in [
            "UPDATE snooze SET until = before.until
             FROM (SELECT value ->> 'id' AS id, value ->> 'until' AS until FROM json_each(?)) AS before
             WHERE snooze.id = before.id AND before.until IS NOT NULL",
            "DELETE FROM snooze WHERE id IN
                 (SELECT value ->> 'id' FROM json_each(?) WHERE value ->> 'until' IS NULL)",
        ] {
            sqlx::query(statement).bind(&others).execute(&mut *writing).await?;
        }
        Ok(writing.commit().await?)
    }

    /// Ends the snoozes that are over, and those that would last longer than any does; whether there were any. An alert
    /// that has not been acknowledged meanwhile is told of again.
    pub async fn end_snoozes(&self, now: Time) -> Result<bool, StoreError> {
        let mut writer = self.writer().await?;
        let mut writing = writer.begin_with("BEGIN IMMEDIATE").await?;
        let change = latest_change(&mut writing).await?;
        let woken = sqlx::query(
            "UPDATE alert SET closed = 0, change = ?1 + woken.number,
                 snoozed_until = CASE WHEN acknowledged_at IS NULL THEN snoozed_until END,
                 pending = acknowledged_at IS NULL, away = CASE WHEN acknowledged_at IS NULL THEN ?4 ELSE 0 END
             FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY snoozed_until, id) AS number FROM alert
                   WHERE closed = 2 AND (snoozed_until <= ?2 OR snoozed_until > ?3)) AS woken
             WHERE alert.id = woken.id",
        )
        .bind(change)
        .bind(now.0)
        .bind(now.plus(LONGEST).0)
        .bind(Wait::Snooze.code())
        .execute(&mut *writing)
        .await?
        .rows_affected();
        if woken > 0 {
            set_latest_change(&mut writing, change + i64::try_from(woken).unwrap_or(i64::MAX)).await?;
        }
        let ended = sqlx::query("DELETE FROM snooze WHERE until <= ? OR until > ?")
            .bind(now.0)
            .bind(now.plus(LONGEST).0)
            .execute(&mut *writing)
            .await?;
        writing.commit().await?;
        Ok(woken + ended.rows_affected() > 0)
    }

    /// The wall clock was set back by so much: what is snoozed ends as much earlier by it.
    pub async fn set_snoozes_back(&self, by: Duration) -> Result<(), StoreError> {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        let mut writer = self.writer().await?;
        let mut writing = writer.begin_with("BEGIN IMMEDIATE").await?;
        for statement in [
            "UPDATE alert SET snoozed_until = snoozed_until - ? WHERE closed = 2",
            "UPDATE snooze SET until = until - ?",
        ] {
            sqlx::query(statement).bind(by).execute(&mut *writing).await?;
        }
        Ok(writing.commit().await?)
    }

    /// When the next snooze ends.
    pub async fn next_snooze_end(&self) -> Result<Option<Time>, StoreError> {
        let end: Option<i64> = sqlx::query_scalar(
            "SELECT MIN(until) FROM (SELECT MIN(until) AS until FROM snooze
             UNION ALL SELECT MIN(snoozed_until) FROM alert WHERE closed = 2)",
        )
        .fetch_one(&self.readers)
        .await?;
        Ok(end.map(Time))
    }

    /// The customers and scenarios that are snoozed, the next to end first.
    pub async fn snoozes(&self) -> Result<Vec<Snooze>, StoreError> {
        let records = sqlx::query_as::<_, SnoozeRecord>(
            "SELECT snooze.id, source, what, snooze.name, until FROM snooze JOIN source ON source.id = source
             WHERE removed = 0 ORDER BY until, snooze.id",
        )
        .fetch_all(&self.readers)
        .await?;
        Ok(records.into_iter().map(Snooze::from).collect())
    }
}

async fn snooze_alerts(
    writing: &mut Writing<'_>,
    alerts: &[AlertId],
    until: Time,
) -> Result<Vec<SnoozedAlert>, StoreError> {
    let asked = serde_json::json!(alerts).to_string();
    let before: Vec<(AlertId, Option<i64>, Option<i64>)> = sqlx::query_as(
        "SELECT id, iif(closed = 2, snoozed_until, NULL), acknowledged_at FROM alert
         WHERE id IN (SELECT value FROM json_each(?)) AND closed <> 1 ORDER BY id",
    )
    .bind(&asked)
    .fetch_all(&mut **writing)
    .await?;
    if before.is_empty() {
        return Err(StoreError::NotFound);
    }
    let change = latest_change(writing).await?;
    // To be told of it again is what the analyst asks for, also where it had been seen. What was still to be announced
    // waits with it: the snooze may be taken back.
    sqlx::query(
        "UPDATE alert SET closed = 2, snoozed_until = ?1, acknowledged_at = NULL, change = ?2 + asked.number
         FROM (SELECT value AS id, key + 1 AS number FROM json_each(?3)) AS asked
         WHERE alert.id = asked.id AND closed <> 1",
    )
    .bind(until.0)
    .bind(change)
    .bind(asked)
    .execute(&mut **writing)
    .await?;
    set_latest_change(writing, change + count(alerts.len())).await?;
    let as_before = |(id, until, seen): (AlertId, Option<i64>, Option<i64>)| SnoozedAlert {
        id,
        until: until.map(Time),
        acknowledged_at: seen.map(Time),
    };
    Ok(before.into_iter().map(as_before).collect())
}

/// Snoozes what is told apart by `what`: its code, and where its value and its name stand in an event.
async fn snooze_what(
    writing: &mut Writing<'_>,
    alerts: &[AlertId],
    (what, value, name): (i64, &str, &str),
    until: Time,
) -> Result<Vec<SnoozedOther>, StoreError> {
    let before: HashMap<SnoozeId, i64> =
        sqlx::query_as("SELECT id, until FROM snooze").fetch_all(&mut **writing).await?.into_iter().collect();
    let statement = format!(
        "INSERT INTO snooze (source, what, value, name, until)
         SELECT alert.source, ?1, {value}, {name}, ?2 FROM alert JOIN event ON event.id = alert.event
         WHERE alert.id IN (SELECT value FROM json_each(?3)) AND {value} IS NOT NULL GROUP BY alert.source, {value}
         ON CONFLICT (source, what, value) DO UPDATE SET until = excluded.until, name = excluded.name
         RETURNING id"
    );
    let made: Vec<SnoozeId> = sqlx::query_scalar(sqlx::AssertSqlSafe(statement))
        .bind(what)
        .bind(until.0)
        .bind(serde_json::json!(alerts).to_string())
        .fetch_all(&mut **writing)
        .await?;
    if made.is_empty() {
        return Err(StoreError::NotFound);
    }
    let as_before = |id| SnoozedOther { id, until: before.get(&id).copied().map(Time) };
    Ok(made.into_iter().map(as_before).collect())
}

fn count(alerts: usize) -> i64 {
    i64::try_from(alerts).unwrap_or(i64::MAX)
}
