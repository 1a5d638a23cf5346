//! What is chosen in the tray's menu.

use std::time::Duration;

use jiff::tz::TimeZone;

use super::actor::Actor;
use super::desktop::{Choice, Wanted};
use super::snoozing::length_of;
use super::view::Failure;
use crate::model::{AlertId, Severity};

/// As many alerts as are acknowledged together at the most: more would hold up what arrives for longer than a second,
/// and can be chosen again.
const TOGETHER_LIMIT: u32 = 10_000;
/// As many of those as are written at once: what arrives is stored between.
const SLICE: usize = 500;
/// For so long the tray offers to take back: who has chosen the wrong entry notices at once.
const TAKE_BACK_FOR: Duration = Duration::from_secs(600);

/// Alerts that were acknowledged together last.
#[derive(Debug, Default)]
pub struct Together {
    /// Which; none once it was taken back.
    pub alerts: Vec<AlertId>,
    /// Grows with each time.
    pub change: u64,
    /// Until when the tray offers to take it back, by [`crate::clock::Clock::elapsed`]; `None`: it does not.
    until: Option<Duration>,
}

impl Together {
    /// How many.
    pub fn count(&self) -> u32 {
        u32::try_from(self.alerts.len()).unwrap_or(u32::MAX)
    }

    /// How many the tray offers to take back.
    pub fn offered(&self) -> u32 {
        self.until.map_or(0, |_| self.count())
    }
}

impl Actor {
    /// Does what was chosen.
    pub(super) async fn choose(&mut self, choice: Choice) -> Result<(), Failure> {
        match choice {
            Choice::Open => self.open(Wanted::AsItWas).await,
            Choice::Alert(alert) => self.open(Wanted::Alert(alert)).await,
            Choice::Sources => self.open(Wanted::Sources).await,
            Choice::AcknowledgeAll(as_of) => return self.acknowledge_all(as_of).await,
            Choice::TakeBack => return self.take_back().await,
            Choice::Pause(pause) => {
                let lasts = length_of(pause, self.clock().now(), &TimeZone::system());
                self.pause(Some(lasts)).await;
            }
            Choice::Resume => self.pause(None).await,
        }
        Ok(())
    }

    /// Shows the window with this in it: who opened it looks at that, and need not be told any more of what is in
    /// sight.
    pub(super) async fn open(&mut self, wanted: Wanted) {
        self.look_at_news();
        match wanted {
            Wanted::Alert(_) | Wanted::Alerts => self.is_at_list = true,
            Wanted::Sources | Wanted::Profile(_) => self.is_at_list = false,
            Wanted::AsItWas | Wanted::Told(_) => {}
        }
        match wanted {
            Wanted::Alert(alert) => self.looks_at(Some(alert)).await,
            _ if self.is_at_list => self.looks_at(None).await,
            _ => {}
        }
        self.window.hidden_since = None;
        self.tools.unseen.set(false);
        self.window.stale = true;
        self.desktop.show(wanted);
    }

    /// The window shows the list of alerts from now on, or something else. Who goes there looks at it.
    pub(super) async fn be_at(&mut self, is_at_list: bool) {
        let was_at_list = std::mem::replace(&mut self.is_at_list, is_at_list);
        if is_at_list && !was_at_list && self.window.hidden_since.is_none() {
            self.looks_at(None).await;
        }
    }

    /// Acknowledges what is open and not critical, and has not changed since.
    async fn acknowledge_all(&mut self, as_of: i64) -> Result<(), Failure> {
        let alerts = self.store().unacknowledged_below(Severity::Critical, as_of, TOGETHER_LIMIT).await?;
        let now = self.clock().now();
        let mut outcome = Ok(());
        let mut done = 0;
        for slice in alerts.chunks(SLICE) {
            outcome = self.store().acknowledge(slice, now).await;
            if outcome.is_err() {
                break;
            }
            done += slice.len();
        }
        // What was acknowledged before a failure can be taken back all the same.
        let alerts = alerts.into_iter().take(done).collect();
        let until = Some(self.clock().elapsed() + TAKE_BACK_FOR);
        self.together = Together { alerts, change: self.together.change + 1, until };
        self.look_at_shown().await;
        self.changed().await;
        Ok(outcome?)
    }

    /// Takes back what was acknowledged together last. What fails can be tried again.
    pub(super) async fn take_back(&mut self) -> Result<(), Failure> {
        let alerts = std::mem::take(&mut self.together.alerts);
        let mut outcome = Ok(());
        let mut done = 0;
        for slice in alerts.chunks(SLICE) {
            outcome = self.store().unacknowledge(slice).await;
            if outcome.is_err() {
                break;
            }
            done += slice.len();
        }
        self.together.alerts = alerts.into_iter().skip(done).collect();
        self.changed().await;
        Ok(outcome?)
    }

    /// When the tray does not offer any more to take it back, by [`crate::clock::Clock::elapsed`].
    pub(super) const fn together_due(&self) -> Option<Duration> {
        self.together.until
    }

    /// Whether the tray has offered it for long enough.
    pub(super) fn stop_offering(&mut self) -> bool {
        let is_over = self.together.until.is_some_and(|until| self.clock().elapsed() >= until);
        if is_over {
            self.together.until = None;
        }
        is_over
    }
}
