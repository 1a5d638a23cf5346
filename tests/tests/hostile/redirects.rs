//! A server that sends us elsewhere.

use vigie_core::desk::view::FailureCode;
use vigie_core::model::Trouble;
use vigie_tests::server::{Answer, Server};

use super::endless::list;
use super::stage::{LONGEST_WAIT, SECRET, Stage};

/// The most requests that one may become: itself and five redirects.
const FOLLOWED: usize = 6;

fn to(url: &str) -> Answer {
    Answer { headers: format!("location: {url}\r\n"), ..Answer::status(307) }
}

/// A backend that takes its key in the address alone.
const KEY_IN_ADDRESS: &str = r#"
name = "key-in-address"
title = "Key in the address"
url = "http://localhost"

[sign_in]
kind = "query"
parameter = "key"

[[transport]]
kind = "sse"
fetch = []

[[transport.stream]]
path = "/events"

[[transport]]
kind = "websocket"
fetch = []

[[transport.stream]]
path = "/ws"

[[transport]]
kind = "polling"
poll = ["all"]

[[list]]
name = "all"
path = "/all"
items = "/items"
"#;

#[tokio::test]
async fn a_redirect_to_another_host_is_not_followed_and_nothing_arrives_there() {
    for status in [301, 302, 303, 307, 308] {
        let (mut stage, other) = (Stage::knowing(&[KEY_IN_ADDRESS]).await, Server::start().await);
        for (profile, requests) in [
            ("generic", &["STREAM /", "GET /"][..]),
            ("flowfi", &["STREAM /events/subscribe"]),
            ("key-in-address", &["STREAM /events", "GET /ws", "GET /all"]),
            ("big-defend", &["GET /ws", "GET /transactions", "GET /alerts", "GET /risk-metrics"]),
        ] {
            stage.sign_in(profile).await;
            stage.until_live().await;
            for request in requests {
                let answer = Answer { status, ..to(&format!("{}/events?key={SECRET}", other.url)) };
                stage.bad.answer(request, answer);
            }
            // Whatever is open breaks, and every transport is tried.
            stage.ask_again().await;
            stage.until_told(Trouble::NotUnderstood).await;
            let failure = stage.try_sign_in(profile).await.map_err(|failure| failure.code);
            let signs_in_first = profile == "big-defend";
            assert_eq!(failure, if signs_in_first { Ok(()) } else { Err(FailureCode::NotUnderstood) });
            stage.others_go_on().await;
            stage.leave().await;
        }
        assert_eq!((other.visits(), other.requests()), (0, Vec::new()), "{status}");
    }
}

#[tokio::test]
async fn a_password_is_not_posted_elsewhere() {
    let (mut stage, other) = (Stage::new().await, Server::start().await);
    stage.bad.answer("POST /auth/login", to(&format!("{}/auth/login", other.url)));
    assert_eq!(stage.try_sign_in("big-defend").await.unwrap_err().code, FailureCode::NotUnderstood);
    assert_eq!(other.visits(), 0);
    // Nor a second time to the same server.
    stage.bad.answer("POST /auth/login", to("/elsewhere"));
    assert_eq!(stage.try_sign_in("big-defend").await.unwrap_err().code, FailureCode::NotUnderstood);
    assert_eq!(stage.bad.count("POST /elsewhere"), 0);
    stage.others_go_on().await;
}

#[tokio::test]
async fn redirects_in_a_circle_end_in_words() {
    let mut stage = Stage::new().await;
    let wire = stage.live_stream("flowfi").await;
    stage.bad.answer("STREAM /events/subscribe", to("/a"));
    stage.bad.answer("STREAM /a", to("/b"));
    stage.bad.answer("STREAM /b", to("/a"));
    drop(wire);
    stage.until_told(Trouble::Closed).await;
    let before = stage.bad.count("STREAM /");
    stage.clock.advance(LONGEST_WAIT / 2);
    stage.until_told(Trouble::NotUnderstood).await;
    assert_eq!(stage.bad.count("STREAM /"), before + FOLLOWED);
    stage.others_go_on().await;
}

#[tokio::test]
async fn redirects_of_a_list_in_a_circle_end_in_words() {
    let mut stage = Stage::new().await;
    stage.bad.answer("GET /all", list(&[]));
    stage.sign_in("polled").await;
    stage.until_live().await;
    stage.bad.answer("GET /all", to("/all?again=1"));
    let before = stage.bad.count("GET /all");
    stage.ask_again().await;
    stage.until_told(Trouble::NotUnderstood).await;
    assert_eq!(stage.bad.count("GET /all"), before + FOLLOWED);
    stage.others_go_on().await;
}

#[tokio::test]
async fn a_redirect_to_no_address_is_told_in_words() {
    let mut stage = Stage::new().await;
    for nowhere in ["http://[", "javascript:alert(1)", "file:///etc/passwd", "//"] {
        stage.bad.answer("STREAM /events/subscribe", to(nowhere));
        let failure = stage.try_sign_in("flowfi").await.unwrap_err();
        assert_eq!(failure.code, FailureCode::NotUnderstood, "{nowhere}");
    }
    stage.others_go_on().await;
}
