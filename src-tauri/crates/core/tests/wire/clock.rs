//! A clock that moves when it is told to.

use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::watch;
use vigie_core::clock::Clock;
use vigie_core::model::Time;

/// A clock that moves when it is told to.
pub struct ManualClock(watch::Sender<Duration>);

impl Default for ManualClock {
    fn default() -> Self {
        Self(watch::channel(Duration::ZERO).0)
    }
}

impl ManualClock {
    /// Lets time pass.
    pub fn advance(&self, duration: Duration) {
        self.0.send_modify(|elapsed| *elapsed += duration);
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> Time {
        Time(0).plus(self.elapsed())
    }

    fn elapsed(&self) -> Duration {
        *self.0.borrow()
    }

    async fn sleep(&self, duration: Duration) {
        let until = self.elapsed() + duration;
        let mut elapsed = self.0.subscribe();
        // Fails only when the clock is gone, and nobody sleeps on it then.
        drop(elapsed.wait_for(|elapsed| *elapsed >= until).await);
    }
}
