//! Keeps, within bounds, what could not be read, for the diagnostics.

use sqlx::{Sqlite, Transaction};

use super::{Store, StoreError};
use crate::desk::view::RejectedView;
use crate::model::{SourceId, Time};
use crate::profile::Rejected;

/// How many rejected frames are kept of each source: enough to see the pattern, whatever a server sends.
pub const REJECTED_KEPT: i64 = 200;
/// How much of each is shown, in characters.
pub const REJECTED_HEAD: usize = 2_000;

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
}
