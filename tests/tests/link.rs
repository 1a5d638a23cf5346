//! The link: it comes back by itself, knows why it broke, and misses nothing.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed, and says where"
)]

#[path = "link/better.rs"]
mod better;
#[path = "link/gaps.rs"]
mod gaps;
#[path = "link/stage.rs"]
mod stage;
#[path = "link/vaults.rs"]
mod vaults;

use std::sync::Arc;
use std::time::Duration;

use tempfile::tempdir;
use vigie_core::model::{Link, SignedOutReason, Trouble};
use vigie_core::vault::SessionVault;
use vigie_tests::clock::ManualClock;
use vigie_tests::desk::TestDesk;
use vigie_tests::server::{Answer, Server, alert, transaction};

async fn desk_with_clock(folder: &tempfile::TempDir) -> (TestDesk, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::default());
    let desk = TestDesk::start_with(folder.path(), Arc::new(SessionVault::default()), clock.clone()).await;
    (desk, clock)
}

fn retrying(why: Trouble) -> impl FnMut(&Link) -> bool {
    move |link| matches!(link, Link::Retrying { why: told, .. } if *told == why)
}

#[tokio::test]
async fn a_broken_link_waits_and_comes_back_from_where_it_was() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let (desk, clock) = desk_with_clock(&folder).await;
    desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let connection = server.connection().await;
    desk.until_live().await;
    connection.send(transaction(41)).await;
    desk.until_stored("the transaction is there", |_, transactions| transactions.len() == 1).await;
    server.answer("GET /transactions", Answer::json(r#"{"items":[],"sequence":41,"more":false}"#));
    drop(connection);
    desk.until_link("the link is broken", retrying(Trouble::Closed)).await;
    clock.advance(Duration::from_secs(1));
    let _connection = server.connection().await;
    desk.until_live().await;
    assert!(
        server.requests().contains(&"GET /transactions?limit=500&since=41".to_owned()),
        "{:?}",
        server.requests()
    );
    let gaps = desk.desk.diagnostics().await.unwrap().gaps;
    assert_eq!((gaps.len(), gaps[0].reason.as_str()), (1, "closed"));
    assert!(gaps[0].closed_at.is_some() && gaps[0].end.is_some());
}

#[tokio::test]
async fn the_wait_grows_until_a_connection_has_proved_itself() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let (desk, clock) = desk_with_clock(&folder).await;
    desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    for failures in 1..=4 {
        // A connection that gave nothing at all would make the link try another transport.
        let connection = server.connection().await;
        connection.send(transaction(failures)).await;
        desk.until_stored("it gave something", |_, all| all.len() == failures as usize).await;
        drop(connection);
        let attempts = desk.until_link(
            "it waits",
            |link| matches!(link, Link::Retrying { attempts, .. } if *attempts == failures),
        );
        attempts.await;
        clock.advance(Duration::from_secs(30));
    }
}

#[tokio::test]
async fn retry_now_ends_the_wait() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let (desk, _clock) = desk_with_clock(&folder).await;
    let source = desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let connection = server.connection().await;
    connection.send(transaction(1)).await;
    desk.until_stored("it gave something", |_, all| all.len() == 1).await;
    drop(connection);
    desk.until_link("it waits", retrying(Trouble::Closed)).await;
    desk.desk.retry(source).await.unwrap();
    let _connection = server.connection().await;
    desk.until_live().await;
}

#[tokio::test]
async fn what_the_server_asks_for_is_waited_for() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let (desk, clock) = desk_with_clock(&folder).await;
    server.answer("GET /ws", Answer { headers: "retry-after: 120\r\n".to_owned(), ..Answer::status(503) });
    desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    desk.until_link("the server is busy", retrying(Trouble::Unavailable)).await;
    server.forget("GET /ws");
    let asked = Duration::from_secs(120);
    let wait = clock.sleeper(asked..=asked + Duration::from_secs(1)).await;
    clock.advance(asked - Duration::from_secs(1));
    assert_eq!(server.count("GET /ws"), 1);
    clock.advance(wait);
    let _connection = server.connection().await;
    desk.until_live().await;
}

#[tokio::test]
async fn a_silent_server_is_noticed_and_a_round_trip_is_measured() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let (desk, clock) = desk_with_clock(&folder).await;
    desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let connection = server.connection().await;
    desk.until_link("the ping came back", |link| matches!(link, Link::Live { round_trip_ms: Some(0), .. }))
        .await;
    connection.go_silent();
    clock.advance(Duration::from_secs(45));
    desk.until_link("the silence is noticed", retrying(Trouble::Silent)).await;
}

