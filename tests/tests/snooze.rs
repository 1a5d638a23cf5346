//! What is put off is told of once more, at its time, whatever happens to the program and its clock meanwhile.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed, and says where"
)]

use std::sync::Arc;
use std::time::Duration;

use tempfile::{TempDir, tempdir};
use vigie_core::desk::view::Failure;
use vigie_core::model::{Severity, SnoozeFor, SnoozeOf, SnoozeRequest, Snoozed};
use vigie_core::vault::SessionVault;
use vigie_tests::clock::{LeapingClock, ManualClock};
use vigie_tests::desk::TestDesk;
use vigie_tests::server::{Connection, Server, alert, alert_version};

const HOUR: Duration = Duration::from_secs(3_600);

/// A desk that is live, at a clock that stands still.
struct Stage {
    folder: TempDir,
    clock: Arc<ManualClock>,
    vault: Arc<SessionVault>,
    desk: TestDesk,
    server: Server,
    connection: Connection,
}

impl Stage {
    async fn new() -> Self {
        let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
        let (vault, clock) = (Arc::new(SessionVault::default()), Arc::new(ManualClock::default()));
        let desk = TestDesk::start_with(folder.path(), vault.clone(), clock.clone()).await;
        desk.sign_in(&server.url, "ada", "secret").await.unwrap();
        let connection = server.connection().await;
        desk.until_live().await;
        Self { folder, clock, vault, desk, server, connection }
    }

    async fn restart(mut self, meanwhile: Duration) -> Self {
        self.desk.desk.close().await.unwrap();
        self.clock.advance(meanwhile);
        let (vault, clock) = (self.vault.clone(), self.clock.clone());
        self.desk = TestDesk::start_with(self.folder.path(), vault, clock).await;
        self.connection = self.server.connection().await;
        self.desk.until_live().await;
        self
    }

    /// Snoozes the first alert, or what it is of, for an hour.
    async fn snooze(&self, of: SnoozeOf) -> Result<Snoozed, Failure> {
        self.desk.desk.snooze(SnoozeRequest { alerts: vec![1], of, lasts: SnoozeFor::Hour }).await
    }

    async fn raise(&self, id: u32, severity: &str) {
        self.connection.send(alert(id, severity)).await;
        self.desk
            .until_stored("it is there", |alerts, _| {
                alerts.iter().any(|one| one.subject == format!("a-{id}"))
            })
            .await;
    }

    /// What was announced, once there is so much.
    async fn announced(&self, count: usize) -> Vec<(String, Severity)> {
        let shown = self.desk.desktop.until(|shown| shown.of_alerts().len() >= count).await;
        assert_eq!(shown.of_alerts().len(), count, "{shown:?}");
        shown.of_alerts().iter().map(|one| (one.title.clone(), one.severity)).collect()
    }
}

#[tokio::test]
async fn a_snoozed_alert_comes_back_after_its_hour_and_is_told_of_once_more() {
    let stage = Stage::new().await;
    stage.raise(1, "high").await;
    let first = stage.announced(1).await;
    stage.snooze(SnoozeOf::Alert).await.unwrap();
    stage.desk.until("it is away", |now| (now.unacknowledged.high, now.snoozes.alerts) == (0, 1)).await;
    assert_eq!(stage.desk.desktop.shown().tray.unwrap().unacknowledged, 0);
    let second = Duration::from_secs(1);
    stage.clock.advance(HOUR - second);
    assert_eq!(stage.desk.desk.overview().await.unwrap().snoozes.alerts, 1);
    stage.clock.sleeper(second..=second).await;
    stage.clock.advance(second);
    stage.desk.until("it is back", |now| (now.unacknowledged.high, now.snoozes.alerts) == (1, 0)).await;
    assert_eq!(stage.announced(2).await[1], first[0]);
    let stage = stage.restart(HOUR).await;
    stage.announced(0).await;
}

#[tokio::test]
async fn what_ended_while_the_program_did_not_run_is_told_of_at_its_start_and_what_did_not_waits() {
    let stage = Stage::new().await;
    stage.raise(1, "low").await;
    stage.snooze(SnoozeOf::Alert).await.unwrap();
    let stage = stage.restart(HOUR / 2).await;
    stage.desk.until("it is away", |now| now.snoozes.alerts == 1).await;
    let stage = stage.restart(HOUR / 2).await;
    stage.desk.until("it is back", |now| (now.unacknowledged.low, now.snoozes.alerts) == (1, 0)).await;
    assert_eq!(stage.announced(1).await[0].1, Severity::Low, "however bad: it was asked for");
}

#[tokio::test]
async fn an_alert_that_gets_worse_does_not_wait() {
    let stage = Stage::new().await;
    stage.raise(1, "high").await;
    stage.announced(1).await;
    stage.snooze(SnoozeOf::Alert).await.unwrap();
    stage.connection.send(alert_version(1, "critical", "open", 5)).await;
    assert_eq!(stage.announced(2).await[1].1, Severity::Critical);
    stage.desk.until("it is back", |now| (now.unacknowledged.critical, now.snoozes.alerts) == (1, 0)).await;
    let stage = stage.restart(HOUR).await;
    stage.announced(0).await;
}

