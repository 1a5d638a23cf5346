//! What has no end, or is so large that it has none.

use sqlx::ConnectOptions as _;
use sqlx::sqlite::SqliteConnectOptions;
use vigie_core::desk::view::FailureCode;
use vigie_core::model::{Link, TransportKind, Trouble};
use vigie_core::profile::FRAME_LIMIT;
use vigie_core::store::{REJECTED_HEAD, REJECTED_KEPT};
use vigie_core::transport::http::ANSWER_LIMIT;
use vigie_tests::server::{Answer, STREAM_HEAD, transaction};

use super::stage::{LONGEST_WAIT, SLACK, Stage, gzip};

/// More than anything here is to take: a client that has not left by then takes everything.
const ENDLESS: usize = 256 << 20;
/// A disk that holds more than this was filled by what nobody can read.
const DISK: u64 = 4 << 20;

#[tokio::test]
async fn an_endless_head_of_a_stream_is_not_read_to_its_end() {
    let mut stage = Stage::new().await;
    let wire = stage.live_stream("flowfi").await;
    stage.bad.answer_by_hand("STREAM /events/subscribe");
    drop(wire);
    stage.until_told(Trouble::Closed).await;
    stage.clock.advance(LONGEST_WAIT / 2);
    let mut wire = stage.bad.wire().await;
    wire.send("HTTP/1.1 200 OK\r\nx: ").await;
    let taken = wire.flood(&[b'x'; 10_000], ENDLESS).await;
    assert!(taken < SLACK, "{taken} bytes were taken");
    stage.until_told(Trouble::NotUnderstood).await;
    stage.others_go_on().await;
    // Lines without end are as bad as a line without end.
    stage.clock.advance(LONGEST_WAIT / 2);
    let mut wire = stage.bad.wire().await;
    wire.send("HTTP/1.1 200 OK\r\n").await;
    let taken = wire.flood(&b"x: y\r\n".repeat(1_000), ENDLESS).await;
    assert!(taken < SLACK, "{taken} bytes were taken");
    stage.others_go_on().await;
}

#[tokio::test]
async fn an_endless_head_at_the_first_sign_in_is_told_in_words() {
    let mut stage = Stage::new().await;
    let bad = stage.bad.url.clone();
    stage.bad.answer_by_hand("STREAM /events/subscribe");
    let (outcome, taken) = tokio::join!(stage.desk.sign_in_as("flowfi", &bad, "", ""), async {
        let mut wire = stage.bad.wire().await;
        wire.flood(b"HTTP/1.1 200 OK and so on", ENDLESS).await
    });
    assert_eq!(outcome.unwrap_err().code, FailureCode::NotUnderstood);
    assert!(taken < SLACK, "{taken} bytes were taken");
    stage.others_go_on().await;
}

#[tokio::test]
async fn an_endless_head_of_a_list_is_not_read_to_its_end() {
    let mut stage = Stage::new().await;
    only_polling(&stage);
    stage.sign_in("generic").await;
    stage.until_live().await;
    stage.bad.answer_by_hand("GET /");
    stage.ask_again().await;
    let mut wire = stage.bad.wire().await;
    wire.send("HTTP/1.1 200 OK\r\nx: ").await;
    let taken = wire.flood(&[b'x'; 10_000], ENDLESS).await;
    assert!(taken < SLACK, "{taken} bytes were taken");
    stage.until_told(Trouble::NotUnderstood).await;
    stage.others_go_on().await;
}

#[tokio::test]
async fn an_endless_line_is_counted_and_only_its_beginning_kept() {
    let mut stage = Stage::new().await;
    let mut wire = stage.live_stream("generic").await;
    wire.send("data: ").await;
    let mut length = 0;
    for _ in 0..4 {
        length += wire.flood(&[b'y'; 64 << 10], 8 << 20).await;
        stage.others_go_on().await;
    }
    wire.send("\n\n").await;
    wire.event(transaction(1)).await;
    stage.until_stored("t-1").await;
    let rejected = stage.rejected().await;
    assert_eq!((rejected.len(), rejected[0].reason.as_str()), (1, "too_large"));
    assert_eq!(rejected[0].length as usize, length);
    assert!(rejected[0].head.chars().count() <= REJECTED_HEAD);
    assert!(stage.kept() < DISK, "{} bytes on disk", stage.kept());
    assert_eq!(stage.bad.count("STREAM /"), 2, "the connection did not survive");
}

