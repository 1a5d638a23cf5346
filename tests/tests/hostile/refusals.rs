//! A server that refuses: for now, for good, or without saying what it means.

use std::time::Duration;

use vigie_core::desk::view::FailureCode;
use vigie_core::model::{Link, TransportKind, Trouble};
use vigie_tests::server::{Answer, transaction};

use super::endless::list;
use super::stage::{LONGEST_WAIT, MILLISECOND, Stage};

/// The ways on which a server is asked, and what to ask it by.
const WAYS: [(&str, &str); 2] = [("flowfi", "STREAM /events/subscribe"), ("polled", "GET /all")];

/// A source that was live on one of these ways, and whose server now answers with this.
async fn answered(profile: &str, request: &'static str, answer: Answer) -> Stage {
    let mut stage = Stage::new().await;
    stage.bad.answer("GET /all", list(&[]));
    stage.sign_in(profile).await;
    stage.until_live().await;
    stage.bad.answer(request, answer);
    stage.ask_again().await;
    stage
}

#[tokio::test]
async fn a_server_that_is_busy_is_left_alone_for_as_long_as_it_asks() {
    for (profile, request) in WAYS {
        for (status, header, asked) in [
            (429, "7", 7),
            (503, "120", 120),
            (500, "60", 60),
            // Nobody waits longer than a quarter of an hour.
            (429, "86400", 900),
            (503, "18446744073709551615", 900),
        ] {
            let headers = format!("retry-after: {header}\r\n");
            let mut stage = answered(profile, request, Answer { headers, ..Answer::status(status) }).await;
            let (wait, attempts) = stage.until_told(Trouble::Unavailable).await;
            let case = format!("{profile}, {status}, {header}: {wait:?}, attempt {attempts}");
            let asked = Duration::from_secs(asked);
            let jitter = Duration::from_secs(1 << (attempts - 1));
            assert!((asked..=asked + jitter + MILLISECOND).contains(&wait), "{case}");
            let before = stage.bad.count(request);
            stage.pass(wait - 2 * MILLISECOND).await;
            stage.others_go_on().await;
            assert_eq!(stage.bad.count(request), before, "{case}");
            stage.pass(2 * MILLISECOND).await;
            stage.bad.until_asked(request, before + 1).await;
            stage.others_go_on().await;
        }
    }
}

#[tokio::test]
async fn a_server_that_is_busy_or_broken_without_a_word_is_asked_again_ever_later() {
    for (profile, request) in WAYS {
        for (status, header) in
            [(429, ""), (503, ""), (500, ""), (599, ""), (503, "soon"), (429, "-1"), (429, "1.5")]
        {
            let headers =
                if header.is_empty() { String::new() } else { format!("retry-after: {header}\r\n") };
            let mut stage = answered(profile, request, Answer { headers, ..Answer::status(status) }).await;
            for _ in 0..3 {
                let (wait, attempts) = stage.until_told(Trouble::Unavailable).await;
                let longest = Duration::from_secs(1 << (attempts - 1));
                assert!(
                    (Duration::from_millis(100)..=longest + MILLISECOND).contains(&wait),
                    "{profile}, {status} {header}"
                );
                let before = stage.bad.count(request);
                stage.pass(wait).await;
                stage.bad.until_asked(request, before + 1).await;
                let is_later =
                    |link: &Link| matches!(link, Link::Retrying { attempts: later, .. } if *later > attempts);
                stage.until("it is told again", is_later).await;
            }
            stage.others_go_on().await;
        }
    }
}

#[tokio::test]
async fn a_server_that_wants_no_more_of_us_is_left_alone_until_the_analyst_tries_again() {
    let mut stage = Stage::new().await;
    let wire = stage.live_stream("flowfi").await;
    stage.bad.answer("STREAM /events/subscribe", Answer::status(204));
    drop(wire);
    stage.until_told(Trouble::Closed).await;
    stage.clock.advance(LONGEST_WAIT / 2);
    stage.until("it has ended", |link| *link == Link::Refused { why: Trouble::Ended }).await;
    let asked = stage.bad.count("STREAM /");
    stage.pass(Duration::from_secs(1_800)).await;
    assert_eq!(stage.bad.count("STREAM /"), asked);
    stage.others_go_on().await;
    // Still not.
    let hold = stage.bad.hold("STREAM /events/subscribe");
    stage.desk.desk.retry(stage.source).await.unwrap();
    stage.until("it is tried", |link| *link == Link::Connecting).await;
    drop(hold);
    stage.until("it has ended", |link| *link == Link::Refused { why: Trouble::Ended }).await;
    stage.bad.forget("STREAM /events/subscribe");
    stage.desk.desk.retry(stage.source).await.unwrap();
    let _wire = stage.bad.wire().await;
    stage.until_live().await;
    stage.others_go_on().await;
}