#[tokio::test]
async fn of_a_snoozed_customer_only_what_is_critical_is_told_before_the_digest() {
    for of in [SnoozeOf::Customer, SnoozeOf::Scenario] {
        let stage = Stage::new().await;
        stage.raise(1, "high").await;
        stage.announced(1).await;
        let snoozes = stage.snooze(of).await.unwrap();
        stage.raise(2, "high").await;
        stage.raise(3, "high").await;
        stage.raise(4, "critical").await;
        assert_eq!(stage.announced(2).await[1].1, Severity::Critical);
        stage
            .desk
            .until("all are listed", |now| (now.unacknowledged.high, now.snoozes.others) == (3, 1))
            .await;
        assert_eq!(stage.desk.desk.figures().await.unwrap().notifications.snoozed, 2);
        if of == SnoozeOf::Customer {
            stage.clock.advance(HOUR);
        } else {
            stage.desk.desk.wake(vec![], vec![snoozes.others[0].id]).await.unwrap();
        }
        assert_eq!(stage.announced(3).await[2].0, "2 alerts are back after a snooze");
        stage.desk.until("nothing is snoozed", |now| now.snoozes.others == 0).await;
    }
}

#[tokio::test]
async fn a_snooze_ends_by_either_clock() {
    for is_set_back in [true, false] {
        let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
        let clock = Arc::new(LeapingClock::default());
        let desk =
            TestDesk::start_with(folder.path(), Arc::new(SessionVault::default()), clock.clone()).await;
        desk.sign_in(&server.url, "ada", "secret").await.unwrap();
        let connection = server.connection().await;
        desk.until_live().await;
        connection.send(alert(1, "high")).await;
        desk.desktop.until(|shown| shown.of_alerts().len() == 1).await;
        let request = SnoozeRequest { alerts: vec![1], of: SnoozeOf::Alert, lasts: SnoozeFor::Hour };
        desk.desk.snooze(request).await.unwrap();
        if is_set_back {
            clock.set(-86_400_000);
            clock.leap(HOUR);
        } else {
            // As a sleep looks afterwards: whatever happens next wakes the desk.
            clock.set(3_600_000);
            connection.send(alert(2, "low")).await;
        }
        let shown = desk.desktop.until(|shown| shown.of_alerts().len() == 2).await;
        assert_eq!(shown.of_alerts()[1].about, shown.of_alerts()[0].about);
    }
}

#[tokio::test]
async fn what_had_been_seen_before_it_was_put_off_is_told_of_again() {
    let stage = Stage::new().await;
    stage.raise(1, "high").await;
    stage.announced(1).await;
    stage.desk.desk.acknowledge(vec![1]).await.unwrap();
    stage.snooze(SnoozeOf::Alert).await.unwrap();
    stage.clock.advance(HOUR);
    stage.announced(2).await;
    assert!(!stage.desk.alerts().await[0].acknowledged);
}

#[tokio::test]
async fn a_snooze_that_is_taken_back_leaves_what_was_to_be_announced() {
    let stage = Stage::new().await;
    stage.desk.desk.pause_notifications(Some(2 * HOUR)).await.unwrap();
    stage.raise(1, "high").await;
    let snoozed = stage.snooze(SnoozeOf::Alert).await.unwrap();
    stage.desk.desk.undo_snooze(snoozed).await.unwrap();
    stage.desk.desk.pause_notifications(None).await.unwrap();
    stage.announced(1).await;
}

#[tokio::test]
async fn what_was_snoozed_of_a_source_goes_with_it() {
    let stage = Stage::new().await;
    stage.raise(1, "high").await;
    stage.snooze(SnoozeOf::Customer).await.unwrap();
    let source = stage.desk.until("it is counted", |now| now.snoozes.others == 1).await.sources[0].id;
    stage.desk.desk.remove_source(source).await.unwrap();
    assert_eq!(stage.desk.desk.snoozes().await.unwrap(), []);
    assert_eq!(stage.desk.desk.overview().await.unwrap().snoozes.others, 0);
}

#[tokio::test]
async fn a_clock_that_was_wrong_puts_nothing_off_for_longer() {
    for is_started_anew in [false, true] {
        let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
        let (clock, vault) = (Arc::new(LeapingClock::default()), Arc::new(SessionVault::default()));
        let mut desk = TestDesk::start_with(folder.path(), vault.clone(), clock.clone()).await;
        desk.sign_in(&server.url, "ada", "secret").await.unwrap();
        let mut connection = server.connection().await;
        desk.until_live().await;
        connection.send(alert(1, "high")).await;
        connection.send(alert(2, "high")).await;
        desk.desktop.until(|shown| shown.of_alerts().len() == 2).await;
        let snooze = |id| SnoozeRequest { alerts: vec![id], of: SnoozeOf::Alert, lasts: SnoozeFor::Hour };
        desk.desk.snooze(snooze(1)).await.unwrap();
        // The clock was a month ahead.
        clock.set(-30 * 86_400_000);
        if is_started_anew {
            desk.desk.close().await.unwrap();
            desk = TestDesk::start_with(folder.path(), vault, clock.clone()).await;
            connection = server.connection().await;
            desk.until_live().await;
        } else {
            desk.desk.snooze(snooze(2)).await.unwrap();
        }
        clock.leap(HOUR);
        connection.send(alert(3, "low")).await;
        desk.until("nothing is away", |now| (now.unacknowledged.high, now.snoozes.alerts) == (2, 0)).await;
    }
}
