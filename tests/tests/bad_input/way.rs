//! The ways on which input arrives, so that the same can be said on each.

use std::sync::Arc;
use std::time::Duration;

use tempfile::{TempDir, tempdir};
use vigie_core::model::{Link, Trouble};
use vigie_core::vault::SessionVault;
use vigie_tests::clock::ManualClock;
use vigie_tests::desk::TestDesk;
use vigie_tests::server::{Answer, Connection, Server, Wire, transaction};

/// The wait between two fetches over polling: nobody else waits so long.
const POLLED_EVERY: Duration = Duration::from_secs(17);
/// Longer than the longest wait before a fetch that failed is tried again.
const POLLED: Duration = Duration::from_secs(31);
/// How Big Defend says what it says, whatever carries it.
const BIG_DEFEND: &str = include_str!("../../../src-tauri/crates/core/profiles/big-defend.toml");
/// The same over an event stream.
const STREAM: &str = r#"
[[transport]]
kind = "sse"

[[transport.stream]]
path = "/events"
resume = "last_event_id"
"#;
/// The same by asking again and again; the items are whole frames.
const POLLING: &str = r#"
[[transport]]
kind = "polling"
poll = ["frames"]
fast_seconds = 17
slow_seconds = 17

[[list]]
name = "frames"
path = "/frames"
items = "/items"
"#;

/// How frames come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    WebSocket,
    Sse,
    Polling,
}

impl Way {
    pub const ALL: [Self; 3] = [Self::WebSocket, Self::Sse, Self::Polling];

    /// Big Defend's profile with this transport alone.
    fn profile(self) -> String {
        let transports = BIG_DEFEND.find("[[transport]]").unwrap();
        let frame = BIG_DEFEND.find("[frame]").unwrap();
        let lists = BIG_DEFEND.find("[[list]]").unwrap();
        let messages = BIG_DEFEND.find("[[message]]").unwrap();
        let (top, frame) = (&BIG_DEFEND[..transports], &BIG_DEFEND[frame..lists]);
        let messages = BIG_DEFEND[messages..].replace("list = ", "# list = ");
        match self {
            Self::WebSocket => BIG_DEFEND.to_owned(),
            Self::Sse => format!("{top}{STREAM}{frame}{messages}"),
            Self::Polling => format!("{top}{POLLING}{frame}{messages}"),
        }
    }
}

/// What speaks to a desk that is live.
pub struct Mouth {
    pub way: Way,
    pub desk: TestDesk,
    server: Server,
    clock: Arc<ManualClock>,
    open: Open,
    folder: TempDir,
}

enum Open {
    Connection(Connection),
    Wire(Wire),
    Asked,
}

impl Mouth {
    /// A desk that is live, and what speaks to it.
    pub async fn on(way: Way) -> Self {
        let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
        let (vault, clock) = (Arc::new(SessionVault::default()), Arc::new(ManualClock::default()));
        // It takes the place of the built-in one.
        let profile = way.profile().replacen("\"big-defend\"", "\"said\"", 1);
        let desk = TestDesk::start_knowing(folder.path(), vault, clock.clone(), &[&profile]).await;
        server.answer("GET /frames", Answer::json(r#"{"items":[]}"#));
        desk.sign_in_as("said", &server.url, "ada", "secret").await.unwrap();
        let open = match way {
            Way::WebSocket => Open::Connection(server.connection().await),
            Way::Sse => Open::Wire(server.wire().await),
            Way::Polling => Open::Asked,
        };
        desk.until_live().await;
        Self { way, desk, server, clock, open, folder }
    }

    /// Says a frame.
    pub async fn say(&mut self, frame: impl AsRef<[u8]>) {
        self.say_all(&[frame]).await;
    }

    /// Says frames, one after the other; over polling in one answer.
    pub async fn say_all<F: AsRef<[u8]>>(&mut self, frames: &[F]) {
        match &mut self.open {
            Open::Connection(connection) => {
                for frame in frames {
                    connection.send(frame).await;
                }
            }
            Open::Wire(wire) => {
                for frame in frames {
                    wire.event(frame).await;
                }
            }
            Open::Asked => {
                let items: Vec<&[u8]> = frames.iter().map(AsRef::as_ref).collect();
                let answer = [&br#"{"items":["#[..], &items.join(&b','), b"]}"].concat();
                self.server.answer("GET /frames", Answer { body: answer, ..Answer::json("") });
                self.until_fetched().await;
            }
        }
    }

    /// Says something that makes no answer over polling: it is told in words there, and the next answer counts again.
    pub async fn say_nonsense(&mut self, frame: impl AsRef<[u8]>) {
        self.say(frame).await;
        if self.way == Way::Polling {
            let is_told = |link: &Link| matches!(link, Link::Retrying { why: Trouble::NotUnderstood, .. });
            self.desk.until_link("the answer is not understood", is_told).await;
        }
    }

    /// Waits until the list is asked for once more; what was answered before is handled then.
    async fn until_fetched(&self) {
        let asked = self.server.count("GET /frames");
        let tries_again = async {
            self.desk.until_link("it is tried again", |link| matches!(link, Link::Retrying { .. })).await;
            self.clock.sleeper(Duration::from_millis(100)..=POLLED).await
        };
        tokio::select! {
            _waits = self.clock.sleeper(POLLED_EVERY..=POLLED_EVERY) => {}
            _waits = tries_again => {}
        }
        self.clock.advance(POLLED);
        self.server.until_asked("GET /frames", asked + 1).await;
    }

    /// Says a last transaction and waits for it: nothing after what was said may be lost, and it must still be the
    /// first connection.
    pub async fn still_heard(mut self) -> (TestDesk, TempDir) {
        self.say(transaction(999)).await;
        let way = self.way;
        self.desk
            .until_stored(&format!("the last transaction is there over {way:?}"), |_, transactions| {
                transactions.iter().any(|transaction| transaction.subject == "t-999")
            })
            .await;
        let connections = self.server.count("GET /ws") + self.server.count("STREAM /");
        assert_eq!(connections, usize::from(way != Way::Polling), "the connection did not survive");
        (self.desk, self.folder)
    }
}

/// Signs in on this way, lets `act` speak, and waits until a last transaction is there.
pub async fn after(way: Way, act: impl AsyncFnOnce(&mut Mouth)) -> (TestDesk, TempDir) {
    let mut mouth = Mouth::on(way).await;
    act(&mut mouth).await;
    mouth.still_heard().await
}
