//! What outlives a restart, in SQLite: transactions, alerts, and where everything stands.
//!
//! Every change has a number, the sequence. It is stored in the same commit as the change, so that it never goes
//! backwards and is never given twice, however the process ends.

mod batch;
mod book;
mod read;

use std::{path::PathBuf, time::Duration};

use jiff::Timestamp;
use rand::Rng as _;
use sqlx::{
    Connection as _, Row as _, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

pub(crate) use batch::Batch;
pub(crate) use book::Book;
pub(crate) use read::Page;
use read::number;

use crate::{
    access::Session,
    model::{RiskMetrics, Sequence},
};

/// Connections for reading: enough that a long list does not hold up the others, each costs a thread.
const READERS: u32 = 3;

/// How long to wait for a lock that a backup or a curious person holds.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// The transactions kept in memory: about 200 MB, three hours of a lively demonstration.
const MEMORY_KEEPS: u64 = 250_000;

/// The transactions kept in a file: about 2 GB.
const FILE_KEEPS: u64 = 2_500_000;

/// The alerts kept: months of what a team can look at. The oldest change goes first.
const ALERTS_KEPT: u64 = 50_000;

/// The changes of which the messages of a contract are kept in memory: up to 200 MB for all contracts.
const MEMORY_TOLD: u64 = 20_000;

/// The changes of which the messages of a contract are kept in a file: up to 1 GB for all contracts.
const FILE_TOLD: u64 = 100_000;

/// The length of the key that signs tokens, in bytes: as long as the hash, as RFC 7518 asks.
pub(crate) const KEY_LENGTH: usize = 32;

/// Where the gateway keeps its state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// In memory: gone when the gateway is.
    Memory,
    /// In this file and two beside it.
    File(PathBuf),
}

/// Why the state cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite refused.
    #[error("the state cannot be read or written: {0}")]
    Database(#[from] sqlx::Error),
    /// The file is of a version that this program cannot bring up to date.
    #[error("the state is of another version: {0}")]
    Version(#[from] sqlx::migrate::MigrateError),
    /// A row is not what was written.
    #[error("the state is damaged: {0}")]
    Damaged(#[from] serde_json::Error),
    /// Somebody else has written to it.
    #[error("another gateway uses the same state: end it, or choose another file")]
    Shared,
}

/// How far the simulated traffic has come, so that it goes on after a restart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct TrafficPosition {
    /// Everyday payments made.
    pub payments: u64,
    /// Frauds begun.
    pub episodes: u64,
}

/// Where everything stands.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Standing {
    /// The number before the first; the keys of transactions and alerts count from it.
    pub born: Sequence,
    /// The last number given.
    pub sequence: Sequence,
    /// Transactions ever added.
    pub transactions: u64,
    /// Alerts ever raised.
    pub alerts: u64,
    /// The sum of all risk scores.
    pub risk_sum: f64,
    /// How far the simulation has come.
    pub traffic: TrafficPosition,
}

/// How many rows there are. To count them takes a look at each, so that it is done once.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Rows {
    /// Transactions that have not been retired.
    pub transactions: u64,
    /// Alerts that have not been retired.
    pub alerts: u64,
}

/// The open state.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    writer: SqlitePool,
    readers: SqlitePool,
    keeps: u64,
    told: u64,
}

impl Store {
    /// Opens the state, or makes it.
    ///
    /// A new state does not count from one but from the microseconds since 1970. So a desktop that followed an
    /// older state, lost since, is never ahead of the new one and misses nothing of it; and a double still holds
    /// the number exactly.
    pub async fn open(state: &State, now: Timestamp) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new().busy_timeout(BUSY_TIMEOUT);
        let store = match state {
            // One connection is the whole database: it must never be closed, and is shared by all.
            State::Memory => {
                let options = options.in_memory(true).shared_cache(false);
                let pool = pool(1).idle_timeout(None).max_lifetime(None).min_connections(1);
                // A request that is given up while its connection is tested would close it.
                let pool = pool.test_before_acquire(false);
                let pool = pool.connect_with(options).await?;
                Self { writer: pool.clone(), readers: pool, keeps: MEMORY_KEEPS, told: MEMORY_TOLD }
            }
            State::File(path) => {
                let options = options.filename(path).synchronous(SqliteSynchronous::Normal);
                let making = options.clone().create_if_missing(true).journal_mode(SqliteJournalMode::Wal);
                Self {
                    writer: writer().connect_with(making).await?,
                    readers: pool(READERS).connect_with(options.read_only(true)).await?,
                    keeps: FILE_KEEPS,
                    told: FILE_TOLD,
                }
            }
        };
        sqlx::migrate!("./migrations").run(&store.writer).await?;
        sqlx::query("INSERT OR IGNORE INTO state (only, born, sequence, signing_key) VALUES (1, ?1, ?1, ?2)")
            .bind(now.as_microsecond())
            .bind(new_key())
            .execute(&store.writer)
            .await?;
        Ok(store)
    }

    /// Where everything stands.
    pub async fn standing(&self) -> Result<Standing, StoreError> {
        let row = sqlx::query(
            "SELECT sequence, total_transactions, total_alerts, risk_sum, payments_made, episodes_begun, born FROM state",
        )
        .fetch_one(&self.writer)
        .await?;
        let count = |index: usize| row.try_get::<i64, _>(index).map(|count| count.max(0) as u64);
        Ok(Standing {
            born: count(6)?,
            sequence: count(0)?,
            transactions: count(1)?,
            alerts: count(2)?,
            risk_sum: row.try_get(3)?,
            traffic: TrafficPosition { payments: count(4)?, episodes: count(5)? },
        })
    }

    /// How many rows there are.
    pub async fn rows(&self) -> Result<Rows, StoreError> {
        let query = "SELECT (SELECT count(*) FROM transactions), (SELECT count(*) FROM alerts)";
        let (transactions, alerts): (i64, i64) = sqlx::query_as(query).fetch_one(&self.writer).await?;
        Ok(Rows { transactions: transactions.max(0) as u64, alerts: alerts.max(0) as u64 })
    }

    /// The newest risk metrics, if there are any.
    pub async fn risk_metrics(&self) -> Result<Option<RiskMetrics>, StoreError> {
        let body: Option<String> =
            sqlx::query_scalar("SELECT risk_metrics FROM state").fetch_one(&self.readers).await?;
        Ok(body.map(|body| serde_json::from_str(&body)).transpose()?)
    }

    /// The key that signs tokens.
    pub async fn signing_key(&self) -> Result<Vec<u8>, StoreError> {
        Ok(sqlx::query_scalar("SELECT signing_key FROM state").fetch_one(&self.writer).await?)
    }

    /// Makes and keeps another key, so that every token signed before is worthless.
    pub async fn replace_signing_key(&self) -> Result<Vec<u8>, StoreError> {
        let key = new_key();
        sqlx::query("UPDATE state SET signing_key = ?").bind(&key).execute(&self.writer).await?;
        Ok(key)
    }

    /// Remembers that a session was ended before its time, and forgets those whose time has come.
    pub async fn end_session(&self, session: &Session, now: Timestamp) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM ended_sessions WHERE expires <= ?")
            .bind(now.as_second())
            .execute(&self.writer)
            .await?;
        sqlx::query("INSERT OR IGNORE INTO ended_sessions (id, expires) VALUES (?, ?)")
            .bind(session.id as i64)
            .bind(session.expires.as_second())
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// The sessions that were ended before their time, which has not come yet.
    pub async fn ended_sessions(&self, now: Timestamp) -> Result<Vec<Session>, StoreError> {
        let rows: Vec<(i64, i64)> =
            sqlx::query_as("SELECT id, expires FROM ended_sessions WHERE expires > ?")
                .bind(now.as_second())
                .fetch_all(&self.writer)
                .await?;
        let session = |(id, expires)| Session {
            id: id as u64,
            user: String::new(),
            expires: Timestamp::from_second(expires).unwrap_or(Timestamp::MAX),
        };
        Ok(rows.into_iter().map(session).collect())
    }

    /// Closes the files.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new().max_connections(connections)
}

