//! A request whose answer the test writes, byte by byte.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::header;
use crate::desk::IN_VAIN;

/// A request that is being answered: an event stream whose head has been sent, or nothing yet. When it is dropped, so
/// is the connection.
pub struct Wire {
    /// The request's head.
    pub head: String,
    stream: TcpStream,
}

impl Wire {
    pub(super) fn new(head: String, stream: TcpStream) -> Self {
        Self { head, stream }
    }

    /// A header of the request.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }

    /// Sends bytes as they are.
    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).await.unwrap();
    }

    /// Sends bytes as they are, unless the client has left; says whether it was still there.
    pub async fn offer(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).await.is_ok()
    }

    /// Sends an event with this data, line by line.
    pub async fn event(&mut self, data: impl AsRef<[u8]>) {
        let mut event = Vec::new();
        for line in data.as_ref().split(|byte| *byte == b'\n') {
            event.extend_from_slice(b"data: ");
            event.extend_from_slice(line);
            event.push(b'\n');
        }
        event.push(b'\n');
        self.send(event).await;
    }

    /// Sends a piece again and again until the client leaves, or `most` bytes are sent; says how many were.
    pub async fn flood(&mut self, piece: &[u8], most: usize) -> usize {
        let mut sent = 0;
        while sent < most && self.stream.write_all(piece).await.is_ok() {
            sent += piece.len();
        }
        sent
    }

    /// Sends a piece again and again until the client takes no more, or `most` bytes are sent; says how many were.
    pub async fn fill(&mut self, piece: &[u8], most: usize) -> usize {
        let mut sent = 0;
        let mut refused = 0;
        // Somebody who only has other things to do first reads on within these turns; nothing but how early this
        // ends rests on them.
        while sent < most && refused < 10_000 {
            match self.stream.try_write(&piece[sent % piece.len()..]) {
                Ok(bytes) => (sent, refused) = (sent + bytes, 0),
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => refused += 1,
                Err(_) => break,
            }
            tokio::task::yield_now().await;
        }
        sent
    }

    /// Waits until the client has left.
    pub async fn until_left(&mut self) {
        let leaving = async { while !matches!(self.stream.read(&mut [0; 1024]).await, Ok(0) | Err(_)) {} };
        tokio::time::timeout(IN_VAIN, leaving).await.expect("nobody leaves");
    }
}
