//! Lists, in the order in which things changed.

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use sqlx::{Sqlite, Transaction as Snapshot};

use super::{Store, StoreError};
use crate::{
    hub::News,
    model::{Alert, Sequence, Transaction},
};

/// A piece of a list.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Page<T> {
    /// The items, ascending by sequence.
    pub items: Vec<T>,
    /// The position to ask from next.
    pub sequence: Sequence,
    /// Whether there is more after it already.
    pub more: bool,
}

impl Store {
    /// Transactions added after `since`, or else the newest.
    pub async fn transactions(
        &self,
        since: Option<Sequence>,
        limit: u32,
    ) -> Result<Page<Transaction>, StoreError> {
        let mut snapshot = self.readers.begin().await?;
        let bodies: Vec<String> = match since {
            Some(since) => {
                sqlx::query_scalar(
                    "SELECT body FROM transactions WHERE sequence > ? ORDER BY sequence LIMIT ?",
                )
                .bind(number(since))
                .bind(i64::from(limit) + 1)
                .fetch_all(&mut *snapshot)
                .await?
            }
            None => {
                sqlx::query_scalar("SELECT body FROM transactions ORDER BY sequence DESC LIMIT ?")
                    .bind(i64::from(limit))
                    .fetch_all(&mut *snapshot)
                    .await?
            }
        };
        page(snapshot, bodies, since.is_none(), limit, parsed, |item: &Transaction| item.sequence).await
    }

    /// Alerts that changed after `since`, or else the newest; of one bank, or else of all.
    pub async fn alerts(
        &self,
        since: Option<Sequence>,
        limit: u32,
        bank: Option<&str>,
    ) -> Result<Page<Alert>, StoreError> {
        let mut snapshot = self.readers.begin().await?;
        let bodies: Vec<String> =
            match since {
                Some(since) => {
                    sqlx::query_scalar(
                        "SELECT body FROM alerts WHERE sequence > ?1 AND (?2 IS NULL OR bank = ?2)
                     ORDER BY sequence LIMIT ?3",
                    )
                    .bind(number(since))
                    .bind(bank)
                    .bind(i64::from(limit) + 1)
                    .fetch_all(&mut *snapshot)
                    .await?
                }
                None => sqlx::query_scalar(
                    "SELECT body FROM alerts WHERE ?1 IS NULL OR bank = ?1 ORDER BY sequence DESC LIMIT ?2",
                )
                .bind(bank)
                .bind(i64::from(limit))
                .fetch_all(&mut *snapshot)
                .await?,
            };
        page(snapshot, bodies, since.is_none(), limit, parsed, |item: &Alert| item.sequence).await
    }

    /// Transactions and alerts that changed after `since`, or else the newest, in the order of the changes.
    pub async fn changes(&self, since: Option<Sequence>, limit: u32) -> Result<Page<News>, StoreError> {
        let mut snapshot = self.readers.begin().await?;
        let rows: Vec<(bool, String)> = match since {
            Some(since) => {
                sqlx::query_as(
                    "SELECT FALSE, body, sequence FROM transactions WHERE sequence > ?1
                     UNION ALL SELECT TRUE, body, sequence FROM alerts WHERE sequence > ?1
                     ORDER BY 3 LIMIT ?2",
                )
                .bind(number(since))
                .bind(i64::from(limit) + 1)
                .fetch_all(&mut *snapshot)
                .await?
            }
            None => {
                sqlx::query_as(
                    "SELECT FALSE, body, sequence FROM transactions
                     UNION ALL SELECT TRUE, body, sequence FROM alerts
                     ORDER BY 3 DESC LIMIT ?",
                )
                .bind(i64::from(limit))
                .fetch_all(&mut *snapshot)
                .await?
            }
        };
        let read = |(is_alert, body): (bool, String)| {
            Ok(match is_alert {
                true => News::Alert(serde_json::from_str(&body)?),
                false => News::Transaction(serde_json::from_str(&body)?),
            })
        };
        page(snapshot, rows, since.is_none(), limit, read, News::sequence).await
    }

    /// Alerts raised after the change of this number, as they are now, in the order in which they were raised.
    pub async fn alerts_added(&self, after: Sequence, limit: u32) -> Result<Vec<Alert>, StoreError> {
        let bodies: Vec<String> =
            sqlx::query_scalar("SELECT body FROM alerts WHERE added > ? ORDER BY added LIMIT ?")
                .bind(number(after))
                .bind(i64::from(limit))
                .fetch_all(&self.readers)
                .await?;
        Ok(bodies.iter().map(|body| serde_json::from_str(body)).collect::<Result<_, _>>()?)
    }

