//! What a stream says.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use vigie_core::clock::Clock as _;
use vigie_core::model::Time;
use vigie_core::transport::TransportError;
use vigie_core::transport::sse::{EventSource, RETRY_LONGEST, RETRY_SHORTEST, SseItem};

use super::wire::{ManualClock, Server, answer, gzip};
use super::{HEAD, Told, all, event, open, opened, streamed};

#[tokio::test]
async fn every_stream_says_what_the_standard_says() {
    let cases: [(&[u8], Vec<Told>); 16] = [
        (b"", vec![]),
        (b"data: a\n\n", vec![event(None, "a", None)]),
        (b"\xEF\xBB\xBFdata: a\n\n", vec![event(None, "a", None)]),
        (
            b"data: a\r\rdata: b\r\n\r\ndata\n\n",
            vec![event(None, "a", None), event(None, "b", None), event(None, "", None)],
        ),
        (b"data: a\ndata: b\n\n", vec![event(None, "a\nb", None)]),
        (b": hello\ndata: a\n\n", vec![Told::Alive, event(None, "a", None)]),
        (
            b"event: alert\ndata: a\n\ndata: b\n\n",
            vec![event(Some("alert"), "a", None), event(None, "b", None)],
        ),
        (b"event: message\ndata: a\n\n", vec![event(None, "a", None)]),
        (b"event\ndata: a\n\n", vec![event(None, "a", None)]),
        (
            b"data: a\n\nid: 1\ndata: b\n\ndata: c\n\n",
            vec![event(None, "a", None), event(None, "b", Some("1")), event(None, "c", Some("1"))],
        ),
        (b"id: 1\n\ndata: a\n\n", vec![event(None, "a", Some("1"))]),
        (b"id: 1\ndata: a\n\nid\ndata: b\n\n", vec![event(None, "a", Some("1")), event(None, "b", Some(""))]),
        (b"id: 1\0\ndata: a\n\n", vec![event(None, "a", None)]),
        (b"id: \xC3\xA9\ndata: \xC3\xA9\n\n", vec![event(None, "é", Some("é"))]),
        (b"unknown: x\ndata: a\n\n", vec![event(None, "a", None)]),
        // What the end cuts off is gone, and so is its id.
        (b"data: a\n\nid: 2\ndata: b\n", vec![event(None, "a", None)]),
    ];
    for (bytes, expected) in cases {
        let case = String::from_utf8_lossy(bytes).into_owned();
        let mut stream = streamed(bytes).await;
        let (items, end) = all(&mut stream).await;
        assert_eq!(items, expected, "{case:?}");
        assert!(matches!(end, TransportError::Closed(None)), "{case:?}: {end:?}");
    }
}

#[tokio::test]
async fn the_message_type_is_no_type_however_it_is_said() {
    let mut stream = streamed("event: message\ndata: a\n\nevent: Message\ndata: b\n\n").await;
    let (items, _) = all(&mut stream).await;
    assert_eq!(items, [event(None, "a", None), event(Some("Message"), "b", None)]);
}

#[tokio::test]
async fn the_wait_that_a_server_asks_for_is_kept_within_reason() {
    for (said, expected) in [
        ("", None),
        ("retry: 3000\n", Some(Duration::from_secs(3))),
        ("retry: 0\n", Some(RETRY_SHORTEST)),
        ("retry: 99\n", Some(RETRY_SHORTEST)),
        ("retry: 300001\n", Some(RETRY_LONGEST)),
        ("retry: 99999999999999999999999\n", Some(RETRY_LONGEST)),
        ("retry: 3000\nretry: soon\n", Some(Duration::from_secs(3))),
        ("retry: 3000\nretry: -1\nretry\n", Some(Duration::from_secs(3))),
        ("retry: 3000\n\nretry: 5000\n", Some(Duration::from_secs(5))),
    ] {
        let mut stream = streamed(said).await;
        assert_eq!(stream.retry(), None);
        let (items, _) = all(&mut stream).await;
        assert!(items.iter().all(|item| *item == Told::Alive), "{items:?}");
        assert_eq!(stream.retry(), expected, "{said:?}");
    }
}

#[tokio::test]
async fn a_stream_that_went_on_tells_an_id_only_once_it_has_one() {
    let server = Server::start().await;
    let clock = Arc::new(ManualClock::default());
    let body = "data: a\n\nid: 7\ndata: b\n\n";
    let answers = [answer("200 OK", "Content-Type: text/event-stream\r\n", body)];
    let (stream, _) = tokio::join!(open(&server, Some("7"), &clock), server.answer(answers));
    let (items, _) = all(&mut stream.unwrap()).await;
    assert_eq!(items, [event(None, "a", None), event(None, "b", Some("7"))]);
}

#[tokio::test]
async fn a_frame_knows_when_it_arrived() {
    let server = Server::start().await;
    let clock = Arc::new(ManualClock::default());
    let (mut stream, mut peer) = opened(&server, HEAD, &clock).await;
    clock.advance(Duration::from_secs(9));
    peer.send("data: a\n\n").await;
    let SseItem::Frame(frame) = stream.next().await.unwrap() else { panic!("no frame") };
    assert_eq!(frame.received_at, Time(9_000));
    assert_eq!(frame.received_at, clock.now());
}

