//! Opening a stream, and opening it again.

use std::sync::Arc;
use std::time::Duration;

use vigie_core::model::Trouble;
use vigie_core::transport::TransportError;

use super::wire::{ManualClock, SECRET, Server, answer, told};
use super::{all, event, open};

/// What comes of opening a stream that is answered with these bytes, connection after connection.
async fn outcome(server: &Server, answers: &[Vec<u8>]) -> String {
    let clock = Arc::new(ManualClock::default());
    let answering = async {
        for bytes in answers {
            server.answer([bytes.clone()]).await;
        }
        std::future::pending().await
    };
    let opened = tokio::select! {
        opened = open(server, Some("7"), &clock) => opened,
        () = answering => unreachable!(),
    };
    match opened {
        Ok(_) => "open".to_owned(),
        Err(error) => told(&error),
    }
}

fn typed(content_type: &str) -> Vec<u8> {
    answer("200 OK", &format!("Content-Type: {content_type}\r\n"), "data: 1\n\n")
}

#[tokio::test]
async fn only_success_with_the_right_type_opens_a_stream() {
    let server = Server::start().await;
    let no_stream = "the server did not speak as expected: the answer is no event stream but";
    let of_stream = |status| answer(status, "Content-Type: text/event-stream\r\n", "data: 1\n\n");
    let cases = [
        (typed("text/event-stream"), "open".to_owned()),
        (typed("text/event-stream;charset=utf-8"), "open".to_owned()),
        (typed("text/event-stream; charset=UTF-8"), "open".to_owned()),
        (typed("text/event-stream;charset=windows-1252"), "open".to_owned()),
        (typed("text/event-stream ; x=\"y\""), "open".to_owned()),
        (typed("text/event-stream;"), "open".to_owned()),
        (typed("TEXT/Event-Stream"), "open".to_owned()),
        (typed("  text/event-stream  "), "open".to_owned()),
        (
            answer("200 OK", "", "data: 1\n\n"),
            "the server did not speak as expected: the answer does not say that it is an event stream"
                .to_owned(),
        ),
        (typed(""), format!("{no_stream} ")),
        (typed("text/html; charset=s3cr3t"), format!("{no_stream} text/html")),
        (typed("application/json"), format!("{no_stream} application/json")),
        (typed("text/event-streams"), format!("{no_stream} text/event-streams")),
        (typed("text/event-stream, text/html"), format!("{no_stream} text/event-stream, text/html")),
        (typed("text/x-bogus\u{e9}"), format!("{no_stream} text/x-bogus\\xc3\\xa9")),
        (typed(&"x".repeat(10_000)), format!("{no_stream} {}", "x".repeat(80))),
        (answer("204 No Content", "", ""), "the server says that there is nothing more to come".to_owned()),
        (of_stream("201 Created"), "status 201".to_owned()),
        (of_stream("202 Accepted"), "status 202".to_owned()),
        (of_stream("205 Reset Content"), "status 205".to_owned()),
        (of_stream("206 Partial Content"), "status 206".to_owned()),
        (of_stream("304 Not Modified"), "status 304".to_owned()),
        (of_stream("400 Bad Request"), "status 400".to_owned()),
        (of_stream("401 Unauthorized"), "status 401".to_owned()),
        (of_stream("403 Forbidden"), "status 403".to_owned()),
        (of_stream("404 Not Found"), "status 404".to_owned()),
        (of_stream("410 Gone"), "status 410".to_owned()),
        (of_stream("429 Too Many Requests"), "status 429".to_owned()),
        (answer("429 Too Many Requests", "Retry-After: 9\r\n", ""), "status 429, wait 9 s".to_owned()),
        (of_stream("500 Internal Server Error"), "status 500".to_owned()),
        (of_stream("502 Bad Gateway"), "status 502".to_owned()),
        (
            answer("503 Service Unavailable", "Retry-After: 99999\r\n", ""),
            "status 503, wait 900 s".to_owned(),
        ),
        (
            answer("200 OK", "Content-Type: text/event-stream\r\nContent-Encoding: br\r\n", "x"),
            "the server did not speak as expected: it packed the answer in a way that was not asked for"
                .to_owned(),
        ),
        (Vec::new(), "the server closed the connection".to_owned()),
    ];
    for (bytes, expected) in cases {
        let case = String::from_utf8_lossy(&bytes).into_owned();
        assert_eq!(outcome(&server, &[bytes]).await, expected, "{case:?}");
    }
}

