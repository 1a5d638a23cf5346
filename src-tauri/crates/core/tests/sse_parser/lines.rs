//! Where lines, names and characters begin and end.

use vigie_core::transport::sse::Item::Comment;

use super::{Case, case, event, full, retry, typed, with_id};

pub fn beginnings() -> Vec<Case> {
    vec![
        case("an empty stream says nothing", b"", []),
        case("blank lines alone say nothing", b"\n\r\r\n\n\n", []),
        case("one event is one event", b"data: a\n\n", [event("a")]),
        case("two events are two, in their order", b"data: a\n\ndata: b\n\n", [event("a"), event("b")]),
        case("blank lines before an event are nothing", b"\n\n\ndata: a\n\n", [event("a")]),
        case(
            "blank lines between events are nothing",
            b"data: a\n\n\n\n\ndata: b\n\n",
            [event("a"), event("b")],
        ),
        case("a byte order mark leads", b"\xEF\xBB\xBFdata: a\n\n", [event("a")]),
        case("a byte order mark alone says nothing", b"\xEF\xBB\xBF", []),
        case("a blank line may follow a byte order mark", b"\xEF\xBB\xBF\ndata: a\n\n", [event("a")]),
        case("a comment may follow a byte order mark", b"\xEF\xBB\xBF:\n", [Comment]),
        case("only one byte order mark leads", b"\xEF\xBB\xBF\xEF\xBB\xBFdata: a\ndata: b\n\n", [event("b")]),
        case(
            "a byte order mark in a later line is part of a name",
            b"data: a\n\xEF\xBB\xBFdata: b\n\n",
            [event("a")],
        ),
        case("a byte order mark after a blank line leads nothing", b"\n\xEF\xBB\xBFdata: a\n\n", []),
        case("a byte order mark in a value is text", b"data:\xEF\xBB\xBFa\n\n", [event("\u{FEFF}a")]),
        case("a third of a byte order mark is part of a name", b"\xEFdata: a\ndata: b\n\n", [event("b")]),
        case(
            "two thirds of a byte order mark are part of a name",
            b"\xEF\xBBdata: a\ndata: b\n\n",
            [event("b")],
        ),
        case("two thirds of a byte order mark are no blank line", b"\xEF\xBB\ndata: a\n\n", [event("a")]),
        case("a broken byte order mark begins no comment", b"\xEF\xBB:\ndata: a\n\n", [event("a")]),
        case(
            "a mark of the other byte order is part of a name",
            b"\xFE\xFFdata: a\ndata: b\n\n",
            [event("b")],
        ),
        case("a space before a byte order mark makes it part of a name", b" \xEF\xBB\xBFdata: a\n\n", []),
    ]
}

pub fn line_ends() -> Vec<Case> {
    vec![
        case("a line feed ends a line", b"data: a\ndata: b\n\n", [event("a\nb")]),
        case("a carriage return ends a line", b"data: a\rdata: b\r\r", [event("a\nb")]),
        case("both together end one line", b"data: a\r\ndata: b\r\n\r\n", [event("a\nb")]),
        case(
            "a return and a feed after a value are no blank line",
            b"data: a\r\ndata: b\n\n",
            [event("a\nb")],
        ),
        case("a feed and a return are two line ends", b"data: a\n\rdata: b\n\r", [event("a"), event("b")]),
        case(
            "a feed, a return and a feed are two line ends",
            b"data: a\n\r\ndata: b\n\n",
            [event("a"), event("b")],
        ),
        case(
            "a return, a return and a feed are two line ends",
            b"data: a\r\r\ndata: b\r\r",
            [event("a"), event("b")],
        ),
        case(
            "a return, a feed and a feed are two line ends",
            b"data: a\r\n\ndata: b\n\n",
            [event("a"), event("b")],
        ),
        case(
            "the feed after a dispatching return starts no event",
            b"data: a\r\r\n\ndata: b\n\n",
            [event("a"), event("b")],
        ),
        case("an event ends with the return; no feed is waited for", b"data: a\r\r", [event("a")]),
        case("a return and a feed end a comment once", b":\r\n:\r\n", [Comment, Comment]),
        case("a return and a feed end a name without a value", b"data\r\ndata\r\n\r\n", [event("\n")]),
        case("a vertical tab ends no line", b"data: a\x0Bdata: b\n\n", [event("a\u{B}data: b")]),
        case("a form feed ends no line", b"data: a\x0Cdata: b\n\n", [event("a\u{C}data: b")]),
        case("a next-line character ends no line", b"data: a\xC2\x85data: b\n\n", [event("a\u{85}data: b")]),
        case("a line separator ends no line", b"data: a\xE2\x80\xA8data: b\n\n", [event("a\u{2028}data: b")]),
        case("a NUL ends no line", b"data: a\0data: b\n\n", [event("a\0data: b")]),
    ]
}

