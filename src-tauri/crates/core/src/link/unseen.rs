//! While nobody sees the window, what arrives is looked at twice a second instead of as it comes, and stored then if the
//! analyst may be told of any of it, or else every five seconds: a commit costs far more than what is in it, and a program
//! that runs all day has to be light.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::clock::Clock;
use crate::model::{Event, Kind, Severity};

/// How long a link rests between two looks. An alert is announced so much later at the most, which nobody notices.
const REST: Duration = Duration::from_millis(500);
/// How long what is not announced waits for more, before it is stored: some rests.
const STORED_EVERY: Duration = Duration::from_secs(5);

/// What the analyst may be told of by a notification, as far as that can be said of an event before it is stored.
#[derive(Debug, Clone)]
pub struct Announced {
    /// Alerts that are so bad, or worse; so are those that do not say how bad they are.
    pub from: Severity,
    /// All of these kinds: there is a rule that wants some of them announced.
    pub kinds: Vec<Kind>,
}

impl Announced {
    fn may_be(&self, event: &Event) -> bool {
        let is_bad = event.facts.severity.is_none_or(|severity| severity >= self.from);
        self.kinds.contains(&event.kind) || (event.kind == Kind::Alert && is_bad)
    }
}

/// Whether nobody sees the window, and what the analyst is told of then; all links share it.
#[derive(Debug, Clone)]
pub struct Unseen {
    is_so: Arc<watch::Sender<bool>>,
    announced: Arc<watch::Sender<Announced>>,
}

impl Default for Unseen {
    fn default() -> Self {
        let announced = Announced { from: Severity::Low, kinds: Kind::ALL.to_vec() };
        Self { is_so: Arc::new(watch::channel(false).0), announced: Arc::new(watch::channel(announced).0) }
    }
}

impl Unseen {
    /// From now on it is so.
    pub fn set(&self, unseen: bool) {
        self.is_so.send_replace(unseen);
    }

    /// Whether it is so.
    pub fn get(&self) -> bool {
        *self.is_so.borrow()
    }

    /// From now on the analyst is told of this. At first it may be anything.
    pub fn announce(&self, announced: Announced) {
        self.announced.send_replace(announced);
    }

    /// Whether the analyst may be told of any of these.
    pub(super) fn announces(&self, events: &[Event]) -> bool {
        let announced = self.announced.borrow();
        events.iter().any(|event| announced.may_be(event))
    }

    /// Waits until it is no longer so.
    pub async fn seen(&self) {
        let mut unseen = self.is_so.subscribe();
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
