//! A question says how events are to be, in one word or in many, and finds them and no others.

use tempfile::tempdir;
use vigie_core::model::{AlertState, Event, Kind, Severity, Time};
use vigie_core::store::{AlertIs, Following, SearchQuery, Store};

use crate::made::{alert, event, put, source, store};

/// Everything that a question finds, page by page.
async fn found(store: &Store, query: &SearchQuery) -> Vec<String> {
    let (mut all, mut before) = (Vec::new(), None);
    loop {
        let page = store.search(query, before, 50).await.unwrap();
        assert!(page.rows.len() <= 50);
        all.extend(page.rows.into_iter().map(|row| row.event.subject));
        assert!(page.next.is_none_or(|next| before.is_none_or(|before| next < before)), "it goes on");
        before = page.next;
        if before.is_none() {
            return all;
        }
    }
}

fn payment(subject: &str, amount: &str, country: &str, at: i64) -> Event {
    let mut event = event(Kind::Transaction, subject, at);
    event.facts.amount = Some(amount.to_owned());
    event.facts.country = Some(country.to_owned());
    event.facts.currency = Some("EUR".to_owned());
    event
}

#[tokio::test]
async fn an_amount_beyond_all_money_is_found_and_holds_the_index_up_for_nobody() {
    let folder = tempdir().unwrap();
    let store = store(&folder).await;
    let source = source(&store, "one").await;
    let nines = "9".repeat(40);
    let amounts = ["1.7976931348623157e308", "-1.7976931348623157e308", &nines, "1e-320"];
    let made = (0..2_000).map(|number| {
        let amount = amounts.get(number).copied().unwrap_or("5");
        payment(&format!("t-{number}"), amount, "FR", i64::try_from(number).unwrap())
    });
    put(&store, source, made.collect()).await;
    while store.index_words(Following::CLOSELY).await.unwrap() {}
    let more = SearchQuery { more_than: Some(1e39), ..SearchQuery::default() };
    assert_eq!(found(&store, &more).await, ["t-2", "t-0"]);
    let less = SearchQuery { less_than: Some(-1e39), ..SearchQuery::default() };
    assert_eq!(found(&store, &less).await, ["t-1"]);
}

#[tokio::test]
async fn each_thing_that_it_says_narrows_it() {
    let folder = tempdir().unwrap();
    let store = store(&folder).await;
    let source = source(&store, "one").await;
    let mut testing = alert("a-1", Severity::Critical, AlertState::Open, 3);
    testing.facts.scenario = Some("card_testing".to_owned());
    testing.facts.customer = Some("C-17".to_owned());
    testing.facts.customer_name = Some("Ada Lovelace".to_owned());
    let payments = [payment("t-1", "999.99", "FR", 1), payment("t-2", "1000.01", "fr", 2)];
    put(&store, source, payments.into_iter().chain([testing]).collect()).await;
    put(&store, source, vec![alert("a-2", Severity::Low, AlertState::Resolved, 4)]).await;
    let asked = SearchQuery::default;
    let cases = [
        (SearchQuery { country: Some("FR".into()), ..asked() }, vec!["t-2", "t-1"]),
        (SearchQuery { more_than: Some(1_000.0), ..asked() }, vec!["t-2"]),
        (SearchQuery { less_than: Some(1_000.0), ..asked() }, vec!["t-1"]),
        (SearchQuery { currency: Some("usd".into()), ..asked() }, vec![]),
        (SearchQuery { severities: vec![Severity::Critical, Severity::High], ..asked() }, vec!["a-1"]),
        (SearchQuery { is: vec![AlertIs::Open], ..asked() }, vec!["a-1"]),
        (SearchQuery { is: vec![AlertIs::Closed, AlertIs::Unseen], ..asked() }, vec!["a-2"]),
        (SearchQuery { is: vec![AlertIs::Open, AlertIs::Closed], ..asked() }, vec![]),
        (SearchQuery { scenario: Some("card_testing".into()), ..asked() }, vec!["a-1"]),
        (SearchQuery { customer: Some("ada lovelace".into()), ..asked() }, vec!["a-1"]),
        (SearchQuery { text: "c 17".into(), customer: Some("C-17".into()), ..asked() }, vec!["a-1"]),
        (SearchQuery { customer: Some("C-1".into()), ..asked() }, vec![]),
        (SearchQuery { since: Some(Time(2_000)), before: Some(Time(4_000)), ..asked() }, vec!["a-1", "t-2"]),
        (SearchQuery { kinds: vec![Kind::Transaction], ..asked() }, vec!["t-2", "t-1"]),
        (SearchQuery { kinds: vec![Kind::Transaction], is: vec![AlertIs::Open], ..asked() }, vec![]),
        (SearchQuery { text: "t".into(), more_than: Some(5.0), ..asked() }, vec!["t-2", "t-1"]),
        (asked(), vec![]),
    ];
    for (query, expected) in cases {
        assert_eq!(found(&store, &query).await, expected, "{query:?}");
    }
}

