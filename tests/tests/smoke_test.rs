//! `vigie --smoke-test`, which packages are tested with: it passes on a whole desktop, and names what another one
//! lacks.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed, and says where"
)]
#![cfg(target_os = "linux")]

use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;
use vigie_tests::desktop_session::Session;
use vigie_tests::gateway::program;

/// Runs it on a desktop; gives whether it passed, and its lines.
async fn smoke_test(session: &Session) -> (bool, Vec<String>) {
    smoke_test_with(session, &[]).await
}

/// The same with more in its environment.
async fn smoke_test_with(session: &Session, also: &[(&str, &str)]) -> (bool, Vec<String>) {
    let output = Command::new(program("vigie"))
        .arg("--smoke-test")
        .env_clear()
        .envs(session.environment())
        .envs(also.iter().copied())
        .env("TMPDIR", session.place.folder())
        .stdin(Stdio::null())
        .stderr(session.place.log_file())
        .kill_on_drop(true)
        .output()
        .await
        .unwrap();
    let lines = String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect();
    (output.status.success(), lines)
}

/// What is below a folder that has the program's name.
fn left_in(folder: &Path) -> Vec<PathBuf> {
    let mut left = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.contains("vigie") && name != "vigie.log" {
            left.push(entry.path());
        } else if entry.file_type().unwrap().is_dir() {
            left.extend(left_in(&entry.path()));
        }
    }
    left
}

/// The steps that failed.
fn failed(lines: &[String]) -> Vec<&str> {
    let failed = lines.iter().filter_map(|line| line.strip_prefix("failed  "));
    failed.map(|step| step.split_once(':').unwrap().0).collect()
}

#[tokio::test]
async fn it_sees_an_alert_through_to_the_screen_and_leaves_nothing_behind() {
    let session = Session::start().await;
    let (passed, lines) = smoke_test(&session).await;
    assert!(passed && failed(&lines).is_empty(), "{lines:#?}");
    for step in [
        "display",
        "vault",
        "store",
        "tray",
        "window, hidden",
        "gateway and link",
        "alert stored",
        "alert announced",
        "alert painted",
        "notification withdrawn",
    ] {
        let line = format!("ok      {step}: ");
        assert!(lines.iter().any(|one| one.starts_with(&line)), "{step} is missing: {lines:#?}");
    }
    assert_eq!(lines.last().unwrap(), "passed");
    assert!(session.bus.secrets().await.is_empty());
    assert_eq!(left_in(session.place.folder()), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn who_sits_there_hears_nothing_is_told_that_it_is_a_test_and_keeps_no_notification_of_it() {
    for (language, title) in [("en", "Test of Vigie – "), ("fr", "Essai de Vigie – ")] {
        let session = Session::start().await;
        let (passed, lines) = smoke_test_with(&session, &[("LANGUAGE", language)]).await;
        assert!(passed, "{lines:#?}");
        let raised = session.notifications().raised();
        let [one] = &raised[..] else { panic!("the bank has many alerts, one is told of: {raised:#?}") };
        assert!(one.summary.starts_with(title), "{one:#?}");
        assert!(one.is_silent && one.sound.is_none() && one.urgency == Some(1), "{one:#?}");
        assert_eq!(session.notifications().withdrawn(), [one.id]);
        session.notifications().until_on_show(&[]).await;
    }
}

#[tokio::test]
async fn what_a_desktop_lacks_is_named_and_the_rest_is_tried_all_the_same() {
    let mut session = Session::start().await;
    session.notifications = None;
    let (passed, lines) = smoke_test(&session).await;
    assert!(!passed && lines.last().unwrap() == "failed", "{lines:#?}");
    assert_eq!(failed(&lines), ["alert announced"], "{lines:#?}");

    let bare = Session::bare().await;
    let (passed, lines) = smoke_test(&bare).await;
    assert!(!passed, "{lines:#?}");
    assert_eq!(failed(&lines), ["vault", "tray", "alert announced"], "{lines:#?}");
}
