//! A server that is wrong about where we are.

use std::time::Duration;

use vigie_core::desk::view::GapView;
use vigie_core::model::{Link, TransportKind, Trouble};
use vigie_tests::server::{Answer, alert, transaction};

use super::endless::list;
use super::stage::{LONGEST_WAIT, MILLISECOND, Stage};

/// The longest position that is kept, in bytes.
const POSITION_LIMIT: usize = 200;

fn page(sequence: &str, more: bool) -> Answer {
    Answer::json(&format!(r#"{{"items":[{{"id":"t-1"}}],"sequence":{sequence},"more":{more}}}"#))
}

/// A source whose server has lists only, and is asked for them again and again.
async fn polling() -> Stage {
    let mut stage = Stage::new().await;
    stage.bad.answer("GET /ws", Answer::status(426));
    stage.bad.answer("GET /risk-metrics", Answer::json("{}"));
    stage.bad.answer("GET /transactions", page("5", false));
    stage.sign_in("big-defend").await;
    let is_polling = |link: &Link| matches!(link, Link::Live { transport: TransportKind::Polling, .. });
    stage.until("it polls", is_polling).await;
    stage.until_stored("t-1").await;
    stage
}

async fn position(stage: &Stage, name: &str) -> Option<String> {
    stage.desk.desk.store().positions(stage.source).await.unwrap().get(name).cloned()
}

#[tokio::test]
async fn a_list_that_always_has_more_and_never_moves_is_not_asked_for_ever() {
    let mut stage = polling().await;
    stage.bad.answer("GET /transactions", page("5", true));
    let asked = stage.bad.count("GET /transactions");
    stage.ask_again().await;
    stage.until_told(Trouble::NotUnderstood).await;
    assert_eq!(stage.bad.count("GET /transactions"), asked + 1);
    assert_eq!(position(&stage, "transactions").await.as_deref(), Some("5"));
    stage.others_go_on().await;
}

#[tokio::test]
async fn a_list_that_always_has_more_holds_up_nobody_else() {
    let mut stage = polling().await;
    stage.bad.answer_by_hand("GET /transactions");
    stage.ask_again().await;
    for sequence in 6..26 {
        let mut wire = stage.bad.wire().await;
        assert!(wire.head.contains(&format!("since={}", sequence - 1)), "{}", wire.head);
        let page = page(&sequence.to_string(), true).body;
        wire.send("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n").await;
        wire.send(page).await;
        drop(wire);
        stage.others_go_on().await;
    }
    stage.bad.wire().await.send("HTTP/1.1 500 Enough\r\n\r\n").await;
    stage.until_told(Trouble::Unavailable).await;
    assert_eq!(position(&stage, "transactions").await.as_deref(), Some("25"));
}

#[tokio::test]
async fn a_list_that_always_has_more_does_not_keep_what_was_missed_from_being_announced() {
    let mut stage = Stage::new().await;
    let critical: serde_json::Value = serde_json::from_str(&alert(1, "critical")).unwrap();
    let missed = format!(r#"{{"items":[{}],"sequence":4,"more":false}}"#, critical["payload"]);
    stage.bad.answer("GET /alerts", Answer::json(&missed));
    stage.sign_in("big-defend").await;
    stage.until_live().await;
    stage.desk.desktop.until(|shown| shown.notifications.len() == 1).await;
    // The link breaks, and what was missed has no end.
    stage.bad.answer("GET /alerts", Answer::json(&missed.replace("a-1", "a-2")));
    stage.bad.answer_by_hand("GET /transactions");
    stage.ask_again().await;
    for sequence in 6..26 {
        let mut wire = stage.bad.wire().await;
        let page = page(&sequence.to_string(), true).body;
        wire.send("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n").await;
        wire.send(page).await;
        drop(wire);
        stage.pass(Duration::from_secs(4)).await;
        assert!(matches!(stage.link().await, Link::CatchingUp { .. }));
    }
    stage.desk.desktop.until(|shown| shown.notifications.len() == 2).await;
    stage.others_go_on().await;
}

#[tokio::test]
async fn a_position_that_goes_back_again_and_again_is_followed_and_each_time_a_gap() {
    let mut stage = polling().await;
    let mut asked = stage.bad.count("GET /transactions");
    for (times, sequence) in ["4", "3", "2"].into_iter().enumerate() {
        stage.bad.answer("GET /transactions", page(sequence, false));
        // Once more without a position.
        stage.pass_until_asked("GET /transactions", asked + 2).await;
        stage.others_go_on().await;
        stage.until_gaps(times + 1).await;
        stage.until_live().await;
        assert_eq!(position(&stage, "transactions").await.as_deref(), Some(sequence));
        asked = stage.bad.count("GET /transactions");
    }
    let gaps: Vec<GapView> = stage.gaps().await;
    assert!(
        gaps.iter().all(|gap| gap.how.as_deref() == Some("begun_anew")
            && gap.end.is_some()
            && gap.closed_at.is_none()),
        "{gaps:?}"
    );
}

#[tokio::test]
async fn absurd_positions_are_not_kept_and_end_nothing() {
    let long = format!("\"{}\"", "9".repeat(1 << 20));
    let mut stage = polling().await;
    for sequence in [
        "99999999999999999999999999",
        "9223372036854775807",
        "-1",
        "-9223372036854775809",
        "1.5",
        "1e400",
        "null",
        "true",
        "[]",
        r#"{"a":1}"#,
        r#""""#,
        r#""a b&limit=1#x""#,
        r#""\r\nx: y""#,
        &long,
    ] {
        stage.bad.answer("GET /transactions", page(sequence, false));
        stage.pass(LONGEST_WAIT).await;
        stage.others_go_on().await;
        let kept = position(&stage, "transactions").await.unwrap_or_default();
        assert!(kept.len() <= POSITION_LIMIT, "{sequence:.50}");
    }
    let last = transaction(7).replace('\n', " ");
    let (_, item) = last.split_once("\"payload\":").unwrap();
    let item = item.strip_suffix('}').unwrap();
    stage.bad.answer(
        "GET /transactions",
        Answer::json(&format!(r#"{{"items":[{item}],"sequence":8,"more":false}}"#)),
    );
    stage.pass_until_stored("t-7").await;
    stage.until_live().await;
    let requests = stage.bad.requests();
    assert!(
        requests.iter().all(|request| request.len() < 2 * POSITION_LIMIT),
        "a request is as long as its position"
    );
    stage.others_go_on().await;
}

#[tokio::test]
async fn a_first_position_of_a_megabyte_is_none() {
    let mut stage = polling().await;
    stage.desk.desk.remove_source(stage.source).await.unwrap();
    let long = format!("\"{}\"", "x".repeat(1 << 20));
    stage.bad.answer("GET /transactions", page(&long, false));
    stage.sign_in("big-defend").await;
    stage.until_stored("t-1").await;
    stage.until_live().await;
    let asked = stage.bad.count("GET /transactions");
    stage.pass_until_asked("GET /transactions", asked + 1).await;
    assert_eq!(position(&stage, "transactions").await, None);
    let requests = stage.bad.requests();
    let last = requests.iter().rev().find(|request| request.starts_with("GET /transactions"));
    assert_eq!(last.unwrap(), "GET /transactions?limit=500");
    stage.until_live().await;
    stage.others_go_on().await;
}

#[tokio::test]
async fn an_id_of_a_megabyte_costs_its_event_and_the_stream_goes_on_from_before() {
    let mut stage = Stage::new().await;
    let mut wire = stage.live_stream("generic").await;
    // Only the first is kept.
    for id in ["7".to_owned(), "8".repeat(1 << 20), "8".repeat(POSITION_LIMIT + 1), "8\0".to_owned()] {
        wire.send(format!("id: {id}\ndata: {{\"amount\":1,\"id\":\"of {}\"}}\n\n", id.len())).await;
        wire.event(transaction(u32::try_from(id.len()).unwrap())).await;
        stage.until_stored(&format!("t-{}", id.len())).await;
        assert_eq!(position(&stage, "stream /").await.as_deref(), Some("7"), "{}", id.len());
        stage.others_go_on().await;
    }
    assert_eq!(stage.reasons().await, ["too_large"]);
    drop(wire);
    let (wait, _) = stage.until_told(Trouble::Closed).await;
    stage.pass(wait).await;
    let wire = stage.bad.wire().await;
    assert_eq!(wire.header("last-event-id"), Some("7"));
    stage.others_go_on().await;
}

#[tokio::test]
async fn an_id_that_no_header_can_carry_does_not_keep_the_stream_from_opening() {
    let mut stage = Stage::new().await;
    let mut wire = stage.live_stream("generic").await;
    wire.send("id: \u{1}\u{7f}\n").await;
    wire.event(transaction(1)).await;
    stage.until_stored("t-1").await;
    drop(wire);
    let (wait, _) = stage.until_told(Trouble::Closed).await;
    stage.pass(wait).await;
    let mut wire = stage.bad.wire().await;
    assert_eq!(wire.header("last-event-id"), None);
    wire.event(transaction(2)).await;
    stage.until_stored("t-2").await;
    stage.others_go_on().await;
}

#[tokio::test]
async fn what_happens_in_the_year_9999_does_not_hide_what_happens_now() {
    let mut stage = Stage::new().await;
    stage.bad.answer("STREAM /api/stream/transactions", Answer::status(404));
    let recent = |items: &str| Answer::json(&format!("[{items}]"));
    let first = r#"{"id":"t-1","occurred_at":"2026-01-01T00:00:00Z"}"#;
    let future = r#"{"id":"t-2","occurred_at":"9999-12-30T00:00:00Z"}"#;
    stage.bad.answer("GET /transactions/recent", recent(first));
    stage.sign_in("aml").await;
    stage.until_live().await;
    stage.bad.answer("GET /transactions/recent", recent(future));
    stage.pass_until_stored("t-2").await;
    let asked = stage.bad.count("GET /transactions/recent");
    stage.pass_until_asked("GET /transactions/recent", asked + 1).await;
    let requests = stage.bad.requests();
    let asked = requests.iter().rev().find(|request| request.contains("since=")).unwrap();
    assert!(asked.contains("since=2026-01-01") || asked.contains("since=2025-12-31"), "{asked}");
    stage.others_go_on().await;
}

#[tokio::test]
async fn a_list_that_wants_to_be_left_alone_is_left_alone_for_a_quarter_of_an_hour_at_most() {
    let mut stage = Stage::new().await;
    stage.bad.answer("GET /all", list(&[]));
    stage.sign_in("polled").await;
    stage.until_live().await;
    let headers = "retry-after: 18446744073709551615\r\n".to_owned();
    stage.bad.answer("GET /all", Answer { headers, ..list(&[&transaction(1)]) });
    stage.ask_again().await;
    let longest = Duration::from_secs(900);
    stage.clock.sleeper(longest..=longest).await;
    let asked = stage.bad.count("GET /all");
    stage.pass(longest - MILLISECOND).await;
    assert_eq!(stage.bad.count("GET /all"), asked);
    stage.until_stored("t-1").await;
    stage.others_go_on().await;
    stage.pass(MILLISECOND).await;
    stage.bad.until_asked("GET /all", asked + 1).await;
    stage.others_go_on().await;
}
