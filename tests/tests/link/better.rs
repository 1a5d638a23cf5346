//! A better transport that is tried holds up nothing, and nothing is lost by the change to it.

use std::time::Duration;

use vigie_core::desk::view::Overview;
use vigie_core::model::{Alert, TransportKind};
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

/// A WebSocket, which is better, and an event stream that begins with what was before.
const REPLAYING: &str = r#"
name = "replaying"
title = "Replaying"
url = "http://localhost"

[sign_in]
kind = "bearer"

[[transport]]
kind = "websocket"

[[transport.stream]]
path = "/ws"

[[transport]]
kind = "sse"

[[transport.stream]]
path = "/events"
resume = "replay"
settled_milliseconds = 65000
silence_seconds = 330

[[message]]
type = "*"
kind = "alert"
id = "/id"

[message.facts]
severity = { from = "/severity", default = "critical" }
occurred_at = "/at"
"#;

#[tokio::test]
async fn the_last_words_of_a_replay_are_announced_though_another_connection_has_taken_its_place() {
    let mut stage = Stage::new(&[REPLAYING]).await;
    stage.server.answer("GET /ws", Answer::status(426));
    stage.sign_in("replaying").await;
    // The first was only to find out whether the server takes us.
    drop(stage.server.wire().await);
    let mut wire = stage.server.wire().await;
    let step = BETTER / 5;
    for id in 1..=5 {
        wire.event(format!(r#"{{"id":"a-{id}","at":"2020-01-01T00:00:00Z"}}"#)).await;
        stage.desk.until_stored("it is stored", |alerts, _| alerts.len() == id).await;
        if id == 5 {
            stage.server.forget("GET /ws");
        }
        stage.clock.advance(step);
    }
    let connection = stage.server.connection().await;
    connection.send(r#"{"id":"a-6"}"#).await;
    stage.until_live_over(TransportKind::WebSocket).await;
    wire.send(": here\n\n").await;
    let is_over = |now: &Overview| now.sources[0].stored_until.is_some();
    stage.desk.until("what was replayed is announced", is_over).await;
    let six = |alerts: &[Alert], _: &_| alerts.len() == 6;
    stage.desk.until_stored("the first on the other connection is stored", six).await;
    let told = || stage.desk.desktop.shown().notifications.len();
    let before = told();
    wire.event(r#"{"id":"a-7","at":"2020-01-01T00:00:00Z"}"#).await;
    stage.desk.until_stored("its last word is stored", |alerts, _| alerts.len() == 7).await;
    stage.clock.advance(LONGEST_WAIT);
    stage.desk.desktop.until(|shown| shown.notifications.len() > before).await;
}
