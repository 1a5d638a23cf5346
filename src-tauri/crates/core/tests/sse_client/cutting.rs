//! However a stream is cut and however often whoever waits is called away, it says the same.

use std::sync::Arc;

use futures_util::FutureExt as _;
use proptest::prelude::*;
use vigie_core::transport::sse::{Item, Limits, Parser};

use super::wire::{ManualClock, Server, gzip};
use super::{HEAD, Told, all, event, opened};

const CHUNKED: &str =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

/// What the parser alone makes of a stream.
fn parsed(stream: &[u8]) -> Vec<Told> {
    let from = |id| Parser::new(Limits::default(), id).push(stream).collect::<Vec<_>>();
    // An id is the stream's own if it does not depend on where the stream went on.
    let told = |(one, other)| match (one, other) {
        (
            Item::Event { event_type, data, last_event_id },
            Item::Event { last_event_id: with_another, .. },
        ) => {
            let event_type = (event_type != "message").then_some(&*event_type);
            let id = (last_event_id == with_another).then_some(&*last_event_id);
            event(event_type, std::str::from_utf8(&data).unwrap(), id)
        }
        (Item::Retry(_) | Item::Comment, _) => Told::Alive,
        _ => unreachable!("nothing here is large"),
    };
    from("one").into_iter().zip(from("another")).map(told).collect()
}

fn chunked<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut wire = Vec::new();
    for chunk in chunks {
        wire.extend_from_slice(format!("{:X}\r\n", chunk.len()).as_bytes());
        wire.extend_from_slice(chunk);
        wire.extend_from_slice(b"\r\n");
    }
    wire.extend_from_slice(b"0\r\n\r\n");
    wire
}

#[tokio::test]
async fn a_stream_may_be_cut_anywhere_even_within_a_character_or_a_chunk() {
    let text = "\u{FEFF}: é\r\nid: 日\r\nevent: …\r\ndata: €\r\ndata\r\n\r\nretry: 100\n\ndata: b\r\r";
    let expected = parsed(text.as_bytes());
    assert_eq!(expected.len(), 4);
    // Chunks of one byte, so that each cut of the wire is in or between chunks, and each of those in a character.
    let wire = chunked(text.as_bytes().chunks(1));
    let clock = Arc::new(ManualClock::default());
    let server = Server::start().await;
    for at in 0..=wire.len() {
        let (mut stream, mut peer) = opened(&server, CHUNKED, &clock).await;
        let mut items = Vec::new();
        peer.send(&wire[..at]).await;
        stream.look().await;
        while let Some(Ok(item)) = stream.next().now_or_never() {
            items.push(item.into());
        }
        peer.send(&wire[at..]).await;
        peer.leave();
        items.extend(all(&mut stream).await.0);
        assert_eq!(items, expected, "cut at {at}");
    }
}

/// A line that means something, or nothing.
fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "data: ?[a-zé日 :]{0,12}",
        2 => Just(String::new()),
        1 => "id: ?[0-9é]{0,3}",
        1 => "event: ?(message|alert|)",
        1 => ": ?[a-zé]{0,5}",
        1 => "retry: ?[0-9]{0,7}",
        1 => "[a-z]{1,8}(: x)?",
    ]
}

fn text() -> impl Strategy<Value = String> {
    let line_end = prop_oneof![Just("\n"), Just("\r"), Just("\r\n")];
    prop::collection::vec((line(), line_end), 0..40)
        .prop_map(|lines| lines.into_iter().map(|(line, end)| line + end).collect())
}

/// How the stream comes.
#[derive(Debug, Clone, Copy)]
enum Packing {
    UntilClosed,
    Chunked,
    Gzip,
}

/// What happens next, over and over.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// So many bytes of the wire are sent.
    Send(usize),
    /// Somebody begins to wait for an item and is called away after so many turns of the others.
    WaitAwhile(usize),
    /// Somebody takes what is there.
    Take,
    /// Somebody sees what has arrived.
    Look,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0_usize..30).prop_map(Step::Send),
        (0_usize..6).prop_map(Step::WaitAwhile),
        Just(Step::Take),
        Just(Step::Look),
    ]
}

async fn played(text: &str, packing: Packing, chunk: usize, steps: &[Step]) -> Vec<Told> {
    let gzip_head = HEAD.replace("\r\n\r\n", "\r\nContent-Encoding: gzip\r\n\r\n");
    let (head, wire) = match packing {
        Packing::UntilClosed => (HEAD, text.as_bytes().to_vec()),
        Packing::Chunked => (CHUNKED, chunked(text.as_bytes().chunks(chunk))),
        Packing::Gzip => (&*gzip_head, gzip(text.as_bytes())),
    };
    let (server, clock) = (Server::start().await, Arc::new(ManualClock::default()));
    let (mut stream, mut peer) = opened(&server, head, &clock).await;
    let (mut rest, mut items) = (&wire[..], Vec::new());
    for step in steps.iter().cycle().take(steps.len() * 20) {
        let outcome = match *step {
            Step::Send(count) => {
                let (now, later) = rest.split_at(count.min(rest.len()));
                peer.send(now).await;
                rest = later;
                None
            }
            Step::Look => {
                stream.look().await;
                None
            }
            Step::Take => stream.next().now_or_never(),
            Step::WaitAwhile(turns) => {
                let called_away = async {
                    for _ in 0..turns {
                        tokio::task::yield_now().await;
                    }
                };
                tokio::select! {
                    biased;
                    item = stream.next() => Some(item),
                    () = called_away => None,
                }
            }
        };
        match outcome {
            Some(Ok(item)) => items.push(item.into()),
            Some(Err(_)) => return items,
            None => {}
        }
    }
    peer.send(rest).await;
    peer.leave();
    items.extend(all(&mut stream).await.0);
    items
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_however_the_stream_is_cut_and_whoever_waits_is_called_away(
        text in text(),
        packing in prop_oneof![Just(Packing::UntilClosed), Just(Packing::Chunked), Just(Packing::Gzip)],
        chunk in 1_usize..50,
        steps in prop::collection::vec(step(), 1..20),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let items = runtime.unwrap().block_on(played(&text, packing, chunk, &steps));
        prop_assert_eq!(items, parsed(text.as_bytes()));
    }
}
