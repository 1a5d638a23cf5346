//! The tray of the real application, as a panel sees it: what is promised of it without the window.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed, and says where"
)]
#![cfg(target_os = "linux")]

use vigie_tests::desktop_session::{Answer, App, Session, TrayItem};
use vigie_tests::server::{Connection, Server, alert};

/// Opens the application and signs in to a server.
async fn signed_in(session: &Session, server: &mut Server) -> (App, Connection) {
    let app = session.open().await;
    app.sign_in(&server.url, "ada", "password").await;
    let connection = server.connection().await;
    app.until_link(&["live"]).await;
    (app, connection)
}

/// The alerts in its menu.
fn alerts(item: &TrayItem) -> Vec<&String> {
    item.menu.iter().filter(|words| words.contains(": Card testing · ")).collect()
}

fn offers(item: &TrayItem, words: &str) -> bool {
    item.menu.iter().any(|entry| entry == words)
}

#[tokio::test]
async fn the_last_alerts_are_in_the_menu_without_a_name_and_one_is_opened_by_it() {
    let (session, mut server) = (Session::start().await, Server::start().await);
    let (app, connection) = signed_in(&session, &mut server).await;
    for number in 1..=6 {
        connection.send(alert(number, "high")).await;
    }
    connection.send(alert(7, "critical")).await;
    let item = session
        .tray()
        .until("has the last", |item| alerts(item).iter().any(|words| words.starts_with("Critical")))
        .await;
    let shown = alerts(&item);
    assert!(
        shown.len() == 5 && shown[0].starts_with("Critical: ") && shown[4].starts_with("High: "),
        "{item:?}"
    );
    assert!(!item.menu.iter().any(|words| words.contains("Ada Lovelace")), "{item:?}");
    app.press("nav-transactions").await;
    session.tray().choose(&shown[0].clone()).await;
    app.until(
        "its alert is open",
        "return document.querySelector('[data-testid=\"alert-detail\"]')?.textContent.includes('a-7')",
    )
    .await;
}

#[tokio::test]
async fn what_is_below_critical_is_acknowledged_at_once_and_taken_back_here_or_there() {
    let (session, mut server) = (Session::start().await, Server::start().await);
    let (app, connection) = signed_in(&session, &mut server).await;
    connection.send(alert(1, "high")).await;
    connection.send(alert(2, "medium")).await;
    connection.send(alert(3, "critical")).await;
    let all = "Acknowledge 2 alerts below critical";
    let has_three =
        |item: &TrayItem| offers(item, all) && item.menu[1] == "2 alerts to look at: 1 critical, 1 high";
    session.tray().until("has all", has_three).await;
    session.tray().choose(all).await;
    let back = "Take back the acknowledgement of 2 alerts";
    let item = session.tray().until("offers to take it back", |item| offers(item, back)).await;
    assert_eq!(item.menu[1], "1 alert to look at: 1 critical");
    session.tray().choose(back).await;
    session.tray().until("has all again", |item| offers(item, all) && !offers(item, back)).await;
    session.tray().choose(all).await;
    session.tray().until("offers it again", |item| offers(item, back)).await;
    app.until(
        "the window says so",
        "return document.body.textContent.includes('2 alerts acknowledged from the tray.')",
    )
    .await;
    app.keys("u").await;
    session.tray().until("has all once more", |item| offers(item, all)).await;
}

#[tokio::test]
async fn notifications_are_paused_and_the_sources_are_shown_from_the_menu() {
    let (session, mut server) = (Session::start().await, Server::start().await);
    let (app, _connection) = signed_in(&session, &mut server).await;
    for pause in ["For 15 minutes", "For 1 hour", "Until tomorrow, 08:00"] {
        session.tray().choose(pause).await;
        let paused = |item: &TrayItem| item.menu[1].starts_with("Notifications paused until ");
        let item = session.tray().until("says so", paused).await;
        assert!(pause != "Until tomorrow, 08:00" || item.menu[1].ends_with("08:00"), "{item:?}");
        assert!(offers(&item, pause), "another can take its place");
        session.tray().choose("Resume notifications").await;
        session.tray().until("is not paused any more", |item| !offers(item, "Resume notifications")).await;
    }
    let item = session
        .tray()
        .until("has the source", |item| item.menu.iter().any(|one| one.ends_with(": Live")))
        .await;
    let source = item.menu.iter().find(|words| words.ends_with(": Live")).unwrap().clone();
    session.tray().choose(&source).await;
    app.until_there("sign-out").await;
}

#[tokio::test]
async fn the_sign_comes_in_every_size_and_suits_the_panel() {
    let session = Session::start().await;
    // Whether the portal has answered by then makes no difference: what the panel is like is not known either way.
    let portal = session.start_portal(false).await;
    let _app = session.open().await;
    let on_any = session.tray().until("is there", |item| item.menu[0] == "Signed out").await;
    assert_eq!(on_any.sizes, [16, 20, 22, 24, 32, 48, 64]);
    portal.prefer(true).await;
    let on_dark = session.tray().until("suits the dark panel", |item| item.icon != on_any.icon).await;
    portal.prefer(false).await;
    session.tray().until("reads on any panel", |item| item.icon == on_any.icon).await;
    portal.prefer(true).await;
    session.tray().until("suits the dark one again", |item| item.icon == on_dark.icon).await;
}

/// The tray goes, and another comes that says this to the application at first.
async fn comes_back(first: Answer) {
    let (mut session, mut server) = (Session::start().await, Server::start().await);
    let (app, connection) = signed_in(&session, &mut server).await;
    let is_said = "return !!document.querySelector('[data-notice=no_tray]')";
    session.tray().until("is there", |item| item.menu[0] == "Live").await;
    session.tray.take().unwrap().end().await;
    app.until("the window says that there is none", is_said).await;
    session.start_tray(first).await;
    if first != Answer::Welcome {
        // Whatever is to be shown meanwhile changes nothing.
        connection.send(alert(1, "critical")).await;
        app.until_row("alert-row", "a-1").await;
        assert_eq!(app.script(is_said).await, true);
        session.tray().say(Answer::Welcome);
    }
    app.until("the window says so no more", &is_said.replace("!!", "!")).await;
    connection.send(alert(2, "critical")).await;
    session.tray().until("counts", |item| item.menu[1].contains("to look at: ")).await;
    session.display.close("Vigie");
    session.display.until_shown("Vigie", false).await;
    session.tray().choose("Open Vigie").await;
    session.display.until_shown("Vigie", true).await;
}

#[tokio::test]
async fn a_panel_that_has_gone_shows_the_item_again_when_it_is_back() {
    comes_back(Answer::Welcome).await;
}

#[tokio::test]
async fn a_panel_that_does_not_take_the_item_in_is_asked_again_until_it_does() {
    comes_back(Answer::No).await;
}

#[tokio::test]
async fn a_panel_that_is_slow_to_take_the_item_in_has_it_once_it_does() {
    comes_back(Answer::Later).await;
}
