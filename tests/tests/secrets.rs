//! A credential is in the vault and in memory, and nowhere else.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed, and says where"
)]

#[path = "secrets/customers.rs"]
mod customers;
#[path = "secrets/kinds.rs"]
mod kinds;
#[path = "secrets/log.rs"]
mod log;

use std::path::Path;

use tempfile::tempdir;
use vigie_core::desk::view::{FailureCode, SignIn};
use vigie_core::model::Link;
use vigie_tests::desk::TestDesk;
use vigie_tests::port::ReservedPort;
use vigie_tests::server::{Answer, Server, TOKEN, alert};

const PASSWORD: &str = "password-77d0-not-to-be-seen";

fn assert_clean(place: &str, bytes: &[u8]) {
    for secret in [TOKEN, PASSWORD, kinds::KEY, kinds::COOKIE] {
        let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!found, "a secret stands in {place}");
    }
}

fn assert_files_clean(folder: &Path) {
    let mut files = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let file = file.unwrap().path();
        assert_clean(&file.display().to_string(), &std::fs::read(&file).unwrap());
        files += 1;
    }
    assert!(files > 0);
}

/// Looks everywhere, and closes the desk.
async fn assert_all_clean(desk: &TestDesk, folder: &Path) {
    let shown = desk.desktop.shown();
    let overview = desk.desk.overview().await.unwrap();
    let diagnostics = desk.desk.diagnostics().await.unwrap();
    for (place, text) in [
        ("what was shown", format!("{shown:?}")),
        ("the overview", serde_json::to_string(&overview).unwrap()),
        ("the diagnostics", serde_json::to_string(&diagnostics).unwrap()),
    ] {
        assert_clean(place, text.as_bytes());
    }
    assert_files_clean(folder);
    desk.desk.close().await.unwrap();
    assert_files_clean(folder);
    let log = log::so_far();
    assert!(log.windows(6).any(|window| window == b"broken"), "the log says what happened");
    assert_clean("the log", &log);
    assert_clean("the log's files", log::in_files().as_bytes());
}

#[tokio::test]
async fn neither_token_nor_password_reaches_the_disk_the_log_the_window_or_an_error() {
    log::begin();
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let desk = TestDesk::start(folder.path()).await;
    desk.desk.watch().await.unwrap();

    desk.sign_in(&server.url, "ada", PASSWORD).await.unwrap();
    let connection = server.connection().await;
    desk.until_live().await;
    connection.send(alert(1, "critical")).await;
    desk.desktop.until(|shown| shown.notifications.len() == 1).await;
    assert!(server.requests().iter().any(|request| request.contains(TOKEN)), "the token was in use");

    // Every way a link can break, each with an error that is logged.
    for answer in [Answer::status(500), Answer::json("{}"), Answer::status(404)] {
        server.answer("GET /ws", answer);
        connection.close(1011).await;
        let source = desk
            .until_link("it broke", |link| matches!(link, Link::Retrying { .. } | Link::Refused { .. }))
            .await;
        desk.desk.retry(source.id).await.unwrap();
    }
    server.answer("POST /auth/login", Answer::json(&format!(r#"{{"token":"{TOKEN}"}}"#)));
    let failure = desk.sign_in(&server.url, "ada", PASSWORD).await.unwrap_err();
    assert_eq!(failure.code, FailureCode::NotUnderstood);
    let bad = format!("https://ada:{PASSWORD}@bank.example");
    let bad_address = desk.sign_in(&bad, "ada", PASSWORD).await.unwrap_err();
    let nobody = ReservedPort::new();
    let unreachable = desk.sign_in(&nobody.url(), "ada", PASSWORD).await.unwrap_err();
    assert_eq!(unreachable.code, FailureCode::Unreachable);

    assert_clean("an error", format!("{failure:?}{bad_address:?}{unreachable:?}").as_bytes());
    assert_all_clean(&desk, folder.path()).await;
}

#[test]
fn a_sign_in_does_not_show_its_password() {
    let request: SignIn = serde_json::from_value(serde_json::json!({
        "source": null, "parameters": {}, "name": "", "url": "https://bank.example", "profile": "big-defend", "user": "ada",
        "password": PASSWORD, "remember": true,
    }))
    .unwrap();
    assert_clean("its debug text", format!("{:?}", request.password).as_bytes());
}