#[tokio::test]
async fn lines_that_mean_nothing_cost_nothing_however_long_or_many() {
    let mut stage = Stage::new().await;
    let mut wire = stage.live_stream("generic").await;
    for piece in [&b": "[..], b"unknown: ", b"x", b":\n", b"\n", b"data", b"event\nid\n", b"\r\n\r"] {
        wire.send(piece).await;
        wire.flood(&piece.repeat(10_000), 2 << 20).await;
        stage.others_go_on().await;
        wire.send("\n\n").await;
    }
    wire.event(transaction(1)).await;
    stage.until_stored("t-1").await;
    assert_eq!(stage.bad.count("STREAM /"), 2, "the connection did not survive");
    assert!(stage.kept() < DISK, "{} bytes on disk", stage.kept());
}

#[tokio::test]
async fn a_flood_of_nonsense_is_kept_within_bounds() {
    let mut stage = Stage::new().await;
    let mut wire = stage.live_stream("generic").await;
    wire.flood(&b"event: x\nid: 7\ndata: }{\n\n".repeat(100), 100_000).await;
    stage.others_go_on().await;
    wire.event(transaction(1)).await;
    stage.until_stored("t-1").await;
    assert_eq!(stage.rejected_on_disk().await, REJECTED_KEPT);
    assert!(stage.kept() < DISK, "{} bytes on disk", stage.kept());
}

#[tokio::test]
async fn an_endless_answer_is_read_up_to_its_limit() {
    let mut stage = Stage::new().await;
    only_polling(&stage);
    stage.sign_in("generic").await;
    stage.until_live().await;
    stage.bad.answer_by_hand("GET /");
    stage.ask_again().await;
    let mut wire = stage.bad.wire().await;
    wire.send("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{\"items\":[").await;
    let sent = wire.flood(&[b' '; 64 << 10], 8 << 20).await;
    stage.others_go_on().await;
    let taken = sent + wire.flood(&[b' '; 64 << 10], ENDLESS).await;
    assert!(taken < ANSWER_LIMIT + SLACK, "{taken} bytes were taken");
    stage.until_told(Trouble::NotUnderstood).await;
    stage.bad.answer("GET /", list(&[&transaction(1)]));
    stage.pass_until_stored("t-1").await;
    stage.others_go_on().await;
    assert!(stage.kept() < DISK, "{} bytes on disk", stage.kept());
}

#[tokio::test]
async fn a_packed_bomb_costs_what_its_beginning_costs() {
    let mut stage = Stage::new().await;
    let mut wire = stage.live_stream("generic").await;
    wire.send(": here\n\n").await;
    stage.bad.answer_by_hand("STREAM /");
    drop(wire);
    let (wait, _) = stage.until_told(Trouble::Closed).await;
    stage.pass(wait).await;
    let mut wire = stage.bad.wire().await;
    let length = 128 << 20;
    let last = transaction(1).replace('\n', "\ndata: ");
    let bomb = [&b"data: "[..], &vec![b'y'; length], b"\n\ndata: ", last.as_bytes(), b"\n\n"];
    let packed = gzip(&bomb.concat());
    assert!(packed.len() < 1 << 20);
    wire.send(STREAM_HEAD.replace("\r\n\r\n", "\r\ncontent-encoding: gzip\r\n\r\n")).await;
    wire.send(packed).await;
    stage.others_go_on().await;
    stage.until_stored("t-1").await;
    let rejected = stage.rejected().await;
    assert_eq!((rejected.len(), rejected[0].reason.as_str()), (1, "too_large"));
    assert_eq!(rejected[0].length as usize, length);
    assert!(stage.kept() < DISK, "{} bytes on disk", stage.kept());
    stage.others_go_on().await;
}

