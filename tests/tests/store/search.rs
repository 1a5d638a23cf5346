//! What an analyst remembers of an event finds it, wherever it is in the record.

use tempfile::tempdir;
use vigie_core::model::{Detail, Event, Factor, Kind};
use vigie_core::store::{Following, SearchQuery, Store};

use crate::made::{event, put, source, store};

fn payment(number: i64, name: &str, merchant: &str) -> Event {
    let mut event = event(Kind::Transaction, &format!("TX-{number:06}"), number);
    event.facts.customer_name = Some(name.to_owned());
    event.facts.merchant = Some(merchant.to_owned());
    event.facts.amount = Some(format!("{number}.50"));
    event
}

async fn found(store: &Store, text: &str) -> Vec<String> {
    let query = SearchQuery { text: text.to_owned(), ..SearchQuery::default() };
    let (mut all, mut before) = (Vec::new(), None);
    loop {
        let page = store.search(&query, before, 7).await.unwrap();
        all.extend(page.rows.into_iter().map(|row| row.event.subject));
        before = page.next;
        if before.is_none() {
            return all;
        }
    }
}

/// Lets the index follow as far as it does.
async fn index(store: &Store) {
    while store.index_words(Following::CLOSELY).await.unwrap() {}
}

#[tokio::test]
async fn it_is_found_newest_first_before_and_after_the_index_has_followed() {
    let folder = tempdir().unwrap();
    let store = store(&folder).await;
    let source = source(&store, "one").await;
    // The rare one is the oldest, the common ones are everywhere.
    let made = (0..3_000).map(|number| {
        let name = if number % 1_000 == 1 { "Noé Lévêque" } else { "Ada Lovelace" };
        payment(number, name, if number % 2 == 0 { "Voltéa" } else { "Carrefour Marseille" })
    });
    put(&store, source, made.collect()).await;
    for is_indexed in [false, true] {
        assert_eq!(found(&store, "leveque").await, ["TX-002001", "TX-001001", "TX-000001"], "{is_indexed}");
        assert_eq!(found(&store, "LÉVÊ carr").await, Vec::<String>::new());
        assert_eq!(found(&store, "noe leveque carref").await.len(), 3);
        assert_eq!(found(&store, "tx-000777").await, ["TX-000777"]);
        assert_eq!(found(&store, "777.50").await, ["TX-000777"]);
        assert_eq!(found(&store, "nobody").await, Vec::<String>::new());
        let common = found(&store, "volt").await;
        assert_eq!(common.len(), 1_500);
        assert!(common.is_sorted_by(|newer, older| newer > older));
        index(&store).await;
    }
}

#[tokio::test]
async fn a_question_is_words_and_nothing_else() {
    let folder = tempdir().unwrap();
    let store = store(&folder).await;
    let source = source(&store, "one").await;
    put(&store, source, (0..2_000).map(|number| payment(number, "Ada", "x")).collect()).await;
    index(&store).await;
    for hostile in
        ["\"", "*", "ada OR", "NEAR(ada x)", "ada AND NOT x", "words:ada", "-ada", "'); DROP TABLE event; --"]
    {
        let _answered = found(&store, hostile).await;
    }
    for nothing in ["", "  ", "!?", "\u{E000}", "\u{0}"] {
        assert_eq!(found(&store, nothing).await, Vec::<String>::new(), "{nothing:?}");
    }
    // A word of the query language is a word.
    assert_eq!(found(&store, "ada AND x").await, Vec::<String>::new());
    assert_eq!(found(&store, &"ada ".repeat(500)).await.len(), 2_000);
}

#[tokio::test]
async fn details_and_factors_are_found_and_their_names_in_the_file_are_not() {
    let folder = tempdir().unwrap();
    let store = store(&folder).await;
    let source = source(&store, "one").await;
    let mut event = payment(1, "Ada", "x");
    event.facts.details = vec![Detail { name: "bank".into(), value: "Crédit Exemple".into() }];
    event.facts.factors =
        vec![Factor { name: "velocity".into(), weight: Some(0.5), text: Some("14 in an hour".into()) }];
    put(&store, source, vec![event]).await;
    for text in ["credit ex", "velocity", "hour"] {
        assert_eq!(found(&store, text).await, ["TX-000001"], "{text}");
    }
    for text in ["value", "weight", "name"] {
        assert_eq!(found(&store, text).await, Vec::<String>::new(), "{text}");
    }
}

#[tokio::test]
async fn a_kind_and_a_source_narrow_it_and_a_removed_source_is_not_found() {
    let folder = tempdir().unwrap();
    let store = store(&folder).await;
    let (one, other) = (source(&store, "one").await, source(&store, "other").await);
    for source in [one, other] {
        let made = (0..800).map(|number| {
            let mut event = payment(number, "Ada", "x");
            event.kind = if number % 2 == 0 { Kind::Alert } else { Kind::Transaction };
            event
        });
        put(&store, source, made.collect()).await;
    }
    index(&store).await;
    let count = async |kinds: Vec<Kind>, source| {
        let query = SearchQuery { text: "ada".into(), kinds, source, ..SearchQuery::default() };
        let (mut count, mut before) = (0, None);
        loop {
            let page = store.search(&query, before, 50).await.unwrap();
            count += page.rows.len();
            before = page.next;
            if before.is_none() {
                return count;
            }
        }
    };
    assert_eq!(count(vec![], None).await, 1_600);
    assert_eq!(count(vec![Kind::Alert], None).await, 800);
    assert_eq!(count(vec![Kind::Alert, Kind::Transaction], Some(one)).await, 800);
    assert_eq!(count(vec![Kind::Order], None).await, 0);
    store.remove_source(one).await.unwrap();
    assert_eq!(count(vec![], Some(one)).await, 0);
    assert_eq!(count(vec![], None).await, 800);
}

#[tokio::test]
async fn a_long_beginning_finds_all_words_that_have_it_be_they_few_or_many_and_no_neighbour() {
    let folder = tempdir().unwrap();
    let store = store(&folder).await;
    let source = source(&store, "one").await;
    let made = (0..2_000).map(|number| {
        let merchant = match number % 4 {
            0 => "Lavandier".to_owned(),
            1 => "Lavandières".to_owned(),
            2 => format!("Voyage{number:04}"),
            _ => "Lavande Lavandh".to_owned(),
        };
        payment(number, "Ada", &merchant)
    });
    put(&store, source, made.collect()).await;
    for is_indexed in [false, true] {
        for (beginning, count) in [("lavandi", 1_000), ("lavandiere", 500), ("voyage", 500), ("voyage0", 250)]
        {
            let found = found(&store, beginning).await;
            assert_eq!(found.len(), count, "{beginning}, {is_indexed}");
            assert!(found.is_sorted_by(|newer, older| newer > older));
        }
        index(&store).await;
    }
}
