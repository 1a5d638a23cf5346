//! What is on show: nothing that is dealt with, and all that is critical.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed, and says where"
)]

use std::sync::Arc;
use std::time::Duration;

use tempfile::{TempDir, tempdir};
use vigie_core::desk::desktop::{About, Button, Choice};
use vigie_core::desk::view::{AlertAction, Notice};
use vigie_core::model::{ActionKind, AlertState, PauseFor, SnoozeFor, SnoozeOf, SnoozeRequest};
use vigie_core::policy::Sound;
use vigie_core::vault::SessionVault;
use vigie_tests::clock::ManualClock;
use vigie_tests::desk::TestDesk;
use vigie_tests::desktop::Shown;
use vigie_tests::server::{Answer, Connection, Server, alert, alert_version};

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
    async fn live() -> Self {
        let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
        let (vault, clock) = (Arc::new(SessionVault::default()), Arc::new(ManualClock::default()));
        let desk = TestDesk::start_with(folder.path(), vault.clone(), clock.clone()).await;
        desk.sign_in(&server.url, "ada", "secret").await.unwrap();
        let connection = server.connection().await;
        desk.until_live().await;
        Self { folder, clock, vault, desk, server, connection }
    }

    /// Alerts arrive, and their notifications are on show.
    async fn raise(&self, severity: &str, ids: std::ops::RangeInclusive<u32>) {
        let before = self.desk.desktop.shown().on_show.len();
        let after = before + ids.clone().count();
        for id in ids {
            self.connection.send(alert(id, severity)).await;
        }
        self.desk.desktop.until(|shown| shown.on_show.len() == after).await;
    }

    /// The program ends, if it has not yet, and starts anew.
    async fn restart(&mut self) {
        let _ended = self.desk.desk.close().await;
        let (vault, clock) = (self.vault.clone(), self.clock.clone());
        self.desk = TestDesk::start_with(self.folder.path(), vault, clock).await;
        self.connection = self.server.connection().await;
        self.desk.until_live().await;
    }

    async fn until_on_show(&self, about: &[About]) -> Shown {
        self.desk
            .desktop
            .until(|shown| shown.on_show.iter().map(|one| one.about).eq(about.iter().copied()))
            .await
    }
}

#[tokio::test]
async fn what_is_seen_snoozed_decided_on_or_closed_here_or_elsewhere_is_taken_away() {
    let stage = Stage::live().await;
    stage.raise("critical", 1..=5).await;
    stage.desk.desk.acknowledge(vec![1]).await.unwrap();
    let request = SnoozeRequest { alerts: vec![2], of: SnoozeOf::Alert, lasts: SnoozeFor::Hour };
    stage.desk.desk.snooze(request).await.unwrap();
    let (action, state) = (ActionKind::ChangeState, Some(AlertState::Resolved));
    stage.desk.desk.act(AlertAction { alert: 3, action, state, owner: None }).await.unwrap();
    stage.connection.send(alert_version(4, "critical", "false_positive", 1)).await;
    stage.until_on_show(&[About::Alert(5)]).await;
    stage.desk.desk.open(Some(5)).await.unwrap();
    let shown = stage.until_on_show(&[]).await;
    assert_eq!(shown.withdrawn.len(), 5);
    assert_eq!(shown.notifications.len(), 5);
}

#[tokio::test]
async fn what_was_closed_and_is_opened_again_is_told_of_once_more() {
    let stage = Stage::live().await;
    stage.raise("critical", 1..=1).await;
    stage.connection.send(alert_version(1, "critical", "resolved", 1)).await;
    stage.until_on_show(&[]).await;
    stage.connection.send(alert_version(1, "critical", "open", 2)).await;
    stage.until_on_show(&[About::Alert(1)]).await;
}

#[tokio::test]
async fn what_is_opened_from_the_tray_or_by_a_link_is_taken_away_too() {
    let stage = Stage::live().await;
    stage.raise("critical", 1..=3).await;
    stage.until_on_show(&[About::Alert(1), About::Alert(2), About::Alert(3)]).await;
    stage.desk.desk.choose(Choice::Alert(1)).await.unwrap();
    stage.until_on_show(&[About::Alert(2), About::Alert(3)]).await;
    stage.desk.desk.open_link("vigie://alert/a-2".to_owned()).await.unwrap();
    stage.until_on_show(&[About::Alert(3)]).await;
}

#[tokio::test]
async fn a_source_that_is_removed_takes_its_notifications_with_it() {
    let stage = Stage::live().await;
    stage.raise("critical", 1..=2).await;
    let source = stage.desk.desk.overview().await.unwrap().sources[0].id;
    stage.desk.desk.remove_source(source).await.unwrap();
    stage.until_on_show(&[]).await;
}

