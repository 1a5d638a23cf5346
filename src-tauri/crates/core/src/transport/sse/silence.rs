//! Silence: how long nothing has been heard while somebody listened.

use std::sync::Arc;
use std::time::Duration;

use crate::clock::Clock;
use crate::transport::TransportError;

/// Measures silence. Only time spent listening counts: who does not listen cannot call the other silent.
pub(super) struct Silence {
    limit: Duration,
    clock: Arc<dyn Clock>,
    /// How long somebody has listened since anything was heard.
    listened: Duration,
}

impl Silence {
    pub fn new(limit: Duration, clock: Arc<dyn Clock>) -> Self {
        Self { limit, clock, listened: Duration::ZERO }
    }

    /// Something was heard.
    pub fn broken(&mut self) {
        self.listened = Duration::ZERO;
    }

    /// Waits for `sound`, but no longer than the silence may last. May be dropped: the next call goes on counting.
    pub async fn watch<T>(&mut self, sound: impl Future<Output = T>) -> Result<T, TransportError> {
        let wait = self.limit.saturating_sub(self.listened);
        let listening = Listening { since: self.clock.elapsed(), silence: self };
        tokio::select! {
            biased;
            sound = sound => {
                listening.heard();
                Ok(sound)
            }
            () = listening.silence.clock.sleep(wait) => Err(TransportError::Silent(listening.silence.limit)),
        }
    }
}

/// Somebody listens until this is dropped.
struct Listening<'a> {
    silence: &'a mut Silence,
    since: Duration,
}

impl Listening<'_> {
    /// Ends it with a sound: what was counted is forgotten.
    fn heard(mut self) {
        self.silence.broken();
        self.since = self.silence.clock.elapsed();
    }
}

impl Drop for Listening<'_> {
    fn drop(&mut self) {
        self.silence.listened += self.silence.clock.elapsed().saturating_sub(self.since);
    }
}
