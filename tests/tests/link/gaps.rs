//! Gaps: none is said to be filled by what may not have filled it.

use std::sync::Arc;
use std::time::Duration;

use tempfile::{TempDir, tempdir};
use vigie_core::desk::view::GapView;
use vigie_core::model::{SourceId, Trouble};
use vigie_core::vault::SessionVault;
use vigie_tests::clock::ManualClock;
use vigie_tests::desk::{IN_VAIN, TestDesk};
use vigie_tests::server::{Server, Wire, transaction};

use super::retrying;

/// Longer than any wait before a new try that nobody asked for.
const LONGEST_WAIT: Duration = Duration::from_secs(31);
/// The quiet after which a replay counts as over.
const SETTLED: Duration = Duration::from_millis(1_500);

/// A server that does as it is told, and a desk whose clock stands still.
struct Stage {
    server: Server,
    desk: TestDesk,
    clock: Arc<ManualClock>,
    _folder: TempDir,
}

impl Stage {
    /// With a profile of its own, if there is any.
    async fn new(profiles: &[&str]) -> Self {
        let (folder, server) = (tempdir().unwrap(), Server::start().await);
        let (vault, clock) = (Arc::new(SessionVault::default()), Arc::new(ManualClock::default()));
        let desk = TestDesk::start_knowing(folder.path(), vault, clock.clone(), profiles).await;
        Self { server, desk, clock, _folder: folder }
    }

    /// Signs in, and gives the event stream, which is live; for profiles that begin with one.
    async fn live_stream(&mut self, profile: &str) -> Wire {
        self.sign_in(profile).await;
        // The first was only to find out whether the server takes us.
        drop(self.server.wire().await);
        let wire = self.server.wire().await;
        self.desk.until_live().await;
        wire
    }

    async fn sign_in(&self, profile: &str) -> SourceId {
        self.desk.sign_in_as(profile, &self.server.url, "ada", "secret").await.unwrap()
    }

    /// Waits until it is told that the link is broken, then until just before the next try.
    async fn until_broken(&self, why: Trouble) {
        self.desk.until_link("the link is broken", retrying(why)).await;
    }

    /// Waits until the transaction of this number is stored.
    async fn until_stored(&self, id: u32) {
        let subject = format!("t-{id}");
        let what = format!("{subject} is stored");
        self.desk.until_stored(&what, |_, all| all.iter().any(|one| one.subject == subject)).await;
    }

    /// The gaps, oldest first.
    async fn gaps(&self) -> Vec<GapView> {
        let mut gaps = self.desk.desk.diagnostics().await.unwrap().gaps;
        gaps.reverse();
        gaps
    }

    /// Waits until there are so many gaps, and all have ended; gives them, oldest first.
    async fn until_ended(&self, count: usize) -> Vec<GapView> {
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

/// What became of a gap: how it was closed, and whether it was filled.
fn outcome(gap: &GapView) -> (Option<&str>, bool) {
    (gap.how.as_deref(), gap.closed_at.is_some())
}

/// An event with an id.
fn with_id(id: u32) -> String {
    format!("id: {id}\ndata: {}\n\n", transaction(id).replace('\n', " "))
}

#[tokio::test]
async fn what_was_missed_before_a_stream_gave_its_first_id_is_not_filled_by_what_came_after() {
    let mut stage = Stage::new(&[]).await;
    let mut wire = stage.live_stream("generic").await;
    wire.event(transaction(1)).await;
    stage.until_stored(1).await;
    drop(wire);
    stage.until_broken(Trouble::Closed).await;
    stage.clock.advance(LONGEST_WAIT);
    let mut wire = stage.server.wire().await;
    assert_eq!(wire.header("last-event-id"), None);
    assert_eq!(outcome(&stage.until_ended(1).await[0]), (Some("not_replayable"), false));
    wire.send(with_id(2)).await;
    stage.until_stored(2).await;
    drop(wire);
    stage.until_broken(Trouble::Closed).await;
    stage.clock.advance(LONGEST_WAIT);
    let mut wire = stage.server.wire().await;
    assert_eq!(wire.header("last-event-id"), Some("2"));
    wire.send(with_id(3)).await;
    stage.until_stored(3).await;
    stage.clock.advance(SETTLED);
    let gaps = stage.until_ended(2).await;
    assert_eq!(outcome(&gaps[1]), (Some("last_event_id"), true));
    assert_eq!(outcome(&gaps[0]), (Some("not_replayable"), false));
}
