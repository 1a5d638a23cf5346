//! Reads events.

use super::record::{ActivityRecord, FactsRecord, TransactionRecord};
use super::{PAGE_LIMIT, Store, StoreError};
use crate::desk::view::{ActivityPage, TransactionPage};
use crate::model::{Activity, EventDetail, EventId, Kind, SourceId, Time, Transaction};

#[derive(sqlx::FromRow)]
struct EventRecord {
    id: i64,
    source: i64,
    kind: i64,
    what: Option<String>,
    subject: String,
    received_at: i64,
    raw: String,
    #[sqlx(flatten)]
    facts: FactsRecord,
}

impl From<EventRecord> for EventDetail {
    fn from(record: EventRecord) -> Self {
        Self {
            id: record.id,
            source: SourceId(record.source),
            kind: Kind::from_code(record.kind),
            what: record.what,
            subject: record.subject,
            received_at: Time(record.received_at),
            facts: record.facts.into(),
            raw: record.raw,
        }
    }
}

impl Store {
    /// A page of transactions, newest first: those before an event, or those right after one.
    pub async fn transactions(
        &self,
        source: Option<SourceId>,
        before: Option<EventId>,
        after: Option<EventId>,
        limit: u32,
    ) -> Result<TransactionPage, StoreError> {
        let limit = limit.clamp(1, PAGE_LIMIT);
        let query = if after.is_some() {
            sqlx::query_as::<_, TransactionRecord>(
                "SELECT * FROM event WHERE kind = ?1 AND id > ?2 AND (?3 IS NULL OR source = ?3)
                 ORDER BY id LIMIT ?4",
            )
            .bind(Kind::Transaction.code())
            .bind(after)
        } else {
            sqlx::query_as(
                "SELECT * FROM event WHERE kind = ?1 AND id < ?2 AND (?3 IS NULL OR source = ?3)
                 ORDER BY id DESC LIMIT ?4",
            )
            .bind(Kind::Transaction.code())
            .bind(before.unwrap_or(i64::MAX))
        };
        let records = query.bind(source.map(|source| source.0)).bind(limit).fetch_all(&self.readers).await?;
        let full = records.len() == limit as usize;
        let mut rows: Vec<Transaction> = records.into_iter().map(Transaction::from).collect();
        if after.is_some() {
            rows.reverse();
        }
        let next = rows.last().map(|row| row.id).filter(|_| full && after.is_none());
        Ok(TransactionPage { rows, next })
    }

    /// A page of what is neither a transaction nor an alert, newest first: what came before an event, or right after
    /// one. Of things that stand somewhere only the newest word counts.
    pub async fn activity(
        &self,
        source: Option<SourceId>,
        kind: Option<Kind>,
        before: Option<EventId>,
        after: Option<EventId>,
        limit: u32,
    ) -> Result<ActivityPage, StoreError> {
        let limit = limit.clamp(1, PAGE_LIMIT);
        let place = if after.is_some() { "id > ?1" } else { "id < ?1" };
        let order = if after.is_some() { "ASC" } else { "DESC" };
        let standing: Vec<String> = Kind::ALL
            .into_iter()
            .filter(|kind| kind.is_standing())
            .map(|kind| kind.code().to_string())
            .collect();
        let standing = standing.join(", ");
        let query = format!(
            "SELECT * FROM event WHERE kind NOT IN (1, 2) AND {place} AND (?2 IS NULL OR source = ?2)
                 AND (?3 IS NULL OR kind = ?3)
                 AND (kind NOT IN ({standing}) OR NOT EXISTS (
                     SELECT 1 FROM event AS newer WHERE newer.source = event.source AND newer.kind = event.kind
                         AND newer.subject = event.subject AND newer.id > event.id))
             ORDER BY id {order} LIMIT ?4"
        );
        let records = sqlx::query_as::<_, ActivityRecord>(sqlx::AssertSqlSafe(query))
            .bind(after.or(before).unwrap_or(i64::MAX))
            .bind(source.map(|source| source.0))
            .bind(kind.map(Kind::code))
            .bind(limit)
            .fetch_all(&self.readers)
            .await?;
        let full = records.len() == limit as usize;
        let mut rows: Vec<Activity> = records.into_iter().map(Activity::from).collect();
        if after.is_some() {
            rows.reverse();
        }
        let next = rows.last().map(|row| row.id).filter(|_| full && after.is_none());
        Ok(ActivityPage { rows, next })
    }

    /// Everything about one event.
    pub async fn event(&self, id: EventId) -> Result<EventDetail, StoreError> {
        let record = sqlx::query_as::<_, EventRecord>("SELECT * FROM event WHERE id = ?")
            .bind(id)
            .fetch_optional(&self.readers)
            .await?
            .ok_or(StoreError::NotFound)?;
        Ok(record.into())
    }

    /// The number of the newest event; zero when there is none.
    pub async fn newest_event(&self) -> Result<EventId, StoreError> {
        Ok(sqlx::query_scalar("SELECT COALESCE(MAX(id), 0) FROM event").fetch_one(&self.readers).await?)
    }

    /// Events of every kind that were stored after this one, in the order they were stored.
    pub async fn events_after(&self, id: EventId, limit: u32) -> Result<Vec<EventDetail>, StoreError> {
        let records =
            sqlx::query_as::<_, EventRecord>("SELECT * FROM event WHERE id > ? ORDER BY id LIMIT ?")
                .bind(id)
                .bind(limit.clamp(1, PAGE_LIMIT))
                .fetch_all(&self.readers)
                .await?;
        Ok(records.into_iter().map(EventDetail::from).collect())
    }

    /// A transaction by the server's identifier.
    pub(super) async fn transaction(
        &self,
        source: SourceId,
        subject: &str,
    ) -> Result<Option<Transaction>, StoreError> {
        let record = sqlx::query_as::<_, TransactionRecord>(
            "SELECT * FROM event WHERE source = ? AND kind = ? AND subject = ? LIMIT 1",
        )
        .bind(source.0)
        .bind(Kind::Transaction.code())
        .bind(subject)
        .fetch_optional(&self.readers)
        .await?;
        Ok(record.map(Transaction::from))
    }

    /// The number of the newest event that is neither a transaction nor an alert, and how many are stored.
    pub async fn activity_summary(&self) -> Result<(EventId, u64), StoreError> {
        let (newest, count) = sqlx::query_as::<_, (i64, i64)>(
            "SELECT COALESCE((SELECT MAX(id) FROM event WHERE kind NOT IN (1, 2)), 0),
                    COALESCE((SELECT SUM(events) FROM tally WHERE kind NOT IN (1, 2)), 0)",
        )
        .fetch_one(&self.readers)
        .await?;
        Ok((newest, u64::try_from(count).unwrap_or(0)))
    }

    /// The number of the newest transaction's event, and how many are stored.
    pub async fn transactions_summary(&self) -> Result<(EventId, u64), StoreError> {
        let (newest, count) = sqlx::query_as::<_, (i64, i64)>(
            "SELECT COALESCE((SELECT MAX(id) FROM event WHERE kind = ?1), 0),
                    COALESCE((SELECT SUM(events) FROM tally WHERE kind = ?1), 0)",
        )
        .bind(Kind::Transaction.code())
        .fetch_one(&self.readers)
        .await?;
        Ok((newest, u64::try_from(count).unwrap_or(0)))
    }
}