#[tokio::test]
async fn who_looks_is_told_what_has_arrived_without_waiting() {
    let server = Server::start().await;
    let clock = Arc::new(ManualClock::default());
    let (mut stream, mut peer) = opened(&server, HEAD, &clock).await;
    stream.look().await;
    peer.send("data: a\n\ndata: b\n\n").await;
    peer.send("data: c\n\ndata: d").await;
    for expected in ["a", "b", "c"] {
        assert_eq!(Told::from(seen(&mut stream).await.unwrap()), event(None, expected, None));
    }
    stream.look().await;
    assert!(stream.next().now_or_never().is_none(), "half an event is none");
    // It is waited for by now, and who looks sees it all the same.
    peer.send("\n\ndata: e\n\n").await;
    for expected in ["d", "e"] {
        assert_eq!(Told::from(seen(&mut stream).await.unwrap()), event(None, expected, None));
    }
    peer.send("data: f\n\n").await;
    peer.leave();
    assert_eq!(Told::from(seen(&mut stream).await.unwrap()), event(None, "f", None));
    assert!(matches!(seen(&mut stream).await, Err(TransportError::Closed(None))));
}

/// What has arrived, as soon as something has.
async fn seen(stream: &mut EventSource) -> Result<SseItem, TransportError> {
    loop {
        stream.look().await;
        match stream.next().now_or_never() {
            Some(item) => return item,
            None => tokio::task::yield_now().await,
        }
    }
}

#[tokio::test]
async fn however_a_stream_ends_it_is_closed() {
    let server = Server::start().await;
    let clock = Arc::new(ManualClock::default());
    let event_stream = "Content-Type: text/event-stream\r\n";
    let length = format!("{event_stream}Content-Length: 9\r\n");
    let cut_length = format!("{event_stream}Content-Length: 99\r\n");
    let chunked = format!("{event_stream}Transfer-Encoding: chunked\r\n");
    let gzipped = format!("{event_stream}Content-Encoding: gzip\r\n");
    let mut cut_gzip = gzip(b"data: 1\n\n");
    cut_gzip.truncate(cut_gzip.len() - 4);
    let one = b"data: 1\n\n";
    let cases = [
        answer("200 OK", event_stream, one),
        answer("200 OK", &length, one),
        answer("200 OK", &cut_length, one),
        answer("200 OK", &chunked, "9\r\ndata: 1\n\n\r\n0\r\n\r\n"),
        answer("200 OK", &chunked, "9\r\ndata: 1\n\n\r\n0\r\nTrailer: x\r\n\r\n"),
        answer("200 OK", &chunked, "9\r\ndata: 1\n\n\r\n"),
        answer("200 OK", &chunked, "9\r\ndata: 1\n\n\r\n5\r\ndat"),
        answer("200 OK", &chunked, "9;x=y\r\ndata: 1\n\n\r\n"),
        answer("200 OK", &gzipped, gzip(one)),
        answer("200 OK", &gzipped, cut_gzip),
        b"HTTP/1.0 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n".to_vec(),
    ];
    for bytes in cases {
        let case = String::from_utf8_lossy(&bytes).into_owned();
        let (stream, _) = tokio::join!(open(&server, None, &clock), server.answer([bytes]));
        let mut stream = stream.unwrap();
        let (items, end) = all(&mut stream).await;
        assert_eq!(items, [event(None, "1", None)], "{case:?}");
        assert!(matches!(end, TransportError::Closed(None)), "{case:?}: {end:?}");
        // It stays so.
        assert!(stream.next().await.is_err(), "{case:?}");
    }
    let bytes = answer("200 OK", &chunked, "9\r\ndata: 1\n\n\r\ns3cr3t\r\n");
    let (stream, _) = tokio::join!(open(&server, None, &clock), server.answer([bytes]));
    let (items, end) = all(&mut stream.unwrap()).await;
    assert_eq!(items, [event(None, "1", None)]);
    assert!(matches!(end, TransportError::Protocol(_)), "{end:?}");
    super::wire::told(&end);
}

#[tokio::test]
async fn a_packed_stream_is_told_as_it_comes() {
    use std::io::Write as _;

    let server = Server::start().await;
    let clock = Arc::new(ManualClock::default());
    let head = HEAD.replace("\r\n\r\n", "\r\nContent-Encoding: gzip\r\n\r\n");
    let (mut stream, mut peer) = opened(&server, &head, &clock).await;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    for number in 0..100 {
        encoder.write_all(format!("id: {number}\ndata: é{number}\n\n").as_bytes()).unwrap();
        encoder.flush().unwrap();
        // Byte by byte: a packed stream may be cut anywhere as well.
        for byte in std::mem::take(encoder.get_mut()) {
            peer.send([byte]).await;
        }
        let (data, id) = (format!("é{number}"), number.to_string());
        assert_eq!(Told::from(stream.next().await.unwrap()), event(None, &data, Some(&id)));
    }
}
