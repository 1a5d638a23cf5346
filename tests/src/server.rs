//! A server that does exactly as it is told, down to the byte. Untold, it is a Big Defend server that has nothing, and
//! whose every path is an event stream for who asks for one.

mod answer;
mod messages;
mod socket;
mod wire;

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};

use crate::desk::IN_VAIN;

pub use answer::Answer;
pub use messages::{alert, alert_version, transaction};
pub use socket::Connection;
pub use wire::Wire;

/// The token that it gives.
pub const TOKEN: &str = "token-9f27c1e08d5b4a36-not-to-be-seen";
/// The longest request that it reads.
const REQUEST_LIMIT: usize = 64 << 10;
/// How an event stream begins.
pub const STREAM_HEAD: &str =
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";

/// What the server answers, by method and path; it may be changed at any time. Who asks for an event stream has the
/// method `STREAM` here.
pub type Script = HashMap<&'static str, Answer>;

/// What its connections share.
struct Shared {
    script: Mutex<Script>,
    /// The heads of the requests so far, with `STREAM` for who asks for an event stream.
    requests: watch::Sender<Vec<String>>,
    visits: AtomicUsize,
    held: Mutex<HashMap<&'static str, watch::Receiver<()>>>,
    by_hand: Mutex<HashSet<&'static str>>,
    connected: mpsc::UnboundedSender<Connection>,
    wired: mpsc::UnboundedSender<Wire>,
}

/// A server that does as it is told.
pub struct Server {
    /// Its address.
    pub url: String,
    shared: Arc<Shared>,
    connections: mpsc::UnboundedReceiver<Connection>,
    wires: mpsc::UnboundedReceiver<Wire>,
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
        let (connected, connections) = mpsc::unbounded_channel();
        let (wired, wires) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            script: Mutex::new(untold()),
            requests: watch::channel(Vec::new()).0,
            visits: AtomicUsize::new(0),
            held: Mutex::default(),
            by_hand: Mutex::default(),
            connected,
            wired,
        });
        let task = tokio::spawn({
            let shared = Arc::clone(&shared);
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    shared.visits.fetch_add(1, Ordering::Relaxed);
                    // Like every server that pushes: what is small goes out at once.
                    let _gone = stream.set_nodelay(true);
                    tokio::spawn(serve(stream, Arc::clone(&shared)));
                }
            }
        });
        Self { url, shared, connections, wires, task }
    }

    /// From now on it answers this.
    pub fn answer(&self, request: &'static str, answer: Answer) {
        self.shared.by_hand.lock().unwrap().remove(request);
        self.shared.script.lock().unwrap().insert(request, answer);
    }

    /// From now on the test itself answers this, byte by byte: see [`Server::wire`].
    pub fn answer_by_hand(&self, request: &'static str) {
        self.shared.by_hand.lock().unwrap().insert(request);
    }

    /// From now on it does with this request what it did at first: accept who wants a WebSocket at `GET /ws`, or an
    /// event stream anywhere.
    pub fn forget(&self, request: &'static str) {
        self.shared.by_hand.lock().unwrap().remove(request);
        self.shared.script.lock().unwrap().remove(request);
    }

    /// From now on it does with everything what it did at first.
    pub fn forget_all(&self) {
        self.shared.by_hand.lock().unwrap().clear();
        *self.shared.script.lock().unwrap() = untold();
    }

    /// From now on it does not answer this, until what is given here is dropped.
    pub fn hold(&self, request: &'static str) -> watch::Sender<()> {
        let (hold, held) = watch::channel(());
        self.shared.held.lock().unwrap().insert(request, held);
        hold
    }

    /// The requests so far: method and target.
    pub fn requests(&self) -> Vec<String> {
        self.heads().iter().map(|head| method_and_target(head)).collect()
    }

    /// How many connections there were so far, whether or not anything was asked on them.
    pub fn visits(&self) -> usize {
        self.shared.visits.load(Ordering::Relaxed)
    }

    /// The whole heads of the requests so far.
    pub fn heads(&self) -> Vec<String> {
        self.shared.requests.borrow().clone()
    }

    /// How many requests so far began like this.
    pub fn count(&self, beginning: &str) -> usize {
        self.shared.requests.borrow().iter().filter(|head| head.starts_with(beginning)).count()
    }

    /// Waits until so many requests have begun like this.
    pub async fn until_asked(&self, beginning: &str, times: usize) {
        let mut requests = self.shared.requests.subscribe();
        let asked = requests
            .wait_for(|heads| heads.iter().filter(|head| head.starts_with(beginning)).count() >= times);
        let in_time = tokio::time::timeout(IN_VAIN, asked).await.is_ok();
        assert!(in_time, "nobody asks for {beginning} {times} times: {:?}", self.requests());
    }

    /// Closes every connection that nobody has waited for; says how many there were.
    pub fn drop_open(&mut self) -> usize {
        let wires = std::iter::from_fn(|| self.wires.try_recv().ok()).count();
        wires + std::iter::from_fn(|| self.connections.try_recv().ok()).count()
    }

    /// Waits for the next WebSocket.
    pub async fn connection(&mut self) -> Connection {
        tokio::time::timeout(IN_VAIN, self.connections.recv()).await.expect("nobody connects").unwrap()
    }

    /// Waits for the next event stream, or the next request that is to be answered by hand.
    pub async fn wire(&mut self) -> Wire {
        tokio::time::timeout(IN_VAIN, self.wires.recv()).await.expect("nobody asks").unwrap()
    }
}

