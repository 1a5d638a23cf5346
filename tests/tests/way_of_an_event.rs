//! The way of an event: from a server to the store, the notifications, the tray and the window.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed, and says where"
)]

use std::sync::Arc;

use tempfile::tempdir;
use vigie_core::desk::desktop::{About, TraySign};
use vigie_core::desk::view::{FailureCode, Notice};
use vigie_core::model::{AlertState, Link, Severity, SignedOutReason};
use vigie_core::vault::SessionVault;
use vigie_tests::desk::TestDesk;
use vigie_tests::server::{Answer, Server, alert, alert_version, transaction};

#[tokio::test]
async fn what_the_server_sends_is_stored_shown_and_announced_once() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let desk = TestDesk::start(folder.path()).await;
    desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let connection = server.connection().await;
    desk.until_live().await;
    for frame in
        [transaction(1), alert(1, "medium"), alert(2, "critical"), alert(2, "critical"), transaction(1)]
    {
        connection.send(frame).await;
    }
    connection.send(alert(3, "high")).await;
    let shown = desk.desktop.until(|shown| shown.notifications.len() == 2).await;
    let about: Vec<About> = shown.notifications.iter().map(|notification| notification.about).collect();
    let alerts = desk.alerts().await;
    let number = |subject: &str| alerts.iter().find(|alert| alert.subject == subject).unwrap().id;
    assert_eq!(about, [About::Alert(number("a-2")), About::Alert(number("a-3"))]);
    assert_eq!(shown.notifications[0].title, "Critical: Card testing");
    assert_eq!(alerts.len(), 3);
    assert_eq!(desk.transactions().await.len(), 1);
    let overview = desk.desk.overview().await.unwrap();
    assert_eq!((overview.open.total(), overview.open.critical, overview.transactions), (3, 1, 1));
    let tray =
        desk.desktop.until(|shown| shown.tray.as_ref().is_some_and(|tray| tray.unacknowledged == 2)).await;
    assert_eq!(tray.tray.unwrap().sign, TraySign::Critical);
}

#[tokio::test]
async fn an_alert_is_the_newest_of_its_versions_whatever_their_order() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let desk = TestDesk::start(folder.path()).await;
    desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let connection = server.connection().await;
    connection.send(alert_version(1, "high", "investigating", 5)).await;
    desk.desktop.until(|shown| shown.notifications.len() == 1).await;
    connection.send(alert_version(1, "high", "open", 0)).await;
    connection.send(alert_version(1, "critical", "escalated", 9)).await;
    desk.until_stored("the alert has three versions", |alerts, _| {
        alerts.first().is_some_and(|alert| alert.state == AlertState::Escalated)
    })
    .await;
    let alert = desk.alerts().await.remove(0);
    assert_eq!(alert.severity, Severity::Critical);
    let detail = desk.desk.alert(alert.id).await.unwrap();
    assert_eq!(detail.history.len(), 3);
    assert!(detail.raw.contains("escalated"), "{}", detail.raw);
    // High, then critical: it got worse, so it was announced again, in the place of the first.
    let shown = desk.desktop.until(|shown| shown.notifications.len() == 2).await;
    assert!(shown.notifications.iter().all(|notification| notification.about == About::Alert(alert.id)));
}

#[tokio::test]
async fn what_was_missed_is_one_notification() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let items: Vec<String> = (1..=5)
        .map(|id| {
            let frame: serde_json::Value = serde_json::from_str(&alert(id, "high")).unwrap();
            frame["payload"].to_string()
        })
        .collect();
    let page = format!(r#"{{"items":[{}],"sequence":1100,"more":false}}"#, items.join(","));
    server.answer("GET /alerts", Answer::json(&page));
    let desk = TestDesk::start(folder.path()).await;
    desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let connection = server.connection().await;
    desk.until_live().await;
    connection.send(alert(6, "high")).await;
    let shown = desk.desktop.until(|shown| shown.notifications.len() >= 2).await;
    assert_eq!(shown.notifications.len(), 2);
    assert_eq!(shown.notifications[0].about, About::Digest);
    assert_eq!(shown.notifications[0].title, "5 alerts came while Vigie was not connected");
}

