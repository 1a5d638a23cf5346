//! The parser: a state machine that looks at each byte once and keeps only what an event is made of.

use std::borrow::Cow;
use std::mem;
use std::sync::Arc;
use std::time::Duration;

use super::{Item, Limits, Part, RETRY_LONGEST, RETRY_SHORTEST};

const BYTE_ORDER_MARK: [u8; 3] = [0xEF, 0xBB, 0xBF];
/// The longest name of a field that means something.
const NAME_LENGTH: usize = 5;
/// The type of an event that names none.
pub(super) const DEFAULT_TYPE: &str = "message";

/// Parses one connection's stream. A new connection needs a new parser: an event whose end has not come is gone,
/// as the standard has it, and the server sends it again.
#[derive(Debug)]
pub struct Parser {
    place: Place,
    /// The last line ended with a carriage return, so that a line feed now belongs to it.
    after_return: bool,
    /// The name of the field we are in, as far as it has come.
    name: [u8; NAME_LENGTH],
    /// The value of the field we are in, unless it is data.
    value: Bounded,
    /// That value as a number, as long as it is one.
    number: Option<u64>,
    data: Bounded,
    has_data: bool,
    event_type: Option<String>,
    /// A type or id of this event that is too large.
    too_large: Option<(Part, Bounded)>,
    /// The last id that was read.
    id: Arc<str>,
    /// The last id up to the last event that ended.
    last_event_id: Arc<str>,
}

/// Where in the stream we are.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// Before the stream's first character; this many bytes of a byte order mark have come.
    Start(usize),
    /// In a line's beginning; this many bytes of a name have come.
    Name(usize),
    /// After the colon.
    Colon(Field),
    /// In the value.
    Value(Field),
    /// In a line that means nothing.
    Unknown,
    /// In a comment.
    Comment,
}

/// The fields that mean something.
#[derive(Debug, Clone, Copy)]
enum Field {
    EventType,
    Data,
    Id,
    Retry,
}

impl Field {
    fn named(name: &[u8]) -> Option<Self> {
        match name {
            b"event" => Some(Self::EventType),
            b"data" => Some(Self::Data),
            b"id" => Some(Self::Id),
            b"retry" => Some(Self::Retry),
            _ => None,
        }
    }
}

impl Parser {
    /// A parser for a new connection. `last_event_id` is where the last one ended; empty if there was none.
    pub fn new(limits: Limits, last_event_id: &str) -> Self {
        let last_event_id: Arc<str> = last_event_id.into();
        Self {
            place: Place::Start(0),
            after_return: false,
            name: [0; NAME_LENGTH],
            value: Bounded::new(limits.field, limits.head),
            number: None,
            data: Bounded::new(limits.data, limits.head),
            has_data: false,
            event_type: None,
            too_large: None,
            id: Arc::clone(&last_event_id),
            last_event_id,
        }
    }

    /// Reads `bytes` while the items are taken; what was not read when the iterator is dropped is lost.
    pub fn push(&mut self, mut bytes: &[u8]) -> impl Iterator<Item = Item> {
        std::iter::from_fn(move || self.pull(&mut bytes))
    }

    /// Reads `bytes` up to the next item and leaves what follows it; none, and nothing left, if there is no
    /// further one. For whoever cannot take all items at once.
    pub fn pull(&mut self, bytes: &mut &[u8]) -> Option<Item> {
        while let Some(&byte) = bytes.first() {
            let second_half = mem::take(&mut self.after_return) && byte == b'\n';
            if second_half {
                *bytes = &bytes[1..];
            } else if is_line_end(byte) {
                *bytes = &bytes[1..];
                self.after_return = byte == b'\r';
                if let Some(item) = self.end_line() {
                    return Some(item);
                }
            } else {
                let used = self.continue_line(byte, bytes);
                *bytes = &bytes[used..];
            }
        }
        None
    }

    /// The last id up to the last event that ended: where to go on after this connection. An `id` without data
    /// counts as well, though it is no event.
    pub fn last_event_id(&self) -> &Arc<str> {
        &self.last_event_id
    }

    /// Goes on in a line with `bytes`, whose first is `byte` and ends no line, and tells how many it used; with
    /// none used, the place is a later one.
    fn continue_line(&mut self, byte: u8, bytes: &[u8]) -> usize {
        match self.place {
            Place::Start(seen) if byte == BYTE_ORDER_MARK[seen] => {
                let whole = seen + 1 == BYTE_ORDER_MARK.len();
                self.place = if whole { Place::Name(0) } else { Place::Start(seen + 1) };
                1
            }
            Place::Start(0) => {
                self.place = Place::Name(0);
                0
            }
            // Half a byte order mark is a character, and no name begins with it.
            Place::Start(_) => {
                self.place = Place::Unknown;
                0
            }
            Place::Name(length) => {
                self.place = match byte {
                    b':' if length == 0 => Place::Comment,
                    b':' => Field::named(&self.name[..length]).map_or(Place::Unknown, Place::Colon),
                    _ if length == NAME_LENGTH => Place::Unknown,
                    _ => {
                        self.name[length] = byte;
                        Place::Name(length + 1)
                    }
                };
                1
            }
            Place::Colon(field) => {
                self.begin_value(field);
                self.place = Place::Value(field);
                usize::from(byte == b' ')
            }
            Place::Value(field) => {
                let value = rest_of_line(bytes);
                self.continue_value(field, value);
                value.len()
            }
            Place::Unknown | Place::Comment => rest_of_line(bytes).len(),
        }
    }

