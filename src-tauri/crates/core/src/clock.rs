//! Time, as something that can be held still in a test.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;

use crate::model::Time;

/// Tells the time and waits.
#[async_trait]
pub trait Clock: Send + Sync + 'static {
    /// The wall clock: may be set, may leap.
    fn now(&self) -> Time;
    /// Time since some fixed moment: never set, never leaps back.
    fn elapsed(&self) -> Duration;
    /// Waits.
    async fn sleep(&self, duration: Duration);
    /// Waits until so much has passed by [`Clock::elapsed`].
    async fn sleep_until(&self, due: Duration) {
        self.sleep(due.saturating_sub(self.elapsed())).await;
    }
    /// Waits until the computer has woken from sleep. May tell of a sleep that was none: the wall clock was set
    /// forward, or nothing ran for a while. Never, by a clock of a test that does not sleep.
    async fn woken(&self) {
        std::future::pending().await
    }
}

/// How often it is looked whether the computer has slept.
const LOOK_EVERY: Duration = Duration::from_secs(3);
/// What is shorter is no sleep: a busy computer may not let us run for a while.
const SLEPT_FROM: Duration = Duration::from_secs(10);

/// Whether the computer has slept while [`LOOK_EVERY`] was waited for, by how far each clock has come. On Linux and
/// macOS only the wall clock goes on in a sleep, on Windows both do.
fn has_slept(by_wall: Duration, by_elapsed: Duration) -> bool {
    by_wall.max(by_elapsed) >= LOOK_EVERY + SLEPT_FROM
}

/// The computer's clock.
#[derive(Debug)]
pub struct SystemClock {
    start: Instant,
}

impl Default for SystemClock {
    fn default() -> Self {
        Self { start: Instant::now() }
    }
}

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> Time {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Time(0).plus(since)
    }

    fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    async fn woken(&self) {
        loop {
            let (wall, elapsed) = (self.now(), self.elapsed());
            self.sleep(LOOK_EVERY).await;
            if has_slept(self.now().since(wall), self.elapsed().saturating_sub(elapsed)) {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sleep_is_told_from_a_slow_moment_by_either_clock() {
        let seconds = Duration::from_secs;
        assert!(!has_slept(seconds(3), seconds(3)));
        assert!(!has_slept(seconds(9), seconds(9)), "a slow moment");
        assert!(!has_slept(seconds(0), seconds(3)), "the wall clock was set back");
        assert!(has_slept(seconds(3_600), seconds(3)), "as Linux and macOS sleep");
        assert!(has_slept(seconds(3_600), seconds(3_600)), "as Windows sleeps");
    }
}
