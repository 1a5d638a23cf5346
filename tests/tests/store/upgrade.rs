//! A database of the first version is brought to this one with all that is in it.

use std::path::Path;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, SqliteConnection};
use tempfile::tempdir;
use vigie_core::desk::view::AlertFilter;
use vigie_core::model::{Kind, Severity, Time};
use vigie_core::store::{AlertSide, Facet, Feed, Following, Retention, SearchQuery, Side, Store};

/// A database as a program has left it that knew so many migrations.
async fn left_by(path: &Path, migrations: usize, content: &'static str) {
    let all = sqlx::migrate!("../src-tauri/crates/core/migrations");
    let known = Migrator { migrations: all.migrations[..migrations].to_vec().into(), ..all };
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let mut old = SqliteConnection::connect_with(&options).await.unwrap();
    known.run(&mut old).await.unwrap();
    sqlx::raw_sql(content).execute(&mut old).await.unwrap();
    old.close().await.unwrap();
}

#[tokio::test]
async fn what_an_open_alert_of_an_older_version_tells_of_is_not_let_go() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("vigie.sqlite");
    left_by(
        &path,
        3,
        "INSERT INTO source (name, url, profile, user, parameters) VALUES ('Retail', 'https://b.example', 'aml', '', '{}');
         INSERT INTO event (source, kind, subject, digest, received_at, txn, raw)
         VALUES (1, 1, 't-1', 0, 1000, NULL, '{}'), (1, 1, 't-2', 0, 1000, NULL, '{}'),
                (1, 2, 'a-1', 0, 1000, 't-1', '{}');
         INSERT INTO alert (source, subject, event, severity, state, closed, occurred_at, received_at, change, pending, away)
         VALUES (1, 'a-1', 3, 3, 'open', 0, 1000, 1000, 1, 0, 0);",
    )
    .await;
    let store = Store::open(&path).await.unwrap();
    let kept = Retention { age: Duration::from_secs(1), bytes: u64::MAX };
    assert_eq!(store.retire(Time(10_000), &kept, 0).await.unwrap().events, 1);
    let left = store.events_after(0, 10).await.unwrap();
    assert_eq!(left.iter().map(|event| event.subject.as_str()).collect::<Vec<_>>(), ["t-1", "a-1"]);
}

#[tokio::test]
async fn a_database_of_the_first_version_keeps_everything_and_is_listed_counted_and_found() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("vigie.sqlite");
    left_by(
        &path,
        1,
        "INSERT INTO source (name, url, profile, user, parameters) VALUES ('Retail', 'https://b.example', 'aml', '', '{}');
         INSERT INTO event (source, kind, subject, digest, received_at, occurred_at, severity, state, customer_name,
             amount, currency, country, raw)
         VALUES (1, 1, 't-1', 0, 1000, 900, NULL, NULL, 'Noé', '2.5', 'EUR', 'FR', '{}'),
                (1, 2, 'a-1', 1, 2000, 1900, 3, 'open', 'Ada', NULL, NULL, NULL, '{}'),
                (1, 2, 'a-1', 2, 3000, 1900, 3, 'resolved', 'Ada', NULL, NULL, NULL, '{}'),
                (1, 9, 'cash', 1, 3000, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '{}'),
                (1, 9, 'cash', 2, 4000, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '{}');
         INSERT INTO alert (source, subject, event, severity, state, closed, occurred_at, received_at, change, pending, away)
         VALUES (1, 'a-1', 3, 3, 'resolved', 1, 1900, 2000, 2, 0, 0);
         INSERT INTO tally VALUES (1, 1, 1), (1, 2, 2), (1, 9, 2);",
    )
    .await;

    let store = Store::open(&path).await.unwrap();
    assert_eq!(store.transactions(None, Side::Newest, 10).await.unwrap().rows[0].subject, "t-1");
    assert_eq!(store.summary().await.unwrap().transactions, Feed { newest: 1, events: 1 });
    assert_eq!(store.summary().await.unwrap().activity, Feed { newest: 5, events: 2 });
    let activity = store.activity(None, Some(Kind::Balance), Side::Newest, 10).await.unwrap();
    assert_eq!(activity.rows.iter().map(|row| row.id).collect::<Vec<_>>(), [5]);
    let filter = AlertFilter { severities: vec![Severity::Critical], closed: true, ..AlertFilter::default() };
    assert_eq!(store.alerts(&filter, AlertSide::Newest, 10).await.unwrap().total, 1);
    let (from, until) = (Time(0), Time(i64::MAX));
    let raised = store.bars(Facet::Severity, Kind::Alert, from, until, None).await.unwrap();
    assert_eq!(raised.iter().map(|one| (one.value.as_str(), one.events)).collect::<Vec<_>>(), [("3", 1)]);
    let paid = store.bars(Facet::Currency, Kind::Transaction, from, until, None).await.unwrap();
    assert_eq!((paid[0].value.as_str(), paid[0].events, paid[0].amount), ("EUR", 1, 2.5));
    let query = SearchQuery { text: "noe".into(), ..SearchQuery::default() };
    assert_eq!(store.search(&query, None, 10).await.unwrap().rows[0].event.subject, "t-1");
}

#[tokio::test]
async fn what_the_index_of_an_older_version_did_not_have_is_found_once_it_was_made_anew() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("vigie.sqlite");
    left_by(
        &path,
        9,
        "INSERT INTO source (name, url, profile, user, parameters) VALUES ('Retail', 'https://b.example', 'aml', '', '{}');
         WITH RECURSIVE number (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM number WHERE n < 1500)
         INSERT INTO event (source, kind, subject, digest, received_at, amount, raw)
         SELECT 1, 1, 't-' || n, 0, 1000 + n, CASE n WHEN 1 THEN '70000' ELSE '5' END, '{}' FROM number;
         INSERT INTO event_words (rowid, words) SELECT id, 'old' FROM event;
         UPDATE words_until SET event = 1500;",
    )
    .await;
    let store = Store::open(&path).await.unwrap();
    let asks = [
        SearchQuery { more_than: Some(1_000.0), ..SearchQuery::default() },
        SearchQuery { text: "70000".into(), ..SearchQuery::default() },
    ];
    for is_indexed in [false, true] {
        for asked in &asks {
            let page = store.search(asked, None, 10).await.unwrap();
            let subjects: Vec<&str> = page.rows.iter().map(|row| row.event.subject.as_str()).collect();
            assert_eq!((subjects, page.next), (vec!["t-1"], None), "{is_indexed} {asked:?}");
        }
        while store.index_words(Following::CLOSELY).await.unwrap() {}
    }
    let gone = SearchQuery { text: "old".into(), ..SearchQuery::default() };
    assert_eq!(store.search(&gone, None, 10).await.unwrap().rows, []);
}
