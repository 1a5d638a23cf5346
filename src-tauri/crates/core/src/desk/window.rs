//! What the window is told, and when: one small overview at a time, the next only after it has been painted.

use std::time::Duration;

use super::actor::Actor;
use super::sources::Entry;
use super::view::Overview;
use crate::link::Moment;
use crate::profile::Profile;
use crate::store::{StoreError, Summary};

/// How long the window may take to paint before it is told more all the same: a message to it may be lost.
pub const PAINT_LIMIT: Duration = Duration::from_secs(1);
/// At most this often the window is told of changes: a frame of a slow screen.
const PUSH_EVERY: Duration = Duration::from_millis(33);
/// The longest wait of the loop; any change ends it earlier.
const IDLE: Duration = Duration::from_secs(3_600);

/// What has been pushed to the window.
#[derive(Default)]
pub struct Window {
    pub watching: bool,
    /// The number of the last overview pushed.
    pub number: u64,
    /// Whether something has changed since.
    pub stale: bool,
    /// When the last one was pushed, by [`Clock::elapsed`]; `None` once it is painted.
    pub unpainted_since: Option<Duration>,
    pub pushed_at: Option<Duration>,
}

impl Actor {
    fn profile_of(&self, entry: &Entry) -> Option<&Profile> {
        self.profiles.get(&entry.source.profile).map(std::convert::AsRef::as_ref)
    }

    /// The state of the whole desk.
    pub(super) async fn overview(&self) -> Result<Overview, StoreError> {
        let Summary { open, unacknowledged, alerts_change, transactions, activity } =
            self.store().summary().await?;
        Ok(Overview {
            number: self.window.number,
            version: self.version.clone(),
            language: self.language.code().to_owned(),
            sources: self.sources.values().map(|entry| entry.view(self.profile_of(entry))).collect(),
            open,
            unacknowledged,
            alerts_change,
            newest_transaction: transactions.newest,
            transactions: transactions.events,
            newest_activity: activity.newest,
            activity: activity.events,
            paused_until: self.paused_until,
            notices: self.notices.iter().copied().collect(),
            set_aside: self.set_aside.clone(),
        })
    }

    /// How long the loop may sleep: until a push is due, a pause ends, or what could not be decided is decided again.
    pub(super) fn wait(&self) -> Duration {
        let until = |due: Duration| due.saturating_sub(self.clock().elapsed());
        let pause =
            self.paused_until.map_or(IDLE, |at| until(self.pause_ends).min(at.since(self.clock().now())));
        let again = if self.undecided { until(self.decide_due) } else { IDLE };
        let push = match (self.window.watching && self.window.stale, self.push_due()) {
            (true, due) => until(due),
            (false, _) => IDLE,
        };
        pause.min(push).min(again).min(IDLE)
    }

    /// When the window may next be told, by [`Clock::elapsed`].
    fn push_due(&self) -> Duration {
        let after_last = self.window.pushed_at.map_or(Duration::ZERO, |at| at + PUSH_EVERY);
        after_last.max(self.window.unpainted_since.map_or(Duration::ZERO, |since| since + PAINT_LIMIT))
    }

    /// Tells the window what has changed, if it is time.
    pub(super) async fn push(&mut self) {
        let now = self.clock().elapsed();
        if !self.window.watching || !self.window.stale || now < self.push_due() {
            return;
        }
        self.window.number += 1;
        // What is stored by now is in the overview that is read next.
        let shown = self.figures().unshown();
        match self.overview().await {
            Ok(overview) => {
                self.window.stale = false;
                self.published.send_replace(overview.clone());
                self.desktop.push(overview);
                self.figures().handed(shown, Moment::now(self.clock()));
            }
            Err(error) => {
                tracing::warn!(%error, "the overview could not be read; it is tried again");
                self.note_unreadable(&error);
            }
        }
        self.window.pushed_at = Some(now);
        self.window.unpainted_since = Some(now);
    }
}
