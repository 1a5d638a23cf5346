//! A server in a process of its own that lets anybody sign in and pours messages as fast as the socket takes them, or
//! at a steady rate. Nothing but TCP holds it back.
//!
//! It is told what to do line by line on its standard input, and answers on its standard output; times are microseconds
//! since 1970 by the clock that all processes of the machine share.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior};
use vigie_tests::server::{Answer, Connection, Server, Wire};

use crate::traffic::{self, Identifiers};

/// What makes this program a flood instead of a benchmark.
pub const ROLE: &str = "flood";

/// What is handed to the socket at once, in bytes.
const PIECE: usize = 64 << 10;
/// How often a steady rate is kept.
const TICK: Duration = Duration::from_millis(1);

/// How the messages travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// As the text frames of a WebSocket.
    WebSocket,
    /// As Server-Sent Events.
    Sse,
}

impl Way {
    const fn word(self) -> &'static str {
        match self {
            Self::WebSocket => "websocket",
            Self::Sse => "sse",
        }
    }
}

/// Microseconds since 1970.
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros().try_into().unwrap()
}

/// A stream that somebody has asked for.
enum Outlet {
    WebSocket(Connection),
    Sse(Wire),
}

impl Outlet {
    async fn of(server: &mut Server, way: Way) -> Self {
        match way {
            Way::WebSocket => Self::WebSocket(server.connection().await),
            Way::Sse => Self::Sse(server.wire().await),
        }
    }

    /// Sends bytes; says whether anybody was still there to take them.
    async fn send(&mut self, bytes: &[u8]) -> bool {
        match self {
            Self::WebSocket(connection) => connection.offer_bytes(bytes).await,
            Self::Sse(wire) => wire.offer(bytes).await,
        }
    }

    /// Adds a message to what is to be sent.
    fn frame(&self, message: &[u8], out: &mut Vec<u8>) {
        match self {
            Self::WebSocket(_) => {
                // A final text frame; every message of ours has 126 to 65,535 bytes.
                out.extend([0x81, 126]);
                out.extend(u16::try_from(message.len()).unwrap().to_be_bytes());
                out.extend(message);
            }
            Self::Sse(_) => {
                out.extend(b"data: ");
                out.extend(message);
                out.extend(b"\n\n");
            }
        }
    }
}

/// The process: `flood WAY IDENTIFIERS`. It ends when its input does.
pub async fn serve(arguments: &[String]) {
    let way = if arguments[0] == Way::Sse.word() { Way::Sse } else { Way::WebSocket };
    let identifiers = if arguments[1] == "random" { Identifiers::Random } else { Identifiers::Growing };
    let mut server = Server::start().await;
    if way == Way::WebSocket {
        // Who would rather have an event stream takes the WebSocket at the same address.
        server.answer("STREAM /ws", Answer::status(404));
    }
    println!("listening {}", server.url);
    let (told, mut commands) = mpsc::unbounded_channel();
    // The standard input can only be waited on by a thread.
    std::thread::spawn(move || {
        std::io::stdin().lines().map_while(Result::ok).try_for_each(|line| told.send(line))
    });
    let (mut outlet, mut next) = (None, 0);
    while let Some(command) = commands.recv().await {
        let words: Vec<&str> = command.split(' ').collect();
        match words[..] {
            // Whoever listened is gone; the next to pour into is the next to come.
            ["forget"] => {
                outlet = None;
                server.drop_open();
            }
            ["pour", count, rate, stamps] => {
                let (count, rate): (u64, u64) = (count.parse().unwrap(), rate.parse().unwrap());
                let numbers = next..next + count;
                next = numbers.end;
                let (taken, sent) = loop {
                    let mut taken = match outlet.take() {
                        Some(outlet) => outlet,
                        None => {
                            let outlet = Outlet::of(&mut server, way).await;
                            println!("asked {}", now());
                            outlet
                        }
                    };
                    println!("begun {}", now());
                    // Who only wanted to see whether there is a stream leaves; the next one gets it all.
                    if let Some(sent) = pour(&mut taken, numbers.clone(), rate, identifiers).await {
                        break (taken, sent);
                    }
                };
                outlet = Some(taken);
                if !stamps.is_empty() {
                    let bytes: Vec<u8> = sent.iter().flat_map(|stamp| stamp.to_le_bytes()).collect();
                    std::fs::write(stamps, bytes).unwrap();
                }
                println!("poured {}", now());
            }
            _ => panic!("{command} is no command"),
        }
    }
}

