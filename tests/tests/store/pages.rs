//! Every list is read from both ends and from any place, by whatever filter, and holds each row once.

use tempfile::tempdir;
use vigie_core::desk::view::{AlertCursor, AlertFilter};
use vigie_core::model::{AlertState, Kind, Severity, Time};
use vigie_core::store::{AlertSide, Feed, Side, Summary};

use crate::made::{alert, event, put, source, store};

/// Pages from the newest to the oldest, then back to the newest.
async fn there_and_back<C: Copy, P: AsyncFn(Option<C>, Option<C>) -> (Vec<C>, Option<C>)>(
    page: P,
) -> (Vec<C>, Vec<C>) {
    let (mut there, mut before) = (Vec::new(), None);
    loop {
        let (rows, next) = page(before, None).await;
        there.extend(rows);
        before = next;
        if before.is_none() {
            break;
        }
    }
    let mut back: Vec<C> = there.last().copied().into_iter().collect();
    while let Some(newest) = back.first().copied() {
        let (rows, _) = page(None, Some(newest)).await;
        if rows.is_empty() {
            break;
        }
        back.splice(0..0, rows);
    }
    (there, back)
}

#[tokio::test]
async fn the_first_alerts_are_those_to_look_at_and_then_the_newest_of_those_that_came_last() {
    let folder = tempdir().unwrap();
    let store = store(&folder).await;
    let source = source(&store, "one").await;
    let open = [Severity::Critical, Severity::High, Severity::Low, Severity::High, Severity::Medium];
    let made = open
        .into_iter()
        .zip(1..)
        .map(|(severity, at)| alert(&format!("a-{at}"), severity, AlertState::Open, at));
    let closed = alert("a-6", Severity::Critical, AlertState::Resolved, 6);
    put(&store, source, made.chain([closed]).collect()).await;
    store.acknowledge(&[4], Time(0)).await.unwrap();
    let first = async |from, among, most| {
        let alerts = store.foremost_alerts(from, among, most).await.unwrap();
        alerts.into_iter().map(|alert| alert.subject).collect::<Vec<_>>()
    };
    assert_eq!(first(Severity::High, 100, 5).await, ["a-2", "a-1", "a-5", "a-4", "a-3"]);
    assert_eq!(first(Severity::Low, 100, 2).await, ["a-5", "a-3"]);
    assert_eq!(first(Severity::High, 3, 5).await, ["a-5", "a-4", "a-3"], "those before are not looked at");
    assert_eq!(first(Severity::High, 4, 1).await, ["a-2"]);
}

#[tokio::test]
async fn alerts_are_the_same_from_both_ends_by_every_filter() {
    let folder = tempdir().unwrap();
    let store = store(&folder).await;
    let (one, other) = (source(&store, "one").await, source(&store, "other").await);
    let states = [AlertState::Open, AlertState::Resolved, AlertState::Escalated];
    for (number, source) in [one, other, one].into_iter().enumerate() {
        let made = (0..37).map(|id| {
            // Several happened at the same moment.
            let at = i64::try_from(1_000 + id / 4).unwrap();
            alert(&format!("a-{number}-{id}"), Severity::ALL[id % 4], states[id % 3], at)
        });
        put(&store, source, made.collect()).await;
    }
    for severities in [vec![], vec![Severity::Low], vec![Severity::Critical, Severity::Low]] {
        let (some, all) = ([(None, false), (Some(one), false)], [(None, true), (Some(other), true)]);
        let asked = some.into_iter().chain(all).flat_map(|asked| [(asked, false), (asked, true)]);
        for ((source, closed), worst_first) in asked {
            let filter = AlertFilter {
                severities: severities.clone(),
                source,
                closed,
                worst_first,
                ..AlertFilter::default()
            };
            let total = std::sync::atomic::AtomicU64::new(0);
            let (there, back) = there_and_back(async |before, after| {
                let page = store.alerts(&filter, AlertSide::of(before, after), 5).await.unwrap();
                total.store(page.total, std::sync::atomic::Ordering::Relaxed);
                let places = page.rows.iter().map(|row| AlertCursor {
                    severity: row.severity,
                    occurred_at: row.occurred_at,
                    id: row.id,
                });
                (places.collect(), page.next)
            })
            .await;
            let order = |place: &AlertCursor| {
                let severity = worst_first.then_some(place.severity);
                std::cmp::Reverse((severity, place.occurred_at, place.id))
            };
            assert!(there.is_sorted_by_key(order), "{filter:?}");
            assert_eq!(there, back, "{filter:?}");
            assert_eq!(there.len() as u64, total.into_inner(), "{filter:?}");
            assert!(there.len() > 4, "{filter:?}");
        }
    }
}

