//! A server that is slow, or says nothing.

use std::time::Duration;

use vigie_core::model::{Link, TransportKind, Trouble};
use vigie_tests::server::{Answer, STREAM_HEAD, transaction};

use super::endless::list;
use super::stage::{MILLISECOND, Stage};

const SECOND: Duration = Duration::from_secs(1);
/// The silence that `generic` allows.
const SILENCE: Duration = Duration::from_secs(120);
/// The longest that opening a stream may take.
const DIAL_LIMIT: Duration = Duration::from_secs(20);
/// The longest that fetching a list may take.
const EXCHANGE_LIMIT: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_stream_that_falls_silent_is_noticed_after_the_silence_that_its_profile_allows() {
    let mut stage = Stage::new().await;
    let mut wire = stage.live_stream("generic").await;
    for id in 1..=2 {
        wire.event(transaction(id)).await;
        stage.until_stored(&format!("t-{id}")).await;
        // Who does not listen yet hears no silence.
        stage.clock.sleeper(SILENCE..=SILENCE).await;
        stage.pass(SILENCE - MILLISECOND).await;
        stage.others_go_on().await;
        assert!(matches!(stage.link().await, Link::Live { .. }));
    }
    stage.pass(MILLISECOND).await;
    let (wait, _) = stage.until_told(Trouble::Silent).await;
    wire.until_left().await;
    stage.pass(wait).await;
    let mut wire = stage.bad.wire().await;
    wire.event(transaction(3)).await;
    stage.until_stored("t-3").await;
    stage.others_go_on().await;
}

#[tokio::test]
async fn a_stream_that_never_says_anything_is_fallen_back_from() {
    let mut stage = Stage::new().await;
    stage.bad.answer("GET /", list(&[&transaction(1)]));
    let mut wire = stage.live_stream("generic").await;
    stage.clock.sleeper(SILENCE..=SILENCE).await;
    stage.pass(SILENCE).await;
    wire.until_left().await;
    let (wait, _) = stage.until_told(Trouble::Silent).await;
    stage.pass(wait).await;
    let is_polling =
        |link: &Link| matches!(link, Link::Live { transport: TransportKind::Polling, fallback: true, .. });
    stage.until("it polls", is_polling).await;
    stage.until_stored("t-1").await;
    stage.others_go_on().await;
}

#[tokio::test]
async fn slow_bytes_are_no_silence_and_their_event_arrives() {
    let mut stage = Stage::new().await;
    let mut wire = stage.live_stream("generic").await;
    wire.send(": here\n").await;
    let event = format!("data: {}\n\n", transaction(1).replace('\n', " "));
    for (number, byte) in event.bytes().enumerate() {
        wire.send([byte]).await;
        stage.pass(5 * SECOND).await;
        if number % 50 == 0 {
            stage.others_go_on().await;
        }
    }
    stage.until_stored("t-1").await;
    stage.others_go_on().await;
    assert_eq!(stage.bad.count("STREAM /"), 2, "the connection did not survive");
}

#[tokio::test]
async fn a_stream_that_opens_too_slowly_is_given_up() {
    for said in ["", "HTTP/1.1 200 OK\r\nx: "] {
        let mut stage = Stage::new().await;
        let wire = stage.live_stream("flowfi").await;
        stage.bad.answer_by_hand("STREAM /events/subscribe");
        drop(wire);
        let (wait, _) = stage.until_told(Trouble::Closed).await;
        stage.pass(wait).await;
        let mut wire = stage.bad.wire().await;
        wire.send(said).await;
        for _ in 0..DIAL_LIMIT.as_secs() {
            assert_eq!(stage.link().await, Link::Connecting, "{said:?}");
            stage.pass(SECOND).await;
            if !said.is_empty() {
                wire.offer(b"y").await;
            }
        }
        let (wait, _) = stage.until_told(Trouble::Silent).await;
        wire.until_left().await;
        stage.others_go_on().await;
        // In time, it is open.
        stage.pass(wait).await;
        let mut wire = stage.bad.wire().await;
        stage.pass(DIAL_LIMIT - SECOND).await;
        wire.send(STREAM_HEAD).await;
        stage.until_live().await;
        stage.others_go_on().await;
    }
}

