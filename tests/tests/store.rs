//! The store's file: private to its version, whole after any end.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed, and says where"
)]

#[path = "store/bars.rs"]
mod bars;
#[path = "store/charts.rs"]
mod charts;
#[path = "store/decisions.rs"]
mod decisions;
#[path = "store/gaps.rs"]
mod gaps;
#[path = "store/groups.rs"]
mod groups;
#[path = "store/made.rs"]
mod made;
#[path = "store/pages.rs"]
mod pages;
#[path = "store/question.rs"]
mod question;
#[path = "store/retention.rs"]
mod retention;
#[path = "store/search.rs"]
mod search;
#[path = "store/snooze.rs"]
mod snooze;
#[path = "store/upgrade.rs"]
mod upgrade;

use sqlx::{Connection as _, SqliteConnection};
use tempfile::tempdir;
use vigie_core::desk::view::AlertFilter;
use vigie_core::model::{Kind, Parameters, SourceId, Time};
use vigie_core::profile::{Batch, Library};
use vigie_core::store::{AlertSide, NewSource, Side, Store, StoreError};
use vigie_core::transport::Frame;
use vigie_tests::server::{alert, alert_version, transaction};

const LIVE: Option<Time> = Some(Time(1));

async fn store_with_source(folder: &tempfile::TempDir) -> (Store, SourceId) {
    let store = Store::open(&folder.path().join("vigie.sqlite")).await.unwrap();
    let source = store
        .add_source(NewSource {
            name: "Retail".into(),
            url: "https://bank.example/".parse().unwrap(),
            profile: "big-defend".into(),
            user: "ada".into(),
            parameters: Parameters::new(),
            simulated: false,
            remembered: true,
        })
        .await
        .unwrap();
    (store, source.id)
}

fn closed_too() -> AlertFilter {
    AlertFilter { closed: true, ..AlertFilter::default() }
}

fn batch(frames: &[String]) -> Batch {
    let (library, mut batch) = (Library::built_in().unwrap(), Batch::default());
    let profile = library.profile("big-defend").unwrap();
    for frame in frames {
        let bytes = bytes::Bytes::from(frame.clone());
        profile.decode(
            &profile.transports[0].streams[0],
            &Frame { length: bytes.len(), bytes, received_at: Time(0), event: None, event_id: None },
            &mut batch,
        );
    }
    batch
}

#[tokio::test]
async fn what_is_no_database_is_said_to_be_none_and_left_alone() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("vigie.sqlite");
    std::fs::write(&path, "this is a shopping list, and long enough to be read as one".repeat(100)).unwrap();
    assert!(Store::open(&path).await.is_err());
    assert!(std::fs::read_to_string(&path).unwrap().starts_with("this is a shopping list"));
}

#[tokio::test]
async fn events_and_position_are_stored_together_or_not_at_all() {
    let folder = tempdir().unwrap();
    let (store, source) = store_with_source(&folder).await;
    store.ingest(source, &batch(&[transaction(1)]), LIVE).await.unwrap();
    // The next batch fails at its very end: its position cannot be written.
    let mut other = SqliteConnection::connect(&format!("sqlite://{}", store.path().display())).await.unwrap();
    sqlx::query(
        "CREATE TRIGGER full BEFORE UPDATE ON position BEGIN SELECT RAISE(ABORT, 'the disk is full'); END",
    )
    .execute(&mut other)
    .await
    .unwrap();
    let next = batch(&[transaction(2), alert(1, "critical")]);
    assert!(store.ingest(source, &next, LIVE).await.is_err());
    assert_eq!(store.transactions(None, Side::Newest, 10).await.unwrap().rows.len(), 1);
    assert_eq!(store.alerts(&AlertFilter::default(), AlertSide::Newest, 10).await.unwrap().rows.len(), 0);
    assert_eq!(store.positions(source).await.unwrap()["transactions"], "1");
    sqlx::query("DROP TRIGGER full").execute(&mut other).await.unwrap();
    let committed = store.ingest(source, &next, LIVE).await.unwrap();
    assert_eq!((committed.stored, committed.duplicates), (2, 0));
    assert_eq!(store.positions(source).await.unwrap()["transactions"], "2");
}

#[tokio::test]
async fn a_replay_is_free_and_a_change_is_not_a_replay() {
    let folder = tempdir().unwrap();
    let (store, source) = store_with_source(&folder).await;
    let all = [transaction(1), alert(1, "high"), alert_version(1, "high", "resolved", 1)];
    let first = store.ingest(source, &batch(&all), LIVE).await.unwrap();
    assert_eq!((first.stored, first.duplicates), (3, 0));
    let again = store.ingest(source, &batch(&all), None).await.unwrap();
    assert_eq!((again.stored, again.duplicates), (0, 3));
    let page = store.alerts(&closed_too(), AlertSide::Newest, 10).await.unwrap();
    assert_eq!(page.rows.len(), 1);
    assert!(page.rows[0].state.is_closed());
}

