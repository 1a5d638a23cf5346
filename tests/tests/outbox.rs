//! The outbox: what an analyst does is kept at once, sent in its order when there is a connection, and never written
//! over what somebody else has done.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed, and says where"
)]

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tempfile::{TempDir, tempdir};
use vigie_core::clock::{Clock, SystemClock};
use vigie_core::desk::OFFLINE_TOLD_AFTER;
use vigie_core::desk::view::{AlertAction, FailureCode};
use vigie_core::model::{ActionKind, AlertId, AlertState, Deed, DeedId, Link, Standing};
use vigie_core::vault::{SessionVault, Vault};
use vigie_tests::clock::ManualClock;
use vigie_tests::desk::TestDesk;
use vigie_tests::server::{Answer, Connection, Server, alert, alert_version};

/// What the server is asked with to change the first alert.
const CHANGE: &str = "PATCH /alerts/a-1";

/// A desk with one alert of a server.
struct Stage {
    folder: TempDir,
    server: Server,
    connection: Connection,
    desk: TestDesk,
    alert: AlertId,
}

impl Stage {
    async fn set() -> Self {
        Self::set_by(Arc::new(SystemClock::default())).await
    }

    async fn set_by(clock: Arc<dyn Clock>) -> Self {
        let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
        let desk = TestDesk::start_with(folder.path(), Arc::new(SessionVault::default()), clock).await;
        desk.sign_in(&server.url, "ada", "secret").await.unwrap();
        let connection = server.connection().await;
        connection.send(alert(1, "high")).await;
        desk.until_stored("the alert is there", |alerts, _| alerts.len() == 1).await;
        desk.until("it is counted", |overview| overview.open.high == 1).await;
        desk.until_live().await;
        let alert = desk.alerts().await[0].id;
        Self { folder, server, connection, desk, alert }
    }

    /// Lets the connection break, and nobody connect again before long.
    async fn disconnect(&self) {
        let headers = "retry-after: 600\r\n".to_owned();
        self.server.answer("GET /ws", Answer { headers, ..Answer::status(503) });
        self.connection.close(1001).await;
        self.desk.until_link("the link is lost", |link| !matches!(link, Link::Live { .. })).await;
    }

    /// The same, and waits until the desk was told to wait: what it is asked for then is not lost.
    async fn disconnect_for_long(&self) {
        self.disconnect().await;
        let long = SystemClock::default().now().plus(Duration::from_secs(300));
        let is_long = |link: &Link| matches!(link, Link::Retrying { until, .. } if *until > long);
        self.desk.until_link("it is to wait for long", is_long).await;
    }

    /// Lets the desk connect again, now.
    async fn reconnect(&mut self) {
        self.server.forget("GET /ws");
        let source = self.desk.desk.overview().await.unwrap().sources[0].id;
        self.desk.desk.retry(source).await.unwrap();
        self.connection = self.server.connection().await;
    }

    async fn change_to(&self, state: AlertState) -> DeedId {
        let action = AlertAction {
            alert: self.alert,
            action: ActionKind::ChangeState,
            state: Some(state),
            owner: None,
        };
        self.desk.desk.act(action).await.unwrap()
    }

    /// Everything done to the alert, in its order.
    async fn deeds(&self) -> Vec<Deed> {
        let mut deeds = self.desk.desk.alert(self.alert).await.unwrap().deeds;
        deeds.reverse();
        deeds
    }

    async fn standings(&self) -> Vec<Standing> {
        self.deeds().await.into_iter().map(|deed| deed.standing).collect()
    }

    /// Waits until the last deed stands so.
    async fn until(&self, standing: Standing) {
        let mut overviews = self.desk.desk.overviews();
        let waiting = async {
            while self.standings().await.last() != Some(&standing) {
                overviews.changed().await.unwrap();
            }
        };
        let in_time = tokio::time::timeout(vigie_tests::desk::IN_VAIN, waiting).await.is_ok();
        assert!(in_time, "waited in vain for {standing:?}: {:?}", self.deeds().await);
    }
}

