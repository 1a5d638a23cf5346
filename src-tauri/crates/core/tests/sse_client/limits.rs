//! Whatever a server sends, what is kept of it stays small.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use vigie_core::profile::FRAME_LIMIT;
use vigie_core::transport::sse::{FIELD_LIMIT, HEAD_LIMIT};

use super::wire::{ManualClock, Server, answer, gzip, turns};
use super::{HEAD, Told, all, event, open, opened, streamed};

/// What is too large: so many bytes, and its beginning.
fn too_large(length: usize, head: Vec<u8>) -> Told {
    Told::Frame { event: None, data: head, length, event_id: None }
}

#[tokio::test]
async fn an_event_that_is_too_large_is_told_by_its_beginning() {
    for (length, is_told_whole) in [(FRAME_LIMIT, true), (FRAME_LIMIT + 1, false), (3 * FRAME_LIMIT, false)] {
        let text = "x".repeat(length);
        let mut stream = streamed(format!("data: {text}\n\ndata: next\n\n")).await;
        let (items, _) = all(&mut stream).await;
        let kept = if is_told_whole { length } else { HEAD_LIMIT };
        let expected = [too_large(length, text[..kept].into()), event(None, "next", None)];
        // Not with `assert_eq`, which would print them.
        assert!(items == expected, "{length}");
    }
}

#[tokio::test]
async fn a_type_or_id_that_is_too_large_makes_its_event_too_large() {
    let long = "x".repeat(FIELD_LIMIT + 1);
    for field in ["event", "id"] {
        let mut stream = streamed(format!("{field}: {long}\ndata: a\n\ndata: next\n\n")).await;
        let (items, _) = all(&mut stream).await;
        let head = long.as_bytes()[..FIELD_LIMIT].to_vec();
        assert_eq!(items, [too_large(FRAME_LIMIT + 1, head), event(None, "next", None)], "{field}");
        assert_eq!(&**stream.last_event_id(), "");
    }
}

#[tokio::test]
async fn a_packed_bomb_is_read_to_its_end_and_told_by_its_beginning() {
    let server = Server::start().await;
    let clock = Arc::new(ManualClock::default());
    let length = 64 << 20;
    let mut bomb = b"data: ".to_vec();
    bomb.resize(bomb.len() + length, b'x');
    bomb.extend_from_slice(b"\n\ndata: next\n\n");
    let packed = gzip(&bomb);
    assert!(packed.len() < 100 << 10);
    let headers = "Content-Type: text/event-stream\r\nContent-Encoding: gzip\r\n";
    let answers = [answer("200 OK", headers, packed)];
    let (stream, _) = tokio::join!(open(&server, None, &clock), server.answer(answers));
    let (items, _) = all(&mut stream.unwrap()).await;
    assert_eq!(items, [too_large(length, vec![b'x'; HEAD_LIMIT]), event(None, "next", None)]);
}

#[tokio::test]
async fn a_flood_without_an_event_does_not_keep_others_waiting() {
    let server = Server::start().await;
    let clock = Arc::new(ManualClock::default());
    let headers = "Content-Type: text/event-stream\r\nContent-Encoding: gzip\r\n";
    let answers = [answer("200 OK", headers, gzip(&vec![b'x'; 64 << 20]))];
    let (stream, _) = tokio::join!(open(&server, None, &clock), server.answer(answers));
    let mut stream = stream.unwrap();
    let mut turns = 0;
    let others = async {
        loop {
            turns += 1;
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        end = stream.next() => assert!(end.is_err()),
        () = others => unreachable!(),
    }
    assert!(turns > 10, "{turns} turns");
}

#[tokio::test]
async fn a_server_that_is_faster_than_we_are_waits() {
    let server = Server::start().await;
    let clock = Arc::new(ManualClock::default());
    let (mut stream, mut peer) = opened(&server, HEAD, &clock).await;
    let sent = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&sent);
    let total = 10_000;
    let sending = tokio::spawn(async move {
        let text = "x".repeat(10_000);
        for number in 0..total {
            peer.send(format!("id: {number}\ndata: {text}\n\n")).await;
            counter.fetch_add(1, Ordering::Relaxed);
        }
    });
    assert!(stream.next().await.is_ok());
    // Until the server can send no more.
    let mut before = usize::MAX;
    while before != sent.load(Ordering::Relaxed) {
        before = sent.load(Ordering::Relaxed);
        for _ in 0..100 {
            turns().await;
        }
    }
    // What fits into the system's own buffers has left it.
    assert!(before < total / 2, "{before} of {total} events were sent to somebody who does not read");
    for _ in 1..total {
        assert!(stream.next().await.is_ok());
    }
    sending.await.unwrap();
    assert_eq!(&**stream.last_event_id(), (total - 1).to_string());
}
