//! The store: local SQLite, one writer, a few readers. Events and the position that they bring the source to
//! are committed in one transaction, so that after any crash the server is asked for exactly what is missing.

#[macro_use]
mod record;
mod alerts;
mod announce;
mod append;
mod aside;
mod backup;
mod bars;
mod charts;
mod check;
mod condition;
mod error;
mod events;
mod fold;
mod gaps;
mod groups;
mod health;
mod holdings;
mod ingest;
mod list;
mod marks;
mod names;
mod news;
mod opening;
mod outbox;
#[cfg_attr(unix, path = "private_unix.rs")]
#[cfg_attr(windows, path = "private_windows.rs")]
mod private;
mod question;
mod reserve;
mod retention;
mod rows;
mod search;
#[cfg(test)]
mod settled;
mod snooze;
mod sources;
mod summary;
mod trouble;
mod word_index;
mod words;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, SqliteConnection, SqlitePool};
use tokio::sync::{MappedMutexGuard, Mutex, MutexGuard, Notify};

pub use alerts::{AlertSide, CHANGES_LIMIT, HISTORY_LIMIT, PAGE_LIMIT};
pub use announce::{Changed, Decision, Pending, SLICE};
pub use aside::{Aside, Begun, Opened, SetAside, set_aside_files};
pub use backup::{Backup, BackupError, backups};
pub use bars::{BAR, Bar, COARSE_BAR, FINE_FOR, Facet};
pub use charts::{CURRENCIES_LIMIT, DECISIONS_LIMIT, METRICS_LIMIT, TOP_LIMIT};
pub use check::{CheckError, Checked, check};
pub use error::{OpenError, StoreError};
pub use gaps::GapEnd;
pub use groups::{AlertGroup, AlertGroups, GROUPED_LIMIT, GROUPS_LIMIT, GroupBy};
pub use holdings::{Holdings, bytes_of};
pub use ingest::Committed;
pub use list::Side;
pub use news::News;
pub use outbox::{Due, NewDeed, OUTBOX_LIMIT};
pub(crate) use private::make as make_private;
pub use question::{AlertIs, SearchQuery};
pub use retention::{Retention, Retired};
pub use search::{Found, FoundRow, SearchValues};
pub use snooze::SNOOZES_LIMIT;
pub use sources::NewSource;
pub use summary::{Feed, Summary};
pub use trouble::{REJECTED_HEAD, REJECTED_KEPT};
pub use word_index::Following;

use condition::Condition;

/// How long closing may take: a journal of some hundred megabytes is written back in this time, and one that is not is
/// written back at the next start.
const CLOSE_LIMIT: Duration = Duration::from_secs(10);

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

/// The store; cheap to clone.
#[derive(Clone)]
pub struct Store {
    path: Arc<Path>,
    /// `None` once the store is closed.
    writer: Arc<Mutex<Option<SqliteConnection>>>,
    writing: SqliteConnectOptions,
    readers: SqlitePool,
    condition: Arc<Condition>,
    /// Somebody may have to look after what was written.
    grown: Arc<Notify>,
    /// The events that were stored since this store was opened.
    stored: Arc<AtomicU64>,
}

impl Store {
    /// Where the database is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The writer, with no transaction open. After some failures (a full disk) SQLite has undone a transaction that
    /// the driver still counts; then there is a new connection.
    async fn writer(&self) -> Result<MappedMutexGuard<'_, SqliteConnection>, StoreError> {
        let writer = self.writer.lock().await;
        let mut writer =
            MutexGuard::try_map(writer, Option::as_mut).map_err(|_closed| sqlx::Error::PoolClosed)?;
        if writer.is_in_transaction() {
            // Lets a rollback that is under way end.
            writer.ping().await?;
            if writer.is_in_transaction() {
                *writer = SqliteConnection::connect_with(&self.writing).await?;
            }
        }
        Ok(writer)
    }

    /// Lets the file grow to this many pages of 4 KiB and no further; `None`: as far as the disk goes. What does not
    /// fit fails as on a full disk.
    pub async fn limit_pages(&self, pages: Option<u32>) -> Result<(), StoreError> {
        // SQLite's own greatest, where there is no limit.
        let pages = pages.unwrap_or(u32::MAX - 1);
        let limit = sqlx::AssertSqlSafe(format!("PRAGMA max_page_count = {pages}"));
        sqlx::query(limit).execute(&mut *self.writer().await?).await?;
        Ok(())
    }

    /// Waits until something was written that is to be looked after: see [`Store::index_words`] and
    /// [`Store::retire_removed`].
    pub async fn has_grown(&self) {
        self.grown.notified().await;
    }

    /// Whether somebody is writing right now.
    pub fn is_written_to(&self) -> bool {
        self.writer.try_lock().is_err()
    }

    /// Waits for the writer to finish and closes readers and writer: this run ends as it should. Who closes last takes
    /// the journal with it; what is asked afterwards fails.
    pub async fn close(&self) {
        let mut writer = self.writer.lock().await;
        let closing = async {
            self.readers.close().await;
            if let Some(writer) = writer.take() {
                opening::close(writer).await;
            }
        };
        if tokio::time::timeout(CLOSE_LIMIT, closing).await.is_err() {
            tracing::warn!("the database takes long to close; the next start does the rest");
        }
        self.condition.end();
    }
}
