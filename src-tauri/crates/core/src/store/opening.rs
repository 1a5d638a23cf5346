//! Opens a database: looks at it before anything is written to it, brings it to this version, and connects.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{
    SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};
use tokio::sync::Mutex;

use super::backup::{self, BackupError};
use super::check::{EMPTIED, GONE, is_at_rest};
use super::condition::Condition;
use super::health::Health;
use super::{MIGRATIONS, OpenError, Store, names, private};
use crate::clock::{Clock as _, SystemClock};

/// Readers at once: the window's lists, the desk's counts and one to spare.
const READERS: u32 = 3;
/// How long a connection waits for another program (a backup, `vigie-cli`) that holds the database.
pub(super) const BUSY_LIMIT: Duration = Duration::from_secs(5);
/// A database of up to this size in bytes is read through before it is opened: that takes some milliseconds. A larger
/// one is read through beside the work (1.2 s for 863 MB, measured), because nobody should wait for it at each start;
/// what SQLite notices by itself (no database, an unreadable schema, a file cut short) is noticed at once all the same.
const READ_THROUGH_LIMIT: u64 = 8 << 20;
/// The journal is cut back to this many bytes when it could be cleared: a backup lets it grow.
const JOURNAL_LIMIT: &str = "67108864";
/// What the writer keeps of the database in memory: the inner pages of the indexes (negative: KiB).
const WRITER_CACHE: &str = "-8192";
/// The journal is written back when it has so many pages of 4 KiB: pages that change again and again are written back
/// once.
const CHECKPOINT_PAGES: &str = "4000";

impl Store {
    /// Opens the database at `path`, made if it is not there, and brings it to this version. A damaged one is refused;
    /// so is one of a newer version, of which not a byte is changed.
    pub async fn open(path: &Path) -> Result<Self, OpenError> {
        Self::open_with(path, &MIGRATIONS).await
    }

    async fn open_with(path: &Path, migrations: &Migrator) -> Result<Self, OpenError> {
        let left = Health::of(path);
        if look(path, left.damage.is_some(), newest_of(migrations)).await? == Stands::Older {
            keep_as_it_was(path).await?;
        }
        let writer = writer_with(path, migrations).await?;
        // A file does not hang up: to ask before each reading whether it has costs as much as many a reading.
        let readers = SqlitePoolOptions::new().max_connections(READERS).test_before_acquire(false);
        let readers = match readers.connect_with(options(path).read_only(true)).await {
            Ok(readers) => readers,
            Err(error) => {
                close(writer).await;
                return Err(OpenError::of(path, error));
            }
        };
        Ok(Self {
            path: path.into(),
            writer: Arc::new(Mutex::new(Some(writer))),
            writing: writing(path),
            readers,
            condition: Arc::new(Condition::begin(path, left)),
            grown: Arc::default(),
            stored: Arc::default(),
        })
    }
}

/// How a file stands to this version of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stands {
    /// There is nothing in it yet.
    New,
    /// An older version has written it.
    Older,
    Current,
}