#[tokio::test]
async fn a_packed_bomb_of_a_list_is_read_up_to_its_limit() {
    let mut stage = Stage::new().await;
    only_polling(&stage);
    stage.sign_in("generic").await;
    stage.until_live().await;
    // It would be a list, for who reads it to its end.
    let (beginning, rest) = (b"{\"items\":[".to_vec(), format!("{}]}}", transaction(2)));
    let bomb = gzip(&[beginning, vec![b' '; 128 << 20], rest.into_bytes()].concat());
    assert!(bomb.len() < 1 << 20);
    let headers = "content-type: application/json\r\ncontent-encoding: gzip\r\n".to_owned();
    stage.bad.answer("GET /", Answer { status: 200, headers, body: bomb });
    stage.ask_again().await;
    stage.until_told(Trouble::NotUnderstood).await;
    stage.others_go_on().await;
    // One that fits is read: it is not the packing that is refused.
    let headers = "content-encoding: gzip\r\n".to_owned();
    let body = gzip(&list(&[&transaction(1)]).body);
    stage.bad.answer("GET /", Answer { status: 200, headers, body });
    stage.pass_until_stored("t-1").await;
    assert!(stage.desk.transactions().await.iter().all(|one| one.subject != "t-2"));
    stage.others_go_on().await;
}

#[tokio::test]
async fn more_items_than_a_list_may_have_are_told_and_not_stored() {
    let mut stage = Stage::new().await;
    let mut wire = stage.live_stream("generic").await;
    let many = format!("[{}0]", "0,".repeat(100_000));
    wire.event(&many).await;
    wire.event(format!("[{}0]", "0,".repeat((FRAME_LIMIT - 10) / 2))).await;
    wire.event(transaction(1)).await;
    stage.until_stored("t-1").await;
    let rejected = stage.rejected().await;
    assert_eq!(stage.reasons().await, ["too_large", "too_large"]);
    assert!(rejected[0].detail.starts_with("100001 items at once"), "{}", rejected[0].detail);
    stage.others_go_on().await;
    // The same by asking.
    only_polling(&stage);
    drop(wire);
    let (wait, _) = stage.until_told(Trouble::Closed).await;
    stage.bad.answer("GET /", Answer::json(&many));
    stage.pass(wait).await;
    stage.until_told(Trouble::NotUnderstood).await;
    assert_eq!(stage.reasons().await.len(), 2);
    stage.others_go_on().await;
}

#[tokio::test]
async fn frames_of_very_many_items_are_stored_one_by_one_and_not_all_held_in_memory() {
    let mut stage = Stage::new().await;
    let mut wire = stage.live_stream("generic").await;
    let options = SqliteConnectOptions::new().filename(&stage.desk.path);
    let mut other = options.connect().await.unwrap();
    for statement in [
        "CREATE TABLE moved (value TEXT)",
        "CREATE TRIGGER comes INSERT ON position BEGIN INSERT INTO moved VALUES (NEW.value); END",
        "CREATE TRIGGER moves UPDATE ON position BEGIN INSERT INTO moved VALUES (NEW.value); END",
    ] {
        sqlx::query(statement).execute(&mut other).await.unwrap();
    }
    // Two bytes on the way, and a hundred times as much in memory.
    let many = format!("[{}0]", "0,".repeat(20_000));
    let ids: Vec<String> = (1..=10).map(|id| id.to_string()).collect();
    for id in &ids {
        wire.send(format!("id: {id}\ndata: {many}\n\n")).await;
    }
    wire.event(transaction(1)).await;
    stage.until_stored("t-1").await;
    let moved: Vec<String> =
        sqlx::query_scalar("SELECT DISTINCT value FROM moved").fetch_all(&mut other).await.unwrap();
    let together = ids.iter().filter(|id| !moved.contains(id)).count();
    assert_eq!(together, 0, "these were stored together with the next: {moved:?}");
    stage.others_go_on().await;
}

