//! A span in figures: what was counted, put into as many stretches as a chart has.

use tempfile::tempdir;
use vigie_core::desk::charts::{Decisions, Ranked, Span};
use vigie_core::model::{AlertState, Event, Kind, Severity, Time};
use vigie_core::store::{BAR, CURRENCIES_LIMIT, TOP_LIMIT};

use crate::made::{alert, event, put, source, store};

const HOUR: i64 = 3_600;
/// Some Monday, in seconds since 1970: where the stretches of every span begin.
const MONDAY: i64 = 345_600 * 5_000;
/// Now, in seconds: five minutes and a little after the day before has ended.
const NOW: i64 = MONDAY + 24 * HOUR + 310;

const fn now() -> Time {
    Time(NOW * 1_000)
}

fn payment(at: i64, currency: &str, amount: &str) -> Event {
    let mut event = event(Kind::Transaction, &format!("{at} {currency} {amount}"), at);
    event.facts.channel = Some("card".to_owned());
    event.facts.currency = Some(currency.to_owned());
    event.facts.amount = Some(amount.to_owned());
    event
}

#[tokio::test]
async fn every_span_has_its_stretches_and_all_that_happened_in_them_and_nothing_else() {
    let folder = tempdir().unwrap();
    let store = store(&folder).await;
    let source = source(&store, "one").await;
    let ages = [0, 200, 600, 3_000, 4_000, 20 * HOUR, 30 * HOUR, 6 * 24 * HOUR, 8 * 24 * HOUR];
    let made = ages.into_iter().flat_map(|age| {
        [
            payment(NOW - age, "EUR", "1"),
            alert(&format!("a-{age}"), Severity::High, AlertState::Open, NOW - age),
        ]
    });
    put(&store, source, made.collect()).await;
    for (span, stretches, step, happened, last) in
        [(Span::Hour, 12, 1, 4, 1), (Span::Day, 48, 6, 6, 2), (Span::Week, 56, 36, 8, 2)]
    {
        let charts = store.charts(span, None, now()).await.unwrap();
        assert_eq!((charts.step, charts.read_at), (step * BAR, now()), "{span:?}");
        assert_eq!((charts.transactions.len(), charts.alerts.len()), (stretches, stretches), "{span:?}");
        assert_eq!(charts.transactions.iter().sum::<u32>(), happened, "{span:?}");
        assert_eq!(charts.alerts.iter().map(|counts| counts.high).sum::<u32>(), happened, "{span:?}");
        assert_eq!(charts.transactions.last(), Some(&last), "{span:?}");
        let end = charts.from.0 + charts.step * i64::try_from(stretches).unwrap();
        assert!(charts.from < charts.read_at && now().0 < end && end - charts.step <= now().0, "{span:?}");
    }
}

#[tokio::test]
async fn currencies_are_never_added_up_and_the_most_used_are_shown() {
    let folder = tempdir().unwrap();
    let store = store(&folder).await;
    let source = source(&store, "one").await;
    let mut made =
        vec![payment(NOW - 600, "EUR", "10.25"), payment(NOW, "EUR", "0.50"), payment(NOW, "JPY", "1000")];
    made.push(payment(NOW - 1, "EUR", "1.25"));
    made.push(payment(NOW - 2, "JPY", "-200"));
    made.extend(["AAA", "BBB", "CCC", "DDD"].map(|rare| payment(NOW, rare, "1")));
    put(&store, source, made).await;
    let charts = store.charts(Span::Hour, None, now()).await.unwrap();
    assert_eq!(charts.amounts.len(), CURRENCIES_LIMIT as usize);
    let [euros, yens] = &charts.amounts[..2] else { panic!("there are two at least") };
    assert_eq!((euros.currency.as_str(), euros.payments, euros.sum), ("EUR", 3, 12.0));
    assert_eq!((euros.sums[9], euros.sums[10], euros.sums[11]), (10.25, 0.0, 1.75));
    assert_eq!((yens.currency.as_str(), yens.payments, yens.sum, yens.sums[11]), ("JPY", 2, 800.0, 800.0));
}

#[tokio::test]
async fn rankings_name_the_values_with_most_alerts_and_then_those_with_most_payments() {
    let folder = tempdir().unwrap();
    let store = store(&folder).await;
    let source = source(&store, "one").await;
    let about = |number: i64, channel: &str| {
        let mut event = alert(&format!("a-{number}"), Severity::Low, AlertState::Open, NOW - number);
        event.facts.channel = Some(channel.to_owned());
        event.facts.customer = Some(format!("C-{}", number % 30));
        // Whoever has a name has been called otherwise before.
        event.facts.customer_name = (number % 30 < 5).then(|| format!("Ada {}", number / 30));
        event
    };
    let alerts = (0..40).map(|number| about(number, if number < 30 { "transfer" } else { "wire" }));
    let payments = (0..3).map(|number| payment(NOW - number, "EUR", "1"));
    put(&store, source, alerts.chain(payments).collect()).await;
    let charts = store.charts(Span::Day, None, now()).await.unwrap();
    let ranked = |value: &str, alerts, transactions| Ranked {
        value: value.to_owned(),
        name: None,
        alerts,
        transactions,
    };
    assert_eq!(charts.channels, [ranked("transfer", 30, 0), ranked("wire", 10, 0), ranked("card", 0, 3)]);
    assert_eq!(charts.customers.len(), TOP_LIMIT as usize);
    assert!(charts.customers.iter().all(|customer| customer.alerts == 2), "{:?}", charts.customers);
    let named =
        |value: &str| charts.customers.iter().find(|one| one.value == value).and_then(|one| one.name.clone());
    assert_eq!((named("C-3"), named("C-7")), (Some("Ada 1".to_owned()), None));
    assert_eq!(charts.scenarios, []);
}

