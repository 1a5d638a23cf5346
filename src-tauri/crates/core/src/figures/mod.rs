//! What the program did since it started, in figures: counted where it happens, seen in the window's diagnostics, kept
//! beside the database for `vigie-cli doctor`, and saved as a [`report`].
//!
//! Latencies are told by when a frame was read, which every event carries to the store: by the wall clock, to the
//! millisecond. Across a leap of that clock there are none. What was replayed, fetched to catch up or put off into a
//! digest has none: it was not waited for.

mod counted;
pub mod file;
pub mod report;
mod spread;
mod steady;
mod view;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use self::counted::Counted;
use crate::clock::Clock;
use crate::link::Moment;
use crate::model::{SourceId, Time};
use crate::policy::Plan;
use crate::profile::Batch;
use crate::store::{Committed, Holdings};

pub use view::{
    FiguresView, GapFigures, LatencyFigures, NotificationFigures, ReasonFigure, SourceFigures, SpreadView,
    StoreFigures,
};

/// The figures; cheap to clone. Each call takes a lock for a moment, once a batch and not once an event.
#[derive(Clone)]
pub struct Figures {
    since: Time,
    counted: Arc<Mutex<Counted>>,
}

impl Figures {
    /// Nothing has happened yet, by this clock.
    pub fn new(clock: &dyn Clock) -> Self {
        Self::from(Moment::now(clock))
    }

    fn from(now: Moment) -> Self {
        Self { since: now.at, counted: Arc::new(Mutex::new(Counted::from(now))) }
    }

    fn counted(&self) -> MutexGuard<'_, Counted> {
        // Figures that a panic has left half added up are still the best there are.
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The link of this source came live, after it was not.
    pub fn connected(&self, source: SourceId) {
        self.counted().source(source).connections += 1;
    }

    /// This has arrived and is about to be stored.
    pub fn received(&self, source: SourceId, batch: &Batch) {
        self.counted().source(source).received += batch.size() as u64;
    }

    /// This was stored at `now`.
    pub(crate) fn committed(&self, source: SourceId, batch: &Batch, committed: Committed, now: Moment) {
        self.counted().commit(source, batch, committed, now);
    }

    /// The source is gone, and its figures with it.
    pub fn forget(&self, source: SourceId) {
        self.counted().sources.remove(&source);
    }

    /// This was decided about alerts.
    pub fn decided(&self, plan: &Plan) {
        self.counted().notifications.decide(plan);
    }

    /// The notification of a storm was asked for, and it was not there before.
    pub fn storm_asked_for(&self) {
        self.counted().notifications.storms += 1;
    }

    /// A digest was asked for.
    pub fn digest_asked_for(&self) {
        self.counted().notifications.digests += 1;
    }

    /// At `now` notifications were asked for about alerts that were read then; what was read before the program started
    /// has waited for the program.
    pub(crate) fn asked_for(&self, read_at: impl IntoIterator<Item = Time>, now: Moment) {
        self.counted().ask_for(read_at.into_iter(), now);
    }

    /// A notification could not be shown.
    pub fn not_shown(&self) {
        self.counted().notifications.failed += 1;
    }

    /// A window watches from now on: nobody has waited for it before.
    pub fn watched(&self) {
        self.counted().unshown.clear();
    }

    /// How much of what is stored now has not been handed to the window.
    pub fn unshown(&self) -> usize {
        self.counted().unshown.len()
    }

    /// What was [`Self::unshown`] has been handed to the window at `now`.
    pub(crate) fn handed(&self, unshown: usize, now: Moment) {
        self.counted().hand(unshown, now);
    }

    /// All of it at `now`, with what the store holds.
    pub fn view(&self, now: Time, holdings: &Holdings) -> FiguresView {
        self.counted().view(self.since, now, holdings)
    }
}

#[cfg(test)]
mod tests;