#[tokio::test]
async fn offline_and_after_a_restart_everything_is_still_there_and_nothing_is_announced_again() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let vault = Arc::new(SessionVault::default());
    let clock = || Arc::new(vigie_core::clock::SystemClock::default());
    let desk = TestDesk::start_with(folder.path(), vault.clone(), clock()).await;
    desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let connection = server.connection().await;
    connection.send(transaction(1)).await;
    connection.send(alert(1, "critical")).await;
    desk.desktop.until(|shown| shown.notifications.len() == 1).await;
    desk.desk.close().await.unwrap();
    drop((connection, server));

    let again = TestDesk::start_with(folder.path(), vault, clock()).await;
    let source = again.until_link("the server is gone", |link| matches!(link, Link::Retrying { .. })).await;
    assert!(source.stored_until.is_some());
    assert_eq!((again.alerts().await.len(), again.transactions().await.len()), (1, 1));
    assert_eq!(again.desktop.shown().notifications, []);
}

#[tokio::test]
async fn a_notification_that_cannot_be_shown_is_told_in_the_window() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let desk = TestDesk::start(folder.path()).await;
    desk.desktop.break_notifications(true);
    desk.desk.watch().await.unwrap();
    desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let connection = server.connection().await;
    connection.send(alert(1, "critical")).await;
    desk.until("the failure is told", |overview| overview.notices.contains(&Notice::NotificationsFail)).await;
    desk.desktop.break_notifications(false);
    connection.send(alert(2, "critical")).await;
    desk.until("it is well again", |overview| !overview.notices.contains(&Notice::NotificationsFail)).await;
}

#[tokio::test]
async fn seen_alerts_leave_the_tray_and_come_back_only_when_they_get_worse() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let desk = TestDesk::start(folder.path()).await;
    desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let connection = server.connection().await;
    connection.send(alert(1, "high")).await;
    desk.until("the alert is there", |overview| overview.unacknowledged.high == 1).await;
    let id = desk.alerts().await[0].id;
    desk.desk.acknowledge(vec![id]).await.unwrap();
    desk.until("it is seen", |overview| overview.unacknowledged.total() == 0 && overview.open.high == 1)
        .await;
    desk.desktop.until(|shown| shown.tray.as_ref().is_some_and(|tray| tray.sign == TraySign::Live)).await;
    connection.send(alert_version(1, "high", "investigating", 1)).await;
    connection.send(alert_version(1, "critical", "investigating", 2)).await;
    desk.until("it is worse", |overview| overview.unacknowledged.critical == 1).await;
}

#[tokio::test]
async fn a_refused_password_is_said_in_words_and_kept_nowhere() {
    let (folder, server) = (tempdir().unwrap(), Server::start().await);
    let desk = TestDesk::start(folder.path()).await;
    for status in [400, 401] {
        server.answer("POST /auth/login", Answer::status(status));
        let failure = desk.sign_in(&server.url, "ada", "wrong").await.unwrap_err();
        assert_eq!(failure.code, FailureCode::PasswordRefused);
    }
    server.answer("POST /auth/login", Answer::status(403));
    assert_eq!(desk.sign_in(&server.url, "ada", "wrong").await.unwrap_err().code, FailureCode::Forbidden);
    assert_eq!(desk.desk.overview().await.unwrap().sources, []);
    let name = format!("ada@{}/", server.url);
    assert!(desk.vault.get(&name).await.unwrap().is_none());
}

#[tokio::test]
async fn signing_out_ends_the_link_and_removes_the_credential_but_not_the_record() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let desk = TestDesk::start(folder.path()).await;
    let source = desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let connection = server.connection().await;
    connection.send(transaction(1)).await;
    desk.until_stored("the transaction is there", |_, transactions| transactions.len() == 1).await;
    let name = format!("ada@{}/", server.url);
    assert!(desk.vault.get(&name).await.unwrap().is_some());
    desk.desk.sign_out(source).await.unwrap();
    assert!(desk.vault.get(&name).await.unwrap().is_none());
    let link = desk.until_link("signed out", |link| matches!(link, Link::SignedOut { .. })).await.link;
    assert_eq!(link, Link::SignedOut { reason: SignedOutReason::ByAnalyst });
    assert_eq!(desk.transactions().await.len(), 1);
    desk.desk.remove_source(source).await.unwrap();
    assert_eq!(desk.transactions().await.len(), 0);
}

