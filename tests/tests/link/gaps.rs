//! Gaps: none is said to be filled by what may not have filled it.

use std::time::Duration;

use vigie_core::clock::Clock as _;
use vigie_core::desk::view::{GapView, Overview};
use vigie_core::model::{Link, TransportKind, Trouble};
use vigie_tests::clock::ManualClock;
use vigie_tests::server::{Answer, Connection, Wire, transaction};

use super::stage::{BETTER, LONGEST_WAIT, RENEWED, SETTLED, SETTLING_LIMIT, Stage, TWO_WAYS};

/// News waits this long for the history before it.
const NEWS_WAITS: Duration = Duration::from_secs(5);

/// After news a list is asked again this soon, where a profile says nothing else.
const AFTER_NEWS: Duration = Duration::from_secs(2);

/// What became of a gap: how it was closed, and whether it was filled.
fn outcome(gap: &GapView) -> (Option<&str>, bool) {
    (gap.how.as_deref(), gap.closed_at.is_some())
}

/// An event with an id.
fn with_id(id: u32) -> String {
    format!("id: {id}\ndata: {}\n\n", transaction(id).replace('\n', " "))
}

#[tokio::test]
async fn what_was_missed_before_a_stream_gave_its_first_id_is_not_filled_by_what_came_after() {
    let mut stage = Stage::new(&[]).await;
    let mut wire = stage.live_stream("generic").await;
    wire.event(transaction(1)).await;
    stage.until_stored(1).await;
    drop(wire);
    stage.until_broken(Trouble::Closed).await;
    stage.clock.advance(LONGEST_WAIT);
    let mut wire = stage.server.wire().await;
    assert_eq!(wire.header("last-event-id"), None);
    assert_eq!(outcome(&stage.until_ended(1).await[0]), (Some("not_replayable"), false));
    wire.send(with_id(2)).await;
    stage.until_stored(2).await;
    drop(wire);
    stage.until_broken(Trouble::Closed).await;
    stage.clock.advance(LONGEST_WAIT);
    let mut wire = stage.server.wire().await;
    assert_eq!(wire.header("last-event-id"), Some("2"));
    wire.send(with_id(3)).await;
    stage.until_stored(3).await;
    stage.clock.advance(SETTLED);
    let gaps = stage.until_ended(2).await;
    assert_eq!(outcome(&gaps[1]), (Some("last_event_id"), true));
    assert_eq!(outcome(&gaps[0]), (Some("not_replayable"), false));
}

/// The newest of a list that has no more room, as `aml` reads it: a day of `day`.
fn full(day: u32) -> Answer {
    let items: Vec<String> = (0..100)
        .rev()
        .map(|id| {
            format!(
                r#"{{"id":"t-{day}-{id}","occurred_at":"2026-01-{day:02}T00:{:02}:{:02}Z"}}"#,
                id / 60,
                id % 60
            )
        })
        .collect();
    Answer::json(&format!("[{}]", items.join(",")))
}

#[tokio::test]
async fn what_one_list_could_not_give_is_not_forgotten_when_another_fails() {
    let stage = Stage::new(&[]).await;
    stage.server.answer("STREAM /api/stream/transactions", Answer::status(404));
    stage.server.answer("GET /transactions/recent", full(1));
    stage.server.answer("GET /alerts/recent", Answer::json("[]"));
    stage.sign_in("aml").await;
    stage.desk.until_live().await;
    stage.clock.advance(Duration::from_secs(86_400 * 2));
    stage.server.answer("GET /transactions/recent", full(2));
    stage.server.answer("GET /alerts/recent", Answer::status(503));
    stage.clock.advance(LONGEST_WAIT);
    stage.until_broken(Trouble::Unavailable).await;
    // From here on nothing is missing any more.
    stage.server.answer("GET /transactions/recent", Answer::json("[]"));
    stage.server.answer("GET /alerts/recent", Answer::json("[]"));
    stage.clock.advance(LONGEST_WAIT);
    stage.desk.until_live().await;
    assert_eq!(outcome(&stage.until_ended(1).await[0]), (Some("list_full"), false));
}

