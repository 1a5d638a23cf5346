//! A proxy on loopback that lets a desktop and a server talk, and commits the faults that it is told to. It knows where
//! the server's messages begin and end, and looks at nothing else in them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};

use super::borders::{Answer, Borders, Piece, unreadable};
use super::schedule::Fault;

/// The longest head of a request that it looks at.
const HEAD_LIMIT: usize = 16 << 10;
/// How long it keeps messages to join them, and one that is to come after the next.
const KEPT: Duration = Duration::from_millis(40);
/// The most by which it delays.
const DELAY_MS: u64 = 15;
/// Bytes that begin neither a frame nor a chunk.
const GARBAGE: &[u8] = b"\xff\xfe\xfd what is this? \xff\r\n\r\n\xff";

/// How bytes come through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    Free,
    Delayed,
    Slow,
    Split,
    Joined,
    /// Not at all, for now.
    Stalled,
    /// Not at all, for ever: also when it is healed.
    Dead,
}

/// What all connections go by.
#[derive(Debug, Clone, Copy)]
struct Rules {
    flow: Flow,
    /// Whether new connections are taken.
    takes: bool,
    /// How often all connections were closed, and how often they were reset.
    closed: u64,
    reset: u64,
    /// How often everything was healed.
    healed: u64,
}

/// Faults of messages: after how many more, and which.
type Armed = Arc<Mutex<VecDeque<(u32, Fault)>>>;

/// A proxy in front of one server.
pub struct FaultProxy {
    /// Its address.
    pub url: String,
    rules: watch::Sender<Rules>,
    armed: Armed,
    /// When anything last came from the server.
    heard: Arc<Mutex<Instant>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl FaultProxy {
    /// Starts a proxy in front of the server on this port. What it draws, it draws from `seed`.
    pub async fn start(port: u16, seed: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let rules = Rules { flow: Flow::Free, takes: true, closed: 0, reset: 0, healed: 0 };
        let (rules, armed) = (watch::Sender::new(rules), Armed::default());
        let heard = Arc::new(Mutex::new(Instant::now()));
        let (given, faults, ear) = (rules.subscribe(), Arc::clone(&armed), Arc::clone(&heard));
        let task = tokio::spawn(async move {
            let mut seed = seed;
            while let Ok((client, _)) = listener.accept().await {
                seed = seed.wrapping_add(1);
                let (rules, armed, heard) = (given.clone(), Arc::clone(&faults), Arc::clone(&ear));
                tokio::spawn(async move {
                    // A connection that breaks is no business of the proxy's.
                    let _broken =
                        pass(client, port, (rules, armed, heard), StdRng::seed_from_u64(seed)).await;
                });
            }
        });
        Self { url, rules, armed, heard, task }
    }

    /// How long nothing has come from the server that was let through.
    pub fn quiet_for(&self) -> Duration {
        self.heard.lock().unwrap().elapsed()
    }

    /// Commits a fault of the network or of a message.
    pub fn commit(&self, fault: Fault) {
        match fault {
            Fault::Close => self.rules.send_modify(|rules| rules.closed += 1),
            Fault::Reset => self.rules.send_modify(|rules| rules.reset += 1),
            Fault::Refuse => self.rules.send_modify(|rules| {
                rules.takes = false;
                rules.closed += 1;
            }),
            Fault::HalfOpen | Fault::Sleep { .. } => self.flow(Flow::Dead),
            Fault::Stall => self.flow(Flow::Stalled),
            Fault::Delay => self.flow(Flow::Delayed),
            Fault::Slow => self.flow(Flow::Slow),
            Fault::Split => self.flow(Flow::Split),
            Fault::Join => self.flow(Flow::Joined),
            Fault::Duplicate(nth)
            | Fault::Reorder(nth)
            | Fault::Drop(nth)
            | Fault::Truncate(nth)
            | Fault::Garbage(nth)
            | Fault::Unreadable(nth) => self.armed.lock().unwrap().push_back((nth, fault)),
            Fault::Restart { .. } | Fault::SetClock { .. } => {}
        }
    }

    fn flow(&self, flow: Flow) {
        self.rules.send_modify(|rules| rules.flow = flow);
    }

    /// From now on everything comes through; but what is half open stays so.
    pub fn heal(&self) {
        self.armed.lock().unwrap().clear();
        self.rules.send_modify(|rules| {
            (rules.flow, rules.takes) = (Flow::Free, true);
            rules.healed += 1;
        });
    }
}

/// What is to become of a message.
fn fault_of_next(armed: &Armed, is_first: bool) -> Option<Fault> {
    let mut armed = armed.lock().unwrap();
    let (left, fault) = armed.front_mut()?;
    if *left > 0 {
        *left -= 1;
        return None;
    }
    // What is dropped before anything was counted is missed by nobody.
    if is_first && matches!(fault, Fault::Drop(_)) {
        return None;
    }
    armed.pop_front().map(|(_, fault)| fault)
}

/// How a connection ends.
enum End {
    Closed,
    Reset,
}

impl From<std::io::Error> for End {
    fn from(_: std::io::Error) -> Self {
        Self::Closed
    }
}

async fn pass(
    mut client: TcpStream,
    port: u16,
    (rules, armed, heard): (watch::Receiver<Rules>, Armed, Arc<Mutex<Instant>>),
    random: StdRng,
) -> std::io::Result<()> {
    if !rules.borrow().takes {
        return client.set_zero_linger();
    }
    client.set_nodelay(true)?;
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") && head.len() < HEAD_LIMIT {
        if client.read_buf(&mut head).await? == 0 {
            return Ok(());
        }
    }
    let text = String::from_utf8_lossy(&head).into_owned();
    let lower = text.to_lowercase();
    let answer = match (lower.contains("upgrade: websocket"), lower.contains("text/event-stream")) {
        (true, _) => Answer::WebSocket,
        (_, true) => Answer::Events,
        _ => Answer::Page,
    };
    // One request a connection, so that it is known what is answered.
    let head = if answer == Answer::WebSocket {
        text
    } else {
        text.replacen("\r\n", "\r\nconnection: close\r\n", 1)
    };
    let mut server = TcpStream::connect(("127.0.0.1", port)).await?;
    server.set_nodelay(true)?;
    server.write_all(head.as_bytes()).await?;
    let (client, to_client) = client.into_split();
    let (server, to_server) = server.into_split();
    let mut line = Line {
        client,
        to_client,
        server,
        to_server,
        answer,
        borders: Borders::of(answer),
        rules,
        armed,
        heard,
        random,
        flow: Flow::Free,
        kept: Vec::new(),
        late: None,
        messages: 0,
    };
    if matches!(line.run().await, End::Reset) {
        line.to_client.as_ref().set_zero_linger()?;
    }
    Ok(())
}

