//! Looks at a database without touching it: nothing is made, migrated or written.

use std::path::{Path, PathBuf};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};

use super::error::Cause;
use super::names;
use super::opening::{self, BUSY_LIMIT};
use super::sources::SourceRecord;
use crate::model::Source;

/// What is known of a sound database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The version of its tables.
    pub version: i64,
    /// Whether this program has a newer version of them, to which it brings the database when it opens it.
    pub is_older: bool,
    /// The sources in it, in the order they were added.
    pub sources: Vec<Source>,
}

/// What is wrong with a database.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// There is none.
    #[error("there is none at {0}")]
    Absent(PathBuf),
    /// Its journal came without the journal's index: it was copied or moved while it was in use.
    #[error("{0} was copied or moved while it was in use: start Vigie with it once, then check again")]
    Unsettled(PathBuf),
    /// It is damaged, or something else.
    #[error(
        "{path} is damaged or no database of Vigie ({detail}): start Vigie, which keeps it and goes on with a backup, or move it away"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What SQLite found first.
        detail: String,
    },
    /// A newer version of the program has written it.
    #[error("{path} has version {version}, this program knows {known}: install the newer version again")]
    Newer {
        /// The file.
        path: PathBuf,
        /// The version of its tables.
        version: i64,
        /// The newest that this program knows.
        known: i64,
    },
    /// It cannot be read.
    #[error("{path} cannot be read: {detail}; check the rights of the file and its folder")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        detail: String,
    },
}

/// What is said of a file that was emptied.
pub(super) const EMPTIED: &str = "there is nothing in it";
/// What is said of a file that is missing while its journal is there.
pub(super) const GONE: &str = "it is gone, and its journal is there";

/// Checks the database at `path` while others may be using it.
pub async fn check(path: &Path) -> Result<Checked, CheckError> {
    let failed = |error: sqlx::Error| {
        let (path, detail) = (path.to_owned(), error.to_string());
        match Cause::of(&error) {
            Cause::Damaged | Cause::Refused => CheckError::Damaged { path, detail },
            Cause::DiskFull | Cause::ReadOnly | Cause::Other => CheckError::Unreadable { path, detail },
        }
    };
    let is_at_rest = is_at_rest(path)?;
    if std::fs::metadata(path).is_ok_and(|file| file.len() == 0) {
        // SQLite would take away the journal beside it, even to read it.
        return Err(CheckError::Damaged { path: path.to_owned(), detail: EMPTIED.to_owned() });
    }
    let options = SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .immutable(is_at_rest)
        .busy_timeout(BUSY_LIMIT)
        .disable_statement_logging();
    let mut reader = SqliteConnection::connect_with(&options).await.map_err(failed)?;
    if let Some(detail) = opening::read_through(&mut reader, false).await.map_err(failed)? {
        return Err(CheckError::Damaged { path: path.to_owned(), detail });
    }
    let version = sqlx::query_scalar("SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations")
        .fetch_one(&mut reader)
        .await
        .map_err(failed)?;
    let known = opening::newest_version();
    if version > known {
        return Err(CheckError::Newer { path: path.to_owned(), version, known });
    }
    let records = sqlx::query_as::<_, SourceRecord>("SELECT * FROM source ORDER BY id")
        .fetch_all(&mut reader)
        .await
        .map_err(failed)?;
    // It was only read: there is nothing that closing could fail to keep.
    let _closed = reader.close().await;
    let sources = records.into_iter().filter_map(SourceRecord::source).collect();
    Ok(Checked { version, is_older: version < known, sources })
}

/// Whether the database is one file that nobody uses. SQLite would make a journal and its index beside it to read it,
/// unless it is told that nothing will change.
pub(super) fn is_at_rest(path: &Path) -> Result<bool, CheckError> {
    let length = |suffix: &str| {
        let name = names::beside(path, suffix);
        match std::fs::metadata(&name) {
            Ok(file) => Ok(Some(file.len())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(CheckError::Unreadable { path: name, detail: error.to_string() }),
        }
    };
    if length("")?.is_none() {
        return Err(CheckError::Absent(path.to_owned()));
    }
    match (length("-wal")?, length("-shm")?) {
        (None | Some(0), None) => Ok(true),
        (_, Some(_)) => Ok(false),
        (Some(_), None) => Err(CheckError::Unsettled(path.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::ffi::OsString;

    use super::*;
    use crate::model::Parameters;
    use crate::store::settled::settled;
    use crate::store::{NewSource, Store};

    /// The files of a folder, with what is in them.
    fn files(folder: &Path) -> BTreeMap<OsString, Vec<u8>> {
        let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
        entries.map(|entry| (entry.file_name(), std::fs::read(entry.path()).unwrap())).collect()
    }

    async fn with_a_source(path: &Path) -> Store {
        let store = Store::open(path).await.unwrap();
        let new = NewSource {
            name: "Retail".into(),
            url: "https://bank.example".parse().unwrap(),
            profile: "aml".into(),
            user: "ada".into(),
            parameters: Parameters::new(),
            simulated: false,
            remembered: true,
        };
        store.add_source(new).await.unwrap();
        store
    }

    /// A database at rest: what a program leaves behind that has ended.
    async fn at_rest(path: &Path) {
        drop(with_a_source(path).await);
        settled(path).await;
    }

    #[tokio::test]
    async fn a_database_at_rest_is_read_and_nothing_is_made_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vigie.sqlite");
        at_rest(&path).await;
        let before = files(folder.path());
        let checked = check(&path).await.unwrap();
        assert_eq!((checked.is_older, checked.sources.len()), (false, 1));
        assert_eq!(checked.sources[0].name, "Retail");
        assert_eq!(files(folder.path()), before);
    }

    #[tokio::test]
    async fn a_database_in_use_is_read_as_it_stands() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vigie.sqlite");
        let store = with_a_source(&path).await;
        assert_eq!(check(&path).await.unwrap().sources.len(), 1);
        store.newest_event().await.unwrap();
    }

    #[tokio::test]
    async fn what_is_wrong_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vigie.sqlite");
        assert!(matches!(check(&path).await, Err(CheckError::Absent(_))));
        assert!(files(folder.path()).is_empty(), "a check makes no database");
        std::fs::write(&path, "no database at all, whatever its name says").unwrap();
        assert!(matches!(check(&path).await, Err(CheckError::Damaged { .. })));
        std::fs::write(&path, "").unwrap();
        assert!(matches!(check(&path).await, Err(CheckError::Damaged { .. })), "it has no tables");
        std::fs::remove_file(&path).unwrap();
        at_rest(&path).await;
        std::fs::write(folder.path().join("vigie.sqlite-wal"), "x").unwrap();
        assert!(matches!(check(&path).await, Err(CheckError::Unsettled(_))));
        std::fs::remove_file(folder.path().join("vigie.sqlite-wal")).unwrap();
        let mut bytes = std::fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle..].fill(0x5a);
        std::fs::write(&path, bytes).unwrap();
        assert!(matches!(check(&path).await, Err(CheckError::Damaged { .. })));
    }

    #[tokio::test]
    async fn a_database_of_a_newer_program_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vigie.sqlite");
        let store = with_a_source(&path).await;
        sqlx::query(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             VALUES (9999, 'of tomorrow', 1, x'00', 0)",
        )
        .execute(&mut *store.writer().await.unwrap())
        .await
        .unwrap();
        assert!(matches!(check(&path).await, Err(CheckError::Newer { version: 9999, .. })));
    }
}
