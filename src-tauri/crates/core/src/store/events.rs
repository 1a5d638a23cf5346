//! Reads events.

use sqlx::Connection as _;

use super::list::{self, EventList, Side};
use super::record::{ACTIVITY_COLUMNS, ActivityRecord, FactsRecord, TRANSACTION_COLUMNS, TransactionRecord};
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
    /// A page of transactions, newest first.
    pub async fn transactions(
        &self,
        source: Option<SourceId>,
        side: Side,
        limit: u32,
    ) -> Result<TransactionPage, StoreError> {
        let limit = limit.clamp(1, PAGE_LIMIT);
        // One snapshot: what is listed is there to be read.
        let mut reader = self.readers.acquire().await?;
        let mut reading = reader.begin().await?;
        let sources = list::sources(&mut reading, source).await?;
        let kinds = &[Kind::Transaction.code()];
        let listed = EventList { table: "event", number: "id", kinds, sources: &sources, is_all: false };
        let numbers = listed.page(&mut reading, side, limit).await?;
        let records: Vec<TransactionRecord> = list::rows(&mut reading, TRANSACTION_COLUMNS, &numbers).await?;
        reading.rollback().await?;
        let rows = records.into_iter().map(Transaction::from).collect();
        Ok(TransactionPage { rows, next: next(&numbers, side, limit) })
    }

    /// A page of what is neither a transaction nor an alert, newest first. Of things that stand somewhere only the
    /// newest word counts.
    pub async fn activity(
        &self,
        source: Option<SourceId>,
        kind: Option<Kind>,
        side: Side,
        limit: u32,
    ) -> Result<ActivityPage, StoreError> {
        let limit = limit.clamp(1, PAGE_LIMIT);
        let mut reader = self.readers.acquire().await?;
        let mut reading = reader.begin().await?;
        let sources = list::sources(&mut reading, source).await?;
        let kinds: Vec<i64> = Kind::ALL
            .into_iter()
            .filter(|one| kind.is_none_or(|kind| kind == *one))
            .filter(|one| !matches!(one, Kind::Transaction | Kind::Alert))
            .map(Kind::code)
            .collect();
        let is_all = source.is_none() && kind.is_none();
        let listed =
            EventList { table: "activity", number: "event", kinds: &kinds, sources: &sources, is_all };
        let numbers = listed.page(&mut reading, side, limit).await?;
        let records: Vec<ActivityRecord> = list::rows(&mut reading, ACTIVITY_COLUMNS, &numbers).await?;
        reading.rollback().await?;
        let rows = records.into_iter().map(Activity::from).collect();
        Ok(ActivityPage { rows, next: next(&numbers, side, limit) })
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
}

/// Where the next, older page begins: nowhere, if this one was not full or went the other way.
fn next(numbers: &[EventId], side: Side, limit: u32) -> Option<EventId> {
    let is_full = numbers.len() == limit as usize;
    numbers.last().copied().filter(|_| is_full && !matches!(side, Side::After(_)))
}
