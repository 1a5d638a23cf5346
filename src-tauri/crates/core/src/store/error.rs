//! Why a store could not be opened, or failed while it ran.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use sqlx::migrate::MigrateError;

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A newer version of the program has written it.
    #[error("{0} was written by a newer version of Vigie: install that version again, or move the file away")]
    Newer(PathBuf),
    /// It is damaged, or something else.
    #[error("{path} is damaged or no database of Vigie ({detail}): move it away, and a new one is begun")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What SQLite found first.
        detail: String,
    },
    /// There is no room even to open it.
    #[error("the disk is full, so {0} cannot be opened: make room, then start again; nothing is lost")]
    DiskFull(PathBuf),
    /// It may be read, but not written to.
    #[error(
        "{0} cannot be written to: the disk is read-only, or the file or its folder belongs to another user; make them \
         writable, then start again; nothing is lost"
    )]
    ReadOnly(PathBuf),
    /// The disk does not let us.
    #[error("{path} cannot be opened: {error}; check the folder's rights and the disk's space")]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        error: sqlx::Error,
    },
    /// The tables could not be brought to this version; the file is as it was.
    #[error("{path} cannot be brought to this version: {error}; it is as it was")]
    Migration {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        error: MigrateError,
    },
}

impl OpenError {
    /// What SQLite or the system says of this file.
    pub(super) fn of(path: &Path, error: impl Into<sqlx::Error>) -> Self {
        let (path, error) = (path.to_owned(), error.into());
        match Cause::of(&error) {
            Cause::Damaged => Self::Damaged { path, detail: error.to_string() },
            Cause::DiskFull => Self::DiskFull(path),
            Cause::ReadOnly => Self::ReadOnly(path),
            Cause::Refused | Cause::Other => Self::Unusable { path, error },
        }
    }
}

/// Why a running store failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no room; what was stored stays, and can be read.
    #[error("the disk is full: make room")]
    DiskFull,
    /// The database is damaged.
    #[error("the database is damaged ({0}): quit Vigie and start it again")]
    Damaged(String),
    /// SQLite refused.
    #[error("the database did not do it: {0}; check the disk")]
    Sqlite(sqlx::Error),
    /// What was asked for is not stored, or no longer.
    #[error("it is not stored, or no longer")]
    NotFound,
    /// As many deeds wait as may.
    #[error("{0} actions wait to be sent already: connect, or withdraw some")]
    OutboxFull(i64),
    /// As much is snoozed as may be.
    #[error("{0} alerts, customers and scenarios are snoozed at the most: wake some")]
    SnoozesFull(i64),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match Cause::of(&error) {
            Cause::Damaged => Self::Damaged(error.to_string()),
            Cause::DiskFull => Self::DiskFull,
            Cause::ReadOnly | Cause::Refused | Cause::Other => Self::Sqlite(error),
        }
    }
}

/// What stands behind a refusal of SQLite, as far as it matters to an analyst.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    Damaged,
    DiskFull,
    /// It may not be written to.
    ReadOnly,
    /// It does not know what was asked for: a table is missing, say.
    Refused,
    Other,
}

impl Cause {
    /// By SQLite's result codes (<https://www.sqlite.org/rescode.html>), or the system's.
    pub(super) fn of(error: &sqlx::Error) -> Self {
        const ERROR: i32 = 1;
        const PERMISSION: i32 = 3;
        const READ_ONLY: i32 = 8;
        const CORRUPT: i32 = 11;
        const FULL: i32 = 13;
        const NOT_A_DATABASE: i32 = 26;
        /// The journal's index cannot grow, which "may indicate that the volume is out of space".
        const SHARED_MEMORY_SIZE: i32 = 4874;
        if let sqlx::Error::Io(error) = error {
            return match error.kind() {
                ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::DiskFull,
                ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => Self::ReadOnly,
                _ => Self::Other,
            };
        }
        let code = error.as_database_error().and_then(|error| error.code()?.parse::<i32>().ok());
        match code {
            Some(SHARED_MEMORY_SIZE) => Self::DiskFull,
            // The lowest byte is the kind, the rest says more.
            Some(code) => match code & 0xff {
                CORRUPT | NOT_A_DATABASE => Self::Damaged,
                FULL => Self::DiskFull,
                PERMISSION | READ_ONLY => Self::ReadOnly,
                ERROR => Self::Refused,
                _ => Self::Other,
            },
            None => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_not_be_written_to_is_told_from_a_full_disk_and_says_what_to_do() {
        let path = Path::new("/media/ada/vigie.sqlite");
        for kind in [ErrorKind::ReadOnlyFilesystem, ErrorKind::PermissionDenied] {
            let error = OpenError::of(path, std::io::Error::from(kind));
            assert!(matches!(error, OpenError::ReadOnly(_)), "{error:?}");
            assert!(error.to_string().contains("make them writable, then start again"), "{error}");
        }
        let error = OpenError::of(path, std::io::Error::from(ErrorKind::StorageFull));
        assert!(matches!(error, OpenError::DiskFull(_)), "{error:?}");
    }
}
