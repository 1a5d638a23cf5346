//! How long a server may say nothing.

use std::sync::Arc;
use std::time::Duration;

use vigie_core::transport::TransportError;
use vigie_core::transport::sse::EventSource;

use super::wire::{ManualClock, Server, turns};
use super::{HEAD, SILENCE, Told, event, opened};

const SECOND: Duration = Duration::from_secs(1);

/// Listens while so much time passes; gives what came of it, if anything did.
async fn listen(
    stream: &mut EventSource,
    clock: &ManualClock,
    time: Duration,
) -> Option<Result<Told, TransportError>> {
    let passing = async {
        clock.advance(time);
        turns().await;
    };
    tokio::select! {
        biased;
        item = stream.next() => Some(item.map(Told::from)),
        () = passing => None,
    }
}

fn is_silent(outcome: &Option<Result<Told, TransportError>>) -> bool {
    matches!(outcome, Some(Err(TransportError::Silent(told))) if *told == SILENCE)
}

#[tokio::test]
async fn a_server_that_says_nothing_counts_as_gone() {
    let server = Server::start().await;
    let clock = Arc::new(ManualClock::default());
    let (mut stream, _peer) = opened(&server, HEAD, &clock).await;
    assert!(listen(&mut stream, &clock, SILENCE - SECOND).await.is_none());
    assert!(is_silent(&listen(&mut stream, &clock, SECOND).await));
}

#[tokio::test]
async fn every_byte_is_a_sign_of_life() {
    let server = Server::start().await;
    let clock = Arc::new(ManualClock::default());
    let (mut stream, mut peer) = opened(&server, HEAD, &clock).await;
    for byte in b"data: slow" {
        // It tells nothing yet: that it has arrived is known by the patience that begins anew.
        let patient = clock.begun(SILENCE);
        peer.send([*byte]).await;
        tokio::select! {
            item = stream.next() => panic!("{:?}", item.map(Told::from)),
            () = patient => {}
        }
        assert!(listen(&mut stream, &clock, SILENCE / 2 - SECOND).await.is_none());
    }
    peer.send("\n\n").await;
    assert_eq!(Told::from(stream.next().await.unwrap()), event(None, "slow", None));
    assert!(is_silent(&listen(&mut stream, &clock, SILENCE).await));
}

#[tokio::test]
async fn a_comment_is_a_sign_of_life() {
    let server = Server::start().await;
    let clock = Arc::new(ManualClock::default());
    let (mut stream, mut peer) = opened(&server, HEAD, &clock).await;
    for _ in 0..3 {
        assert!(listen(&mut stream, &clock, SILENCE - SECOND).await.is_none());
        peer.send(":\n").await;
        assert_eq!(Told::from(stream.next().await.unwrap()), Told::Alive);
        // Also for who has waited all the time.
        let (item, ()) = tokio::join!(stream.next(), async {
            clock.advance(SILENCE - SECOND);
            peer.send(":\n").await;
        });
        assert_eq!(Told::from(item.unwrap()), Told::Alive);
    }
    assert!(is_silent(&listen(&mut stream, &clock, SILENCE).await));
}

#[tokio::test]
async fn who_has_not_listened_cannot_call_the_other_silent() {
    let server = Server::start().await;
    let clock = Arc::new(ManualClock::default());
    let (mut stream, mut peer) = opened(&server, HEAD, &clock).await;
    assert!(listen(&mut stream, &clock, SILENCE - SECOND).await.is_none());
    clock.advance(10 * SILENCE);
    assert!(listen(&mut stream, &clock, SECOND - Duration::from_millis(1)).await.is_none());
    clock.advance(10 * SILENCE);
    peer.send("data: a\n\n").await;
    clock.advance(10 * SILENCE);
    assert_eq!(Told::from(stream.next().await.unwrap()), event(None, "a", None));
}

#[tokio::test]
async fn who_asks_again_and_again_has_listened_all_the_same() {
    let server = Server::start().await;
    let clock = Arc::new(ManualClock::default());
    let (mut stream, _peer) = opened(&server, HEAD, &clock).await;
    for _ in 1..SILENCE.as_secs() {
        assert!(listen(&mut stream, &clock, SECOND).await.is_none());
    }
    assert!(is_silent(&listen(&mut stream, &clock, SECOND).await));
}