#[tokio::test]
async fn of_an_alert_the_newest_word_is_found_and_says_which_alert_it_is() {
    let folder = tempdir().unwrap();
    let store = store(&folder).await;
    let source = source(&store, "one").await;
    for (state, at) in [(AlertState::Open, 1), (AlertState::Investigating, 2), (AlertState::Resolved, 3)] {
        put(&store, source, vec![alert("a-1", Severity::High, state, at)]).await;
    }
    for query in [
        SearchQuery { text: "a 1".into(), ..SearchQuery::default() },
        SearchQuery { severities: vec![Severity::High], ..SearchQuery::default() },
    ] {
        let page = store.search(&query, None, 10).await.unwrap();
        assert_eq!(page.rows.len(), 1, "{query:?}");
        assert_eq!(page.rows[0].event.facts.state, Some(AlertState::Resolved));
        let alert = page.rows[0].alert.unwrap();
        assert_eq!(store.alert_row(alert).await.unwrap().subject, "a-1");
    }
}

#[tokio::test]
async fn what_is_rare_is_found_however_much_lies_above_it() {
    let folder = tempdir().unwrap();
    let store = store(&folder).await;
    let source = source(&store, "one").await;
    let many = (0..6_000).map(|number| {
        let country = if number % 2_500 == 7 { "IS" } else { "FR" };
        payment(&format!("t-{number}"), "5", country, number)
    });
    put(&store, source, many.collect()).await;
    let rare = SearchQuery { country: Some("IS".into()), ..SearchQuery::default() };
    let words_too = SearchQuery { text: "eur".into(), ..rare.clone() };
    for is_indexed in [false, true] {
        for query in [&rare, &words_too] {
            assert_eq!(found(&store, query).await, ["t-5007", "t-2507", "t-7"], "{is_indexed} {query:?}");
        }
        while store.index_words(Following::CLOSELY).await.unwrap() {}
    }
}

#[tokio::test]
async fn whatever_it_says_is_asked_of_the_index_and_needs_no_look_at_what_lies_above() {
    const DAY: i64 = 24 * 3_600;
    let folder = tempdir().unwrap();
    let store = store(&folder).await;
    let source = source(&store, "one").await;
    let mut rare = payment("t-rare", "70000.5", "IS", 20_000 * DAY);
    rare.facts.customer = Some("C-17".to_owned());
    rare.facts.channel = Some("branch".to_owned());
    let mut worst = alert("a-rare", Severity::Critical, AlertState::Open, 20_001 * DAY);
    worst.facts.scenario = Some("mule account".to_owned());
    put(&store, source, vec![rare, worst]).await;
    let others = (0..6_000).map(|number| {
        let mut event = match number % 2 {
            0 => payment(&format!("t-{number}"), "5", "FR", 20_700 * DAY + number),
            _ => alert(&format!("a-{number}"), Severity::Low, AlertState::Open, 20_700 * DAY + number),
        };
        event.facts.customer = Some(format!("C-{}", 100 + number));
        event
    });
    put(&store, source, others.collect()).await;
    while store.index_words(Following::CLOSELY).await.unwrap() {}
    let asked = SearchQuery::default;
    let before = Some(Time(20_600 * DAY * 1_000));
    let cases = [
        (SearchQuery { customer: Some("c-17".into()), ..asked() }, vec!["t-rare"]),
        (SearchQuery { country: Some("IS".into()), ..asked() }, vec!["t-rare"]),
        (SearchQuery { channel: Some("branch".into()), ..asked() }, vec!["t-rare"]),
        (SearchQuery { scenario: Some("mule account".into()), ..asked() }, vec!["a-rare"]),
        (SearchQuery { severities: vec![Severity::Critical], ..asked() }, vec!["a-rare"]),
        (SearchQuery { more_than: Some(1_000.0), ..asked() }, vec!["t-rare"]),
        (SearchQuery { more_than: Some(1e6), country: Some("FR".into()), ..asked() }, vec![]),
        (SearchQuery { less_than: Some(2.0), ..asked() }, vec![]),
        // What contradicts itself.
        (SearchQuery { more_than: Some(1_000.0), less_than: Some(5.0), ..asked() }, vec![]),
        (SearchQuery { since: Some(Time(20_650 * DAY * 1_000)), before, ..asked() }, vec![]),
        (SearchQuery { kinds: vec![Kind::Transaction], severities: vec![Severity::Low], ..asked() }, vec![]),
        (SearchQuery { before, ..asked() }, vec!["a-rare", "t-rare"]),
        (SearchQuery { before, is: vec![AlertIs::Open], ..asked() }, vec!["a-rare"]),
        (SearchQuery { text: "eur".into(), more_than: Some(1_000.0), ..asked() }, vec!["t-rare"]),
    ];
    for (query, expected) in cases {
        let page = store.search(&query, None, 50).await.unwrap();
        let subjects: Vec<&str> = page.rows.iter().map(|row| row.event.subject.as_str()).collect();
        assert_eq!((subjects, page.next), (expected, None), "{query:?}");
    }
}

#[tokio::test]
async fn what_can_be_asked_for_by_name_is_told_most_frequent_first() {
    let folder = tempdir().unwrap();
    let store = store(&folder).await;
    let source = source(&store, "one").await;
    let made = ["FR", "DE", "FR"].into_iter().enumerate();
    let made = made.map(|(number, country)| payment(&format!("t-{number}"), "5", country, number as i64));
    put(&store, source, made.collect()).await;
    let values = store.search_values().await.unwrap();
    assert_eq!(values.countries, ["FR", "DE"]);
    assert_eq!(values.currencies, ["EUR"]);
    assert!(values.scenarios.is_empty() && values.channels.is_empty());
}
