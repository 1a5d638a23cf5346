//! Many listeners in a process of their own: half of them on WebSockets, half on event streams of the gateway's generic
//! contract. They count what they hear by its number and look at the time of a few messages.

use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio::sync::watch;

use crate::delays::Delays;

/// What makes this program listeners instead of a benchmark.
pub const ROLE: &str = "listeners";

/// Of so many messages one is looked at for its time.
const LOOKED_AT: u64 = 16;
/// What every message of the contract ends with.
const SEQUENCE: &[u8] = b"\"sequence\":";
/// What a payment has in it, which happened just before it was sent; alerts are of older times.
const PAYMENT: &[u8] = b"{\"type\":\"newTransaction\"";
const TIMESTAMP: &[u8] = b"\"timestamp\":\"";
/// The longest message.
const BUFFER: usize = 64 << 10;
/// After the time is over, how long what is on its way is waited for.
const GRACE: Duration = Duration::from_secs(3);

/// What one of them heard.
#[derive(Debug, Clone, Default)]
struct Heard {
    first: u64,
    last: u64,
    count: u64,
    /// Milliseconds from a payment to its arrival.
    delays: Vec<f64>,
    /// Whether the connection ended before it was told to.
    is_cut: bool,
}

/// What the listeners tell each other.
#[derive(Debug)]
struct Shared {
    /// The greatest number that any of them has heard.
    newest: AtomicU64,
    /// The greatest number that counts: what was sent after the time was over does not.
    limit: AtomicU64,
}

/// What all of them heard together.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Summary {
    /// How many listened at all.
    pub listeners: usize,
    /// How many connections were cut.
    pub cut: usize,
    /// Messages that arrived, of those sent while all listened.
    pub delivered: u64,
    /// Messages that should have.
    pub expected: u64,
    /// How long all listened, in seconds.
    pub seconds: f64,
    /// Delays in milliseconds: median, p99, the longest.
    pub delays: [f64; 3],
}

/// The process: `listeners URL COUNT SECONDS`. It says `ready` once all are connected, and what they heard at the end.
pub async fn listen(arguments: &[String]) {
    raise_limit();
    let address = arguments[0].trim_start_matches("http://").to_owned();
    let (count, seconds): (usize, u64) = (arguments[1].parse().unwrap(), arguments[2].parse().unwrap());
    let shared = Arc::new(Shared { newest: AtomicU64::new(0), limit: AtomicU64::new(u64::MAX) });
    let (stop, stopped) = watch::channel(());
    let mut tasks = Vec::new();
    for number in 0..2 * count {
        let stream = connect(&address, number % 2 == 0).await;
        tasks.push(tokio::spawn(hear(stream, Arc::clone(&shared), stopped.clone())));
    }
    println!("ready");
    let begun = tokio::time::Instant::now();
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    let listened = begun.elapsed();
    shared.limit.store(shared.newest.load(Ordering::Relaxed), Ordering::Relaxed);
    tokio::time::sleep(GRACE).await;
    drop(stop);
    let mut all = Vec::new();
    for task in tasks {
        all.push(task.await.unwrap());
    }
    println!("{}", serde_json::to_string(&summary(&all, listened)).unwrap());
}

/// The soft limit of open files is often far below the hard one.
fn raise_limit() {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum }).unwrap();
}

async fn connect(address: &str, is_socket: bool) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let asks = if is_socket {
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    } else {
        "Accept: text/event-stream\r\n"
    };
    let request = format!("GET /events HTTP/1.1\r\nHost: {address}\r\n{asks}\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        assert_ne!(stream.read_buf(&mut head).await.unwrap(), 0, "the gateway does not take more listeners");
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    assert!(head.starts_with("HTTP/1.1 101") || head.starts_with("HTTP/1.1 200"), "{head}");
    stream
}

/// Hears until it is told to stop. Messages are found by what they end with, however they are framed.
async fn hear(mut stream: TcpStream, shared: Arc<Shared>, mut stopped: watch::Receiver<()>) -> Heard {
    let (mut heard, mut bytes) = (Heard::default(), Vec::with_capacity(2 * BUFFER));
    loop {
        let read = tokio::select! {
            read = stream.read_buf(&mut bytes) => read,
            _ = stopped.changed() => return heard,
        };
        if !read.is_ok_and(|read| read > 0) {
            heard.is_cut = true;
            return heard;
        }
        let mut done = 0;
        while let Some((at, sequence, end)) = next(&bytes[done..]) {
            if sequence > shared.limit.load(Ordering::Relaxed) {
                return heard;
            }
            heard.first = if heard.count == 0 { sequence } else { heard.first };
            heard.last = sequence;
            heard.count += 1;
            if sequence % LOOKED_AT == 0 {
                heard.delays.extend(delay(&bytes[done..done + at]));
            }
            done += end;
        }
        bytes.drain(..done);
        shared.newest.fetch_max(heard.last, Ordering::Relaxed);
    }
}

/// Where the next message's number begins, what it is and where it ends, if it is there as a whole.
fn next(bytes: &[u8]) -> Option<(usize, u64, usize)> {
    let at = find(bytes, SEQUENCE)?;
    let digits = at + SEQUENCE.len();
    let length = bytes[digits..].iter().position(|byte| !byte.is_ascii_digit())?;
    let number = std::str::from_utf8(&bytes[digits..digits + length]).ok()?.parse().ok()?;
    Some((at, number, digits + length))
}

/// Milliseconds since a payment was made.
fn delay(message: &[u8]) -> Option<f64> {
    let payment = &message[find(message, PAYMENT)?..];
    let time = &payment[find(payment, TIMESTAMP)? + TIMESTAMP.len()..];
    let end = find(time, b"\"")?;
    let time: Timestamp = std::str::from_utf8(&time[..end]).ok()?.parse().ok()?;
    Some(Timestamp::now().duration_since(time).as_secs_f64() * 1e3)
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes, wanted)
}

/// What was sent while all listened is what lies between the latest first number and the greatest of all numbers.
fn summary(all: &[Heard], listened: Duration) -> Summary {
    let first = all.iter().map(|heard| heard.first).max().unwrap_or(0);
    let last = all.iter().map(|heard| heard.last).max().unwrap_or(0);
    // Numbers rise by one, and none is given twice: what is missing was not delivered.
    let delivered = all.iter().map(|heard| heard.count.saturating_sub(first.saturating_sub(heard.first)));
    let mut delays = Delays::default();
    for delay in all.iter().flat_map(|heard| &heard.delays) {
        delays.add(Duration::from_secs_f64(delay.max(0.0) / 1e3));
    }
    Summary {
        listeners: all.len(),
        cut: all.iter().filter(|heard| heard.is_cut).count(),
        delivered: delivered.sum(),
        expected: (last + 1 - first) * all.len() as u64,
        seconds: listened.as_secs_f64(),
        delays: [0.5, 0.99, 1.0].map(|share| delays.quantile(share)),
    }
}

/// Starts the process; `connected` is called once all of them listen.
pub async fn started(url: &str, count: usize, time: Duration, connected: impl FnOnce()) -> Summary {
    use tokio::io::{AsyncBufReadExt as _, BufReader};
    let mut process = Command::new(std::env::current_exe().unwrap())
        .args([ROLE, url, &count.to_string(), &time.as_secs().to_string()])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    assert_eq!(lines.next_line().await.unwrap().as_deref(), Some("ready"), "the listeners do not connect");
    connected();
    let summary = lines.next_line().await.unwrap().expect("the listeners have ended");
    serde_json::from_str(&summary).unwrap()
}