fn untold() -> Script {
    let empty = r#"{"items":[],"sequence":{since},"more":false}"#;
    Script::from([
        ("POST /auth/login", Answer::json(&format!(r#"{{"access_token":"{TOKEN}","expires_in":3600}}"#))),
        ("GET /transactions", Answer::json(empty)),
        ("GET /alerts", Answer::json(empty)),
    ])
}

async fn serve(mut stream: TcpStream, shared: Arc<Shared>) {
    loop {
        let Some((mut head, _body)) = read_request(&mut stream).await else { return };
        let wants_stream = header(&head, "accept").is_some_and(|accept| accept == "text/event-stream");
        if wants_stream {
            head = head.replacen("GET", "STREAM", 1);
        }
        let request = method_and_target(&head).split('?').next().unwrap_or_default().to_owned();
        shared.requests.send_modify(|requests| requests.push(head.clone()));
        let held = shared.held.lock().unwrap().get(request.as_str()).cloned();
        if let Some(mut held) = held {
            // Ends when the holder lets go.
            while held.changed().await.is_ok() {}
        }
        if shared.by_hand.lock().unwrap().contains(request.as_str()) {
            let _test_ended = shared.wired.send(Wire::new(head, stream));
            return;
        }
        let answer = shared.script.lock().unwrap().get(request.as_str()).cloned();
        match answer {
            None if request == "GET /ws" => {
                let key = header(&head, "sec-websocket-key").unwrap_or_default();
                if let Some(connection) = Connection::accept(stream, key).await {
                    let _test_ended = shared.connected.send(connection);
                }
                return;
            }
            None if wants_stream => {
                if stream.write_all(STREAM_HEAD.as_bytes()).await.is_ok() {
                    let _test_ended = shared.wired.send(Wire::new(head, stream));
                }
                return;
            }
            answer => {
                let answer = answer.unwrap_or_else(|| Answer::status(404)).since(since(&head));
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

/// From which position on a list is asked for; 0 where it is asked for as a whole.
fn since(head: &str) -> &str {
    let asked = head.split(' ').nth(1).and_then(|target| target.split_once("since="));
    asked.map_or("0", |(_, since)| since.split('&').next().unwrap_or_default())
}

fn method_and_target(head: &str) -> String {
    let mut words = head.split(' ');
    format!("{} {}", words.next().unwrap_or_default(), words.next().unwrap_or_default())
}

fn header<'head>(head: &'head str, wanted: &str) -> Option<&'head str> {
    head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case(wanted).then(|| value.trim())
    })
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
    let length = header(&head, "content-length").and_then(|length| length.parse::<usize>().ok());
    while request.len() < end + length.unwrap_or(0).min(REQUEST_LIMIT) {
        if stream.read_buf(&mut request).await.ok()? == 0 {
            return None;
        }
    }
    Some((head, request[end..].to_vec()))
}