    /// Transactions made after an instant, the newest first.
    pub async fn transactions_since(
        &self,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<Transaction>, StoreError> {
        let query = "SELECT body FROM transactions WHERE at > ? ORDER BY at DESC, sequence DESC LIMIT ?";
        self.since(query, since, limit).await
    }

    /// Alerts raised after an instant, the newest first.
    pub async fn alerts_since(&self, since: Timestamp, limit: u32) -> Result<Vec<Alert>, StoreError> {
        let query = "SELECT body FROM alerts WHERE at > ? ORDER BY at DESC, sequence DESC LIMIT ?";
        self.since(query, since, limit).await
    }

    async fn since<T: DeserializeOwned>(
        &self,
        query: &'static str,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<T>, StoreError> {
        let bodies: Vec<String> = sqlx::query_scalar(query)
            .bind(since.as_microsecond())
            .bind(i64::from(limit))
            .fetch_all(&self.readers)
            .await?;
        Ok(bodies.iter().map(|body| serde_json::from_str(body)).collect::<Result<_, _>>()?)
    }

    /// The transaction of this key.
    pub async fn transaction(&self, id: &str) -> Result<Option<Transaction>, StoreError> {
        let body: Option<String> = sqlx::query_scalar("SELECT body FROM transactions WHERE id = ?")
            .bind(id)
            .fetch_optional(&self.readers)
            .await?;
        Ok(body.map(|body| serde_json::from_str(&body)).transpose()?)
    }

    /// The newest transactions of a customer before `before`, oldest first.
    pub async fn of_customer(
        &self,
        customer: &str,
        before: Sequence,
        limit: usize,
    ) -> Result<Vec<Transaction>, StoreError> {
        let bodies: Vec<String> = sqlx::query_scalar(
            "SELECT body FROM transactions WHERE customer_id = ? AND sequence < ?
             ORDER BY sequence DESC LIMIT ?",
        )
        .bind(customer)
        .bind(number(before))
        .bind(limit as i64)
        .fetch_all(&self.readers)
        .await?;
        oldest_first(&bodies)
    }

    /// The newest transactions of a merchant category among the `depth` changes before `before`, oldest first.
    pub async fn of_category(
        &self,
        category: &str,
        before: Sequence,
        depth: u64,
        limit: usize,
    ) -> Result<Vec<Transaction>, StoreError> {
        let bodies: Vec<String> = sqlx::query_scalar(
            "SELECT body FROM transactions WHERE sequence < ?1 AND sequence >= ?1 - ?2 AND +category = ?3
             ORDER BY sequence DESC LIMIT ?4",
        )
        .bind(number(before))
        .bind(number(depth))
        .bind(category)
        .bind(limit as i64)
        .fetch_all(&self.readers)
        .await?;
        oldest_first(&bodies)
    }
}

/// Cuts what was read to a page. The high-water mark comes from the same snapshot as the rows.
async fn page<R, T>(
    mut snapshot: Snapshot<'_, Sqlite>,
    rows: Vec<R>,
    newest_first: bool,
    limit: u32,
    read: impl Fn(R) -> Result<T, serde_json::Error>,
    sequence_of: impl Fn(&T) -> Sequence,
) -> Result<Page<T>, StoreError> {
    let high: i64 = sqlx::query_scalar("SELECT sequence FROM state").fetch_one(&mut *snapshot).await?;
    snapshot.commit().await?;
    let more = rows.len() > limit as usize;
    let mut items: Vec<T> = rows.into_iter().take(limit as usize).map(read).collect::<Result<_, _>>()?;
    if newest_first {
        items.reverse();
    }
    let last = items.last().filter(|_| more).map(sequence_of);
    Ok(Page { items, sequence: last.unwrap_or(high.max(0) as u64), more })
}

fn parsed<T: DeserializeOwned>(body: String) -> Result<T, serde_json::Error> {
    serde_json::from_str(&body)
}

fn oldest_first<T: DeserializeOwned>(bodies: &[String]) -> Result<Vec<T>, StoreError> {
    Ok(bodies.iter().rev().map(|body| serde_json::from_str(body)).collect::<Result<_, _>>()?)
}

/// A number as SQLite has it; one beyond it is beyond every row as well.
pub(super) fn number(sequence: Sequence) -> i64 {
    i64::try_from(sequence).unwrap_or(i64::MAX)
}
