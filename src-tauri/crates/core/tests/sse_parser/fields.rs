//! What each field means.

use super::{Case, case, event, retry, typed, with_id};

pub fn data() -> Vec<Case> {
    vec![
        case("one space after the colon is dropped", b"data: a\n\n", [event("a")]),
        case("no space is needed", b"data:a\n\n", [event("a")]),
        case("a second space is data", b"data:  a\n\n", [event(" a")]),
        case("a tab is data", b"data:\ta\n\n", [event("\ta")]),
        case("a tab is data, and so is the space after it", b"data:\t a\n\n", [event("\t a")]),
        case("a space that is none in ASCII is data", b"data:\xC2\xA0a\n\n", [event("\u{A0}a")]),
        case("spaces at the end are data", b"data: a  \n\n", [event("a  ")]),
        case("a colon in a value is data", b"data: a:b: c\n\n", [event("a:b: c")]),
        case("a value may begin with a colon", b"data::a\n\n", [event(":a")]),
        case("a value may be a colon after a space", b"data: :\n\n", [event(":")]),
        case("lines of data are joined by a line feed", b"data: a\ndata: b\ndata: c\n\n", [event("a\nb\nc")]),
        case("lines are joined however they ended", b"data: a\rdata: b\r\ndata: c\n\n", [event("a\nb\nc")]),
        case("each line of data loses its own space", b"data: a\ndata:  b\ndata:c\n\n", [event("a\n b\nc")]),
        case("data with nothing after the colon is an empty event", b"data:\n\n", [event("")]),
        case("data with only a space is an empty event", b"data: \n\n", [event("")]),
        case("data without a colon is an empty event", b"data\n\n", [event("")]),
        case("two empty lines of data are one line feed", b"data\ndata\n\n", [event("\n")]),
        case("three empty lines of data are two line feeds", b"data:\ndata\ndata: \n\n", [event("\n\n")]),
        case("an empty line of data at the end is kept", b"data: a\ndata:\n\n", [event("a\n")]),
        case("an empty line of data in front is kept", b"data\ndata: a\n\n", [event("\na")]),
        case("an empty line of data in the middle is kept", b"data: a\ndata\ndata: b\n\n", [event("a\n\nb")]),
        case("data of one event is not in the next", b"data: a\n\ndata\n\n", [event("a"), event("")]),
        case(
            "JSON is handed on as it is",
            b"data: {\"a\": [1, \"b:c\"]}\n\n",
            [event("{\"a\": [1, \"b:c\"]}")],
        ),
        case(
            "other fields between lines of data do not part them",
            b"data: a\nx: y\nevent: e\ndata: b\n\n",
            [typed("e", "a\nb")],
        ),
    ]
}

pub fn types() -> Vec<Case> {
    vec![
        case("an event has the type it names", b"event: alert\ndata: a\n\n", [typed("alert", "a")]),
        case("the type may follow the data", b"data: a\nevent: alert\n\n", [typed("alert", "a")]),
        case("the last type counts", b"event: a\nevent: b\ndata: x\n\n", [typed("b", "x")]),
        case("an empty type is the default one", b"event:\ndata: a\n\n", [event("a")]),
        case("a type without a colon is the default one", b"event\ndata: a\n\n", [event("a")]),
        case("an empty type takes an earlier one back", b"event: a\nevent:\ndata: x\n\n", [event("x")]),
        case("a type is for one event", b"event: a\ndata: x\n\ndata: y\n\n", [typed("a", "x"), event("y")]),
        case("a type without data is no event", b"event: a\n\n", []),
        case("a type without data is not the next event's", b"event: a\n\ndata: x\n\n", [event("x")]),
        case("a type loses one space", b"event:  a \ndata: x\n\n", [typed(" a ", "x")]),
        case("a type may be written out as the default", b"event: message\ndata: x\n\n", [event("x")]),
        case(
            "a type may be any text",
            b"event: \xC3\xA9t\xC3\xA9 \xF0\x9F\x9A\xA8\ndata: x\n\n",
            [typed("\u{E9}t\u{E9} \u{1F6A8}", "x")],
        ),
        case("a type may have a NUL", b"event: a\0b\ndata: x\n\n", [typed("a\0b", "x")]),
    ]
}