#[tokio::test]
async fn an_expired_token_is_renewed_once_and_then_the_source_is_signed_out() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let (desk, _clock) = desk_with_clock(&folder).await;
    desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let connection = server.connection().await;
    desk.until_live().await;
    assert_eq!(server.count("POST /auth/login"), 1);
    connection.close(1008).await;
    let connection = server.connection().await;
    assert_eq!(server.count("POST /auth/login"), 2);
    desk.until_live().await;
    connection.close(1008).await;
    let link = desk.until_link("signed out", |link| matches!(link, Link::SignedOut { .. })).await.link;
    assert_eq!(link, Link::SignedOut { reason: SignedOutReason::SessionEnded });
}

#[tokio::test]
async fn a_password_that_no_longer_counts_is_forgotten_and_not_tried_again() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let (desk, _clock) = desk_with_clock(&folder).await;
    desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let connection = server.connection().await;
    desk.until_live().await;
    server.answer("POST /auth/login", Answer::status(401));
    connection.close(1008).await;
    let source = desk.until_link("signed out", |link| matches!(link, Link::SignedOut { .. })).await;
    assert_eq!(source.link, Link::SignedOut { reason: SignedOutReason::PasswordRefused });
    // The window may be closed, and nothing arrives any more.
    let told = desk.desktop.until(|shown| !shown.notifications.is_empty()).await.notifications;
    assert!(told[0].title.starts_with("Signed out: "), "{told:#?}");
    assert!(told[0].body.starts_with("The server refused the name or the password."), "{told:#?}");
    assert!(desk.vault.get(&format!("ada@{}/", server.url)).await.unwrap().is_none());
    assert_eq!(server.count("POST /auth/login"), 2);
}

#[tokio::test]
async fn a_server_that_forbids_is_not_asked_again() {
    let (folder, server) = (tempdir().unwrap(), Server::start().await);
    let (desk, clock) = desk_with_clock(&folder).await;
    // A handshake alone that is forbidden may be something on the way that knows no WebSockets.
    for request in ["GET /ws", "GET /transactions", "GET /alerts"] {
        server.answer(request, Answer::status(403));
    }
    desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    desk.until_link("refused", |link| *link == Link::Refused { why: Trouble::Forbidden }).await;
    clock.advance(Duration::from_secs(3_600));
    assert_eq!(server.count("GET /ws"), 1);
}

#[tokio::test]
async fn a_redirect_is_not_followed_with_the_credential() {
    let (folder, mut server, other) = (tempdir().unwrap(), Server::start().await, Server::start().await);
    let (desk, clock) = desk_with_clock(&folder).await;
    let elsewhere =
        |path: &str| Answer { headers: format!("location: {}{path}\r\n", other.url), ..Answer::status(307) };
    server.answer("GET /alerts", elsewhere("/alerts"));
    desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let _connection = server.connection().await;
    desk.until_link("the list leads elsewhere", retrying(Trouble::NotUnderstood)).await;
    server.answer("GET /ws", elsewhere("/ws"));
    let dials = server.count("GET /ws");
    clock.advance(Duration::from_secs(60));
    desk.until_link("the stream leads elsewhere", |link| matches!(link, Link::Retrying { attempts: 2, .. }))
        .await;
    assert_eq!(server.count("GET /ws"), dials + 1);
    server.answer("POST /auth/login", elsewhere("/auth/login"));
    assert!(desk.sign_in(&server.url, "ada", "secret").await.is_err());
    assert_eq!(other.requests(), Vec::<String>::new());
}

#[tokio::test]
async fn a_server_that_has_begun_anew_is_followed_and_what_it_cannot_give_is_a_gap() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let (desk, clock) = desk_with_clock(&folder).await;
    desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let connection = server.connection().await;
    connection.send(transaction(40_123)).await;
    desk.until_stored("the transaction is there", |_, transactions| transactions.len() == 1).await;
    let anew = r#"{"items":[{"id":"t-new"}],"sequence":500,"more":false}"#;
    server.answer("GET /transactions", Answer::json(anew));
    drop(connection);
    desk.until_link("the link is broken", retrying(Trouble::Closed)).await;
    clock.advance(Duration::from_secs(1));
    let connection = server.connection().await;
    desk.until_live().await;
    connection.send(transaction(501)).await;
    desk.until_stored("all are there", |_, transactions| transactions.len() == 3).await;
    assert_eq!(
        desk.desk.store().positions(vigie_core::model::SourceId(1)).await.unwrap()["transactions"],
        "501"
    );
    let gaps = desk.desk.diagnostics().await.unwrap().gaps;
    assert!(gaps.len() == 1 && gaps[0].end.is_some() && gaps[0].closed_at.is_none(), "{gaps:?}");
}

#[tokio::test]
async fn what_arrives_while_catching_up_waits_its_turn_and_the_position_is_not_ahead_of_it() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let (desk, clock) = desk_with_clock(&folder).await;
    let hold = server.hold("GET /transactions");
    desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let connection = server.connection().await;
    connection.send(transaction(7)).await;
    desk.until_link("it is catching up", |link| matches!(link, Link::CatchingUp { .. })).await;
    assert_eq!(desk.transactions().await.len(), 0);
    // The connection breaks before the list has come: the live frame must not have moved the position past it.
    drop(connection);
    desk.until_link("the link is broken", retrying(Trouble::Closed)).await;
    drop(hold);
    clock.advance(Duration::from_secs(1));
    let _connection = server.connection().await;
    desk.until_live().await;
    let asked: Vec<String> =
        server.requests().into_iter().filter(|request| request.starts_with("GET /transactions")).collect();
    assert!(asked.iter().all(|request| request == "GET /transactions?limit=500"), "{asked:?}");
}