#[tokio::test]
async fn a_server_that_forbids_is_left_alone() {
    for (profile, request) in WAYS {
        let mut stage = answered(profile, request, Answer::status(403)).await;
        stage.until("it is forbidden", |link| *link == Link::Refused { why: Trouble::Forbidden }).await;
        let asked = stage.bad.count(request);
        stage.pass(Duration::from_secs(1_800)).await;
        assert_eq!(stage.bad.count(request), asked, "{profile}");
        stage.others_go_on().await;
    }
}

#[tokio::test]
async fn what_is_no_stream_and_no_list_is_told_in_words() {
    let html = "content-type: text/html\r\n";
    let strange = "content-type: text/event-stream\r\ncontent-encoding: br\r\n";
    for (profile, request) in WAYS {
        for headers in [html, strange, "", "content-type: text/event-streams\r\n"] {
            let answer =
                Answer { headers: headers.to_owned(), ..Answer::json("<html>Sign in, please</html>") };
            let mut stage = answered(profile, request, answer).await;
            stage.until_told(Trouble::NotUnderstood).await;
            stage.others_go_on().await;
        }
    }
}

#[tokio::test]
async fn what_is_no_http_is_told_in_words() {
    for (profile, request) in WAYS {
        for (said, trouble) in [
            ("SSH-2.0-OpenSSH_9.9\r\n\r\n", Trouble::NotUnderstood),
            ("HTTP/1.1 two hundred\r\n\r\n", Trouble::NotUnderstood),
            ("HTTP/1.1 200 OK\r\nno colon\r\n\r\n", Trouble::NotUnderstood),
            ("HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n", Trouble::NotUnderstood),
            ("HTTP/1.1 200 OK\r\ncontent-le", Trouble::Closed),
            ("", Trouble::Closed),
        ] {
            let mut stage = answered(profile, request, Answer::status(500)).await;
            let (wait, attempts) = stage.until_told(Trouble::Unavailable).await;
            stage.bad.answer_by_hand(request);
            stage.pass(wait).await;
            let mut wire = stage.bad.wire().await;
            wire.send(said).await;
            drop(wire);
            let link = stage
                .until(
                    "it is told",
                    |link| matches!(link, Link::Retrying { attempts: now, .. } if *now > attempts),
                )
                .await;
            assert!(
                matches!(link, Link::Retrying { why, .. } if why == trouble),
                "{profile}, {said:?}: {link:?}"
            );
            stage.others_go_on().await;
        }
    }
}

#[tokio::test]
async fn a_stream_of_the_wrong_type_is_fallen_back_from_and_returned_to() {
    let mut stage = Stage::new().await;
    stage.bad.answer("GET /", Answer::json(r#"{"items":[]}"#));
    stage.bad.answer(
        "STREAM /",
        Answer { headers: "content-type: text/html\r\n".to_owned(), ..Answer::json("{}") },
    );
    stage.sign_in("generic").await;
    let link = stage.until("it is live", |link| matches!(link, Link::Live { .. })).await;
    assert!(matches!(link, Link::Live { transport: TransportKind::Polling, fallback: true, .. }), "{link:?}");
    stage.bad.answer("GET /", list(&[&transaction(1)]));
    stage.pass_until_stored("t-1").await;
    stage.others_go_on().await;
    stage.bad.forget("STREAM /");
    let asked = stage.bad.count("STREAM /");
    stage.pass_until_asked("STREAM /", asked + 1).await;
    let mut wire = stage.bad.wire().await;
    wire.event(transaction(2)).await;
    let is_back =
        |link: &Link| matches!(link, Link::Live { transport: TransportKind::Sse, fallback: false, .. });
    stage.until("the better one is back", is_back).await;
    stage.until_stored("t-2").await;
    stage.others_go_on().await;
}

#[tokio::test]
async fn a_server_that_refuses_at_the_first_sign_in_is_told_in_words() {
    let mut stage = Stage::new().await;
    for (answer, code) in [
        (Answer::status(204), FailureCode::Unreachable),
        (Answer::status(401), FailureCode::CredentialRefused),
        (Answer::status(403), FailureCode::Forbidden),
        (Answer::status(404), FailureCode::NotUnderstood),
        (Answer::status(429), FailureCode::Unavailable),
        (Answer::status(500), FailureCode::Unavailable),
        (Answer::json("{}"), FailureCode::NotUnderstood),
    ] {
        let status = answer.status;
        stage.bad.answer("STREAM /events/subscribe", answer);
        let failure = stage.try_sign_in("flowfi").await.unwrap_err();
        assert_eq!(failure.code, code, "{status}");
        assert!(!failure.message.is_empty());
        stage.others_go_on().await;
    }
    assert_eq!(stage.desk.desk.overview().await.unwrap().sources.len(), 1, "none of them became a source");
}
