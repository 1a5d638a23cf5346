//! Several changes in one commit.

use sqlx::Sqlite;

use super::{ALERTS_KEPT, Rows, Standing, Store, StoreError};
use crate::model::{Alert, RiskMetrics, Sequence, Transaction};

/// The rows that one commit may retire: more would hold up the changes behind it.
const RETIRED_AT_ONCE: u64 = 2_000;

/// Changes that are stored together, or not at all.
pub(crate) struct Batch {
    pub(super) within: sqlx::Transaction<'static, Sqlite>,
    keeps: u64,
    /// The changes of which contracts' messages are kept.
    pub(super) told: u64,
}

impl Store {
    /// Begins a batch after the change of this number. If that is not the last one, somebody else has written.
    pub async fn begin(&self, last: Sequence) -> Result<Batch, StoreError> {
        // A deferred transaction that turns into a write would fail instead of waiting.
        let mut within = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let stored: i64 = sqlx::query_scalar("SELECT sequence FROM state").fetch_one(&mut *within).await?;
        if stored != last as i64 {
            return Err(StoreError::Shared);
        }
        Ok(Batch { within, keeps: self.keeps, told: self.told })
    }
}

impl Batch {
    /// Adds a transaction.
    pub async fn add_transaction(&mut self, transaction: &Transaction) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO transactions (sequence, id, customer_id, category, at, body) VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(transaction.sequence as i64)
        .bind(&transaction.id)
        .bind(&transaction.customer_id)
        .bind(&transaction.merchant_category)
        .bind(transaction.timestamp.as_microsecond())
        .bind(serde_json::to_string(transaction)?)
        .execute(&mut *self.within)
        .await?;
        Ok(())
    }

    /// Adds an alert, or replaces it by its newer state.
    pub async fn put_alert(&mut self, alert: &Alert) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO alerts (id, sequence, added, at, bank, body) VALUES (?, ?, ?, ?, ?, ?)
             ON CONFLICT (id) DO UPDATE SET sequence = excluded.sequence, body = excluded.body",
        )
        .bind(&alert.id)
        .bind(alert.sequence as i64)
        .bind(alert.added as i64)
        .bind(alert.timestamp.as_microsecond())
        .bind(&alert.bank)
        .bind(serde_json::to_string(alert)?)
        .execute(&mut *self.within)
        .await?;
        Ok(())
    }

    /// The alert as this batch has it.
    pub async fn alert(&mut self, id: &str) -> Result<Option<Alert>, StoreError> {
        let body: Option<String> = sqlx::query_scalar("SELECT body FROM alerts WHERE id = ?")
            .bind(id)
            .fetch_optional(&mut *self.within)
            .await?;
        Ok(body.map(|body| serde_json::from_str(&body)).transpose()?)
    }

    /// Replaces the newest risk metrics.
    pub async fn put_risk_metrics(&mut self, metrics: &RiskMetrics) -> Result<(), StoreError> {
        sqlx::query("UPDATE state SET risk_metrics = ?")
            .bind(serde_json::to_string(metrics)?)
            .execute(&mut *self.within)
            .await?;
        Ok(())
    }

    /// Removes the oldest rows above what is kept, and returns the alerts that went.
    pub async fn retire(&mut self, rows: &mut Rows) -> Result<Vec<Alert>, StoreError> {
        let transactions = rows.transactions.saturating_sub(self.keeps);
        let alerts = rows.alerts.saturating_sub(ALERTS_KEPT);
        if transactions > 0 {
            let gone = sqlx::query(
                "DELETE FROM transactions WHERE sequence IN
                     (SELECT sequence FROM transactions ORDER BY sequence LIMIT ?)",
            )
            .bind(transactions.min(RETIRED_AT_ONCE) as i64)
            .execute(&mut *self.within)
            .await?;
            rows.transactions = rows.transactions.saturating_sub(gone.rows_affected());
        }
        if alerts == 0 {
            return Ok(Vec::new());
        }
        let gone: Vec<String> = sqlx::query_scalar(
            "DELETE FROM alerts WHERE id IN (SELECT id FROM alerts ORDER BY sequence LIMIT ?) RETURNING body",
        )
        .bind(alerts.min(RETIRED_AT_ONCE) as i64)
        .fetch_all(&mut *self.within)
        .await?;
        rows.alerts = rows.alerts.saturating_sub(gone.len() as u64);
        Ok(gone.iter().map(|body| serde_json::from_str(body)).collect::<Result<_, _>>()?)
    }

    /// Commits, with where everything stands now.
    pub async fn commit(mut self, now: &Standing) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE state SET sequence = ?, total_transactions = ?, total_alerts = ?, risk_sum = ?,
                 payments_made = ?, episodes_begun = ?",
        )
        .bind(now.sequence as i64)
        .bind(now.transactions as i64)
        .bind(now.alerts as i64)
        .bind(now.risk_sum)
        .bind(now.traffic.payments as i64)
        .bind(now.traffic.episodes as i64)
        .execute(&mut *self.within)
        .await?;
        Ok(self.within.commit().await?)
    }
}
