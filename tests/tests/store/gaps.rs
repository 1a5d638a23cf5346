//! Gaps that were filled come often and matter little: they push out none that was not.

use sqlx::{Connection as _, SqliteConnection};
use tempfile::{TempDir, tempdir};
use vigie_core::model::{SourceId, Time};
use vigie_core::profile::Batch;
use vigie_core::store::{GapEnd, Store};

use crate::made::{source, store};

async fn with_a_loss(folder: &TempDir) -> (Store, SourceId) {
    let store = store(folder).await;
    let source = source(&store, "one").await;
    store.ingest(source, &Batch::default(), Some(Time(1))).await.unwrap();
    store.open_gap(source, "disconnected").await.unwrap();
    let lost = GapEnd { earliest: Time(1), end: Time(2), filled_at: None, how: "not_replayable" };
    store.end_gap(source, lost).await.unwrap();
    (store, source)
}

/// So many gaps that have ended, and one that lasts.
async fn busy(store: &Store, source: SourceId, gaps: u32, filled: bool) {
    let mut file = SqliteConnection::connect(&format!("sqlite://{}", store.path().display())).await.unwrap();
    sqlx::query(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
         INSERT INTO gap (source, start, end, reason, closed_at, how)
         SELECT ?2, 10 * i, 10 * i + 1, 'sequence', CASE WHEN ?3 THEN 10 * i + 2 END, 'lists' FROM n",
    )
    .bind(gaps)
    .bind(source.0)
    .bind(filled)
    .execute(&mut file)
    .await
    .unwrap();
    store.open_gap(source, "sequence").await.unwrap();
}

#[tokio::test]
async fn a_busy_hour_of_filled_gaps_leaves_what_is_missing_kept_and_in_sight() {
    let folder = tempdir().unwrap();
    let (store, source) = with_a_loss(&folder).await;
    busy(&store, source, 1_500, true).await;
    let shown = store.gaps().await.unwrap();
    let firsts: Vec<_> = shown.iter().take(3).map(|gap| (gap.end, gap.how.as_deref())).collect();
    assert_eq!(
        firsts,
        [(None, None), (Some(Time(2)), Some("not_replayable")), (Some(Time(15_001)), Some("lists"))],
        "what lasts and what is missing come before what was filled"
    );
}

#[tokio::test]
async fn gaps_are_bounded_whether_they_were_filled_or_not() {
    let folder = tempdir().unwrap();
    let (store, source) = with_a_loss(&folder).await;
    for filled in [true, false] {
        busy(&store, source, 1_500, filled).await;
    }
    let mut file = SqliteConnection::connect(&format!("sqlite://{}", store.path().display())).await.unwrap();
    let kept: Vec<(bool, i64)> = sqlx::query_as(
        "SELECT closed_at IS NOT NULL, COUNT(*) FROM gap WHERE end IS NOT NULL GROUP BY 1 ORDER BY 1",
    )
    .fetch_all(&mut file)
    .await
    .unwrap();
    assert_eq!(kept, [(false, 1_000), (true, 1_000)]);
}