#[tokio::test]
async fn what_is_open_and_what_was_acknowledged_is_told_as_it_stands() {
    let folder = tempdir().unwrap();
    let store = store(&folder).await;
    let source = source(&store, "one").await;
    let long_ago = [
        alert("a", Severity::Critical, AlertState::Open, 1),
        alert("b", Severity::Critical, AlertState::Escalated, 2),
        alert("c", Severity::Low, AlertState::Resolved, 3),
    ];
    put(&store, source, long_ago.into()).await;
    store.acknowledge(&[1, 3], now()).await.unwrap();
    let charts = store.charts(Span::Hour, None, now()).await.unwrap();
    assert_eq!((charts.open.critical, charts.open.total()), (2, 2));
    assert_eq!((charts.acknowledged.critical, charts.acknowledged.total()), (1, 1));
}

#[tokio::test]
async fn a_decision_takes_from_the_arrival_of_its_alert_to_the_first_word_of_it() {
    let folder = tempdir().unwrap();
    let store = store(&folder).await;
    let source = source(&store, "one").await;
    let version = |subject: &str, state, age| alert(subject, Severity::High, state, NOW - age);
    let mut story = vec![
        version("quick", AlertState::Open, 100),
        version("quick", AlertState::Resolved, 90),
        // Somebody writes a note later on: it was decided before.
        version("quick", AlertState::Resolved, 5),
        version("usual", AlertState::Open, 100),
        version("usual", AlertState::Investigating, 80),
        version("usual", AlertState::FalsePositive, 60),
        version("slow", AlertState::Open, 100),
        version("slow", AlertState::Resolved, 10),
        // None of these tell how long a decision takes.
        version("undecided", AlertState::Investigating, 50),
        version("open again", AlertState::Resolved, 50),
        version("open again", AlertState::Open, 40),
        version("came decided", AlertState::Resolved, 30),
        version("came decided", AlertState::Resolved, 20),
        version("before the span", AlertState::Open, 3 * HOUR),
        version("before the span", AlertState::Resolved, 2 * HOUR),
    ];
    let mut missed =
        vec![version("missed", AlertState::Open, 10), version("missed", AlertState::Resolved, 1)];
    missed[1].is_history = true;
    story.extend(missed);
    for event in story {
        put(&store, source, vec![event]).await;
    }
    let decisions = store.charts(Span::Hour, None, now()).await.unwrap().decisions;
    assert_eq!(decisions, Decisions { made: 3, median_ms: Some(40_000) });
    let later = Time((NOW + 2 * HOUR) * 1_000);
    assert_eq!(store.charts(Span::Hour, None, later).await.unwrap().decisions, Decisions::default());
}

#[tokio::test]
async fn one_source_is_told_of_alone_and_one_that_was_removed_not_at_all() {
    let folder = tempdir().unwrap();
    let store = store(&folder).await;
    let (one, other) = (source(&store, "one").await, source(&store, "other").await);
    for (source, many) in [(one, 3), (other, 5)] {
        let alerts =
            (0..many).map(|age| alert(&format!("a-{age}"), Severity::Low, AlertState::Open, NOW - age));
        let mut made: Vec<Event> =
            alerts.chain((0..many).map(|age| payment(NOW - age, "EUR", "2"))).collect();
        made.push(event(Kind::Metrics, "risk", NOW));
        put(&store, source, made).await;
        put(&store, source, vec![event(Kind::Metrics, "risk", NOW + 1)]).await;
        put(&store, source, vec![alert("a-0", Severity::Low, AlertState::Resolved, NOW + 60)]).await;
    }
    let told = async |source| {
        let charts = store.charts(Span::Day, source, now()).await.unwrap();
        let sums = charts.amounts.iter().map(|amounts| amounts.sum).collect::<Vec<_>>();
        let metrics: Vec<_> =
            charts.metrics.iter().map(|figures| (figures.source, figures.received_at)).collect();
        (sums, charts.channels[0].transactions, charts.open.low, charts.decisions.made, metrics)
    };
    let newest = Time((NOW + 1) * 1_000);
    assert_eq!(told(None).await, (vec![16.0], 8, 6, 2, vec![(other, newest), (one, newest)]));
    assert_eq!(told(Some(one)).await, (vec![6.0], 3, 2, 1, vec![(one, newest)]));
    store.remove_source(other).await.unwrap();
    assert_eq!(told(None).await, (vec![6.0], 3, 2, 1, vec![(one, newest)]));
}
