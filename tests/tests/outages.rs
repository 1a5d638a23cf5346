//! Who trusts the notifications is told by one that a source is not connected, and for how long it has not been.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed, and says where"
)]

use std::sync::Arc;
use std::time::Duration;

use tempfile::{TempDir, tempdir};
use vigie_core::clock::Clock as _;
use vigie_core::desk::OFFLINE_TOLD_AFTER;
use vigie_core::desk::desktop::About;
use vigie_core::model::{Link, PauseFor, Severity};
use vigie_core::vault::SessionVault;
use vigie_tests::clock::ManualClock;
use vigie_tests::desk::TestDesk;
use vigie_tests::server::{Answer, Connection, Server};

const HOUR: Duration = Duration::from_secs(3_600);
const SECOND: Duration = Duration::from_secs(1);

/// A desk whose only source is down, at a clock that stands still.
struct Stage {
    _folder: TempDir,
    clock: Arc<ManualClock>,
    desk: TestDesk,
    server: Server,
}

impl Stage {
    async fn down() -> Self {
        let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
        let (vault, clock) = (Arc::new(SessionVault::default()), Arc::new(ManualClock::default()));
        let desk = TestDesk::start_with(folder.path(), vault, clock.clone()).await;
        desk.sign_in(&server.url, "ada", "secret").await.unwrap();
        let connection = server.connection().await;
        desk.until_live().await;
        let mut stage = Self { _folder: folder, clock, desk, server };
        stage.cut(connection).await;
        stage
    }

    /// The connection breaks, and the server is not to be had before long.
    async fn cut(&mut self, connection: Connection) {
        // The longest that a server is waited for.
        let later = "retry-after: 900\r\n".to_owned();
        self.server.answer("GET /ws", Answer { headers: later, ..Answer::status(503) });
        drop(connection);
        self.desk.until_link("it is broken", |link| matches!(link, Link::Retrying { .. })).await;
        self.retry().await;
        let later = self.clock.now().plus(OFFLINE_TOLD_AFTER);
        let waits = |link: &Link| matches!(link, Link::Retrying { until, .. } if *until > later);
        self.desk.until_link("it was turned away", waits).await;
    }

    async fn retry(&self) {
        let source = self.desk.desk.overview().await.unwrap().sources[0].id;
        self.desk.desk.retry(source).await.unwrap();
    }

    /// The server is to be had again, and the analyst does not wait until it is asked again.
    async fn mend(&mut self) -> Connection {
        self.server.forget("GET /ws");
        self.retry().await;
        let connection = self.server.connection().await;
        self.desk.until_live().await;
        connection
    }
}

#[tokio::test]
async fn an_outage_is_told_of_once_calmly_and_by_name_and_taken_away_when_it_is_over() {
    let mut stage = Stage::down().await;
    stage.clock.advance(OFFLINE_TOLD_AFTER - SECOND);
    stage.desk.desk.overview().await.unwrap();
    assert!(stage.desk.desktop.shown().notifications.is_empty(), "it may be back in a moment");
    stage.clock.advance(SECOND);
    let shown = stage.desk.desktop.until(|shown| !shown.notifications.is_empty()).await;
    let told = &shown.notifications[0];
    assert_eq!((told.about, told.sound, told.severity), (About::Offline, None, Severity::Medium));
    assert!(told.title.starts_with("Not connected: "), "{told:?}");
    assert!(told.body.contains(", since ") && told.body.contains("No alerts can arrive"), "{told:?}");
    stage.clock.advance(OFFLINE_TOLD_AFTER);
    stage.desk.desk.overview().await.unwrap();
    assert_eq!(stage.desk.desktop.shown().notifications.len(), 1, "once");

    let connection = stage.mend().await;
    stage.desk.desktop.until(|shown| shown.on_show.is_empty()).await;
    assert_eq!(stage.desk.desktop.shown().withdrawn, [About::Offline]);
    // Another outage is another.
    stage.cut(connection).await;
    stage.clock.advance(OFFLINE_TOLD_AFTER);
    stage.desk.desktop.until(|shown| shown.notifications.len() == 2).await;
}

#[tokio::test]
async fn a_pause_holds_it_back_and_what_is_over_by_then_is_not_told() {
    for is_over in [true, false] {
        let mut stage = Stage::down().await;
        stage.desk.desk.pause(PauseFor::QuarterHour).await.unwrap();
        stage.clock.advance(2 * OFFLINE_TOLD_AFTER);
        stage.desk.desk.overview().await.unwrap();
        assert!(stage.desk.desktop.shown().notifications.is_empty());
        let _connection = if is_over { Some(stage.mend().await) } else { None };
        stage.clock.advance(OFFLINE_TOLD_AFTER);
        stage.desk.until("the pause is over", |now| now.paused_until.is_none()).await;
        // A minute more: who was held may have slept, and its links have to come back.
        stage.desk.desk.overview().await.unwrap();
        assert!(stage.desk.desktop.shown().notifications.is_empty());
        stage.clock.advance(Duration::from_secs(60));
        if is_over {
            stage.desk.desk.overview().await.unwrap();
            assert!(stage.desk.desktop.shown().notifications.is_empty());
        } else {
            stage.desk.desktop.until(|shown| shown.on_show.len() == 1).await;
        }
    }
}

#[tokio::test]
async fn a_computer_that_has_slept_gives_its_links_time_to_come_back() {
    let stage = Stage::down().await;
    stage.clock.sleep_through(8 * HOUR);
    stage.desk.desk.overview().await.unwrap();
    assert!(stage.desk.desktop.shown().notifications.is_empty());
    stage.clock.advance(OFFLINE_TOLD_AFTER);
    stage.desk.desktop.until(|shown| shown.on_show.len() == 1).await;
}

#[tokio::test]
async fn what_could_not_be_shown_is_shown_later() {
    let stage = Stage::down().await;
    stage.desk.desktop.break_notifications(true);
    stage.clock.advance(OFFLINE_TOLD_AFTER);
    let fails = vigie_core::desk::view::Notice::NotificationsFail;
    stage.desk.until("it could not be shown", |now| now.notices.contains(&fails)).await;
    stage.desk.desktop.break_notifications(false);
    stage.clock.advance(Duration::from_secs(20));
    stage.desk.desktop.until(|shown| shown.on_show.len() == 1).await;
}
