//! What the window is told, and when: one small overview at a time, the next only after it has been painted.

use std::time::Duration;

use super::actor::Actor;
use super::sources::Entry;
use super::view::{AcknowledgedTogether, Overview, SnoozeCounts, SourceView};
use crate::link::Moment;
use crate::model::Link;
use crate::profile::Profile;
use crate::store::Summary;

/// How long the window may take to paint before it is told more all the same: a message to it may be lost.
pub const PAINT_LIMIT: Duration = Duration::from_secs(1);
/// At most this often the window is told of changes: a frame of a slow screen.
const PUSH_EVERY: Duration = Duration::from_millis(33);
/// How often it is tried to read what is stored, while that fails.
const READ_AGAIN_EVERY: Duration = Duration::from_secs(1);
/// At most this often the tray is told what arrives while nobody sees the window: it counts what nobody reads by the
/// second.
const TRAY_EVERY: Duration = Duration::from_secs(2);
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
    /// Since when nobody can see it, by [`Clock::elapsed`].
    pub hidden_since: Option<Duration>,
}

/// What the tray has been told.
#[derive(Default)]
pub struct TrayTold {
    /// When it was told last, by [`Clock::elapsed`].
    pub at: Option<Duration>,
    /// When it is to be told what has arrived since; `None`: nothing has.
    pub due: Option<Duration>,
}

impl Window {
    /// Whether it is to be told what has changed. One that nobody sees is told when it is seen again.
    const fn wants(&self) -> bool {
        self.watching && self.stale && self.hidden_since.is_none()
    }
}

impl Actor {
    fn profile_of(&self, entry: &Entry) -> Option<&Profile> {
        self.profiles.get(&entry.source.profile).map(std::convert::AsRef::as_ref)
    }

    /// The state of the whole desk. Where what is stored cannot be read, it is as it was last read: how the links
    /// stand, and that the store fails, has to be told all the more.
    pub(super) async fn overview(&mut self) -> Overview {
        match self.store().summary().await {
            Ok(summary) => {
                self.summary = summary;
                self.note_readable();
            }
            Err(error) => self.note_unreadable(&error),
        }
        let Summary { open, unacknowledged, snoozed, snoozes, alerts_change, transactions, activity } =
            self.summary;
        Overview {
            number: self.window.number,
            version: self.version.clone(),
            language: self.language.code().to_owned(),
            sources: self.sources.values().map(|entry| self.shown(entry)).collect(),
            open,
            unacknowledged,
            alerts_change,
            newest_transaction: transactions.newest,
            transactions: transactions.events,
            newest_activity: activity.newest,
            activity: activity.events,
            outbox: self.outbox,
            snoozes: SnoozeCounts { alerts: snoozed, others: snoozes, change: self.snoozing.change },
            acknowledged: AcknowledgedTogether {
                alerts: self.together.count(),
                change: self.together.change,
            },
            paused_until: self.paused_until,
            quiet_until: self.quiet_until,
            notices: self.notices.iter().copied().collect(),
            set_aside: self.set_aside.clone(),
            updates: self.updates.clone(),
        }
    }

    /// A source as it is shown: no link is called live while what is stored cannot be read or announced.
    fn shown(&self, entry: &Entry) -> SourceView {
        let mut view = entry.view(self.profile_of(entry));
        if let (Link::Live { .. }, Some(why)) = (&view.link, self.trouble()) {
            let until = self.clock().now().plus(READ_AGAIN_EVERY);
            view.link = Link::Retrying { until, why, attempts: 1 };
        }
        view
    }

    /// Until when the loop may sleep, by [`Clock::elapsed`]: until a push is due, a pause or snooze ends, quiet hours
    /// begin or end, what is on show or in the tray is to be updated, or what could not be decided, shown or sent is
    /// tried again.
    pub(super) fn due(&self) -> Duration {
        let now = self.clock().elapsed();
        let by_the_wall = self.paused_until.map(|at| now.saturating_add(at.since(self.clock().now())));
        let pause = by_the_wall.map(|at| at.min(self.pause_ends));
        let quiet = self.quiet_change.map(|at| match self.is_quiet_changing() {
            true => now,
            false => now.saturating_add(at.since(self.clock().now())),
        });
        let again = self.undecided.is_some().then_some(self.decide_due);
        let push = self.window.wants().then(|| self.push_due());
        [
            pause,
            quiet,
            again,
            push,
            self.show_due(),
            self.together_due(),
            self.window_due(),
            self.snooze_due(),
            self.post_due(),
            self.news_due(),
            self.outage_due(),
            self.tray_told.due,
        ]
        .into_iter()
        .flatten()
        .fold(now.saturating_add(IDLE), Duration::min)
    }

    /// Something that the window or the tray shows has arrived. Unlike what the analyst does, it may come without end.
    pub(super) async fn arrived(&mut self) {
        let due = self.tray_told.at.map_or(Duration::ZERO, |at| at + TRAY_EVERY);
        if self.tools.unseen.get() && self.clock().elapsed() < due {
            self.window.stale = true;
            self.tray_told.due = Some(due);
        } else {
            self.changed().await;
        }
    }

    /// When the window may next be told, by [`Clock::elapsed`].
    fn push_due(&self) -> Duration {
        let every = if self.unreadable.is_some() { READ_AGAIN_EVERY } else { PUSH_EVERY };
        let after_last = self.window.pushed_at.map_or(Duration::ZERO, |at| at + every);
        after_last.max(self.window.unpainted_since.map_or(Duration::ZERO, |since| since + PAINT_LIMIT))
    }

    /// Tells the window what has changed, if it is time.
    pub(super) async fn push(&mut self) {
        let now = self.clock().elapsed();
        if !self.window.wants() || now < self.push_due() {
            return;
        }
        self.window.number += 1;
        // What is stored by now is in the overview that is read next.
        let shown = self.figures().unshown();
        let overview = self.overview().await;
        // What could not be read is told when it can.
        self.window.stale = self.unreadable.is_some();
        self.publish(overview.clone()).await;
        self.desktop.push(overview);
        if self.unreadable.is_none() {
            self.figures().handed(shown, Moment::now(self.clock()));
        }
        self.window.pushed_at = Some(now);
        self.window.unpainted_since = Some(now);
    }
}