    fn end_line(&mut self) -> Option<Item> {
        match mem::replace(&mut self.place, Place::Name(0)) {
            Place::Start(0) | Place::Name(0) => self.end_event(),
            Place::Start(_) | Place::Unknown => None,
            Place::Comment => Some(Item::Comment),
            Place::Name(length) => {
                let field = Field::named(&self.name[..length])?;
                self.begin_value(field);
                self.end_value(field)
            }
            Place::Colon(field) => {
                self.begin_value(field);
                self.end_value(field)
            }
            Place::Value(field) => self.end_value(field),
        }
    }

    fn begin_value(&mut self, field: Field) {
        match field {
            Field::Data if self.has_data => self.data.add(b"\n"),
            Field::Data => self.has_data = true,
            Field::EventType | Field::Id => {}
            Field::Retry => self.number = Some(0),
        }
    }

    fn continue_value(&mut self, field: Field, bytes: &[u8]) {
        match field {
            Field::Data => self.data.add(bytes),
            Field::EventType | Field::Id => self.value.add(bytes),
            Field::Retry => {
                self.value.add(bytes);
                self.number = bytes.iter().fold(self.number, |number, byte| match byte {
                    b'0'..=b'9' => Some(number?.saturating_mul(10).saturating_add((byte - b'0').into())),
                    _ => None,
                });
            }
        }
    }

    fn end_value(&mut self, field: Field) -> Option<Item> {
        let value = self.value.take();
        match field {
            Field::Data => {}
            Field::EventType | Field::Id if value.is_too_large() => {
                let part = if matches!(field, Field::Id) { Part::Id } else { Part::EventType };
                self.too_large.get_or_insert((part, value));
            }
            Field::EventType => self.event_type = (value.length > 0).then(|| text(&value.bytes).into_owned()),
            Field::Id if value.bytes.contains(&0) => {}
            Field::Id => self.id = text(&value.bytes).into(),
            Field::Retry if value.length == 0 => {}
            Field::Retry => {
                let wait = Duration::from_millis(self.number?);
                return Some(Item::Retry(wait.clamp(RETRY_SHORTEST, RETRY_LONGEST)));
            }
        }
        None
    }

    fn end_event(&mut self) -> Option<Item> {
        let event_type = self.event_type.take();
        let has_data = mem::take(&mut self.has_data);
        let data = self.data.take();
        let field = self.too_large.take();
        let (data, too_large) =
            if data.is_too_large() { (Vec::new(), Some((Part::Data, data))) } else { (data.bytes, field) };
        if let Some((part, Bounded { bytes, length, .. })) = too_large {
            self.id = Arc::clone(&self.last_event_id);
            return Some(Item::TooLarge { part, length, head: bytes.into() });
        }
        self.last_event_id = Arc::clone(&self.id);
        has_data.then(|| Item::Event {
            event_type: event_type.map_or(Cow::Borrowed(DEFAULT_TYPE), Cow::Owned),
            data: data.into(),
            last_event_id: Arc::clone(&self.last_event_id),
        })
    }
}

fn text(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

const fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

fn rest_of_line(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|byte| is_line_end(*byte));
    &bytes[..end.unwrap_or(bytes.len())]
}

/// Bytes up to a limit. Beyond it, only their beginning and their count.
#[derive(Debug)]
struct Bounded {
    bytes: Vec<u8>,
    length: usize,
    limit: usize,
    head: usize,
}

impl Bounded {
    fn new(limit: usize, head: usize) -> Self {
        Self { bytes: Vec::new(), length: 0, limit, head: head.min(limit) }
    }

    fn add(&mut self, more: &[u8]) {
        self.length = self.length.saturating_add(more.len());
        if !self.is_too_large() {
            self.bytes.extend_from_slice(more);
        } else {
            let missing = self.head.saturating_sub(self.bytes.len()).min(more.len());
            self.bytes.extend_from_slice(&more[..missing]);
            self.bytes.truncate(self.head);
            self.bytes.shrink_to_fit();
        }
    }

    const fn is_too_large(&self) -> bool {
        self.length > self.limit
    }

    /// What has come; from here on, it begins anew.
    fn take(&mut self) -> Self {
        mem::replace(self, Self::new(self.limit, self.head))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { data: 1_000, field: 100, head: 10 };

    /// What the parser has allocated, in bytes.
    fn held(parser: &Parser) -> usize {
        let too_large = parser.too_large.as_ref().map_or(0, |(_, value)| value.bytes.capacity());
        let event_type = parser.event_type.as_ref().map_or(0, String::capacity);
        let ids = parser.id.len() + parser.last_event_id.len();
        parser.data.bytes.capacity() + parser.value.bytes.capacity() + too_large + event_type + ids
    }

    #[test]
    fn nothing_that_arrives_makes_the_parser_keep_more_than_the_limits_allow() {
        // Vectors grow to at most twice what is in them, and a byte that is no text becomes three.
        let most = 2 * LIMITS.data + 2 * LIMITS.field + 4 * 3 * LIMITS.field + LIMITS.head;
        let lines: [&[u8]; 9] = [
            b"data: x\n",
            b"data\n",
            b"data: ",
            b"id: \xFF",
            b"event: \xFF",
            b"retry: 0",
            b": ",
            b"unknown: ",
            b"unknown",
        ];
        for line in lines {
            for piece in [line, b"\xFF", b"0", b"data\n", b"id: 1\n", b"event: e\n"] {
                for size in [1, 7, 5_000] {
                    let mut parser = Parser::new(LIMITS, "");
                    assert_eq!(parser.push(line).count(), 0);
                    let flood = piece.repeat(5_000);
                    for chunk in flood.chunks(size) {
                        parser.push(chunk).for_each(drop);
                        assert!(held(&parser) <= most, "{} of {most} bytes", held(&parser));
                    }
                }
            }
        }
    }
}
