//! Two sources on one desk: one of a hostile server, and one of a good server that must not notice.

use std::sync::Arc;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use sqlx::ConnectOptions as _;
use sqlx::sqlite::SqliteConnectOptions;
use tempfile::{TempDir, tempdir};
use vigie_core::clock::Clock as _;
use vigie_core::desk::view::{Failure, GapView, RejectedView};
use vigie_core::model::{Link, SignedOutReason, SourceId, Trouble};
use vigie_core::vault::SessionVault;
use vigie_tests::clock::ManualClock;
use vigie_tests::desk::{IN_VAIN, TestDesk};
use vigie_tests::server::{Connection, Server, Wire, transaction};

/// The credential of the hostile server's source.
pub const SECRET: &str = "key-3ab0-not-to-be-seen";
/// What fits into the system's buffers of a connection and what a client may read ahead, with room: beyond a limit, no
/// more than this is ever taken.
pub const SLACK: usize = 16 << 20;
/// As exactly as the program tells a time.
pub const MILLISECOND: Duration = Duration::from_millis(1);
/// As long as the good server may be left alone: its WebSocket is pinged every 20 s.
const STEP: Duration = Duration::from_secs(15);
/// Longer than any wait before a new try that nobody asked for.
pub const LONGEST_WAIT: Duration = Duration::from_secs(31);
/// The wait before a list is fetched again that has just been fetched.
const FETCHED_AGAIN: Duration = Duration::from_secs(2);
/// A backend that has nothing but a list.
pub const POLLED: &str = r#"
name = "polled"
title = "Only a list"
url = "http://localhost"

[sign_in]
kind = "bearer"

[[transport]]
kind = "polling"
poll = ["all"]

[[list]]
name = "all"
path = "/all"
items = "/items"

[frame]
type = "/type"
body = "/payload"

[[message]]
type = "newTransaction"
kind = "transaction"
id = "/id"
"#;
/// The first number of the good server's transactions.
const FIRST: u32 = 1_000_000;

/// A desk with a good source that is live, and a hostile server.
pub struct Stage {
    pub desk: TestDesk,
    pub clock: Arc<ManualClock>,
    pub bad: Server,
    /// The hostile server's source, once it is signed in to.
    pub source: SourceId,
    good: Server,
    connection: Connection,
    good_source: SourceId,
    next: u32,
    folder: TempDir,
}

impl Stage {
    pub async fn new() -> Self {
        Self::knowing(&[POLLED]).await
    }

    /// With profiles of one's own.
    pub async fn knowing(profiles: &[&str]) -> Self {
        let (folder, bad, mut good) = (tempdir().unwrap(), Server::start().await, Server::start().await);
        let (vault, clock) = (Arc::new(SessionVault::default()), Arc::new(ManualClock::default()));
        let desk = TestDesk::start_knowing(folder.path(), vault, clock.clone(), profiles).await;
        let good_source = desk.sign_in(&good.url, "ada", "secret").await.unwrap();
        let connection = good.connection().await;
        desk.until_live().await;
        let source = SourceId(0);
        let mut stage = Self { desk, clock, bad, source, good, connection, good_source, next: FIRST, folder };
        stage.others_go_on().await;
        stage
    }

    /// Signs in to the hostile server.
    pub async fn try_sign_in(&mut self, profile: &str) -> Result<(), Failure> {
        self.source = self.desk.sign_in_as(profile, &self.bad.url, "ada", SECRET).await?;
        Ok(())
    }

    /// Signs in to the hostile server, which behaves so far.
    pub async fn sign_in(&mut self, profile: &str) {
        self.try_sign_in(profile).await.unwrap();
    }

    /// Signs in to the hostile server and gives its stream, which is live; for profiles with one stream.
    pub async fn live_stream(&mut self, profile: &str) -> Wire {
        self.sign_in(profile).await;
        // The first was only to find out whether the server takes us.
        drop(self.bad.wire().await);
        let wire = self.bad.wire().await;
        self.until("the stream is live", |link| matches!(link, Link::Live { .. })).await;
        wire
    }

    /// Waits until the hostile server's link is as it should be.
    pub async fn until(&self, what: &str, holds: impl FnMut(&Link) -> bool) -> Link {
        self.desk.until_link_of(self.source, what, holds).await
    }

    /// Waits until the hostile server's link waits for its next try; gives how long, up to a millisecond more, and how
    /// many tries have failed.
    pub async fn until_told(&self, trouble: Trouble) -> (Duration, u32) {
        // One that is over by now is followed by a try, and that by the next.
        let is_told = |link: &Link| matches!(link, Link::Retrying { why, until, .. } if *why == trouble && *until > self.clock.now());
        let link = self.until(&format!("{trouble:?} is told"), is_told).await;
        let Link::Retrying { until, attempts, .. } = link else { unreachable!() };
        // What is told is cut to milliseconds, and told just before the wait begins.
        let wait = until.since(self.clock.now()) + MILLISECOND;
        self.clock.sleeper(wait - MILLISECOND..=wait).await;
        (wait, attempts)
    }

    /// Waits until so many tries have failed in a row.
    pub async fn until_attempt(&self, failures: u32) {
        let has_failed =
            |link: &Link| matches!(link, Link::Retrying { attempts, .. } if *attempts == failures);
        self.until(&format!("{failures} tries have failed"), has_failed).await;
    }

