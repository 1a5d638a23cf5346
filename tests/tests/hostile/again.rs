//! A server that ends every connection at once, and one that says when to come back.

use std::time::Duration;

use vigie_core::model::Trouble;
use vigie_core::transport::sse::{RETRY_LONGEST, RETRY_SHORTEST};
use vigie_tests::server::{Answer, transaction};

use super::endless::list;
use super::stage::{MILLISECOND, Stage};

/// The longest wait after so many failures in a row.
fn longest_after(failures: u32) -> Duration {
    Duration::from_secs(1 << (failures - 1)).min(Duration::from_secs(30)) + MILLISECOND
}

#[tokio::test]
async fn a_stream_that_ends_at_once_again_and_again_is_opened_ever_later() {
    // Where nothing at all is said, another transport is tried.
    for said in [": here\n\n", "data: {\"amount\":1}\n\n", ": here\n\ndata: half of"] {
        let mut stage = Stage::new().await;
        let mut wire = stage.live_stream("generic").await;
        for failures in 1..=8 {
            wire.send(said).await;
            drop(wire);
            stage.until_attempt(failures).await;
            let (wait, _) = stage.until_told(Trouble::Closed).await;
            assert!(wait <= longest_after(failures), "{said:?}: {wait:?} after {failures}");
            let opened = stage.bad.count("STREAM /");
            stage.pass(wait - 2 * MILLISECOND).await;
            stage.others_go_on().await;
            assert_eq!(stage.bad.count("STREAM /"), opened, "{said:?}");
            stage.pass(2 * MILLISECOND).await;
            wire = stage.bad.wire().await;
        }
        // One that stays has proved itself.
        stage.until_live().await;
        stage.pass(Duration::from_secs(15)).await;
        wire.event(transaction(1)).await;
        stage.until_stored("t-1").await;
        drop(wire);
        stage.until_attempt(1).await;
        stage.others_go_on().await;
    }
}

#[tokio::test]
async fn a_list_that_breaks_off_again_and_again_is_fetched_ever_later() {
    let mut stage = Stage::new().await;
    stage.bad.answer("GET /all", list(&[]));
    stage.sign_in("polled").await;
    stage.until_live().await;
    stage.bad.answer_by_hand("GET /all");
    stage.ask_again().await;
    for failures in 1..=8 {
        let mut wire = stage.bad.wire().await;
        wire.send("HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n{\"items\":[{\"id\":1},").await;
        drop(wire);
        stage.until_attempt(failures).await;
        let (wait, _) = stage.until_told(Trouble::Closed).await;
        assert!(wait <= longest_after(failures), "{wait:?} after {failures}");
        stage.others_go_on().await;
        stage.pass(wait).await;
    }
    let wire = stage.bad.wire().await;
    stage.bad.answer("GET /all", list(&[&transaction(1)]));
    drop(wire);
    stage.pass_until_stored("t-1").await;
    stage.until_live().await;
}

#[tokio::test]
async fn the_wait_that_a_stream_asks_for_is_kept_within_reason() {
    let digits = "9".repeat(1 << 20);
    for (said, asked) in [
        ("5000", Duration::from_secs(5)),
        ("0", RETRY_SHORTEST),
        ("99999999999999999999", RETRY_LONGEST),
        (&digits, RETRY_LONGEST),
        ("86400000", RETRY_LONGEST),
        // No number is no word.
        ("-5", Duration::ZERO),
        ("1e9", Duration::ZERO),
        ("soon", Duration::ZERO),
    ] {
        let mut stage = Stage::new().await;
        let mut wire = stage.live_stream("generic").await;
        wire.send(format!("retry: {said}\n\n")).await;
        wire.event(transaction(1)).await;
        stage.until_stored("t-1").await;
        drop(wire);
        let (wait, _) = stage.until_told(Trouble::Closed).await;
        assert!((asked..=asked + longest_after(1)).contains(&wait), "{said:.20}: {wait:?}");
        let opened = stage.bad.count("STREAM /");
        stage.pass(wait - 2 * MILLISECOND).await;
        assert_eq!(stage.bad.count("STREAM /"), opened, "{said:.20}");
        stage.pass(2 * MILLISECOND).await;
        let _wire = stage.bad.wire().await;
        stage.until_live().await;
        stage.others_go_on().await;
    }
}

#[tokio::test]
async fn a_key_that_no_longer_counts_is_told_and_not_tried_again() {
    for (profile, request) in [("generic", "STREAM /"), ("polled", "GET /all")] {
        let mut stage = Stage::new().await;
        stage.bad.answer("GET /all", list(&[]));
        if profile == "generic" {
            let mut wire = stage.live_stream(profile).await;
            wire.send(": here\n\n").await;
            stage.bad.answer(request, Answer::status(401));
            drop(wire);
            let (wait, _) = stage.until_told(Trouble::Closed).await;
            stage.pass(wait).await;
        } else {
            stage.sign_in(profile).await;
            stage.until_live().await;
            stage.bad.answer(request, Answer::status(401));
            stage.ask_again().await;
        }
        stage.until_signed_out().await;
        let asked = stage.bad.count(request);
        stage.pass(Duration::from_secs(600)).await;
        assert_eq!(stage.bad.count(request), asked, "{profile}");
        stage.others_go_on().await;
    }
}