#[tokio::test]
async fn feeds_are_the_same_from_both_ends_by_every_filter() {
    let folder = tempdir().unwrap();
    let store = store(&folder).await;
    let (one, other) = (source(&store, "one").await, source(&store, "other").await);
    for at in 0..60 {
        let kind = [Kind::Transaction, Kind::Order, Kind::Other, Kind::Transaction]
            [usize::try_from(at % 4).unwrap()];
        put(&store, if at % 3 == 0 { other } else { one }, vec![event(kind, &format!("e-{at}"), at)]).await;
    }
    for (source, expected) in [(None, 30), (Some(one), 20), (Some(other), 10)] {
        let (there, back) = there_and_back(async |before, after| {
            let page = store.transactions(source, Side::of(before, after), 4).await.unwrap();
            (page.rows.iter().map(|row| row.id).collect(), page.next)
        })
        .await;
        assert_eq!((there.len(), &there), (expected, &back), "{source:?}");
        assert!(there.is_sorted_by_key(|id| std::cmp::Reverse(*id)));
        for (kind, expected) in [(None, expected), (Some(Kind::Order), expected / 2)] {
            let (there, back) = there_and_back(async |before, after| {
                let page = store.activity(source, kind, Side::of(before, after), 4).await.unwrap();
                (page.rows.iter().map(|row| row.id).collect(), page.next)
            })
            .await;
            assert_eq!((there.len(), &there), (expected, &back), "{source:?} {kind:?}");
        }
    }
}

#[tokio::test]
async fn of_what_stands_somewhere_only_the_newest_word_is_in_the_feed_and_all_are_stored() {
    let folder = tempdir().unwrap();
    let store = store(&folder).await;
    let source = source(&store, "one").await;
    let made = (0..50).map(|at| event(Kind::Balance, if at % 2 == 0 { "left" } else { "right" }, at));
    put(&store, source, made.collect()).await;
    put(&store, source, vec![event(Kind::Balance, "left", 99), event(Kind::Order, "left", 98)]).await;
    let page = store.activity(None, None, Side::Newest, 10).await.unwrap();
    let rows: Vec<_> = page.rows.iter().map(|row| (row.kind, row.subject.as_str(), row.id)).collect();
    assert_eq!(rows, [(Kind::Order, "left", 52), (Kind::Balance, "left", 51), (Kind::Balance, "right", 50)]);
    assert_eq!(store.summary().await.unwrap().activity, Feed { newest: 52, events: 52 });
}

#[tokio::test]
async fn alerts_are_counted_as_they_stand() {
    let folder = tempdir().unwrap();
    let store = store(&folder).await;
    let source = source(&store, "one").await;
    let made = [
        alert("a", Severity::High, AlertState::Open, 1),
        alert("b", Severity::High, AlertState::Open, 2),
        alert("c", Severity::Low, AlertState::Open, 3),
    ];
    put(&store, source, made.into()).await;
    store.acknowledge(&[1, 1, 99], vigie_core::model::Time(5)).await.unwrap();
    let Summary { open, unacknowledged: unseen, .. } = store.summary().await.unwrap();
    assert_eq!((open.high, open.low, unseen.high, unseen.low), (2, 1, 1, 1));
    // What gets worse is to be seen anew; what is closed is not counted.
    let later = [
        alert("a", Severity::Critical, AlertState::Open, 11),
        alert("b", Severity::High, AlertState::Resolved, 12),
        alert("c", Severity::Low, AlertState::Open, 2),
    ];
    put(&store, source, later.into()).await;
    let Summary { open, unacknowledged: unseen, .. } = store.summary().await.unwrap();
    assert_eq!((open.critical, open.high, open.low), (1, 0, 1));
    assert_eq!((unseen.critical, unseen.high, unseen.low), (1, 0, 1));
}
