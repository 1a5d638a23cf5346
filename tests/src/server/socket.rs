//! A WebSocket as the server has it.

use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::watch;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

/// An open WebSocket, seen from the server. When it is dropped, so is the connection.
pub struct Connection {
    stream: Arc<tokio::sync::Mutex<OwnedWriteHalf>>,
    /// How many of our pings were answered.
    pongs: watch::Receiver<u64>,
    reader: tokio::task::JoinHandle<()>,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

const TEXT: u8 = 0x1;
const CLOSE: u8 = 0x8;
const PING: u8 = 0x9;
const PONG: u8 = 0xA;

impl Connection {
    /// Accepts who wants a WebSocket; `None`: they are gone.
    pub(super) async fn accept(mut stream: TcpStream, key: &str) -> Option<Self> {
        let accept = derive_accept_key(key.as_bytes());
        let answer = format!(
            "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\
             sec-websocket-accept: {accept}\r\n\r\n"
        );
        stream.write_all(answer.as_bytes()).await.ok()?;
        let (read, write) = stream.into_split();
        let write = Arc::new(tokio::sync::Mutex::new(write));
        let (pong, pongs) = watch::channel(0);
        let reader = tokio::spawn(answer_pings(read, Arc::clone(&write), pong));
        Some(Self { stream: write, pongs, reader })
    }

    /// Sends a text frame; the bytes need not be text.
    pub async fn send(&self, payload: impl AsRef<[u8]>) {
        send_frame(&self.stream, TEXT, payload.as_ref()).await;
    }

    /// Sends bytes as they are.
    pub async fn send_bytes(&self, bytes: &[u8]) {
        self.stream.lock().await.write_all(bytes).await.unwrap();
    }

    /// Sends bytes as they are, unless the client has left; says whether it was still there.
    pub async fn offer_bytes(&self, bytes: &[u8]) -> bool {
        self.stream.lock().await.write_all(bytes).await.is_ok()
    }

    /// Waits until the client has read everything that was sent: it answers a ping only then.
    pub async fn until_read(&self) {
        let mut pongs = self.pongs.clone();
        let before = *pongs.borrow_and_update();
        send_frame(&self.stream, PING, b"").await;
        let answered = pongs.wait_for(|pongs| *pongs > before);
        tokio::time::timeout(crate::desk::IN_VAIN, answered).await.expect("nobody reads").unwrap();
    }

    /// From now on it answers no ping.
    pub fn go_silent(&self) {
        self.reader.abort();
    }

    /// Closes with a code.
    pub async fn close(&self, code: u16) {
        send_frame(&self.stream, CLOSE, &code.to_be_bytes()).await;
    }
}

async fn send_frame(stream: &tokio::sync::Mutex<OwnedWriteHalf>, opcode: u8, payload: &[u8]) {
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
    // The client may be gone; the test will notice.
    let _gone = stream.lock().await.write_all(&frame).await;
}

/// Reads what the client sends, which is masked; answers its pings and counts its pongs.
async fn answer_pings(
    mut stream: OwnedReadHalf,
    answers: Arc<tokio::sync::Mutex<OwnedWriteHalf>>,
    pong: watch::Sender<u64>,
) {
    loop {
        let mut head = [0; 2];
        if stream.read_exact(&mut head).await.is_err() {
            return;
        }
        let length = usize::from(head[1] & 0x7F);
        let mut rest = vec![0; length + 4];
        if length > 125 || stream.read_exact(&mut rest).await.is_err() {
            return;
        }
        if head[0] & 0xF == PING {
            let payload: Vec<u8> =
                rest[4..].iter().enumerate().map(|(at, byte)| byte ^ rest[at % 4]).collect();
            send_frame(&answers, PONG, &payload).await;
        } else if head[0] & 0xF == PONG {
            pong.send_modify(|pongs| *pongs += 1);
        }
    }
}