/// Looks at the file without writing to it. `thoroughly`: it is suspected of being damaged; `newest`: the version that
/// it may have at most.
async fn look(path: &Path, thoroughly: bool, newest: i64) -> Result<Stands, OpenError> {
    let size = match std::fs::metadata(path) {
        Ok(file) => file.len(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
        Err(error) => return Err(OpenError::of(path, error)),
    };
    if size == 0 {
        return look_at_nothing(path);
    }
    let mut reader = reader(path).await.map_err(|error| OpenError::of(path, error))?;
    let looked = look_with(&mut reader, path, thoroughly || size <= READ_THROUGH_LIMIT, newest).await;
    close(reader).await;
    looked
}

/// A file that is missing is new, and so is an empty one; but not where there was something in it once. SQLite would
/// throw away the journal beside it, and the backups of what begins in its place would push out those of what it held.
/// Who has taken the file away and its journal with it wanted to begin anew.
fn look_at_nothing(path: &Path) -> Result<Stands, OpenError> {
    let has_journal = std::fs::metadata(names::beside(path, "-wal")).is_ok_and(|journal| journal.len() > 0);
    if !path.try_exists().map_err(|error| OpenError::of(path, error))? {
        return match has_journal {
            true => Err(OpenError::Damaged { path: path.to_owned(), detail: GONE.to_owned() }),
            false => Ok(Stands::New),
        };
    }
    let has_backup = !backup::backups(path).map_err(|error| OpenError::of(path, error))?.is_empty();
    if has_journal || has_backup || Health::is_known(path) {
        return Err(OpenError::Damaged { path: path.to_owned(), detail: EMPTIED.to_owned() });
    }
    Ok(Stands::New)
}

async fn look_with(
    reader: &mut SqliteConnection,
    path: &Path,
    through: bool,
    newest: i64,
) -> Result<Stands, OpenError> {
    let failed = |error: sqlx::Error| OpenError::of(path, error);
    let (tables, ours) = sqlx::query_as::<_, (i64, i64)>(
        "SELECT COUNT(*), COUNT(*) FILTER (WHERE name = '_sqlx_migrations') FROM sqlite_schema",
    )
    .fetch_one(&mut *reader)
    .await
    .map_err(failed)?;
    if tables == 0 {
        return Ok(Stands::New);
    }
    if ours == 0 {
        let detail = "it has other tables".to_owned();
        return Err(OpenError::Damaged { path: path.to_owned(), detail });
    }
    let version: i64 = sqlx::query_scalar("SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations")
        .fetch_one(&mut *reader)
        .await
        .map_err(failed)?;
    if version > newest {
        return Err(OpenError::Newer(path.to_owned()));
    }
    if through {
        let found = read_through(reader, true).await.map_err(failed)?;
        if let Some(detail) = found {
            return Err(OpenError::Damaged { path: path.to_owned(), detail });
        }
    }
    Ok(match version {
        0 => Stands::New,
        version if version < newest => Stands::Older,
        _ => Stands::Current,
    })
}

/// The newest version of the tables that this program knows.
pub(super) fn newest_version() -> i64 {
    newest_of(&MIGRATIONS)
}

fn newest_of(migrations: &Migrator) -> i64 {
    migrations.iter().map(|migration| migration.version).max().unwrap_or_default()
}

/// Reads a database through; gives what is wrong with it first. `thoroughly`: also whether its indexes fit its tables.
pub(super) async fn read_through(
    reader: &mut SqliteConnection,
    thoroughly: bool,
) -> Result<Option<String>, sqlx::Error> {
    let check = if thoroughly { "PRAGMA integrity_check(1)" } else { "PRAGMA quick_check(1)" };
    let found: String = sqlx::query_scalar(check).fetch_one(reader).await?;
    Ok((found != "ok").then(|| found.replace('\n', "; ")))
}

/// Before it is brought to this version it is backed up: the new version may do to it what nobody intended. Where there
/// is no room for that, it goes on without: a migration that fails undoes itself.
async fn keep_as_it_was(path: &Path) -> Result<(), OpenError> {
    match backup::back_up(path, SystemClock::default().now()).await {
        Ok(backup) => {
            tracing::info!(backup = %backup.path.display(), "the database is of an older version; it was backed up");
            Ok(())
        }
        Err(BackupError::Damaged(detail)) => Err(OpenError::Damaged { path: path.to_owned(), detail }),
        Err(error) => {
            tracing::warn!(%error, "the database is brought to this version without a backup");
            Ok(())
        }
    }
}

/// What all connections have in common.
fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(BUSY_LIMIT)
        .foreign_keys(true)
        // Statements hold customers' data: they are never logged.
        .disable_statement_logging()
}

fn writing(path: &Path) -> SqliteConnectOptions {
    options(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .pragma("cache_size", WRITER_CACHE)
        .pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
        .pragma("journal_size_limit", JOURNAL_LIMIT)
}

/// A connection that writes, to tables of this version.
pub(super) async fn writer(path: &Path) -> Result<SqliteConnection, OpenError> {
    writer_with(path, &MIGRATIONS).await
}

async fn writer_with(path: &Path, migrations: &Migrator) -> Result<SqliteConnection, OpenError> {
    let failed = |error: sqlx::Error| OpenError::of(path, error);
    private::make(path).map_err(|error| failed(error.into()))?;
    let mut options = writing(path);
    if std::fs::metadata(path).map_err(|error| failed(error.into()))?.len() == 0 {
        // It counts for a new file only, and costs a write on any: an old one is to be opened on a full disk too.
        options = options.auto_vacuum(SqliteAutoVacuum::Incremental);
    }
    let mut writer = SqliteConnection::connect_with(&options).await.map_err(failed)?;
    match migrate(&mut writer, path, migrations).await {
        Ok(()) => Ok(writer),
        Err(error) => {
            close(writer).await;
            Err(error)
        }
    }
}

/// Brings the tables to the newest version of these, all the way or not at all: half-way, neither this version of the
/// program nor the older one could use them.
async fn migrate(writer: &mut SqliteConnection, path: &Path, migrations: &Migrator) -> Result<(), OpenError> {
    let failed = |error: MigrateError| match error {
        MigrateError::VersionMissing(_) => OpenError::Newer(path.to_owned()),
        MigrateError::Execute(error) => OpenError::of(path, error),
        error => OpenError::Migration { path: path.to_owned(), error },
    };
    let begun = writer.begin_with("BEGIN IMMEDIATE").await;
    let mut writing = begun.map_err(|error| OpenError::of(path, error))?;
    migrations.run(&mut *writing).await.map_err(failed)?;
    writing.commit().await.map_err(|error| OpenError::of(path, error))
}

/// A connection of its own that reads, for what takes long. A database that nobody uses is read without anything being
/// made beside it.
pub(super) async fn reader(path: &Path) -> Result<SqliteConnection, sqlx::Error> {
    let is_at_rest = is_at_rest(path).unwrap_or(false);
    SqliteConnection::connect_with(&options(path).read_only(true).immutable(is_at_rest)).await
}

/// Closes a connection now and not some time later: its files may be about to be moved.
pub(super) async fn close(connection: SqliteConnection) {
    if let Err(error) = connection.close().await {
        tracing::warn!(%error, "a connection to the database did not close as it should");
    }
}

#[cfg(test)]
mod tests;
