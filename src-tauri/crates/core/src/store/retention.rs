//! Retention: what is old, what is too much, and what came from a removed source goes, slice by slice, so that nobody
//! has to wait for it. What an open alert rests on stays, however old it is.

use std::time::Duration;

use sqlx::Connection as _;

use super::ingest::Writing;
use super::{Store, StoreError};
use crate::model::{EventId, Kind, SourceId, Time};

/// The events that go at once: a writer who waits for them waits some milliseconds (4 to 12 for all of a slice, beside
/// 1,000 open alerts as beside 50,000, measured).
const SLICE: i64 = 500;
/// The pages that are given back to the disk after a slice: more than a slice has.
const PAGES_AT_ONCE: u32 = 1_000;
/// How long events are kept, in days: a year, and a month to compare it with.
const KEPT_DAYS: u64 = 400;
/// How large the database may be, in bytes: some ten million events, and a small part of any disk.
const KEPT_BYTES: u64 = 16 << 30;

/// How much is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// How long, from when an event arrived; or happened, if that was later: our clock may have been behind.
    pub age: Duration,
    /// How large the database may be, in bytes.
    pub bytes: u64,
}

impl Default for Retention {
    fn default() -> Self {
        Self { age: Duration::from_secs(KEPT_DAYS * 24 * 3_600), bytes: KEPT_BYTES }
    }
}

/// What a slice did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retired {
    /// How many events went.
    pub events: u64,
    /// Where the next slice begins; `None` when nothing else is to go.
    pub next: Option<EventId>,
}

