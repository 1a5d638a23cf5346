//! What is counted, and how.

use std::collections::BTreeMap;
use std::time::Duration;

use super::spread::{LONGEST, Spread};
use super::steady::Steady;
use super::view::{FiguresView, LatencyFigures, NotificationFigures, ReasonFigure, SourceFigures};
use crate::link::Moment;
use crate::model::{SourceId, Time};
use crate::policy::{Plan, Quiet, Wait};
use crate::profile::{Batch, RejectedReason};
use crate::store::{Committed, Holdings};

/// So many stretches wait to be handed to the window at the most: there are as many when nobody watches, and they are
/// let go then. A window that watches is handed them every second.
const UNSHOWN_KEPT: usize = 4_096;

/// A server's clock may be so far ahead of ours; what it dates later still is no delay.
const AHEAD: Duration = Duration::from_secs(1);

/// Of one source.
#[derive(Default)]
pub struct OfSource {
    pub connections: u64,
    pub received: u64,
    stored: u64,
    duplicates: u64,
    rejected: BTreeMap<RejectedReason, u64>,
    lag: Spread,
}

/// Of notifications.
#[derive(Default)]
pub struct OfNotifications {
    alone: u64,
    pub storms: u64,
    in_storms: u64,
    pub digests: u64,
    in_digests: u64,
    missed: u64,
    pub failed: u64,
    quiet: BTreeMap<Quiet, u64>,
    held: BTreeMap<Wait, u64>,
}

/// All that is counted.
pub struct Counted {
    pub sources: BTreeMap<SourceId, OfSource>,
    pub notifications: OfNotifications,
    committed: Spread,
    asked_for: Spread,
    handed: Spread,
    steady: Steady,
    /// What is stored and was not handed to the window: when it was read, and how many events.
    pub unshown: Vec<(Time, usize)>,
}

impl Counted {
    /// Nothing, from now on.
    pub fn from(now: Moment) -> Self {
        Self {
            sources: BTreeMap::new(),
            notifications: OfNotifications::default(),
            committed: Spread::default(),
            asked_for: Spread::default(),
            handed: Spread::default(),
            steady: Steady::from(now),
            unshown: Vec::new(),
        }
    }

    /// Looks at the clocks before anything is measured by them. What was measured against the clocks of servers by one
    /// that was set otherwise is let go of.
    fn look(&mut self, now: Moment) {
        if self.steady.look(now) {
            self.sources.values_mut().for_each(|source| source.lag = Spread::default());
        }
    }

    pub fn source(&mut self, source: SourceId) -> &mut OfSource {
        self.sources.entry(source).or_default()
    }

    pub fn commit(&mut self, source: SourceId, batch: &Batch, committed: Committed, now: Moment) {
        self.look(now);
        let of_source = self.sources.entry(source).or_default();
        of_source.stored += u64::from(committed.stored);
        of_source.duplicates += u64::from(committed.duplicates);
        for rejected in &batch.rejected {
            *of_source.rejected.entry(rejected.reason).or_default() += 1;
        }
        let is_alike = |one: &crate::model::Event, next: &crate::model::Event| {
            (one.received_at, one.is_history) == (next.received_at, next.is_history)
        };
        for alike in batch.events.chunk_by(is_alike) {
            let Some(first) = alike.first().filter(|first| !first.is_history) else { continue };
            let read_at = first.received_at;
            if let Some(took) = self.steady.took(read_at, now) {
                self.committed.record(took, alike.len());
            }
            for occurred_at in alike.iter().filter_map(|event| event.facts.occurred_at) {
                if let Some(lag) = lag(occurred_at, read_at) {
                    of_source.lag.record(lag, 1);
                }
            }
            if self.unshown.len() == UNSHOWN_KEPT {
                self.unshown.clear();
            }
            self.unshown.push((read_at, alike.len()));
        }
    }

    pub fn ask_for(&mut self, read_at: impl Iterator<Item = Time>, now: Moment) {
        self.look(now);
        for took in read_at.filter_map(|read_at| self.steady.took(read_at, now)) {
            self.asked_for.record(took, 1);
        }
    }

    pub fn hand(&mut self, unshown: usize, now: Moment) {
        self.look(now);
        let all = self.unshown.len();
        for (read_at, events) in self.unshown.drain(..unshown.min(all)) {
            if let Some(took) = self.steady.took(read_at, now) {
                self.handed.record(took, events);
            }
        }
    }

    pub fn view(&self, since: Time, now: Time, holdings: &Holdings) -> FiguresView {
        let sources = self.sources.iter().map(|(source, counted)| SourceFigures {
            source: *source,
            received: counted.received,
            stored: counted.stored,
            duplicates: counted.duplicates,
            rejected: counted
                .rejected
                .iter()
                .map(|(reason, frames)| ReasonFigure { reason: reason.word().to_owned(), frames: *frames })
                .collect(),
            reconnects: counted.connections.saturating_sub(1),
            gaps: holdings.gaps.get(source).copied().unwrap_or_default(),
            lag: counted.lag.view(),
        });
        FiguresView {
            since,
            until: now,
            sources: sources.collect(),
            notifications: self.notifications.view(holdings.waiting),
            latency: LatencyFigures {
                committed: self.committed.view(),
                asked_for: self.asked_for.view(),
                handed: self.handed.view(),
            },
            store: holdings.store,
        }
    }
}

/// From when something happened, as the server says, until it was read; `None` where the two clocks cannot both be
/// right.
fn lag(occurred_at: Time, read_at: Time) -> Option<Duration> {
    let lag = read_at.since(occurred_at);
    (lag <= LONGEST && occurred_at.since(read_at) <= AHEAD).then_some(lag)
}

impl OfNotifications {
    pub fn decide(&mut self, plan: &Plan) {
        self.alone += plan.alone.len() as u64;
        self.in_storms += plan.storm.len() as u64;
        // What could not be shown was counted when it was to be.
        self.in_digests += plan.digest.iter().filter(|(_, why)| *why != Wait::NotShown).count() as u64;
        self.missed += plan.digest.iter().filter(|(_, why)| *why == Wait::CatchingUp).count() as u64;
        for (_, why) in &plan.held {
            *self.held.entry(*why).or_default() += 1;
        }
        for (_, why) in &plan.quiet {
            *self.quiet.entry(*why).or_default() += 1;
        }
    }

    fn view(&self, waiting: u64) -> NotificationFigures {
        let quiet = |why| self.quiet.get(&why).copied().unwrap_or_default();
        let held = |why| self.held.get(&why).copied().unwrap_or_default();
        NotificationFigures {
            alone: self.alone,
            storms: self.storms,
            in_storms: self.in_storms,
            digests: self.digests,
            in_digests: self.in_digests,
            failed: self.failed,
            below_level: quiet(Quiet::BelowLevel),
            by_rule: quiet(Quiet::Rule),
            known: quiet(Quiet::Known),
            closed: quiet(Quiet::Closed),
            acknowledged: quiet(Quiet::Acknowledged),
            missed: self.missed,
            held: held(Wait::Pause),
            quiet_hours: held(Wait::QuietHours),
            snoozed: held(Wait::Snooze),
            waiting,
        }
    }
}
