//! Where messages begin and end in what a server sends.

/// How a server answers on a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// With one page.
    Page,
    /// With a WebSocket (RFC 6455).
    WebSocket,
    /// With Server-Sent Events, each in a chunk of its own (RFC 9112, 7.1).
    Events,
}

/// What a server sent, cut at the borders of messages.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// A message, whole.
    Message(Vec<u8>),
    /// Something else: a head, a page, a ping, a comment.
    Other(Vec<u8>),
}

/// Cuts what a server sends.
pub(super) struct Borders {
    answer: Answer,
    is_in_head: bool,
    unread: Vec<u8>,
}

impl Borders {
    /// Of a server that answers so.
    pub fn of(answer: Answer) -> Self {
        Self { answer, is_in_head: true, unread: Vec::new() }
    }

    /// Takes bytes as they come.
    pub fn put(&mut self, bytes: &[u8]) {
        self.unread.extend_from_slice(bytes);
    }

    /// The next piece that is there as a whole.
    pub fn next(&mut self) -> Option<Piece> {
        if self.is_in_head {
            let end = self.unread.windows(4).position(|end| end == b"\r\n\r\n")? + 4;
            self.is_in_head = false;
            return Some(Piece::Other(self.unread.drain(..end).collect()));
        }
        let (length, is_message) = match self.answer {
            Answer::Page => (Some(self.unread.len()).filter(|length| *length > 0)?, false),
            Answer::WebSocket => frame(&self.unread)?,
            Answer::Events => chunk(&self.unread)?,
        };
        if self.unread.len() < length {
            return None;
        }
        let piece = self.unread.drain(..length).collect();
        Some(if is_message { Piece::Message(piece) } else { Piece::Other(piece) })
    }

    /// What is left when the server has nothing more to say.
    pub fn rest(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.unread)
    }
}

/// The length of the frame that begins here, and whether it is a text.
fn frame(bytes: &[u8]) -> Option<(usize, bool)> {
    let (head, length) = match bytes.get(1)? & 0x7f {
        126 => (4, usize::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().unwrap()))),
        127 => (10, usize::try_from(u64::from_be_bytes(bytes.get(2..10)?.try_into().unwrap())).unwrap()),
        short => (2, usize::from(short)),
    };
    Some((head + length, bytes[0] & 0x0f == 1))
}

/// The length of the chunk that begins here, and whether an event is in it.
fn chunk(bytes: &[u8]) -> Option<(usize, bool)> {
    let line = bytes.windows(2).position(|end| end == b"\r\n")?;
    let length = usize::from_str_radix(std::str::from_utf8(&bytes[..line]).unwrap(), 16).unwrap();
    let end = line + 2 + length + 2;
    let is_event = bytes.get(line + 2..end).is_some_and(|body| body.windows(5).any(|data| data == b"data:"));
    Some((end, is_event))
}

/// A message that nobody can read, as this server would send it.
pub(super) fn unreadable(answer: Answer) -> Vec<u8> {
    const TEXT: &[u8] = b"{\"type\": no message of anybody's";
    match answer {
        Answer::WebSocket => [&[0x81, u8::try_from(TEXT.len()).unwrap()], TEXT].concat(),
        Answer::Events => {
            let event = [b"data: ", TEXT, b"\n\n"].concat();
            [format!("{:x}\r\n", event.len()).as_bytes(), &event, b"\r\n"].concat()
        }
        Answer::Page => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(answer: Answer, bytes: &[u8]) -> Vec<Piece> {
        let (mut borders, mut pieces) = (Borders::of(answer), Vec::new());
        // A byte at a time: a border may be anywhere.
        for byte in bytes {
            borders.put(&[*byte]);
            pieces.extend(std::iter::from_fn(|| borders.next()));
        }
        pieces
    }

    #[test]
    fn frames_and_chunks_are_found_wherever_they_are_cut() {
        let (head, message, other) = (b"HTTP/1.1 200\r\n\r\n", Piece::Message, Piece::Other);
        let long = [&[0x81, 126, 0, 200][..], &[b'x'; 200]].concat();
        let socket = [&head[..], &long, &[0x89, 1, 7], &[0x81, 2, b'{', b'}']].concat();
        let expected = [
            other(head.to_vec()),
            message(long),
            other(vec![0x89, 1, 7]),
            message(vec![0x81, 2, b'{', b'}']),
        ];
        assert_eq!(pieces(Answer::WebSocket, &socket), expected);
        let (event, comment) = (b"9\r\ndata: {}\n\r\n".to_vec(), b"4\r\n: x\n\r\n".to_vec());
        let events = [&head[..], &event, &comment].concat();
        assert_eq!(pieces(Answer::Events, &events), [other(head.to_vec()), message(event), other(comment)]);
        let lost = unreadable(Answer::Events);
        assert_eq!(chunk(&lost), Some((lost.len(), true)));
    }
}