#[tokio::test]
async fn a_server_that_has_begun_anew_leaves_a_gap_also_when_another_list_fails() {
    let mut stage = Stage::new(&[]).await;
    stage.sign_in("big-defend").await;
    let connection = stage.server.connection().await;
    stage.desk.until_live().await;
    connection.send(transaction(40_123)).await;
    stage.until_stored(40_123).await;
    let anew = r#"{"items":[{"id":"t-new"}],"sequence":500,"more":false}"#;
    stage.server.answer("GET /transactions", Answer::json(anew));
    stage.server.answer("GET /alerts", Answer::status(503));
    drop(connection);
    stage.until_broken(Trouble::Closed).await;
    stage.clock.advance(LONGEST_WAIT);
    stage.until_broken(Trouble::Unavailable).await;
    stage.server.answer("GET /alerts", Answer::json(r#"{"items":[],"sequence":1,"more":false}"#));
    stage.clock.advance(LONGEST_WAIT);
    let _connection = stage.server.connection().await;
    stage.desk.until_live().await;
    assert_eq!(outcome(&stage.until_ended(1).await[0]), (Some("begun_anew"), false));
}

#[tokio::test]
async fn a_replay_that_is_slow_to_begin_has_filled_nothing_yet_and_is_no_news_when_it_comes() {
    let mut stage = Stage::new(&[]).await;
    let wires = stage.live_streams().await;
    drop(wires);
    stage.until_broken(Trouble::Closed).await;
    stage.clock.advance(LONGEST_WAIT);
    let [mut transactions, mut alerts] = stage.two_wires().await;
    stage.desk.until_link("it catches up", |link| matches!(link, Link::CatchingUp { .. })).await;
    stage.clock.sleeper(SETTLING_LIMIT..=SETTLING_LIMIT).await;
    // Longer than a replay may be quiet.
    stage.clock.advance(SETTLED);
    stage.clock.advance(SETTLING_LIMIT - SETTLED);
    stage.desk.until_live().await;
    let gaps = stage.gaps().await;
    assert_eq!((gaps.len(), gaps[0].end), (1, None), "nothing has come that could have filled it");
    transactions.event(r#"{"id":"t-9","occurred_at":"2025-12-31T00:00:00Z"}"#).await;
    for id in 1..=3 {
        alerts
            .event(format!(r#"{{"id":"a-{id}","severity":"critique","created_at":"2025-12-31T00:00:00Z"}}"#))
            .await;
    }
    stage.desk.until_stored("the replay is stored", |alerts, all| (alerts.len(), all.len()) == (3, 2)).await;
    stage.clock.advance(SETTLED);
    assert_eq!(outcome(&stage.until_ended(1).await[0]), (Some("replay"), true));
    let shown = stage.desk.desktop.until(|shown| !shown.notifications.is_empty()).await;
    assert_eq!(shown.notifications[0].title, "3 alerts came while Vigie was not connected");
}

/// A list that is asked for by identifier, and gives the newest three first.
const NEWEST_FIRST: &str = r#"
name = "newest-first"
title = "Newest first"
url = "http://localhost"

[sign_in]
kind = "bearer"

[[transport]]
kind = "polling"
poll = ["all"]

[[list]]
name = "all"
path = "/all"
since = { parameter = "since", by = "id" }
most = 3
message = "transaction"

[[message]]
type = "transaction"
kind = "transaction"
list = "all"
id = "/id"
"#;

#[tokio::test]
async fn what_lies_between_the_newest_identifiers_and_the_last_known_one_is_a_gap() {
    let stage = Stage::new(&[NEWEST_FIRST]).await;
    let answer = |items: &str| stage.server.answer("GET /all", Answer::json(items));
    answer(r#"[{"id":2},{"id":1}]"#);
    stage.sign_in("newest-first").await;
    stage.desk.until_live().await;
    answer(r#"[{"id":3}]"#);
    stage.clock.advance(LONGEST_WAIT);
    stage.desk.until_stored("one more is there", |_, all| all.len() == 3).await;
    assert_eq!(stage.gaps().await, []);
    answer(r#"[{"id":9},{"id":8},{"id":7}]"#);
    stage.clock.sleeper(AFTER_NEWS..=AFTER_NEWS).await;
    stage.clock.advance(LONGEST_WAIT);
    assert_eq!(outcome(&stage.until_ended(1).await[0]), (Some("list_full"), false));
    stage.desk.until_stored("all that can be had is there", |_, all| all.len() == 6).await;
}

/// A worse transport, from which something has come, and the better one that has just taken its place.
async fn changed() -> (Stage, Wire, Connection) {
    let mut stage = Stage::new(&[TWO_WAYS]).await;
    let wire = stage.worse_way().await;
    stage.clock.advance(BETTER);
    let connection = stage.server.connection().await;
    stage.until_live_over(TransportKind::WebSocket).await;
    connection.send(transaction(2)).await;
    stage.until_stored(2).await;
    (stage, wire, connection)
}

/// Until when everything is stored, from the first moment on.
fn stored_for(overview: &Overview) -> Duration {
    overview.sources[0].stored_until.unwrap().since(ManualClock::default().now())
}

/// Waits until everything counts as stored that happened before the change.
async fn until_change_is_stored(stage: &Stage) {
    stage.desk.until("everything is stored until the change", |now| stored_for(now) >= BETTER).await;
}

#[tokio::test]
async fn a_change_from_a_connection_that_was_dead_leaves_a_gap() {
    let (stage, _wire, connection) = changed().await;
    let now = stage.desk.desk.overview().await.unwrap();
    assert_eq!(stored_for(&now), Duration::ZERO, "nobody knows yet what the other one has swallowed");
    for _ in 0..2 {
        stage.clock.advance(Duration::from_secs(15));
        connection.until_read().await;
    }
    let gaps = stage.until_ended(1).await;
    assert_eq!((outcome(&gaps[0]), gaps[0].reason.as_str()), ((Some("not_replayable"), false), "silent"));
    assert_eq!(gaps[0].end.unwrap().since(gaps[0].start), BETTER);
    until_change_is_stored(&stage).await;
}

#[tokio::test]
async fn a_change_from_a_connection_that_was_alive_leaves_none() {
    let (stage, mut wire, _connection) = changed().await;
    wire.send(": here\n\n").await;
    until_change_is_stored(&stage).await;
    // What was on its way still comes.
    wire.event(transaction(3)).await;
    stage.until_stored(3).await;
    assert_eq!(stage.gaps().await, []);
}

#[tokio::test]
async fn a_second_change_does_not_hide_that_the_first_was_from_a_dead_connection() {
    let mut stage = Stage::new(&[RENEWED]).await;
    let token = r#"{"access_token":"t","expires_in":20}"#;
    stage.server.answer("POST /auth/login", Answer::json(token));
    stage.sign_in("renewed").await;
    let first = stage.server.connection().await;
    stage.desk.until_live().await;
    first.until_read().await;
    first.go_silent();
    let mut later = Vec::new();
    for _ in 0..2 {
        stage.clock.advance(Duration::from_secs(10));
        let connection = stage.server.connection().await;
        connection.send(r#"{"id":1}"#).await;
        connection.until_read().await;
        later.push(connection);
    }
    // The second one, which was left as well, is alive.
    later[0].send(r#"{"id":2}"#).await;
    let gaps = stage.until_ended(1).await;
    assert_eq!((outcome(&gaps[0]), gaps[0].reason.as_str()), ((Some("not_replayable"), false), "silent"));
}

/// A stream that goes on after its last id, and a list of what stands at present.
const BESIDE_A_LIST: &str = r#"
name = "beside-a-list"
title = "Beside a list"
url = "http://localhost"

[[transport]]
kind = "sse"
fetch = ["present"]

[[transport.stream]]
path = "/events"
resume = "last_event_id"

[[list]]
name = "present"
path = "/present"

[[message]]
type = "*"
kind = "transaction"
id = "/payload/id"
"#;

#[tokio::test]
async fn a_stream_goes_on_after_what_came_while_a_list_was_fetched() {
    let mut stage = Stage::new(&[BESIDE_A_LIST]).await;
    stage.server.answer("GET /present", Answer::json("[]"));
    let hold = stage.server.hold("GET /present");
    stage.sign_in("beside-a-list").await;
    // The first was only to find out whether the server takes us.
    drop(stage.server.wire().await);
    let mut wire = stage.server.wire().await;
    wire.send(with_id(1)).await;
    wire.send(with_id(2)).await;
    stage.clock.sleeper(NEWS_WAITS..=NEWS_WAITS).await;
    stage.clock.advance(NEWS_WAITS);
    stage.until_stored(2).await;
    drop(hold);
    stage.desk.until_live().await;
    drop(wire);
    stage.until_broken(Trouble::Closed).await;
    stage.clock.advance(LONGEST_WAIT);
    let wire = stage.server.wire().await;
    assert_eq!(wire.header("last-event-id"), Some("2"), "what came since then could still be had");
}