pub fn ids() -> Vec<Case> {
    vec![
        case("an event has the id it names", b"id: 1\ndata: a\n\n", [with_id("a", "1")]),
        case("the id may follow the data", b"data: a\nid: 1\n\n", [with_id("a", "1")]),
        case("the last id of an event counts", b"id: 1\ndata: a\nid: 2\n\n", [with_id("a", "2")]),
        case(
            "an id stays until there is another",
            b"id: 1\ndata: a\n\ndata: b\n\nid: 2\ndata: c\n\n",
            [with_id("a", "1"), with_id("b", "1"), with_id("c", "2")],
        ),
        case("an empty id clears", b"id: 1\ndata: a\n\nid:\ndata: b\n\n", [with_id("a", "1"), event("b")]),
        case(
            "an id of one space clears",
            b"id: 1\ndata: a\n\nid: \ndata: b\n\n",
            [with_id("a", "1"), event("b")],
        ),
        case(
            "an id without a colon clears",
            b"id: 1\ndata: a\n\nid\ndata: b\n\n",
            [with_id("a", "1"), event("b")],
        ),
        case(
            "a cleared id stays cleared",
            b"id: 1\ndata: a\n\nid\ndata: b\n\ndata: c\n\n",
            [with_id("a", "1"), event("b"), event("c")],
        ),
        case("an id with a NUL is ignored", b"id: 1\0\ndata: a\n\n", [event("a")]),
        case(
            "an id that is a NUL is ignored, and does not clear",
            b"id: 1\nid: \0\ndata: a\n\n",
            [with_id("a", "1")],
        ),
        case(
            "an id with a NUL leaves the one before",
            b"id: 1\ndata: a\n\nid: 2\0\ndata: b\n\n",
            [with_id("a", "1"), with_id("b", "1")],
        ),
        case("an id without data is no event, but stays", b"id: 1\n\ndata: a\n\n", [with_id("a", "1")]),
        case(
            "an id is not the earlier event's",
            b"data: a\n\nid: 1\ndata: b\n\n",
            [event("a"), with_id("b", "1")],
        ),
        case("an id loses one space", b"id:  1 \ndata: a\n\n", [with_id("a", " 1 ")]),
        case("an id may have colons", b"id:a:1\ndata: a\n\n", [with_id("a", "a:1")]),
        case("an id need not be a number", b"id: 01J-\xC3\xA9\ndata: a\n\n", [with_id("a", "01J-\u{E9}")]),
    ]
}

pub fn retries() -> Vec<Case> {
    vec![
        case("a wait is told in milliseconds", b"retry: 2500\n", [retry(2_500)]),
        case(
            "a wait is told as soon as its line ends",
            b"data: a\nretry: 2500\n\n",
            [retry(2_500), event("a")],
        ),
        case("a wait needs no space", b"retry:2500\n", [retry(2_500)]),
        case("each wait is told", b"retry: 1000\nretry: 2000\n", [retry(1_000), retry(2_000)]),
        case("a wait may begin with zeros", b"retry: 0002500\n", [retry(2_500)]),
        case("a wait of nothing is the shortest", b"retry: 0\n", [retry(100)]),
        case("a wait that is too short is the shortest", b"retry: 99\n", [retry(100)]),
        case("the shortest wait is allowed", b"retry: 100\n", [retry(100)]),
        case("the longest wait is allowed", b"retry: 300000\n", [retry(300_000)]),
        case("a wait that is too long is the longest", b"retry: 300001\n", [retry(300_000)]),
        case("a wait beyond 64 bits is the longest", b"retry: 18446744073709551616\n", [retry(300_000)]),
        case(
            "a wait ten times beyond 64 bits is the longest",
            b"retry: 184467440737095518660\n",
            [retry(300_000)],
        ),
        case("an empty wait is none", b"retry:\nretry\nretry: \n", []),
        case("a wait with a unit is none", b"retry: 2500ms\n", []),
        case("a wait with a sign is none", b"retry: +2500\nretry: -2500\n", []),
        case("a wait with a point is none", b"retry: 2.5\nretry: 2,500\nretry: 2_500\n", []),
        case("a wait with an exponent is none", b"retry: 1e3\nretry: 0x10\n", []),
        case("a wait with a second space is none", b"retry:  2500\n", []),
        case("a wait with a space behind is none", b"retry: 2500 \n", []),
        case("a wait with a letter first is none", b"retry: a2500\n", []),
        case("a wait in other digits is none", b"retry: \xD9\xA2\xD9\xA5\n", []),
        case(
            "a wait that is none spoils nothing",
            b"retry: x\ndata: a\n\nretry: 2500\n",
            [event("a"), retry(2_500)],
        ),
    ]
}