/// The one connection that writes to a file. After a full disk SQLite has undone a transaction that the driver still
/// counts: then another connection takes its place.
fn writer() -> SqlitePoolOptions {
    pool(1).before_acquire(|connection, _| {
        Box::pin(async move {
            // Lets a rollback that is under way end.
            connection.ping().await?;
            Ok(!connection.is_in_transaction())
        })
    })
}

fn new_key() -> Vec<u8> {
    let mut key = vec![0; KEY_LENGTH];
    rand::rng().fill_bytes(&mut key);
    key
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use sqlx::migrate::Migrator;

    use super::*;
    use crate::hub::News;

    /// Rows as the first version wrote them.
    fn rows(at: &str) -> (Value, Value) {
        let amount = json!({ "minor": 72_000, "currency": "EUR" });
        let transaction = json!({
            "sequence": 5, "id": "TX-1", "customer_id": "C-1", "customer_name": "Camille Morel", "bank": "B",
            "merchant": "Voltéa", "merchant_category": "Electronics", "amount": amount, "country": "FR",
            "city": "Lyon", "channel": "card", "timestamp": at, "risk_score": 0.0205,
        });
        let alert = json!({
            "sequence": 7, "id": "AL-1", "transaction_id": "TX-1", "customer_id": "C-1",
            "customer_name": "Camille Morel", "bank": "B", "severity": "high", "scenario": "velocity",
            "description": "d", "fraud_probability": 0.55, "status": "open", "assigned_to": null,
            "amount": amount, "country": "FR", "merchant": "Voltéa", "factors": [], "timestamp": at,
            "updated_at": at, "last_evidence": at,
        });
        (transaction, alert)
    }

    #[tokio::test]
    async fn a_state_of_the_first_version_is_brought_up_to_date() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.db");
        let at = "2026-11-20T12:00:00.123Z";
        let (transaction, alert) = rows(at);
        let all = sqlx::migrate!("./migrations");
        let first = Migrator { migrations: all.migrations[..1].to_vec().into(), ..all };
        let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
        let old = pool(1).connect_with(options).await.unwrap();
        first.run(&old).await.unwrap();
        sqlx::query("INSERT INTO transactions VALUES (5, 'TX-1', 'C-1', 'Electronics', ?)")
            .bind(transaction.to_string())
            .execute(&old)
            .await
            .unwrap();
        sqlx::query("INSERT INTO alerts VALUES ('AL-1', 7, 'B', ?)")
            .bind(alert.to_string())
            .execute(&old)
            .await
            .unwrap();
        old.close().await;

        let at: Timestamp = at.parse().unwrap();
        let before = at - jiff::SignedDuration::from_millis(1);
        let store = Store::open(&State::File(path), at).await.unwrap();
        assert_eq!(store.transactions_since(before, 10).await.unwrap().len(), 1);
        assert_eq!(store.transactions_since(at, 10).await.unwrap().len(), 0);
        assert_eq!(store.alerts_since(before, 10).await.unwrap()[0].fraud_probability, 0.55);
        let added = store.alerts_added(0, 10).await.unwrap();
        assert_eq!((added.len(), added[0].added), (1, 7));
        let changes = store.changes(Some(0), 10).await.unwrap().items;
        assert_eq!(changes.iter().map(News::sequence).collect::<Vec<_>>(), [5, 7]);
    }
}
