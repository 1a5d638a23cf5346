//! The order of things: first stored, then decided, then shown; and a store that does not take it now gets it again.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed, and says where"
)]

use std::sync::Arc;
use std::time::Duration;

use sqlx::{Connection as _, SqliteConnection};
use tempfile::tempdir;
use vigie_core::desk::desktop::About;
use vigie_core::desk::view::Notice;
use vigie_core::vault::SessionVault;
use vigie_tests::clock::ManualClock;
use vigie_tests::desk::{IN_VAIN, TestDesk};
use vigie_tests::server::{Answer, Server, alert, transaction};

/// The database, by another program's hands.
async fn other_program(desk: &TestDesk) -> SqliteConnection {
    SqliteConnection::connect(&format!("sqlite://{}", desk.path.display())).await.unwrap()
}

async fn tell(other: &mut SqliteConnection, statement: &'static str) {
    sqlx::query(statement).execute(other).await.unwrap();
}

async fn until_it_is_said_that_the_store_fails(desk: &TestDesk) {
    let said = async {
        while !desk.desk.overview().await.unwrap().notices.contains(&Notice::StoreFails) {
            // The desk tells its window, which is not open: there is nothing to wait on.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(IN_VAIN, said).await.expect("nobody says that the store fails");
}

#[tokio::test]
async fn while_the_store_is_busy_nothing_is_announced_and_afterwards_nothing_is_missing() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let desk = TestDesk::start(folder.path()).await;
    desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let connection = server.connection().await;
    desk.until_live().await;
    let mut other = other_program(&desk).await;
    tell(&mut other, "BEGIN IMMEDIATE").await;
    connection.send(transaction(999)).await;
    connection.send(alert(0, "critical")).await;
    until_it_is_said_that_the_store_fails(&desk).await;
    assert!(desk.desktop.shown().of_alerts().is_empty(), "nothing is stored that could be announced");
    tell(&mut other, "ROLLBACK").await;
    desk.until_stored("both are there", |alerts, transactions| (alerts.len(), transactions.len()) == (1, 1))
        .await;
    let shown = desk.desktop.until(|shown| !shown.of_alerts().is_empty()).await;
    assert_eq!(shown.of_alerts().len(), 1);
    assert_eq!(
        desk.desk.diagnostics().await.unwrap().gaps,
        [],
        "the server was not left, and nothing missed"
    );
}

#[tokio::test]
async fn what_could_not_be_decided_is_not_shown_until_it_is() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let desk = TestDesk::start(folder.path()).await;
    desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let connection = server.connection().await;
    desk.until_live().await;
    let mut other = other_program(&desk).await;
    tell(
        &mut other,
        "CREATE TRIGGER undecided BEFORE UPDATE OF announced ON alert BEGIN SELECT RAISE(ABORT, 'not now'); END",
    )
    .await;
    connection.send(alert(0, "critical")).await;
    until_it_is_said_that_the_store_fails(&desk).await;
    assert_eq!(desk.alerts().await.len(), 1, "it is stored");
    assert!(desk.desktop.shown().of_alerts().is_empty(), "a crash now must not announce it twice");
    tell(&mut other, "DROP TRIGGER undecided").await;
    connection.send(alert(1, "critical")).await;
    let shown = desk.desktop.until(|shown| shown.of_alerts().len() >= 2).await;
    let about: Vec<About> = shown.of_alerts().iter().map(|one| one.about).collect();
    assert!(about.len() == 2 && about[0] != about[1], "{about:?}");
}

#[tokio::test]
async fn what_a_pause_held_back_and_could_not_be_decided_after_it_is_announced_once_it_can_be() {
    for something_arrives in [true, false] {
        let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
        let (vault, clock) = (Arc::new(SessionVault::default()), Arc::new(ManualClock::default()));
        let desk = TestDesk::start_with(folder.path(), vault, clock.clone()).await;
        desk.sign_in(&server.url, "ada", "secret").await.unwrap();
        let connection = server.connection().await;
        desk.until_live().await;
        desk.desk.pause_notifications(Some(Duration::from_secs(10))).await.unwrap();
        connection.send(alert(1, "high")).await;
        connection.send(alert(2, "high")).await;
        desk.until("they are there", |overview| overview.unacknowledged.high == 2).await;
        let mut other = other_program(&desk).await;
        tell(
            &mut other,
            "CREATE TRIGGER undecided BEFORE UPDATE OF announced ON alert BEGIN SELECT RAISE(ABORT, 'not now'); END",
        )
        .await;
        clock.advance(Duration::from_secs(10));
        until_it_is_said_that_the_store_fails(&desk).await;
        tell(&mut other, "DROP TRIGGER undecided").await;
        if something_arrives {
            connection.send(transaction(3)).await;
        } else {
            clock.advance(Duration::from_secs(2));
        }
        let shown = desk.desktop.until(|shown| !shown.of_alerts().is_empty()).await;
        assert_eq!(shown.of_alerts()[0].title, "2 alerts came during the pause");
    }
}

