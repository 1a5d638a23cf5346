//! What time it is, so that a test can say so.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::sync::watch;

/// How long the real clock is trusted between two looks: a machine that slept has jumped, and its timers have not.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// The time of day: the machine's, or one that stands still until it is moved.
#[derive(Debug, Clone, Default)]
pub struct Clock(Option<Arc<watch::Sender<Timestamp>>>);

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(None)
    }

    /// A clock that stands at this instant until it is moved with [`Clock::advance`].
    pub fn standing_at(now: Timestamp) -> Self {
        Self(Some(Arc::new(watch::Sender::new(now))))
    }

    /// Moves a standing clock; nothing happens to the machine's.
    pub fn advance(&self, by: Duration) {
        if let Some(time) = &self.0 {
            time.send_modify(|now| *now = later(*now, by));
        }
    }

    /// The time, to the millisecond.
    pub fn now(&self) -> Timestamp {
        let now = self.0.as_ref().map_or_else(Timestamp::now, |time| *time.borrow());
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }

    /// Waits until that instant.
    pub async fn sleep_until(&self, at: Timestamp) {
        if let Some(time) = &self.0 {
            // The sender lives in `self`, so that the wait cannot fail.
            let _ = time.subscribe().wait_for(|now| *now >= at).await;
            return;
        }
        loop {
            let left = at.duration_since(Timestamp::now());
            match Duration::try_from(left) {
                Ok(left) if !left.is_zero() => tokio::time::sleep(left.min(LOOK_AGAIN)).await,
                _ => return,
            }
        }
    }
}

/// That much later, or the end of time.
pub(crate) fn later(at: Timestamp, by: Duration) -> Timestamp {
    at.saturating_add(by).unwrap_or(Timestamp::MAX)
}