/// What the server says when it has done it.
fn done() -> Answer {
    Answer::json("{}")
}

#[tokio::test]
async fn what_is_done_is_confirmed_by_the_server() {
    let stage = Stage::set().await;
    stage.server.answer(CHANGE, done());
    let deed = stage.change_to(AlertState::Investigating).await;
    stage.until(Standing::Confirmed).await;
    let deeds = stage.deeds().await;
    assert_eq!((deeds[0].id, deeds[0].state), (deed, Some(AlertState::Investigating)));
    assert_eq!(deeds[0].before_state, AlertState::Open, "it says how the alert stood before");
    assert!(deeds[0].settled_at.is_some());
    assert_eq!(stage.desk.desk.outbox().await.unwrap(), [], "nothing is left to be confirmed");
    assert_eq!(stage.server.count(CHANGE), 1);
}

#[tokio::test]
async fn what_is_done_without_a_connection_is_kept_and_sent_in_its_order() {
    let mut stage = Stage::set().await;
    stage.disconnect_for_long().await;
    stage.server.answer(CHANGE, done());
    stage.change_to(AlertState::Investigating).await;
    stage.change_to(AlertState::Resolved).await;
    let counts = stage.desk.until("both wait", |overview| overview.outbox.waiting == 2).await.outbox;
    assert_eq!((counts.refused, counts.conflicts), (0, 0));
    assert_eq!(stage.server.count(CHANGE), 0, "nothing can be sent");
    stage.reconnect().await;
    stage.until(Standing::Confirmed).await;
    assert_eq!(stage.standings().await, [Standing::Confirmed; 2]);
    assert_eq!(stage.server.count(CHANGE), 2);
    stage.desk.until("the window hears of it", |overview| overview.outbox.waiting == 0).await;
}

#[tokio::test]
async fn what_is_done_outlives_the_program() {
    let mut stage = Stage::set().await;
    stage.disconnect_for_long().await;
    stage.change_to(AlertState::Resolved).await;
    stage.desk.desk.close().await.unwrap();
    stage.server.answer(CHANGE, done());
    stage.server.forget("GET /ws");
    let (folder, vault) = (stage.folder.path().to_owned(), Arc::clone(&stage.desk.vault));
    stage.desk = again(&folder, vault).await;
    stage.connection = stage.server.connection().await;
    stage.until(Standing::Confirmed).await;
    assert_eq!(stage.server.count(CHANGE), 1);
}

async fn again(folder: &Path, vault: Arc<dyn Vault>) -> TestDesk {
    TestDesk::start_with(folder, vault, Arc::new(SystemClock::default())).await
}

#[tokio::test]
async fn a_refusal_says_why_and_stays_until_the_analyst_decides() {
    let stage = Stage::set().await;
    stage.server.answer(CHANGE, Answer::status(403));
    let deed = stage.change_to(AlertState::Resolved).await;
    stage.until(Standing::Refused { status: Some(403) }).await;
    assert_eq!(stage.desk.desk.outbox().await.unwrap()[0].id, deed, "it is still shown");
    stage.server.answer(CHANGE, done());
    stage.desk.desk.insist(deed).await.unwrap();
    stage.until(Standing::Confirmed).await;
    let again = stage.desk.desk.insist(deed).await.unwrap_err();
    assert_eq!(again.code, FailureCode::NotFound, "what is confirmed is not sent again");
}

#[tokio::test]
async fn a_server_that_is_busy_is_asked_again() {
    let stage = Stage::set().await;
    stage.server.answer(CHANGE, Answer::status(503));
    stage.change_to(AlertState::Resolved).await;
    stage.server.until_asked(CHANGE, 1).await;
    assert_eq!(stage.standings().await, [Standing::Waiting]);
    stage.server.answer(CHANGE, done());
    stage.until(Standing::Confirmed).await;
}

