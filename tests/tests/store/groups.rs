//! Open alerts by what they have in common.

use tempfile::tempdir;
use vigie_core::desk::view::AlertFilter;
use vigie_core::model::{AlertState, Event, Severity, SnoozeOf, Time};
use vigie_core::store::{AlertGroups, GroupBy, Store};

use crate::made::{alert, put, source, store};

/// An alert of a customer.
fn of(customer: Option<&str>, name: Option<&str>, severity: Severity, at: i64) -> Event {
    let mut event = alert(&format!("a-{at}"), severity, AlertState::Open, at);
    event.facts.customer = customer.map(str::to_owned);
    event.facts.customer_name = name.map(str::to_owned);
    event.facts.scenario = Some(if at % 2 == 0 { "card_testing" } else { "Card_Testing" }.to_owned());
    event
}

async fn groups(
    store: &Store,
    by: GroupBy,
    filter: &AlertFilter,
) -> Vec<(String, String, Severity, u32, Time)> {
    let AlertGroups { rows, looked_at, more, .. } = store.alert_groups(by, filter).await.unwrap();
    assert_eq!((looked_at, more), (None, false));
    rows.into_iter().map(|row| (row.value, row.name, row.worst, row.open, row.newest)).collect()
}

#[tokio::test]
async fn the_worst_and_largest_groups_are_first_and_what_is_closed_or_snoozed_is_in_none() {
    let folder = tempdir().unwrap();
    let store = store(&folder).await;
    let (one, other) = (source(&store, "one").await, source(&store, "other").await);
    let made = [
        of(Some("c-1"), Some("Ada"), Severity::High, 1),
        of(Some("C-1"), None, Severity::Low, 2),
        of(None, Some("Noé"), Severity::Critical, 3),
        of(Some("c-2"), Some("Eve"), Severity::High, 4),
        of(None, None, Severity::High, 5),
        of(Some("c-2"), Some("Eve"), Severity::High, 6),
        of(Some("c-2"), Some("Eve"), Severity::Critical, 7),
    ];
    put(&store, one, made.into()).await;
    put(&store, one, vec![alert("a-7", Severity::Critical, AlertState::Resolved, 9)]).await;
    put(&store, other, vec![of(Some("c-1"), Some("Ada"), Severity::High, 8)]).await;
    store.snooze(&[6], SnoozeOf::Alert, Time(1_000)).await.unwrap();
    let all = AlertFilter::default();
    let row =
        |value: &str, name: &str, worst, open, at| (value.to_owned(), name.to_owned(), worst, open, Time(at));
    let noe = row("Noé", "Noé", Severity::Critical, 1, 3_000);
    let eve = row("c-2", "Eve", Severity::High, 1, 4_000);
    let ada = row("C-1", "Ada", Severity::High, 3, 8_000);
    assert_eq!(groups(&store, GroupBy::Customer, &all).await, [noe.clone(), ada, eve.clone()]);
    assert_eq!(store.alert_groups(GroupBy::Customer, &all).await.unwrap().without, 1);
    let filter = AlertFilter { source: Some(one), severities: vec![Severity::High], ..all.clone() };
    let ada = row("c-1", "Ada", Severity::High, 1, 1_000);
    assert_eq!(groups(&store, GroupBy::Customer, &filter).await, [eve, ada]);
    let sources = groups(&store, GroupBy::Source, &all).await;
    assert_eq!(
        sources,
        [row("1", "1", Severity::Critical, 5, 5_000), row("2", "2", Severity::High, 1, 8_000)]
    );
    let scenarios = groups(&store, GroupBy::Scenario, &all).await;
    assert_eq!(scenarios.iter().map(|group| group.3).collect::<Vec<_>>(), [6], "in whatever case");
}

#[tokio::test]
async fn of_very_many_alerts_the_worst_are_grouped_and_it_is_said() {
    let folder = tempdir().unwrap();
    let store = store(&folder).await;
    let bank = source(&store, "one").await;
    let made = |at: i64| of(Some(&format!("c-{}", at % 600)), None, Severity::Low, at);
    put(&store, bank, vec![of(Some("worst"), None, Severity::Critical, 0)]).await;
    put(&store, bank, (1..=10_500).map(made).collect()).await;
    let groups = store.alert_groups(GroupBy::Customer, &AlertFilter::default()).await.unwrap();
    assert_eq!((groups.looked_at, groups.more, groups.rows.len()), (Some(10_000), true, 500));
    assert_eq!(groups.rows[0].value, "worst", "though it is the oldest");
}