#[test]
fn a_server_that_wants_no_more_of_us_has_ended_the_stream() {
    assert_eq!(TransportError::Stopped.trouble(), Trouble::Ended);
}

#[tokio::test]
async fn a_request_for_a_stream_says_so() {
    let server = Server::start().await;
    let clock = Arc::new(ManualClock::default());
    let (stream, heads) =
        tokio::join!(open(&server, None, &clock), server.answer([typed("text/event-stream")]));
    assert!(stream.is_ok());
    assert!(heads[0].starts_with("GET /stream?key=q-s3cr3t HTTP/1.1\r\n"), "{}", heads[0]);
    for line in [
        "accept: text/event-stream",
        "cache-control: no-store",
        "authorization: Bearer token-s3cr3t",
        "cookie: session=c-s3cr3t",
    ] {
        assert_eq!(heads[0].lines().filter(|sent| *sent == line).count(), 1, "{line} in {}", heads[0]);
    }
}

#[tokio::test]
async fn the_last_event_id_is_sent_as_it_is_if_there_is_one() {
    let server = Server::start().await;
    let clock = Arc::new(ManualClock::default());
    let longest = "é".repeat(2 << 10);
    for (id, sent) in [
        (None, None),
        (Some(""), None),
        (Some("42"), Some("42")),
        (Some("a b\tc"), Some("a b\tc")),
        (Some("…日本語"), Some("…日本語")),
        (Some(longest.as_str()), Some(longest.as_str())),
        // What no header can carry does not keep the stream from being opened.
        (Some("a\u{1}b"), None),
        (Some("a\u{7F}b"), None),
        (Some("a\nb: c"), None),
    ] {
        let (stream, heads) =
            tokio::join!(open(&server, id, &clock), server.answer([typed("text/event-stream")]));
        let line = heads[0].lines().find_map(|line| line.strip_prefix("last-event-id: "));
        assert_eq!(line, sent, "{id:?}");
        assert_eq!(&**stream.unwrap().last_event_id(), id.unwrap_or_default());
    }
}

#[tokio::test]
async fn a_redirect_within_the_origin_is_followed_with_the_credential_and_the_id() {
    let server = Server::start().await;
    let clock = Arc::new(ManualClock::default());
    let absolute = server.url("/moved").to_string();
    for (status, location) in [
        ("301 Moved Permanently", "/moved"),
        ("302 Found", "moved"),
        ("303 See Other", "/moved"),
        ("307 Temporary Redirect", "/moved"),
        ("308 Permanent Redirect", &absolute),
    ] {
        let redirect = answer(status, &format!("Location: {location}\r\n"), "data: not this\n\n");
        let answers = [redirect, typed("text/event-stream")];
        let (stream, heads) = tokio::join!(open(&server, Some("7"), &clock), server.answer(answers));
        let (items, _) = all(&mut stream.unwrap()).await;
        assert_eq!(items, [event(None, "1", None)], "{status}");
        assert!(heads[1].starts_with("GET /moved?key=q-s3cr3t HTTP/1.1\r\n"), "{}", heads[1]);
        assert!(heads[1].contains("authorization: Bearer token-s3cr3t\r\n"), "{}", heads[1]);
        assert!(heads[1].contains("last-event-id: 7\r\n"), "{}", heads[1]);
    }
}