#[tokio::test]
async fn what_somebody_else_has_done_meanwhile_is_not_overwritten() {
    let mut stage = Stage::set().await;
    stage.disconnect_for_long().await;
    let deed = stage.change_to(AlertState::Resolved).await;
    // What a colleague has done is among what is fetched to catch up.
    let theirs = payload(&alert_version(1, "high", "false_positive", 5));
    let changed = format!(r#"{{"items":[{theirs}],"sequence":{{since}},"more":false}}"#);
    stage.server.answer("GET /alerts", Answer::json(&changed));
    stage.server.answer(CHANGE, done());
    stage.reconnect().await;
    stage.until(Standing::Conflict).await;
    assert_eq!(stage.server.count(CHANGE), 0);
    let counts = stage.desk.until("it is shown", |overview| overview.outbox.conflicts == 1).await.outbox;
    assert_eq!(counts.waiting, 0);
    stage.desk.desk.insist(deed).await.unwrap();
    stage.until(Standing::Confirmed).await;
    assert_eq!(stage.server.count(CHANGE), 1, "the analyst's word counts once it is given again");
}

/// The message in an envelope.
fn payload(frame: &str) -> String {
    serde_json::from_str::<serde_json::Value>(frame).unwrap()["payload"].to_string()
}

#[tokio::test]
async fn what_somebody_else_has_already_done_needs_no_request() {
    let stage = Stage::set().await;
    stage.connection.send(alert_version(1, "high", "resolved", 5)).await;
    stage.desk.until("it is closed", |overview| overview.open.high == 0).await;
    stage.change_to(AlertState::Resolved).await;
    stage.until(Standing::Confirmed).await;
    assert_eq!(stage.server.count(CHANGE), 0);
}

#[tokio::test]
async fn what_waits_can_be_withdrawn_and_what_is_on_its_way_cannot() {
    let mut stage = Stage::set().await;
    stage.disconnect_for_long().await;
    let deed = stage.change_to(AlertState::Resolved).await;
    stage.desk.desk.withdraw(deed).await.unwrap();
    assert_eq!(stage.standings().await, [Standing::Withdrawn]);
    stage.reconnect().await;
    stage.desk.until_live().await;
    let held = stage.server.hold(CHANGE);
    stage.server.answer(CHANGE, done());
    let deed = stage.change_to(AlertState::Investigating).await;
    stage.server.until_asked(CHANGE, 1).await;
    assert_eq!(stage.desk.desk.withdraw(deed).await.unwrap_err().code, FailureCode::BeingSent);
    drop(held);
    stage.until(Standing::Confirmed).await;
    assert_eq!(stage.server.count(CHANGE), 1, "what was withdrawn was never sent");
}

#[tokio::test]
async fn what_waits_is_undone_by_taking_it_back_and_what_was_done_by_putting_back_what_was() {
    let mut stage = Stage::set().await;
    stage.server.answer(CHANGE, done());
    stage.connection.send(alert_version(1, "high", "investigating", 1)).await;
    stage
        .desk
        .until_stored("it is looked at", |alerts, _| alerts[0].state == AlertState::Investigating)
        .await;
    let deed = stage.change_to(AlertState::Resolved).await;
    stage.until(Standing::Confirmed).await;
    stage.connection.send(alert_version(1, "high", "resolved", 2)).await;
    stage.desk.until("it is closed", |overview| overview.open.high == 0).await;
    stage.desk.desk.undo(deed).await.unwrap();
    stage.until(Standing::Confirmed).await;
    let deeds = stage.deeds().await;
    assert_eq!(deeds.len(), 2);
    assert_eq!(deeds[1].state, Some(AlertState::Investigating), "as it was before");
    stage.disconnect_for_long().await;
    let waiting = stage.change_to(AlertState::FalsePositive).await;
    stage.desk.desk.undo(waiting).await.unwrap();
    assert_eq!(stage.standings().await.last(), Some(&Standing::Withdrawn));
    stage.reconnect().await;
    stage.desk.until_live().await;
    assert_eq!(stage.server.count(CHANGE), 2);
}

#[tokio::test]
async fn what_cannot_be_put_back_is_said() {
    let stage = Stage::set().await;
    stage.server.answer(CHANGE, done());
    let action = AlertAction {
        alert: stage.alert,
        action: ActionKind::Assign,
        state: None,
        owner: Some("ada".into()),
    };
    let deed = stage.desk.desk.act(action).await.unwrap();
    stage.until(Standing::Confirmed).await;
    assert_eq!(stage.desk.desk.undo(deed).await.unwrap_err().code, FailureCode::NotOffered, "nobody had it");
    stage.desk.desk.acknowledge(vec![stage.alert]).await.unwrap();
    stage.desk.desk.unacknowledge(vec![stage.alert]).await.unwrap();
    assert!(!stage.desk.alerts().await[0].acknowledged, "what was seen here alone is taken back");
}

#[tokio::test]
async fn what_is_to_be_tried_again_waits_for_the_link_and_keeps_nobody_awake() {
    let clock = Arc::new(ManualClock::default());
    let stage = Stage::set_by(clock.clone()).await;
    stage.server.answer(CHANGE, Answer::status(503));
    let held = stage.server.hold(CHANGE);
    let deed = stage.change_to(AlertState::Resolved).await;
    stage.server.until_asked(CHANGE, 1).await;
    stage.disconnect().await;
    // It dials once more, and is told to wait for ten minutes.
    clock.advance(Duration::from_secs(2));
    let later = clock.now().plus(Duration::from_secs(500));
    stage
        .desk
        .until_link("it waits", |link| matches!(link, Link::Retrying { until, .. } if *until > later))
        .await;
    drop(held);
    clock.sleeper(Duration::from_millis(100)..=Duration::from_secs(1)).await;
    // Its time comes, and there is no connection.
    clock.advance(Duration::from_secs(2));
    // Whoever is asked something has done what was due before.
    stage.desk.desk.overview().await.unwrap();
    // What is due next is that the outage is told of.
    let told = OFFLINE_TOLD_AFTER - Duration::from_secs(4);
    clock.sleeper(told..=told).await;
    assert_eq!(stage.server.count(CHANGE), 1);
    assert_eq!(stage.desk.desk.outbox().await.unwrap()[0].id, deed);
}

#[tokio::test]
async fn what_was_done_goes_with_its_source() {
    let stage = Stage::set().await;
    stage.disconnect_for_long().await;
    stage.change_to(AlertState::Resolved).await;
    stage.desk.until("it waits", |overview| overview.outbox.waiting == 1).await;
    let source = stage.desk.desk.overview().await.unwrap().sources[0].id;
    stage.desk.desk.remove_source(source).await.unwrap();
    stage.desk.until("nothing waits", |overview| overview.outbox.waiting == 0).await;
    assert_eq!(stage.desk.desk.outbox().await.unwrap(), []);
}

#[tokio::test]
async fn what_one_analyst_did_is_not_sent_in_the_name_of_another() {
    let mut stage = Stage::set().await;
    stage.disconnect_for_long().await;
    stage.server.answer(CHANGE, done());
    stage.change_to(AlertState::Resolved).await;
    stage.server.forget("GET /ws");
    let source = stage.desk.desk.overview().await.unwrap().sources[0].clone();
    let grace = vigie_core::desk::view::SignIn {
        source: Some(source.id),
        name: source.name,
        url: source.url,
        profile: source.profile,
        user: "grace".to_owned(),
        parameters: source.parameters,
        password: "secret".to_owned().into(),
        remember: true,
    };
    stage.desk.desk.sign_in(grace).await.unwrap();
    stage.connection = stage.server.connection().await;
    stage.desk.until_live().await;
    stage.until(Standing::Conflict).await;
    assert_eq!(stage.server.count(CHANGE), 0);
}