#[tokio::test]
async fn who_signs_out_while_it_catches_up_is_told_what_has_come_so_far() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let critical: serde_json::Value = serde_json::from_str(&alert(1, "critical")).unwrap();
    let page = format!(r#"{{"items":[{}],"sequence":1100,"more":false}}"#, critical["payload"]);
    server.answer("GET /alerts", Answer::json(&page));
    let _held = server.hold("GET /transactions");
    let desk = TestDesk::start(folder.path()).await;
    let source = desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let _connection = server.connection().await;
    desk.until("it is stored", |overview| overview.open.critical == 1).await;
    assert_eq!(desk.desktop.shown().notifications, [], "it waits for the rest");
    desk.desk.sign_out(source).await.unwrap();
    let shown = desk.desktop.until(|shown| !shown.notifications.is_empty()).await;
    assert_eq!(shown.notifications[0].title, "Critical: Card testing");
}

#[tokio::test]
async fn who_signed_out_stays_signed_out_after_a_restart() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let desk = TestDesk::start(folder.path()).await;
    let source = desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let _connection = server.connection().await;
    desk.until_live().await;
    desk.desk.sign_out(source).await.unwrap();
    desk.desk.close().await.unwrap();
    let dials = server.count("GET /ws");

    let again = TestDesk::start(folder.path()).await;
    let source = again.until_link("signed out", |link| matches!(link, Link::SignedOut { .. })).await;
    assert_eq!(source.link, Link::SignedOut { reason: SignedOutReason::ByAnalyst });
    assert!(!source.remembered);
    assert_eq!(server.count("GET /ws"), dials);
}

#[tokio::test]
async fn after_a_source_is_removed_numbers_go_on_and_the_window_sees_what_comes_next() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let desk = TestDesk::start(folder.path()).await;
    let source = desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let connection = server.connection().await;
    for id in 1..=5 {
        connection.send(alert(id, "low")).await;
        connection.send(transaction(id)).await;
    }
    desk.until("all are there", |overview| overview.open.low == 5).await;
    desk.until_stored("all are stored", |_, transactions| transactions.len() == 5).await;
    let before = desk.desk.overview().await.unwrap();
    let newest = desk.alerts().await.iter().map(|alert| alert.id).max().unwrap();
    desk.desk.remove_source(source).await.unwrap();
    desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let connection = server.connection().await;
    connection.send(alert(9, "low")).await;
    connection.send(transaction(9)).await;
    desk.until_stored("the new ones are there", |alerts, transactions| {
        alerts.len() + transactions.len() == 2
    })
    .await;
    let after = desk.desk.overview().await.unwrap();
    assert!(
        after.alerts_change > before.alerts_change && after.newest_transaction > before.newest_transaction
    );
    assert!(desk.alerts().await[0].id > newest, "an old notification must not open another alert");
    let changes = desk.desk.store().alert_changes(before.alerts_change, 10).await.unwrap();
    assert_eq!((changes.rows.len(), changes.change), (1, after.alerts_change));
}

#[tokio::test]
async fn what_turns_critical_during_a_pause_is_announced_at_once_and_the_rest_after_it() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let clock = Arc::new(vigie_tests::clock::ManualClock::default());
    let desk = TestDesk::start_with(folder.path(), Arc::new(SessionVault::default()), clock.clone()).await;
    desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let connection = server.connection().await;
    desk.until_live().await;
    let hour = std::time::Duration::from_secs(3_600);
    desk.desk.pause_notifications(Some(hour)).await.unwrap();
    for id in 1..=3 {
        connection.send(alert(id, "high")).await;
    }
    desk.until("they are there", |overview| overview.unacknowledged.high == 3).await;
    connection.send(alert_version(1, "critical", "open", 1)).await;
    let shown = desk.desktop.until(|shown| !shown.notifications.is_empty()).await;
    assert_eq!(shown.notifications[0].title, "Critical: Card testing");
    clock.advance(hour);
    let shown = desk.desktop.until(|shown| shown.notifications.len() == 2).await;
    assert_eq!(shown.notifications[1].title, "2 alerts came during the pause");
}

