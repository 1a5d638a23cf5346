//! Keeps gaps: what was, or may have been, missed, and how each was closed.

use super::{Store, StoreError};
use crate::desk::view::GapView;
use crate::model::{SourceId, Time};

/// The gaps that are kept of a source, the newest of those that were filled and as many of those that were not: what
/// comes often is filled, and must not push out what is missing.
const GAPS_KEPT: i64 = 1_000;
/// How many gaps the diagnostics show.
const GAPS_SHOWN: i64 = 100;
/// How a gap was closed in which nothing was missing.
const COMPLETE: &str = "complete";

/// How a gap ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GapEnd<'a> {
    /// It began here, unless it began earlier: a clock that was set meanwhile may have stood before its start.
    pub earliest: Time,
    /// Until when something may be missing.
    pub end: Time,
    /// When all of it had been fetched; `None`: the server could not give it.
    pub filled_at: Option<Time>,
    /// What filled it, or why nothing could.
    pub how: &'a str,
}

impl Store {
    /// From the last moment that everything was stored, something may be missing. A gap that lasts stays one gap; a
    /// source that was never live misses nothing yet.
    pub async fn open_gap(&self, source: SourceId, reason: &str) -> Result<(), StoreError> {
        let mut writer = self.writer().await?;
        sqlx::query(
            "DELETE FROM gap WHERE id IN (
                 SELECT id FROM (
                     SELECT id, ROW_NUMBER() OVER (PARTITION BY closed_at IS NULL ORDER BY id DESC) AS place
                     FROM gap WHERE source = ?1)
                 WHERE place > ?2)",
        )
        .bind(source.0)
        .bind(GAPS_KEPT)
        .execute(&mut *writer)
        .await?;
        sqlx::query(
            "INSERT INTO gap (source, start, reason)
             SELECT id, stored_until, ?2 FROM source WHERE id = ?1 AND stored_until IS NOT NULL
                 AND NOT EXISTS (SELECT 1 FROM gap WHERE gap.source = ?1 AND end IS NULL)",
        )
        .bind(source.0)
        .bind(reason)
        .execute(&mut *writer)
        .await?;
        Ok(())
    }

    /// Some of what is missing will never be had, and why: said before the position passes it, because nobody can tell
    /// afterwards. Opens the gap for this reason where none lasts.
    pub async fn give_up(&self, source: SourceId, how: &str) -> Result<(), StoreError> {
        self.open_gap(source, how).await?;
        sqlx::query("UPDATE gap SET how = ?2 WHERE source = ?1 AND end IS NULL AND how IS NULL")
            .bind(source.0)
            .bind(how)
            .execute(&mut *self.writer().await?)
            .await?;
        Ok(())
    }

    /// The gap that lasts has ended. What was given up stays unfilled, for the reason that was said then. Gives the
    /// number of a gap that something else may still fill.
    pub async fn end_gap(&self, source: SourceId, end: GapEnd<'_>) -> Result<Option<i64>, StoreError> {
        let mut writer = self.writer().await?;
        sqlx::query(
            "UPDATE gap SET start = MIN(start, ?2), end = MAX(start, ?3)
             WHERE source = ?1 AND end IS NULL AND how IS NOT NULL",
        )
        .bind(source.0)
        .bind(end.earliest.0)
        .bind(end.end.0)
        .execute(&mut *writer)
        .await?;
        let ended = sqlx::query_scalar(
            "UPDATE gap SET start = MIN(start, ?2), end = MAX(start, ?3), closed_at = ?4, how = ?5
             WHERE source = ?1 AND end IS NULL RETURNING id",
        )
        .bind(source.0)
        .bind(end.earliest.0)
        .bind(end.end.0)
        .bind(end.filled_at.map(|time| time.0))
        .bind(end.how)
        .fetch_optional(&mut *writer)
        .await?;
        Ok(ended)
    }

    /// What could not be had at first has come after all: in all gaps from this number on.
    pub async fn fill_gaps(
        &self,
        source: SourceId,
        from: i64,
        filled_at: Time,
        how: &str,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE gap SET closed_at = ?3, how = ?4
             WHERE source = ?1 AND id >= ?2 AND end IS NOT NULL AND closed_at IS NULL",
        )
        .bind(source.0)
        .bind(from)
        .bind(filled_at.0)
        .bind(how)
        .execute(&mut *self.writer().await?)
        .await?;
        Ok(())
    }

    /// In the gap that lasts nothing was missing. It takes the place of one before it of which the same is true: a
    /// server that counts for several listeners would fill the table with them.
    pub async fn dismiss_gap(&self, source: SourceId, end: Time, now: Time) -> Result<(), StoreError> {
        let mut writer = self.writer().await?;
        sqlx::query(
            "DELETE FROM gap WHERE how = ?2 AND id = (
                 SELECT MAX(id) FROM gap WHERE source = ?1 AND id < (
                     SELECT id FROM gap WHERE source = ?1 AND end IS NULL))",
        )
        .bind(source.0)
        .bind(COMPLETE)
        .execute(&mut *writer)
        .await?;
        drop(writer);
        let end = GapEnd { earliest: Time(i64::MAX), end, filled_at: Some(now), how: COMPLETE };
        self.end_gap(source, end).await?;
        Ok(())
    }

    /// The gaps that were not filled, and behind them those that were; of both the newest first.
    pub async fn gaps(&self) -> Result<Vec<GapView>, StoreError> {
        let gaps = "SELECT * FROM gap ORDER BY closed_at IS NOT NULL, id DESC LIMIT ?";
        let records = sqlx::query_as::<_, GapRecord>(gaps).bind(GAPS_SHOWN).fetch_all(&self.readers).await?;
        Ok(records.into_iter().map(GapView::from).collect())
    }

    /// The gaps from this number on, oldest first, each with its number.
    pub async fn gaps_from(&self, id: i64) -> Result<Vec<(i64, GapView)>, StoreError> {
        let records = sqlx::query_as::<_, GapRecord>("SELECT * FROM gap WHERE id >= ? ORDER BY id LIMIT ?")
            .bind(id)
            .bind(GAPS_SHOWN)
            .fetch_all(&self.readers)
            .await?;
        Ok(records.into_iter().map(|record| (record.id, record.into())).collect())
    }

    /// The number of the oldest gap that still lasts; where there is none, the number that the next will have or a
    /// lower one that no gap has.
    pub async fn first_lasting_gap(&self) -> Result<i64, StoreError> {
        let first = "SELECT COALESCE(MIN(id) FILTER (WHERE end IS NULL), MAX(id) + 1, 1) FROM gap";
        Ok(sqlx::query_scalar(first).fetch_one(&self.readers).await?)
    }
}

#[derive(sqlx::FromRow)]
struct GapRecord {
    id: i64,
    source: i64,
    start: i64,
    end: Option<i64>,
    reason: String,
    closed_at: Option<i64>,
    how: Option<String>,
}

impl From<GapRecord> for GapView {
    fn from(record: GapRecord) -> Self {
        Self {
            source: SourceId(record.source),
            start: Time(record.start),
            end: record.end.map(Time),
            reason: record.reason,
            closed_at: record.closed_at.map(Time),
            how: record.how,
        }
    }
}
