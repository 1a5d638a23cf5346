//! Event streams: they mean what the standard says, however they are cut, and nothing in them outgrows its limit.

#[allow(dead_code, reason = "the tests of the parser use the rest")]
#[path = "../../../src-tauri/crates/core/tests/sse_parser/cases.rs"]
mod cases;
#[path = "../../../src-tauri/crates/core/tests/sse_parser/standard.rs"]
mod standard;

use vigie_core::transport::sse::{Item, Limits, Parser, Part, RETRY_LONGEST, RETRY_SHORTEST};

use self::cases::{SMALL, full};

/// A byte that chooses the limits, one that says how the stream is cut, and the stream.
pub fn check(bytes: &[u8]) {
    let Some((&[small, cuts], stream)) = bytes.split_first_chunk() else { return };
    let limits = if small % 2 == 1 { SMALL } else { Limits::default() };
    let items = parsed(limits, [stream]);
    assert_eq!(parsed(limits, super::pieces(stream, cuts)), items, "it depends on how it is cut");
    assert_eq!(parsed(limits, stream.chunks(1)), items, "it depends on how it is cut");
    assert_eq!(taken_one_by_one(limits, stream), items, "it depends on how it is taken");
    items.iter().for_each(|item| bounded(item, limits));
    // The standard knows no limits.
    if limits != SMALL && stream.len() <= limits.field {
        assert_eq!(items, standard::items(stream), "it is not what the standard says");
    }
    let after = parsed(limits, [stream, b"\n\nid: last\ndata: end\n\n"]);
    assert_eq!(after.last(), Some(&full("message", b"end", "last")), "it spoils what follows");
}

fn parsed<'a>(limits: Limits, pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<Item> {
    let mut parser = Parser::new(limits, "");
    let items: Vec<Item> =
        pieces.into_iter().flat_map(|piece| parser.push(piece).collect::<Vec<_>>()).collect();
    assert!(parser.last_event_id().len() <= 3 * limits.field);
    items
}

fn taken_one_by_one(limits: Limits, mut stream: &[u8]) -> Vec<Item> {
    let mut parser = Parser::new(limits, "");
    std::iter::from_fn(|| parser.pull(&mut stream)).collect()
}

fn bounded(item: &Item, limits: Limits) {
    match item {
        Item::Event { event_type, data, last_event_id } => {
            assert!(data.len() <= limits.data);
            // A byte that is no text becomes a character of three.
            assert!(event_type.len() <= 3 * limits.field && last_event_id.len() <= 3 * limits.field);
            assert!(!event_type.is_empty() && !last_event_id.contains('\0'));
        }
        Item::Retry(wait) => assert!((RETRY_SHORTEST..=RETRY_LONGEST).contains(wait)),
        Item::Comment => {}
        Item::TooLarge { part, length, head } => {
            let limit = if *part == Part::Data { limits.data } else { limits.field };
            assert!(*length > limit && head.len() == limits.head.min(limit));
        }
    }
}

/// The table of the parser's tests.
pub fn seeds() -> Vec<Vec<u8>> {
    let cases = cases::all().into_iter();
    cases.map(|case| [&[u8::from(case.limits == SMALL), 0], case.stream].concat()).collect()
}
