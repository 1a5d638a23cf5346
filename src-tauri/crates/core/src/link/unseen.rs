//! While nobody sees the window, what arrives is stored twice a second instead of as it comes: a commit costs far more
//! than what is in it, and a program that runs all day has to be light.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::clock::Clock;

/// How long a link rests between two commits. What is announced is announced so much later at the most, which nobody
/// notices.
const REST: Duration = Duration::from_millis(500);

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

    /// Whether a link still rests after what was stored then, by [`Clock::elapsed`].
    pub(super) fn rests(&self, clock: &dyn Clock, stored: Duration) -> bool {
        self.get() && clock.elapsed() < stored + REST
    }

    /// Rests after what was stored then, by [`Clock::elapsed`], for as long as it is so.
    pub(super) async fn rest(&self, clock: &dyn Clock, stored: Duration) {
        let mut unseen = self.0.subscribe();
        tokio::select! {
            () = clock.sleep_until(stored + REST) => {}
            // The sender is ours.
            _seen = unseen.wait_for(|unseen| !unseen) => {}
        }
    }
}
