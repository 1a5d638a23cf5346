//! A Big Defend server that does exactly as it is told, down to the byte.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

/// The token that it gives.
pub const TOKEN: &str = "token-9f27c1e08d5b4a36-not-to-be-seen";
/// The longest request that it reads.
const REQUEST_LIMIT: usize = 64 << 10;

/// An HTTP answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Further header lines, each with its `\r\n`.
    pub headers: String,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// 200 with JSON.
    pub fn json(body: &str) -> Self {
        Self { status: 200, headers: "content-type: application/json\r\n".to_owned(), body: body.into() }
    }

    /// A status and nothing else.
    pub fn status(status: u16) -> Self {
        Self { status, headers: String::new(), body: Vec::new() }
    }
}

/// What the server answers, by method and path; it may be changed at any time.
pub type Script = HashMap<&'static str, Answer>;

/// What its connections share.
#[derive(Default)]
struct Shared {
    script: Mutex<Script>,
    requests: Mutex<Vec<String>>,
    held: Mutex<HashMap<&'static str, watch::Receiver<()>>>,
}

/// A server that does as it is told.
pub struct Server {
    /// Its address.
    pub url: String,
    shared: Arc<Shared>,
    connections: mpsc::UnboundedReceiver<Connection>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    /// Starts one that accepts everybody and has nothing.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let empty = r#"{"items":[],"sequence":0,"more":false}"#;
        let script = Script::from([
            ("POST /auth/login", Answer::json(&format!(r#"{{"access_token":"{TOKEN}","expires_in":3600}}"#))),
            ("GET /transactions", Answer::json(empty)),
            ("GET /alerts", Answer::json(empty)),
        ]);
        let shared = Arc::new(Shared { script: Mutex::new(script), ..Shared::default() });
        let (arrived, connections) = mpsc::unbounded_channel();
        let task = tokio::spawn({
            let shared = Arc::clone(&shared);
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    tokio::spawn(serve(stream, Arc::clone(&shared), arrived.clone()));
                }
            }
        });
        Self { url, shared, connections, task }
    }

    /// From now on it answers this.
    pub fn answer(&self, request: &'static str, answer: Answer) {
        self.shared.script.lock().unwrap().insert(request, answer);
    }

    /// From now on it does with this request what it did at first: for `GET /ws`, accept.
    pub fn forget(&self, request: &'static str) {
        self.shared.script.lock().unwrap().remove(request);
    }

    /// From now on it does not answer this, until what is given here is dropped.
    pub fn hold(&self, request: &'static str) -> watch::Sender<()> {
        let (hold, held) = watch::channel(());
        self.shared.held.lock().unwrap().insert(request, held);
        hold
    }

    /// The requests so far: method and target.
    pub fn requests(&self) -> Vec<String> {
        self.shared.requests.lock().unwrap().clone()
    }

    /// How many requests so far began like this.
    pub fn count(&self, beginning: &str) -> usize {
        self.requests().iter().filter(|request| request.starts_with(beginning)).count()
    }

    /// Waits for the next WebSocket.
    pub async fn connection(&mut self) -> Connection {
        tokio::time::timeout(crate::desk::IN_VAIN, self.connections.recv())
            .await
            .expect("nobody connects")
            .unwrap()
    }
}

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
    /// Sends a text frame; the bytes need not be text.
    pub async fn send(&self, payload: impl AsRef<[u8]>) {
        send_frame(&self.stream, TEXT, payload.as_ref()).await;
    }

    /// Sends bytes as they are.
    pub async fn send_bytes(&self, bytes: &[u8]) {
        self.stream.lock().await.write_all(bytes).await.unwrap();
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

async fn serve(mut stream: TcpStream, shared: Arc<Shared>, arrived: mpsc::UnboundedSender<Connection>) {
    loop {
        let Some((head, _body)) = read_request(&mut stream).await else { return };
        let mut words = head.split(' ');
        let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        shared.requests.lock().unwrap().push(format!("{method} {target}"));
        let path = target.split('?').next().unwrap_or_default();
        let request = format!("{method} {path}");
        let held = shared.held.lock().unwrap().get(request.as_str()).cloned();
        if let Some(mut held) = held {
            // Ends when the holder lets go.
            while held.changed().await.is_ok() {}
        }
        let answer = shared.script.lock().unwrap().get(request.as_str()).cloned();
        match answer {
            None if path == "/ws" => {
                let key = head.lines().find_map(|line| {
                    let (name, value) = line.split_once(':')?;
                    name.eq_ignore_ascii_case("sec-websocket-key").then(|| value.trim())
                });
                let accept = derive_accept_key(key.unwrap_or_default().as_bytes());
                let answer = format!(
                    "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\
                     sec-websocket-accept: {accept}\r\n\r\n"
                );
                if stream.write_all(answer.as_bytes()).await.is_ok() {
                    let (read, write) = stream.into_split();
                    let write = Arc::new(tokio::sync::Mutex::new(write));
                    let (pong, pongs) = watch::channel(0);
                    let reader = tokio::spawn(answer_pings(read, Arc::clone(&write), pong));
                    let _test_ended = arrived.send(Connection { stream: write, pongs, reader });
                }
                return;
            }
            answer => {
                let answer = answer.unwrap_or_else(|| Answer::status(404));
                let head = format!(
                    "HTTP/1.1 {} Scripted\r\n{}content-length: {}\r\n\r\n",
                    answer.status,
                    answer.headers,
                    answer.body.len()
                );
                if stream.write_all(head.as_bytes()).await.is_err()
                    || stream.write_all(&answer.body).await.is_err()
                {
                    return;
                }
            }
        }
    }
}

async fn read_request(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut request = Vec::new();
    let end = loop {
        if let Some(at) = request.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        if request.len() > REQUEST_LIMIT || stream.read_buf(&mut request).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&request[..end]).into_owned();
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    while request.len() < end + length.unwrap_or(0).min(REQUEST_LIMIT) {
        if stream.read_buf(&mut request).await.ok()? == 0 {
            return None;
        }
    }
    Some((head, request[end..].to_vec()))
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

/// A `newTransaction` frame.
pub fn transaction(id: u32) -> String {
    format!(
        r#"{{"type":"newTransaction","sequence":{id},"payload":{{"id":"t-{id}","amount":12.50,"currency":"EUR",
            "customerName":"Ada Lovelace","timestamp":"2026-01-01T00:00:00Z"}}}}"#
    )
}

/// A `fraudAlert` frame.
pub fn alert(id: u32, severity: &str) -> String {
    alert_version(id, severity, "open", 0)
}

/// A later version of a `fraudAlert` frame: `minute` is when it was changed.
pub fn alert_version(id: u32, severity: &str, status: &str, minute: u32) -> String {
    format!(
        r#"{{"type":"fraudAlert","sequence":{},"payload":{{"id":"a-{id}","transactionId":"t-{id}",
            "severity":"{severity}","type":"card_testing","description":"Card testing: 14 small payments",
            "fraudProbability":0.93,"status":"{status}","assignedTo":null,"customerName":"Ada Lovelace",
            "amount":12.50,"currency":"EUR","timestamp":"2026-01-01T00:00:00Z",
            "updatedAt":"2026-01-01T00:{minute:02}:00Z"}}}}"#,
        1_000 + id * 10 + minute
    )
}