#[tokio::test]
async fn a_pause_lasts_no_longer_when_the_wall_clock_is_set_back() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let clock = Arc::new(vigie_tests::clock::LeapingClock::default());
    let desk = TestDesk::start_with(folder.path(), Arc::new(SessionVault::default()), clock.clone()).await;
    desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let connection = server.connection().await;
    desk.until_live().await;
    let hour = std::time::Duration::from_secs(3_600);
    desk.desk.pause_notifications(Some(hour)).await.unwrap();
    connection.send(alert(1, "high")).await;
    desk.until("it is there", |overview| overview.unacknowledged.high == 1).await;
    clock.set(-24 * 3_600_000);
    clock.pass(hour);
    let shown = desk.desktop.until(|shown| !shown.notifications.is_empty()).await;
    assert_eq!(shown.notifications[0].title, "High: Card testing");
}

#[tokio::test]
async fn an_alert_that_is_opened_again_is_announced_once_more() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let desk = TestDesk::start(folder.path()).await;
    desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let connection = server.connection().await;
    connection.send(alert_version(1, "critical", "resolved", 1)).await;
    connection.send(alert_version(2, "critical", "open", 1)).await;
    desk.desktop.until(|shown| shown.notifications.len() == 1).await;
    connection.send(alert_version(1, "critical", "open", 2)).await;
    desk.desktop.until(|shown| shown.notifications.len() == 2).await;
    connection.send(alert_version(2, "critical", "resolved", 3)).await;
    connection.send(alert_version(2, "critical", "open", 4)).await;
    connection.send(alert_version(3, "critical", "open", 1)).await;
    let shown = desk.desktop.until(|shown| shown.notifications.len() == 4).await;
    let about: Vec<About> = shown.notifications.iter().map(|one| one.about).collect();
    // Who has seen the second closed took it for done.
    assert_eq!(about[2], about[0], "{about:?}");
    assert_eq!(about.iter().collect::<std::collections::HashSet<_>>().len(), 3, "{about:?}");
}

#[tokio::test]
async fn signing_in_again_is_the_same_source() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let desk = TestDesk::start(folder.path()).await;
    let first = desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let _connection = server.connection().await;
    desk.until_live().await;
    let again = desk.sign_in(&format!("{}/?from=mail", server.url), " ada ", "secret").await.unwrap();
    let other = desk.sign_in(&server.url, "grace", "secret").await.unwrap();
    assert_eq!(first, again);
    assert_ne!(first, other);
    assert_eq!(desk.desk.overview().await.unwrap().sources.len(), 2);
}

#[tokio::test]
async fn who_signs_in_twice_at_once_has_one_source() {
    let (folder, server) = (tempdir().unwrap(), Server::start().await);
    let desk = TestDesk::start(folder.path()).await;
    let held = server.hold("POST /auth/login");
    let sign_in = || desk.sign_in(&server.url, "ada", "secret");
    let (first, second, ()) = tokio::join!(sign_in(), sign_in(), async {
        server.until_asked("POST /auth/login", 2).await;
        drop(held);
    });
    assert_eq!(first.unwrap(), second.unwrap());
    assert_eq!(desk.desk.overview().await.unwrap().sources.len(), 1);
}

#[tokio::test]
async fn the_window_is_told_no_more_until_it_has_painted() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let clock = Arc::new(vigie_tests::clock::ManualClock::default());
    let desk = TestDesk::start_with(folder.path(), Arc::new(SessionVault::default()), clock.clone()).await;
    desk.desk.watch().await.unwrap();
    desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let connection = server.connection().await;
    for id in 1..=50 {
        connection.send(alert(id, "low")).await;
    }
    desk.until_stored("all alerts are stored", |alerts, _| alerts.len() == 50).await;
    desk.until("all are counted", |overview| overview.open.low == 50).await;
    let first = desk.desktop.until(|shown| !shown.pushed.is_empty()).await;
    assert_eq!(first.pushed.len(), 1, "nothing was painted, so nothing more may be pushed");
    desk.desk.painted(first.pushed[0].number).await.unwrap();
    clock.advance(std::time::Duration::from_millis(33));
    let second = desk.desktop.until(|shown| shown.pushed.len() == 2).await;
    assert_eq!(second.pushed[1].number, second.pushed[0].number + 1);
    assert_eq!(second.pushed[1].open.low, 50);
    // A message to the window may be lost: after a second it is told again.
    connection.send(alert(51, "low")).await;
    desk.until("it is counted", |overview| overview.open.low == 51).await;
    clock.advance(vigie_core::desk::PAINT_LIMIT);
    let third = desk.desktop.until(|shown| shown.pushed.len() == 3).await;
    assert_eq!(third.pushed[2].open.low, 51);
}
