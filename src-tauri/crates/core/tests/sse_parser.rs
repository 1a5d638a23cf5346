//! Server-Sent Events mean what the HTML standard says, however their bytes are cut.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed, and says where"
)]

#[path = "sse_parser/cases.rs"]
mod cases;
#[path = "sse_parser/standard.rs"]
mod standard;

use std::collections::HashSet;
use std::time::Duration;

use cases::{SMALL, full};
use proptest::prelude::*;
use vigie_core::transport::sse::{Item, Limits, Parser, Part, RETRY_LONGEST, RETRY_SHORTEST};

/// What a stream says when it comes in these pieces.
fn parsed<'a>(limits: Limits, pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<Item> {
    let mut parser = Parser::new(limits, "");
    pieces.into_iter().flat_map(|piece| parser.push(piece).collect::<Vec<_>>()).collect()
}

/// The stream in pieces that end where `cuts` say.
fn cut<'a>(stream: &'a [u8], cuts: &[usize]) -> Vec<&'a [u8]> {
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (stream.len() + 1)).collect();
    cuts.sort_unstable();
    let ends = cuts.iter().copied().chain([stream.len()]);
    let begins = [0].into_iter().chain(cuts.iter().copied());
    begins.zip(ends).map(|(begin, end)| &stream[begin..end]).collect()
}

#[test]
fn every_stream_of_the_table_says_what_the_standard_says() {
    for case in cases::all() {
        assert_eq!(parsed(case.limits, [case.stream]), case.items, "{}", case.promise);
    }
}

#[test]
fn every_stream_of_the_table_says_the_same_byte_by_byte() {
    for case in cases::all() {
        assert_eq!(parsed(case.limits, case.stream.chunks(1)), case.items, "{}", case.promise);
    }
}

#[test]
fn every_stream_of_the_table_says_the_same_cut_in_two_anywhere() {
    for case in cases::all() {
        for at in 0..=case.stream.len() {
            let (first, second) = case.stream.split_at(at);
            // A chunk may be empty, too.
            let items = parsed(case.limits, [first, b"", second]);
            assert_eq!(items, case.items, "{}, cut at {at}", case.promise);
        }
    }
}

#[test]
fn no_promise_of_the_table_is_made_twice() {
    let mut promises = HashSet::new();
    let twice: Vec<_> = cases::all().into_iter().filter(|case| !promises.insert(case.promise)).collect();
    assert!(twice.is_empty(), "{:?}", twice.iter().map(|case| case.promise).collect::<Vec<_>>());
}

#[test]
fn every_stream_of_the_table_says_the_same_after_a_byte_order_mark() {
    let mark = b"\xEF\xBB\xBF";
    for case in cases::all().into_iter().filter(|case| !case.stream.starts_with(&mark[..1])) {
        assert_eq!(parsed(case.limits, [mark, case.stream]), case.items, "{}", case.promise);
    }
}

#[test]
fn an_event_follows_whatever_the_table_says_before_it() {
    for case in cases::all() {
        let items = parsed(case.limits, [case.stream, b"\n\n", b"id: last\ndata: end\n\n"]);
        assert_eq!(items.last(), Some(&full("message", b"end", "last")), "{}", case.promise);
    }
}

#[test]
fn every_line_end_may_follow_every_line() {
    let lines = ["event: a", "id: 1", ": c", "retry: 1000", "data: x", "unknown", "data", ""];
    let ends = ["\n", "\r", "\r\n"];
    let expected = [Item::Comment, Item::Retry(Duration::from_secs(1)), full("a", b"x\n", "1")];
    for choice in 0..ends.len().pow(lines.len() as u32) {
        let ends: Vec<&str> =
            (0..lines.len() as u32).map(|line| ends[choice / 3_usize.pow(line) % 3]).collect();
        // A return and then a feed end one line: there is no empty one between them.
        if ends.ends_with(&["\r", "\n"]) {
            continue;
        }
        let stream: String = lines.iter().zip(ends).flat_map(|(line, end)| [*line, end]).collect();
        assert_eq!(parsed(Limits::default(), [stream.as_bytes()]), expected, "{stream:?}");
        assert_eq!(
            parsed(Limits::default(), stream.as_bytes().chunks(1)),
            expected,
            "{stream:?}, byte by byte"
        );
    }
}

#[test]
fn items_can_be_taken_one_at_a_time() {
    let mut parser = Parser::new(Limits::default(), "");
    let mut bytes: &[u8] = b"data: a\n\n:\ndata: b\n\ndata: c";
    assert_eq!(parser.pull(&mut bytes), Some(full("message", b"a", "")));
    assert_eq!(bytes, b":\ndata: b\n\ndata: c");
    assert_eq!(parser.pull(&mut bytes), Some(Item::Comment));
    assert_eq!(parser.pull(&mut bytes), Some(full("message", b"b", "")));
    assert_eq!(parser.pull(&mut bytes), None);
    assert_eq!(bytes, b"");
}

#[test]
fn the_last_event_id_is_that_of_the_last_event_that_ended() {
    let mut parser = Parser::new(Limits::default(), "");
    let mut after = |bytes: &[u8]| {
        parser.push(bytes).for_each(drop);
        parser.last_event_id().to_string()
    };
    assert_eq!(after(b"id: 1\ndata: a\n"), "", "the event has not ended");
    assert_eq!(after(b"\n"), "1");
    assert_eq!(after(b"id: 2\n\n"), "2", "an id without data counts");
    assert_eq!(after(b"id: 3\ndata: b"), "2", "the event has not ended");
    assert_eq!(after(b"\n\n"), "3");
    assert_eq!(after(b"id\n\n"), "", "an empty id clears");
}

