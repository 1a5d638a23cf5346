//! What is old or too much goes, and never what an open alert rests on.

use std::time::Duration;

use tempfile::tempdir;
use vigie_core::desk::view::AlertFilter;
use vigie_core::model::{AlertState, Kind, Severity, Time};
use vigie_core::store::{AlertSide, Following, Retention, SearchQuery, Side, Store};

use crate::made::{alert, event, put, source, store};

const DAY: i64 = 24 * 3_600;

async fn retire(store: &Store, now: i64, kept: Retention) -> u64 {
    let (mut after, mut events) = (0, 0);
    loop {
        let retired = store.retire(Time(now * 1_000), &kept, after).await.unwrap();
        events += retired.events;
        match retired.next {
            Some(next) => after = next,
            None => return events,
        }
    }
}

fn days(days: u64) -> Retention {
    Retention { age: Duration::from_secs(days * 24 * 3_600), bytes: u64::MAX }
}

async fn subjects(store: &Store) -> Vec<String> {
    let all = store.events_after(0, 200).await.unwrap();
    all.into_iter().map(|event| event.subject).collect()
}

#[tokio::test]
async fn the_old_goes_and_what_an_open_alert_rests_on_stays() {
    let folder = tempdir().unwrap();
    let store = store(&folder).await;
    let source = source(&store, "one").await;
    let mut about = alert("still open", Severity::Low, AlertState::Open, DAY);
    about.facts.transaction = Some("its payment".to_owned());
    let made = vec![
        event(Kind::Transaction, "old payment", DAY),
        event(Kind::Transaction, "its payment", DAY),
        event(Kind::Order, "old order", DAY),
        about,
        alert("long closed", Severity::Critical, AlertState::Open, DAY),
        alert("long closed", Severity::Critical, AlertState::Resolved, DAY + 1),
        alert("closed late", Severity::Critical, AlertState::Open, DAY),
        alert("closed late", Severity::Critical, AlertState::Resolved, 30 * DAY),
        event(Kind::Transaction, "new payment", 30 * DAY),
    ];
    put(&store, source, made).await;
    assert_eq!(retire(&store, 31 * DAY, days(10)).await, 5);
    assert_eq!(subjects(&store).await, ["its payment", "still open", "closed late", "new payment"]);
    let filter = AlertFilter { closed: true, ..AlertFilter::default() };
    let alerts = store.alerts(&filter, AlertSide::Newest, 10).await.unwrap();
    assert_eq!(alerts.total, 2);
    assert_eq!(
        alerts.rows.iter().map(|row| row.subject.as_str()).collect::<Vec<_>>(),
        ["closed late", "still open"]
    );
    assert_eq!(store.summary().await.unwrap().transactions.events, 2);
    assert_eq!(store.activity(None, None, Side::Newest, 10).await.unwrap().rows, []);
    assert_eq!(retire(&store, 31 * DAY, days(10)).await, 0, "the rest stays");
}

#[tokio::test]
async fn one_event_of_a_clock_that_was_wrong_holds_up_nothing_behind_it() {
    let folder = tempdir().unwrap();
    let store = store(&folder).await;
    let source = source(&store, "one").await;
    let payment = |at: i64| event(Kind::Transaction, &format!("t-{at}"), at);
    let mut made: Vec<_> = (0..499).map(payment).collect();
    // The last of a slice.
    made.push(event(Kind::Transaction, "of tomorrow", 500 * DAY));
    made.extend((500..600).map(payment));
    put(&store, source, made).await;
    assert_eq!(retire(&store, 31 * DAY, days(10)).await, 599);
    assert_eq!(subjects(&store).await, ["of tomorrow"]);
}

#[tokio::test]
async fn what_happened_lately_stays_though_it_arrived_by_a_clock_that_was_years_behind() {
    let folder = tempdir().unwrap();
    let store = store(&folder).await;
    let source = source(&store, "one").await;
    let happened = |subject: &str, at: i64| {
        let mut event = event(Kind::Transaction, subject, DAY);
        event.facts.occurred_at = Some(Time(at * 1_000));
        event
    };
    let made = vec![happened("old", DAY), happened("of now", 1_000 * DAY), happened("to come", 9_000 * DAY)];
    put(&store, source, made).await;
    assert_eq!(retire(&store, 1_001 * DAY, days(10)).await, 2);
    assert_eq!(subjects(&store).await, ["of now"]);
}

#[tokio::test]
async fn too_much_goes_from_its_oldest_end_slice_by_slice_and_the_disk_has_the_room_again() {
    let folder = tempdir().unwrap();
    let store = store(&folder).await;
    let source = source(&store, "one").await;
    let made = |from: i64| {
        (from..from + 2_000).map(|at| {
            let mut event = event(Kind::Transaction, &format!("t-{at}"), at);
            event.raw = format!("{{\"x\":\"{}\"}}", "y".repeat(1_000));
            event.facts.customer_name = Some("Ada".to_owned());
            event
        })
    };
    put(&store, source, made(0).collect()).await;
    put(&store, source, vec![alert("open", Severity::High, AlertState::Open, 2_000)]).await;
    put(&store, source, made(3_000).collect()).await;
    while store.index_words(Following::CLOSELY).await.unwrap() {}
    let before = store.bytes().await.unwrap();
    let kept = Retention { age: Duration::from_secs(1 << 30), bytes: before / 2 };
    let gone = retire(&store, 6_000, kept).await;
    assert!((1_500..3_500).contains(&gone), "{gone}");
    assert!(store.bytes().await.unwrap() <= before / 2 + before / 10);
    let query = SearchQuery { text: "ada".into(), ..SearchQuery::default() };
    let newest = store.search(&query, None, 1).await.unwrap().rows[0].event.subject.clone();
    assert_eq!(newest, "t-4999", "the newest are there");
    assert_eq!(store.alerts(&AlertFilter::default(), AlertSide::Newest, 10).await.unwrap().total, 1);
    assert_eq!(store.summary().await.unwrap().transactions.events, 4_000 - gone);
}

#[tokio::test]
async fn a_removed_source_is_gone_at_once_and_its_events_follow() {
    let folder = tempdir().unwrap();
    let store = store(&folder).await;
    let (one, other) = (source(&store, "one").await, source(&store, "other").await);
    for source in [one, other] {
        let made = (0..1_200).map(|at| {
            event(if at % 2 == 0 { Kind::Transaction } else { Kind::Order }, &format!("e-{at}"), at)
        });
        put(&store, source, made.collect()).await;
    }
    store.remove_source(one).await.unwrap();
    assert_eq!(store.summary().await.unwrap().transactions.events, 600);
    assert_eq!(store.transactions(Some(one), Side::Newest, 10).await.unwrap().rows, []);
    assert!(store.sources().await.unwrap().iter().all(|(source, _)| source.id == other));
    let mut slices = 0;
    while store.retire_removed().await.unwrap() {
        slices += 1;
    }
    assert!(slices >= 3, "{slices} slices: nobody waits for all of it");
    assert_eq!(store.events_after(0, 1).await.unwrap()[0].source, other);
    assert_eq!(store.summary().await.unwrap().transactions.events, 600);
}