#[tokio::test]
async fn a_button_marks_an_alert_as_seen_and_asks_its_server_for_it_or_puts_it_off() {
    let stage = Stage::live().await;
    stage.server.answer("PATCH /alerts/a-1", Answer::json("{}"));
    stage.raise("critical", 1..=2).await;
    stage.desk.desk.press(1, Button::Acknowledge).await.unwrap();
    stage.server.until_asked("PATCH /alerts/a-1", 1).await;
    stage.until_on_show(&[About::Alert(2)]).await;
    stage.desk.desk.press(2, Button::Snooze).await.unwrap();
    stage.until_on_show(&[]).await;
    let overview = stage.desk.until("both are out of the way", |now| now.unacknowledged.critical == 0).await;
    assert_eq!(overview.snoozes.alerts, 1);
    assert!(stage.desk.desktop.shown().opened.is_empty(), "no window was needed");
}

#[tokio::test]
async fn a_storm_is_kept_current_at_most_every_two_seconds_and_without_a_sound() {
    let stage = Stage::live().await;
    stage.raise("high", 1..=4).await;
    for id in 5..=20 {
        stage.connection.send(alert(id, "high")).await;
    }
    stage.desk.until("all are there", |now| now.unacknowledged.high == 20).await;
    assert_eq!(stage.desk.desktop.shown().notifications.len(), 4);
    stage.clock.advance(Duration::from_secs(2));
    let shown = stage.desk.desktop.until(|shown| shown.notifications.len() == 5).await;
    let (first, last) = (&shown.notifications[3], &shown.notifications[4]);
    assert_eq!((first.about, last.about, last.sound), (About::Storm, About::Storm, None));
    assert_eq!(last.title, "Many alerts at once: 17 more");
    assert_eq!(shown.notifications[0].sound, Some(Sound::Notice));
    let figures = stage.desk.desk.figures().await.unwrap().notifications;
    assert_eq!((figures.alone, figures.storms, figures.in_storms), (3, 1, 17));
}

#[tokio::test]
async fn a_storm_that_was_dismissed_does_not_come_back_while_it_lasts() {
    let stage = Stage::live().await;
    stage.raise("high", 1..=4).await;
    stage.desk.desk.dismissed(About::Storm).await.unwrap();
    for id in 5..=20 {
        stage.connection.send(alert(id, "high")).await;
    }
    stage.desk.until("all are there", |now| now.unacknowledged.high == 20).await;
    stage.clock.advance(Duration::from_secs(2));
    stage.connection.send(alert(21, "critical")).await;
    let about = |shown: &Shown| shown.notifications.last().map(|one| one.about);
    let shown = stage.desk.desktop.until(|shown| shown.notifications.len() > 4).await;
    assert_eq!(about(&shown), Some(About::Alert(21)));
    stage.clock.advance(Duration::from_secs(30));
    let shown = stage.desk.desktop.until(|shown| shown.notifications.len() > 5).await;
    assert_eq!(shown.notifications[5].title, "Many alerts at once: 16 more");
}

#[tokio::test]
async fn what_is_critical_and_could_not_be_shown_is_shown_as_soon_as_it_can_be() {
    for restarts in [false, true] {
        let mut stage = Stage::live().await;
        stage.desk.desktop.break_notifications(true);
        stage.connection.send(alert(1, "critical")).await;
        let fails = |overview: &vigie_core::desk::view::Overview| {
            overview.notices.contains(&Notice::NotificationsFail)
        };
        stage.desk.until("it is said", fails).await;
        if restarts {
            stage.desk.desk.close().await.unwrap();
            stage.desk =
                TestDesk::start_with(stage.folder.path(), stage.vault.clone(), stage.clock.clone()).await;
        } else {
            stage.desk.desktop.break_notifications(false);
            stage.clock.advance(Duration::from_secs(20));
        }
        let shown = stage.desk.desktop.until(|shown| !shown.notifications.is_empty()).await;
        assert_eq!(shown.notifications[0].title, "Critical: Card testing");
        stage.desk.until("it works again", |overview| !fails(overview)).await;
        assert_eq!(stage.desk.desktop.shown().of_alerts().len(), 1);
    }
}

#[tokio::test]
async fn a_pause_holds_back_what_is_high_and_says_how_much_it_was() {
    let stage = Stage::live().await;
    stage.desk.desk.pause(PauseFor::QuarterHour).await.unwrap();
    for id in 1..=3 {
        stage.connection.send(alert(id, "high")).await;
    }
    stage.desk.until("they are there", |now| now.unacknowledged.high == 3).await;
    assert_eq!(stage.desk.desk.figures().await.unwrap().notifications.held, 3);
    assert!(stage.desk.desktop.shown().notifications.is_empty());
    stage.clock.advance(Duration::from_secs(15 * 60));
    let shown = stage.desk.desktop.until(|shown| !shown.notifications.is_empty()).await;
    assert_eq!(shown.notifications[0].title, "3 alerts came during the pause");
}

