//! The layer below the WebSocket: only the marks of text frames change, however the bytes are cut.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use tokio::io::{AsyncRead as _, ReadBuf};
use vigie_core::clock::SystemClock;
use vigie_core::transport::lenient::Lenient;

/// A byte that says how the stream is cut, and the stream: a handshake's answer, then frames.
pub fn check(bytes: &[u8]) {
    let Some((&cuts, stream)) = bytes.split_first() else { return };
    let expected = marked(stream);
    assert!(passed(stream, [stream.len().max(1)]) == expected);
    assert!(passed(stream, super::pieces(stream, cuts).into_iter().map(<[u8]>::len)) == expected);
    assert!(passed(stream, std::iter::repeat(1)) == expected);
}

/// What comes out when at most so many bytes are asked for, one time after the other.
fn passed(stream: &[u8], lengths: impl IntoIterator<Item = usize>) -> Vec<u8> {
    let mut lenient = Lenient::new(stream, Arc::new(SystemClock::default()));
    let mut passed = Vec::with_capacity(stream.len());
    for length in lengths {
        let mut buffer = vec![0; length];
        let mut buffer = ReadBuf::new(&mut buffer);
        let read = Pin::new(&mut lenient).poll_read(&mut Context::from_waker(Waker::noop()), &mut buffer);
        assert!(matches!(read, Poll::Ready(Ok(()))));
        passed.extend_from_slice(buffer.filled());
        if passed.len() == stream.len() {
            break;
        }
    }
    passed
}

/// The same with RFC 6455, 5.2, read frame by frame.
fn marked(stream: &[u8]) -> Vec<u8> {
    let mut marked = stream.to_vec();
    let end_of_head = stream.windows(4).position(|four| four == b"\r\n\r\n");
    let mut at = end_of_head.map_or(stream.len(), |end| end + 4);
    while at < stream.len() {
        if stream[at] & 0x0F == 1 {
            marked[at] = (stream[at] & 0xF0) | 2;
        }
        let Some(length) = stream.get(at + 1).map(|byte| byte & 0x7F) else { break };
        let long = match length {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        let Some(longer) = stream.get(at + 2..at + 2 + long) else { break };
        let length = if long == 0 {
            u64::from(length)
        } else {
            longer.iter().fold(0, |length, byte| (length << 8) | u64::from(*byte))
        };
        at = usize::try_from(length)
            .ok()
            .and_then(|length| (at + 2 + long).checked_add(length))
            .unwrap_or(usize::MAX);
    }
    marked
}

/// A head and some frames.
pub fn seeds() -> Vec<Vec<u8>> {
    let head: &[u8] = b"\x05HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nx: \x81\r\n\r\n";
    let long = [&b"\x81\x7E\x00\x80"[..], &[0x81; 128], b"\x81\x02ok"].concat();
    let longer = [&b"\x81\x7F\0\0\0\0\0\0\0\x03"[..], b"abc", b"\x01\x00\x80\x01z"].concat();
    let frames: [&[u8]; 8] = [
        b"",
        b"\x81\x05hello\x89\x01\x81\x82\x02\x81\x81",
        b"\x81\x00\x81\x00\x88\x02\x03\xE8",
        b"\x01\x03abc\x80\x03def\xC1\x01x",
        b"\x81\x85\x01\x02\x03\x04hello",
        b"\x81\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x81\x01x",
        &long,
        &longer,
    ];
    let mut seeds: Vec<Vec<u8>> = frames.iter().map(|frames| [head, frames].concat()).collect();
    seeds.push(b"\x00HTTP/1.1 101\r\n\r\r\n\r\n\x81\x01\xFF".to_vec());
    seeds
}