/// A connection through the proxy.
struct Line {
    client: OwnedReadHalf,
    to_client: OwnedWriteHalf,
    server: OwnedReadHalf,
    to_server: OwnedWriteHalf,
    answer: Answer,
    borders: Borders,
    rules: watch::Receiver<Rules>,
    armed: Armed,
    heard: Arc<Mutex<Instant>>,
    random: StdRng,
    flow: Flow,
    /// What waits to be sent in one piece.
    kept: Vec<u8>,
    /// A message that is to come after the next.
    late: Option<Vec<u8>>,
    /// How many have come through.
    messages: u64,
}

impl Line {
    async fn run(&mut self) -> End {
        match self.follow().await {
            Ok(end) | Err(end) => end,
        }
    }

    async fn follow(&mut self) -> Result<End, End> {
        let (mut up, mut down) = (Vec::new(), Vec::new());
        let mut rules = *self.rules.borrow_and_update();
        self.flow = rules.flow;
        let mut is_over = false;
        loop {
            let (is_stalled, waits) =
                (self.flow == Flow::Stalled, !self.kept.is_empty() || self.late.is_some());
            let until = Instant::now() + KEPT;
            tokio::select! {
                changed = self.rules.changed() => {
                    // The proxy is gone.
                    if changed.is_err() {
                        return Ok(End::Closed);
                    }
                    let before = std::mem::replace(&mut rules, *self.rules.borrow_and_update());
                    if rules.reset != before.reset {
                        return Ok(End::Reset);
                    }
                    if rules.closed != before.closed {
                        return Ok(End::Closed);
                    }
                    // Nobody waits for a page for ever.
                    if rules.healed != before.healed && self.flow == Flow::Dead && self.answer == Answer::Page {
                        return Ok(End::Reset);
                    }
                    if self.flow != Flow::Dead {
                        self.flow = rules.flow;
                    }
                }
                read = self.client.read_buf(&mut up), if !is_stalled => {
                    if read? == 0 {
                        return Ok(End::Closed);
                    }
                    if self.flow != Flow::Dead {
                        self.to_server.write_all(&up).await?;
                    }
                    up.clear();
                }
                read = self.server.read_buf(&mut down), if !is_stalled && !is_over => {
                    is_over = read.unwrap_or(0) == 0;
                    if self.flow == Flow::Dead {
                        down.clear();
                        continue;
                    }
                    self.borders.put(&down);
                    down.clear();
                    while let Some(piece) = self.borders.next() {
                        self.take(piece).await?;
                    }
                    if is_over {
                        let rest = self.borders.rest();
                        self.write(&rest).await?;
                        self.flush().await?;
                        return Ok(End::Closed);
                    }
                }
                () = sleep_until(until), if waits && !is_stalled => self.flush().await?,
            }
        }
    }

