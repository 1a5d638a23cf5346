//! Files of other versions: brought forward with a backup kept, or left alone to the byte.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ffi::OsString;

use sqlx::migrate::{Migration, MigrationType};
use sqlx::{AssertSqlSafe, SqlSafeStr as _};

use super::*;
use crate::store::settled::settled;
use crate::store::{NewSource, backups};

/// The migrations of a program to come: the first of ours, and then these.
fn to_come(statements: &[&'static str]) -> Migrator {
    let more = statements.iter().zip(2..).map(|(statement, version)| {
        let sql = AssertSqlSafe(*statement).into_sql_str();
        Migration::new(version, "to come".into(), MigrationType::Simple, sql, false)
    });
    let first = MIGRATIONS.migrations.iter().take(1).cloned();
    Migrator { migrations: Cow::Owned(first.chain(more).collect()), ..Migrator::DEFAULT }
}

async fn of_the_first_version(path: &Path) {
    let store = Store::open_with(path, &to_come(&[])).await.unwrap();
    let new = NewSource {
        name: "Retail".into(),
        url: "https://bank.example".parse().unwrap(),
        profile: "aml".into(),
        user: String::new(),
        parameters: crate::model::Parameters::new(),
        simulated: false,
        remembered: true,
    };
    store.add_source(new).await.unwrap();
    settle(store, path).await;
}

/// Ends as a program does that has ended: one file, and nothing of SQLite's beside it.
async fn settle(store: Store, path: &Path) {
    store.close().await;
    drop(store);
    settled(path).await;
}

/// The files of a folder, with what is in them.
fn files(folder: &Path) -> BTreeMap<OsString, Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    let files = entries.filter(|entry| entry.file_type().unwrap().is_file());
    files.map(|entry| (entry.file_name(), std::fs::read(entry.path()).unwrap())).collect()
}

/// On a full disk there is no room to write anything.
#[tokio::test]
async fn to_open_a_database_of_this_version_writes_nothing_into_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vigie.sqlite");
    Store::open(&path).await.unwrap().close().await;
    let before = std::fs::read(&path).unwrap();
    let _store = Store::open(&path).await.unwrap();
    assert_eq!(std::fs::metadata(names::beside(&path, "-wal")).unwrap().len(), 0);
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn a_file_of_the_first_version_is_brought_to_ours_and_keeps_what_is_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vigie.sqlite");
    of_the_first_version(&path).await;
    let store = Store::open(&path).await.unwrap();
    assert_eq!(store.sources().await.unwrap()[0].0.name, "Retail");
}

#[tokio::test]
async fn before_a_file_is_brought_forward_it_is_backed_up_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vigie.sqlite");
    of_the_first_version(&path).await;
    let next = to_come(&["DELETE FROM source"]);
    let store = Store::open_with(&path, &next).await.unwrap();
    assert_eq!(store.sources().await.unwrap().len(), 0);
    let kept = backups(&path).unwrap();
    assert_eq!(kept.len(), 1);
    let checked = crate::store::check(&kept[0].path).await.unwrap();
    assert_eq!((checked.version, checked.sources[0].name.as_str()), (1, "Retail"));
    // It is of this version now: there is nothing to back up at the next start.
    settle(store, &path).await;
    Store::open_with(&path, &next).await.unwrap();
    assert_eq!(backups(&path).unwrap(), kept);
}

#[tokio::test]
async fn a_migration_that_fails_leaves_the_file_as_it_was_also_what_those_before_it_did() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vigie.sqlite");
    of_the_first_version(&path).await;
    let failing = to_come(&["DELETE FROM source", "INSERT INTO nowhere VALUES (1)"]);
    match Store::open_with(&path, &failing).await {
        Err(error @ OpenError::Migration { .. }) => assert!(error.to_string().contains("it is as it was")),
        other => panic!("{:?}", other.err()),
    }
    let checked = crate::store::check(&path).await.unwrap();
    assert_eq!((checked.version, checked.sources.len()), (1, 1));
    let store = Store::open_with(&path, &to_come(&[])).await.unwrap();
    assert_eq!(store.sources().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_file_of_a_newer_version_is_refused_and_not_a_byte_of_the_folder_changes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vigie.sqlite");
    let newest = newest_version() + 1;
    let store = Store::open(&path).await.unwrap();
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (?, 'of tomorrow', 1, x'00', 0)",
    )
    .bind(newest)
    .execute(&mut *store.writer().await.unwrap())
    .await
    .unwrap();
    settle(store, &path).await;
    let before = files(folder.path());
    for _ in 0..2 {
        match Store::open_or_replace(&path).await {
            Err(error @ OpenError::Newer(_)) => {
                assert!(error.to_string().contains("install that version again"))
            }
            other => panic!("{:?}", other.err()),
        }
    }
    assert_eq!(files(folder.path()), before);
}

#[tokio::test]
async fn a_database_of_something_else_is_refused_and_gets_no_tables_of_ours() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("recipes.sqlite");
    let mut other = SqliteConnection::connect_with(&options(&path).create_if_missing(true)).await.unwrap();
    sqlx::query("CREATE TABLE recipe (name TEXT)").execute(&mut other).await.unwrap();
    other.close().await.unwrap();
    let before = files(folder.path());
    assert!(matches!(Store::open(&path).await, Err(OpenError::Damaged { .. })));
    assert_eq!(files(folder.path()), before);
}
