//! Writes what arrived: events, the alerts that follow from them, and the position, in one transaction.

use std::collections::HashMap;

use sqlx::{Connection as _, Sqlite, Transaction};

use super::{Store, StoreError, trouble};
use crate::model::{AlertState, Event, Kind, Severity, SourceId, Time};
use crate::profile::{Batch, Positions};

/// What a commit did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Committed {
    /// Events stored.
    pub stored: u32,
    /// Events that were stored before.
    pub duplicates: u32,
    /// Frames that could not be read.
    pub rejected: u32,
    /// Alerts that are new or changed.
    pub alerts: u32,
}

/// A write under way.
pub type Writing<'c> = Transaction<'c, Sqlite>;

impl Store {
    /// Stores a batch and moves the source's positions, both or neither. `until` is given when with this batch
    /// everything until then is stored.
    pub async fn ingest(
        &self,
        source: SourceId,
        batch: &Batch,
        until: Option<Time>,
    ) -> Result<Committed, StoreError> {
        let mut writer = self.writer().await?;
        let mut writing = writer.begin_with("BEGIN IMMEDIATE").await?;
        let mut committed = Committed::default();
        let mut tally: HashMap<Kind, i64> = HashMap::new();
        let mut change = latest_change(&mut writing).await?;
        for event in &batch.events {
            let Some(id) = append(&mut writing, source, event).await? else {
                committed.duplicates += 1;
                continue;
            };
            committed.stored += 1;
            *tally.entry(event.kind).or_default() += 1;
            if event.kind == Kind::Alert {
                change += 1;
                fold(&mut writing, source, event, id, change).await?;
                committed.alerts += 1;
            }
        }
        if committed.alerts > 0 {
            set_latest_change(&mut writing, change).await?;
        }
        for (kind, events) in tally {
            sqlx::query(
                "INSERT INTO tally (source, kind, events) VALUES (?, ?, ?)
                 ON CONFLICT DO UPDATE SET events = events + excluded.events",
            )
            .bind(source.0)
            .bind(kind.code())
            .bind(events)
            .execute(&mut *writing)
            .await?;
        }
        trouble::keep(&mut writing, source, &batch.rejected).await?;
        committed.rejected = u32::try_from(batch.rejected.len()).unwrap_or(u32::MAX);
        move_positions(&mut writing, source, &batch.positions).await?;
        if let Some(until) = until {
            sqlx::query("UPDATE source SET stored_until = ? WHERE id = ?")
                .bind(until.0)
                .bind(source.0)
                .execute(&mut *writing)
                .await?;
        }
        writing.commit().await?;
        Ok(committed)
    }

    /// How far into its lists and streams the source is.
    pub async fn positions(&self, source: SourceId) -> Result<HashMap<String, String>, StoreError> {
        let rows = sqlx::query_as::<_, (String, String)>("SELECT name, value FROM position WHERE source = ?")
            .bind(source.0)
            .fetch_all(&self.readers)
            .await?;
        Ok(rows.into_iter().collect())
    }
}

/// Appends an event; `None` when it is stored already.
async fn append(
    writing: &mut Writing<'_>,
    source: SourceId,
    event: &Event,
) -> Result<Option<i64>, StoreError> {
    let facts = &event.facts;
    let unreadable = (!event.unreadable.is_empty()).then(|| event.unreadable.join(","));
    let id = sqlx::query_scalar(
        "INSERT INTO event (source, kind, what, subject, digest, received_at, occurred_at, severity, score, state, owner,
             scenario, title, customer, customer_name, amount, currency, country, city, channel, merchant, txn, progress,
             factors, details, unreadable, raw)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT DO NOTHING RETURNING id",
    )
    .bind(source.0)
    .bind(event.kind.code())
    .bind(&event.what)
    .bind(&event.subject)
    .bind(event.digest)
    .bind(event.received_at.0)
    .bind(facts.occurred_at.map(|time| time.0))
    .bind(facts.severity.map(Severity::rank))
    .bind(facts.score)
    .bind(facts.state.map(AlertState::word))
    .bind(&facts.owner)
    .bind(&facts.scenario)
    .bind(&facts.title)
    .bind(&facts.customer)
    .bind(&facts.customer_name)
    .bind(&facts.amount)
    .bind(&facts.currency)
    .bind(&facts.country)
    .bind(&facts.city)
    .bind(&facts.channel)
    .bind(&facts.merchant)
    .bind(&facts.transaction)
    .bind(facts.progress)
    .bind(listed(&facts.factors))
    .bind(listed(&facts.details))
    .bind(unreadable)
    .bind(&event.raw)
    .fetch_optional(&mut **writing)
    .await?;
    Ok(id)
}