#[tokio::test]
async fn a_redirect_to_anywhere_else_is_refused_and_nothing_goes_there() {
    let (server, other) = (Server::start().await, Server::start().await);
    for (location, named) in [
        (other.url("/?key=s3cr3t").to_string(), format!("http://127.0.0.1:{}", other.port)),
        (format!("http://localhost:{}/", server.port), format!("http://localhost:{}", server.port)),
        (format!("https://127.0.0.1:{}/", server.port), format!("https://127.0.0.1:{}", server.port)),
    ] {
        let redirect = answer("302 Found", &format!("Location: {location}\r\n"), "");
        let told = outcome(&server, &[redirect]).await;
        assert!(told.contains(&format!("it redirects to {named}, ")), "{told}");
        assert!(!other.is_visited().await && !server.is_visited().await, "{location}");
    }
}

#[tokio::test]
async fn redirects_in_circles_end_in_words() {
    let server = Server::start().await;
    let told = outcome(&server, &vec![answer("302 Found", "Location: /stream\r\n", ""); 10]).await;
    assert_eq!(told, "the server did not speak as expected: it redirects more than 5 times");
}

#[tokio::test]
async fn a_stream_goes_on_where_it_ended() {
    let server = Server::start().await;
    let clock = Arc::new(ManualClock::default());
    let of = |body: &str| answer("200 OK", "Content-Type: text/event-stream\r\n", body);
    let mut last_event_id: Option<Arc<str>> = None;
    for (body, sent, expected) in [
        ("id: 1\ndata: a\n\nid: 2\ndata: b\n\nid: 3\ndata: cut o", None, Some("2")),
        // Without any id it stays what it was.
        ("data: c\n\n: alive\n\n", Some("2"), Some("2")),
        // An id without data counts as well.
        ("id: 4\n\n", Some("2"), Some("4")),
        ("id\ndata: cleared\n\n", Some("4"), None),
        ("data: d\n\n", None, None),
    ] {
        let (stream, heads) =
            tokio::join!(open(&server, last_event_id.as_deref(), &clock), server.answer([of(body)]));
        let line = heads[0].lines().find_map(|line| line.strip_prefix("last-event-id: "));
        assert_eq!(line, sent, "{body:?}");
        let mut stream = stream.unwrap();
        let (_, end) = all(&mut stream).await;
        assert!(matches!(end, TransportError::Closed(None)), "{end:?}");
        assert_eq!(&**stream.last_event_id(), expected.unwrap_or_default(), "{body:?}");
        last_event_id = Some(Arc::clone(stream.last_event_id()));
    }
}

#[tokio::test]
async fn a_server_that_does_not_answer_in_time_is_given_up() {
    let limit = Duration::from_secs(20);
    for beginning in ["", "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"] {
        let server = Server::start().await;
        let clock = Arc::new(ManualClock::default());
        let dialling = async {
            let mut peer = server.accept().await;
            peer.send(beginning).await;
            clock.advance(limit);
            // The connection stays open meanwhile.
            std::future::pending::<()>().await;
            drop(peer);
        };
        let error = tokio::select! {
            opened = open(&server, None, &clock) => opened.err().unwrap(),
            () = dialling => unreachable!(),
        };
        assert!(matches!(error, TransportError::Silent(told) if told == limit), "{error:?}");
    }
}

#[tokio::test]
async fn an_endless_head_ends_in_words() {
    let server = Server::start().await;
    let clock = Arc::new(ManualClock::default());
    for beginning in ["HTTP/1.1 200 ", "HTTP/1.1 200 OK\r\nX: "] {
        let (opened, ()) = tokio::join!(open(&server, None, &clock), async {
            let mut peer = server.accept().await;
            peer.send(beginning).await;
            // Ends when the client has gone.
            while peer.offer(SECRET.repeat(1_000).as_bytes()).await.is_ok() {}
        });
        let error = opened.err().unwrap();
        assert!(matches!(error, TransportError::Protocol(_)), "{error:?}");
        told(&error);
    }
}