/// The transactions of these numbers, up to the last.
fn list(numbers: &[u32]) -> Answer {
    let items: Vec<String> = numbers
        .iter()
        .map(|id| {
            format!(r#"{{"id":"t-{id}","amount":12.50,"timestamp":"2026-01-01T00:00:00Z","sequence":{id}}}"#)
        })
        .collect();
    let last = numbers.last().unwrap();
    Answer::json(&format!(r#"{{"items":[{}],"sequence":{last},"more":false}}"#, items.join(",")))
}

#[tokio::test]
async fn a_message_that_is_left_out_is_a_gap_that_the_lists_fill_and_no_position_passes_it_before() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let desk = TestDesk::start(folder.path()).await;
    let source = desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let connection = server.connection().await;
    desk.until_live().await;
    connection.send(transaction(2)).await;
    desk.until_stored("the first is there", |_, transactions| transactions.len() == 1).await;
    server.answer("GET /transactions", list(&[2, 3, 4]));
    let held = server.hold("GET /transactions");
    connection.send(transaction(4)).await;
    server.until_asked("GET /transactions?limit=500&since=2", 1).await;
    let gaps = desk.desk.diagnostics().await.unwrap().gaps;
    assert_eq!((gaps.len(), gaps[0].reason.as_str(), gaps[0].end), (1, "sequence", None), "it lasts");
    desk.until_stored("what came after it is there", |_, transactions| transactions.len() == 2).await;
    let position = desk.desk.store().positions(source).await.unwrap()["transactions"].clone();
    assert_eq!(position, "2", "no position passes what is being filled");
    drop(held);
    desk.until_stored("what was left out is there", |_, transactions| transactions.len() == 3).await;
    connection.send(transaction(5)).await;
    desk.until_stored("it goes on", |_, transactions| transactions.len() == 4).await;
    let gaps = desk.desk.diagnostics().await.unwrap().gaps;
    assert_eq!((gaps.len(), gaps[0].how.as_deref()), (1, Some("lists")), "{gaps:?}");
    assert!(gaps[0].closed_at.is_some() && gaps[0].end.is_some());
    assert_eq!(desk.desk.store().positions(source).await.unwrap()["transactions"], "5");
}

#[tokio::test]
async fn what_is_left_out_while_lists_are_fetched_is_fetched_as_well() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let clock = Arc::new(ManualClock::default());
    let desk = TestDesk::start_with(folder.path(), Arc::new(SessionVault::default()), clock.clone()).await;
    let source = desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let connection = server.connection().await;
    desk.until_live().await;
    connection.send(transaction(2)).await;
    desk.until_stored("the first is there", |_, all| all.len() == 1).await;
    server.answer("GET /transactions", list(&[2, 3, 4]));
    let held = server.hold("GET /alerts");
    connection.send(transaction(4)).await;
    desk.until_stored("what was left out is there", |_, all| all.len() == 3).await;
    // The one list has answered, the other not yet.
    connection.send(transaction(6)).await;
    connection.until_read().await;
    let waits = Duration::from_secs(5);
    clock.advance(waits);
    desk.until_stored("news has waited for long enough", |_, all| all.len() == 4).await;
    server.answer("GET /transactions", list(&[5, 6, 7]));
    drop(held);
    connection.send(transaction(7)).await;
    desk.until_stored("what came after it is there", |_, all| all.len() == 5).await;
    let position = desk.desk.store().positions(source).await.unwrap()["transactions"].clone();
    assert_eq!(position, "4", "no position passes what was left out");
    clock.sleeper(waits..=waits).await;
    clock.advance(waits);
    desk.until_stored("the other that was left out is there", |_, all| all.len() == 6).await;
    connection.send(transaction(8)).await;
    desk.until_stored("it goes on", |_, all| all.len() == 7).await;
    let gaps = desk.desk.diagnostics().await.unwrap().gaps;
    let filled = gaps.iter().filter(|gap| gap.how.as_deref() == Some("lists") && gap.closed_at.is_some());
    assert_eq!((gaps.len(), filled.count()), (2, 2), "{gaps:?}");
}

#[tokio::test]
async fn a_number_that_was_somebody_elses_is_a_gap_in_which_nothing_was_missing() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let desk = TestDesk::start(folder.path()).await;
    desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let connection = server.connection().await;
    desk.until_live().await;
    connection.send(transaction(2)).await;
    connection.send(transaction(4)).await;
    server.until_asked("GET /transactions?limit=500&since=2", 1).await;
    connection.send(transaction(5)).await;
    desk.until_stored("all are there", |_, transactions| transactions.len() == 3).await;
    let gaps = desk.desk.diagnostics().await.unwrap().gaps;
    assert_eq!((gaps.len(), gaps[0].how.as_deref()), (1, Some("complete")), "{gaps:?}");
}