/// A list as the store keeps it: JSON, or nothing for none.
fn listed<T: serde::Serialize>(list: &[T]) -> Option<String> {
    // Texts and numbers always are JSON.
    if list.is_empty() { None } else { serde_json::to_string(list).ok() }
}

/// Folds an event into its alert. An older version changes nothing; one that makes it worse or opens it again is to
/// be looked at again by the policy, and what got worse live is news even where the alert waited for a digest.
async fn fold(
    writing: &mut Writing<'_>,
    source: SourceId,
    event: &Event,
    id: i64,
    change: i64,
) -> Result<(), StoreError> {
    let severity = event.facts.severity.unwrap_or(Severity::High);
    let state = event.facts.state.unwrap_or(AlertState::Open);
    sqlx::query(
        "INSERT INTO alert (source, subject, event, version, severity, state, closed, occurred_at, received_at,
             change, pending, away)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 1, ?11)
         ON CONFLICT (source, subject) DO UPDATE SET
             event = excluded.event,
             version = COALESCE(excluded.version, version),
             severity = excluded.severity,
             state = excluded.state,
             closed = excluded.closed,
             change = excluded.change,
             acknowledged_at = CASE WHEN excluded.severity > severity THEN NULL ELSE acknowledged_at END,
             away = CASE WHEN excluded.severity <= severity AND NOT (closed AND NOT excluded.closed) THEN away
                         WHEN pending THEN MIN(away, excluded.away)
                         ELSE excluded.away END,
             pending = CASE WHEN excluded.severity > severity OR (closed AND NOT excluded.closed) THEN 1
                            ELSE pending END
         WHERE version IS NULL OR excluded.version IS NULL OR excluded.version >= version",
    )
    .bind(source.0)
    .bind(&event.subject)
    .bind(id)
    .bind(event.version)
    .bind(severity.rank())
    .bind(state.word())
    .bind(state.is_closed())
    .bind(event.facts.occurred_at.unwrap_or(event.received_at).0)
    .bind(event.received_at.0)
    .bind(change)
    .bind(event.is_history)
    .execute(&mut **writing)
    .await?;
    Ok(())
}

async fn move_positions(
    writing: &mut Writing<'_>,
    source: SourceId,
    positions: &Positions,
) -> Result<(), StoreError> {
    for (name, step) in positions.iter() {
        let stored =
            sqlx::query_scalar::<_, String>("SELECT value FROM position WHERE source = ? AND name = ?")
                .bind(source.0)
                .bind(name)
                .fetch_optional(&mut **writing)
                .await?;
        sqlx::query(
            "INSERT INTO position (source, name, value) VALUES (?, ?, ?)
             ON CONFLICT DO UPDATE SET value = excluded.value",
        )
        .bind(source.0)
        .bind(name)
        .bind(step.after(stored.as_deref()))
        .execute(&mut **writing)
        .await?;
    }
    Ok(())
}

/// The greatest change of any alert so far.
pub async fn latest_change(writing: &mut Writing<'_>) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar("SELECT latest FROM alert_changes").fetch_one(&mut **writing).await?)
}

/// Keeps the greatest change of any alert.
pub async fn set_latest_change(writing: &mut Writing<'_>, latest: i64) -> Result<(), StoreError> {
    sqlx::query("UPDATE alert_changes SET latest = ?").bind(latest).execute(&mut **writing).await?;
    Ok(())
}
