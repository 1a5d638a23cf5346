//! The store: local SQLite, one writer, a few readers. Events and the position that they bring the source to
//! are committed in one transaction, so that after any crash the server is asked for exactly what is missing.

#[macro_use]
mod record;
mod alerts;
mod announce;
mod append;
mod bars;
mod check;
mod events;
mod fold;
mod gaps;
mod holdings;
mod ingest;
mod list;
#[cfg_attr(unix, path = "private_unix.rs")]
#[cfg_attr(windows, path = "private_windows.rs")]
mod private;
mod retention;
mod rows;
mod search;
mod sources;
mod trouble;
mod words;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::MigrateError;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection, SqlitePool};
use tokio::sync::{Mutex, MutexGuard, Notify};

pub use alerts::{AlertSide, CHANGES_LIMIT, HISTORY_LIMIT, PAGE_LIMIT};
pub use announce::{Decision, Pending, SLICE};
pub use bars::{BAR, Bar, COARSE_BAR, FINE_FOR, Facet};
pub use check::{CheckError, Checked, check};
pub use gaps::GapEnd;
pub use holdings::Holdings;
pub use ingest::Committed;
pub use list::Side;
pub(crate) use private::make as make_private;
pub use retention::{Retention, Retired};
pub use search::{Found, SearchQuery};
pub use sources::NewSource;
pub use trouble::{REJECTED_HEAD, REJECTED_KEPT};

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

/// Readers at once: the window's lists, the desk's counts and one to spare.
const READERS: u32 = 3;
/// How long a connection waits for another program (a backup, `vigie-cli`) that holds the database.
const BUSY_LIMIT: Duration = Duration::from_secs(5);

/// What the writer keeps of the database in memory: the inner pages of the indexes (negative: KiB).
const WRITER_CACHE: &str = "-8192";
/// The journal is written back when it has so many pages of 4 KiB: pages that change again and again are written back
/// once.
const CHECKPOINT_PAGES: &str = "4000";
/// What is left of the journal when it has been written back, in bytes.
const JOURNAL_LIMIT: &str = "67108864";

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A newer version of the program has written it.
    #[error("{0} was written by a newer version of Vigie: install that version again, or move the file away")]
    Newer(PathBuf),
    /// It is damaged, or something else.
    #[error("{0} is damaged or no database of Vigie: move it away, and Vigie begins a new one")]
    Damaged(PathBuf),
    /// The disk does not let us.
    #[error("{path} cannot be opened: {error}; check the folder's rights and the disk's space")]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        error: sqlx::Error,
    },
    /// The tables could not be brought to this version.
    #[error("{path} cannot be brought to this version: {error}")]
    Migration {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        error: MigrateError,
    },
}

/// Why a running store failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite refused.
    #[error("the database did not do it: {0}; check the disk's space")]
    Sqlite(#[from] sqlx::Error),
    /// What was asked for is not stored, or no longer.
    #[error("it is not stored, or no longer")]
    NotFound,
}

/// The store; cheap to clone.
#[derive(Clone)]
pub struct Store {
    path: Arc<Path>,
    writer: Arc<Mutex<SqliteConnection>>,
    writing: SqliteConnectOptions,
    readers: SqlitePool,
    /// Somebody may have to look after what was written.
    grown: Arc<Notify>,
}

impl Store {
    /// Opens the database at `path`, made if it is not there, and brings it to this version.
    pub async fn open(path: &Path) -> Result<Self, OpenError> {
        let unusable = |error: sqlx::Error| {
            let code =
                error.as_database_error().and_then(|error| error.code()).unwrap_or_default().into_owned();
            // SQLITE_CORRUPT and SQLITE_NOTADB.
            if code == "11" || code == "26" {
                return OpenError::Damaged(path.to_owned());
            }
            OpenError::Unusable { path: path.to_owned(), error }
        };
        private::make(path).map_err(|error| unusable(error.into()))?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .busy_timeout(BUSY_LIMIT)
            .foreign_keys(true)
            // Statements hold customers' data: they are never logged.
            .disable_statement_logging();
        let writing = options
            .clone()
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .auto_vacuum(sqlx::sqlite::SqliteAutoVacuum::Incremental)
            .pragma("cache_size", WRITER_CACHE)
            .pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
            .pragma("journal_size_limit", JOURNAL_LIMIT);
        let mut writer = SqliteConnection::connect_with(&writing).await.map_err(unusable)?;
        MIGRATIONS.run(&mut writer).await.map_err(|error| match error {
            MigrateError::VersionMissing(_) => OpenError::Newer(path.to_owned()),
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => unusable(error),
            error => OpenError::Migration { path: path.to_owned(), error },
        })?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_with(options.read_only(true))
            .await
            .map_err(unusable)?;
        Ok(Self {
            path: path.into(),
            writer: Arc::new(Mutex::new(writer)),
            writing,
            readers,
            grown: Arc::default(),
        })
    }

    /// Where the database is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The writer, with no transaction open. After some failures (a full disk) SQLite has undone a transaction that
    /// the driver still counts; then there is a new connection.
    async fn writer(&self) -> Result<MutexGuard<'_, SqliteConnection>, StoreError> {
        let mut writer = self.writer.lock().await;
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

    /// Waits for the writer to finish and closes the readers.
    pub async fn close(&self) {
        let _last_write = self.writer.lock().await;
        self.readers.close().await;
    }
}
