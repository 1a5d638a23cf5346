//! Keeps, within bounds, what could not be read and what was missed, for the diagnostics.

use sqlx::{Sqlite, Transaction};

use super::{Store, StoreError};
use crate::desk::view::{GapView, RejectedView};
use crate::model::{SourceId, Time};
use crate::profile::Rejected;

/// How many rejected frames are kept of each source: enough to see the pattern, whatever a server sends.
pub const REJECTED_KEPT: i64 = 200;
/// How much of each is shown, in characters.
pub const REJECTED_HEAD: usize = 2_000;
/// How many gaps the diagnostics show.
const GAPS_SHOWN: i64 = 100;

/// Keeps the newest rejected frames and lets go of the oldest.
pub async fn keep(
    writing: &mut Transaction<'_, Sqlite>,
    source: SourceId,
    rejected: &[Rejected],
) -> Result<(), StoreError> {
    if rejected.is_empty() {
        return Ok(());
    }
    let kept = usize::try_from(REJECTED_KEPT).unwrap_or(usize::MAX);
    for one in &rejected[rejected.len().saturating_sub(kept)..] {
        sqlx::query(
            "INSERT INTO rejected (source, received_at, reason, detail, length, head) VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(source.0)
        .bind(one.received_at.0)
        .bind(one.reason.word())
        .bind(&one.detail)
        .bind(i64::try_from(one.length).unwrap_or(i64::MAX))
        .bind(&one.head)
        .execute(&mut **writing)
        .await?;
    }
    sqlx::query(
        "DELETE FROM rejected WHERE source = ?1 AND id <= (
             SELECT id FROM rejected WHERE source = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
    )
    .bind(source.0)
    .bind(REJECTED_KEPT)
    .execute(&mut **writing)
    .await?;
    Ok(())
}

impl Store {
    /// The newest frames that could not be read, newest first.
    pub async fn rejected(&self) -> Result<Vec<RejectedView>, StoreError> {
        let rejected = sqlx::query_as::<_, (i64, i64, String, String, i64, String)>(
            "SELECT source, received_at, reason, detail, length, head FROM rejected ORDER BY id DESC LIMIT ?",
        )
        .bind(REJECTED_KEPT)
        .fetch_all(&self.readers)
        .await?;
        let rejected =
            rejected.into_iter().map(|(source, received_at, reason, detail, length, head)| RejectedView {
                source: SourceId(source),
                received_at: Time(received_at),
                reason,
                detail,
                length: u32::try_from(length).unwrap_or(u32::MAX),
                head,
            });
        Ok(rejected.collect())
    }

    /// The newest gaps, newest first.
    pub async fn gaps(&self) -> Result<Vec<GapView>, StoreError> {
        let gaps = sqlx::query_as::<_, GapRecord>("SELECT * FROM gap ORDER BY id DESC LIMIT ?")
            .bind(GAPS_SHOWN)
            .fetch_all(&self.readers)
            .await?;
        Ok(gaps.into_iter().map(GapView::from).collect())
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
}

impl From<GapRecord> for GapView {
    fn from(record: GapRecord) -> Self {
        Self {
            source: SourceId(record.source),
            start: Time(record.start),
            end: record.end.map(Time),
            reason: record.reason,
            closed_at: record.closed_at.map(Time),
        }
    }
}
