//! The real application, asked for from outside: by a link, by a file, by a second start; and its window, which comes
//! back.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed, and says where"
)]
#![cfg(target_os = "linux")]

use std::process::Stdio;

use rustix::process::Signal;
use tokio::process::Command;
use vigie_core::profile::Library;
use vigie_tests::desktop_session::{App, SINGLE_INSTANCE, Session};
use vigie_tests::gateway::program;
use vigie_tests::server::{Connection, Server, alert};

/// The window's title.
const TITLE: &str = "Vigie";

async fn signed_in(session: &Session, server: &mut Server) -> (App, Connection) {
    let app = session.open().await;
    app.sign_in(&server.url, "ada", "password").await;
    let connection = server.connection().await;
    app.until_link(&["live"]).await;
    (app, connection)
}

#[tokio::test]
async fn a_link_that_is_clicked_opens_its_alert_in_the_program_that_runs() {
    let (session, mut server) = (Session::start().await, Server::start().await);
    let (app, connection) = signed_in(&session, &mut server).await;
    connection.send(alert(1, "high")).await;
    app.until_row("alert-row", "a-1").await;
    app.press("nav-transactions").await;
    session.display.close(TITLE);
    session.display.until_shown(TITLE, false).await;
    assert!(session.open_again_with(&["vigie://alert/a-1".to_owned()]).await.success());
    session.display.until_shown(TITLE, true).await;
    let is_open =
        "return document.querySelector('[data-testid=\"alert-detail\"]')?.textContent.includes('a-1')";
    app.until("its alert is open", is_open).await;
    // Another's link, or a hostile one, is a text that is no link.
    for (link, said) in [
        ("vigie://alert/a-2", "The alert of this link is not stored here."),
        ("vigie://settings/<img src=x onerror=1>", "This is no link to an alert."),
    ] {
        assert!(session.open_again_with(&[link.to_owned()]).await.success());
        app.until("it is said", &format!("return document.body.innerText.includes('{said}')")).await;
    }
    assert_eq!(app.script("return document.querySelectorAll('img').length").await, 0);
}

#[tokio::test]
async fn a_link_to_a_place_in_the_window_opens_it_there() {
    let (session, mut server) = (Session::start().await, Server::start().await);
    let (app, _connection) = signed_in(&session, &mut server).await;
    app.press("nav-transactions").await;
    for (link, place) in [("vigie://sources", "sources"), ("vigie://alerts", "alerts")] {
        session.display.close(TITLE);
        session.display.until_shown(TITLE, false).await;
        assert!(session.open_again_with(&[link.to_owned()]).await.success());
        session.display.until_shown(TITLE, true).await;
        let is_there = format!(
            "return document.querySelector('[data-testid=\"nav-{place}\"]').getAttribute('aria-current') !== null"
        );
        app.until(&format!("{place} are shown"), &is_there).await;
    }
}

#[tokio::test]
async fn what_is_handed_over_while_the_program_still_starts_is_opened_once_it_has() {
    let session = Session::start().await;
    session.open().await.end_by(Signal::TERM).await;
    // A database that somebody else holds is waited for.
    let held = rusqlite::Connection::open(session.place.data().join("vigie.sqlite")).unwrap();
    held.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE").unwrap();
    let second = async {
        // The first is there, and starts, when the second finds it.
        session.bus.until_owned(SINGLE_INSTANCE).await;
        // It waits no longer than some seconds, and another process may take as long to start.
        session.bus.hand_over(&["vigie://alert/a-2"]).await;
        drop(held);
    };
    let (app, ()) = tokio::join!(session.open(), second);
    let said = "return document.body.innerText.includes('The alert of this link is not stored here.')";
    app.until("it is said", said).await;
}

#[tokio::test]
async fn an_option_that_counts_only_at_a_start_is_told_of_beside_a_program_that_runs() {
    let session = Session::start().await;
    let _app = session.open().await;
    let other = session.place.folder().join("other").display().to_string();
    for (options, named) in
        [(vec!["--demo".to_owned()], "--demo"), (vec!["--data".to_owned(), other], "--data")]
    {
        let output = Command::new(program("vigie"))
            .env_clear()
            .envs(session.environment())
            .args(options)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output()
            .await
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        let words = format!("Vigie is running already, and ignores {named}: that counts only at a start.");
        assert!(!output.status.success() && said.contains(&words), "{said}");
        session.notifications().until(|one| one.body.contains(&words)).await;
    }
    assert!(session.open_again().await.success(), "on the same data its window is shown");
}

#[tokio::test]
async fn a_profile_that_is_opened_is_offered_to_sign_in_with() {
    let session = Session::start().await;
    let app = session.open().await;
    let file = session.place.folder().join("My bank.vigie-profile");
    let text = Library::built_in_text("big-defend").unwrap();
    std::fs::write(&file, text.replacen("name = \"big-defend\"", "name = \"my-bank\"", 1)).unwrap();
    assert!(session.open_again_with(&[file.display().to_string()]).await.success());
    let chosen = "return [...document.querySelectorAll('select')].some((one) => one.value === 'my-bank')";
    app.until("it is chosen", chosen).await;
}

#[tokio::test]
async fn the_window_comes_back_where_it_was_and_on_a_screen_that_there_is() {
    let session = Session::start().await;
    let app = session.open().await;
    session.display.until_shown(TITLE, true).await;
    session.display.move_to(TITLE, (64, 48));
    session.display.until_at(TITLE, (64, 48)).await;
    app.end_by(Signal::TERM).await;
    let app = session.open().await;
    session.display.until_at(TITLE, (64, 48)).await;
    app.end_by(Signal::TERM).await;
    // As if the screen that it was on were gone.
    let kept = std::fs::read_to_string(session.place.window_file()).unwrap();
    let elsewhere = kept.replace("\"x\": 64", "\"x\": 6400").replace("\"x\":64", "\"x\":6400");
    assert_ne!(kept, elsewhere);
    std::fs::write(session.place.window_file(), elsewhere).unwrap();
    let _app = session.open().await;
    session.display.until_shown(TITLE, true).await;
    let (x, _) = session.display.place_of(TITLE);
    assert!(x < 1_000, "{x}");
}
