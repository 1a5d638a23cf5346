//! A server that does as it is told, and a desk whose clock stands still.

use std::sync::Arc;
use std::time::Duration;

use tempfile::{TempDir, tempdir};
use vigie_core::clock::Clock as _;
use vigie_core::desk::view::GapView;
use vigie_core::model::{Link, SourceId, TransportKind, Trouble};
use vigie_core::vault::SessionVault;
use vigie_tests::clock::ManualClock;
use vigie_tests::desk::{IN_VAIN, TestDesk};
use vigie_tests::server::{Answer, Server, Wire, transaction};

/// Longer than any wait before a new try that nobody asked for.
pub const LONGEST_WAIT: Duration = Duration::from_secs(31);
/// The quiet after which a replay counts as over.
pub const SETTLED: Duration = Duration::from_millis(1_500);
/// A replay that takes longer goes on while the link counts as live.
pub const SETTLING_LIMIT: Duration = Duration::from_secs(30);

/// A WebSocket, which is better, and an event stream; neither can go back.
pub const TWO_WAYS: &str = r#"
name = "two-ways"
title = "Two ways"
url = "http://localhost"

[sign_in]
kind = "bearer"

[[transport]]
kind = "websocket"

[[transport.stream]]
path = "/ws"

[[transport]]
kind = "sse"

[[transport.stream]]
path = "/events"
silence_seconds = 330

[frame]
type = "/type"
body = "/payload"

[[message]]
type = "newTransaction"
kind = "transaction"
id = "/id"
"#;
/// A WebSocket that cannot go back, with a session that is renewed every ten seconds.
pub const RENEWED: &str = r#"
name = "renewed"
title = "Renewed"
url = "http://localhost"

[sign_in]
kind = "password"
path = "/auth/login"
token = "/access_token"
expires_in = "/expires_in"

[[transport]]
kind = "websocket"

[[transport.stream]]
path = "/ws"

[[message]]
type = "*"
kind = "transaction"
id = "/id"
"#;
/// The wait before a better transport is tried again.
pub const BETTER: Duration = Duration::from_secs(300);

/// A server that does as it is told, and a desk whose clock stands still.
pub struct Stage {
    pub server: Server,
    pub desk: TestDesk,
    pub clock: Arc<ManualClock>,
    _folder: TempDir,
}

impl Stage {
    /// With a profile of its own, if there is any.
    pub async fn new(profiles: &[&str]) -> Self {
        let (folder, server) = (tempdir().unwrap(), Server::start().await);
        let (vault, clock) = (Arc::new(SessionVault::default()), Arc::new(ManualClock::default()));
        let desk = TestDesk::start_knowing(folder.path(), vault, clock.clone(), profiles).await;
        Self { server, desk, clock, _folder: folder }
    }

    /// Signs in, and gives the event stream, which is live; for profiles that begin with one.
    pub async fn live_stream(&mut self, profile: &str) -> Wire {
        self.sign_in(profile).await;
        // The first was only to find out whether the server takes us.
        drop(self.server.wire().await);
        let wire = self.server.wire().await;
        self.desk.until_live().await;
        wire
    }

    /// Signs in to a server of [`TWO_WAYS`] and gives the worse, from which something has come; the other is not there
    /// yet.
    pub async fn worse_way(&mut self) -> Wire {
        self.server.answer("GET /ws", Answer::status(426));
        let mut wire = self.live_stream("two-ways").await;
        wire.event(transaction(1)).await;
        self.until_stored(1).await;
        self.server.forget("GET /ws");
        wire
    }

    /// Waits until the link is live over this transport.
    pub async fn until_live_over(&self, kind: TransportKind) {
        let is_it = |link: &Link| matches!(link, Link::Live { transport, .. } if *transport == kind);
        self.desk.until_link("the link is live over it", is_it).await;
    }

    /// Signs in to an `aml` server, and gives its two event streams, which are live.
    pub async fn live_streams(&mut self) -> [Wire; 2] {
        self.sign_in("aml").await;
        // The first were only to find out whether the server takes us.
        drop(self.two_wires().await);
        let [mut transactions, mut alerts] = self.two_wires().await;
        transactions.event(r#"{"id":"t-1","occurred_at":"2026-01-01T00:00:00Z"}"#).await;
        alerts.send(": here\n\n").await;
        self.desk.until_stored("something is stored", |_, all| all.len() == 1).await;
        self.clock.advance(SETTLED);
        self.desk.until_live().await;
        [transactions, alerts]
    }

    /// The event streams of an `aml` server: transactions, alerts.
    pub async fn two_wires(&mut self) -> [Wire; 2] {
        let mut wires = [self.server.wire().await, self.server.wire().await];
        wires.sort_by_key(|wire| wire.head.contains("alerts"));
        wires
    }

    pub async fn sign_in(&self, profile: &str) -> SourceId {
        self.desk.sign_in_as(profile, &self.server.url, "ada", "secret").await.unwrap()
    }

    /// Waits until it is told that the link is broken, then until just before the next try.
    pub async fn until_broken(&self, why: Trouble) {
        // One that is over by now is followed by a try, and that by the next.
        let now = self.clock.now();
        let is_told = |link: &Link| matches!(link, Link::Retrying { why: told, until, .. } if *told == why && *until > now);
        self.desk.until_link("the link is broken", is_told).await;
    }

    /// Waits until the transaction of this number is stored.
    pub async fn until_stored(&self, id: u32) {
        let subject = format!("t-{id}");
        let what = format!("{subject} is stored");
        self.desk.until_stored(&what, |_, all| all.iter().any(|one| one.subject == subject)).await;
    }

    /// The gaps, oldest first.
    pub async fn gaps(&self) -> Vec<GapView> {
        let mut gaps = self.desk.desk.diagnostics().await.unwrap().gaps;
        gaps.sort_by_key(|gap| gap.start);
        gaps
    }

    /// Waits until there are so many gaps, and all have ended; gives them, oldest first.
    pub async fn until_ended(&self, count: usize) -> Vec<GapView> {
        let waiting = async {
            loop {
                let gaps = self.gaps().await;
                if gaps.len() == count && gaps.iter().all(|gap| gap.end.is_some()) {
                    return gaps;
                }
            }
        };
        match tokio::time::timeout(IN_VAIN, waiting).await {
            Ok(gaps) => gaps,
            Err(_) => panic!("waited in vain for {count} gaps that have ended: {:#?}", self.gaps().await),
        }
    }
}
