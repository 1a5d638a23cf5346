//! The real application's notifications, as the desktop's service sees them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed, and says where"
)]
#![cfg(target_os = "linux")]

use std::collections::BTreeSet;

use serde_json::json;
use vigie_tests::desktop_session::{App, Raised, Session, until};
use vigie_tests::server::{Answer, Connection, Server, alert, alert_version};

/// The application, signed in to a server.
struct Stage {
    session: Session,
    server: Server,
    app: App,
    connection: Connection,
}

impl Stage {
    async fn live() -> Self {
        Self::live_on(Session::start().await).await
    }

    async fn live_on(session: Session) -> Self {
        let mut server = Server::start().await;
        let app = session.open().await;
        app.sign_in(&server.url, "ada", "a password").await;
        let connection = server.connection().await;
        app.until_link(&["live"]).await;
        Self { session, server, app, connection }
    }

    async fn raised(&self, summary: &str) -> Raised {
        self.session.notifications().until(|one| one.summary == summary).await
    }

    /// Raises these critical alerts one after the other, and gives their notifications.
    async fn raise(&self, alerts: std::ops::RangeInclusive<u32>) -> Vec<u32> {
        let mut raised = Vec::new();
        for number in alerts {
            let known = self.session.notifications().raised();
            self.connection.send(alert(number, "critical")).await;
            let is_new =
                |one: &Raised| one.urgency == Some(2) && known.iter().all(|other| other.id != one.id);
            raised.push(self.session.notifications().until(is_new).await.id);
        }
        raised
    }

    async fn shows(&self, id: &str) -> bool {
        self.app.has_row("alert-detail", id).await
    }

    /// Whether the analyst has acknowledged the alert of this number.
    async fn is_seen(&self, number: u32) -> bool {
        self.app.invoke("alert", &json!({ "id": number })).await["alert"]["acknowledged"] == true
    }

    /// How many notifications there were, however often each was brought up to date.
    fn number(&self) -> usize {
        self.session.notifications().raised().iter().map(|one| one.id).collect::<BTreeSet<_>>().len()
    }
}

#[tokio::test]
async fn a_storm_that_was_dismissed_comes_back_only_for_something_worse() {
    let stage = Stage::live().await;
    let mut settings = stage.app.invoke("settings", &json!({})).await["settings"].clone();
    settings["notifications"]["from"] = json!("medium");
    stage.app.invoke("set_settings", &json!({ "settings": settings })).await;
    for id in 1..=20 {
        stage.connection.send(alert(id, "medium")).await;
    }
    let storm = stage.raised("Many alerts at once: 17 more").await;
    stage.session.notifications().dismiss(storm.id).await;
    // What is done behind it is done: so is the dismissal, which comes another way than the alerts.
    stage.server.answer("PATCH /alerts/a-1", Answer::json("{}"));
    let first = stage.session.notifications().raised()[0].id;
    stage.session.notifications().press(first, "acknowledge", async || stage.is_seen(1).await).await;
    for id in 21..=30 {
        stage.connection.send(alert(id, "medium")).await;
    }
    stage.connection.send(alert(31, "high")).await;
    // It tells of what came since, and nothing was told in between.
    stage.raised("Many alerts at once: 11 more").await;
    let raised = stage.session.notifications().raised();
    let many = raised.iter().map(|one| one.summary.as_str()).filter(|title| title.starts_with("Many"));
    let many: Vec<&str> = many.collect();
    assert_eq!(many[many.len() - 2..], ["Many alerts at once: 17 more", "Many alerts at once: 11 more"]);
}

#[tokio::test]
async fn a_storm_is_a_handful_of_notifications_and_a_critical_alert_comes_by_itself() {
    let stage = Stage::live().await;
    for id in 1..=20 {
        stage.connection.send(alert(id, "high")).await;
    }
    let storm = stage.raised("Many alerts at once: 17 more").await;
    stage.connection.send(alert(21, "critical")).await;
    let critical = stage.raised("Critical: Card testing").await;
    assert_eq!((critical.urgency, critical.sound.as_deref()), (Some(2), Some("dialog-warning")));
    stage.connection.send(alert(22, "high")).await;
    let more = stage.raised("Many alerts at once: 18 more").await;
    assert_eq!((more.replaces, more.is_silent), (storm.id, true));
    assert_eq!(stage.number(), 5, "{:#?}", stage.session.notifications().raised());
    let heard = stage.session.notifications().raised().iter().filter(|one| !one.is_silent).count();
    assert_eq!(heard, 2, "the first, and the critical one");
}

