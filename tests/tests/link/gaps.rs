//! Gaps: none is said to be filled by what may not have filled it.

use std::sync::Arc;
use std::time::Duration;

use tempfile::{TempDir, tempdir};
use vigie_core::clock::Clock as _;
use vigie_core::desk::view::{GapView, Overview};
use vigie_core::model::{Link, SourceId, TransportKind, Trouble};
use vigie_core::vault::SessionVault;
use vigie_tests::clock::ManualClock;
use vigie_tests::desk::{IN_VAIN, TestDesk};
use vigie_tests::server::{Answer, Connection, Server, Wire, transaction};

use super::retrying;

/// Longer than any wait before a new try that nobody asked for.
const LONGEST_WAIT: Duration = Duration::from_secs(31);
/// The quiet after which a replay counts as over.
const SETTLED: Duration = Duration::from_millis(1_500);
/// A replay that takes longer goes on while the link counts as live.
const SETTLING_LIMIT: Duration = Duration::from_secs(30);

/// A server that does as it is told, and a desk whose clock stands still.
struct Stage {
    server: Server,
    desk: TestDesk,
    clock: Arc<ManualClock>,
    _folder: TempDir,
}

impl Stage {
    /// With a profile of its own, if there is any.
    async fn new(profiles: &[&str]) -> Self {
        let (folder, server) = (tempdir().unwrap(), Server::start().await);
        let (vault, clock) = (Arc::new(SessionVault::default()), Arc::new(ManualClock::default()));
        let desk = TestDesk::start_knowing(folder.path(), vault, clock.clone(), profiles).await;
        Self { server, desk, clock, _folder: folder }
    }

    /// Signs in, and gives the event stream, which is live; for profiles that begin with one.
    async fn live_stream(&mut self, profile: &str) -> Wire {
        self.sign_in(profile).await;
        // The first was only to find out whether the server takes us.
        drop(self.server.wire().await);
        let wire = self.server.wire().await;
        self.desk.until_live().await;
        wire
    }

    /// Signs in to an `aml` server, and gives its two event streams, which are live.
    async fn live_streams(&mut self) -> [Wire; 2] {
        self.sign_in("aml").await;
        // The first were only to find out whether the server takes us.
        drop(self.two_wires().await);
        let [mut transactions, mut alerts] = self.two_wires().await;
        transactions.event(r#"{"id":"t-1","occurred_at":"2026-01-01T00:00:00Z"}"#).await;
        alerts.send(": here\n\n").await;
        self.desk.until_stored("something is stored", |_, all| all.len() == 1).await;
        self.clock.advance(SETTLED);
        self.desk.until_live().await;
        [transactions, alerts]
    }

    /// The event streams of an `aml` server: transactions, alerts.
    async fn two_wires(&mut self) -> [Wire; 2] {
        let mut wires = [self.server.wire().await, self.server.wire().await];
        wires.sort_by_key(|wire| wire.head.contains("alerts"));
        wires
    }

    async fn sign_in(&self, profile: &str) -> SourceId {
        self.desk.sign_in_as(profile, &self.server.url, "ada", "secret").await.unwrap()
    }

    /// Waits until it is told that the link is broken, then until just before the next try.
    async fn until_broken(&self, why: Trouble) {
        self.desk.until_link("the link is broken", retrying(why)).await;
    }

    /// Waits until the transaction of this number is stored.
    async fn until_stored(&self, id: u32) {
        let subject = format!("t-{id}");
        let what = format!("{subject} is stored");
        self.desk.until_stored(&what, |_, all| all.iter().any(|one| one.subject == subject)).await;
    }

    /// The gaps, oldest first.
    async fn gaps(&self) -> Vec<GapView> {
        let mut gaps = self.desk.desk.diagnostics().await.unwrap().gaps;
        gaps.reverse();
        gaps
    }

    /// Waits until there are so many gaps, and all have ended; gives them, oldest first.
    async fn until_ended(&self, count: usize) -> Vec<GapView> {
        let waiting = async {
            loop {
                let gaps = self.gaps().await;
                if gaps.len() == count && gaps.iter().all(|gap| gap.end.is_some()) {
                    return gaps;
                }
            }
        };
        match tokio::time::timeout(IN_VAIN, waiting).await {
            Ok(gaps) => gaps,
            Err(_) => panic!("waited in vain for {count} gaps that have ended: {:#?}", self.gaps().await),
        }
    }
}

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
    assert_eq!(shown.notifications[0].title, "3 alerts to look at");
}

/// A WebSocket, which is better, and an event stream; neither can go back.
const TWO_WAYS: &str = r#"
name = "two-ways"
title = "Two ways"
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
silence_seconds = 330

[frame]
type = "/type"
body = "/payload"

[[message]]
type = "newTransaction"
kind = "transaction"
id = "/id"
"#;
/// The wait before a better transport is tried again.
const BETTER: Duration = Duration::from_secs(300);

/// A worse transport, from which something has come, and the better one that has just taken its place.
async fn changed() -> (Stage, Wire, Connection) {
    let mut stage = Stage::new(&[TWO_WAYS]).await;
    stage.server.answer("GET /ws", Answer::status(426));
    let mut wire = stage.live_stream("two-ways").await;
    wire.event(transaction(1)).await;
    stage.until_stored(1).await;
    stage.server.forget("GET /ws");
    stage.clock.advance(BETTER);
    let connection = stage.server.connection().await;
    let is_better = |link: &Link| matches!(link, Link::Live { transport: TransportKind::WebSocket, .. });
    stage.desk.until_link("the better one is live", is_better).await;
    connection.send(transaction(2)).await;
    stage.until_stored(2).await;
    (stage, wire, connection)
}

/// The last moment, in seconds since the first, that everything is stored until.
async fn stored_until(stage: &Stage) -> u64 {
    let overview = stage.desk.desk.overview().await.unwrap();
    let until = overview.sources[0].stored_until.unwrap();
    until.since(ManualClock::default().now()).as_secs()
}

#[tokio::test]
async fn a_change_from_a_connection_that_was_dead_leaves_a_gap() {
    let (stage, _wire, connection) = changed().await;
    assert_eq!(stored_until(&stage).await, 0, "nobody knows yet what the other one has swallowed");
    for _ in 0..2 {
        stage.clock.advance(Duration::from_secs(15));
        connection.until_read().await;
    }
    let gaps = stage.until_ended(1).await;
    assert_eq!((outcome(&gaps[0]), gaps[0].reason.as_str()), ((Some("not_replayable"), false), "silent"));
    let end = gaps[0].end.unwrap();
    assert_eq!((end.since(gaps[0].start), stored_until(&stage).await), (BETTER, BETTER.as_secs()));
}

#[tokio::test]
async fn a_change_from_a_connection_that_was_alive_leaves_none() {
    let (stage, mut wire, _connection) = changed().await;
    wire.send(": here\n\n").await;
    let is_known = |overview: &Overview| {
        let until = overview.sources[0].stored_until.unwrap();
        until.since(ManualClock::default().now()) >= BETTER
    };
    stage.desk.until("everything is stored until the change", is_known).await;
    // What was on its way still comes.
    wire.event(transaction(3)).await;
    stage.until_stored(3).await;
    assert_eq!(stage.gaps().await, []);
}