    /// Waits until the hostile server's source is signed out because its key no longer counts.
    pub async fn until_signed_out(&self) {
        let reason = SignedOutReason::CredentialRefused;
        self.until("it is signed out", |link| *link == Link::SignedOut { reason }).await;
    }

    /// How the hostile server's link stands.
    pub async fn link(&self) -> Link {
        let overview = self.desk.desk.overview().await.unwrap();
        overview.sources.into_iter().find(|source| source.id == self.source).unwrap().link
    }

    /// Waits until so much was missed of the hostile server, and is over.
    pub async fn until_gaps(&self, count: usize) {
        let ended = async || self.gaps().await.iter().filter(|gap| gap.end.is_some()).count();
        let waiting = async { while ended().await < count {} };
        tokio::time::timeout(IN_VAIN, waiting).await.expect("there are fewer gaps");
    }

    /// Waits until the hostile server's link is live.
    pub async fn until_live(&self) {
        self.until("the link is live", |link| matches!(link, Link::Live { .. })).await;
    }

    /// Lets time pass, in steps that the good server has its say between.
    pub async fn pass(&self, mut time: Duration) {
        while !time.is_zero() {
            let step = time.min(STEP);
            time -= step;
            self.clock.advance(step);
            self.connection.until_read().await;
        }
    }

    /// Ends what the hostile server has open, or lets the next fetch of a list come, so that it is asked again.
    pub async fn ask_again(&mut self) {
        let wait = match self.bad.drop_open() {
            0 => FETCHED_AGAIN,
            _ => self.until_told(Trouble::Closed).await.0,
        };
        self.pass(wait).await;
    }

    /// Signs out of the hostile server, which then does as at first.
    pub async fn leave(&mut self) {
        self.desk.desk.remove_source(self.source).await.unwrap();
        self.bad.forget_all();
    }

    /// Lets time pass until the hostile server is asked, so many times in all, for what begins like this.
    pub async fn pass_until_asked(&self, beginning: &str, times: usize) {
        let passing = async {
            while self.bad.count(beginning) < times {
                self.pass(STEP / 3).await
            }
        };
        tokio::time::timeout(IN_VAIN, passing).await.expect("nobody asks, however late it is");
    }

    /// Lets time pass until the hostile server's source has stored this transaction.
    pub async fn pass_until_stored(&self, subject: &str) {
        let passing = async {
            while !self.has(subject).await {
                self.pass(STEP).await
            }
        };
        tokio::time::timeout(IN_VAIN, passing).await.expect("it is not stored, however late it is");
    }

    async fn has(&self, subject: &str) -> bool {
        let mut stored = self.desk.transactions().await.into_iter();
        stored.any(|one| one.source == self.source && one.subject == subject)
    }

    /// Waits until the hostile server's source has stored this transaction.
    pub async fn until_stored(&self, subject: &str) {
        let what = format!("{subject} is stored");
        self.desk
            .until_stored(&what, |_, transactions| {
                transactions.iter().any(|one| one.source == self.source && one.subject == subject)
            })
            .await;
    }

    /// The other source is live on its first connection, and what happens there arrives.
    pub async fn others_go_on(&mut self) {
        let id = self.next;
        self.next += 1;
        self.connection.send(transaction(id)).await;
        let what = format!("the good server's transaction {} arrives", id - FIRST);
        self.desk.until_stored(&what, |_, all| all.iter().any(|one| one.subject == format!("t-{id}"))).await;
        let overview = self.desk.desk.overview().await.unwrap();
        let good = overview.sources.iter().find(|source| source.id == self.good_source).unwrap();
        assert!(matches!(good.link, Link::Live { .. }), "{:?}", good.link);
        assert_eq!((good.rejected, self.good.count("GET /ws")), (0, 1));
    }

    /// What could not be read so far, oldest first.
    pub async fn rejected(&self) -> Vec<RejectedView> {
        let mut rejected = self.desk.desk.diagnostics().await.unwrap().rejected;
        rejected.reverse();
        assert!(rejected.iter().all(|one| one.source == self.source));
        rejected
    }

    /// The same, only the reasons.
    pub async fn reasons(&self) -> Vec<String> {
        self.rejected().await.into_iter().map(|one| one.reason).collect()
    }

    /// How much of what could not be read is kept at all, whatever the diagnostics show of it.
    pub async fn rejected_on_disk(&self) -> i64 {
        let options = SqliteConnectOptions::new().filename(&self.desk.path).read_only(true);
        let mut database = options.connect().await.unwrap();
        sqlx::query_scalar("SELECT COUNT(*) FROM rejected").fetch_one(&mut database).await.unwrap()
    }

    /// What was missed of the hostile server, newest first.
    pub async fn gaps(&self) -> Vec<GapView> {
        let gaps = self.desk.desk.diagnostics().await.unwrap().gaps;
        gaps.into_iter().filter(|gap| gap.source == self.source).collect()
    }

    /// How much is kept on disk, in bytes.
    pub fn kept(&self) -> u64 {
        std::fs::read_dir(self.folder.path())
            .unwrap()
            .map(|file| file.unwrap().metadata().unwrap().len())
            .sum()
    }
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
