//! What is set is followed at once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed, and says where"
)]

#[path = "settings/rules.rs"]
mod rules;

use std::collections::BTreeSet;
use std::sync::Arc;

use tempfile::tempdir;
use vigie_core::clock::Clock as _;
use vigie_core::desk::view::FailureCode;
use vigie_core::model::{Severity, Time};
use vigie_core::settings::{LanguageChoice, QuietHours, Settings, Theme, Weekday};
use vigie_core::vault::SessionVault;
use vigie_tests::clock::LeapingClock;
use vigie_tests::desk::TestDesk;
use vigie_tests::server::{Server, alert};

/// Quiet hours that never end.
fn always() -> Vec<QuietHours> {
    use Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
    let days = vec![Mon, Tue, Wed, Thu, Fri, Sat, Sun];
    vec![QuietHours { days, from: "00:00".into(), until: "00:00".into() }]
}

#[tokio::test]
async fn quiet_hours_hold_back_all_but_critical_alerts_and_tell_of_them_afterwards() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let desk = TestDesk::start(folder.path()).await;
    desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let connection = server.connection().await;
    desk.until_live().await;
    let mut wanted = Settings::default();
    wanted.notifications.quiet_hours = always();
    desk.desk.set(wanted).await.unwrap();
    desk.until("it is quiet", |overview| overview.quiet_until.is_some()).await;
    connection.send(alert(1, "high")).await;
    connection.send(alert(2, "high")).await;
    connection.send(alert(3, "critical")).await;
    let shown = desk.desktop.until(|shown| !shown.notifications.is_empty()).await;
    desk.until_stored("all are there", |alerts, _| alerts.len() == 3).await;
    assert_eq!(shown.notifications.len(), 1, "{shown:?}");
    assert_eq!(shown.notifications[0].severity, Severity::Critical);
    desk.desk.set(Settings::default()).await.unwrap();
    let shown = desk.desktop.until(|shown| shown.notifications.len() > 1).await;
    assert_eq!(shown.notifications[1].title, "2 alerts came during quiet hours");
    desk.until("it is loud again", |overview| overview.quiet_until.is_none()).await;
}

/// Every day from so many hours after this moment to so many, in this computer's zone.
fn hours_from(now: Time, from: i64, until: i64) -> Vec<QuietHours> {
    let now = jiff::Timestamp::from_millisecond(now.0).unwrap();
    let hour = |hours: i64| {
        let at = now + jiff::SignedDuration::from_hours(hours);
        at.to_zoned(jiff::tz::TimeZone::system()).strftime("%H:%M").to_string()
    };
    vec![QuietHours { from: hour(from), until: hour(until), ..always().remove(0) }]
}

#[tokio::test]
async fn what_arrives_first_after_a_sleep_finds_quiet_hours_begun_and_ended_as_the_clock_says() {
    const TWO_HOURS: i64 = 2 * 3_600_000;
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let clock = Arc::new(LeapingClock::default());
    let vault = Arc::new(SessionVault::default());
    let desk = TestDesk::start_with(folder.path(), vault, clock.clone()).await;
    desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let connection = server.connection().await;
    desk.until_live().await;
    let mut wanted = Settings::default();
    wanted.notifications.quiet_hours = hours_from(clock.now(), 1, 3);
    desk.desk.set(wanted).await.unwrap();
    // Nothing but what arrives tells of it.
    clock.set(TWO_HOURS);
    connection.send(alert(1, "high")).await;
    desk.until("it is there", |now| now.unacknowledged.high == 1).await;
    assert!(desk.desktop.shown().notifications.is_empty(), "{:?}", desk.desktop.shown().notifications);
    clock.set(TWO_HOURS);
    connection.send(alert(2, "high")).await;
    let shown = desk.desktop.until(|shown| shown.notifications.len() == 2).await;
    let told = shown.notifications.iter().flat_map(|one| one.alerts.iter().map(|(id, _)| *id));
    assert_eq!(told.collect::<BTreeSet<_>>(), BTreeSet::from([1, 2]));
    assert_eq!(desk.desk.figures().await.unwrap().notifications.quiet_hours, 1);
}

#[tokio::test]
async fn what_is_announced_and_how_is_as_it_is_set() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let desk = TestDesk::start(folder.path()).await;
    desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let connection = server.connection().await;
    desk.until_live().await;
    let mut wanted = Settings::default();
    wanted.notifications.from = Severity::Low;
    wanted.notifications.private = false;
    wanted.window.language = LanguageChoice::French;
    wanted.window.theme = Theme::Dark;
    wanted.desktop.start_at_login = true;
    let view = desk.desk.set(wanted.clone()).await.unwrap();
    assert_eq!((view.settings, view.problem), (wanted, None));
    connection.send(alert(1, "low")).await;
    let shown = desk.desktop.until(|shown| !shown.notifications.is_empty()).await;
    assert_eq!(shown.theme, Theme::Dark);
    assert!(shown.starts_at_login);
    let text = format!("{} {}", shown.notifications[0].title, shown.notifications[0].body);
    assert!(text.starts_with("Faible") && text.contains("Ada Lovelace"), "{text}");
    assert_eq!(desk.desk.overview().await.unwrap().language, "fr");
}

#[tokio::test]
async fn what_cannot_be_is_refused_in_words() {
    let folder = tempdir().unwrap();
    let desk = TestDesk::start(folder.path()).await;
    let mut wanted = Settings::default();
    wanted.storage.keep_days = 0;
    let refused = desk.desk.set(wanted).await.unwrap_err();
    assert_eq!(refused.code, FailureCode::BadSetting);
    assert!(refused.message.contains("keep_days: from 1 to 3660"), "{}", refused.message);
    assert_eq!(desk.desk.settings().await.unwrap().settings, Settings::default());
}

#[tokio::test]
async fn quiet_hours_that_are_to_come_again_after_the_clock_was_set_back_keep_nothing_until_then() {
    use Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let clock = Arc::new(LeapingClock::default());
    let desk = TestDesk::start_with(folder.path(), Arc::new(SessionVault::default()), clock.clone()).await;
    desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let connection = server.connection().await;
    desk.until_live().await;
    for day in [Mon, Tue, Wed, Thu, Fri, Sat, Sun] {
        let mut today = Settings::default();
        today.notifications.quiet_hours =
            vec![QuietHours { days: vec![day], from: "00:00".into(), until: "00:00".into() }];
        desk.desk.set(today).await.unwrap();
        if desk.desk.overview().await.unwrap().quiet_until.is_some() {
            break;
        }
    }
    desk.until("it is quiet", |overview| overview.quiet_until.is_some()).await;
    // It was two days ahead.
    clock.set(-172_800_000);
    connection.send(alert(1, "high")).await;
    desk.desktop.until(|shown| shown.of_alerts().len() == 1).await;
    desk.until("it is loud", |overview| overview.quiet_until.is_none()).await;
}