/// Sends these messages, `rate` a second (0: as fast as they are taken). Gives when each was handed to the socket,
/// where a rate is to be kept; nothing, when the client has left.
async fn pour(
    outlet: &mut Outlet,
    numbers: std::ops::Range<u64>,
    rate: u64,
    identifiers: Identifiers,
) -> Option<Vec<u64>> {
    let (mut piece, mut message, mut stamps) = (Vec::with_capacity(2 * PIECE), Vec::new(), Vec::new());
    let mut add = |number, at: u64, piece: &mut Vec<u8>, outlet: &Outlet| {
        message.clear();
        traffic::write(&mut message, number, identifiers, i64::try_from(at / 1_000).unwrap());
        outlet.frame(&message, piece);
    };
    let mut left = numbers;
    if rate == 0 {
        while !left.is_empty() {
            piece.clear();
            let at = now();
            while piece.len() < PIECE
                && let Some(number) = left.next()
            {
                add(number, at, &mut piece, outlet);
            }
            if !outlet.send(&piece).await {
                return None;
            }
        }
        return Some(stamps);
    }
    let (begun, mut sent) = (Instant::now(), 0);
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    while !left.is_empty() {
        ticks.tick().await;
        let due = u64::try_from(begun.elapsed().as_micros()).unwrap() * rate / 1_000_000;
        piece.clear();
        let at = now();
        for number in left.by_ref().take(usize::try_from(due.saturating_sub(sent)).unwrap()) {
            add(number, at, &mut piece, outlet);
            stamps.push(at);
            sent += 1;
        }
        if !outlet.send(&piece).await {
            return None;
        }
    }
    Some(stamps)
}

/// When a pouring began and ended.
#[derive(Debug, Clone, Copy, Default)]
pub struct Poured {
    /// When the stream was asked for, if this was the first pouring into it.
    pub asked: u64,
    /// When the first message was handed to the socket.
    pub begun: u64,
    /// When the socket had taken the last one.
    pub ended: u64,
}

/// A flood in a process of its own, as the benchmark has it. It ends when this is dropped.
pub struct Flood {
    /// Where it listens.
    pub url: String,
    _process: Child,
    commands: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Flood {
    /// Starts one.
    pub async fn start(way: Way, identifiers: Identifiers) -> Self {
        let identifiers = if identifiers == Identifiers::Random { "random" } else { "growing" };
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args([ROLE, way.word(), identifiers])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let commands = process.stdin.take().unwrap();
        let answers = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut flood = Self { url: String::new(), _process: process, commands, answers };
        flood.url = flood.answer().await.1;
        flood
    }

    /// Lets it send the next `count` messages, `rate` a second (0: as fast as they are taken), to whoever is connected
    /// or comes next. It writes into `stamps` when it sent each.
    pub async fn pour(&mut self, count: u64, rate: u64, stamps: Option<&Path>) {
        let stamps = stamps.map(|path| path.display().to_string()).unwrap_or_default();
        self.command(&format!("pour {count} {rate} {stamps}")).await;
    }

    /// The one that it sent to is gone: it waits for the next.
    pub async fn forget(&mut self) {
        self.command("forget").await;
    }

    /// Waits until the socket has taken everything.
    pub async fn poured(&mut self) -> Poured {
        let mut poured = Poured::default();
        loop {
            let (word, value) = self.answer().await;
            let time = value.parse().unwrap();
            match word.as_str() {
                "asked" => poured.asked = time,
                "begun" => poured.begun = time,
                _ => return Poured { ended: time, ..poured },
            }
        }
    }

    async fn command(&mut self, command: &str) {
        self.commands.write_all(format!("{command}\n").as_bytes()).await.unwrap();
    }

    /// The next answer: a word and what it says.
    async fn answer(&mut self) -> (String, String) {
        let line = self.answers.next_line().await.unwrap().expect("the flood has ended");
        let (word, value) = line.split_once(' ').unwrap();
        (word.to_owned(), value.to_owned())
    }
}

/// Reads when each message was sent.
pub fn stamps(path: &Path) -> Vec<u64> {
    let bytes = std::fs::read(path).unwrap();
    bytes.chunks_exact(8).map(|stamp| u64::from_le_bytes(stamp.try_into().unwrap())).collect()
}