#[tokio::test]
async fn a_replay_after_a_reconnect_is_one_notification_of_what_was_missed() {
    let mut stage = Stage::live().await;
    stage.connection.send(alert(1, "high")).await;
    stage.raised("High: Card testing").await;
    let item = |(id, severity): (u32, &str)| {
        serde_json::from_str::<serde_json::Value>(&alert(id, severity)).unwrap()["payload"].to_string()
    };
    let items = [(1, "high"), (2, "high"), (3, "critical")].map(item).join(",");
    let page = format!(r#"{{"items":[{items}],"sequence":1100,"more":false}}"#);
    stage.server.answer("GET /alerts", Answer::json(&page));
    drop(stage.connection);
    stage.connection = stage.server.connection().await;
    let digest = stage.raised("2 alerts came while Vigie was not connected").await;
    assert_eq!(digest.body.lines().next(), Some("Critical: Card testing"));
    // What was known is not told of again.
    stage.connection.send(alert(4, "critical")).await;
    stage.raised("Critical: Card testing").await;
    assert_eq!(stage.number(), 3, "{:#?}", stage.session.notifications().raised());
}

#[tokio::test]
async fn an_alert_that_gets_worse_takes_the_place_of_its_notification_and_one_that_is_closed_takes_it_away() {
    let stage = Stage::live().await;
    stage.connection.send(alert(1, "high")).await;
    let first = stage.raised("High: Card testing").await;
    stage.connection.send(alert_version(1, "critical", "open", 1)).await;
    let worse = stage.raised("Critical: Card testing").await;
    assert_eq!(worse.id, first.id);
    stage.connection.send(alert_version(1, "critical", "resolved", 2)).await;
    stage.session.notifications().until_withdrawn(first.id).await;
    assert_eq!(stage.session.notifications().raised().len(), 2);
    // Seen in the window, it is seen.
    stage.connection.send(alert(2, "critical")).await;
    let other = stage.session.notifications().until(|one| one.id != first.id).await;
    stage.app.until_row("alert-row", "a-2").await;
    stage.app.click(r#"[data-testid="alert-row"][data-subject="a-2"]"#).await;
    stage.app.until_row("alert-detail", "a-2").await;
    stage.app.press("acknowledge").await;
    stage.session.notifications().until_withdrawn(other.id).await;
}

#[tokio::test]
async fn in_quiet_hours_only_what_is_critical_is_told_and_afterwards_the_rest() {
    let stage = Stage::live().await;
    let view = stage.app.invoke("settings", &json!({})).await;
    let loud = view["settings"].clone();
    let mut quiet = loud.clone();
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    quiet["notifications"]["quiet_hours"] = json!([{ "days": days, "from": "00:00", "until": "00:00" }]);
    stage.app.invoke("set_settings", &json!({ "settings": quiet })).await;
    for (id, severity) in [(1, "high"), (2, "high"), (3, "critical")] {
        stage.connection.send(alert(id, severity)).await;
    }
    stage.raised("Critical: Card testing").await;
    stage.app.until_row("alert-row", "a-2").await;
    assert_eq!(stage.number(), 1);
    stage.app.invoke("set_settings", &json!({ "settings": loud })).await;
    stage.raised("2 alerts came during quiet hours").await;
    assert_eq!(stage.number(), 2);
}

#[tokio::test]
async fn what_the_buttons_say_is_done_without_the_window() {
    let stage = Stage::live().await;
    stage.session.display.close("Vigie");
    stage.session.display.until_shown("Vigie", false).await;
    stage.connection.send(alert(1, "critical")).await;
    let raised = stage.raised("Critical: Card testing").await;
    let names: Vec<&str> = raised.actions.iter().step_by(2).map(String::as_str).collect();
    assert_eq!(names, ["default", "acknowledge", "snooze"]);
    let tray = async |line: &str| {
        let says = |item: &vigie_tests::desktop_session::TrayItem| item.menu.iter().any(|one| one == line);
        stage.session.tray().until(line, says).await
    };
    tray("1 alert to look at: 1 critical").await;
    stage.server.answer("PATCH /alerts/a-1", Answer::json("{}"));
    stage.session.notifications().press(raised.id, "acknowledge", async || stage.is_seen(1).await).await;
    stage.server.until_asked("PATCH /alerts/a-1", 1).await;

    stage.connection.send(alert(2, "critical")).await;
    let other =
        stage.session.notifications().until(|one| one.urgency == Some(2) && one.id != raised.id).await;
    let is_snoozed = async || {
        let all = stage.app.invoke("alert", &json!({ "id": 2 })).await;
        all["alert"]["snoozed_until"].is_number()
    };
    stage.session.notifications().press(other.id, "snooze", is_snoozed).await;
    let calm = |item: &vigie_tests::desktop_session::TrayItem| {
        !item.menu.iter().any(|line| line.contains("to look at"))
    };
    stage.session.tray().until("is calm", calm).await;
    stage.session.display.until_shown("Vigie", false).await;
}

#[tokio::test]
async fn what_is_critical_while_nobody_shows_notifications_is_told_once_somebody_does() {
    let mut stage = Stage::live().await;
    stage.connection.send(alert(1, "critical")).await;
    let before = stage.raised("Critical: Card testing").await;
    stage.session.notifications.take().unwrap().end().await;
    stage.connection.send(alert(2, "critical")).await;
    stage.app.until_notice("notifications_fail").await;
    stage.session.start_notifications().await;
    let after = stage.raised("Critical: Card testing").await;
    assert_eq!((before.replaces, after.replaces), (0, 0), "the new service knows nothing of the old one's");
    stage
        .session
        .notifications()
        .click(after.id, async || stage.app.has_row("alert-detail", "a-2").await)
        .await;
    let is_gone = "return !document.querySelector('[data-notice=notifications_fail]')";
    stage.app.until("the notice is gone", is_gone).await;
    assert_eq!(stage.session.notifications().raised().len(), 1);
}

#[tokio::test]
async fn an_update_leaves_nothing_behind_where_the_service_does_not_let_it_take_the_place_of_another() {
    let mut stage = Stage::live().await;
    stage.session.notifications.take().unwrap().end().await;
    stage.session.start_stubborn_notifications().await;
    stage.connection.send(alert(1, "high")).await;
    let first = stage.raised("High: Card testing").await;
    stage.connection.send(alert_version(1, "critical", "open", 1)).await;
    let worse = stage.raised("Critical: Card testing").await;
    assert_ne!(worse.id, first.id);
    stage.session.notifications().until_withdrawn(first.id).await;
    let opens = async || stage.app.has_row("alert-detail", "a-1").await;
    stage.session.notifications().click(worse.id, opens).await;
}

#[tokio::test]
async fn what_is_done_to_the_notifications_of_a_service_means_nothing_for_those_of_the_one_before() {
    let mut stage = Stage::live().await;
    stage.connection.send(alert(1, "critical")).await;
    stage.connection.send(alert(2, "critical")).await;
    let of_second = |one: &Raised| one.id == 2;
    stage.session.notifications().until(of_second).await;
    stage.session.notifications.take().unwrap().end().await;
    stage.session.start_notifications().await;
    // The numbers of the new service begin again.
    assert_eq!(stage.raise(3..=3).await, [1]);
    assert_eq!(stage.raise(4..=4).await, [2]);
    stage.server.answer("PATCH /alerts/a-3", Answer::json("{}"));
    stage.session.notifications().press(1, "acknowledge", async || stage.is_seen(3).await).await;
    // What took away the first two would have taken away the fourth's.
    stage.connection.send(alert_version(2, "critical", "resolved", 1)).await;
    stage.connection.send(alert(5, "critical")).await;
    stage.session.notifications().until(|one| one.id == 3).await;
    assert!(!stage.is_seen(1).await, "nobody has seen the first");
    stage.connection.send(alert_version(5, "critical", "resolved", 1)).await;
    stage.session.notifications().until_withdrawn(3).await;
    assert!(!stage.session.notifications().withdrawn().contains(&2));
}

#[tokio::test]
async fn what_a_button_says_and_cannot_be_done_is_told_by_the_window() {
    let stage = Stage::live().await;
    // As much as can be snoozed at once.
    let all: Vec<u32> = (1..=1_000).collect();
    for id in &all {
        stage.connection.send(alert(*id, "low")).await;
    }
    let are_there = async || {
        let overview = stage.app.invoke("overview", &json!({})).await;
        (overview["unacknowledged"]["low"] == 1_000).then_some(())
    };
    assert!(until(are_there).await.is_some(), "they do not come");
    let request = json!({ "alerts": all, "of": "alert", "lasts": "hour" });
    stage.app.invoke("snooze", &json!({ "request": request })).await;
    stage.session.display.close("Vigie");
    stage.session.display.until_shown("Vigie", false).await;
    stage.connection.send(alert(1_001, "critical")).await;
    let raised = stage.raised("Critical: Card testing").await;
    let says = "return document.body.innerText.includes('Too much is snoozed already.')";
    let is_told = async || stage.app.script(says).await == true;
    stage.session.notifications().press(raised.id, "snooze", is_told).await;
    stage.session.display.until_shown("Vigie", true).await;
}

#[tokio::test]
async fn a_click_counts_also_where_it_comes_right_behind_what_is_done_to_others() {
    let stage = Stage::live().await;
    for id in 1..=8 {
        stage.connection.send(alert(id, "critical")).await;
    }
    stage.session.notifications().until(|one| one.id == 8).await;
    for id in 1..=8 {
        stage.session.notifications().click_in_a_crowd(id).await;
        stage.app.until_row("alert-detail", &format!("a-{id}")).await;
    }
}

#[tokio::test]
async fn what_becomes_of_a_notification_leaves_the_others_where_they_are() {
    let stage = Stage::live().await;
    let service = stage.session.notifications();
    let raised = stage.raise(1..=4).await;
    service.click(raised[0], async || stage.shows("a-1").await).await;
    assert_eq!(service.on_show(), raised[1..]);
    stage.connection.send(alert_version(2, "critical", "resolved", 1)).await;
    service.until_withdrawn(raised[1]).await;
    assert_eq!(service.on_show(), raised[2..]);
    service.click(raised[3], async || stage.shows("a-4").await).await;
    assert_eq!(service.on_show(), raised[2..3]);
}

#[tokio::test]
async fn more_notifications_than_clicks_are_waited_for_all_stay_until_somebody_has_seen_them() {
    let stage = Stage::live().await;
    let raised = stage.raise(1..=66).await;
    let service = stage.session.notifications();
    assert_eq!(service.on_show(), raised);
    service.click(raised[65], async || stage.shows("a-66").await).await;
    assert_eq!(service.on_show(), raised[..65]);
}

#[tokio::test]
async fn a_service_that_takes_the_place_of_another_is_asked_anew_what_it_can() {
    let mut stage = Stage::live().await;
    let before = stage.raise(1..=1).await;
    let other = stage.session.replace_notifications(&["body"]).await.unwrap();
    // It gives the same number to something else.
    let after = stage.raise(2..=2).await;
    assert_eq!(before, after);
    let raised = stage.session.notifications().raised();
    assert!(raised[0].actions.is_empty(), "{raised:#?}");
    // What its raiser has shown elsewhere is not this one's to replace or take away.
    stage.connection.send(alert_version(1, "critical", "resolved", 1)).await;
    stage.connection.send(alert(3, "critical")).await;
    stage.session.notifications().until(|one| one.id != after[0]).await;
    assert_eq!(stage.session.notifications().on_show().len(), 2);
    assert_eq!(stage.session.notifications().raised().iter().filter(|one| one.replaces != 0).count(), 0);
    drop(other);
}

#[tokio::test]
async fn what_a_service_shows_long_after_it_was_asked_is_on_show_once() {
    let stage = Stage::live().await;
    let service = stage.session.notifications();
    stage.raise(1..=1).await;
    service.hang(true);
    stage.connection.send(alert(2, "critical")).await;
    stage.app.until_notice("notifications_fail").await;
    service.hang(false);
    let late = service.until(|one| one.id == 2).await;
    service.until_withdrawn(late.id).await;
    let again = service.until(|one| one.id == 3).await;
    service.click(again.id, async || stage.shows("a-2").await).await;
    assert_eq!(service.on_show(), [1]);
}

#[tokio::test]
async fn a_connection_that_breaks_is_made_anew() {
    let mut session = Session::start().await;
    session.start_relay();
    let stage = Stage::live_on(session).await;
    let service = stage.session.notifications();
    let before = stage.raise(1..=2).await;
    stage.session.relay.as_ref().unwrap().break_raisers();
    service.until_on_show(&[]).await;
    let after = stage.raise(3..=4).await;
    assert_eq!(service.on_show(), after);
    assert!(before.iter().all(|id| !after.contains(id)));
    service.click(after[0], async || stage.shows("a-3").await).await;
}
