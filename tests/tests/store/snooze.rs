//! What is snoozed is out of the way until its time, and nothing of it is forgotten.

use tempfile::tempdir;
use vigie_core::desk::view::AlertFilter;
use vigie_core::model::{Alert, AlertState, Severity, SnoozeOf, Time};
use vigie_core::policy::Wait;
use vigie_core::store::{AlertIs, AlertSide, Decision, SNOOZES_LIMIT, SearchQuery, Store, StoreError};

use crate::made::{alert, put, source, store};

/// Which alerts are listed, by the server's identifier, newest first; their number is what the page says.
async fn listed(store: &Store, snoozed: bool) -> Vec<String> {
    let filter = AlertFilter { snoozed, ..AlertFilter::default() };
    let page = store.alerts(&filter, AlertSide::Newest, 50).await.unwrap();
    assert_eq!(page.total, page.rows.len() as u64);
    page.rows.into_iter().map(|row| row.subject).collect()
}

async fn one(store: &Store, id: i64) -> Alert {
    store.alert_row(id).await.unwrap()
}

/// Decides on all that is pending as if it had been announced.
async fn announce_all(store: &Store) {
    let pending = store.pending(true, 0).await.unwrap();
    let announced = pending.iter().map(|one| (one.id, one.severity)).collect();
    store.decide(Decision { announced, ..Decision::default() }).await.unwrap();
}

fn open(subject: &str, severity: Severity, at: i64) -> vigie_core::model::Event {
    alert(subject, severity, AlertState::Open, at)
}

#[tokio::test]
async fn a_snoozed_alert_leaves_list_and_counts_until_its_time_and_is_then_told_of_again() {
    let folder = tempdir().unwrap();
    let store = store(&folder).await;
    let bank = source(&store, "one").await;
    let made = [open("a", Severity::High, 1), open("b", Severity::High, 2), open("c", Severity::High, 3)];
    put(&store, bank, made.into()).await;
    announce_all(&store).await;
    let change = store.summary().await.unwrap().alerts_change;
    store.snooze(&[1, 2], SnoozeOf::Alert, Time(1_000)).await.unwrap();
    store.snooze(&[2], SnoozeOf::Alert, Time(2_000)).await.unwrap();
    assert_eq!(listed(&store, false).await, ["c"]);
    assert_eq!(listed(&store, true).await, ["b", "a"]);
    let summary = store.summary().await.unwrap();
    assert_eq!((summary.open.high, summary.unacknowledged.high, summary.snoozed), (1, 1, 2));
    let told = store.alert_changes(change, 10).await.unwrap().rows;
    assert_eq!(
        told.iter().map(|row| row.snoozed_until).collect::<Vec<_>>(),
        [Some(Time(1_000)), Some(Time(2_000))]
    );
    assert_eq!(store.next_snooze_end().await.unwrap(), Some(Time(1_000)));
    for (is, found) in [(AlertIs::Snoozed, 2), (AlertIs::Open, 1), (AlertIs::Closed, 0)] {
        let query = SearchQuery { is: vec![is], ..SearchQuery::default() };
        assert_eq!(store.search(&query, None, 10).await.unwrap().rows.len(), found, "{is:?}");
    }

    assert!(!store.end_snoozes(Time(999)).await.unwrap());
    assert!(store.end_snoozes(Time(1_000)).await.unwrap());
    assert_eq!(listed(&store, false).await, ["c", "a"]);
    assert_eq!(store.summary().await.unwrap().snoozed, 1);
    assert!(one(&store, 1).await.change > one(&store, 2).await.change, "who follows changes hears of it");
    assert_eq!(store.next_snooze_end().await.unwrap(), Some(Time(2_000)));
    let pending = store.pending(true, 0).await.unwrap();
    assert_eq!(
        pending.iter().map(|one| (one.id, one.woken, one.away)).collect::<Vec<_>>(),
        [(1, true, Some(Wait::Snooze))]
    );
    announce_all(&store).await;
    assert!(!store.end_snoozes(Time(1_000)).await.unwrap(), "once");
    assert_eq!(store.pending(true, 0).await.unwrap(), []);
}