#[tokio::test]
async fn pages_hold_every_row_once_in_order_while_rows_arrive() {
    let folder = tempdir().unwrap();
    let (store, source) = store_with_source(&folder).await;
    let rows: Vec<String> = (1..=95).flat_map(|id| [transaction(id), alert(id, "low")]).collect();
    store.ingest(source, &batch(&rows), LIVE).await.unwrap();
    let (mut seen, mut side) = (Vec::new(), Side::Newest);
    loop {
        let page = store.transactions(Some(source), side, 10).await.unwrap();
        seen.extend(page.rows.into_iter().map(|row| row.subject));
        // A row that arrives meanwhile is above, and moves nothing below.
        let next = u32::try_from(200 + seen.len()).unwrap();
        store.ingest(source, &batch(&[transaction(next)]), LIVE).await.unwrap();
        let Some(next) = page.next else { break };
        side = Side::Before(next);
    }
    let expected: Vec<String> = (1..=95).rev().map(|id| format!("t-{id}")).collect();
    assert_eq!(seen, expected);
    let (mut alerts, mut side) = (0, AlertSide::Newest);
    loop {
        let page = store.alerts(&AlertFilter::default(), side, 10).await.unwrap();
        assert_eq!(page.total, 95);
        alerts += page.rows.len();
        let Some(next) = page.next else { break };
        side = AlertSide::Before(next);
    }
    assert_eq!(alerts, 95);
}

#[tokio::test]
async fn filters_choose_by_severity_source_and_whether_anything_is_left_to_do() {
    let folder = tempdir().unwrap();
    let (store, source) = store_with_source(&folder).await;
    let frames = [alert(1, "low"), alert(2, "critical"), alert_version(3, "critical", "false_positive", 0)];
    store.ingest(source, &batch(&frames), LIVE).await.unwrap();
    let subjects = async |filter: AlertFilter| -> Vec<String> {
        let mut subjects: Vec<String> = store
            .alerts(&filter, AlertSide::Newest, 10)
            .await
            .unwrap()
            .rows
            .into_iter()
            .map(|row| row.subject)
            .collect();
        subjects.sort();
        subjects
    };
    use vigie_core::model::Severity::Critical;
    assert_eq!(subjects(AlertFilter::default()).await, ["a-1", "a-2"]);
    assert_eq!(subjects(AlertFilter { severities: vec![Critical], ..AlertFilter::default() }).await, ["a-2"]);
    let closed = AlertFilter { severities: vec![Critical], closed: true, ..AlertFilter::default() };
    assert_eq!(subjects(closed).await, ["a-2", "a-3"]);
    let elsewhere = AlertFilter { source: Some(SourceId(99)), ..AlertFilter::default() };
    assert_eq!(subjects(elsewhere).await, Vec::<String>::new());
}

#[tokio::test]
async fn removing_a_source_removes_everything_that_came_from_it() {
    let folder = tempdir().unwrap();
    let (store, source) = store_with_source(&folder).await;
    let frames = [
        transaction(1),
        alert(1, "high"),
        "nonsense".to_owned(),
        r#"{"type":"riskUpdate","payload":{}}"#.into(),
    ];
    store.ingest(source, &batch(&frames), LIVE).await.unwrap();
    assert_eq!(store.event(4).await.map(|event| event.kind).unwrap_or(Kind::Metrics), Kind::Metrics);
    store.remove_source(source).await.unwrap();
    assert_eq!(store.summary().await.unwrap().transactions.events, 0);
    assert_eq!(store.alerts(&AlertFilter::default(), AlertSide::Newest, 10).await.unwrap().total, 0);
    assert_eq!(store.rejected().await.unwrap(), []);
    assert!(store.sources().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_store_that_is_closed_is_one_file_and_takes_nothing_more() {
    let folder = tempdir().unwrap();
    let (store, source) = store_with_source(&folder).await;
    store.ingest(source, &batch(&[transaction(1)]), LIVE).await.unwrap();
    let [journal, index] = ["-wal", "-shm"].map(|suffix| folder.path().join(format!("vigie.sqlite{suffix}")));
    assert!(journal.exists());
    // Somebody may still have a handle of it.
    let other = store.clone();
    store.close().await;
    assert!(!journal.exists() && !index.exists());
    assert!(other.ingest(source, &batch(&[transaction(2)]), LIVE).await.is_err());
    let again = Store::open(other.path()).await.unwrap();
    assert_eq!(again.summary().await.unwrap().transactions.events, 1);
}

#[tokio::test]
async fn after_a_full_disk_the_store_goes_on_and_has_lost_nothing() {
    let folder = tempdir().unwrap();
    let (store, source) = store_with_source(&folder).await;
    store.ingest(source, &batch(&[transaction(1)]), LIVE).await.unwrap();
    // The writer may not grow the file any more, as on a full disk; SQLite then undoes the transaction by itself.
    store.limit_pages(Some(45)).await.unwrap();
    let large: Vec<String> = (2..400).map(transaction).collect();
    for _ in 0..2 {
        let failed = store.ingest(source, &batch(&large), LIVE).await;
        assert!(matches!(failed, Err(StoreError::DiskFull)), "{failed:?}");
    }
    store.limit_pages(None).await.unwrap();
    let committed = store.ingest(source, &batch(&large), LIVE).await.unwrap();
    assert_eq!((committed.stored, committed.duplicates), (398, 0));
    assert_eq!(store.summary().await.unwrap().transactions.events, 399);
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_can_read_the_file_or_what_sqlite_keeps_beside_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempdir().unwrap();
    std::fs::write(folder.path().join("vigie.sqlite"), "").unwrap();
    let (store, source) = store_with_source(&folder).await;
    store.ingest(source, &batch(&[transaction(1)]), LIVE).await.unwrap();
    let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(Result::unwrap).collect();
    assert_eq!(files.len(), 4);
    for file in files {
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.file_name());
    }
}