pub fn comments() -> Vec<Case> {
    vec![
        case("a colon alone is a comment", b":\n", [Comment]),
        case("a line that begins with a colon is a comment", b": still here\n", [Comment]),
        case("a comment is told when its line ends", b": still he", []),
        case("a comment is told before the event it stands in", b"data: a\n: x\n\n", [Comment, event("a")]),
        case(
            "a comment between lines of data does not part them",
            b"data: a\n:x\ndata: b\n\n",
            [Comment, event("a\nb")],
        ),
        case("a comment is no blank line", b"data: a\n:\n", [Comment]),
        case("a field in a comment is a comment", b":data: a\n\n", [Comment]),
        case("a second colon changes nothing", b"::\n: :\n", [Comment, Comment]),
        case("a space before the colon is a name, and no comment", b" : x\n\n", []),
        case("a comment that is no text is a comment", b":\xFF\0\xC3\n", [Comment]),
        case("comments come one by one", b":\n\n:\n\n:\n\n", [Comment, Comment, Comment]),
    ]
}

pub fn names() -> Vec<Case> {
    vec![
        case("an unknown field is ignored", b"priority: 1\ndata: a\n\n", [event("a")]),
        case("an unknown name without a colon is ignored", b"ping\ndata: a\n\n", [event("a")]),
        case("an unknown field alone is no event", b"priority: 1\n\n", []),
        case("an unknown field is no blank line", b"data: a\nx\ndata: b\n\n", [event("a\nb")]),
        case("names have their case", b"Data: a\nDATA: b\ndata: c\n\n", [event("c")]),
        case("a space before a name makes it another", b" data: a\ndata: b\n\n", [event("b")]),
        case("a space after a name makes it another", b"data : a\ndata: b\n\n", [event("b")]),
        case("a tab before a name makes it another", b"\tdata: a\ndata: b\n\n", [event("b")]),
        case("a beginning of a name is another", b"dat: a\ndata: b\n\n", [event("b")]),
        case("a longer name is another", b"datas: a\ndatabase: b\ndata: c\n\n", [event("c")]),
        case(
            "longer names of the other fields are others",
            b"events: a\nids: 1\nretrys: 5\ndata: b\n\n",
            [event("b")],
        ),
        case("a name without a value may be a beginning", b"dat\ni\nretr\nevents\ndata: a\n\n", [event("a")]),
        case("a NUL in a name makes it another", b"da\0ta: a\ndata\0: b\ndata: c\n\n", [event("c")]),
        case("the name ends at the first colon", b"x:data: a\ndata: b\n\n", [event("b")]),
        case("a name that is no text is ignored", b"\xFF\xFE: a\ndata\xFF: b\ndata: c\n\n", [event("c")]),
        case("a line of JSON without a name is ignored", b"{\"data\": 1}\ndata: a\n\n", [event("a")]),
    ]
}

pub fn text() -> Vec<Case> {
    vec![
        case(
            "characters of two, three and four bytes are handed on",
            b"data: \xC3\xA9\xE2\x82\xAC\xF0\x9F\x9A\xA8\n\n",
            [event("\u{E9}\u{20AC}\u{1F6A8}")],
        ),
        case(
            "data that is no text is handed on as it is",
            b"data: a\xFFb\n\n",
            [full("message", b"a\xFFb", "")],
        ),
        case(
            "a character cut short by a line end is handed on as it is",
            b"data: \xE2\x82\ndata: \xAC\n\n",
            [full("message", b"\xE2\x82\n\xAC", "")],
        ),
        case(
            "data that is no text does not end the stream",
            b"data: \xC0\x80\n\ndata: a\n\n",
            [full("message", b"\xC0\x80", ""), event("a")],
        ),
        case(
            "half a character does not swallow the line end",
            b"data: \xF0\x9F\n\ndata: a\n\n",
            [full("message", b"\xF0\x9F", ""), event("a")],
        ),
        case(
            "half a surrogate is handed on as it is",
            b"data: \xED\xA0\x80\n\n",
            [full("message", b"\xED\xA0\x80", "")],
        ),
        case("a NUL in data is data", b"data: a\0b\n\n", [event("a\0b")]),
        case(
            "a type that is no text is told with a mark",
            b"event: a\xFFb\ndata: x\n\n",
            [typed("a\u{FFFD}b", "x")],
        ),
        case(
            "an id that is no text is told with a mark",
            b"id: a\xFFb\ndata: x\n\n",
            [with_id("x", "a\u{FFFD}b")],
        ),
        case(
            "a type cut short is told with one mark",
            b"event: \xE2\x82\ndata: x\n\n",
            [typed("\u{FFFD}", "x")],
        ),
        case(
            "an id that is no text may have a NUL, and is ignored",
            b"id: \xFF\0\ndata: x\n\n",
            [event("x")],
        ),
    ]
}

pub fn ends() -> Vec<Case> {
    vec![
        case("an event without its blank line is discarded", b"data: a\n", []),
        case("an event without its line end is discarded", b"data: a", []),
        case("a name without its line end is discarded", b"data: a\n\ndata", [event("a")]),
        case("what was whole before the end is told", b"data: a\n\ndata: b\n", [event("a")]),
        case("a comment without its line end is discarded", b":\n: x", [Comment]),
        case("a wait without its line end is discarded", b"retry: 2500", []),
        case("a wait in an event that is discarded counts", b"retry: 2500\ndata: a\n", [retry(2_500)]),
    ]
}
