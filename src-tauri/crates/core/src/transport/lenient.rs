//! Lets a WebSocket outlive one bad character. The WebSocket library ends a connection at the first text frame
//! that is not UTF-8 (as RFC 6455, 8.1 has it); one broken message must not cost the analyst the stream. So the
//! bytes pass through here, and each text frame is marked as binary: whether it is text is found out when it is
//! decoded.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::clock::Clock;

const TEXT: u8 = 0x1;
const BINARY: u8 = 0x2;
const OPCODE: u8 = 0x0F;

/// A stream on which a client's WebSocket handshake and then frames arrive.
pub struct Lenient<S> {
    stream: S,
    place: Place,
    clock: Arc<dyn Clock>,
    heard: Arc<Heard>,
}

/// When bytes last arrived, by [`Clock::elapsed`] in milliseconds: a long message on a slow line is no silence.
#[derive(Debug, Default)]
pub struct Heard(AtomicU64);

impl From<Duration> for Heard {
    fn from(at: Duration) -> Self {
        let heard = Self::default();
        heard.set(at);
        heard
    }
}

impl Heard {
    /// When bytes last arrived.
    pub fn at(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::Relaxed))
    }

    /// Bytes have arrived, or silence begins to count from here.
    pub fn set(&self, at: Duration) {
        self.0.store(u64::try_from(at.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }
}

/// Where in the incoming bytes we are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In the answer to the handshake; this many bytes of its `\r\n\r\n` have come.
    Handshake(u8),
    /// Before a frame's first byte.
    FrameStart,
    /// Before its second byte, which tells the length.
    Length,
    /// In a longer length: bytes to come, and the length so far.
    LongLength(u8, u64),
    /// In the payload: bytes to come.
    Payload(u64),
}

impl<S> Lenient<S> {
    /// Wraps a stream before its handshake.
    pub fn new(stream: S, clock: Arc<dyn Clock>) -> Self {
        Self { stream, place: Place::Handshake(0), clock, heard: Arc::default() }
    }

    /// The stream below.
    pub const fn get_mut(&mut self) -> &mut S {
        &mut self.stream
    }

    /// When the last bytes arrived.
    pub fn heard(&self) -> Arc<Heard> {
        Arc::clone(&self.heard)
    }
}

impl Place {
    fn pass(mut self, bytes: &mut [u8]) -> Self {
        let mut at = 0;
        while at < bytes.len() {
            let byte = bytes[at];
            self = match self {
                Self::Payload(left) => {
                    let here = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len() - at);
                    at += here;
                    match left - here as u64 {
                        0 => Self::FrameStart,
                        left => Self::Payload(left),
                    }
                }
                Self::Handshake(seen) => {
                    at += 1;
                    match (seen, byte) {
                        (0 | 2, b'\r') => Self::Handshake(seen + 1),
                        (1, b'\n') => Self::Handshake(2),
                        (3, b'\n') => Self::FrameStart,
                        (_, b'\r') => Self::Handshake(1),
                        _ => Self::Handshake(0),
                    }
                }
                Self::FrameStart => {
                    if byte & OPCODE == TEXT {
                        bytes[at] = (byte & !OPCODE) | BINARY;
                    }
                    at += 1;
                    Self::Length
                }
                Self::Length => {
                    at += 1;
                    // A server's frames have no mask; the library ends the connection if one has.
                    match byte & 0x7F {
                        126 => Self::LongLength(2, 0),
                        127 => Self::LongLength(8, 0),
                        short => payload(short.into()),
                    }
                }
                Self::LongLength(left, length) => {
                    at += 1;
                    long_length(left, length, byte)
                }
            };
        }
        self
    }
}

fn long_length(left: u8, length: u64, byte: u8) -> Place {
    let length = (length << 8) | u64::from(byte);
    if left == 1 { payload(length) } else { Place::LongLength(left - 1, length) }
}

const fn payload(length: u64) -> Place {
    if length == 0 { Place::FrameStart } else { Place::Payload(length) }
}

impl<S: AsyncRead + Unpin> AsyncRead for Lenient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        std::task::ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        let arrived = &mut buffer.filled_mut()[before..];
        self.place = self.place.pass(arrived);
        let now = self.clock.elapsed();
        self.heard.set(now);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Lenient<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(opcode: u8, payload: &[u8]) -> Vec<u8> {
        let mut frame = vec![0x80 | opcode];
        match payload.len() {
            short @ 0..=125 => frame.push(u8::try_from(short).unwrap()),
            long @ 126..=0xFFFF => {
                frame.push(126);
                frame.extend(u16::try_from(long).unwrap().to_be_bytes());
            }
            longer => {
                frame.push(127);
                frame.extend((longer as u64).to_be_bytes());
            }
        }
        frame.extend(payload);
        frame
    }

    /// A clock that stands.
    struct Standing(Duration);

    #[async_trait::async_trait]
    impl Clock for Standing {
        fn now(&self) -> crate::model::Time {
            crate::model::Time(0)
        }

        fn elapsed(&self) -> Duration {
            self.0
        }

        async fn sleep(&self, _: Duration) {}
    }

    #[tokio::test]
    async fn any_byte_counts_as_heard_also_in_the_middle_of_a_message() {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let (mut server, client) = tokio::io::duplex(64);
        let now = Duration::from_secs(90);
        let mut stream = Lenient::new(client, Arc::new(Standing(now)));
        let heard = stream.heard();
        assert_eq!(heard.at(), Duration::ZERO);
        server.write_all(b"H").await.unwrap();
        stream.read_u8().await.unwrap();
        assert_eq!(heard.at(), now);
    }

    #[test]
    fn only_the_mark_of_text_frames_changes_however_the_bytes_are_split() {
        let head = b"HTTP/1.1 101 Switching Protocols\r\nx: \x81\r\n\r\n";
        let payloads = [vec![], vec![0x81; 125], vec![0x81; 126], vec![0x81; 70_000]];
        let stream = |text| -> Vec<u8> {
            let frames =
                payloads.iter().flat_map(|p| [frame(text, p), frame(0x9, b"\x81"), frame(BINARY, p)]);
            head.iter().copied().chain(frames.flatten()).collect()
        };
        let (sent, expected) = (stream(TEXT), stream(BINARY));
        for size in [1, 2, 3, 7, 1_000, sent.len()] {
            let mut bytes = sent.clone();
            let last = bytes.chunks_mut(size).fold(Place::Handshake(0), Place::pass);
            assert_eq!(last, Place::FrameStart);
            assert!(bytes == expected, "in pieces of {size}");
        }
    }
}
