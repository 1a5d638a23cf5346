//! Goes through JSON (RFC 8259) once without building a tree. serde_json would spend more on handing over each value
//! than on reading it; it still passes over what is nested and not asked for, and words every error. `agreement.rs`
//! holds the two against each other.

use std::borrow::Cow;

use serde::de::IgnoredAny;

/// A value as it is written.
#[derive(Debug, Clone, Copy)]
pub struct Raw<'json> {
    /// All of it, a text with its quotes.
    pub json: &'json str,
    shape: Shape,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Null,
    /// A number or a truth value.
    Literal,
    /// A text that is what stands between its quotes.
    Text,
    /// A text with escapes.
    Escaped,
    Nested,
}

impl<'json> Raw<'json> {
    /// A scalar's text: a string without its quotes, a number or a truth value as written. `None` for `null`, objects
    /// and arrays.
    #[inline]
    pub fn text(self) -> Option<Cow<'json, str>> {
        match self.shape {
            Shape::Null | Shape::Nested => None,
            Shape::Literal => Some(Cow::Borrowed(self.json)),
            Shape::Text => self.json.get(1..self.json.len() - 1).map(Cow::Borrowed),
            Shape::Escaped => serde_json::from_str(self.json).ok().map(Cow::Owned),
        }
    }

    /// Whether the value is absent by the server's own word.
    #[inline]
    pub fn is_null(self) -> bool {
        self.shape == Shape::Null
    }
}

/// The first items of an array; of what is none, there are none.
pub fn items(json: &str, most: usize) -> Vec<Raw<'_>> {
    let (mut reader, mut items) = (Reader::new(json), Vec::new());
    if reader.is_array() {
        // What was read before something else than JSON would count, but this has been read once.
        let _whole = reader.array(|reader| {
            let item = reader.pass()?;
            if items.len() < most {
                items.push(item);
            }
            Some(())
        });
    }
    items
}

/// A place in a text. Its methods give `None` where the text is not JSON.
#[derive(Clone)]
pub struct Reader<'json> {
    json: &'json str,
    at: usize,
}

impl<'json> Reader<'json> {
    /// Where a text's value begins.
    pub fn new(json: &'json str) -> Self {
        let mut reader = Self { json, at: 0 };
        reader.skip_space();
        reader
    }

    /// Whether an object begins here.
    pub fn is_object(&self) -> bool {
        self.peek() == Some(b'{')
    }

    /// Whether an array begins here.
    pub fn is_array(&self) -> bool {
        self.peek() == Some(b'[')
    }

    /// Goes into an object: `member` gets each name, and passes its value.
    pub fn object(
        &mut self,
        mut member: impl FnMut(Raw<'json>, &mut Self) -> Option<()>,
    ) -> Option<Raw<'json>> {
        self.inside(b'}', |reader| {
            let name = reader.string()?;
            reader.skip_space();
            reader.expect(b':')?;
            reader.skip_space();
            member(name, reader)
        })
    }

