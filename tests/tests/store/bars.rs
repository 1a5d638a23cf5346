//! Charts are drawn from what was counted as it was stored.

use tempfile::tempdir;
use vigie_core::model::{AlertState, Event, Kind, Severity, Time};
use vigie_core::store::{BAR, COARSE_BAR, FINE_FOR, Facet};

use crate::made::{alert, event, put, source, store};

fn payment(subject: &str, at: i64, country: &str, amount: &str) -> Event {
    let mut event = event(Kind::Transaction, subject, at);
    event.facts.country = Some(country.to_owned());
    event.facts.amount = Some(amount.to_owned());
    event.facts.currency = Some("EUR".to_owned());
    event
}

const ALL: (Time, Time) = (Time(0), Time(i64::MAX));

#[tokio::test]
async fn each_event_is_counted_once_in_the_stretch_in_which_it_happened() {
    let folder = tempdir().unwrap();
    let store = store(&folder).await;
    let source = source(&store, "one").await;
    let made =
        vec![payment("a", 10, "FR", "1.50"), payment("b", 20, "FR", "2.50"), payment("c", 400, "DE", "x")];
    put(&store, source, made.clone()).await;
    // A replay, beside something new: only the new is counted.
    let again = made.into_iter().chain([payment("d", 401, "FR", "4")]).collect();
    assert_eq!(put(&store, source, again).await.stored, 1);
    let bars = store.bars(Facet::Country, Kind::Transaction, ALL.0, ALL.1, None).await.unwrap();
    let found: Vec<_> = bars.iter().map(|one| (one.at.0, one.value.as_str(), one.events)).collect();
    assert_eq!(found, [(0, "FR", 2), (BAR, "DE", 1), (BAR, "FR", 1)]);
    let sums =
        store.top_bars(Facet::Currency, Kind::Transaction, ALL.0, ALL.1, Some(source), 5).await.unwrap();
    assert_eq!((sums[0].value.as_str(), sums[0].events, sums[0].amount), ("EUR", 4, 8.0));
    let all = store.top_bars(Facet::All, Kind::Transaction, Time(BAR), ALL.1, None, 5).await.unwrap();
    assert_eq!((all[0].value.as_str(), all[0].events), ("", 2));
}

#[tokio::test]
async fn an_alert_counts_when_it_is_raised_as_it_stood_then_and_not_with_each_version() {
    let folder = tempdir().unwrap();
    let store = store(&folder).await;
    let source = source(&store, "one").await;
    let made = vec![
        alert("a", Severity::High, AlertState::Open, 1),
        alert("a", Severity::Medium, AlertState::Investigating, 2),
        alert("b", Severity::Critical, AlertState::Open, 3),
    ];
    put(&store, source, made).await;
    put(&store, source, vec![alert("b", Severity::Critical, AlertState::Resolved, 4)]).await;
    let bars = store.bars(Facet::Severity, Kind::Alert, ALL.0, ALL.1, None).await.unwrap();
    assert_eq!(
        bars.iter().map(|one| (one.value.as_str(), one.events)).collect::<Vec<_>>(),
        [("1", 1), ("3", 1)]
    );
}

#[tokio::test]
async fn long_ago_becomes_coarse_and_loses_nothing() {
    let folder = tempdir().unwrap();
    let store = store(&folder).await;
    let source = source(&store, "one").await;
    let made = (0..240).map(|minute| payment(&format!("p-{minute}"), minute * 60, "FR", "1"));
    put(&store, source, made.collect()).await;
    let bars = async || store.bars(Facet::Currency, Kind::Transaction, ALL.0, ALL.1, None).await.unwrap();
    assert_eq!(bars().await.len(), 48);
    // Two of the four hours are old enough.
    while store.coarsen_bars(Time(FINE_FOR + 2 * COARSE_BAR)).await.unwrap() {}
    let after = bars().await;
    assert_eq!(after.len(), 2 + 24);
    assert_eq!((after[0].events, after[0].amount, after[1].at.0), (60, 60.0, COARSE_BAR));
    assert_eq!(after.iter().map(|one| one.events).sum::<u64>(), 240);
}

#[tokio::test]
async fn amounts_beyond_all_money_do_not_keep_what_comes_later_from_being_stored() {
    let folder = tempdir().unwrap();
    let store = store(&folder).await;
    let source = source(&store, "one").await;
    let two = |amount: &str| ["1", "2"].map(|end| payment(&format!("{amount} {end}"), 1, "FR", amount));
    // Two of the greatest are more than a number holds, and the difference of two such sums is none.
    for absurd in ["1e308", "-1e308", "12.5"] {
        assert_eq!(put(&store, source, two(absurd).to_vec()).await.stored, 2, "{absurd}");
    }
    let bars = store.bars(Facet::Currency, Kind::Transaction, ALL.0, ALL.1, None).await.unwrap();
    assert_eq!((bars[0].events, bars[0].amount), (6, 25.0));
}

#[tokio::test]
async fn what_is_dated_years_ahead_is_counted_when_it_arrived_and_forgotten_in_its_time() {
    let folder = tempdir().unwrap();
    let store = store(&folder).await;
    let source = source(&store, "one").await;
    let mut ahead = payment("a", 1, "FR", "1");
    ahead.facts.occurred_at = Some(Time(250_000_000_000_000));
    put(&store, source, vec![ahead]).await;
    let bars = async || store.bars(Facet::Country, Kind::Transaction, ALL.0, ALL.1, None).await.unwrap();
    assert_eq!(bars().await.iter().map(|bar| (bar.at.0, bar.events)).collect::<Vec<_>>(), [(0, 1)]);
    store.forget_bars(Time(BAR)).await.unwrap();
    assert_eq!(bars().await, []);
}