    /// Lets a piece through, as far as no fault is in its way.
    async fn take(&mut self, piece: Piece) -> Result<(), End> {
        let message = match piece {
            Piece::Other(bytes) => return self.write(&bytes).await,
            Piece::Message(message) => message,
        };
        self.messages += 1;
        let fault = fault_of_next(&self.armed, self.messages == 1);
        match fault {
            Some(Fault::Drop(_)) => return Ok(()),
            Some(Fault::Reorder(_)) if self.late.is_none() => {
                self.late = Some(message);
                return Ok(());
            }
            Some(Fault::Truncate(_)) => {
                self.write(&message[..message.len() / 2]).await?;
                self.flush().await?;
                return Err(End::Closed);
            }
            _ => {}
        }
        let mut bytes = message;
        if let Some(Fault::Duplicate(_)) = fault {
            bytes.extend(bytes.clone());
        }
        if let Some(late) = self.late.take() {
            // Both in one piece: who gets one gets the other.
            bytes.extend(late);
            return self.write_whole(&bytes).await;
        }
        match fault {
            Some(Fault::Garbage(_)) => bytes.extend_from_slice(GARBAGE),
            Some(Fault::Unreadable(_)) => bytes.extend(unreadable(self.answer)),
            _ => {}
        }
        self.write(&bytes).await
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), End> {
        match self.flow {
            Flow::Dead => {}
            Flow::Joined if self.answer != Answer::Page => self.kept.extend_from_slice(bytes),
            Flow::Slow => {
                let mut rest = bytes;
                while !rest.is_empty() {
                    let (some, more) = rest.split_at(self.random.random_range(1..=rest.len().min(40)));
                    self.write_whole(some).await?;
                    tokio::task::yield_now().await;
                    rest = more;
                }
            }
            Flow::Split => {
                let (one, other) = bytes.split_at(self.random.random_range(0..=bytes.len()));
                self.write_whole(one).await?;
                sleep(Duration::from_millis(1)).await;
                self.write_whole(other).await?;
            }
            Flow::Delayed => {
                sleep(Duration::from_millis(self.random.random_range(0..=DELAY_MS))).await;
                self.write_whole(bytes).await?;
            }
            Flow::Free | Flow::Stalled | Flow::Joined => self.write_whole(bytes).await?,
        }
        Ok(())
    }

    async fn write_whole(&mut self, bytes: &[u8]) -> Result<(), End> {
        *self.heard.lock().unwrap() = Instant::now();
        let kept = std::mem::take(&mut self.kept);
        if !kept.is_empty() {
            self.to_client.write_all(&kept).await?;
        }
        Ok(self.to_client.write_all(bytes).await?)
    }

    /// Sends what was kept.
    async fn flush(&mut self) -> Result<(), End> {
        let late = self.late.take().unwrap_or_default();
        if self.flow == Flow::Dead { Ok(()) } else { self.write_whole(&late).await }
    }
}