impl Store {
    /// Removes a slice of the oldest events after `after` that are older than is kept, or of any age while the database
    /// is larger than it may be. A closed alert goes with its newest event.
    pub async fn retire(&self, now: Time, kept: &Retention, after: EventId) -> Result<Retired, StoreError> {
        let is_too_large = self.bytes().await? > kept.bytes;
        let oldest = Time(now.0.saturating_sub(i64::try_from(kept.age.as_millis()).unwrap_or(i64::MAX)));
        let until = if is_too_large { Time(i64::MAX) } else { oldest };
        let mut writer = self.writer().await?;
        let mut writing = writer.begin_with("BEGIN IMMEDIATE").await?;
        let looked_at = sqlx::query_as::<_, (EventId, bool)>(
            "WITH slice AS (
                 SELECT id, source, kind, subject, received_at, occurred_at FROM event WHERE id > ?1 ORDER BY id LIMIT ?2)
             SELECT id, received_at >= ?3 OR (occurred_at IS NOT NULL AND occurred_at BETWEEN ?3 AND ?6)
                 OR EXISTS (SELECT 1 FROM alert WHERE slice.kind = ?4 AND alert.source = slice.source
                     AND alert.subject = slice.subject AND alert.closed <> 1)
                 OR (slice.kind = ?5 AND EXISTS (
                     SELECT 1 FROM event AS about INDEXED BY event_about JOIN alert ON alert.event = about.id
                     WHERE about.kind = 2 AND about.source = slice.source AND about.txn = slice.subject
                         AND alert.closed <> 1))
             FROM slice ORDER BY id",
        )
        .bind(after)
        .bind(SLICE)
        .bind(until.0)
        .bind(Kind::Alert.code())
        .bind(Kind::Transaction.code())
        .bind(now.0)
        .fetch_all(&mut *writing)
        .await?;
        let going: Vec<EventId> = looked_at.iter().filter(|(_, stays)| !stays).map(|(id, _)| *id).collect();
        remove(&mut writing, &going).await?;
        writing.commit().await?;
        drop(writer);
        self.give_back().await?;
        // Events are in the order they arrived: behind one that is too young, all are.
        let is_full = i64::try_from(looked_at.len()).is_ok_and(|count| count == SLICE);
        let is_young = !is_too_large && self.arrived_within(looked_at.last(), oldest, now).await?;
        let next = looked_at.last().map(|(last, _)| *last).filter(|_| is_full && !is_young);
        Ok(Retired { events: u64::try_from(going.len()).unwrap_or(u64::MAX), next })
    }

    /// Whether the last event of a slice is too young. A time to come is the word of a clock that was wrong and says
    /// nothing of what is behind.
    async fn arrived_within(
        &self,
        last: Option<&(EventId, bool)>,
        oldest: Time,
        now: Time,
    ) -> Result<bool, StoreError> {
        let Some((last, _)) = last else { return Ok(true) };
        let received: Option<i64> = sqlx::query_scalar("SELECT received_at FROM event WHERE id = ?")
            .bind(last)
            .fetch_optional(&self.readers)
            .await?;
        Ok(received.is_some_and(|at| (oldest.0..=now.0).contains(&at)))
    }

    /// Removes a slice of what is left of a removed source; `false` when nothing is left of any.
    pub async fn retire_removed(&self) -> Result<bool, StoreError> {
        let removed = sqlx::query_scalar("SELECT id FROM source WHERE removed = 1 LIMIT 1")
            .fetch_optional(&self.readers)
            .await?;
        let Some(source) = removed.map(SourceId) else { return Ok(false) };
        let mut writer = self.writer().await?;
        let mut writing = writer.begin_with("BEGIN IMMEDIATE").await?;
        let mut going: Vec<EventId> = Vec::new();
        for kind in Kind::ALL {
            let left = SLICE - i64::try_from(going.len()).unwrap_or(SLICE);
            let of_kind: Vec<EventId> =
                sqlx::query_scalar("SELECT id FROM event WHERE kind = ? AND source = ? ORDER BY id LIMIT ?")
                    .bind(kind.code())
                    .bind(source.0)
                    .bind(left)
                    .fetch_all(&mut *writing)
                    .await?;
            going.extend(of_kind);
        }
        if going.is_empty() {
            sqlx::query("DELETE FROM source WHERE id = ?").bind(source.0).execute(&mut *writing).await?;
        }
        remove(&mut writing, &going).await?;
        writing.commit().await?;
        drop(writer);
        self.give_back().await?;
        Ok(true)
    }

    /// The size of the database, without what is free in it, in bytes.
    pub async fn bytes(&self) -> Result<u64, StoreError> {
        let bytes: i64 = sqlx::query_scalar(
            "SELECT (page_count - freelist_count) * page_size
             FROM pragma_page_count, pragma_freelist_count, pragma_page_size",
        )
        .fetch_one(&self.readers)
        .await?;
        Ok(u64::try_from(bytes).unwrap_or(0))
    }

    /// Gives free pages back to the disk.
    async fn give_back(&self) -> Result<(), StoreError> {
        let vacuum = format!("PRAGMA incremental_vacuum({PAGES_AT_ONCE})");
        sqlx::query(sqlx::AssertSqlSafe(vacuum)).fetch_all(&mut *self.writer().await?).await?;
        Ok(())
    }
}

/// Removes events, and what is kept of them elsewhere.
async fn remove(writing: &mut Writing<'_>, events: &[EventId]) -> Result<(), StoreError> {
    if events.is_empty() {
        return Ok(());
    }
    let events = serde_json::json!(events).to_string();
    for statement in [
        "UPDATE tally SET events = tally.events - gone.events
         FROM (SELECT source, kind, COUNT(*) AS events FROM event
               WHERE id IN (SELECT value FROM json_each(?1)) GROUP BY source, kind) AS gone
         WHERE tally.source = gone.source AND tally.kind = gone.kind",
        // Alerts point at events, so they go first.
        "DELETE FROM alert WHERE event IN (SELECT value FROM json_each(?1))",
        "DELETE FROM event_words WHERE rowid IN (SELECT value FROM json_each(?1))
             AND rowid <= (SELECT event FROM words_until)",
        "DELETE FROM event WHERE id IN (SELECT value FROM json_each(?1))",
    ] {
        sqlx::query(statement).bind(&events).execute(&mut **writing).await?;
    }
    Ok(())
}
