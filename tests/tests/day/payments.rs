//! Transactions: the live feed, held still without a loss.

use serde_json::json;
use vigie_core::store::{PAGE_LIMIT, Side, Store};

use super::Day;

const TOP: &str =
    r#"return (document.querySelector('[data-testid="transaction-row"]')?.dataset.subject ?? '')"#;

/// The identifiers of the stored payments, oldest first.
pub async fn stored(store: &Store) -> Vec<String> {
    let (mut stored, mut side) = (Vec::new(), Side::Newest);
    loop {
        let page = store.transactions(None, side, PAGE_LIMIT).await.unwrap();
        stored.extend(page.rows.into_iter().map(|row| row.subject));
        let Some(next) = page.next else { break };
        side = Side::Before(next);
    }
    stored.reverse();
    stored
}

#[tokio::test]
async fn payments_are_held_still_read_and_go_on_and_none_is_missing() {
    let day = Day::begin().await;
    day.app.keys("g t").await;
    let first = day.app.until("there are payments", TOP).await;
    day.app.until("they pour", &format!("{TOP} !== {first}")).await;
    day.app.keys("p").await;
    day.app.until("it is paused", "return document.querySelector('.stored.paused') !== null").await;
    let top = day.app.script(TOP).await;
    let drawn = day.app.rows("transaction-row").await;
    day.pour(400).await;
    assert_eq!(day.app.script(TOP).await, top, "what has come has moved what is read");
    assert_eq!(day.app.rows("transaction-row").await, drawn);
    day.app.keys("j j Enter").await;
    day.app.until_there("transaction-detail").await;
    day.session.keep_picture(&day.app, "day-payments").await;
    day.app.keys("Escape p").await;
    day.app.until("it goes on", &format!("{TOP} !== {top}")).await;
    // A column less, by the keyboard.
    day.app.tab_to("columns").await;
    day.app.keys("Enter").await;
    day.app.tab_to("column-channel").await;
    day.app.keys("Space").await;
    day.app
        .until(
            "the channel is hidden",
            "return !document.querySelector('.head')?.innerText.includes('Channel')",
        )
        .await;
    day.app.keys("Escape").await;
    let sent = day.payments_sent();
    // What was on its way then is stored once so many more are.
    day.pour(200).await;
    let told = day.app.invoke("overview", &json!({})).await["transactions"].as_u64().unwrap();
    let (_session, store) = day.end().await;
    let stored = stored(&store).await;
    assert!(stored.len() as u64 >= told, "{} of {told} are stored", stored.len());
    // What was fetched at the beginning apart, all that was sent until then is there, in its order.
    let live = stored.iter().position(|subject| *subject == sent[0]).expect("the first is there");
    assert_eq!(stored[live..][..sent.len()], sent);
}