#[test]
fn the_last_event_id_outlives_a_connection() {
    let mut parser = Parser::new(Limits::default(), "41");
    assert_eq!(&**parser.last_event_id(), "41");
    let items: Vec<Item> = parser.push(b"data: a\n\nid: 42\ndata: b\n\nid\ndata: c\n\n").collect();
    assert_eq!(items, [full("message", b"a", "41"), full("message", b"b", "42"), full("message", b"c", "")]);
}

#[test]
fn a_line_that_is_far_too_long_costs_no_more_than_its_bytes() {
    let limits = Limits::default();
    let mut parser = Parser::new(limits, "");
    let chunk = [b'x'; 1_000];
    assert_eq!(parser.push(b"data: ").next(), None);
    for _ in 0..32_000 {
        assert_eq!(parser.push(&chunk).next(), None);
    }
    let items: Vec<Item> = parser.push(b"\n\ndata: a\n\n").collect();
    let head = vec![b'x'; limits.head].into();
    let too_large = Item::TooLarge { part: Part::Data, length: 32_000_000, head };
    assert_eq!(items, [too_large, full("message", b"a", "")]);
}

#[test]
fn an_event_as_large_as_a_frame_may_be_is_whole() {
    let limits = Limits::default();
    let data = vec![b'x'; limits.data];
    let items = parsed(limits, [b"data: ".as_slice(), &data, b"\n\n"]);
    assert!(items == [full("message", &data, "")]);
    let items = parsed(limits, [b"data: ".as_slice(), &data, b"x\n\n"]);
    assert!(
        matches!(items[..], [Item::TooLarge { part: Part::Data, length, .. }] if length == limits.data + 1)
    );
}

/// Streams of the pieces that streams are made of, in any order.
fn streams() -> impl Strategy<Value = Vec<u8>> {
    let pieces: Vec<&[u8]> = vec![
        b"data",
        b"data: ",
        b"data:",
        b"event",
        b"event: ",
        b"id",
        b"id: ",
        b"retry",
        b"retry: ",
        b":",
        b" ",
        b"\n",
        b"\n",
        b"\n",
        b"\r",
        b"\r",
        b"\r\n",
        b"\r\n",
        b"\n\n",
        b"1000",
        b"7",
        b"text",
        b"unknown: ",
        b"\xEF\xBB\xBF",
        b"\xEF",
        b"\xBB",
        b"\xE2\x82\xAC",
        b"\xE2\x82",
        b"\xFF",
        b"\0",
        b"123456789abcdef",
    ];
    prop::collection::vec(prop::sample::select(pieces), 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_stream_says_the_same_however_it_is_cut(
        stream in streams(),
        cuts in prop::collection::vec(0..1_000_usize, 0..12),
    ) {
        for limits in [SMALL, Limits::default()] {
            let whole = parsed(limits, [stream.as_slice()]);
            prop_assert_eq!(&parsed(limits, cut(&stream, &cuts)), &whole);
            prop_assert_eq!(&parsed(limits, stream.chunks(1)), &whole);
        }
    }

    #[test]
    fn any_stream_says_what_the_standard_says(stream in streams()) {
        prop_assert_eq!(parsed(Limits::default(), [stream.as_slice()]), standard::items(&stream));
    }

    #[test]
    fn an_event_after_one_that_is_too_large_is_what_it_would_be_without_it(
        before in streams(),
        after in streams(),
    ) {
        let end = b"\n\n".as_slice();
        let large = b"id: 9\nevent: e\ndata: 123456789abcd\n\n".as_slice();
        // A leading mark would lead in only one of the two streams.
        let with = parsed(SMALL, [b"\n", before.as_slice(), end, large, &after]);
        let without = parsed(SMALL, [b"\n", before.as_slice(), end, &after]);
        let before = parsed(SMALL, [b"\n", before.as_slice(), end]).len();
        prop_assert_eq!(&with[..before], &without[..before]);
        let told = Item::TooLarge { part: Part::Data, length: 13, head: b"1234".as_slice().into() };
        prop_assert_eq!(&with[before], &told);
        prop_assert_eq!(&with[before + 1..], &without[before..]);
    }

    #[test]
    fn arbitrary_bytes_stay_within_the_limits(
        stream in prop_oneof![prop::collection::vec(any::<u8>(), 0..2_000), streams()],
        cuts in prop::collection::vec(0..2_000_usize, 0..12),
    ) {
        for item in parsed(SMALL, cut(&stream, &cuts)) {
            match item {
                Item::Event { event_type, data, last_event_id } => {
                    prop_assert!(data.len() <= SMALL.data);
                    // A byte that is no text becomes a character of three.
                    prop_assert!(event_type.len() <= 3 * SMALL.field);
                    prop_assert!(last_event_id.len() <= 3 * SMALL.field);
                }
                Item::Retry(wait) => prop_assert!((RETRY_SHORTEST..=RETRY_LONGEST).contains(&wait)),
                Item::Comment => {}
                Item::TooLarge { part, length, head } => {
                    let limit = if part == Part::Data { SMALL.data } else { SMALL.field };
                    prop_assert!(length > limit);
                    prop_assert_eq!(head.len(), SMALL.head);
                }
            }
        }
    }
}
