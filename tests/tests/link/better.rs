//! A better transport that is tried holds up nothing.

use std::time::Duration;

use vigie_core::model::TransportKind;
use vigie_tests::server::{Answer, transaction};

use super::stage::{BETTER, LONGEST_WAIT, Stage, TWO_WAYS};

/// The longest that a better transport may take to give a sign of life.
const SIGN_LIMIT: Duration = Duration::from_secs(10);

#[tokio::test]
async fn a_better_transport_that_stands_and_says_nothing_does_not_hold_up_polling_for_long() {
    let mut stage = Stage::new(&[]).await;
    stage.server.answer("STREAM /api/stream/transactions", Answer::status(404));
    stage.server.answer("GET /transactions/recent", Answer::json("[]"));
    stage.sign_in("aml").await;
    stage.until_live_over(TransportKind::Polling).await;
    stage.server.drop_open();
    stage.server.forget("STREAM /api/stream/transactions");
    stage.clock.advance(BETTER);
    let [mut transactions, mut alerts] = stage.two_wires().await;
    stage.clock.sleeper(SIGN_LIMIT..=SIGN_LIMIT).await;
    stage.clock.advance(SIGN_LIMIT);
    transactions.until_left().await;
    alerts.until_left().await;
    let asked = stage.server.count("GET /transactions/recent");
    stage.server.answer("GET /transactions/recent", Answer::json(r#"[{"id":"t-1"}]"#));
    stage.clock.advance(LONGEST_WAIT);
    stage.server.until_asked("GET /transactions/recent", asked + 1).await;
    stage.until_stored(1).await;
}

#[tokio::test]
async fn news_does_not_wait_for_a_better_transport() {
    let mut stage = Stage::new(&[TWO_WAYS]).await;
    let mut wire = stage.worse_way().await;
    let held = stage.server.hold("GET /ws");
    let asked = stage.server.count("GET /ws");
    stage.clock.advance(BETTER);
    stage.server.until_asked("GET /ws", asked + 1).await;
    wire.event(transaction(2)).await;
    stage.until_stored(2).await;
    drop(held);
    let _connection = stage.server.connection().await;
    stage.until_live_over(TransportKind::WebSocket).await;
}