#[tokio::test]
async fn what_was_acknowledged_or_is_woken_by_hand_comes_back_without_a_word() {
    let folder = tempdir().unwrap();
    let store = store(&folder).await;
    let bank = source(&store, "one").await;
    put(&store, bank, vec![open("a", Severity::High, 1), open("b", Severity::High, 2)]).await;
    announce_all(&store).await;
    store.snooze(&[1, 2], SnoozeOf::Alert, Time(1_000)).await.unwrap();
    store.acknowledge(&[1], Time(5)).await.unwrap();
    store.wake(&[2, 99], &[]).await.unwrap();
    assert_eq!(listed(&store, false).await, ["b"]);
    store.end_snoozes(Time(1_000)).await.unwrap();
    assert_eq!(listed(&store, false).await, ["b", "a"]);
    assert_eq!(store.pending(true, 0).await.unwrap(), []);
}

#[tokio::test]
async fn what_gets_worse_comes_back_at_once_and_what_is_closed_stays_closed() {
    let folder = tempdir().unwrap();
    let store = store(&folder).await;
    let bank = source(&store, "one").await;
    let made = [open("a", Severity::High, 1), open("b", Severity::High, 2), open("c", Severity::High, 3)];
    put(&store, bank, made.into()).await;
    announce_all(&store).await;
    store.snooze(&[1, 2, 3], SnoozeOf::Alert, Time(1_000)).await.unwrap();
    let later = [
        open("a", Severity::Critical, 11),
        alert("b", Severity::High, AlertState::Resolved, 12),
        alert("c", Severity::High, AlertState::Investigating, 13),
    ];
    put(&store, bank, later.into()).await;
    assert_eq!(
        (listed(&store, false).await, listed(&store, true).await),
        (vec!["a".into()], vec!["c".into()])
    );
    let pending = store.pending(false, 0).await.unwrap();
    assert_eq!(pending.iter().map(|one| (one.id, one.woken)).collect::<Vec<_>>(), [(1, false)], "as news");
    assert_eq!(one(&store, 2).await.snoozed_until, None);
    store.end_snoozes(Time(1_000)).await.unwrap();
    let Err(StoreError::NotFound) = store.snooze(&[2], SnoozeOf::Alert, Time(2_000)).await else {
        panic!("what is closed cannot be snoozed")
    };
    assert_eq!(one(&store, 2).await.state, AlertState::Resolved);
    assert_eq!(listed(&store, true).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_customer_is_snoozed_at_its_source_and_its_alerts_stay_in_the_list() {
    let folder = tempdir().unwrap();
    let store = store(&folder).await;
    let (bank, other) = (source(&store, "one").await, source(&store, "other").await);
    let of = |subject: &str, customer: Option<&str>, name: &str, at| {
        let mut event = open(subject, Severity::High, at);
        event.facts.customer = customer.map(str::to_owned);
        event.facts.customer_name = Some(name.to_owned());
        event.facts.scenario = Some("card_testing".to_owned());
        event
    };
    put(&store, bank, vec![of("a", Some("c-1"), "Ada", 1), of("b", None, "Ada", 2), of("c", None, "Noé", 3)])
        .await;
    put(&store, other, vec![of("d", Some("c-1"), "Ada", 4)]).await;
    let snoozed = async || {
        let pending = store.pending(true, 0).await.unwrap();
        pending.iter().filter(|one| one.snoozed).map(|one| one.id).collect::<Vec<_>>()
    };
    let made = store.snooze(&[1], SnoozeOf::Customer, Time(1_000)).await.unwrap();
    assert_eq!(snoozed().await, [1], "by its identifier, at its source");
    assert_eq!(listed(&store, false).await, ["d", "c", "b", "a"]);
    let again = store.snooze(&[1], SnoozeOf::Customer, Time(2_000)).await.unwrap();
    assert_eq!(again.others[0].id, made.others[0].id, "once, until then");
    store.snooze(&[3], SnoozeOf::Customer, Time(3_000)).await.unwrap();
    assert_eq!(snoozed().await, [1, 3]);
    let listed: Vec<_> = store.snoozes().await.unwrap();
    let listed: Vec<_> = listed.iter().map(|one| (one.name.as_str(), one.of, one.until)).collect();
    assert_eq!(listed, [("Ada", SnoozeOf::Customer, Time(2_000)), ("Noé", SnoozeOf::Customer, Time(3_000))]);
    assert!(store.end_snoozes(Time(2_000)).await.unwrap());
    store.snooze(&[4], SnoozeOf::Scenario, Time(9_000)).await.unwrap();
    assert_eq!(snoozed().await, [3, 4]);
    let all: Vec<_> = store.snoozes().await.unwrap().iter().map(|one| one.id).collect();
    store.wake(&[], &all).await.unwrap();
    assert_eq!((snoozed().await, store.next_snooze_end().await.unwrap()), (vec![], None));
}

#[tokio::test]
async fn to_undo_a_snooze_puts_back_what_was_before_it_and_touches_nothing_that_changed_meanwhile() {
    let folder = tempdir().unwrap();
    let store = store(&folder).await;
    let bank = source(&store, "one").await;
    let mut made: Vec<_> = (1..=4).map(|at| open(&format!("a-{at}"), Severity::High, at)).collect();
    made.iter_mut().for_each(|event| event.facts.customer = Some(event.subject.clone()));
    put(&store, bank, made).await;
    announce_all(&store).await;
    store.acknowledge(&[1], Time(5)).await.unwrap();
    store.snooze(&[2], SnoozeOf::Alert, Time(1_000)).await.unwrap();
    store.snooze(&[3], SnoozeOf::Customer, Time(1_000)).await.unwrap();
    let alerts = store.snooze(&[1, 2, 4], SnoozeOf::Alert, Time(9_000)).await.unwrap();
    let customers = store.snooze(&[3, 4], SnoozeOf::Customer, Time(9_000)).await.unwrap();
    put(&store, bank, vec![alert("a-4", Severity::High, AlertState::Resolved, 6)]).await;

    store.undo_snooze(&alerts).await.unwrap();
    assert_eq!(listed(&store, false).await, ["a-3", "a-1"]);
    assert!(one(&store, 1).await.acknowledged, "it had been seen");
    assert_eq!(one(&store, 2).await.snoozed_until, Some(Time(1_000)));
    assert_eq!(one(&store, 4).await.state, AlertState::Resolved);
    store.undo_snooze(&customers).await.unwrap();
    let left: Vec<_> = store.snoozes().await.unwrap().into_iter().map(|one| (one.name, one.until)).collect();
    assert_eq!(left, [("a-3".to_owned(), Time(1_000))]);
}

#[tokio::test]
async fn no_more_is_snoozed_than_anybody_remembers() {
    let folder = tempdir().unwrap();
    let store = store(&folder).await;
    let bank = source(&store, "one").await;
    put(&store, bank, (0..=SNOOZES_LIMIT).map(|at| open(&format!("a-{at}"), Severity::High, at)).collect())
        .await;
    let all: Vec<i64> = (1..=SNOOZES_LIMIT + 1).collect();
    let Err(StoreError::SnoozesFull(_)) = store.snooze(&all, SnoozeOf::Alert, Time(1_000)).await else {
        panic!("they are too many")
    };
    assert_eq!(store.summary().await.unwrap().snoozed, 0);
    store.snooze(&all[1..], SnoozeOf::Alert, Time(1_000)).await.unwrap();
    assert_eq!(i64::from(store.summary().await.unwrap().snoozed), SNOOZES_LIMIT);
}