#[tokio::test]
async fn a_position_that_the_server_does_not_understand_is_forgotten_and_leaves_a_gap() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let (desk, clock) = desk_with_clock(&folder).await;
    desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let connection = server.connection().await;
    desk.until_live().await;
    connection.send(r#"{"type":"newTransaction","payload":{"id":"a"},"sequence":"abc"}"#).await;
    connection.send(transaction(7)).await;
    let poison =
        format!(r#"{{"type":"newTransaction","payload":{{"id":"b"}},"sequence":"{}"}}"#, "z".repeat(100_000));
    connection.send(poison).await;
    connection.send(r#"{"type":"newTransaction","payload":{"id":"c"},"sequence":true}"#).await;
    desk.until_stored("all are there", |_, transactions| transactions.len() == 4).await;
    let position = desk.desk.store().positions(vigie_core::model::SourceId(1)).await.unwrap();
    assert_eq!(position["transactions"], "7", "a number is not replaced by what is none");
    server.answer("GET /transactions", Answer::status(422));
    drop(connection);
    desk.until_link("the link is broken", retrying(Trouble::Closed)).await;
    clock.advance(Duration::from_secs(1));
    desk.until_link("the list is refused", retrying(Trouble::NotUnderstood)).await;
    assert!(server.requests().contains(&"GET /transactions?limit=500&since=7".to_owned()));
    assert_eq!(server.requests().last().unwrap(), "GET /transactions?limit=500");
}

#[tokio::test]
async fn a_lifetime_beyond_all_time_does_not_end_the_link() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let (desk, clock) = desk_with_clock(&folder).await;
    clock.advance(Duration::from_secs(60));
    let forever = r#"{"access_token":"t","expires_in":18446744073709551615}"#;
    server.answer("POST /auth/login", Answer::json(forever));
    desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let _connection = server.connection().await;
    desk.until_live().await;
}

#[tokio::test]
async fn news_does_not_wait_for_ever_behind_history_and_is_not_lost_when_history_fails() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let (desk, clock) = desk_with_clock(&folder).await;
    let hold = server.hold("GET /transactions");
    desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let connection = server.connection().await;
    connection.send(alert(1, "critical")).await;
    desk.until_link("it is catching up", |link| matches!(link, Link::CatchingUp { .. })).await;
    connection.until_read().await;
    clock.advance(Duration::from_secs(5));
    let shown = desk.desktop.until(|shown| shown.notifications.len() == 1).await;
    assert_eq!(shown.notifications[0].title, "Critical: Card testing");
    assert!(matches!(desk.desk.overview().await.unwrap().sources[0].link, Link::CatchingUp { .. }));
    // One list fails: the other's position is kept, and what came meanwhile is stored.
    connection.send(alert(2, "critical")).await;
    connection.until_read().await;
    server.answer("GET /transactions", Answer::status(500));
    drop(hold);
    desk.until_link("a list failed", retrying(Trouble::Unavailable)).await;
    desk.until_stored("the alert is there", |alerts, _| alerts.len() == 2).await;
    let positions = desk.desk.store().positions(vigie_core::model::SourceId(1)).await.unwrap();
    assert_eq!(positions.keys().collect::<Vec<_>>(), ["alerts"]);
    assert_eq!(positions["alerts"], "0", "news did not move it");
}

#[tokio::test]
async fn a_gap_says_why_nothing_was_connected() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let vault = Arc::new(SessionVault::default());
    let start = || TestDesk::start_with(folder.path(), vault.clone(), Arc::new(ManualClock::default()));
    let desk = start().await;
    let source = desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let _connection = server.connection().await;
    desk.until_live().await;
    desk.desk.sign_out(source).await.unwrap();
    desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let _connection = server.connection().await;
    desk.until_live().await;
    desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let _connection = server.connection().await;
    desk.until_live().await;
    desk.desk.close().await.unwrap();

    // That the server is not there either when the program starts is not what began it.
    server.answer("POST /auth/login", Answer::status(503));
    let desk = start().await;
    desk.until_link("the server is busy", retrying(Trouble::Unavailable)).await;
    let gaps = desk.desk.store().gaps_from(0).await.unwrap();
    let reasons: Vec<&str> = gaps.iter().map(|(_, gap)| gap.reason.as_str()).collect();
    assert_eq!(reasons, ["signed_out", "signed_in_again", "not_running"]);
    let (_, last) = &gaps[2];
    assert_eq!((last.end, last.closed_at), (None, None), "it lasts");
}
