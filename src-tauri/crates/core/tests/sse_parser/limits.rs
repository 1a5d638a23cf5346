//! What is too large costs itself and nothing else.

use vigie_core::transport::sse::Item::Comment;
use vigie_core::transport::sse::Part::{Data, EventType, Id};

use super::{Case, event, retry, small, too_large, typed, with_id};

pub fn limits() -> Vec<Case> {
    vec![
        small("data at the limit is an event", b"data: 123456789abc\n\n", [event("123456789abc")]),
        small(
            "data above the limit is told, with its beginning",
            b"data: 123456789abcd\n\n",
            [too_large(Data, 13, b"1234")],
        ),
        small("the space that is dropped does not count", b"data:123456789abc\n\n", [event("123456789abc")]),
        small(
            "lines of data count together, with their joins",
            b"data: 123456\ndata: 12345\n\n",
            [event("123456\n12345")],
        ),
        small(
            "lines of data that are too much together are too large",
            b"data: 123456\ndata: 123456\n\n",
            [too_large(Data, 13, b"1234")],
        ),
        small(
            "empty lines of data count",
            b"data\ndata\ndata\ndata\ndata\ndata\ndata\ndata\ndata\ndata\ndata\ndata\ndata\ndata\n\n",
            [too_large(Data, 13, b"\n\n\n\n")],
        ),
        small(
            "what is too large is measured to its end",
            b"data: 123456789abcd\ndata: efg\nx\ndata: h\n\n",
            [too_large(Data, 19, b"1234")],
        ),
        small(
            "a beginning may have several lines",
            b"data: 1\ndata: 2\ndata: 3456789abcdef\n\n",
            [too_large(Data, 17, b"1\n2\n")],
        ),
        small(
            "the event after one that is too large is whole",
            b"data: 123456789abcd\n\ndata: a\n\n",
            [too_large(Data, 13, b"1234"), event("a")],
        ),
        small(
            "the type of one that is too large is not the next one's",
            b"event: e\ndata: 123456789abcd\n\ndata: a\n\n",
            [too_large(Data, 13, b"1234"), event("a")],
        ),
        small(
            "the id of one that is too large is not the next one's",
            b"id: 1\ndata: a\n\nid: 2\ndata: 123456789abcd\n\ndata: b\n\n",
            [with_id("a", "1"), too_large(Data, 13, b"1234"), with_id("b", "1")],
        ),
        small(
            "an id after data that is too large does not count",
            b"data: 123456789abcd\nid: 2\n\ndata: b\n\n",
            [too_large(Data, 13, b"1234"), event("b")],
        ),
        small(
            "an id that was to be cleared by one that is too large stays",
            b"id: 1\n\nid\ndata: 123456789abcd\n\ndata: b\n\n",
            [too_large(Data, 13, b"1234"), with_id("b", "1")],
        ),
        small(
            "a comment in one that is too large is told",
            b"data: 123456789abcd\n:\ndata: e\n\n",
            [Comment, too_large(Data, 15, b"1234")],
        ),
        small(
            "a wait in one that is too large is told",
            b"data: 123456789abcd\nretry: 2500\n\n",
            [retry(2_500), too_large(Data, 13, b"1234")],
        ),
        small(
            "one that is too large ends with any line end",
            b"data: 123456789abcd\r\rdata: a\r\n\r\n",
            [too_large(Data, 13, b"1234"), event("a")],
        ),
        small("one that is too large and has no end is discarded", b"data: 123456789abcd\n", []),
        small(
            "two that are too large are told one by one",
            b"data: 123456789abcd\n\ndata: abcdefghijklmn\n\n",
            [too_large(Data, 13, b"1234"), too_large(Data, 14, b"abcd")],
        ),
        small("an id at the limit counts", b"id: 12345678\ndata: a\n\n", [with_id("a", "12345678")]),
        small(
            "an id above the limit makes its event too large",
            b"id: 123456789\ndata: a\n\n",
            [too_large(Id, 9, b"1234")],
        ),
        small(
            "an id above the limit leaves the one before",
            b"id: 1\n\nid: 123456789\ndata: a\n\ndata: b\n\n",
            [too_large(Id, 9, b"1234"), with_id("b", "1")],
        ),
        small(
            "an id above the limit is told without data as well",
            b"id: 123456789\n\ndata: b\n\n",
            [too_large(Id, 9, b"1234"), event("b")],
        ),
        small("a type at the limit counts", b"event: 12345678\ndata: a\n\n", [typed("12345678", "a")]),
        small(
            "a type above the limit makes its event too large",
            b"data: a\nevent: 123456789\n\n",
            [too_large(EventType, 9, b"1234")],
        ),
        small(
            "a type above the limit is not the next one's",
            b"event: 123456789\ndata: a\n\ndata: b\n\n",
            [too_large(EventType, 9, b"1234"), event("b")],
        ),
        small(
            "of several fields above the limit the first is told",
            b"event: 123456789\nid: 1234567890\ndata: a\n\n",
            [too_large(EventType, 9, b"1234")],
        ),
        small(
            "of everything above the limit the data is told",
            b"event: 123456789\ndata: 123456789abcd\n\n",
            [too_large(Data, 13, b"1234")],
        ),
        small(
            "a comment of any length is a comment",
            b": 123456789abcdefghijklmnopq\ndata: a\n\n",
            [Comment, event("a")],
        ),
        small(
            "an unknown field of any length is ignored",
            b"unknown: 123456789abcdefghijklmnopq\ndata: a\n\n",
            [event("a")],
        ),
        small(
            "an unknown name of any length is ignored",
            b"abcdefghijklmnopqrstuvwxyz\ndata: a\n\n",
            [event("a")],
        ),
        small(
            "a wait of any length is told",
            b"retry: 000000000000000002500\ndata: a\n\n",
            [retry(2_500), event("a")],
        ),
        small(
            "a limit counts bytes, and a beginning may end in a character",
            b"data: \xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\n\n",
            [too_large(Data, 15, b"\xE2\x82\xAC\xE2")],
        ),
    ]
}
