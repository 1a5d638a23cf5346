//! A clock that moves when it is told to.

use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::watch;
use vigie_core::clock::Clock;
use vigie_core::model::Time;

/// A clock that moves when it is told to.
pub struct ManualClock {
    elapsed: watch::Sender<Duration>,
    /// For how long the last one has begun to sleep.
    begun: watch::Sender<Duration>,
}

impl Default for ManualClock {
    fn default() -> Self {
        Self { elapsed: watch::channel(Duration::ZERO).0, begun: watch::channel(Duration::ZERO).0 }
    }
}

impl ManualClock {
    /// Lets time pass.
    pub fn advance(&self, duration: Duration) {
        self.elapsed.send_modify(|elapsed| *elapsed += duration);
    }

    /// Is over once somebody begins to sleep for so long, from this call on.
    pub fn begun(&self, duration: Duration) -> impl Future<Output = ()> + use<> {
        let mut begun = self.begun.subscribe();
        async move { while begun.changed().await.is_ok() && *begun.borrow_and_update() != duration {} }
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> Time {
        Time(0).plus(self.elapsed())
    }

    fn elapsed(&self) -> Duration {
        *self.elapsed.borrow()
    }

    async fn sleep(&self, duration: Duration) {
        self.begun.send_replace(duration);
        let until = self.elapsed() + duration;
        let mut elapsed = self.elapsed.subscribe();
        // Fails only when the clock is gone, and nobody sleeps on it then.
        drop(elapsed.wait_for(|elapsed| *elapsed >= until).await);
    }
}