/// What may wait in memory for a list, in bytes.
const QUEUED: usize = 32 << 20;

/// A stream whose lists come only when they want to.
const SLOW_LIST: &str = r#"
name = "slow-list"
title = "Slow list"
url = "http://localhost"

[[transport]]
kind = "sse"
fetch = ["slow"]

[[transport.stream]]
path = "/events"

[[list]]
name = "slow"
path = "/slow"

[[message]]
type = "*"
kind = "transaction"
id = "/payload/id"
"#;

#[tokio::test]
async fn what_waits_for_a_list_is_bounded_and_then_the_server_waits() {
    let mut stage = Stage::knowing(&[SLOW_LIST]).await;
    let hold = stage.bad.hold("GET /slow");
    stage.bad.answer("GET /slow", Answer::json("[]"));
    stage.sign_in("slow-list").await;
    drop(stage.bad.wire().await);
    let mut wire = stage.bad.wire().await;
    stage.until("it is catching up", |link| matches!(link, Link::CatchingUp { .. })).await;
    // Most of these events is their type and their id.
    let long = "x".repeat(4_000);
    let event =
        |id: usize| format!("event: {long}\nid: {id}{long}\ndata: {{\"payload\":{{\"id\":\"t-{id}\"}}}}\n\n");
    let (mut last, mut sent) = (0, 0);
    let rest = loop {
        let event = event(last).into_bytes();
        let taken = wire.fill(&event, event.len()).await;
        sent += taken;
        assert!(sent < QUEUED + SLACK, "{sent} bytes were taken");
        if taken < event.len() {
            break event[taken..].to_vec();
        }
        last += 1;
    };
    stage.others_go_on().await;
    drop(hold);
    wire.send(rest).await;
    stage.until_stored(&format!("t-{last}")).await;
    stage.until_live().await;
    stage.others_go_on().await;
}

/// A WebSocket whose server has to confirm what was subscribed.
const SUBSCRIBED: &str = r#"
name = "subscribed"
title = "Subscribed"
url = "http://localhost"

[sign_in]
kind = "bearer"

[[transport]]
kind = "websocket"

[[transport.stream]]
path = "/ws"
subscribe = '{"type":"subscribe"}'
confirmed = "subscribed"

[frame]
type = "/type"

[[message]]
type = "subscribed"
kind = "signal"
"#;

#[tokio::test]
async fn what_comes_before_a_confirmation_is_bounded_also_where_it_says_nothing() {
    let mut stage = Stage::knowing(&[SUBSCRIBED]).await;
    let bad = stage.bad.url.clone();
    let (outcome, ()) = tokio::join!(stage.desk.sign_in_as("subscribed", &bad, "", "key"), async {
        let connection = stage.bad.connection().await;
        // An empty text: two bytes on the way, and many times as much in memory.
        let empty = [0x81, 0].repeat(1_000);
        for _ in 0..1_000 {
            if !connection.offer_bytes(&empty).await {
                return;
            }
        }
        connection.close(1_000).await;
    });
    assert_eq!(outcome.unwrap_err().code, FailureCode::NotUnderstood);
    stage.others_go_on().await;
}

/// From now on the hostile server has nothing but a list.
pub fn only_polling(stage: &Stage) {
    stage.bad.answer("STREAM /", Answer::status(404));
    stage.bad.answer("GET /", list(&[]));
}

pub fn list(items: &[&str]) -> Answer {
    Answer::json(&format!(r#"{{"items":[{}]}}"#, items.join(",")))
}

#[tokio::test]
async fn only_polling_is_what_it_says() {
    let mut stage = Stage::new().await;
    only_polling(&stage);
    stage.sign_in("generic").await;
    let is_polling = |link: &Link| matches!(link, Link::Live { transport: TransportKind::Polling, .. });
    stage.until("it polls", is_polling).await;
    stage.others_go_on().await;
}