/// Lets time pass for what goes by the runtime's own clock. Nothing else may be under way.
async fn pass_by_the_runtime(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

#[tokio::test]
async fn a_list_whose_bytes_come_too_slowly_is_given_up() {
    let mut stage = Stage::new().await;
    stage.bad.answer("GET /all", list(&[]));
    stage.sign_in("polled").await;
    stage.until_live().await;
    stage.bad.answer_by_hand("GET /all");
    stage.ask_again().await;
    let mut wire = stage.bad.wire().await;
    wire.send("HTTP/1.1 200 OK\r\n\r\n{\"items\":[").await;
    let steps = 6;
    for _ in 0..steps {
        assert!(matches!(stage.link().await, Link::Live { .. }));
        stage.others_go_on().await;
        wire.send(" ").await;
        pass_by_the_runtime(EXCHANGE_LIMIT / steps).await;
    }
    let (wait, _) = stage.until_told(Trouble::Silent).await;
    wire.until_left().await;
    stage.others_go_on().await;
    stage.bad.answer("GET /all", list(&[&transaction(1)]));
    stage.pass(wait).await;
    stage.until_stored("t-1").await;
    stage.until_live().await;
    stage.others_go_on().await;
}

/// An alert of long ago, as `generic` reads it.
fn old_alert(id: u32) -> String {
    format!(
        r#"{{"id":"a-{id}","severity":"critical","timestamp":"2020-01-01T00:00:00Z","description":"Old"}}"#
    )
}

#[tokio::test]
async fn alerts_of_a_clock_that_is_behind_are_announced_all_the_same() {
    let mut stage = Stage::new().await;
    let mut wire = stage.live_stream("generic").await;
    wire.send(format!("id: 1\ndata: {}\n\n", transaction(1).replace('\n', " "))).await;
    stage.until_stored("t-1").await;
    drop(wire);
    let (wait, _) = stage.until_told(Trouble::Closed).await;
    stage.pass(wait).await;
    // From here on everything looks like a replay that is never quiet for long enough to be over.
    let mut wire = stage.bad.wire().await;
    for id in 1..=70 {
        wire.event(old_alert(id)).await;
        let stored = |alerts: &[vigie_core::model::Alert], _: &_| alerts.len() == id as usize;
        stage.desk.until_stored("it is stored", stored).await;
        stage.pass(SECOND).await;
    }
    stage.desk.desktop.until(|shown| shown.notifications.len() >= 2).await;
    stage.others_go_on().await;
}

#[tokio::test]
async fn what_looked_like_a_replay_is_announced_also_when_the_link_breaks_behind_it_and_stays_so() {
    let mut stage = Stage::new().await;
    let mut wire = stage.live_stream("generic").await;
    wire.send(format!("id: 1\ndata: {}\n\n", transaction(1).replace('\n', " "))).await;
    stage.until_stored("t-1").await;
    drop(wire);
    let (wait, _) = stage.until_told(Trouble::Closed).await;
    stage.pass(wait).await;
    let mut wire = stage.bad.wire().await;
    let mut id = 0;
    while !matches!(stage.link().await, Link::Live { .. }) {
        id += 1;
        wire.event(old_alert(id)).await;
        let stored = |alerts: &[vigie_core::model::Alert], _: &_| alerts.len() == id as usize;
        stage.desk.until_stored("it is stored", stored).await;
        stage.pass(SECOND).await;
    }
    let shown = stage.desk.desktop.until(|shown| !shown.notifications.is_empty()).await.notifications.len();
    for address in ["STREAM /", "GET /"] {
        stage.bad.answer(address, Answer::status(503));
    }
    wire.event(old_alert(id + 1)).await;
    let stored = |alerts: &[vigie_core::model::Alert], _: &_| alerts.len() > id as usize;
    stage.desk.until_stored("the last is stored", stored).await;
    drop(wire);
    stage.until_told(Trouble::Closed).await;
    stage.desk.desktop.until(|now| now.notifications.len() > shown).await;
    stage.others_go_on().await;
}
