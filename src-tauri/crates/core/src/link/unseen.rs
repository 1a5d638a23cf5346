//! While nobody sees the window, what arrives is looked at twice a second instead of as it comes, and stored then if there
//! is an alert in it, or else every five seconds: a commit costs far more than what is in it, and a program that runs all
//! day has to be light.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::clock::Clock;

/// How long a link rests between two looks. An alert is announced so much later at the most, which nobody notices.
const REST: Duration = Duration::from_millis(500);
/// How long what is no alert waits for more, before it is stored: some rests. Where a rule wants it announced, it is so
/// much later.
const STORED_EVERY: Duration = Duration::from_secs(5);

/// Whether nobody sees the window; all links share it.
#[derive(Debug, Clone)]
pub struct Unseen(Arc<watch::Sender<bool>>);

impl Default for Unseen {
    fn default() -> Self {
        Self(Arc::new(watch::channel(false).0))
    }
}

impl Unseen {
    /// From now on it is so.
    pub fn set(&self, unseen: bool) {
        self.0.send_replace(unseen);
    }

    /// Whether it is so.
    pub fn get(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until it is no longer so.
    pub async fn seen(&self) {
        let mut unseen = self.0.subscribe();
        // The sender is ours.
        let _seen = unseen.wait_for(|unseen| !unseen).await;
    }

    /// Whether a link still rests after what was stored then, by [`Clock::elapsed`]; for longer if what has arrived since
    /// waits for more.
    pub(super) fn rests(&self, clock: &dyn Clock, stored: Duration, waits: bool) -> bool {
        self.get() && clock.elapsed() < stored + if waits { STORED_EVERY } else { REST }
    }

    /// Rests until the next look after what was stored then, by [`Clock::elapsed`], for as long as it is so.
    pub(super) async fn rest(&self, clock: &dyn Clock, stored: Duration) {
        let mut look = stored + REST;
        while look <= clock.elapsed() {
            look += REST;
        }
        tokio::select! {
            () = clock.sleep_until(look) => {}
            () = self.seen() => {}
        }
    }
}