#[tokio::test]
async fn a_pause_outlasts_the_program_and_ends_when_it_would_have() {
    let mut stage = Stage::live().await;
    stage.desk.desk.pause(PauseFor::Hour).await.unwrap();
    let until = stage.desk.desk.overview().await.unwrap().paused_until;
    stage.restart().await;
    assert_eq!(stage.desk.desk.overview().await.unwrap().paused_until, until);
    stage.connection.send(alert(1, "high")).await;
    stage.desk.until("it is there", |now| now.unacknowledged.high == 1).await;
    assert!(stage.desk.desktop.shown().notifications.is_empty());
    stage.clock.advance(Duration::from_secs(3_600));
    let shown = stage.desk.desktop.until(|shown| !shown.notifications.is_empty()).await;
    assert_eq!(shown.notifications[0].title, "High: Card testing");
    stage.restart().await;
    assert_eq!(stage.desk.desk.overview().await.unwrap().paused_until, None);
}

#[tokio::test]
async fn a_pause_that_is_over_or_was_ended_does_not_come_back_with_the_program() {
    for is_ended in [true, false] {
        let mut stage = Stage::live().await;
        stage.desk.desk.pause(PauseFor::Hour).await.unwrap();
        stage.connection.send(alert(1, "high")).await;
        stage.desk.until("it is there", |now| now.unacknowledged.high == 1).await;
        if is_ended {
            stage.desk.desk.pause_notifications(None).await.unwrap();
            stage.desk.desktop.until(|shown| shown.notifications.len() == 1).await;
        }
        stage.desk.desk.close().await.unwrap();
        if !is_ended {
            stage.clock.sleep_through(Duration::from_secs(3_600));
        }
        stage.restart().await;
        assert_eq!(stage.desk.desk.overview().await.unwrap().paused_until, None);
        if !is_ended {
            stage.desk.desktop.until(|shown| shown.notifications.len() == 1).await;
        }
    }
}

#[tokio::test]
async fn a_pause_lasts_no_longer_where_the_clock_was_set_back_while_the_program_did_not_run() {
    let mut stage = Stage::live().await;
    stage.clock.sleep_through(Duration::from_secs(48 * 3_600));
    stage.desk.desk.pause(PauseFor::Hour).await.unwrap();
    stage.desk.desk.close().await.unwrap();
    stage.clock = Arc::default();
    stage.restart().await;
    assert!(stage.desk.desk.overview().await.unwrap().paused_until.is_some());
    stage.clock.advance(Duration::from_secs(3_600));
    stage.desk.until("it is over", |now| now.paused_until.is_none()).await;
}

#[tokio::test]
async fn what_is_told_of_the_list_stays_on_show_until_the_analyst_looks_at_the_list() {
    let stage = Stage::live().await;
    stage.raise("high", 1..=4).await;
    let own = [About::Alert(1), About::Alert(2), About::Alert(3)];
    stage.desk.desk.choose(Choice::Sources).await.unwrap();
    stage.desk.desk.show().await.unwrap();
    stage.desk.desk.overview().await.unwrap();
    let shown = stage.until_on_show(&[own.as_slice(), &[About::Storm]].concat()).await;
    assert_eq!(shown.withdrawn, []);
    stage.desk.desk.be_at(true).await.unwrap();
    stage.until_on_show(&own).await;
    stage.connection.send(alert(5, "high")).await;
    stage.desk.until("it is there", |now| now.unacknowledged.high == 5).await;
    stage.clock.advance(Duration::from_secs(2));
    stage.until_on_show(&[own.as_slice(), &[About::Storm]].concat()).await;
    stage.desk.desk.show().await.unwrap();
    stage.until_on_show(&own).await;
}

#[tokio::test]
async fn an_update_that_is_no_worse_rewords_the_notification_while_it_is_on_show_and_silently() {
    let stage = Stage::live().await;
    stage.raise("critical", 1..=1).await;
    stage.clock.advance(Duration::from_secs(2));
    stage.connection.send(alert_version(1, "high", "open", 1)).await;
    let shown = stage.desk.desktop.until(|shown| !shown.reworded.is_empty()).await;
    let (title, sound) = (shown.on_show[0].title.as_str(), shown.on_show[0].sound);
    assert_eq!((title, sound, shown.notifications.len()), ("High: Card testing", None, 1));
}

#[tokio::test]
async fn what_a_slow_service_had_not_shown_when_the_program_was_quit_is_shown_after_the_next_start() {
    let mut stage = Stage::live().await;
    stage.desk.desktop.hold_notifications(true);
    for id in 1..=3 {
        stage.connection.send(alert(id, "critical")).await;
    }
    stage.desk.until("they are there", |now| now.unacknowledged.critical == 3).await;
    stage.desk.desk.close().await.unwrap();
    stage.desk = TestDesk::start_with(stage.folder.path(), stage.vault.clone(), stage.clock.clone()).await;
    let shown = stage.desk.desktop.until(|shown| !shown.notifications.is_empty()).await;
    assert_eq!(shown.notifications[0].title, "3 alerts that may not have been shown");
    stage.desk.desk.close().await.unwrap();
    let again = TestDesk::start_with(stage.folder.path(), stage.vault.clone(), stage.clock.clone()).await;
    again.desk.overview().await.unwrap();
    again.desk.close().await.unwrap();
    assert!(again.desktop.shown().notifications.is_empty(), "what was shown is shown");
}