    /// Goes into an array: `item` passes each.
    pub fn array(&mut self, item: impl FnMut(&mut Self) -> Option<()>) -> Option<Raw<'json>> {
        self.inside(b']', item)
    }

    /// Passes over a value, whatever it is.
    pub fn pass(&mut self) -> Option<Raw<'json>> {
        let start = self.at;
        let shape = match self.peek()? {
            b'"' => return self.string(),
            b't' => self.word("true", Shape::Literal)?,
            b'f' => self.word("false", Shape::Literal)?,
            b'n' => self.word("null", Shape::Null)?,
            b'{' | b'[' => {
                // This reader follows pointers; serde_json follows any nesting without a stack.
                let mut rest =
                    serde_json::Deserializer::from_str(&self.json[start..]).into_iter::<IgnoredAny>();
                rest.next()?.ok()?;
                self.at += rest.byte_offset();
                Shape::Nested
            }
            _ => self.number()?,
        };
        Some(self.since(start, shape))
    }

    /// The end of the text, if nothing else comes.
    pub fn end(mut self) -> Option<()> {
        self.skip_space();
        (self.at == self.json.len()).then_some(())
    }

    fn inside(&mut self, close: u8, mut part: impl FnMut(&mut Self) -> Option<()>) -> Option<Raw<'json>> {
        let start = self.at;
        self.at += 1;
        self.skip_space();
        if self.peek()? != close {
            loop {
                part(self)?;
                self.skip_space();
                match self.peek()? {
                    b',' => self.at += 1,
                    byte if byte == close => break,
                    _ => return None,
                }
                self.skip_space();
            }
        }
        self.at += 1;
        Some(self.since(start, Shape::Nested))
    }

    fn string(&mut self) -> Option<Raw<'json>> {
        let start = self.at;
        let mut shape = Shape::Text;
        self.expect(b'"')?;
        loop {
            self.at += plain_length(self.rest());
            match self.peek()? {
                b'"' => break,
                b'\\' => {
                    shape = Shape::Escaped;
                    self.at += match self.rest() {
                        [_, b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => 2,
                        [_, b'u', digits @ ..] if digits.get(..4)?.iter().all(u8::is_ascii_hexdigit) => 6,
                        _ => return None,
                    };
                }
                _ => return None,
            }
        }
        self.at += 1;
        Some(self.since(start, shape))
    }

    fn number(&mut self) -> Option<Shape> {
        self.skip(|byte| byte == b'-');
        if !self.skip(|byte| byte == b'0') {
            self.digits()?;
        }
        if self.skip(|byte| byte == b'.') {
            self.digits()?;
        }
        if self.skip(|byte| matches!(byte, b'e' | b'E')) {
            self.skip(|byte| matches!(byte, b'+' | b'-'));
            self.digits()?;
        }
        Some(Shape::Literal)
    }

    fn digits(&mut self) -> Option<()> {
        let length = self.rest().iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += length;
        (length > 0).then_some(())
    }

    fn word(&mut self, word: &str, shape: Shape) -> Option<Shape> {
        let is_there = self.rest().starts_with(word.as_bytes());
        self.at += word.len();
        is_there.then_some(shape)
    }

    fn since(&self, start: usize, shape: Shape) -> Raw<'json> {
        Raw { json: &self.json[start..self.at], shape }
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        self.skip(|here| here == byte).then_some(())
    }

    /// Whether such a byte stands here; it is passed then.
    fn skip(&mut self, is_such: impl Fn(u8) -> bool) -> bool {
        let is_one = self.peek().is_some_and(is_such);
        self.at += usize::from(is_one);
        is_one
    }

    fn skip_space(&mut self) {
        while self.skip(|byte| matches!(byte, b' ' | b'\n' | b'\t' | b'\r')) {}
    }

    fn peek(&self) -> Option<u8> {
        self.json.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'json [u8] {
        &self.json.as_bytes()[self.at..]
    }
}

/// How many bytes come before a quote, a backslash or a control character. Eight at a time: the highest bit of a byte
/// of `found` is set where there is one, and the lowest such bit tells exactly.
fn plain_length(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::MAX / 255;
    let (words, rest) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let quote = word ^ (ONES * u64::from(b'"'));
        let backslash = word ^ (ONES * u64::from(b'\\'));
        let found = (quote.wrapping_sub(ONES) & !quote)
            | (backslash.wrapping_sub(ONES) & !backslash)
            | (word.wrapping_sub(ONES * u64::from(b' ')) & !word);
        let found = found & (ONES << 7);
        if found != 0 {
            return index * 8 + found.trailing_zeros() as usize / 8;
        }
    }
    let is_plain = |byte: &&u8| **byte >= b' ' && **byte != b'"' && **byte != b'\\';
    words.len() * 8 + rest.iter().take_while(is_plain).count()
}
