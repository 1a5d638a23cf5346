//! Goes through JSON (RFC 8259) once without building a tree. serde_json would spend more on handing over each value than on
//! reading it; it still passes over what is nested and not asked for, and words every error. `agreement.rs` holds the two
//! against each other.

use serde::de::IgnoredAny;

/// A place in a text. Its methods give `None` where the text is not JSON.
pub struct Reader<'json> {
    json: &'json str,
    at: usize,
}

/// What a value is, by its beginning.
pub enum Shape {
    Object,
    Array,
    Other,
}

impl<'json> Reader<'json> {
    /// Where a text's value begins.
    pub fn new(json: &'json str) -> Self {
        let mut reader = Self { json, at: 0 };
        reader.skip_space();
        reader
    }

    /// What begins here.
    pub fn shape(&self) -> Shape {
        match self.peek() {
            Some(b'{') => Shape::Object,
            Some(b'[') => Shape::Array,
            _ => Shape::Other,
        }
    }

    /// Goes into an object: `member` gets each name as it is written, without its quotes, and passes its value.
    pub fn object(&mut self, mut member: impl FnMut(&'json str, &mut Self) -> Option<()>) -> Option<()> {
        self.inside(b'}', |reader| {
            let name = reader.string()?;
            reader.skip_space();
            reader.expect(b':')?;
            reader.skip_space();
            member(name, reader)
        })
    }

    /// Goes into an array: `item` passes each.
    pub fn array(&mut self, item: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.inside(b']', item)
    }

    /// Passes over a value, whatever it is.
    pub fn pass(&mut self) -> Option<()> {
        match self.peek()? {
            b'"' => self.string().map(drop),
            b't' => self.word("true"),
            b'f' => self.word("false"),
            b'n' => self.word("null"),
            b'{' | b'[' => {
                // This reader follows pointers; serde_json follows any nesting without a stack.
                let mut rest =
                    serde_json::Deserializer::from_str(&self.json[self.at..]).into_iter::<IgnoredAny>();
                rest.next()?.ok()?;
                self.at += rest.byte_offset();
                Some(())
            }
            _ => self.number(),
        }
    }

    /// What `pass` passes.
    pub fn passed(&mut self, pass: impl FnOnce(&mut Self) -> Option<()>) -> Option<&'json str> {
        let start = self.at;
        pass(self)?;
        Some(&self.json[start..self.at])
    }

    /// The end of the text, if nothing else comes.
    pub fn end(mut self) -> Option<()> {
        self.skip_space();
        (self.at == self.json.len()).then_some(())
    }

    fn inside(&mut self, close: u8, mut part: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
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
        Some(())
    }

    /// A string without its quotes, as it is written.
    fn string(&mut self) -> Option<&'json str> {
        self.expect(b'"')?;
        let start = self.at;
        loop {
            self.at += plain_length(self.rest());
            match self.peek()? {
                b'"' => {
                    self.at += 1;
                    return Some(&self.json[start..self.at - 1]);
                }
                b'\\' => {
                    self.at += match self.rest() {
                        [_, b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => 2,
                        [_, b'u', digits @ ..] if digits.get(..4)?.iter().all(u8::is_ascii_hexdigit) => 6,
                        _ => return None,
                    };
                }
                _ => return None,
            }
        }
    }

    fn number(&mut self) -> Option<()> {
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
        Some(())
    }

    fn digits(&mut self) -> Option<()> {
        let length = self.rest().iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += length;
        (length > 0).then_some(())
    }

    fn word(&mut self, word: &str) -> Option<()> {
        let is_there = self.rest().starts_with(word.as_bytes());
        self.at += word.len();
        is_there.then_some(())
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

/// How many bytes come before a quote, a backslash or a control character. Eight at a time: the highest bit of a byte of
/// `found` is set where there is one, and the lowest such bit tells exactly.
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
