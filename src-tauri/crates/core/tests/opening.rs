//! A database that is damaged is set aside, kept and replaced; one that is sound is backed up.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed, and says where"
)]

#[path = "opening/backups.rs"]
mod backups;
#[path = "opening/damaged.rs"]
mod damaged;
#[path = "opening/emptied.rs"]
mod emptied;
#[path = "opening/interrupted.rs"]
mod interrupted;
#[path = "opening/reading_through.rs"]
mod reading_through;
#[path = "../src/store/settled.rs"]
mod settled;

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, SqliteConnection};
use tempfile::{TempDir, tempdir};
use vigie_core::model::{Parameters, Time};
use vigie_core::store::{NewSource, Opened, SetAside, Store};

use settled::settled;

/// 2026-01-01T00:00:00Z.
const NOW: Time = Time(1_767_225_600_000);
const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(24 * 3_600);
/// Where pages of tables are, and none that every start reads.
const FAR_INTO: usize = 3 << 20;

struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempdir().unwrap())
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("vigie.sqlite")
    }

    /// A database with a source, which a program has left that ended as it should.
    async fn with_source(&self, name: &str) -> PathBuf {
        let path = self.path();
        let store = Store::open(&path).await.unwrap();
        store.add_source(source(name)).await.unwrap();
        settle(store).await;
        path
    }

    /// The same, so large that it is not read through at a start.
    async fn large(&self) -> PathBuf {
        let path = self.with_source("Retail").await;
        execute(
            &path,
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12000)
             INSERT INTO rejected (source, received_at, reason, detail, length, head)
             SELECT 1, i, 'not_json', '', 0, printf('%01000d', i) FROM n",
        )
        .await;
        path
    }
}

fn source(name: &str) -> NewSource {
    NewSource {
        name: name.into(),
        url: format!("https://{}.example", name.to_lowercase()).parse().unwrap(),
        profile: "aml".into(),
        user: "ada".into(),
        parameters: Parameters::from([("branch".into(), vec!["7".into()])]),
        simulated: false,
        remembered: true,
    }
}

/// Ends as a program does that has ended: one file, and nothing of SQLite's beside it.
async fn settle(store: Store) {
    let path = store.path().to_owned();
    store.close().await;
    drop(store);
    settled(&path).await;
}

/// Does something to a database that nobody has open.
async fn execute(path: &Path, statement: &'static str) {
    let options = SqliteConnectOptions::new().filename(path);
    let mut writer = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::query(statement).execute(&mut writer).await.unwrap();
    writer.close().await.unwrap();
}

/// Overwrites some pages.
fn damage(path: &Path, from: usize) {
    let mut bytes = std::fs::read(path).unwrap();
    let until = bytes.len().min(from + (64 << 10));
    assert!(from < until, "there is something to damage");
    bytes[from..until].fill(0x5a);
    std::fs::write(path, bytes).unwrap();
}

/// What stands beside a database.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    PathBuf::from(format!("{}{suffix}", path.display()))
}

async fn names(store: &Store) -> Vec<String> {
    store.sources().await.unwrap().into_iter().map(|(source, _)| source.name).collect()
}

async fn replaced(path: &Path) -> (Store, SetAside) {
    let Opened { store, set_aside } = Store::open_or_replace(path).await.unwrap();
    (store, set_aside.expect("it was set aside"))
}

/// The first page of the events: what is before it can still be read.
async fn damage_events(path: &Path) {
    damage_table(path, "event").await;
}

/// The first page of a table's rows.
async fn damage_table(path: &Path, table: &str) {
    let mut reader =
        SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(path)).await.unwrap();
    let page: i64 = sqlx::query_scalar("SELECT rootpage FROM sqlite_schema WHERE name = ?")
        .bind(table)
        .fetch_one(&mut reader)
        .await
        .unwrap();
    let size: i64 = sqlx::query_scalar("PRAGMA page_size").fetch_one(&mut reader).await.unwrap();
    reader.close().await.unwrap();
    let (page, size) = (usize::try_from(page).unwrap(), usize::try_from(size).unwrap());
    let mut bytes = std::fs::read(path).unwrap();
    bytes[(page - 1) * size..page * size].fill(0x5a);
    std::fs::write(path, bytes).unwrap();
}
