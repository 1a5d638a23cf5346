//! What has still to be announced. It is stored with the alert, so that a crash between the commit and the
//! notification forgets nothing and repeats nothing.

use sqlx::Connection as _;

use super::{Store, StoreError};
use crate::model::{AlertId, Severity, SourceId, Time};

/// The most that are decided at once: a storm is decided in slices.
pub const SLICE: usize = 500;

/// An alert that the policy has still to decide on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// Its number.
    pub id: AlertId,
    /// Where it comes from.
    pub source: SourceId,
    /// When its newest version was read.
    pub read_at: Time,
    /// How bad it is.
    pub severity: Severity,
    /// Whether there is nothing left to do about it.
    pub closed: bool,
    /// Whether the analyst has seen it.
    pub acknowledged: bool,
    /// Whether it arrived while catching up, or was held back.
    pub away: bool,
    /// The greatest severity that was announced.
    pub announced: Option<Severity>,
}

#[derive(sqlx::FromRow)]
struct PendingRecord {
    id: i64,
    source: i64,
    read_at: i64,
    severity: i64,
    closed: bool,
    acknowledged: bool,
    away: bool,
    announced: Option<i64>,
}

impl From<PendingRecord> for Pending {
    fn from(record: PendingRecord) -> Self {
        Self {
            id: record.id,
            source: SourceId(record.source),
            read_at: Time(record.read_at),
            severity: Severity::from_rank(record.severity),
            closed: record.closed,
            acknowledged: record.acknowledged,
            away: record.away,
            announced: record.announced.map(Severity::from_rank),
        }
    }
}

impl Store {
    /// A slice of the alerts to decide on, by number from `after` on; those of a digest only when asked for.
    pub async fn pending(&self, with_away: bool, after: AlertId) -> Result<Vec<Pending>, StoreError> {
        let records = sqlx::query_as::<_, PendingRecord>(
            "SELECT alert.id, alert.source, event.received_at AS read_at, alert.severity, closed,
                 acknowledged_at IS NOT NULL AS acknowledged, away, announced
             FROM alert JOIN event ON event.id = alert.event
             WHERE pending = 1 AND away <= ? AND alert.id > ? ORDER BY alert.id LIMIT ?",
        )
        .bind(with_away)
        .bind(after)
        .bind(i64::try_from(SLICE).unwrap_or(i64::MAX))
        .fetch_all(&self.readers)
        .await?;
        Ok(records.into_iter().map(Pending::from).collect())
    }

    /// Keeps what was decided: which alerts are being announced, which are not, and which wait for a digest.
    pub async fn decide(
        &self,
        announced: &[AlertId],
        quiet: &[AlertId],
        held: &[AlertId],
    ) -> Result<(), StoreError> {
        let mut writer = self.writer().await?;
        let mut writing = writer.begin_with("BEGIN IMMEDIATE").await?;
        for (ids, statement) in [
            (announced, "UPDATE alert SET pending = 0, away = 0, announced = severity WHERE id = ?"),
            (quiet, "UPDATE alert SET pending = 0, away = 0 WHERE id = ?"),
            (held, "UPDATE alert SET away = 1 WHERE id = ?"),
        ] {
            for id in ids {
                sqlx::query(statement).bind(id).execute(&mut *writing).await?;
            }
        }
        writing.commit().await?;
        Ok(())
    }
}
